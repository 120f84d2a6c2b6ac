// concat.mlir - one after the other
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/concat.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/concat.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/concat.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/concat.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/concat.json
dl.model @concat {
  func @lists(%a: f32[3], %b: f32[17], %c: f32[1]) -> (y: f32[21]) {
    %y = concat %a, %b, %c
    return %y
  }

  func @columns(%a: f32[3, 17], %b: f32[3, 1], %c: f32[3, 33]) -> (y: f32[3, 51]) {
    %y = concat %a, %b, %c, axis = 1
    return %y
  }

  func @rows(%a: f32[2, 17], %b: f32[5, 17]) -> (y: f32[7, 17]) {
    %y = concat %a, %b, axis = 0
    return %y
  }

  func @single(%a: f32[3, 7]) -> (y: f32[3, 7]) {
    %y = concat %a, axis = -1
    return %y
  }

  func @middle(%a: f32[2, 1, 5], %b: f32[2, 3, 5]) -> (y: f32[2, 4, 5]) {
    %y = concat %a, %b, axis = 1
    return %y
  }

  func @with_nothing(%a: f32[3, 0], %b: f32[3, 7], %c: f32[3, 0]) -> (y: f32[3, 7]) {
    %y = concat %a, %b, %c, axis = 1
    return %y
  }

  func @empty(%a: f32[0, 2], %b: f32[0, 3]) -> (y: f32[0, 5]) {
    %y = concat %a, %b, axis = 1
    return %y
  }

  func @batched(%a: f32[batch, 17], %b: f32[batch, 3]) -> (y: f32[batch, 20]) {
    %y = concat %a, %b, axis = 1
    return %y
  }

  func @batched_middle(%a: f32[batch, 2, 5], %b: f32[batch, 1, 5]) -> (y: f32[batch, 3, 5]) {
    %y = concat %a, %b, axis = 1
    return %y
  }

  func @f64(%a: f64[3], %b: f64[4]) -> (y: f64[7]) {
    %y = concat %a, %b
    return %y
  }

  func @i32(%a: i32[3], %b: i32[4]) -> (y: i32[7]) {
    %y = concat %a, %b
    return %y
  }

  func @i64(%a: i64[3], %b: i64[4]) -> (y: i64[7]) {
    %y = concat %a, %b
    return %y
  }

  func @ui8(%a: ui8[3], %b: ui8[4]) -> (y: ui8[7]) {
    %y = concat %a, %b
    return %y
  }

  func @i1(%a: i1[3], %b: i1[4]) -> (y: i1[7]) {
    %y = concat %a, %b
    return %y
  }

  func @twice(%x: f32[batch, 7]) -> (y: f32[batch, 21]) {
    %e = exp %x
    %y = concat %e, %x, %e, axis = 1
    return %y
  }

  func @of_batches(%a: f32[batch, 3], %b: f32[2 * batch, 3]) -> (y: f32[3 * batch, 3]) {
    %y = concat %a, %b
    return %y
  }
}
