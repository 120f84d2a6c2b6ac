// sum.mlir - the sum over axes
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/sum.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/sum.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/sum.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/sum.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/sum.json
dl.model @sum {
  func @all(%x: f32[3, 17]) -> (y: f32) {
    %y = sum %x
    return %y
  }

  func @all_kept(%x: f32[3, 17]) -> (y: f32[1, 1]) {
    %y = sum %x, keepdim
    return %y
  }

  func @last(%x: f32[3, 17]) -> (y: f32[3]) {
    %y = sum %x, axes = [-1]
    return %y
  }

  func @last_kept(%x: f32[3, 17]) -> (y: f32[3, 1]) {
    %y = sum %x, axes = [-1], keepdim
    return %y
  }

  func @first(%x: f32[5, 33]) -> (y: f32[33]) {
    %y = sum %x, axes = [0]
    return %y
  }

  func @first_kept(%x: f32[5, 33]) -> (y: f32[1, 33]) {
    %y = sum %x, axes = [0], keepdim
    return %y
  }

  func @middle(%x: f32[2, 7, 5]) -> (y: f32[2, 5]) {
    %y = sum %x, axes = [1]
    return %y
  }

  func @middle_kept(%x: f32[2, 7, 5]) -> (y: f32[2, 1, 5]) {
    %y = sum %x, axes = [1], keepdim
    return %y
  }

  func @outer(%x: f32[2, 7, 5]) -> (y: f32[7]) {
    %y = sum %x, axes = [0, 2]
    return %y
  }

  func @outer_kept(%x: f32[2, 7, 5]) -> (y: f32[1, 7, 1]) {
    %y = sum %x, axes = [0, 2], keepdim
    return %y
  }

  func @two(%x: f32[3, 4, 33]) -> (y: f32[3]) {
    %y = sum %x, axes = [1, 2]
    return %y
  }

  func @two_kept(%x: f32[3, 4, 33]) -> (y: f32[3, 1, 1]) {
    %y = sum %x, axes = [1, 2], keepdim
    return %y
  }

  func @long(%x: f32[700]) -> (y: f32) {
    %y = sum %x, axes = [0]
    return %y
  }

  func @wide(%x: f32[2, 130]) -> (y: f32[2]) {
    %y = sum %x, axes = [1]
    return %y
  }

  func @wide_kept(%x: f32[2, 130]) -> (y: f32[2, 1]) {
    %y = sum %x, axes = [1], keepdim
    return %y
  }

  func @tall(%x: f32[130, 3]) -> (y: f32[3]) {
    %y = sum %x, axes = [0]
    return %y
  }

  func @tall_kept(%x: f32[130, 3]) -> (y: f32[1, 3]) {
    %y = sum %x, axes = [0], keepdim
    return %y
  }

  func @one(%x: f32[1, 1]) -> (y: f32[1]) {
    %y = sum %x, axes = [1]
    return %y
  }

  func @one_kept(%x: f32[1, 1]) -> (y: f32[1, 1]) {
    %y = sum %x, axes = [1], keepdim
    return %y
  }

  func @number(%x: f32) -> (y: f32) {
    %y = sum %x
    return %y
  }

  func @rows(%x: f32[batch, 17]) -> (y: f32[batch]) {
    %y = sum %x, axes = [1]
    return %y
  }

  func @rows_kept(%x: f32[batch, 17]) -> (y: f32[batch, 1]) {
    %y = sum %x, axes = [1], keepdim
    return %y
  }

  func @over_batch(%x: f32[batch, 17]) -> (y: f32[17]) {
    %y = sum %x, axes = [0]
    return %y
  }

  func @over_batch_kept(%x: f32[batch, 17]) -> (y: f32[1, 17]) {
    %y = sum %x, axes = [0], keepdim
    return %y
  }

  func @whole_batch(%x: f32[batch, 17]) -> (y: f32) {
    %y = sum %x
    return %y
  }

  func @whole_batch_kept(%x: f32[batch, 17]) -> (y: f32[1, 1]) {
    %y = sum %x, keepdim
    return %y
  }

  func @batch_and_last(%x: f32[batch, 3, 5]) -> (y: f32[3]) {
    %y = sum %x, axes = [0, 2]
    return %y
  }

  func @batch_and_last_kept(%x: f32[batch, 3, 5]) -> (y: f32[1, 3, 1]) {
    %y = sum %x, axes = [0, 2], keepdim
    return %y
  }

  func @special(%x: f32[4, 3]) -> (y: f32[4]) {
    %y = sum %x, axes = [1]
    return %y
  }

  func @empty(%x: f32[3, 0]) -> (y: f32[3]) {
    %y = sum %x, axes = [1]
    return %y
  }

  func @empty_all(%x: f32[0, 3]) -> (y: f32) {
    %y = sum %x
    return %y
  }

  func @empty_kept(%x: f32[3, 0]) -> (y: f32[3, 1]) {
    %y = sum %x, axes = [1], keepdim
    return %y
  }

  func @empty_result(%x: f32[0, 3]) -> (y: f32[0]) {
    %y = sum %x, axes = [1]
    return %y
  }

  func @i32(%x: i32[3, 17]) -> (y: i64[3]) {
    %y = sum %x, axes = [1]
    return %y
  }

  func @i32_columns(%x: i32[3, 17]) -> (y: i64[17]) {
    %y = sum %x, axes = [0]
    return %y
  }

  func @i32_empty(%x: i32[2, 0]) -> (y: i64[2]) {
    %y = sum %x, axes = [1]
    return %y
  }

  func @i64(%x: i64[3, 17]) -> (y: i64[3]) {
    %y = sum %x, axes = [1]
    return %y
  }

  func @i64_columns(%x: i64[3, 17]) -> (y: i64[17]) {
    %y = sum %x, axes = [0]
    return %y
  }

  func @i64_empty(%x: i64[2, 0]) -> (y: i64[2]) {
    %y = sum %x, axes = [1]
    return %y
  }

  func @ui8(%x: ui8[3, 17]) -> (y: i64[3]) {
    %y = sum %x, axes = [1]
    return %y
  }

  func @ui8_columns(%x: ui8[3, 17]) -> (y: i64[17]) {
    %y = sum %x, axes = [0]
    return %y
  }

  func @ui8_empty(%x: ui8[2, 0]) -> (y: i64[2]) {
    %y = sum %x, axes = [1]
    return %y
  }
}
