// cast.mlir - the same values as another element type
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/cast.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/cast.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/cast.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/cast.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/cast.json
dl.model @cast {
  func @f32_to_f32(%x: f32[17]) -> (y: f32[17]) {
    %y = cast %x, f32
    return %y
  }

  func @f32_to_f64(%x: f32[17]) -> (y: f64[17]) {
    %y = cast %x, f64
    return %y
  }

  func @f32_to_i32(%x: f32[17]) -> (y: i32[17]) {
    %y = cast %x, i32
    return %y
  }

  func @f32_to_i64(%x: f32[17]) -> (y: i64[17]) {
    %y = cast %x, i64
    return %y
  }

  func @f32_to_ui8(%x: f32[17]) -> (y: ui8[17]) {
    %y = cast %x, ui8
    return %y
  }

  func @f32_to_i1(%x: f32[17]) -> (y: i1[17]) {
    %y = cast %x, i1
    return %y
  }

  func @f64_to_f32(%x: f64[17]) -> (y: f32[17]) {
    %y = cast %x, f32
    return %y
  }

  func @f64_to_f64(%x: f64[17]) -> (y: f64[17]) {
    %y = cast %x, f64
    return %y
  }

  func @f64_to_i32(%x: f64[17]) -> (y: i32[17]) {
    %y = cast %x, i32
    return %y
  }

  func @f64_to_i64(%x: f64[17]) -> (y: i64[17]) {
    %y = cast %x, i64
    return %y
  }

  func @f64_to_ui8(%x: f64[17]) -> (y: ui8[17]) {
    %y = cast %x, ui8
    return %y
  }

  func @f64_to_i1(%x: f64[17]) -> (y: i1[17]) {
    %y = cast %x, i1
    return %y
  }

  func @i32_to_f32(%x: i32[17]) -> (y: f32[17]) {
    %y = cast %x, f32
    return %y
  }

  func @i32_to_f64(%x: i32[17]) -> (y: f64[17]) {
    %y = cast %x, f64
    return %y
  }

  func @i32_to_i32(%x: i32[17]) -> (y: i32[17]) {
    %y = cast %x, i32
    return %y
  }

  func @i32_to_i64(%x: i32[17]) -> (y: i64[17]) {
    %y = cast %x, i64
    return %y
  }

  func @i32_to_ui8(%x: i32[17]) -> (y: ui8[17]) {
    %y = cast %x, ui8
    return %y
  }

  func @i32_to_i1(%x: i32[17]) -> (y: i1[17]) {
    %y = cast %x, i1
    return %y
  }

  func @i64_to_f32(%x: i64[17]) -> (y: f32[17]) {
    %y = cast %x, f32
    return %y
  }

  func @i64_to_f64(%x: i64[17]) -> (y: f64[17]) {
    %y = cast %x, f64
    return %y
  }

  func @i64_to_i32(%x: i64[17]) -> (y: i32[17]) {
    %y = cast %x, i32
    return %y
  }

  func @i64_to_i64(%x: i64[17]) -> (y: i64[17]) {
    %y = cast %x, i64
    return %y
  }

  func @i64_to_ui8(%x: i64[17]) -> (y: ui8[17]) {
    %y = cast %x, ui8
    return %y
  }

  func @i64_to_i1(%x: i64[17]) -> (y: i1[17]) {
    %y = cast %x, i1
    return %y
  }

  func @ui8_to_f32(%x: ui8[17]) -> (y: f32[17]) {
    %y = cast %x, f32
    return %y
  }

  func @ui8_to_f64(%x: ui8[17]) -> (y: f64[17]) {
    %y = cast %x, f64
    return %y
  }

  func @ui8_to_i32(%x: ui8[17]) -> (y: i32[17]) {
    %y = cast %x, i32
    return %y
  }

  func @ui8_to_i64(%x: ui8[17]) -> (y: i64[17]) {
    %y = cast %x, i64
    return %y
  }

  func @ui8_to_ui8(%x: ui8[17]) -> (y: ui8[17]) {
    %y = cast %x, ui8
    return %y
  }

  func @ui8_to_i1(%x: ui8[17]) -> (y: i1[17]) {
    %y = cast %x, i1
    return %y
  }

  func @i1_to_f32(%x: i1[17]) -> (y: f32[17]) {
    %y = cast %x, f32
    return %y
  }

  func @i1_to_f64(%x: i1[17]) -> (y: f64[17]) {
    %y = cast %x, f64
    return %y
  }

  func @i1_to_i32(%x: i1[17]) -> (y: i32[17]) {
    %y = cast %x, i32
    return %y
  }

  func @i1_to_i64(%x: i1[17]) -> (y: i64[17]) {
    %y = cast %x, i64
    return %y
  }

  func @i1_to_ui8(%x: i1[17]) -> (y: ui8[17]) {
    %y = cast %x, ui8
    return %y
  }

  func @i1_to_i1(%x: i1[17]) -> (y: i1[17]) {
    %y = cast %x, i1
    return %y
  }

  func @rows(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %i = cast %x, i32
    %y = cast %i, f32
    return %y
  }

  func @pixels(%x: ui8[batch, 33]) -> (y: f32[batch, 33]) {
    %y = cast %x, f32
    return %y
  }

  func @empty(%x: f32[0, 3]) -> (y: i32[0, 3]) {
    %y = cast %x, i32
    return %y
  }
}
