// avg_pool.mlir - the means of windows
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/avg_pool.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/avg_pool.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/avg_pool.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/avg_pool.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/avg_pool.json
dl.model @avg_pool {
  func @halves(%x: f32[batch, 6, 8, 3]) -> (y: f32[batch, 3, 4, 3]) {
    %y = avg_pool %x, 2
    return %y
  }

  func @across(%x: f32[batch, 7, 8, 2]) -> (y: f32[batch, 4, 4, 2]) {
    %y = avg_pool %x, 3, stride = 2, padding = 1
    return %y
  }

  func @inside(%x: f32[batch, 7, 8, 2]) -> (y: f32[batch, 4, 9, 2]) {
    %y = avg_pool %x, [3, 2], stride = [2, 1], padding = 1, count_include_pad = false
    return %y
  }

  func @signal(%x: f32[batch, 9, 3]) -> (y: f32[batch, 4, 3]) {
    %y = avg_pool %x, 4, stride = 3, padding = 2, count_include_pad = false
    return %y
  }
}
