// avg_pool-ceil.mlir - means of windows that reach beyond the padding
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/avg_pool-ceil.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/avg_pool-ceil.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/avg_pool-ceil.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/avg_pool-ceil.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/avg_pool-ceil.json
dl.model @m {
  func @signal(%x: f32[batch, 8, 3]) -> (y: f32[batch, 3, 3]) {
    %y = avg_pool %x, 3, ceil_mode
    return %y
  }

  func @signal_loss(%c: f32[2, 3, 3]) -> (loss: f32) {
    %x = param "signal.x" f32[2, 8, 3] = zeros
    %y = avg_pool %x, 3, ceil_mode
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @signal_step minimizes @signal_loss { optimize "*" with @sgd }

  func @padded(%x: f32[batch, 6, 7, 2]) -> (y: f32[batch, 4, 4, 2]) {
    %y = avg_pool %x, 3, stride = 2, padding = 1, ceil_mode
    return %y
  }

  func @padded_loss(%c: f32[2, 4, 4, 2]) -> (loss: f32) {
    %x = param "padded.x" f32[2, 6, 7, 2] = zeros
    %y = avg_pool %x, 3, stride = 2, padding = 1, ceil_mode
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @padded_step minimizes @padded_loss { optimize "*" with @sgd }

  func @inside(%x: f32[batch, 6, 7, 2]) -> (y: f32[batch, 4, 4, 2]) {
    %y = avg_pool %x, [3, 2], stride = [2, 2], padding = [1, 0], count_include_pad = false, ceil_mode
    return %y
  }

  func @inside_loss(%c: f32[2, 4, 4, 2]) -> (loss: f32) {
    %x = param "inside.x" f32[2, 6, 7, 2] = zeros
    %y = avg_pool %x, [3, 2], stride = [2, 2], padding = [1, 0], count_include_pad = false, ceil_mode
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @inside_step minimizes @inside_loss { optimize "*" with @sgd }

  func @left(%x: f32[batch, 5, 6, 2]) -> (y: f32[batch, 2, 3, 2]) {
    %y = avg_pool %x, 2, stride = 3, padding = 1, ceil_mode
    return %y
  }

  func @left_loss(%c: f32[2, 2, 3, 2]) -> (loss: f32) {
    %x = param "left.x" f32[2, 5, 6, 2] = zeros
    %y = avg_pool %x, 2, stride = 3, padding = 1, ceil_mode
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @left_step minimizes @left_loss { optimize "*" with @sgd }

  func @exact(%x: f32[batch, 6, 6, 2]) -> (y: f32[batch, 3, 3, 2]) {
    %y = avg_pool %x, 2, ceil_mode
    return %y
  }

  func @exact_loss(%c: f32[2, 3, 3, 2]) -> (loss: f32) {
    %x = param "exact.x" f32[2, 6, 6, 2] = zeros
    %y = avg_pool %x, 2, ceil_mode
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @exact_step minimizes @exact_loss { optimize "*" with @sgd }

  func @volume(%x: f32[batch, 3, 4, 5, 2]) -> (y: f32[batch, 2, 2, 3, 2]) {
    %y = avg_pool %x, 2, ceil_mode
    return %y
  }

  func @volume_loss(%c: f32[2, 2, 2, 3, 2]) -> (loss: f32) {
    %x = param "volume.x" f32[2, 3, 4, 5, 2] = zeros
    %y = avg_pool %x, 2, ceil_mode
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @volume_step minimizes @volume_loss { optimize "*" with @sgd }
}
