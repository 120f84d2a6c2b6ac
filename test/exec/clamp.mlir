// clamp.mlir - x limited to min and max
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/clamp.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/clamp.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/clamp.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/clamp.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/clamp.json
dl.model @clamp {
  func @number(%x: f32) -> (y: f32) {
    %y = clamp %x, min = -0.75, max = 2.0
    return %y
  }

  func @one(%x: f32[1]) -> (y: f32[1]) {
    %y = clamp %x, min = -0.75, max = 2.0
    return %y
  }

  func @odd(%x: f32[7]) -> (y: f32[7]) {
    %y = clamp %x, min = -0.75, max = 2.0
    return %y
  }

  func @more(%x: f32[33]) -> (y: f32[33]) {
    %y = clamp %x, min = -0.75, max = 2.0
    return %y
  }

  func @matrix(%x: f32[3, 17]) -> (y: f32[3, 17]) {
    %y = clamp %x, min = -0.75, max = 2.0
    return %y
  }

  func @cube(%x: f32[2, 1, 35]) -> (y: f32[2, 1, 35]) {
    %y = clamp %x, min = -0.75, max = 2.0
    return %y
  }

  func @empty(%x: f32[0, 5]) -> (y: f32[0, 5]) {
    %y = clamp %x, min = -0.75, max = 2.0
    return %y
  }

  func @rows(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = clamp %x, min = -0.75, max = 2.0
    return %y
  }

  func @special(%x: f32[7]) -> (y: f32[7]) {
    %y = clamp %x, min = -0.75, max = 2.0
    return %y
  }

  func @from_below(%x: f32[9]) -> (y: f32[9]) {
    %y = clamp %x, min = -0.75
    return %y
  }

  func @from_above(%x: f32[9]) -> (y: f32[9]) {
    %y = clamp %x, max = 2.0
    return %y
  }

  func @i32(%x: i32[9]) -> (y: i32[9]) {
    %y = clamp %x, min = -2.0, max = 3.0
    return %y
  }

  func @i64(%x: i64[9]) -> (y: i64[9]) {
    %y = clamp %x, min = -2.0, max = 3.0
    return %y
  }
}
