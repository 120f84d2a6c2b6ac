// iota.mlir - start, start + 1, ... along an axis
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/iota.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/iota.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/iota.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/iota.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/iota.json
dl.model @iota {
  func @last(%x: f32[3, 17]) -> (y: i32[3, 17]) {
    %y = iota %x
    return %y
  }

  func @first(%x: i64[33, 2]) -> (y: i32[33, 2]) {
    %y = iota %x, axis = 0
    return %y
  }

  func @middle(%x: i1[2, 7, 3]) -> (y: i32[2, 7, 3]) {
    %y = iota %x, axis = -2
    return %y
  }

  func @from(%x: ui8[70], %s: i32) -> (y: i32[70]) {
    %y = iota %x, start = %s
    return %y
  }

  func @one(%x: f32[1]) -> (y: i32[1]) {
    %y = iota %x
    return %y
  }

  func @empty(%x: f32[0, 3]) -> (y: i32[0, 3]) {
    %y = iota %x
    return %y
  }

  func @rows(%x: f32[batch, 3]) -> (y: i32[batch, 3]) {
    %y = iota %x, axis = 0
    return %y
  }

  func @fused(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %i = iota %x
    %f = cast %i, f32
    %y = mul %f, %x
    return %y
  }
}
