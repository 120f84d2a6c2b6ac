// padding_mode.mlir - convolutions whose padding repeats what is in the input
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/padding_mode.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/padding_mode.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/padding_mode.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/padding_mode.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/padding_mode.json
dl.model @m {
  func @reflect(%x: f32[batch, 5, 6, 2], %w: f32[3, 2, 3, 3]) -> (y: f32[batch, 7, 8, 3]) {
    %y = conv2d %x, %w, padding = 2, padding_mode = reflect
    return %y
  }

  func @reflect_loss(%c: f32[2, 7, 8, 3]) -> (loss: f32) {
    %x = param "reflect.x" f32[2, 5, 6, 2] = zeros
    %w = param "reflect.w" f32[3, 2, 3, 3] = zeros
    %y = conv2d %x, %w, padding = 2, padding_mode = reflect
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @reflect_step minimizes @reflect_loss { optimize "*" with @sgd }

  func @reflect_most(%x: f32[batch, 5, 4, 2], %w: f32[3, 2, 3, 3]) -> (y: f32[batch, 6, 4, 3]) {
    %y = conv2d %x, %w, padding = [4, 3], padding_mode = reflect, stride = 2
    return %y
  }

  func @reflect_most_loss(%c: f32[2, 6, 4, 3]) -> (loss: f32) {
    %x = param "reflect_most.x" f32[2, 5, 4, 2] = zeros
    %w = param "reflect_most.w" f32[3, 2, 3, 3] = zeros
    %y = conv2d %x, %w, padding = [4, 3], padding_mode = reflect, stride = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @reflect_most_step minimizes @reflect_most_loss { optimize "*" with @sgd }

  func @replicate(%x: f32[batch, 4, 5, 4], %w: f32[6, 2, 2, 3]) -> (y: f32[batch, 7, 5, 6]) {
    %y = conv2d %x, %w, padding = [2, 1], padding_mode = replicate, groups = 2
    return %y
  }

  func @replicate_loss(%c: f32[2, 7, 5, 6]) -> (loss: f32) {
    %x = param "replicate.x" f32[2, 4, 5, 4] = zeros
    %w = param "replicate.w" f32[6, 2, 2, 3] = zeros
    %y = conv2d %x, %w, padding = [2, 1], padding_mode = replicate, groups = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @replicate_step minimizes @replicate_loss { optimize "*" with @sgd }

  func @replicate_one(%x: f32[batch, 1, 1, 2], %w: f32[3, 2, 3, 3]) -> (y: f32[batch, 3, 3, 3]) {
    %y = conv2d %x, %w, padding = 3, padding_mode = replicate, dilation = 2
    return %y
  }

  func @replicate_one_loss(%c: f32[2, 3, 3, 3]) -> (loss: f32) {
    %x = param "replicate_one.x" f32[2, 1, 1, 2] = zeros
    %w = param "replicate_one.w" f32[3, 2, 3, 3] = zeros
    %y = conv2d %x, %w, padding = 3, padding_mode = replicate, dilation = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @replicate_one_step minimizes @replicate_one_loss { optimize "*" with @sgd }

  func @circular(%x: f32[batch, 4, 5, 3], %w: f32[3, 1, 3, 3]) -> (y: f32[batch, 4, 5, 3]) {
    %y = conv2d %x, %w, padding = 1, padding_mode = circular, groups = 3
    return %y
  }

  func @circular_loss(%c: f32[2, 4, 5, 3]) -> (loss: f32) {
    %x = param "circular.x" f32[2, 4, 5, 3] = zeros
    %w = param "circular.w" f32[3, 1, 3, 3] = zeros
    %y = conv2d %x, %w, padding = 1, padding_mode = circular, groups = 3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @circular_step minimizes @circular_loss { optimize "*" with @sgd }

  func @circular_all(%x: f32[batch, 3, 4, 2], %w: f32[2, 2, 3, 2]) -> (y: f32[batch, 4, 4, 2]) {
    %y = conv2d %x, %w, padding = [3, 4], padding_mode = circular, stride = [2, 3]
    return %y
  }

  func @circular_all_loss(%c: f32[2, 4, 4, 2]) -> (loss: f32) {
    %x = param "circular_all.x" f32[2, 3, 4, 2] = zeros
    %w = param "circular_all.w" f32[2, 2, 3, 2] = zeros
    %y = conv2d %x, %w, padding = [3, 4], padding_mode = circular, stride = [2, 3]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @circular_all_step minimizes @circular_all_loss { optimize "*" with @sgd }

  func @zeros(%x: f32[batch, 4, 4, 2], %w: f32[2, 2, 3, 3]) -> (y: f32[batch, 4, 4, 2]) {
    %y = conv2d %x, %w, padding = 1, padding_mode = zeros
    return %y
  }

  func @zeros_loss(%c: f32[2, 4, 4, 2]) -> (loss: f32) {
    %x = param "zeros.x" f32[2, 4, 4, 2] = zeros
    %w = param "zeros.w" f32[2, 2, 3, 3] = zeros
    %y = conv2d %x, %w, padding = 1, padding_mode = zeros
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @zeros_step minimizes @zeros_loss { optimize "*" with @sgd }

  func @same(%x: f32[batch, 6, 5, 2], %w: f32[2, 2, 3, 4]) -> (y: f32[batch, 6, 5, 2]) {
    %y = conv2d %x, %w, padding = same, padding_mode = reflect
    return %y
  }

  func @same_loss(%c: f32[2, 6, 5, 2]) -> (loss: f32) {
    %x = param "same.x" f32[2, 6, 5, 2] = zeros
    %w = param "same.w" f32[2, 2, 3, 4] = zeros
    %y = conv2d %x, %w, padding = same, padding_mode = reflect
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @same_step minimizes @same_loss { optimize "*" with @sgd }

  func @same_circular(%x: f32[batch, 6, 5, 2], %w: f32[2, 2, 2, 4]) -> (y: f32[batch, 6, 5, 2]) {
    %y = conv2d %x, %w, padding = same, padding_mode = circular
    return %y
  }

  func @same_circular_loss(%c: f32[2, 6, 5, 2]) -> (loss: f32) {
    %x = param "same_circular.x" f32[2, 6, 5, 2] = zeros
    %w = param "same_circular.w" f32[2, 2, 2, 4] = zeros
    %y = conv2d %x, %w, padding = same, padding_mode = circular
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @same_circular_step minimizes @same_circular_loss { optimize "*" with @sgd }

  func @signal(%x: f32[batch, 7, 3], %w: f32[5, 3, 4]) -> (y: f32[batch, 7, 5]) {
    %y = conv1d %x, %w, padding = 5, padding_mode = reflect, stride = 2
    return %y
  }

  func @signal_loss(%c: f32[2, 7, 5]) -> (loss: f32) {
    %x = param "signal.x" f32[2, 7, 3] = zeros
    %w = param "signal.w" f32[5, 3, 4] = zeros
    %y = conv1d %x, %w, padding = 5, padding_mode = reflect, stride = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @signal_step minimizes @signal_loss { optimize "*" with @sgd }

  func @signal_circular(%x: f32[batch, 7, 3], %w: f32[3, 1, 5]) -> (y: f32[batch, 7, 3]) {
    %y = conv1d %x, %w, padding = 2, padding_mode = circular, groups = 3
    return %y
  }

  func @signal_circular_loss(%c: f32[2, 7, 3]) -> (loss: f32) {
    %x = param "signal_circular.x" f32[2, 7, 3] = zeros
    %w = param "signal_circular.w" f32[3, 1, 5] = zeros
    %y = conv1d %x, %w, padding = 2, padding_mode = circular, groups = 3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @signal_circular_step minimizes @signal_circular_loss { optimize "*" with @sgd }

  func @volume(%x: f32[batch, 3, 2, 4, 2], %w: f32[2, 2, 2, 2, 3]) -> (y: f32[batch, 4, 3, 4, 2]) {
    %y = conv3d %x, %w, padding = 1, padding_mode = replicate
    return %y
  }

  func @volume_loss(%c: f32[2, 4, 3, 4, 2]) -> (loss: f32) {
    %x = param "volume.x" f32[2, 3, 2, 4, 2] = zeros
    %w = param "volume.w" f32[2, 2, 2, 2, 3] = zeros
    %y = conv3d %x, %w, padding = 1, padding_mode = replicate
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @volume_step minimizes @volume_loss { optimize "*" with @sgd }

  func @volume_circular(%x: f32[batch, 2, 3, 2, 1], %w: f32[2, 1, 2, 3, 1]) -> (y: f32[batch, 3, 5, 2, 2]) {
    %y = conv3d %x, %w, padding = [1, 2, 0], padding_mode = circular
    return %y
  }

  func @volume_circular_loss(%c: f32[2, 3, 5, 2, 2]) -> (loss: f32) {
    %x = param "volume_circular.x" f32[2, 2, 3, 2, 1] = zeros
    %w = param "volume_circular.w" f32[2, 1, 2, 3, 1] = zeros
    %y = conv3d %x, %w, padding = [1, 2, 0], padding_mode = circular
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @volume_circular_step minimizes @volume_circular_loss { optimize "*" with @sgd }

  func @first(%x: f32[batch, 2, 5, 4], %w: f32[3, 2, 3, 3]) -> (y: f32[batch, 3, 7, 4]) {
    %y = conv2d %x, %w, padding = [2, 1], padding_mode = reflect, channels_first
    return %y
  }

  func @first_loss(%c: f32[2, 3, 7, 4]) -> (loss: f32) {
    %x = param "first.x" f32[2, 2, 5, 4] = zeros
    %w = param "first.w" f32[3, 2, 3, 3] = zeros
    %y = conv2d %x, %w, padding = [2, 1], padding_mode = reflect, channels_first
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @first_step minimizes @first_loss { optimize "*" with @sgd }
}
