// activations.mlir - activations that stand for several ops
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/activations.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/activations.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/activations.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/activations.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/activations.json
dl.model @m {
  func @relu6(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = relu6 %x
    return %y
  }

  func @relu6_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "relu6.x" f32[3, 17] = zeros
    %y = relu6 %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @relu6_step minimizes @relu6_loss { optimize "*" with @sgd }

  func @relu6_edges(%x: f32[16]) -> (y: f32[16]) {
    %y = relu6 %x
    return %y
  }

  func @relu6_edges_loss(%c: f32[16]) -> (loss: f32) {
    %x = param "relu6_edges.x" f32[16] = zeros
    %y = relu6 %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @relu6_edges_step minimizes @relu6_edges_loss { optimize "*" with @sgd }

  func @relu6_special(%x: f32[3]) -> (y: f32[3]) {
    %y = relu6 %x
    return %y
  }

  func @hardsigmoid(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = hardsigmoid %x
    return %y
  }

  func @hardsigmoid_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "hardsigmoid.x" f32[3, 17] = zeros
    %y = hardsigmoid %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @hardsigmoid_step minimizes @hardsigmoid_loss { optimize "*" with @sgd }

  func @hardsigmoid_edges(%x: f32[16]) -> (y: f32[16]) {
    %y = hardsigmoid %x
    return %y
  }

  func @hardsigmoid_edges_loss(%c: f32[16]) -> (loss: f32) {
    %x = param "hardsigmoid_edges.x" f32[16] = zeros
    %y = hardsigmoid %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @hardsigmoid_edges_step minimizes @hardsigmoid_edges_loss { optimize "*" with @sgd }

  func @hardsigmoid_special(%x: f32[3]) -> (y: f32[3]) {
    %y = hardsigmoid %x
    return %y
  }

  func @hardswish(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = hardswish %x
    return %y
  }

  func @hardswish_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "hardswish.x" f32[3, 17] = zeros
    %y = hardswish %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @hardswish_step minimizes @hardswish_loss { optimize "*" with @sgd }

  func @hardswish_edges(%x: f32[16]) -> (y: f32[16]) {
    %y = hardswish %x
    return %y
  }

  func @hardswish_edges_loss(%c: f32[16]) -> (loss: f32) {
    %x = param "hardswish_edges.x" f32[16] = zeros
    %y = hardswish %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @hardswish_edges_step minimizes @hardswish_edges_loss { optimize "*" with @sgd }

  func @hardswish_special(%x: f32[3]) -> (y: f32[3]) {
    %y = hardswish %x
    return %y
  }

  func @elu(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = elu %x
    return %y
  }

  func @elu_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "elu.x" f32[3, 17] = zeros
    %y = elu %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @elu_step minimizes @elu_loss { optimize "*" with @sgd }

  func @elu_edges(%x: f32[16]) -> (y: f32[16]) {
    %y = elu %x
    return %y
  }

  func @elu_edges_loss(%c: f32[16]) -> (loss: f32) {
    %x = param "elu_edges.x" f32[16] = zeros
    %y = elu %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @elu_edges_step minimizes @elu_edges_loss { optimize "*" with @sgd }

  func @elu_special(%x: f32[3]) -> (y: f32[3]) {
    %y = elu %x
    return %y
  }

  func @elu_alpha(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = elu %x, alpha = 0.75
    return %y
  }

  func @elu_alpha_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "elu_alpha.x" f32[3, 17] = zeros
    %y = elu %x, alpha = 0.75
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @elu_alpha_step minimizes @elu_alpha_loss { optimize "*" with @sgd }

  func @elu_alpha_edges(%x: f32[16]) -> (y: f32[16]) {
    %y = elu %x, alpha = 0.75
    return %y
  }

  func @elu_alpha_edges_loss(%c: f32[16]) -> (loss: f32) {
    %x = param "elu_alpha_edges.x" f32[16] = zeros
    %y = elu %x, alpha = 0.75
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @elu_alpha_edges_step minimizes @elu_alpha_edges_loss { optimize "*" with @sgd }

  func @elu_alpha_special(%x: f32[3]) -> (y: f32[3]) {
    %y = elu %x, alpha = 0.75
    return %y
  }

  func @celu(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = celu %x
    return %y
  }

  func @celu_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "celu.x" f32[3, 17] = zeros
    %y = celu %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @celu_step minimizes @celu_loss { optimize "*" with @sgd }

  func @celu_edges(%x: f32[16]) -> (y: f32[16]) {
    %y = celu %x
    return %y
  }

  func @celu_edges_loss(%c: f32[16]) -> (loss: f32) {
    %x = param "celu_edges.x" f32[16] = zeros
    %y = celu %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @celu_edges_step minimizes @celu_edges_loss { optimize "*" with @sgd }

  func @celu_special(%x: f32[3]) -> (y: f32[3]) {
    %y = celu %x
    return %y
  }

  func @celu_alpha(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = celu %x, alpha = 1.5
    return %y
  }

  func @celu_alpha_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "celu_alpha.x" f32[3, 17] = zeros
    %y = celu %x, alpha = 1.5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @celu_alpha_step minimizes @celu_alpha_loss { optimize "*" with @sgd }

  func @celu_alpha_edges(%x: f32[16]) -> (y: f32[16]) {
    %y = celu %x, alpha = 1.5
    return %y
  }

  func @celu_alpha_edges_loss(%c: f32[16]) -> (loss: f32) {
    %x = param "celu_alpha_edges.x" f32[16] = zeros
    %y = celu %x, alpha = 1.5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @celu_alpha_edges_step minimizes @celu_alpha_edges_loss { optimize "*" with @sgd }

  func @celu_alpha_special(%x: f32[3]) -> (y: f32[3]) {
    %y = celu %x, alpha = 1.5
    return %y
  }

  func @selu(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = selu %x
    return %y
  }

  func @selu_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "selu.x" f32[3, 17] = zeros
    %y = selu %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @selu_step minimizes @selu_loss { optimize "*" with @sgd }

  func @selu_edges(%x: f32[16]) -> (y: f32[16]) {
    %y = selu %x
    return %y
  }

  func @selu_edges_loss(%c: f32[16]) -> (loss: f32) {
    %x = param "selu_edges.x" f32[16] = zeros
    %y = selu %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @selu_edges_step minimizes @selu_edges_loss { optimize "*" with @sgd }

  func @selu_special(%x: f32[3]) -> (y: f32[3]) {
    %y = selu %x
    return %y
  }

  func @mish(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = mish %x
    return %y
  }

  func @mish_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "mish.x" f32[3, 17] = zeros
    %y = mish %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @mish_step minimizes @mish_loss { optimize "*" with @sgd }

  func @mish_edges(%x: f32[16]) -> (y: f32[16]) {
    %y = mish %x
    return %y
  }

  func @mish_edges_loss(%c: f32[16]) -> (loss: f32) {
    %x = param "mish_edges.x" f32[16] = zeros
    %y = mish %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @mish_edges_step minimizes @mish_edges_loss { optimize "*" with @sgd }

  func @mish_special(%x: f32[3]) -> (y: f32[3]) {
    %y = mish %x
    return %y
  }

  func @number(%x: f32) -> (y: f32) {
    %y = elu %x
    return %y
  }

  func @number_loss(%c: f32) -> (loss: f32) {
    %x = param "number.x" f32 = zeros
    %y = elu %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @number_step minimizes @number_loss { optimize "*" with @sgd }

  func @empty(%x: f32[0, 5]) -> (y: f32[0, 5]) {
    %y = mish %x
    return %y
  }
}
