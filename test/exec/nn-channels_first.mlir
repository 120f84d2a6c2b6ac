// nn-channels_first.mlir - layers of pictures with the channels first
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/nn-channels_first.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/nn-channels_first.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/nn-channels_first.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/nn-channels_first.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/nn-channels_first.json
dl.model @m {
  func @conv1d(%x: f32[batch, 3, 6]) -> (y: f32[batch, 4, 8]) {
    %y = nn.conv1d "conv1d" %x, 4, kernel = 3, padding = 2, padding_mode = circular, channels_first
    return %y
  }

  func @conv1d_loss(%c: f32[2, 4, 8]) -> (loss: f32) {
    %x = param "conv1d.x" f32[2, 3, 6] = zeros
    %y = nn.conv1d "conv1d" %x, 4, kernel = 3, padding = 2, padding_mode = circular, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @conv1d_step minimizes @conv1d_loss { optimize "*" with @sgd }

  func @conv2d(%x: f32[batch, 2, 5, 6]) -> (y: f32[batch, 4, 3, 4]) {
    %y = nn.conv2d "conv2d" %x, 4, kernel = [3, 2], stride = 2, padding = 1, padding_mode = reflect, groups = 2, channels_first
    return %y
  }

  func @conv2d_loss(%c: f32[2, 4, 3, 4]) -> (loss: f32) {
    %x = param "conv2d.x" f32[2, 2, 5, 6] = zeros
    %y = nn.conv2d "conv2d" %x, 4, kernel = [3, 2], stride = 2, padding = 1, padding_mode = reflect, groups = 2, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @conv2d_step minimizes @conv2d_loss { optimize "*" with @sgd }

  func @conv1d_transpose(%x: f32[batch, 3, 4]) -> (y: f32[batch, 2, 9]) {
    %y = nn.conv1d_transpose "conv1d_transpose" %x, 2, kernel = 3, stride = 2, channels_first
    return %y
  }

  func @conv1d_transpose_loss(%c: f32[2, 2, 9]) -> (loss: f32) {
    %x = param "conv1d_transpose.x" f32[2, 3, 4] = zeros
    %y = nn.conv1d_transpose "conv1d_transpose" %x, 2, kernel = 3, stride = 2, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @conv1d_transpose_step minimizes @conv1d_transpose_loss { optimize "*" with @sgd }

  func @conv2d_transpose(%x: f32[batch, 3, 2, 3]) -> (y: f32[batch, 2, 5, 7]) {
    %y = nn.conv2d_transpose "conv2d_transpose" %x, 2, kernel = 2, stride = 2, output_padding = 1, channels_first
    return %y
  }

  func @conv2d_transpose_loss(%c: f32[2, 2, 5, 7]) -> (loss: f32) {
    %x = param "conv2d_transpose.x" f32[2, 3, 2, 3] = zeros
    %y = nn.conv2d_transpose "conv2d_transpose" %x, 2, kernel = 2, stride = 2, output_padding = 1, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @conv2d_transpose_step minimizes @conv2d_transpose_loss { optimize "*" with @sgd }

  func @group_norm(%x: f32[batch, 6, 2, 3]) -> (y: f32[batch, 6, 2, 3]) {
    %y = nn.group_norm "group_norm" %x, 3, channels_first
    return %y
  }

  func @group_norm_loss(%c: f32[2, 6, 2, 3]) -> (loss: f32) {
    %x = param "group_norm.x" f32[2, 6, 2, 3] = zeros
    %y = nn.group_norm "group_norm" %x, 3, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @group_norm_step minimizes @group_norm_loss { optimize "*" with @sgd }

  func @instance_norm(%x: f32[batch, 3, 4, 2]) -> (y: f32[batch, 3, 4, 2]) {
    %y = nn.instance_norm "instance_norm" %x, affine, channels_first
    return %y
  }

  func @instance_norm_loss(%c: f32[2, 3, 4, 2]) -> (loss: f32) {
    %x = param "instance_norm.x" f32[2, 3, 4, 2] = zeros
    %y = nn.instance_norm "instance_norm" %x, affine, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @instance_norm_step minimizes @instance_norm_loss { optimize "*" with @sgd }

  func @prelu(%x: f32[batch, 3, 2, 2]) -> (y: f32[batch, 3, 2, 2]) {
    %y = nn.prelu "prelu" %x, num_parameters = 3, channels_first
    return %y
  }

  func @prelu_loss(%c: f32[2, 3, 2, 2]) -> (loss: f32) {
    %x = param "prelu.x" f32[2, 3, 2, 2] = zeros
    %y = nn.prelu "prelu" %x, num_parameters = 3, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @prelu_step minimizes @prelu_loss { optimize "*" with @sgd }
}
