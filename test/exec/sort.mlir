// sort.mlir - elements in order
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/sort.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/sort.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/sort.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/sort.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/sort.json
dl.model @m {
  func @last(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y, %places = sort %x
    return %y
  }

  func @last_loss(%c: f32[3, 17]) -> (loss: f32) {
    %x = param "last.x" f32[3, 17] = zeros
    %y, %places = sort %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @last_step minimizes @last_loss { optimize "*" with @sgd }

  func @falling(%x: f32[batch, 70]) -> (y: f32[batch, 70]) {
    %y, %places = sort %x, descending
    return %y
  }

  func @falling_loss(%c: f32[2, 70]) -> (loss: f32) {
    %x = param "falling.x" f32[2, 70] = zeros
    %y, %places = sort %x, descending
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @falling_step minimizes @falling_loss { optimize "*" with @sgd }

  func @middle(%x: f32[batch, 6, 5]) -> (y: f32[batch, 6, 5]) {
    %y, %places = sort %x, axis = 1
    return %y
  }

  func @middle_loss(%c: f32[2, 6, 5]) -> (loss: f32) {
    %x = param "middle.x" f32[2, 6, 5] = zeros
    %y, %places = sort %x, axis = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @middle_step minimizes @middle_loss { optimize "*" with @sgd }

  func @two(%x: f32[batch, 2]) -> (y: f32[batch, 2]) {
    %y, %places = sort %x, axis = -1
    return %y
  }

  func @two_loss(%c: f32[3, 2]) -> (loss: f32) {
    %x = param "two.x" f32[3, 2] = zeros
    %y, %places = sort %x, axis = -1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @two_step minimizes @two_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, 1]) -> (y: f32[batch, 1]) {
    %y, %places = sort %x
    return %y
  }

  func @one_loss(%c: f32[3, 1]) -> (loss: f32) {
    %x = param "one.x" f32[3, 1] = zeros
    %y, %places = sort %x
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }
}
