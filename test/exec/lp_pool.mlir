// lp_pool.mlir - roots of sums of powers
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/lp_pool.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/lp_pool.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/lp_pool.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/lp_pool.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/lp_pool.json
dl.model @m {
  func @two(%x: f32[batch, 6, 8, 3]) -> (y: f32[batch, 3, 4, 3]) {
    %y = lp_pool %x, 2
    return %y
  }

  func @two_loss(%c: f32[2, 3, 4, 3]) -> (loss: f32) {
    %x = param "two.x" f32[2, 6, 8, 3] = zeros
    %y = lp_pool %x, 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @two_step minimizes @two_loss { optimize "*" with @sgd }

  func @three(%x: f32[batch, 5, 7, 2]) -> (y: f32[batch, 2, 3, 2]) {
    %y = lp_pool %x, 3, norm_type = 3, stride = 2
    return %y
  }

  func @three_loss(%c: f32[2, 2, 3, 2]) -> (loss: f32) {
    %x = param "three.x" f32[2, 5, 7, 2] = zeros
    %y = lp_pool %x, 3, norm_type = 3, stride = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @three_step minimizes @three_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, 5, 4]) -> (y: f32[batch, 4, 4]) {
    %y = lp_pool %x, 2, norm_type = 1, stride = 1
    return %y
  }

  func @one_loss(%c: f32[2, 4, 4]) -> (loss: f32) {
    %x = param "one.x" f32[2, 5, 4] = zeros
    %y = lp_pool %x, 2, norm_type = 1, stride = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }

  func @between(%x: f32[batch, 6, 5, 2]) -> (y: f32[batch, 5, 2, 2]) {
    %y = lp_pool %x, [2, 3], norm_type = 1.5, stride = [1, 2]
    return %y
  }

  func @between_loss(%c: f32[2, 5, 2, 2]) -> (loss: f32) {
    %x = param "between.x" f32[2, 6, 5, 2] = zeros
    %y = lp_pool %x, [2, 3], norm_type = 1.5, stride = [1, 2]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @between_step minimizes @between_loss { optimize "*" with @sgd }

  func @half(%x: f32[batch, 4, 4, 2]) -> (y: f32[batch, 2, 2, 2]) {
    %y = lp_pool %x, 2, norm_type = 0.5
    return %y
  }

  func @half_loss(%c: f32[2, 2, 2, 2]) -> (loss: f32) {
    %x = param "half.x" f32[2, 4, 4, 2] = zeros
    %y = lp_pool %x, 2, norm_type = 0.5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @half_step minimizes @half_loss { optimize "*" with @sgd }

  func @four(%x: f32[batch, 6, 6, 2]) -> (y: f32[batch, 2, 2, 2]) {
    %y = lp_pool %x, 3, norm_type = 4
    return %y
  }

  func @four_loss(%c: f32[2, 2, 2, 2]) -> (loss: f32) {
    %x = param "four.x" f32[2, 6, 6, 2] = zeros
    %y = lp_pool %x, 3, norm_type = 4
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @four_step minimizes @four_loss { optimize "*" with @sgd }

  func @ceiling(%x: f32[batch, 7, 6, 2]) -> (y: f32[batch, 3, 3, 2]) {
    %y = lp_pool %x, 3, stride = 2, ceil_mode
    return %y
  }

  func @ceiling_loss(%c: f32[2, 3, 3, 2]) -> (loss: f32) {
    %x = param "ceiling.x" f32[2, 7, 6, 2] = zeros
    %y = lp_pool %x, 3, stride = 2, ceil_mode
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @ceiling_step minimizes @ceiling_loss { optimize "*" with @sgd }

  func @ceiling_signal(%x: f32[batch, 8, 3]) -> (y: f32[batch, 3, 3]) {
    %y = lp_pool %x, 3, stride = 3, ceil_mode
    return %y
  }

  func @ceiling_signal_loss(%c: f32[2, 3, 3]) -> (loss: f32) {
    %x = param "ceiling_signal.x" f32[2, 8, 3] = zeros
    %y = lp_pool %x, 3, stride = 3, ceil_mode
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @ceiling_signal_step minimizes @ceiling_signal_loss { optimize "*" with @sgd }

  func @volume(%x: f32[batch, 4, 3, 4, 2]) -> (y: f32[batch, 2, 3, 2, 2]) {
    %y = lp_pool %x, [2, 1, 2]
    return %y
  }

  func @volume_loss(%c: f32[2, 2, 3, 2, 2]) -> (loss: f32) {
    %x = param "volume.x" f32[2, 4, 3, 4, 2] = zeros
    %y = lp_pool %x, [2, 1, 2]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @volume_step minimizes @volume_loss { optimize "*" with @sgd }

  func @zero(%x: f32[batch, 4, 4, 1]) -> (y: f32[batch, 2, 2, 1]) {
    %y = lp_pool %x, 2
    return %y
  }

  func @zero_loss(%c: f32[1, 2, 2, 1]) -> (loss: f32) {
    %x = param "zero.x" f32[1, 4, 4, 1] = zeros
    %y = lp_pool %x, 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @zero_step minimizes @zero_loss { optimize "*" with @sgd }

  func @negative(%x: f32[batch, 4, 1]) -> (y: f32[batch, 2, 1]) {
    %y = lp_pool %x, 2, norm_type = 3
    return %y
  }
}
