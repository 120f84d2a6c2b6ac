// layer_norm.mlir - normalisation over the last axis
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/layer_norm.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/layer_norm.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/layer_norm.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/layer_norm.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/layer_norm.json
dl.model @layer_norm {
  func @matrix(%x: f32[3, 17], %w: f32[17], %b: f32[17]) -> (y: f32[3, 17]) {
    %y = layer_norm %x, %w, %b
    return %y
  }

  func @cube(%x: f32[2, 3, 33], %w: f32[33], %b: f32[33]) -> (y: f32[2, 3, 33]) {
    %y = layer_norm %x, %w, %b
    return %y
  }

  func @list(%x: f32[70], %w: f32[70], %b: f32[70]) -> (y: f32[70]) {
    %y = layer_norm %x, %w, %b
    return %y
  }

  func @one(%x: f32[3, 1], %w: f32[1], %b: f32[1]) -> (y: f32[3, 1]) {
    %y = layer_norm %x, %w, %b
    return %y
  }

  func @epsilon(%x: f32[3, 7], %w: f32[7], %b: f32[7]) -> (y: f32[3, 7]) {
    %y = layer_norm %x, %w, %b, epsilon = 0.5
    return %y
  }

  func @empty(%x: f32[0, 5], %w: f32[5], %b: f32[5]) -> (y: f32[0, 5]) {
    %y = layer_norm %x, %w, %b
    return %y
  }

  func @rows(%x: f32[batch, 17], %w: f32[17], %b: f32[17]) -> (y: f32[batch, 17]) {
    %y = layer_norm %x, %w, %b
    return %y
  }

  func @deep(%x: f32[batch, 2, 67], %w: f32[67], %b: f32[67]) -> (y: f32[batch, 2, 67]) {
    %y = layer_norm %x, %w, %b
    return %y
  }
}
