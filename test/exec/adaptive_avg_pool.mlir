// adaptive_avg_pool.mlir - means of so many parts
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/adaptive_avg_pool.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/adaptive_avg_pool.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/adaptive_avg_pool.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/adaptive_avg_pool.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/adaptive_avg_pool.json
dl.model @m {
  func @halves(%x: f32[batch, 6, 4, 5]) -> (y: f32[batch, 3, 2, 5]) {
    %y = adaptive_avg_pool %x, [3, 2]
    return %y
  }

  func @halves_loss(%c: f32[3, 3, 2, 5]) -> (loss: f32) {
    %x = param "halves.x" f32[3, 6, 4, 5] = zeros
    %y = adaptive_avg_pool %x, [3, 2]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @halves_step minimizes @halves_loss { optimize "*" with @sgd }

  func @overlapping(%x: f32[batch, 7, 5, 3]) -> (y: f32[batch, 3, 4, 3]) {
    %y = adaptive_avg_pool %x, [3, 4]
    return %y
  }

  func @overlapping_loss(%c: f32[2, 3, 4, 3]) -> (loss: f32) {
    %x = param "overlapping.x" f32[2, 7, 5, 3] = zeros
    %y = adaptive_avg_pool %x, [3, 4]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @overlapping_step minimizes @overlapping_loss { optimize "*" with @sgd }

  func @all(%x: f32[batch, 5, 3, 17]) -> (y: f32[batch, 1, 1, 17]) {
    %y = adaptive_avg_pool %x, 1
    return %y
  }

  func @all_loss(%c: f32[2, 1, 1, 17]) -> (loss: f32) {
    %x = param "all.x" f32[2, 5, 3, 17] = zeros
    %y = adaptive_avg_pool %x, 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @all_step minimizes @all_loss { optimize "*" with @sgd }

  func @signal(%x: f32[batch, 10, 3]) -> (y: f32[batch, 4, 3]) {
    %y = adaptive_avg_pool %x, 4
    return %y
  }

  func @signal_loss(%c: f32[2, 4, 3]) -> (loss: f32) {
    %x = param "signal.x" f32[2, 10, 3] = zeros
    %y = adaptive_avg_pool %x, 4
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @signal_step minimizes @signal_loss { optimize "*" with @sgd }

  func @more(%x: f32[batch, 3, 4, 2]) -> (y: f32[batch, 5, 4, 2]) {
    %y = adaptive_avg_pool %x, [5, 4]
    return %y
  }

  func @more_loss(%c: f32[2, 5, 4, 2]) -> (loss: f32) {
    %x = param "more.x" f32[2, 3, 4, 2] = zeros
    %y = adaptive_avg_pool %x, [5, 4]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @more_step minimizes @more_loss { optimize "*" with @sgd }

  func @space(%x: f32[batch, 4, 3, 5, 2]) -> (y: f32[batch, 2, 2, 3, 2]) {
    %y = adaptive_avg_pool %x, [2, 2, 3]
    return %y
  }

  func @space_loss(%c: f32[1, 2, 2, 3, 2]) -> (loss: f32) {
    %x = param "space.x" f32[1, 4, 3, 5, 2] = zeros
    %y = adaptive_avg_pool %x, [2, 2, 3]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @space_step minimizes @space_loss { optimize "*" with @sgd }
}
