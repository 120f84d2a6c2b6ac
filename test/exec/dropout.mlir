// dropout.mlir - masks in training, nothing in inference
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/dropout.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/dropout.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/dropout.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/dropout.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/dropout.json
dl.model @dropout {
  func private @net(%x: f32[batch, 17]) {
    %d = dropout %x, 0.25
    return %d
  }
  func private @all(%x: f32[batch, 17]) {
    %d = dropout %x, 0.25
    %e = dropout %x, 0.5
    %n = call "in" @net(%x)
    return %d, %e, %n
  }
  func @sampled(%x: f32[batch, 17]) -> (y: f32[batch, 17], z: f32[batch, 17], inner: f32[batch, 17]) {
    %y, %z, %n = call @all(%x), training
    return %y, %z, %n
  }
  func @again(%x: f32[batch, 17]) -> (y: f32[batch, 17], z: f32[batch, 17]) {
    %y = call "twice" @net(%x), training
    %z = call "twice" @net(%x), training
    return %y, %z
  }
  func @inferred(%x: f32[batch, 17]) -> (y: f32[batch, 17], z: f32[batch, 17], inner: f32[batch, 17]) {
    %y, %z, %n = call @all(%x)
    return %y, %z, %n
  }
  func @loss(%x: f32[batch, 17], %c: f32[batch, 17]) -> (loss: f32, y: f32[batch, 17]) {
    %w = param "w" f32[17] = ones
    %v = mul %x, %w
    %y = call @net(%v)
    %m = mul %y, %c
    %loss = sum %m
    return %loss, %y
  }
  train @step minimizes @loss {
    optimize "*" with @sgd
  }
  func private @drop_half(%x: f32) {
    %all = broadcast %x, [100000]
    %d = dropout %all, 0.5
    return %d
  }
  func @share_half(%x: f32) -> (kept: f32) {
    %d = call @drop_half(%x), training
    %zero = constant f32 = 0.0
    %k = gt %d, %zero
    %f = cast %k, f32
    %kept = sum %f
    return %kept
  }
  func @value_half(%x: f32) -> (least: f32, most: f32) {
    %d = call @drop_half(%x), training
    %most = amax %d
    %zero = constant f32 = 0.0
    %k = gt %d, %zero
    %w = where %k, %d, %most
    %least = amin %w
    return %least, %most
  }
  func private @drop_tenth(%x: f32) {
    %all = broadcast %x, [100000]
    %d = dropout %all, 0.1
    return %d
  }
  func @share_tenth(%x: f32) -> (kept: f32) {
    %d = call @drop_tenth(%x), training
    %zero = constant f32 = 0.0
    %k = gt %d, %zero
    %f = cast %k, f32
    %kept = sum %f
    return %kept
  }
  func @value_tenth(%x: f32) -> (least: f32, most: f32) {
    %d = call @drop_tenth(%x), training
    %most = amax %d
    %zero = constant f32 = 0.0
    %k = gt %d, %zero
    %w = where %k, %d, %most
    %least = amin %w
    return %least, %most
  }
  func private @drop_most(%x: f32) {
    %all = broadcast %x, [100000]
    %d = dropout %all, 0.9
    return %d
  }
  func @share_most(%x: f32) -> (kept: f32) {
    %d = call @drop_most(%x), training
    %zero = constant f32 = 0.0
    %k = gt %d, %zero
    %f = cast %k, f32
    %kept = sum %f
    return %kept
  }
  func @value_most(%x: f32) -> (least: f32, most: f32) {
    %d = call @drop_most(%x), training
    %most = amax %d
    %zero = constant f32 = 0.0
    %k = gt %d, %zero
    %w = where %k, %d, %most
    %least = amin %w
    return %least, %most
  }
  func private @drop_none(%x: f32) {
    %all = broadcast %x, [100000]
    %d = dropout %all, 0.0
    return %d
  }
  func @share_none(%x: f32) -> (kept: f32) {
    %d = call @drop_none(%x), training
    %zero = constant f32 = 0.0
    %k = gt %d, %zero
    %f = cast %k, f32
    %kept = sum %f
    return %kept
  }
  func @value_none(%x: f32) -> (least: f32, most: f32) {
    %d = call @drop_none(%x), training
    %most = amax %d
    %zero = constant f32 = 0.0
    %k = gt %d, %zero
    %w = where %k, %d, %most
    %least = amin %w
    return %least, %most
  }
  func @together(%x: f32) -> (both: f32) {
    %a = call "a" @drop_half(%x), training
    %b = call "b" @drop_half(%x), training
    %p = mul %a, %b
    %zero = constant f32 = 0.0
    %k = gt %p, %zero
    %f = cast %k, f32
    %both = sum %f
    return %both
  }
}
