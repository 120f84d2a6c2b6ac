// equal-numbers.mlir - layer_norm of numbers that are all equal is 0, however large they are, and its gradient is right
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s -O3 -o %t.so && dlc-run check %t.so %S/Inputs/equal-numbers.json
// RUN: dlc %s -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/equal-numbers.json
// RUN: dlc %s -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/equal-numbers.json
// RUN: dlc %s -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/equal-numbers.json
// RUN: dlc-run diff %s middle --quiet | FileCheck %s
// CHECK: agree
dl.model @equal_numbers {
  func private @norm(%x: f32[rows, width]) {
    %w = constant f32[width] = 2.0
    %b = constant f32[width] = 0.0
    %y = layer_norm %x, %w, %b
    %high = amax %y
    %low = amin %y
    return %high, %low
  }
  func @middle() -> (high: f32, low: f32) {
    %x = constant f32[2, 768] = 123456.7
    %h, %l = call @norm(%x)
    return %h, %l
  }
  func @large() -> (high: f32, low: f32) {
    %x = constant f32[2, 768] = 1.0e15
    %h, %l = call @norm(%x)
    return %h, %l
  }
  func @tenths() -> (high: f32, low: f32) {
    %x = constant f32[2, 1000] = -0.1
    %h, %l = call @norm(%x)
    return %h, %l
  }
  func @odd() -> (high: f32, low: f32) {
    %x = constant f32[2, 4099] = 3.3e7
    %h, %l = call @norm(%x)
    return %h, %l
  }
  func @long() -> (high: f32, low: f32) {
    %x = constant f32[2, 60000] = 1.7e12
    %h, %l = call @norm(%x)
    return %h, %l
  }
  // Not equal, but nearly: 1000000 and what comes after it in f32.
  func @neighbours() -> (y: f32[4]) {
    %x = constant f32[4] = [1000000.0, 1000000.0625, 1000000.0, 1000000.0625]
    %w = constant f32[4] = 1.0
    %b = constant f32[4] = 0.0
    %y = layer_norm %x, %w, %b
    return %y
  }

  // The variance is 0: d loss / d x[i] = (i - 383.5) / sqrt(1e-5).
  func @loss() -> (loss: f32) {
    %x = param "x" f32[768] = constant(123456.7)
    %w = constant f32[768] = 1.0
    %b = constant f32[768] = 0.0
    %y = layer_norm %x, %w, %b
    %i = iota %w
    %c = cast %i, f32
    %p = mul %y, %c
    %l = sum %p
    return %l
  }
  train @step minimizes @loss {
    optimize "*" with @sgd
  }
}
