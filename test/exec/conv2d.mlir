// conv2d.mlir - windows of pictures times filters
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/conv2d.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/conv2d.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/conv2d.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/conv2d.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/conv2d.json
dl.model @conv2d {
  func @plain(%x: f32[batch, 6, 7, 3], %w: f32[17, 3, 3, 3]) -> (y: f32[batch, 4, 5, 17]) {
    %y = conv2d %x, %w
    return %y
  }

  func @same(%x: f32[batch, 7, 6, 2], %w: f32[3, 2, 3, 2]) -> (y: f32[batch, 7, 6, 3]) {
    %y = conv2d %x, %w, padding = same
    return %y
  }

  func @moved(%x: f32[batch, 7, 8, 2], %w: f32[3, 2, 3, 3]) -> (y: f32[batch, 4, 4, 3]) {
    %y = conv2d %x, %w, stride = 2, padding = same
    return %y
  }

  func @mixed(%x: f32[batch, 9, 8, 4], %w: f32[6, 2, 2, 3]) -> (y: f32[batch, 5, 7, 6]) {
    %y = conv2d %x, %w, stride = [2, 1], padding = [[1, 0], [2, 1]], dilation = [1, 2], groups = 2
    return %y
  }

  func @depthwise(%x: f32[batch, 5, 6, 5], %w: f32[5, 1, 3, 3]) -> (y: f32[batch, 5, 6, 5]) {
    %y = conv2d %x, %w, padding = 1, groups = 5
    return %y
  }

  func @multiplied(%x: f32[batch, 5, 5, 3], %w: f32[6, 1, 3, 3]) -> (y: f32[batch, 2, 2, 6]) {
    %y = conv2d %x, %w, stride = 2, groups = 3
    return %y
  }

  func @points(%x: f32[batch, 4, 5, 6], %w: f32[7, 6, 1, 1]) -> (y: f32[batch, 2, 3, 7]) {
    %y = conv2d %x, %w, stride = 2
    return %y
  }

  func @whole(%x: f32[batch, 4, 5, 2], %w: f32[3, 2, 4, 5]) -> (y: f32[batch, 1, 1, 3]) {
    %y = conv2d %x, %w
    return %y
  }

  func @skipped(%x: f32[batch, 9, 9, 2], %w: f32[3, 2, 1, 2]) -> (y: f32[batch, 3, 2, 3]) {
    %y = conv2d %x, %w, stride = [3, 4], dilation = 2
    return %y
  }
}
