// channels_first.mlir - ops on pictures with the channels first
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/channels_first.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/channels_first.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/channels_first.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/channels_first.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/channels_first.json
dl.model @m {
  func @conv1d(%x: f32[batch, 4, 9], %w: f32[6, 2, 3]) -> (y: f32[batch, 6, 5]) {
    %y = conv1d %x, %w, stride = 2, padding = 1, groups = 2, channels_first
    return %y
  }

  func @conv1d_loss(%c: f32[2, 6, 5]) -> (loss: f32) {
    %x = param "conv1d.x" f32[2, 4, 9] = zeros
    %w = param "conv1d.w" f32[6, 2, 3] = zeros
    %y = conv1d %x, %w, stride = 2, padding = 1, groups = 2, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @conv1d_step minimizes @conv1d_loss { optimize "*" with @sgd }

  func @conv2d(%x: f32[batch, 3, 7, 6], %w: f32[5, 3, 3, 2]) -> (y: f32[batch, 5, 4, 4]) {
    %y = conv2d %x, %w, stride = [2, 1], padding = [1, 0], dilation = [1, 2], channels_first
    return %y
  }

  func @conv2d_loss(%c: f32[2, 5, 4, 4]) -> (loss: f32) {
    %x = param "conv2d.x" f32[2, 3, 7, 6] = zeros
    %w = param "conv2d.w" f32[5, 3, 3, 2] = zeros
    %y = conv2d %x, %w, stride = [2, 1], padding = [1, 0], dilation = [1, 2], channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @conv2d_step minimizes @conv2d_loss { optimize "*" with @sgd }

  func @depthwise(%x: f32[batch, 4, 5, 6], %w: f32[4, 1, 3, 3]) -> (y: f32[batch, 4, 5, 6]) {
    %y = conv2d %x, %w, padding = 1, groups = 4, channels_first
    return %y
  }

  func @depthwise_loss(%c: f32[2, 4, 5, 6]) -> (loss: f32) {
    %x = param "depthwise.x" f32[2, 4, 5, 6] = zeros
    %w = param "depthwise.w" f32[4, 1, 3, 3] = zeros
    %y = conv2d %x, %w, padding = 1, groups = 4, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @depthwise_step minimizes @depthwise_loss { optimize "*" with @sgd }

  func @multiplied(%x: f32[batch, 3, 5, 6], %w: f32[6, 1, 3, 3]) -> (y: f32[batch, 6, 3, 4]) {
    %y = conv2d %x, %w, groups = 3, channels_first
    return %y
  }

  func @multiplied_loss(%c: f32[2, 6, 3, 4]) -> (loss: f32) {
    %x = param "multiplied.x" f32[2, 3, 5, 6] = zeros
    %w = param "multiplied.w" f32[6, 1, 3, 3] = zeros
    %y = conv2d %x, %w, groups = 3, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @multiplied_step minimizes @multiplied_loss { optimize "*" with @sgd }

  func @conv3d(%x: f32[batch, 2, 3, 4, 5], %w: f32[3, 2, 2, 2, 3]) -> (y: f32[batch, 3, 4, 3, 5]) {
    %y = conv3d %x, %w, padding = [1, 0, 1], channels_first
    return %y
  }

  func @conv3d_loss(%c: f32[2, 3, 4, 3, 5]) -> (loss: f32) {
    %x = param "conv3d.x" f32[2, 2, 3, 4, 5] = zeros
    %w = param "conv3d.w" f32[3, 2, 2, 2, 3] = zeros
    %y = conv3d %x, %w, padding = [1, 0, 1], channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @conv3d_step minimizes @conv3d_loss { optimize "*" with @sgd }

  func @point(%x: f32[batch, 3, 1, 1], %w: f32[4, 3, 1, 1]) -> (y: f32[batch, 4, 1, 1]) {
    %y = conv2d %x, %w, channels_first
    return %y
  }

  func @point_loss(%c: f32[2, 4, 1, 1]) -> (loss: f32) {
    %x = param "point.x" f32[2, 3, 1, 1] = zeros
    %w = param "point.w" f32[4, 3, 1, 1] = zeros
    %y = conv2d %x, %w, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @point_step minimizes @point_loss { optimize "*" with @sgd }

  func @conv1d_transpose(%x: f32[batch, 3, 5], %w: f32[3, 2, 4]) -> (y: f32[batch, 2, 16]) {
    %y = conv1d_transpose %x, %w, stride = 3, padding = 1, output_padding = 2, channels_first
    return %y
  }

  func @conv1d_transpose_loss(%c: f32[2, 2, 16]) -> (loss: f32) {
    %x = param "conv1d_transpose.x" f32[2, 3, 5] = zeros
    %w = param "conv1d_transpose.w" f32[3, 2, 4] = zeros
    %y = conv1d_transpose %x, %w, stride = 3, padding = 1, output_padding = 2, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @conv1d_transpose_step minimizes @conv1d_transpose_loss { optimize "*" with @sgd }

  func @conv2d_transpose(%x: f32[batch, 4, 3, 4], %w: f32[4, 3, 3, 2]) -> (y: f32[batch, 6, 5, 6]) {
    %y = conv2d_transpose %x, %w, stride = [2, 1], padding = [1, 0], dilation = [1, 2], groups = 2, channels_first
    return %y
  }

  func @conv2d_transpose_loss(%c: f32[2, 6, 5, 6]) -> (loss: f32) {
    %x = param "conv2d_transpose.x" f32[2, 4, 3, 4] = zeros
    %w = param "conv2d_transpose.w" f32[4, 3, 3, 2] = zeros
    %y = conv2d_transpose %x, %w, stride = [2, 1], padding = [1, 0], dilation = [1, 2], groups = 2, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @conv2d_transpose_step minimizes @conv2d_transpose_loss { optimize "*" with @sgd }

  func @max_pool(%x: f32[batch, 3, 6, 7]) -> (y: f32[batch, 3, 4, 4]) {
    %y = max_pool %x, [3, 2], stride = 2, padding = 1, ceil_mode, channels_first
    return %y
  }

  func @max_pool_loss(%c: f32[2, 3, 4, 4]) -> (loss: f32) {
    %x = param "max_pool.x" f32[2, 3, 6, 7] = zeros
    %y = max_pool %x, [3, 2], stride = 2, padding = 1, ceil_mode, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @max_pool_step minimizes @max_pool_loss { optimize "*" with @sgd }

  func @avg_pool(%x: f32[batch, 3, 6, 7]) -> (y: f32[batch, 3, 3, 4]) {
    %y = avg_pool %x, 3, stride = 2, padding = 1, count_include_pad = false, channels_first
    return %y
  }

  func @avg_pool_loss(%c: f32[2, 3, 3, 4]) -> (loss: f32) {
    %x = param "avg_pool.x" f32[2, 3, 6, 7] = zeros
    %y = avg_pool %x, 3, stride = 2, padding = 1, count_include_pad = false, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @avg_pool_step minimizes @avg_pool_loss { optimize "*" with @sgd }

  func @lp_pool(%x: f32[batch, 2, 4, 5]) -> (y: f32[batch, 2, 3, 4]) {
    %y = lp_pool %x, 2, stride = 1, channels_first
    return %y
  }

  func @lp_pool_loss(%c: f32[2, 2, 3, 4]) -> (loss: f32) {
    %x = param "lp_pool.x" f32[2, 2, 4, 5] = zeros
    %y = lp_pool %x, 2, stride = 1, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @lp_pool_step minimizes @lp_pool_loss { optimize "*" with @sgd }

  func @upsample(%x: f32[batch, 3, 3, 4]) -> (y: f32[batch, 3, 6, 12]) {
    %y = upsample %x, scale_factor = [2, 3], channels_first
    return %y
  }

  func @upsample_loss(%c: f32[2, 3, 6, 12]) -> (loss: f32) {
    %x = param "upsample.x" f32[2, 3, 3, 4] = zeros
    %y = upsample %x, scale_factor = [2, 3], channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @upsample_step minimizes @upsample_loss { optimize "*" with @sgd }

  func @bilinear(%x: f32[batch, 3, 3, 4]) -> (y: f32[batch, 3, 5, 7]) {
    %y = upsample %x, output_size = [5, 7], mode = bilinear, channels_first
    return %y
  }

  func @bilinear_loss(%c: f32[2, 3, 5, 7]) -> (loss: f32) {
    %x = param "bilinear.x" f32[2, 3, 3, 4] = zeros
    %y = upsample %x, output_size = [5, 7], mode = bilinear, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @bilinear_step minimizes @bilinear_loss { optimize "*" with @sgd }

  func @linear(%x: f32[batch, 3, 4]) -> (y: f32[batch, 3, 9]) {
    %y = upsample %x, output_size = 9, mode = linear, align_corners, channels_first
    return %y
  }

  func @linear_loss(%c: f32[2, 3, 9]) -> (loss: f32) {
    %x = param "linear.x" f32[2, 3, 4] = zeros
    %y = upsample %x, output_size = 9, mode = linear, align_corners, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @linear_step minimizes @linear_loss { optimize "*" with @sgd }

  func @adaptive_avg_pool(%x: f32[batch, 3, 7, 5]) -> (y: f32[batch, 3, 3, 2]) {
    %y = adaptive_avg_pool %x, [3, 2], channels_first
    return %y
  }

  func @adaptive_avg_pool_loss(%c: f32[2, 3, 3, 2]) -> (loss: f32) {
    %x = param "adaptive_avg_pool.x" f32[2, 3, 7, 5] = zeros
    %y = adaptive_avg_pool %x, [3, 2], channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @adaptive_avg_pool_step minimizes @adaptive_avg_pool_loss { optimize "*" with @sgd }

  func @pixel_shuffle(%x: f32[batch, 12, 2, 3]) -> (y: f32[batch, 3, 4, 6]) {
    %y = pixel_shuffle %x, 2, channels_first
    return %y
  }

  func @pixel_shuffle_loss(%c: f32[2, 3, 4, 6]) -> (loss: f32) {
    %x = param "pixel_shuffle.x" f32[2, 12, 2, 3] = zeros
    %y = pixel_shuffle %x, 2, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @pixel_shuffle_step minimizes @pixel_shuffle_loss { optimize "*" with @sgd }

  func @group_norm(%x: f32[batch, 4, 3, 5], %w: f32[4], %b: f32[4]) -> (y: f32[batch, 4, 3, 5]) {
    %y = group_norm %x, %w, %b, 2, channels_first
    return %y
  }

  func @group_norm_loss(%c: f32[2, 4, 3, 5]) -> (loss: f32) {
    %x = param "group_norm.x" f32[2, 4, 3, 5] = zeros
    %w = param "group_norm.w" f32[4] = zeros
    %b = param "group_norm.b" f32[4] = zeros
    %y = group_norm %x, %w, %b, 2, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @group_norm_step minimizes @group_norm_loss { optimize "*" with @sgd }

  func @group_norm_of_rows(%x: f32[batch, 6], %w: f32[6], %b: f32[6]) -> (y: f32[batch, 6]) {
    %y = group_norm %x, %w, %b, 2, channels_first
    return %y
  }

  func @group_norm_of_rows_loss(%c: f32[2, 6]) -> (loss: f32) {
    %x = param "group_norm_of_rows.x" f32[2, 6] = zeros
    %w = param "group_norm_of_rows.w" f32[6] = zeros
    %b = param "group_norm_of_rows.b" f32[6] = zeros
    %y = group_norm %x, %w, %b, 2, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @group_norm_of_rows_step minimizes @group_norm_of_rows_loss { optimize "*" with @sgd }

  func @instance_norm(%x: f32[batch, 3, 3, 5]) -> (y: f32[batch, 3, 3, 5]) {
    %y = instance_norm %x, channels_first
    return %y
  }

  func @instance_norm_loss(%c: f32[2, 3, 3, 5]) -> (loss: f32) {
    %x = param "instance_norm.x" f32[2, 3, 3, 5] = zeros
    %y = instance_norm %x, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @instance_norm_step minimizes @instance_norm_loss { optimize "*" with @sgd }

  func @local_response_norm(%x: f32[batch, 5, 2, 3]) -> (y: f32[batch, 5, 2, 3]) {
    %y = local_response_norm %x, 3, alpha = 0.5, channels_first
    return %y
  }

  func @local_response_norm_loss(%c: f32[2, 5, 2, 3]) -> (loss: f32) {
    %x = param "local_response_norm.x" f32[2, 5, 2, 3] = zeros
    %y = local_response_norm %x, 3, alpha = 0.5, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @local_response_norm_step minimizes @local_response_norm_loss { optimize "*" with @sgd }

  func @standardize(%x: f32[batch, 3, 2, 3]) -> (y: f32[batch, 3, 2, 3]) {
    %y = standardize %x, mean = [0.5, 0.25, -1], deviation = [2, 0.5, 1], channels_first
    return %y
  }

  func @standardize_loss(%c: f32[2, 3, 2, 3]) -> (loss: f32) {
    %x = param "standardize.x" f32[2, 3, 2, 3] = zeros
    %y = standardize %x, mean = [0.5, 0.25, -1], deviation = [2, 0.5, 1], channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @standardize_step minimizes @standardize_loss { optimize "*" with @sgd }

  func @prelu(%x: f32[batch, 3, 2, 3], %w: f32[3]) -> (y: f32[batch, 3, 2, 3]) {
    %y = prelu %x, %w, channels_first
    return %y
  }

  func @prelu_loss(%c: f32[2, 3, 2, 3]) -> (loss: f32) {
    %x = param "prelu.x" f32[2, 3, 2, 3] = zeros
    %w = param "prelu.w" f32[3] = zeros
    %y = prelu %x, %w, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @prelu_step minimizes @prelu_loss { optimize "*" with @sgd }

  func @prelu_of_all(%x: f32[batch, 3, 2, 3], %w: f32[1]) -> (y: f32[batch, 3, 2, 3]) {
    %y = prelu %x, %w, channels_first
    return %y
  }

  func @prelu_of_all_loss(%c: f32[2, 3, 2, 3]) -> (loss: f32) {
    %x = param "prelu_of_all.x" f32[2, 3, 2, 3] = zeros
    %w = param "prelu_of_all.w" f32[1] = zeros
    %y = prelu %x, %w, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @prelu_of_all_step minimizes @prelu_of_all_loss { optimize "*" with @sgd }

  func @prelu_of_rows(%x: f32[batch, 3], %w: f32[3]) -> (y: f32[batch, 3]) {
    %y = prelu %x, %w, channels_first
    return %y
  }

  func @prelu_of_rows_loss(%c: f32[2, 3]) -> (loss: f32) {
    %x = param "prelu_of_rows.x" f32[2, 3] = zeros
    %w = param "prelu_of_rows.w" f32[3] = zeros
    %y = prelu %x, %w, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @prelu_of_rows_step minimizes @prelu_of_rows_loss { optimize "*" with @sgd }
}
