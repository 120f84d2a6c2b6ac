// shift.mlir - elements moved along an axis
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/shift.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/shift.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/shift.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/shift.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/shift.json
dl.model @m {
  func @delay(%x: f32[batch, 7]) -> (y: f32[batch, 7]) {
    %y = shift %x, axis = 1, by = 2
    return %y
  }

  func @delay_loss(%c: f32[3, 7]) -> (loss: f32) {
    %x = param "delay.x" f32[3, 7] = zeros
    %y = shift %x, axis = 1, by = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @delay_step minimizes @delay_loss { optimize "*" with @sgd }

  func @ahead(%x: f32[batch, 5, 17]) -> (y: f32[batch, 5, 17]) {
    %y = shift %x, axis = -2, by = -1, value = 0.5
    return %y
  }

  func @ahead_loss(%c: f32[2, 5, 17]) -> (loss: f32) {
    %x = param "ahead.x" f32[2, 5, 17] = zeros
    %y = shift %x, axis = -2, by = -1, value = 0.5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @ahead_step minimizes @ahead_loss { optimize "*" with @sgd }

  func @beyond(%x: f32[batch, 37]) -> (y: f32[batch, 37]) {
    %y = shift %x, axis = 1, by = 40, value = -1.5
    return %y
  }

  func @beyond_loss(%c: f32[2, 37]) -> (loss: f32) {
    %x = param "beyond.x" f32[2, 37] = zeros
    %y = shift %x, axis = 1, by = 40, value = -1.5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @beyond_step minimizes @beyond_loss { optimize "*" with @sgd }

  func @first(%x: f32[7, 19]) -> (y: f32[7, 19]) {
    %y = shift %x, axis = 0, by = -3
    return %y
  }

  func @first_loss(%c: f32[7, 19]) -> (loss: f32) {
    %x = param "first.x" f32[7, 19] = zeros
    %y = shift %x, axis = 0, by = -3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @first_step minimizes @first_loss { optimize "*" with @sgd }

  func @list(%x: f32[35]) -> (y: f32[35]) {
    %y = shift %x, axis = 0, by = 5
    return %y
  }

  func @list_loss(%c: f32[35]) -> (loss: f32) {
    %x = param "list.x" f32[35] = zeros
    %y = shift %x, axis = 0, by = 5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @list_step minimizes @list_loss { optimize "*" with @sgd }

  func @windows(%x: f32[batch, 9, 1, 18]) -> (y: f32[batch, 9, 5, 18]) {
    %y = shift %x, axis = 1, by = 2, step = 1, count = 5
    return %y
  }

  func @windows_loss(%c: f32[2, 9, 5, 18]) -> (loss: f32) {
    %x = param "windows.x" f32[2, 9, 1, 18] = zeros
    %y = shift %x, axis = 1, by = 2, step = 1, count = 5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @windows_step minimizes @windows_loss { optimize "*" with @sgd }

  func @apart(%x: f32[batch, 20, 1, 3]) -> (y: f32[batch, 20, 3, 3]) {
    %y = shift %x, axis = 1, by = -4, step = -3, count = 3, value = 2
    return %y
  }

  func @apart_loss(%c: f32[2, 20, 3, 3]) -> (loss: f32) {
    %x = param "apart.x" f32[2, 20, 1, 3] = zeros
    %y = shift %x, axis = 1, by = -4, step = -3, count = 3, value = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @apart_step minimizes @apart_loss { optimize "*" with @sgd }

  func @signal(%x: f32[batch, 33, 1]) -> (y: f32[batch, 33, 4]) {
    %y = shift %x, axis = 1, by = 3, step = 2, count = 4
    return %y
  }

  func @signal_loss(%c: f32[2, 33, 4]) -> (loss: f32) {
    %x = param "signal.x" f32[2, 33, 1] = zeros
    %y = shift %x, axis = 1, by = 3, step = 2, count = 4
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @signal_step minimizes @signal_loss { optimize "*" with @sgd }

  func @each(%x: f32[batch, 6, 3, 5]) -> (y: f32[batch, 6, 3, 5]) {
    %y = shift %x, axis = 1, by = 1, step = 1
    return %y
  }

  func @each_loss(%c: f32[2, 6, 3, 5]) -> (loss: f32) {
    %x = param "each.x" f32[2, 6, 3, 5] = zeros
    %y = shift %x, axis = 1, by = 1, step = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @each_step minimizes @each_loss { optimize "*" with @sgd }

  func @again(%x: f32[batch, 3, 4, 1]) -> (y: f32[batch, 3, 4, 2]) {
    %y = shift %x, axis = 2, by = 1, count = 2
    return %y
  }

  func @again_loss(%c: f32[2, 3, 4, 2]) -> (loss: f32) {
    %x = param "again.x" f32[2, 3, 4, 1] = zeros
    %y = shift %x, axis = 2, by = 1, count = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @again_step minimizes @again_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, 1, 2]) -> (y: f32[batch, 1, 2]) {
    %y = shift %x, axis = 1, by = 1
    return %y
  }

  func @one_loss(%c: f32[3, 1, 2]) -> (loss: f32) {
    %x = param "one.x" f32[3, 1, 2] = zeros
    %y = shift %x, axis = 1, by = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }

  func @still(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %y = shift %x, axis = 1
    return %y
  }

  func @still_loss(%c: f32[2, 3]) -> (loss: f32) {
    %x = param "still.x" f32[2, 3] = zeros
    %y = shift %x, axis = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @still_step minimizes @still_loss { optimize "*" with @sgd }
}
