// write.mlir - `read` and `write`: parts of a tensor at a place that the call gives
// SPDX-License-Identifier: Apache-2.0
//
// RUN: %python %S/Inputs/write.py | diff - %S/Inputs/write.json
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/write.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/write.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/write.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/write.json
dl.model @m {
  func @middle(%x: f32[batch, 5, 3], %v: f32[batch, 2, 3], %at: i32) -> (y: f32[batch, 5, 3], z: f32[batch, 2, 3]) {
    %y = write %x, %v, at = %at, axis = 1
    %z = read %x, at = %at, axis = -2, size = 2
    return %y, %z
  }
  func @first(%x: f32[17], %v: f32[1], %at: i64) -> (y: f32[17], z: f32[1]) {
    %y = write %x, %v, at = %at
    %z = read %x, at = %at, size = 1
    return %y, %z
  }
  func @all(%x: f32[batch, 33], %v: f32[batch, 33], %at: i32) -> (y: f32[batch, 33], z: f32[batch, 33]) {
    %y = write %x, %v, at = %at, axis = -1
    %z = read %x, at = %at, axis = 1, size = 33
    return %y, %z
  }
  func @loss(%c: f32[3, 5, 2], %d: f32[3, 2, 2], %at: i32) -> (loss: f32) {
    %x = param "x" f32[3, 5, 2] = normal(1.0)
    %v = param "v" f32[3, 2, 2] = normal(1.0)
    %w = write %x, %v, at = %at, axis = 1
    %m = mul %w, %c
    %r = read %x, at = %at, axis = 1, size = 2
    %n = mul %r, %d
    %s = sum %m
    %t = sum %n
    %loss = add %s, %t
    return %loss
  }
  train @step minimizes @loss { optimize "*" with @sgd }
}
