// flip.mlir - elements in the other order
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/flip.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/flip.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/flip.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/flip.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/flip.json
dl.model @m {
  func @all(%x: f32[batch, 5]) -> (y: f32[batch, 5]) {
    %y = flip %x
    return %y
  }

  func @all_loss(%c: f32[3, 5]) -> (loss: f32) {
    %x = param "all.x" f32[3, 5] = zeros
    %y = flip %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @all_step minimizes @all_loss { optimize "*" with @sgd }

  func @last(%x: f32[batch, 37]) -> (y: f32[batch, 37]) {
    %y = flip %x, axes = [-1]
    return %y
  }

  func @last_loss(%c: f32[3, 37]) -> (loss: f32) {
    %x = param "last.x" f32[3, 37] = zeros
    %y = flip %x, axes = [-1]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @last_step minimizes @last_loss { optimize "*" with @sgd }

  func @middle(%x: f32[batch, 7, 17]) -> (y: f32[batch, 7, 17]) {
    %y = flip %x, axes = [1]
    return %y
  }

  func @middle_loss(%c: f32[2, 7, 17]) -> (loss: f32) {
    %x = param "middle.x" f32[2, 7, 17] = zeros
    %y = flip %x, axes = [1]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @middle_step minimizes @middle_loss { optimize "*" with @sgd }

  func @picture(%x: f32[batch, 4, 5, 3]) -> (y: f32[batch, 4, 5, 3]) {
    %y = flip %x, axes = [1, 2]
    return %y
  }

  func @picture_loss(%c: f32[2, 4, 5, 3]) -> (loss: f32) {
    %x = param "picture.x" f32[2, 4, 5, 3] = zeros
    %y = flip %x, axes = [1, 2]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @picture_step minimizes @picture_loss { optimize "*" with @sgd }

  func @batch(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %y = flip %x, axes = [0]
    return %y
  }

  func @batch_loss(%c: f32[4, 3]) -> (loss: f32) {
    %x = param "batch.x" f32[4, 3] = zeros
    %y = flip %x, axes = [0]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @batch_step minimizes @batch_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, 1, 2]) -> (y: f32[batch, 1, 2]) {
    %y = flip %x, axes = [1]
    return %y
  }

  func @one_loss(%c: f32[3, 1, 2]) -> (loss: f32) {
    %x = param "one.x" f32[3, 1, 2] = zeros
    %y = flip %x, axes = [1]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }

  func @number(%x: f32) -> (y: f32) {
    %y = flip %x
    return %y
  }

  func @number_loss(%c: f32) -> (loss: f32) {
    %x = param "number.x" f32 = zeros
    %y = flip %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @number_step minimizes @number_loss { optimize "*" with @sgd }
}
