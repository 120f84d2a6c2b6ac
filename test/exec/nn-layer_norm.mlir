// nn-layer_norm.mlir - a layer that normalises the last axis: values and gradients
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/nn-layer_norm.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/nn-layer_norm.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/nn-layer_norm.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/nn-layer_norm.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/nn-layer_norm.json
dl.model @nn_layer_norm {
  func @rows(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = nn.layer_norm "rows" %x
    return %y
  }
  func @rows_loss(%u: f32[batch, 17], %c: f32[batch, 17]) -> (loss: f32) {
    %s = param "rows.scale" f32[17] = ones
    %x = mul %u, %s
    %y = nn.layer_norm "rows" %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @rows_step minimizes @rows_loss {
    optimize "*" with @sgd
  }

  func @deep(%x: f32[batch, 2, 35]) -> (y: f32[batch, 2, 35]) {
    %y = nn.layer_norm "deep" %x
    return %y
  }
  func @deep_loss(%u: f32[batch, 2, 35], %c: f32[batch, 2, 35]) -> (loss: f32) {
    %s = param "deep.scale" f32[35] = ones
    %x = mul %u, %s
    %y = nn.layer_norm "deep" %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @deep_step minimizes @deep_loss {
    optimize "*" with @sgd
  }

  func @list(%x: f32[33]) -> (y: f32[33]) {
    %y = nn.layer_norm "list" %x
    return %y
  }
  func @list_loss(%u: f32[33], %c: f32[33]) -> (loss: f32) {
    %s = param "list.scale" f32[33] = ones
    %x = mul %u, %s
    %y = nn.layer_norm "list" %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @list_step minimizes @list_loss {
    optimize "*" with @sgd
  }

  func @one(%x: f32[batch, 1]) -> (y: f32[batch, 1]) {
    %y = nn.layer_norm "one" %x
    return %y
  }
  func @one_loss(%u: f32[batch, 1], %c: f32[batch, 1]) -> (loss: f32) {
    %s = param "one.scale" f32[1] = ones
    %x = mul %u, %s
    %y = nn.layer_norm "one" %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss {
    optimize "*" with @sgd
  }

  func @epsilon(%x: f32[batch, 7]) -> (y: f32[batch, 7]) {
    %y = nn.layer_norm "epsilon" %x, epsilon = 0.5
    return %y
  }
  func @epsilon_loss(%u: f32[batch, 7], %c: f32[batch, 7]) -> (loss: f32) {
    %s = param "epsilon.scale" f32[7] = ones
    %x = mul %u, %s
    %y = nn.layer_norm "epsilon" %x, epsilon = 0.5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @epsilon_step minimizes @epsilon_loss {
    optimize "*" with @sgd
  }

  func @empty(%x: f32[0, 5]) -> (y: f32[0, 5]) {
    %y = nn.layer_norm "empty" %x
    return %y
  }
  func @empty_loss(%u: f32[0, 5], %c: f32[0, 5]) -> (loss: f32) {
    %s = param "empty.scale" f32[5] = ones
    %x = mul %u, %s
    %y = nn.layer_norm "empty" %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @empty_step minimizes @empty_loss {
    optimize "*" with @sgd
  }

  func @f64(%x: f64[batch, 9]) -> (y: f64[batch, 9]) {
    %y = nn.layer_norm "f64" %x
    return %y
  }
  func @f64_loss(%u: f64[batch, 9], %c: f64[batch, 9]) -> (loss: f64) {
    %s = param "f64.scale" f64[9] = ones
    %x = mul %u, %s
    %y = nn.layer_norm "f64" %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @f64_step minimizes @f64_loss {
    optimize "*" with @sgd
  }

  func @f64_epsilon(%x: f64[3, 5]) -> (y: f64[3, 5]) {
    %y = nn.layer_norm "f64_epsilon" %x, epsilon = 0.125
    return %y
  }
  func @f64_epsilon_loss(%u: f64[3, 5], %c: f64[3, 5]) -> (loss: f64) {
    %s = param "f64_epsilon.scale" f64[5] = ones
    %x = mul %u, %s
    %y = nn.layer_norm "f64_epsilon" %x, epsilon = 0.125
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @f64_epsilon_step minimizes @f64_epsilon_loss {
    optimize "*" with @sgd
  }
}
