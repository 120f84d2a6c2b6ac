// accuracy.mlir - the share of rows whose target is among the highest
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/accuracy.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/accuracy.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/accuracy.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/accuracy.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/accuracy.json
dl.model @accuracy {
  func @rows(%x: f32[batch, 10], %t: i32[batch]) -> (y: f32) {
    %y = accuracy %x, %t
    return %y
  }

  func @rows_ties(%x: f32[batch, 10], %t: i32[batch]) -> (y: f32) {
    %y = accuracy %x, %t
    return %y
  }

  func @top(%x: f32[batch, 10], %t: i32[batch]) -> (y: f32) {
    %y = accuracy %x, %t, k = 3
    return %y
  }

  func @top_ties(%x: f32[batch, 10], %t: i32[batch]) -> (y: f32) {
    %y = accuracy %x, %t, k = 3
    return %y
  }

  func @all(%x: f32[7, 3], %t: i64[7]) -> (y: f32) {
    %y = accuracy %x, %t, k = 3
    return %y
  }

  func @all_ties(%x: f32[7, 3], %t: i64[7]) -> (y: f32) {
    %y = accuracy %x, %t, k = 3
    return %y
  }

  func @cube(%x: f32[2, 17, 5], %t: ui8[2, 17]) -> (y: f32) {
    %y = accuracy %x, %t, k = 2
    return %y
  }

  func @cube_ties(%x: f32[2, 17, 5], %t: ui8[2, 17]) -> (y: f32) {
    %y = accuracy %x, %t, k = 2
    return %y
  }

  func @single(%x: f32[33], %t: i32) -> (y: f32) {
    %y = accuracy %x, %t
    return %y
  }

  func @single_ties(%x: f32[33], %t: i32) -> (y: f32) {
    %y = accuracy %x, %t
    return %y
  }

  func @one_class(%x: f32[3, 1], %t: i32[3]) -> (y: f32) {
    %y = accuracy %x, %t
    return %y
  }

  func @one_class_ties(%x: f32[3, 1], %t: i32[3]) -> (y: f32) {
    %y = accuracy %x, %t
    return %y
  }

  func @ignoring(%x: f32[17, 5], %t: i32[17]) -> (y: f32) {
    %y = accuracy %x, %t, ignore_index = 2
    return %y
  }

  func @ignoring_ties(%x: f32[17, 5], %t: i32[17]) -> (y: f32) {
    %y = accuracy %x, %t, ignore_index = 2
    return %y
  }

  func @none(%x: f32[0, 5], %t: i32[0]) -> (y: f32) {
    %y = accuracy %x, %t
    return %y
  }

  func @none_ties(%x: f32[0, 5], %t: i32[0]) -> (y: f32) {
    %y = accuracy %x, %t
    return %y
  }

  func @special(%x: f32[4, 3], %t: i32[4]) -> (y: f32) {
    %y = accuracy %x, %t
    return %y
  }
}
