// softmax.mlir - softmax along an axis
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/softmax.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/softmax.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/softmax.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/softmax.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/softmax.json
dl.model @softmax {
  func @last(%x: f32[3, 17]) -> (y: f32[3, 17]) {
    %y = softmax %x
    return %y
  }

  func @first(%x: f32[7, 33]) -> (y: f32[7, 33]) {
    %y = softmax %x, axis = 0
    return %y
  }

  func @middle(%x: f32[2, 5, 3]) -> (y: f32[2, 5, 3]) {
    %y = softmax %x, axis = 1
    return %y
  }

  func @list(%x: f32[70]) -> (y: f32[70]) {
    %y = softmax %x, axis = -1
    return %y
  }

  func @wide(%x: f32[2, 130]) -> (y: f32[2, 130]) {
    %y = softmax %x, axis = 1
    return %y
  }

  func @one(%x: f32[3, 1]) -> (y: f32[3, 1]) {
    %y = softmax %x, axis = 1
    return %y
  }

  func @empty(%x: f32[0, 5]) -> (y: f32[0, 5]) {
    %y = softmax %x, axis = 1
    return %y
  }

  func @rows(%x: f32[batch, 10]) -> (y: f32[batch, 10]) {
    %y = softmax %x
    return %y
  }

  func @deep(%x: f32[batch, 3, 7]) -> (y: f32[batch, 3, 7]) {
    %y = softmax %x, axis = 1
    return %y
  }

  func @nothing(%x: f32[3, 0]) -> (y: f32[3, 0]) {
    %y = softmax %x, axis = 1
    return %y
  }

  func @over_batch(%x: f32[batch, 7]) -> (y: f32[batch, 7]) {
    %y = softmax %x, axis = 0
    return %y
  }

  func @special(%x: f32[6, 3]) -> (y: f32[6, 3]) {
    %y = softmax %x
    return %y
  }
}
