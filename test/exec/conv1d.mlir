// conv1d.mlir - windows of signals times filters
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/conv1d.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/conv1d.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/conv1d.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/conv1d.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/conv1d.json
dl.model @conv1d {
  func @plain(%x: f32[batch, 11, 4], %w: f32[6, 4, 3]) -> (y: f32[batch, 9, 6]) {
    %y = conv1d %x, %w
    return %y
  }

  func @moved(%x: f32[batch, 17, 3], %w: f32[5, 3, 4]) -> (y: f32[batch, 6, 5]) {
    %y = conv1d %x, %w, stride = 3, padding = same
    return %y
  }

  func @spread(%x: f32[batch, 12, 4], %w: f32[4, 2, 3]) -> (y: f32[batch, 12, 4]) {
    %y = conv1d %x, %w, dilation = 2, padding = [[3, 1]], groups = 2
    return %y
  }

  func @one(%x: f32[batch, 1, 1], %w: f32[1, 1, 1]) -> (y: f32[batch, 1, 1]) {
    %y = conv1d %x, %w
    return %y
  }
}
