// conv2d_transpose.mlir - filters that pictures write
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/conv2d_transpose.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/conv2d_transpose.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/conv2d_transpose.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/conv2d_transpose.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/conv2d_transpose.json
dl.model @m {
  func @plain(%x: f32[batch, 3, 4, 3], %w: f32[3, 17, 3, 2]) -> (y: f32[batch, 5, 5, 17]) {
    %y = conv2d_transpose %x, %w
    return %y
  }

  func @plain_loss(%c: f32[2, 5, 5, 17]) -> (loss: f32) {
    %x = param "plain.x" f32[2, 3, 4, 3] = zeros
    %w = param "plain.w" f32[3, 17, 3, 2] = zeros
    %y = conv2d_transpose %x, %w
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @plain_step minimizes @plain_loss { optimize "*" with @sgd }

  func @doubled(%x: f32[batch, 3, 4, 5], %w: f32[5, 3, 2, 2]) -> (y: f32[batch, 6, 8, 3]) {
    %y = conv2d_transpose %x, %w, stride = 2
    return %y
  }

  func @doubled_loss(%c: f32[2, 6, 8, 3]) -> (loss: f32) {
    %x = param "doubled.x" f32[2, 3, 4, 5] = zeros
    %w = param "doubled.w" f32[5, 3, 2, 2] = zeros
    %y = conv2d_transpose %x, %w, stride = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @doubled_step minimizes @doubled_loss { optimize "*" with @sgd }

  func @moved(%x: f32[batch, 4, 3, 2], %w: f32[2, 3, 3, 3]) -> (y: f32[batch, 8, 6, 3]) {
    %y = conv2d_transpose %x, %w, stride = 2, padding = 1, output_padding = 1
    return %y
  }

  func @moved_loss(%c: f32[2, 8, 6, 3]) -> (loss: f32) {
    %x = param "moved.x" f32[2, 4, 3, 2] = zeros
    %w = param "moved.w" f32[2, 3, 3, 3] = zeros
    %y = conv2d_transpose %x, %w, stride = 2, padding = 1, output_padding = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @moved_step minimizes @moved_loss { optimize "*" with @sgd }

  func @mixed(%x: f32[batch, 4, 3, 4], %w: f32[4, 3, 4, 2]) -> (y: f32[batch, 8, 5, 6]) {
    %y = conv2d_transpose %x, %w, stride = [2, 1], padding = [1, 0], dilation = [1, 2], groups = 2
    return %y
  }

  func @mixed_loss(%c: f32[2, 8, 5, 6]) -> (loss: f32) {
    %x = param "mixed.x" f32[2, 4, 3, 4] = zeros
    %w = param "mixed.w" f32[4, 3, 4, 2] = zeros
    %y = conv2d_transpose %x, %w, stride = [2, 1], padding = [1, 0], dilation = [1, 2], groups = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @mixed_step minimizes @mixed_loss { optimize "*" with @sgd }

  func @depthwise(%x: f32[batch, 4, 5, 3], %w: f32[3, 1, 3, 3]) -> (y: f32[batch, 4, 5, 3]) {
    %y = conv2d_transpose %x, %w, padding = 1, groups = 3
    return %y
  }

  func @depthwise_loss(%c: f32[2, 4, 5, 3]) -> (loss: f32) {
    %x = param "depthwise.x" f32[2, 4, 5, 3] = zeros
    %w = param "depthwise.w" f32[3, 1, 3, 3] = zeros
    %y = conv2d_transpose %x, %w, padding = 1, groups = 3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @depthwise_step minimizes @depthwise_loss { optimize "*" with @sgd }

  func @points(%x: f32[batch, 2, 3, 4], %w: f32[4, 5, 1, 1]) -> (y: f32[batch, 4, 7, 5]) {
    %y = conv2d_transpose %x, %w, stride = 3
    return %y
  }

  func @points_loss(%c: f32[2, 4, 7, 5]) -> (loss: f32) {
    %x = param "points.x" f32[2, 2, 3, 4] = zeros
    %w = param "points.w" f32[4, 5, 1, 1] = zeros
    %y = conv2d_transpose %x, %w, stride = 3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @points_step minimizes @points_loss { optimize "*" with @sgd }

  func @behind(%x: f32[batch, 2, 2, 2], %w: f32[2, 2, 2, 2]) -> (y: f32[batch, 7, 6, 2]) {
    %y = conv2d_transpose %x, %w, dilation = 3, output_padding = [2, 1]
    return %y
  }

  func @behind_loss(%c: f32[1, 7, 6, 2]) -> (loss: f32) {
    %x = param "behind.x" f32[1, 2, 2, 2] = zeros
    %w = param "behind.w" f32[2, 2, 2, 2] = zeros
    %y = conv2d_transpose %x, %w, dilation = 3, output_padding = [2, 1]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @behind_step minimizes @behind_loss { optimize "*" with @sgd }

  func @layer(%x: f32[batch, 3, 4, 4]) -> (y: f32[batch, 6, 7, 6]) {
    %y = nn.conv2d_transpose "layer" %x, 6, kernel = [3, 2], stride = 2, padding = 1, output_padding = 1, groups = 2
    return %y
  }

  func @layer_loss(%c: f32[2, 6, 7, 6]) -> (loss: f32) {
    %x = param "layer.x" f32[2, 3, 4, 4] = zeros
    %y = nn.conv2d_transpose "layer" %x, 6, kernel = [3, 2], stride = 2, padding = 1, output_padding = 1, groups = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @layer_step minimizes @layer_loss { optimize "*" with @sgd }

  func @bare(%x: f32[batch, 3, 3, 3]) -> (y: f32[batch, 5, 5, 2]) {
    %y = nn.conv2d_transpose "bare" %x, 2, kernel = 2, dilation = 2, bias = false
    return %y
  }

  func @bare_loss(%c: f32[2, 5, 5, 2]) -> (loss: f32) {
    %x = param "bare.x" f32[2, 3, 3, 3] = zeros
    %y = nn.conv2d_transpose "bare" %x, 2, kernel = 2, dilation = 2, bias = false
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @bare_step minimizes @bare_loss { optimize "*" with @sgd }
}
