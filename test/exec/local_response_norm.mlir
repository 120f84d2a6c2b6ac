// local_response_norm.mlir - divided by what neighbouring channels have
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/local_response_norm.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/local_response_norm.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/local_response_norm.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/local_response_norm.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/local_response_norm.json
dl.model @m {
  func @five(%x: f32[batch, 3, 2, 17]) -> (y: f32[batch, 3, 2, 17]) {
    %y = local_response_norm %x, 5
    return %y
  }

  func @five_loss(%c: f32[2, 3, 2, 17]) -> (loss: f32) {
    %x = param "five.x" f32[2, 3, 2, 17] = zeros
    %y = local_response_norm %x, 5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @five_step minimizes @five_loss { optimize "*" with @sgd }

  func @strong(%x: f32[batch, 4, 7]) -> (y: f32[batch, 4, 7]) {
    %y = local_response_norm %x, 3, alpha = 0.5, beta = 0.25, offset = 2
    return %y
  }

  func @strong_loss(%c: f32[3, 4, 7]) -> (loss: f32) {
    %x = param "strong.x" f32[3, 4, 7] = zeros
    %y = local_response_norm %x, 3, alpha = 0.5, beta = 0.25, offset = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @strong_step minimizes @strong_loss { optimize "*" with @sgd }

  func @even(%x: f32[batch, 2, 6]) -> (y: f32[batch, 2, 6]) {
    %y = local_response_norm %x, 4, alpha = 2, beta = 1
    return %y
  }

  func @even_loss(%c: f32[2, 2, 6]) -> (loss: f32) {
    %x = param "even.x" f32[2, 2, 6] = zeros
    %y = local_response_norm %x, 4, alpha = 2, beta = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @even_step minimizes @even_loss { optimize "*" with @sgd }

  func @wider(%x: f32[batch, 2, 3, 4]) -> (y: f32[batch, 2, 3, 4]) {
    %y = local_response_norm %x, 9, alpha = 1
    return %y
  }

  func @wider_loss(%c: f32[2, 2, 3, 4]) -> (loss: f32) {
    %x = param "wider.x" f32[2, 2, 3, 4] = zeros
    %y = local_response_norm %x, 9, alpha = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @wider_step minimizes @wider_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, 3, 1]) -> (y: f32[batch, 3, 1]) {
    %y = local_response_norm %x, 1, alpha = 1
    return %y
  }

  func @one_loss(%c: f32[2, 3, 1]) -> (loss: f32) {
    %x = param "one.x" f32[2, 3, 1] = zeros
    %y = local_response_norm %x, 1, alpha = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }
}
