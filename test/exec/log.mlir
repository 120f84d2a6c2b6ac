// log.mlir - the natural logarithm
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/log.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/log.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/log.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/log.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/log.json
dl.model @log {
  func @number(%x: f32) -> (y: f32) {
    %y = log %x
    return %y
  }

  func @one(%x: f32[1]) -> (y: f32[1]) {
    %y = log %x
    return %y
  }

  func @odd(%x: f32[7]) -> (y: f32[7]) {
    %y = log %x
    return %y
  }

  func @more(%x: f32[33]) -> (y: f32[33]) {
    %y = log %x
    return %y
  }

  func @matrix(%x: f32[3, 17]) -> (y: f32[3, 17]) {
    %y = log %x
    return %y
  }

  func @cube(%x: f32[2, 1, 35]) -> (y: f32[2, 1, 35]) {
    %y = log %x
    return %y
  }

  func @empty(%x: f32[0, 5]) -> (y: f32[0, 5]) {
    %y = log %x
    return %y
  }

  func @rows(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = log %x
    return %y
  }

  func @special(%x: f32[7]) -> (y: f32[7]) {
    %y = log %x
    return %y
  }
}
