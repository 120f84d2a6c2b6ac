// split.mlir - equal parts
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/split.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/split.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/split.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/split.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/split.json
dl.model @split {
  func @last(%x: f32[5, 51]) -> (p0: f32[5, 17], p1: f32[5, 17], p2: f32[5, 17]) {
    %p0, %p1, %p2 = split %x, 3
    return %p0, %p1, %p2
  }

  func @first(%x: f32[6, 7]) -> (p0: f32[3, 7], p1: f32[3, 7]) {
    %p0, %p1 = split %x, 2, axis = 0
    return %p0, %p1
  }

  func @middle(%x: f32[2, 4, 5]) -> (p0: f32[2, 2, 5], p1: f32[2, 2, 5]) {
    %p0, %p1 = split %x, 2, axis = 1
    return %p0, %p1
  }

  func @ones(%x: f32[7]) -> (p0: f32[1], p1: f32[1], p2: f32[1], p3: f32[1], p4: f32[1], p5: f32[1], p6: f32[1]) {
    %p0, %p1, %p2, %p3, %p4, %p5, %p6 = split %x, 7
    return %p0, %p1, %p2, %p3, %p4, %p5, %p6
  }

  func @single(%x: f32[3, 7]) -> (p0: f32[3, 7]) {
    %p0 = split %x, 1
    return %p0
  }

  func @empty(%x: f32[0, 6]) -> (p0: f32[0, 3], p1: f32[0, 3]) {
    %p0, %p1 = split %x, 2
    return %p0, %p1
  }

  func @batched(%x: f32[batch, 21]) -> (p0: f32[batch, 7], p1: f32[batch, 7], p2: f32[batch, 7]) {
    %p0, %p1, %p2 = split %x, 3
    return %p0, %p1, %p2
  }

  func @f64(%x: f64[8]) -> (p0: f64[4], p1: f64[4]) {
    %p0, %p1 = split %x, 2
    return %p0, %p1
  }

  func @i32(%x: i32[8]) -> (p0: i32[4], p1: i32[4]) {
    %p0, %p1 = split %x, 2
    return %p0, %p1
  }

  func @i64(%x: i64[8]) -> (p0: i64[4], p1: i64[4]) {
    %p0, %p1 = split %x, 2
    return %p0, %p1
  }

  func @ui8(%x: ui8[8]) -> (p0: ui8[4], p1: ui8[4]) {
    %p0, %p1 = split %x, 2
    return %p0, %p1
  }

  func @i1(%x: i1[8]) -> (p0: i1[4], p1: i1[4]) {
    %p0, %p1 = split %x, 2
    return %p0, %p1
  }

  func @swapped(%x: f32[batch, 34]) -> (y: f32[batch, 51]) {
    %a, %b = split %x, 2
    %s = mul %a, %b
    %y = concat %b, %s, %a, axis = 1
    return %y
  }
}
