// gather.mlir - rows of a table
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/gather.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/gather.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/gather.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/gather.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/gather.json
dl.model @gather {
  func @rows(%table: f32[5, 17], %index: i32[7]) -> (y: f32[7, 17]) {
    %y = gather %table, %index
    return %y
  }

  func @number(%table: f32[5, 33], %index: i32) -> (y: f32[33]) {
    %y = gather %table, %index
    return %y
  }

  func @matrix(%table: f32[9, 3], %index: i64[2, 5]) -> (y: f32[2, 5, 3]) {
    %y = gather %table, %index
    return %y
  }

  func @narrow(%table: f32[7, 1], %index: i32[33]) -> (y: f32[33, 1]) {
    %y = gather %table, %index
    return %y
  }

  func @one_row(%table: f32[1, 17], %index: ui8[3]) -> (y: f32[3, 17]) {
    %y = gather %table, %index
    return %y
  }

  func @none(%table: f32[5, 17], %index: i32[0]) -> (y: f32[0, 17]) {
    %y = gather %table, %index
    return %y
  }

  func @batched(%table: f32[11, 17], %index: i32[batch]) -> (y: f32[batch, 17]) {
    %y = gather %table, %index
    return %y
  }

  func @tokens(%table: f32[11, 7], %index: ui8[batch, 5]) -> (y: f32[batch, 5, 7]) {
    %y = gather %table, %index
    return %y
  }

  func @f64(%table: f64[5, 3], %index: i32[4]) -> (y: f64[4, 3]) {
    %y = gather %table, %index
    return %y
  }

  func @i32(%table: i32[5, 3], %index: i32[4]) -> (y: i32[4, 3]) {
    %y = gather %table, %index
    return %y
  }

  func @i64(%table: i64[5, 3], %index: i64[4]) -> (y: i64[4, 3]) {
    %y = gather %table, %index
    return %y
  }

  func @ui8(%table: ui8[5, 3], %index: i32[4]) -> (y: ui8[4, 3]) {
    %y = gather %table, %index
    return %y
  }

  func @i1(%table: i1[5, 3], %index: i32[4]) -> (y: i1[4, 3]) {
    %y = gather %table, %index
    return %y
  }

  func @fused(%table: f32[20, 17], %index: i32[batch]) -> (y: f32[batch]) {
    %i = add %index, %index
    %g = gather %table, %i
    %e = mul %g, %g
    %y = sum %e, axes = [1]
    return %y
  }

  func @checked_bad(%table: f32[5, 2], %index: i32[7]) -> (y: f32[7, 2]) {
    %y = gather %table, %index
    return %y
  }

  func @checked_negative(%table: f32[5, 2], %index: i32[7]) -> (y: f32[7, 2]) {
    %y = gather %table, %index
    return %y
  }
}
