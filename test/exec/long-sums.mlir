// long-sums.mlir - sums of millions of numbers keep their digits, along rows, across them, and over all axes
// SPDX-License-Identifier: Apache-2.0
//
// What is summed up is computed where it is read, so that no entry point needs memory. The expected values are exact
// sums of the numbers as f32 holds them; a chain of additions misses them by 1e-3 and more.
//
// RUN: dlc %s -O3 -o %t.so && dlc-run check %t.so %S/Inputs/long-sums.json
// RUN: dlc %s -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/long-sums.json
// RUN: dlc %s -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/long-sums.json
dl.model @long_sums {
  func @row_of_ones() -> (y: f32) {
    %x = constant f32[20000000] = 1.0
    %y = mean %x
    return %y
  }

  func @columns_of_ones() -> (y: f32[3]) {
    %x = constant f32[20000000, 3] = 1.0
    %y = mean %x, axes = [0]
    return %y
  }

  func @row_of_tenths() -> (y: f32) {
    %x = constant f32[16777217] = 0.1
    %y = sum %x
    return %y
  }

  func @column_of_tenths() -> (y: f32[1]) {
    %x = constant f32[5000000, 1] = 0.1
    %y = sum %x, axes = [0]
    return %y
  }

  func @both_ends_of_tenths() -> (y: f32[2]) {
    %x = constant f32[3000, 2, 1001] = 0.1
    %y = sum %x, axes = [0, 2]
    return %y
  }

  // 0, 1, 2, ... as f32 holds them exactly.
  func @numbers() -> (y: f32[2]) {
    %like = constant i32[16777216, 2] = 0
    %i = iota %like, axis = 0
    %x = cast %i, f32
    %y = sum %x, axes = [0]
    return %y
  }

  func @mse_loss() -> (y: f32) {
    %x = constant f32[16777216] = 0.1
    %t = constant f32[16777216] = 0.4
    %y = mse_loss %x, %t
    return %y
  }

  func @cross_entropy() -> (y: f32) {
    %score = constant f32[3000000, 2] = 0.3
    %label = constant i32[3000000] = 1
    %y = cross_entropy %score, %label
    return %y
  }

  // Gradients of a bias, and of layer_norm's weight and bias, over many rows.
  func @loss() -> (loss: f32) {
    %x = constant f32[3000000, 1] = 0.7
    %w = param "weight" f32[1, 3] = ones
    %b = param "bias" f32[3] = ones
    %a = mul %x, %w
    %c = add %a, %b
    %l = mean %c
    return %l
  }
  func @normal_loss() -> (loss: f32) {
    %x = constant f32[1, 2] = [1.0, 3.0]
    %many = broadcast %x, [3000000, 2]
    %w = param "normal.weight" f32[2] = ones
    %b = param "normal.bias" f32[2] = ones
    %c = layer_norm %many, %w, %b
    %l = mean %c
    return %l
  }
  train @step minimizes @loss {
    optimize "*" with @sgd
  }
  train @normal minimizes @normal_loss {
    optimize "*" with @sgd
  }
}
