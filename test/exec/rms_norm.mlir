// rms_norm.mlir - each row by its root mean square
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/rms_norm.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/rms_norm.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/rms_norm.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/rms_norm.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/rms_norm.json
dl.model @m {
  func @matrix(%x: f32[batch, 17], %w: f32[17]) -> (y: f32[batch, 17]) {
    %y = rms_norm %x, %w, epsilon = 0.125
    return %y
  }

  func @matrix_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "matrix.x" f32[3, 17] = zeros
    %w = param "matrix.w" f32[17] = zeros
    %y = rms_norm %x, %w, epsilon = 0.125
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @matrix_step minimizes @matrix_loss { optimize "*" with @sgd }

  func @cube(%x: f32[batch, 3, 33], %w: f32[33]) -> (y: f32[batch, 3, 33]) {
    %y = rms_norm %x, %w, epsilon = 1.0e-6
    return %y
  }

  func @cube_loss(%c: f32[2, 3, 33]) -> (loss: f32) {
    %x = param "cube.x" f32[2, 3, 33] = zeros
    %w = param "cube.w" f32[33] = zeros
    %y = rms_norm %x, %w, epsilon = 1.0e-6
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @cube_step minimizes @cube_loss { optimize "*" with @sgd }

  func @list(%x: f32[70], %w: f32[70]) -> (y: f32[70]) {
    %y = rms_norm %x, %w, epsilon = 1.0e-5
    return %y
  }

  func @list_loss(%c: f32[70]) -> (loss: f32) {
    %x = param "list.x" f32[70] = zeros
    %w = param "list.w" f32[70] = zeros
    %y = rms_norm %x, %w, epsilon = 1.0e-5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @list_step minimizes @list_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, 1], %w: f32[1]) -> (y: f32[batch, 1]) {
    %y = rms_norm %x, %w, epsilon = 0.5
    return %y
  }

  func @one_loss(%c: f32[3, 1]) -> (loss: f32) {
    %x = param "one.x" f32[3, 1] = zeros
    %w = param "one.w" f32[1] = zeros
    %y = rms_norm %x, %w, epsilon = 0.5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }

  func @zeros(%x: f32[2, 3], %w: f32[3]) -> (y: f32[2, 3]) {
    %y = rms_norm %x, %w, epsilon = 0.25
    return %y
  }

  func @zeros_loss(%c: f32[2, 3]) -> (loss: f32) {
    %x = param "zeros.x" f32[2, 3] = zeros
    %w = param "zeros.w" f32[3] = zeros
    %y = rms_norm %x, %w, epsilon = 0.25
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @zeros_step minimizes @zeros_loss { optimize "*" with @sgd }

  func @empty(%x: f32[0, 5], %w: f32[5]) -> (y: f32[0, 5]) {
    %y = rms_norm %x, %w
    return %y
  }

  func @large(%x: f32[2, 3], %w: f32[3]) -> (y: f32[2, 3]) {
    %y = rms_norm %x, %w
    return %y
  }

  func @layer(%x: f32[batch, 7]) -> (y: f32[batch, 7]) {
    %y = nn.rms_norm "layer" %x, epsilon = 0.25
    return %y
  }

  func @layer_loss(%c: f32[3, 7]) -> (loss: f32) {
    %x = param "layer.x" f32[3, 7] = zeros
    %y = nn.rms_norm "layer" %x, epsilon = 0.25
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @layer_step minimizes @layer_loss { optimize "*" with @sgd }
}
