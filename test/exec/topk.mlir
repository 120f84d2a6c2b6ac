// topk.mlir - the largest and the smallest elements
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/topk.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/topk.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/topk.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/topk.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/topk.json
dl.model @m {
  func @largest(%x: f32[batch, 17]) -> (y: f32[batch, 3]) {
    %y, %places = topk %x, 3
    return %y
  }

  func @largest_loss(%c: f32[3, 3]) -> (loss: f32) {
    %x = param "largest.x" f32[3, 17] = zeros
    %y, %places = topk %x, 3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @largest_step minimizes @largest_loss { optimize "*" with @sgd }

  func @smallest(%x: f32[batch, 9]) -> (y: f32[batch, 2]) {
    %y, %places = topk %x, 2, smallest
    return %y
  }

  func @smallest_loss(%c: f32[2, 2]) -> (loss: f32) {
    %x = param "smallest.x" f32[2, 9] = zeros
    %y, %places = topk %x, 2, smallest
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @smallest_step minimizes @smallest_loss { optimize "*" with @sgd }

  func @middle(%x: f32[batch, 7, 5]) -> (y: f32[batch, 4, 5]) {
    %y, %places = topk %x, 4, axis = 1
    return %y
  }

  func @middle_loss(%c: f32[2, 4, 5]) -> (loss: f32) {
    %x = param "middle.x" f32[2, 7, 5] = zeros
    %y, %places = topk %x, 4, axis = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @middle_step minimizes @middle_loss { optimize "*" with @sgd }

  func @first(%x: f32[5, 3]) -> (y: f32[2, 3]) {
    %y, %places = topk %x, 2, axis = 0
    return %y
  }

  func @first_loss(%c: f32[2, 3]) -> (loss: f32) {
    %x = param "first.x" f32[5, 3] = zeros
    %y, %places = topk %x, 2, axis = 0
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @first_step minimizes @first_loss { optimize "*" with @sgd }

  func @all(%x: f32[batch, 6]) -> (y: f32[batch, 6]) {
    %y, %places = topk %x, 6
    return %y
  }

  func @all_loss(%c: f32[2, 6]) -> (loss: f32) {
    %x = param "all.x" f32[2, 6] = zeros
    %y, %places = topk %x, 6
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @all_step minimizes @all_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, 1, 3]) -> (y: f32[batch, 1, 3]) {
    %y, %places = topk %x, 1, axis = 1
    return %y
  }

  func @one_loss(%c: f32[2, 1, 3]) -> (loss: f32) {
    %x = param "one.x" f32[2, 1, 3] = zeros
    %y, %places = topk %x, 1, axis = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }

  func @long(%x: f32[batch, 200]) -> (y: f32[batch, 5]) {
    %y, %places = topk %x, 5
    return %y
  }

  func @long_loss(%c: f32[2, 5]) -> (loss: f32) {
    %x = param "long.x" f32[2, 200] = zeros
    %y, %places = topk %x, 5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @long_step minimizes @long_loss { optimize "*" with @sgd }
}
