// cumsum.mlir - sums up to each place
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/cumsum.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/cumsum.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/cumsum.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/cumsum.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/cumsum.json
dl.model @m {
  func @last(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = cumsum %x
    return %y
  }

  func @last_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "last.x" f32[3, 17] = zeros
    %y = cumsum %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @last_step minimizes @last_loss { optimize "*" with @sgd }

  func @middle(%x: f32[batch, 7, 19]) -> (y: f32[batch, 7, 19]) {
    %y = cumsum %x, axis = 1
    return %y
  }

  func @middle_loss(%c: f32[2, 7, 19]) -> (loss: f32) {
    %x = param "middle.x" f32[2, 7, 19] = zeros
    %y = cumsum %x, axis = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @middle_step minimizes @middle_loss { optimize "*" with @sgd }

  func @first(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %y = cumsum %x, axis = 0
    return %y
  }

  func @first_loss(%c: f32[4, 3]) -> (loss: f32) {
    %x = param "first.x" f32[4, 3] = zeros
    %y = cumsum %x, axis = 0
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @first_step minimizes @first_loss { optimize "*" with @sgd }

  func @reversed(%x: f32[batch, 5, 3]) -> (y: f32[batch, 5, 3]) {
    %y = cumsum %x, axis = -2, reverse
    return %y
  }

  func @reversed_loss(%c: f32[2, 5, 3]) -> (loss: f32) {
    %x = param "reversed.x" f32[2, 5, 3] = zeros
    %y = cumsum %x, axis = -2, reverse
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @reversed_step minimizes @reversed_loss { optimize "*" with @sgd }

  func @exclusive(%x: f32[batch, 33]) -> (y: f32[batch, 33]) {
    %y = cumsum %x, exclusive
    return %y
  }

  func @exclusive_loss(%c: f32[2, 33]) -> (loss: f32) {
    %x = param "exclusive.x" f32[2, 33] = zeros
    %y = cumsum %x, exclusive
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @exclusive_step minimizes @exclusive_loss { optimize "*" with @sgd }

  func @both(%x: f32[batch, 4, 16, 2]) -> (y: f32[batch, 4, 16, 2]) {
    %y = cumsum %x, axis = 1, reverse, exclusive
    return %y
  }

  func @both_loss(%c: f32[2, 4, 16, 2]) -> (loss: f32) {
    %x = param "both.x" f32[2, 4, 16, 2] = zeros
    %y = cumsum %x, axis = 1, reverse, exclusive
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @both_step minimizes @both_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, 1]) -> (y: f32[batch, 1]) {
    %y = cumsum %x
    return %y
  }

  func @one_loss(%c: f32[3, 1]) -> (loss: f32) {
    %x = param "one.x" f32[3, 1] = zeros
    %y = cumsum %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }

  func @one_exclusive(%x: f32[1, 1, 5]) -> (y: f32[1, 1, 5]) {
    %y = cumsum %x, exclusive
    return %y
  }

  func @one_exclusive_loss(%c: f32[1, 1, 5]) -> (loss: f32) {
    %x = param "one_exclusive.x" f32[1, 1, 5] = zeros
    %y = cumsum %x, exclusive
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_exclusive_step minimizes @one_exclusive_loss { optimize "*" with @sgd }

  func @list(%x: f32[35]) -> (y: f32[35]) {
    %y = cumsum %x
    return %y
  }

  func @list_loss(%c: f32[35]) -> (loss: f32) {
    %x = param "list.x" f32[35] = zeros
    %y = cumsum %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @list_step minimizes @list_loss { optimize "*" with @sgd }
}
