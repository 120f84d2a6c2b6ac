// sub.mlir - a - b
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/sub.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/sub.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/sub.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/sub.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/sub.json
dl.model @sub {
  func @numbers(%a: f32, %b: f32) -> (y: f32) {
    %y = sub %a, %b
    return %y
  }

  func @number(%a: f32[7], %b: f32) -> (y: f32[7]) {
    %y = sub %a, %b
    return %y
  }

  func @same(%a: f32[3, 17], %b: f32[3, 17]) -> (y: f32[3, 17]) {
    %y = sub %a, %b
    return %y
  }

  func @row(%a: f32[3, 17], %b: f32[17]) -> (y: f32[3, 17]) {
    %y = sub %a, %b
    return %y
  }

  func @column(%a: f32[3, 1], %b: f32[3, 33]) -> (y: f32[3, 33]) {
    %y = sub %a, %b
    return %y
  }

  func @outer(%a: f32[7, 1], %b: f32[1, 33]) -> (y: f32[7, 33]) {
    %y = sub %a, %b
    return %y
  }

  func @deep(%a: f32[2, 1, 35], %b: f32[3, 1]) -> (y: f32[2, 3, 35]) {
    %y = sub %a, %b
    return %y
  }

  func @ones(%a: f32[1, 1], %b: f32[1]) -> (y: f32[1, 1]) {
    %y = sub %a, %b
    return %y
  }

  func @empty(%a: f32[0, 5], %b: f32[5]) -> (y: f32[0, 5]) {
    %y = sub %a, %b
    return %y
  }

  func @batched(%a: f32[batch, 17], %b: f32[batch, 1]) -> (y: f32[batch, 17]) {
    %y = sub %a, %b
    return %y
  }

  func @bias(%a: f32[batch, 33], %b: f32[33]) -> (y: f32[batch, 33]) {
    %y = sub %a, %b
    return %y
  }

  func @special(%a: f32[10], %b: f32[10]) -> (y: f32[10]) {
    %y = sub %a, %b
    return %y
  }

  func @i32(%a: i32[9], %b: i32[9]) -> (y: i32[9]) {
    %y = sub %a, %b
    return %y
  }

  func @i64(%a: i64[9], %b: i64[9]) -> (y: i64[9]) {
    %y = sub %a, %b
    return %y
  }

  func @ui8(%a: ui8[9], %b: ui8[9]) -> (y: ui8[9]) {
    %y = sub %a, %b
    return %y
  }
}
