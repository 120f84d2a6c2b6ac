// instance_norm.mlir - over all places of a channel
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/instance_norm.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/instance_norm.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/instance_norm.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/instance_norm.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/instance_norm.json
dl.model @m {
  func @signal(%x: f32[batch, 9, 4]) -> (y: f32[batch, 9, 4]) {
    %y = instance_norm %x
    return %y
  }

  func @signal_loss(%c: f32[3, 9, 4]) -> (loss: f32) {
    %x = param "signal.x" f32[3, 9, 4] = zeros
    %y = instance_norm %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @signal_step minimizes @signal_loss { optimize "*" with @sgd }

  func @picture(%x: f32[batch, 4, 5, 17]) -> (y: f32[batch, 4, 5, 17]) {
    %y = instance_norm %x, epsilon = 0.125
    return %y
  }

  func @picture_loss(%c: f32[2, 4, 5, 17]) -> (loss: f32) {
    %x = param "picture.x" f32[2, 4, 5, 17] = zeros
    %y = instance_norm %x, epsilon = 0.125
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @picture_step minimizes @picture_loss { optimize "*" with @sgd }

  func @space(%x: f32[batch, 2, 3, 4, 2]) -> (y: f32[batch, 2, 3, 4, 2]) {
    %y = instance_norm %x
    return %y
  }

  func @space_loss(%c: f32[2, 2, 3, 4, 2]) -> (loss: f32) {
    %x = param "space.x" f32[2, 2, 3, 4, 2] = zeros
    %y = instance_norm %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @space_step minimizes @space_loss { optimize "*" with @sgd }

  func @bare(%x: f32[batch, 7, 3]) -> (y: f32[batch, 7, 3]) {
    %y = nn.instance_norm "bare" %x
    return %y
  }

  func @bare_loss(%c: f32[2, 7, 3]) -> (loss: f32) {
    %x = param "bare.x" f32[2, 7, 3] = zeros
    %y = nn.instance_norm "bare" %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @bare_step minimizes @bare_loss { optimize "*" with @sgd }

  func @layer(%x: f32[batch, 3, 3, 5]) -> (y: f32[batch, 3, 3, 5]) {
    %y = nn.instance_norm "layer" %x, affine, epsilon = 0.25
    return %y
  }

  func @layer_loss(%c: f32[2, 3, 3, 5]) -> (loss: f32) {
    %x = param "layer.x" f32[2, 3, 3, 5] = zeros
    %y = nn.instance_norm "layer" %x, affine, epsilon = 0.25
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @layer_step minimizes @layer_loss { optimize "*" with @sgd }
}
