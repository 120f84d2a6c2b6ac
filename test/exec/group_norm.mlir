// group_norm.mlir - over all places and the channels of a group
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/group_norm.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/group_norm.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/group_norm.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/group_norm.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/group_norm.json
dl.model @m {
  func @plain(%x: f32[batch, 4, 5, 6], %w: f32[6], %b: f32[6]) -> (y: f32[batch, 4, 5, 6]) {
    %y = group_norm %x, %w, %b, 2
    return %y
  }

  func @plain_loss(%c: f32[3, 4, 5, 6]) -> (loss: f32) {
    %x = param "plain.x" f32[3, 4, 5, 6] = zeros
    %w = param "plain.w" f32[6] = zeros
    %b = param "plain.b" f32[6] = zeros
    %y = group_norm %x, %w, %b, 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @plain_step minimizes @plain_loss { optimize "*" with @sgd }

  func @all(%x: f32[batch, 5, 7], %w: f32[7], %b: f32[7]) -> (y: f32[batch, 5, 7]) {
    %y = group_norm %x, %w, %b, 1
    return %y
  }

  func @all_loss(%c: f32[2, 5, 7]) -> (loss: f32) {
    %x = param "all.x" f32[2, 5, 7] = zeros
    %w = param "all.w" f32[7] = zeros
    %b = param "all.b" f32[7] = zeros
    %y = group_norm %x, %w, %b, 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @all_step minimizes @all_loss { optimize "*" with @sgd }

  func @each(%x: f32[batch, 3, 4, 5], %w: f32[5], %b: f32[5]) -> (y: f32[batch, 3, 4, 5]) {
    %y = group_norm %x, %w, %b, 5
    return %y
  }

  func @each_loss(%c: f32[2, 3, 4, 5]) -> (loss: f32) {
    %x = param "each.x" f32[2, 3, 4, 5] = zeros
    %w = param "each.w" f32[5] = zeros
    %b = param "each.b" f32[5] = zeros
    %y = group_norm %x, %w, %b, 5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @each_step minimizes @each_loss { optimize "*" with @sgd }

  func @rows(%x: f32[batch, 12], %w: f32[12], %b: f32[12]) -> (y: f32[batch, 12]) {
    %y = group_norm %x, %w, %b, 3, epsilon = 0.125
    return %y
  }

  func @rows_loss(%c: f32[3, 12]) -> (loss: f32) {
    %x = param "rows.x" f32[3, 12] = zeros
    %w = param "rows.w" f32[12] = zeros
    %b = param "rows.b" f32[12] = zeros
    %y = group_norm %x, %w, %b, 3, epsilon = 0.125
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @rows_step minimizes @rows_loss { optimize "*" with @sgd }

  func @wide(%x: f32[batch, 3, 34], %w: f32[34], %b: f32[34]) -> (y: f32[batch, 3, 34]) {
    %y = group_norm %x, %w, %b, 2
    return %y
  }

  func @wide_loss(%c: f32[2, 3, 34]) -> (loss: f32) {
    %x = param "wide.x" f32[2, 3, 34] = zeros
    %w = param "wide.w" f32[34] = zeros
    %b = param "wide.b" f32[34] = zeros
    %y = group_norm %x, %w, %b, 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @wide_step minimizes @wide_loss { optimize "*" with @sgd }

  func @alone(%x: f32[batch, 4], %w: f32[4], %b: f32[4]) -> (y: f32[batch, 4]) {
    %y = group_norm %x, %w, %b, 4, epsilon = 0.5
    return %y
  }

  func @alone_loss(%c: f32[3, 4]) -> (loss: f32) {
    %x = param "alone.x" f32[3, 4] = zeros
    %w = param "alone.w" f32[4] = zeros
    %b = param "alone.b" f32[4] = zeros
    %y = group_norm %x, %w, %b, 4, epsilon = 0.5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @alone_step minimizes @alone_loss { optimize "*" with @sgd }

  func @equal(%x: f32[batch, 3, 5, 4], %w: f32[4], %b: f32[4]) -> (y: f32[batch, 3, 5, 4]) {
    %y = group_norm %x, %w, %b, 2
    return %y
  }

  func @layer(%x: f32[batch, 5, 6]) -> (y: f32[batch, 5, 6]) {
    %y = nn.group_norm "layer" %x, 3
    return %y
  }

  func @layer_loss(%c: f32[2, 5, 6]) -> (loss: f32) {
    %x = param "layer.x" f32[2, 5, 6] = zeros
    %y = nn.group_norm "layer" %x, 3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @layer_step minimizes @layer_loss { optimize "*" with @sgd }
}
