// cross_entropy.mlir - the mean of -log(softmax(score)) at the target
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/cross_entropy.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/cross_entropy.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/cross_entropy.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/cross_entropy.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/cross_entropy.json
dl.model @cross_entropy {
  func @rows(%x: f32[batch, 10], %t: i32[batch]) -> (y: f32) {
    %y = cross_entropy %x, %t
    return %y
  }

  func @one_class(%x: f32[3, 1], %t: i64[3]) -> (y: f32) {
    %y = cross_entropy %x, %t
    return %y
  }

  func @bytes(%x: f32[5, 17], %t: ui8[5]) -> (y: f32) {
    %y = cross_entropy %x, %t
    return %y
  }

  func @cube(%x: f32[2, 3, 7], %t: i32[2, 3]) -> (y: f32) {
    %y = cross_entropy %x, %t
    return %y
  }

  func @single(%x: f32[33], %t: i32) -> (y: f32) {
    %y = cross_entropy %x, %t
    return %y
  }

  func @wide(%x: f32[batch, 35], %t: i64[batch]) -> (y: f32) {
    %y = cross_entropy %x, %t
    return %y
  }

  func @smooth(%x: f32[batch, 10], %t: i32[batch]) -> (y: f32) {
    %y = cross_entropy %x, %t, label_smoothing = 0.125
    return %y
  }

  func @ignoring(%x: f32[7, 5], %t: i32[7]) -> (y: f32) {
    %y = cross_entropy %x, %t, ignore_index = 2
    return %y
  }

  func @ignoring_negative(%x: f32[7, 5], %t: i32[7]) -> (y: f32) {
    %y = cross_entropy %x, %t, ignore_index = -100
    return %y
  }

  func @ignoring_smooth(%x: f32[batch, 5], %t: i64[batch]) -> (y: f32) {
    %y = cross_entropy %x, %t, ignore_index = -1, label_smoothing = 0.25
    return %y
  }

  func @probabilities(%x: f32[batch, 7], %t: f32[batch, 7]) -> (y: f32) {
    %y = cross_entropy %x, %t
    return %y
  }

  func @probabilities_cube(%x: f32[2, 3, 5], %t: f32[2, 3, 5]) -> (y: f32) {
    %y = cross_entropy %x, %t
    return %y
  }

  func @probabilities_smooth(%x: f32[3, 17], %t: f32[3, 17]) -> (y: f32) {
    %y = cross_entropy %x, %t, label_smoothing = 0.125
    return %y
  }

  func @nobody(%x: f32[3, 5], %t: i32[3]) -> (y: f32) {
    %y = cross_entropy %x, %t, ignore_index = 1
    return %y
  }

  func @none(%x: f32[0, 5], %t: i32[0]) -> (y: f32) {
    %y = cross_entropy %x, %t
    return %y
  }

  func @large(%x: f32[2, 3], %t: i32[2]) -> (y: f32) {
    %y = cross_entropy %x, %t
    return %y
  }

  func @out_of_range(%x: f32[3, 5], %t: i32[3]) -> (y: f32) {
    %y = cross_entropy %x, %t
    return %y
  }
}
