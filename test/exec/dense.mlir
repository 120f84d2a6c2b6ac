// dense.mlir - a tensor lies densely for the rows that a call has, whichever of its axes the batch is.
// SPDX-License-Identifier: Apache-2.0
//
// Against the evaluator, which knows no strides: at the capacity and below it, on both targets.
//
// RUN: dlc-run diff %s --batch 37 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 37 --batch-extent 21 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 37 --batch-extent 1 --target v3 --quiet | FileCheck %s
// CHECK-COUNT-6: results agree
//
// And by hand: two rows of a library for five.
// RUN: dlc %s --batch 5 -o %t.so
// RUN: dlc-run call %t.so flat --input x=[[1,2],[3,4],[5,6]] | FileCheck %s --check-prefix=FLAT
// RUN: dlc-run call %t.so lookup --input i=[[1,0],[2,2],[0,1]] | FileCheck %s --check-prefix=LOOKUP
// RUN: not dlc-run call %t.so lookup --input i=[[1,0],[2,9],[0,1]] 2>&1 | FileCheck %s --check-prefix=WRONG
// FLAT: y: f32[6] = [1, 2, 3, 4, 5, 6]
// LOOKUP: {{\[\[\[2, 3\],$}}
// LOOKUP-NEXT: {{\[0, 1\]\],$}}
// LOOKUP-NEXT: {{\[\[4, 5\],$}}
// LOOKUP-NEXT: {{\[4, 5\]\],$}}
// WRONG: error: {{.*}}the index 9 is out of range
dl.model @dense {
  // The batch is the last axis, and becomes a part of the only one.
  func @flat(%x: f32[3, batch]) -> (y: f32[3 * batch]) {
    %y = reshape %x, [3 * batch]
    return %y
  }
  func @middle(%x: f32[2, batch, 3]) -> (y: f32[2 * batch, 3], z: f32[6, batch]) {
    %y = reshape %x, [2 * batch, 3]
    %t = transpose %x, [0, 2, 1]
    %z = reshape %t, [6, ?]
    return %y, %z
  }
  func @lookup(%i: i32[3, batch]) -> (y: f32[3, batch, 2]) {
    %table = constant f32[3, 2] = [0, 1, 2, 3, 4, 5]
    %y = gather %table, %i
    return %y
  }
  // Lanes along an axis whose neighbours lie a batch apart; products whose rows, columns and sums do.
  func @strided(%x: f32[70, batch], %w: f32[70, 33]) -> (t: f32[batch, 70], s: f32[70], y: f32[batch, 33], g: f32[70, 70]) {
    %t = transpose %x, [1, 0]
    %s = sum %x, axes = [1]
    %y = matmul %x, %w, transpose_a
    %g = matmul %x, %x, transpose_b
    return %t, %s, %y, %g
  }
  func @stacks(%x: f32[4, batch, 20], %w: f32[20, 9]) -> (y: f32[4, batch, 9], p: f32[5, batch, 20]) {
    %y = matmul %x, %w
    %p = pad %x, low = [1, 0, 0], value = 2.0
    return %y, %p
  }
  func @moments(%x: f32[19, batch, 17]) -> (m: f32[batch], s: f32[19, batch, 17]) {
    %m = amax %x, axes = [0, 2]
    %s = softmax %x, axis = 0
    return %m, %s
  }
}
