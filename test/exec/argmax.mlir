// argmax.mlir - where the largest lies
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/argmax.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/argmax.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/argmax.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/argmax.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/argmax.json
dl.model @argmax {
  func @last(%x: f32[3, 17]) -> (y: i64[3]) {
    %y = argmax %x
    return %y
  }

  func @first(%x: f32[5, 33]) -> (y: i64[33]) {
    %y = argmax %x, axis = 0
    return %y
  }

  func @middle(%x: f32[2, 7, 5]) -> (y: i64[2, 5]) {
    %y = argmax %x, axis = 1
    return %y
  }

  func @kept(%x: f32[3, 70]) -> (y: i64[3, 1]) {
    %y = argmax %x, axis = -1, keepdim
    return %y
  }

  func @ties(%x: f32[7, 33]) -> (y: i64[7]) {
    %y = argmax %x, axis = 1
    return %y
  }

  func @one(%x: f32[3, 1]) -> (y: i64[3]) {
    %y = argmax %x, axis = 1
    return %y
  }

  func @list(%x: f32[35]) -> (y: i64) {
    %y = argmax %x, axis = 0
    return %y
  }

  func @rows(%x: f32[batch, 17]) -> (y: i64[batch]) {
    %y = argmax %x, axis = 1
    return %y
  }

  func @over_batch(%x: f32[batch, 7]) -> (y: i64[7]) {
    %y = argmax %x, axis = 0
    return %y
  }

  func @empty(%x: f32[0, 3]) -> (y: i64[0]) {
    %y = argmax %x, axis = 1
    return %y
  }

  func @special(%x: f32[6, 3]) -> (y: i64[6]) {
    %y = argmax %x, axis = 1
    return %y
  }

  func @i32(%x: i32[3, 17]) -> (y: i64[3]) {
    %y = argmax %x, axis = 1
    return %y
  }

  func @i64(%x: i64[3, 17]) -> (y: i64[17]) {
    %y = argmax %x, axis = 0
    return %y
  }

  func @ui8(%x: ui8[2, 7]) -> (y: i64[2, 1]) {
    %y = argmax %x, axis = 1, keepdim
    return %y
  }
}
