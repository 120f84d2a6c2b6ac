// max_pool.mlir - the largest elements of windows
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/max_pool.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/max_pool.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/max_pool.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/max_pool.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/max_pool.json
dl.model @max_pool {
  func @halves(%x: f32[batch, 6, 8, 3]) -> (y: f32[batch, 3, 4, 3]) {
    %y = max_pool %x, 2
    return %y
  }

  func @rest(%x: f32[batch, 7, 5, 3]) -> (y: f32[batch, 3, 1, 3]) {
    %y = max_pool %x, [2, 3]
    return %y
  }

  func @across(%x: f32[batch, 7, 8, 2]) -> (y: f32[batch, 4, 4, 2]) {
    %y = max_pool %x, 3, stride = 2, padding = 1
    return %y
  }

  func @spread(%x: f32[batch, 8, 9, 2]) -> (y: f32[batch, 5, 5, 2]) {
    %y = max_pool %x, [2, 3], stride = 1, dilation = [3, 2]
    return %y
  }

  func @beyond(%x: f32[batch, 8, 7, 2]) -> (y: f32[batch, 4, 3, 2]) {
    %y = max_pool %x, 3, stride = 2, ceil_mode
    return %y
  }

  func @signal(%x: f32[batch, 9, 3]) -> (y: f32[batch, 5, 3]) {
    %y = max_pool %x, 3, stride = 2, padding = 1, ceil_mode
    return %y
  }

  func @space(%x: f32[batch, 4, 4, 5, 2]) -> (y: f32[batch, 2, 3, 2, 2]) {
    %y = max_pool %x, 2, stride = [2, 1, 2]
    return %y
  }
}
