// mixup.mlir - rows and labels mixed with those of other rows
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 9 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/mixup.json
// RUN: dlc %s --batch 9 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/mixup.json
// RUN: dlc %s --batch 9 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/mixup.json
// RUN: dlc %s --batch 9 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/mixup.json
// RUN: dlc %s --batch 9 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/mixup.json
dl.model @m {
  func private @even_ops(%x: f32[batch, 3, 2], %label: f32[batch, 4]) {
    %y, %m = mixup %x, %label
    return %y, %m
  }

  func @even(%x: f32[batch, 3, 2], %label: f32[batch, 4]) -> (y: f32[batch, 3, 2], m: f32[batch, 4]) {
    %y, %m = call @even_ops(%x, %label), training
    return %y, %m
  }

  func @even_inference(%x: f32[batch, 3, 2], %label: f32[batch, 4]) -> (y: f32[batch, 3, 2], m: f32[batch, 4]) {
    %y, %m = call @even_ops(%x, %label)
    return %y, %m
  }

  func private @apart_ops(%x: f32[batch, 3, 2], %label: f32[batch, 4]) {
    %y, %m = mixup %x, %label, alpha = 0.2
    return %y, %m
  }

  func @apart(%x: f32[batch, 3, 2], %label: f32[batch, 4]) -> (y: f32[batch, 3, 2], m: f32[batch, 4]) {
    %y, %m = call @apart_ops(%x, %label), training
    return %y, %m
  }

  func @apart_inference(%x: f32[batch, 3, 2], %label: f32[batch, 4]) -> (y: f32[batch, 3, 2], m: f32[batch, 4]) {
    %y, %m = call @apart_ops(%x, %label)
    return %y, %m
  }

  func private @half_ops(%x: f32[batch, 3, 2], %label: f32[batch, 4]) {
    %y, %m = mixup %x, %label, alpha = 0.5
    return %y, %m
  }

  func @half(%x: f32[batch, 3, 2], %label: f32[batch, 4]) -> (y: f32[batch, 3, 2], m: f32[batch, 4]) {
    %y, %m = call @half_ops(%x, %label), training
    return %y, %m
  }

  func @half_inference(%x: f32[batch, 3, 2], %label: f32[batch, 4]) -> (y: f32[batch, 3, 2], m: f32[batch, 4]) {
    %y, %m = call @half_ops(%x, %label)
    return %y, %m
  }
}
