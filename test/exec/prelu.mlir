// prelu.mlir - a slope below 0 that is learned
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/prelu.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/prelu.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/prelu.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/prelu.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/prelu.json
dl.model @m {
  func @one(%x: f32[batch, 17], %w: f32[1]) -> (y: f32[batch, 17]) {
    %y = prelu %x, %w
    return %y
  }

  func @one_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "one.x" f32[3, 17] = zeros
    %w = param "one.w" f32[1] = zeros
    %y = prelu %x, %w
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }

  func @scalar(%x: f32[batch, 7], %w: f32) -> (y: f32[batch, 7]) {
    %y = prelu %x, %w
    return %y
  }

  func @scalar_loss(%c: f32[3, 7]) -> (loss: f32) {
    %x = param "scalar.x" f32[3, 7] = zeros
    %w = param "scalar.w" f32 = zeros
    %y = prelu %x, %w
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @scalar_step minimizes @scalar_loss { optimize "*" with @sgd }

  func @channels(%x: f32[batch, 17], %w: f32[17]) -> (y: f32[batch, 17]) {
    %y = prelu %x, %w
    return %y
  }

  func @channels_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "channels.x" f32[3, 17] = zeros
    %w = param "channels.w" f32[17] = zeros
    %y = prelu %x, %w
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @channels_step minimizes @channels_loss { optimize "*" with @sgd }

  func @picture(%x: f32[batch, 3, 4, 5], %w: f32[5]) -> (y: f32[batch, 3, 4, 5]) {
    %y = prelu %x, %w
    return %y
  }

  func @picture_loss(%c: f32[2, 3, 4, 5]) -> (loss: f32) {
    %x = param "picture.x" f32[2, 3, 4, 5] = zeros
    %w = param "picture.w" f32[5] = zeros
    %y = prelu %x, %w
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @picture_step minimizes @picture_loss { optimize "*" with @sgd }

  func @list(%x: f32[1], %w: f32[1]) -> (y: f32[1]) {
    %y = prelu %x, %w
    return %y
  }

  func @list_loss(%c: f32[1]) -> (loss: f32) {
    %x = param "list.x" f32[1] = zeros
    %w = param "list.w" f32[1] = zeros
    %y = prelu %x, %w
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @list_step minimizes @list_loss { optimize "*" with @sgd }

  func @layer(%x: f32[batch, 7]) -> (y: f32[batch, 7]) {
    %y = nn.prelu "layer" %x
    return %y
  }

  func @layer_loss(%c: f32[3, 7]) -> (loss: f32) {
    %x = param "layer.x" f32[3, 7] = zeros
    %y = nn.prelu "layer" %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @layer_step minimizes @layer_loss { optimize "*" with @sgd }

  func @layers(%x: f32[batch, 3, 5]) -> (y: f32[batch, 3, 5]) {
    %y = nn.prelu "layers" %x, num_parameters = 5
    return %y
  }

  func @layers_loss(%c: f32[2, 3, 5]) -> (loss: f32) {
    %x = param "layers.x" f32[2, 3, 5] = zeros
    %y = nn.prelu "layers" %x, num_parameters = 5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @layers_step minimizes @layers_loss { optimize "*" with @sgd }
}
