// pad-modes.mlir - what lies around is made of the input
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/pad-modes.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/pad-modes.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/pad-modes.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/pad-modes.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/pad-modes.json
dl.model @m {
  func @reflect(%x: f32[batch, 5, 7, 3]) -> (y: f32[batch, 8, 11, 3]) {
    %y = pad %x, low = [0, 2, 1, 0], high = [0, 1, 3, 0], mode = reflect
    return %y
  }

  func @reflect_loss(%c: f32[2, 8, 11, 3]) -> (loss: f32) {
    %x = param "reflect.x" f32[2, 5, 7, 3] = zeros
    %y = pad %x, low = [0, 2, 1, 0], high = [0, 1, 3, 0], mode = reflect
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @reflect_step minimizes @reflect_loss { optimize "*" with @sgd }

  func @reflect_most(%x: f32[batch, 4, 2]) -> (y: f32[batch, 10, 4]) {
    %y = pad %x, low = [0, 3, 1], high = [0, 3, 1], mode = reflect
    return %y
  }

  func @reflect_most_loss(%c: f32[2, 10, 4]) -> (loss: f32) {
    %x = param "reflect_most.x" f32[2, 4, 2] = zeros
    %y = pad %x, low = [0, 3, 1], high = [0, 3, 1], mode = reflect
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @reflect_most_step minimizes @reflect_most_loss { optimize "*" with @sgd }

  func @reflect_last(%x: f32[batch, 19]) -> (y: f32[batch, 54]) {
    %y = pad %x, low = [0, 18], high = [0, 17], mode = reflect
    return %y
  }

  func @reflect_last_loss(%c: f32[3, 54]) -> (loss: f32) {
    %x = param "reflect_last.x" f32[3, 19] = zeros
    %y = pad %x, low = [0, 18], high = [0, 17], mode = reflect
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @reflect_last_step minimizes @reflect_last_loss { optimize "*" with @sgd }

  func @reflect_before(%x: f32[batch, 4, 3]) -> (y: f32[batch, 6, 3]) {
    %y = pad %x, low = [0, 2, 0], mode = reflect
    return %y
  }

  func @reflect_before_loss(%c: f32[2, 6, 3]) -> (loss: f32) {
    %x = param "reflect_before.x" f32[2, 4, 3] = zeros
    %y = pad %x, low = [0, 2, 0], mode = reflect
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @reflect_before_step minimizes @reflect_before_loss { optimize "*" with @sgd }

  func @replicate(%x: f32[batch, 3, 4, 2]) -> (y: f32[batch, 7, 7, 2]) {
    %y = pad %x, low = [0, 1, 2, 0], high = [0, 3, 1, 0], mode = replicate
    return %y
  }

  func @replicate_loss(%c: f32[2, 7, 7, 2]) -> (loss: f32) {
    %x = param "replicate.x" f32[2, 3, 4, 2] = zeros
    %y = pad %x, low = [0, 1, 2, 0], high = [0, 3, 1, 0], mode = replicate
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @replicate_step minimizes @replicate_loss { optimize "*" with @sgd }

  func @replicate_one(%x: f32[batch, 1, 3]) -> (y: f32[batch, 7, 5]) {
    %y = pad %x, low = [0, 4, 0], high = [0, 2, 2], mode = replicate
    return %y
  }

  func @replicate_one_loss(%c: f32[2, 7, 5]) -> (loss: f32) {
    %x = param "replicate_one.x" f32[2, 1, 3] = zeros
    %y = pad %x, low = [0, 4, 0], high = [0, 2, 2], mode = replicate
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @replicate_one_step minimizes @replicate_one_loss { optimize "*" with @sgd }

  func @replicate_behind(%x: f32[batch, 17]) -> (y: f32[batch, 22]) {
    %y = pad %x, high = [0, 5], mode = replicate
    return %y
  }

  func @replicate_behind_loss(%c: f32[3, 22]) -> (loss: f32) {
    %x = param "replicate_behind.x" f32[3, 17] = zeros
    %y = pad %x, high = [0, 5], mode = replicate
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @replicate_behind_step minimizes @replicate_behind_loss { optimize "*" with @sgd }

  func @circular(%x: f32[batch, 4, 5, 3]) -> (y: f32[batch, 8, 8, 3]) {
    %y = pad %x, low = [0, 1, 2, 0], high = [0, 3, 1, 0], mode = circular
    return %y
  }

  func @circular_loss(%c: f32[2, 8, 8, 3]) -> (loss: f32) {
    %x = param "circular.x" f32[2, 4, 5, 3] = zeros
    %y = pad %x, low = [0, 1, 2, 0], high = [0, 3, 1, 0], mode = circular
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @circular_step minimizes @circular_loss { optimize "*" with @sgd }

  func @circular_all(%x: f32[batch, 3, 2]) -> (y: f32[batch, 9, 6]) {
    %y = pad %x, low = [0, 3, 2], high = [0, 3, 2], mode = circular
    return %y
  }

  func @circular_all_loss(%c: f32[2, 9, 6]) -> (loss: f32) {
    %x = param "circular_all.x" f32[2, 3, 2] = zeros
    %y = pad %x, low = [0, 3, 2], high = [0, 3, 2], mode = circular
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @circular_all_step minimizes @circular_all_loss { optimize "*" with @sgd }

  func @circular_list(%x: f32[35]) -> (y: f32[45]) {
    %y = pad %x, low = [9], high = [1], mode = circular
    return %y
  }

  func @circular_list_loss(%c: f32[45]) -> (loss: f32) {
    %x = param "circular_list.x" f32[35] = zeros
    %y = pad %x, low = [9], high = [1], mode = circular
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @circular_list_step minimizes @circular_list_loss { optimize "*" with @sgd }

  func @none(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %y = pad %x, mode = reflect
    return %y
  }

  func @none_loss(%c: f32[2, 3]) -> (loss: f32) {
    %x = param "none.x" f32[2, 3] = zeros
    %y = pad %x, mode = reflect
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @none_step minimizes @none_loss { optimize "*" with @sgd }
}
