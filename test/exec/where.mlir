// where.mlir - a where the condition holds, else b
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/where.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/where.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/where.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/where.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/where.json
dl.model @where {
  func @numbers(%c: i1, %a: f32, %b: f32) -> (y: f32) {
    %y = where %c, %a, %b
    return %y
  }

  func @same(%c: i1[3, 17], %a: f32[3, 17], %b: f32[3, 17]) -> (y: f32[3, 17]) {
    %y = where %c, %a, %b
    return %y
  }

  func @condition(%c: i1[17], %a: f32[3, 17], %b: f32[3, 1]) -> (y: f32[3, 17]) {
    %y = where %c, %a, %b
    return %y
  }

  func @values(%c: i1[5, 33], %a: f32, %b: f32[33]) -> (y: f32[5, 33]) {
    %y = where %c, %a, %b
    return %y
  }

  func @outer(%c: i1[7, 1], %a: f32[1, 33], %b: f32[7, 33]) -> (y: f32[7, 33]) {
    %y = where %c, %a, %b
    return %y
  }

  func @empty(%c: i1[0, 5], %a: f32[5], %b: f32[5]) -> (y: f32[0, 5]) {
    %y = where %c, %a, %b
    return %y
  }

  func @rows(%c: i1[batch, 1], %a: f32[batch, 17], %b: f32[17]) -> (y: f32[batch, 17]) {
    %y = where %c, %a, %b
    return %y
  }

  func @i32(%c: i1[7], %a: i32[7], %b: i32[7]) -> (y: i32[7]) {
    %y = where %c, %a, %b
    return %y
  }

  func @i64(%c: i1[7], %a: i64[7], %b: i64[7]) -> (y: i64[7]) {
    %y = where %c, %a, %b
    return %y
  }

  func @ui8(%c: i1[7], %a: ui8[7], %b: ui8[7]) -> (y: ui8[7]) {
    %y = where %c, %a, %b
    return %y
  }

  func @i1(%c: i1[7], %a: i1[7], %b: i1[7]) -> (y: i1[7]) {
    %y = where %c, %a, %b
    return %y
  }

  func @nan(%a: f32[10], %b: f32[10]) -> (y: f32[10]) {
    %l = lt %a, %b
    %y = where %l, %a, %b
    return %y
  }
}
