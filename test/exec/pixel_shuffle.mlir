// pixel_shuffle.mlir - channels that become squares
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/pixel_shuffle.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/pixel_shuffle.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/pixel_shuffle.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/pixel_shuffle.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/pixel_shuffle.json
dl.model @m {
  func @doubled(%x: f32[batch, 3, 4, 8]) -> (y: f32[batch, 6, 8, 2]) {
    %y = pixel_shuffle %x, 2
    return %y
  }

  func @doubled_loss(%c: f32[3, 6, 8, 2]) -> (loss: f32) {
    %x = param "doubled.x" f32[3, 3, 4, 8] = zeros
    %y = pixel_shuffle %x, 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @doubled_step minimizes @doubled_loss { optimize "*" with @sgd }

  func @tripled(%x: f32[batch, 2, 1, 9]) -> (y: f32[batch, 6, 3, 1]) {
    %y = pixel_shuffle %x, 3
    return %y
  }

  func @tripled_loss(%c: f32[2, 6, 3, 1]) -> (loss: f32) {
    %x = param "tripled.x" f32[2, 2, 1, 9] = zeros
    %y = pixel_shuffle %x, 3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @tripled_step minimizes @tripled_loss { optimize "*" with @sgd }

  func @same(%x: f32[batch, 3, 2, 5]) -> (y: f32[batch, 3, 2, 5]) {
    %y = pixel_shuffle %x, 1
    return %y
  }

  func @same_loss(%c: f32[2, 3, 2, 5]) -> (loss: f32) {
    %x = param "same.x" f32[2, 3, 2, 5] = zeros
    %y = pixel_shuffle %x, 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @same_step minimizes @same_loss { optimize "*" with @sgd }
}
