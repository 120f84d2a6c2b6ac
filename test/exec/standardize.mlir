// standardize.mlir - constants of each channel
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/standardize.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/standardize.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/standardize.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/standardize.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/standardize.json
dl.model @m {
  func @channels(%x: f32[batch, 5, 4, 3]) -> (y: f32[batch, 5, 4, 3]) {
    %y = standardize %x, mean = [0.5, -1.25, 3], deviation = [0.25, 2, 10.5]
    return %y
  }

  func @channels_loss(%c: f32[2, 5, 4, 3]) -> (loss: f32) {
    %x = param "channels.x" f32[2, 5, 4, 3] = zeros
    %y = standardize %x, mean = [0.5, -1.25, 3], deviation = [0.25, 2, 10.5]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @channels_step minimizes @channels_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = standardize %x, mean = 0.5, deviation = 0.3
    return %y
  }

  func @one_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "one.x" f32[3, 17] = zeros
    %y = standardize %x, mean = 0.5, deviation = 0.3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }

  func @mean(%x: f32[batch, 4, 1]) -> (y: f32[batch, 4, 1]) {
    %y = standardize %x, mean = [0.1]
    return %y
  }

  func @mean_loss(%c: f32[3, 4, 1]) -> (loss: f32) {
    %x = param "mean.x" f32[3, 4, 1] = zeros
    %y = standardize %x, mean = [0.1]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @mean_step minimizes @mean_loss { optimize "*" with @sgd }

  func @deviation(%x: f32[batch, 2]) -> (y: f32[batch, 2]) {
    %y = standardize %x, deviation = [3.0, 7.0]
    return %y
  }

  func @deviation_loss(%c: f32[2, 2]) -> (loss: f32) {
    %x = param "deviation.x" f32[2, 2] = zeros
    %y = standardize %x, deviation = [3.0, 7.0]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @deviation_step minimizes @deviation_loss { optimize "*" with @sgd }

  func @nothing(%x: f32[batch, 2]) -> (y: f32[batch, 2]) {
    %y = standardize %x
    return %y
  }

  func @nothing_loss(%c: f32[2, 2]) -> (loss: f32) {
    %x = param "nothing.x" f32[2, 2] = zeros
    %y = standardize %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @nothing_step minimizes @nothing_loss { optimize "*" with @sgd }
}
