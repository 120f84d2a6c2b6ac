// integers.mlir - numbers at the ends of what integers hold, and beyond
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/integers.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/integers.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/integers.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/integers.json
// RUN: dlc %s --emit=kernels -o %t.mlir && dlc %t.mlir -o %t.so && dlc-run check %t.so %S/Inputs/integers.json
// RUN: dlc-run call %t.so constants --input 'x=[0, 0, 1]' | FileCheck %s
// CHECK: 9007199254740993
// CHECK: [9007199254740993, -9223372036854775808, -9223372036854775808]
dl.model @integers {
  // A limit that no element can pass limits nothing.
  func @bytes(%x: ui8[batch]) -> (low: ui8[batch], high: ui8[batch], both: ui8[batch]) {
    %low = clamp %x, min = -5
    %high = clamp %x, max = 300
    %both = clamp %x, min = -5, max = 100
    return %low, %high, %both
  }
  func @words(%x: i32[batch]) -> (low: i32[batch], high: i32[batch], both: i32[batch]) {
    %low = clamp %x, min = -3000000000
    %high = clamp %x, max = 3.0e9
    %both = clamp %x, min = -2147483648, max = 100000000000000000000
    return %low, %high, %both
  }
  func @longs(%x: i64[batch]) -> (y: i64[batch]) {
    %y = clamp %x, min = -9007199254740993, max = 9007199254740993
    return %y
  }
  func @floats(%x: f32[batch]) -> (y: f32[batch]) {
    %y = clamp %x, min = -1.0e300, max = 1.0e300
    return %y
  }

  func @constants(%x: i64[3]) -> (one: i64, list: i64[3]) {
    %one = constant i64 = 9007199254740993
    %ends = constant i64[3] = [9007199254740993, -9223372036854775808, 9223372036854775807]
    %list = add %ends, %x
    return %one, %list
  }
  func @padded(%x: i64[2], %b: ui8[1], %w: i32[1]) -> (x: i64[4], b: ui8[2], w: i32[2]) {
    %p = pad %x, low = [1], high = [1], value = 9007199254740993
    %q = pad %b, low = [1], high = [0], value = 255
    %r = pad %w, low = [0], high = [1], value = -2147483648
    return %p, %q, %r
  }

  // Small integers are summed as large ones.
  func @sums(%b: ui8[batch, 3], %w: i32[batch, 2], %x: i64[batch]) -> (b: i64[batch], w: i64, x: i64[1]) {
    %s = sum %b, axes = [1]
    %t = sum %w
    %u = sum %x, keepdim
    return %s, %t, %u
  }
  func @counts(%x: f32[batch, 3], %limit: f32) -> (above: i1[batch, 3], many: i64[batch], all: i32, rows: i64, columns: f32) {
    %above = gt %x, %limit
    %ones = cast %above, ui8
    %many = sum %ones, axes = [1]
    %all = count %above, i32
    %rows = count %above, i64, axes = [0]
    %columns = count %above, f32, axes = [1]
    return %above, %many, %all, %rows, %columns
  }
  func @numbered(%x: ui8[2, 3], %start: i64) -> (y: i64[2, 3], z: i32[2, 3]) {
    %y = iota %x, start = %start, type = i64
    %z = iota %x, axis = 0
    return %y, %z
  }

  // -100 is no byte, and 156, the byte of its lowest bits, is a label as any other.
  func @labels(%label: ui8[batch]) -> (loss: f32, accuracy: f32) {
    %score = constant f32[batch, 200] = 0.0
    %loss = cross_entropy %score, %label, ignore_index = -100
    %accuracy = accuracy %score, %label, ignore_index = -100
    return %loss, %accuracy
  }
  func @large_labels(%label: i64[batch]) -> (accuracy: f32) {
    %score = constant f32[batch, 2] = 0.0
    %accuracy = accuracy %score, %label, ignore_index = 9007199254740993
    return %accuracy
  }
  func @places(%i: ui8[batch], %x: f32[batch, 1]) -> (y: f32[batch, 1], z: i32[batch, 1]) {
    %t = scatter_add %i, %x, 256
    %y = gather %t, %i
    %like = constant f32[256, 1] = 0.0
    %numbers = iota %like, axis = 0
    %z = gather %numbers, %i
    return %y, %z
  }
}
