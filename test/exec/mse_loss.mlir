// mse_loss.mlir - the mean of (a - b)^2
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/mse_loss.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/mse_loss.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/mse_loss.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/mse_loss.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/mse_loss.json
dl.model @mse_loss {
  func @matrix(%a: f32[3, 17], %b: f32[3, 17]) -> (y: f32) {
    %y = mse_loss %a, %b
    return %y
  }

  func @list(%a: f32[70], %b: f32[70]) -> (y: f32) {
    %y = mse_loss %a, %b
    return %y
  }

  func @number(%a: f32, %b: f32) -> (y: f32) {
    %y = mse_loss %a, %b
    return %y
  }

  func @one(%a: f32[1, 1], %b: f32[1, 1]) -> (y: f32) {
    %y = mse_loss %a, %b
    return %y
  }

  func @cube(%a: f32[2, 3, 33], %b: f32[2, 3, 33]) -> (y: f32) {
    %y = mse_loss %a, %b
    return %y
  }

  func @rows(%a: f32[batch, 17], %b: f32[batch, 17]) -> (y: f32) {
    %y = mse_loss %a, %b
    return %y
  }

  func @column(%a: f32[batch, 1], %b: f32[batch, 1]) -> (y: f32) {
    %y = mse_loss %a, %b
    return %y
  }

  func @flat(%a: f32[batch], %b: f32[batch]) -> (y: f32) {
    %y = mse_loss %a, %b
    return %y
  }

  func @empty(%a: f32[0, 3], %b: f32[0, 3]) -> (y: f32) {
    %y = mse_loss %a, %b
    return %y
  }
}
