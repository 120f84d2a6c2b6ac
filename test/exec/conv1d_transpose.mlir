// conv1d_transpose.mlir - filters that signals write
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/conv1d_transpose.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/conv1d_transpose.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/conv1d_transpose.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/conv1d_transpose.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/conv1d_transpose.json
dl.model @m {
  func @plain(%x: f32[batch, 6, 4], %w: f32[4, 5, 3]) -> (y: f32[batch, 8, 5]) {
    %y = conv1d_transpose %x, %w
    return %y
  }

  func @plain_loss(%c: f32[3, 8, 5]) -> (loss: f32) {
    %x = param "plain.x" f32[3, 6, 4] = zeros
    %w = param "plain.w" f32[4, 5, 3] = zeros
    %y = conv1d_transpose %x, %w
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @plain_step minimizes @plain_loss { optimize "*" with @sgd }

  func @moved(%x: f32[batch, 5, 3], %w: f32[3, 4, 4]) -> (y: f32[batch, 16, 4]) {
    %y = conv1d_transpose %x, %w, stride = 3, padding = 1, output_padding = 2
    return %y
  }

  func @moved_loss(%c: f32[2, 16, 4]) -> (loss: f32) {
    %x = param "moved.x" f32[2, 5, 3] = zeros
    %w = param "moved.w" f32[3, 4, 4] = zeros
    %y = conv1d_transpose %x, %w, stride = 3, padding = 1, output_padding = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @moved_step minimizes @moved_loss { optimize "*" with @sgd }

  func @apart(%x: f32[batch, 3, 2], %w: f32[2, 3, 3]) -> (y: f32[batch, 11, 3]) {
    %y = conv1d_transpose %x, %w, stride = 4
    return %y
  }

  func @apart_loss(%c: f32[2, 11, 3]) -> (loss: f32) {
    %x = param "apart.x" f32[2, 3, 2] = zeros
    %w = param "apart.w" f32[2, 3, 3] = zeros
    %y = conv1d_transpose %x, %w, stride = 4
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @apart_step minimizes @apart_loss { optimize "*" with @sgd }

  func @spread(%x: f32[batch, 5, 4], %w: f32[4, 3, 3]) -> (y: f32[batch, 11, 6]) {
    %y = conv1d_transpose %x, %w, stride = 2, dilation = 3, padding = [[1, 3]], groups = 2
    return %y
  }

  func @spread_loss(%c: f32[2, 11, 6]) -> (loss: f32) {
    %x = param "spread.x" f32[2, 5, 4] = zeros
    %w = param "spread.w" f32[4, 3, 3] = zeros
    %y = conv1d_transpose %x, %w, stride = 2, dilation = 3, padding = [[1, 3]], groups = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @spread_step minimizes @spread_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, 1, 1], %w: f32[1, 1, 1]) -> (y: f32[batch, 1, 1]) {
    %y = conv1d_transpose %x, %w
    return %y
  }

  func @one_loss(%c: f32[2, 1, 1]) -> (loss: f32) {
    %x = param "one.x" f32[2, 1, 1] = zeros
    %w = param "one.w" f32[1, 1, 1] = zeros
    %y = conv1d_transpose %x, %w
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }

  func @layer(%x: f32[batch, 4, 3]) -> (y: f32[batch, 9, 4]) {
    %y = nn.conv1d_transpose "layer" %x, 4, kernel = 3, stride = 2
    return %y
  }

  func @layer_loss(%c: f32[2, 9, 4]) -> (loss: f32) {
    %x = param "layer.x" f32[2, 4, 3] = zeros
    %y = nn.conv1d_transpose "layer" %x, 4, kernel = 3, stride = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @layer_step minimizes @layer_loss { optimize "*" with @sgd }
}
