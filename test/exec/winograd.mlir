// winograd.mlir - convolutions of 3 x 3 by fewer multiplications
// SPDX-License-Identifier: Apache-2.0
//
// Against the evaluator, which knows nothing of it: tiles of 2 x 2 and of 4 x 4, at the capacity and below it; each value within
// its rounding, and results within a tolerance.
//
// RUN: dlc %s --diff --winograd --batch 2 --quiet | FileCheck %s
// RUN: dlc %s --diff --winograd --batch 2 --batch-extent 1 --quiet | FileCheck %s
// CHECK-COUNT-13: results agree
// RUN: dlc %s --diff --winograd --batch 2 --results --tolerance 5e-5 --quiet two even_2 odd_2 first_2 | FileCheck %s --check-prefix=TWO
// TWO-COUNT-4: results agree
// RUN: dlc %s --diff --winograd --batch 2 --results --tolerance 2e-4 --quiet four odd_4 beside_4 step | FileCheck %s --check-prefix=FOUR
// FOUR-COUNT-4: results agree
//
// In f64 and at -O0 it is not used.
// RUN: dlc %s --winograd --batch 2 --float f64 -o %t.a.so && dlc %s --batch 2 --float f64 -o %t.b.so && cmp %t.a.so %t.b.so
// RUN: dlc %s --winograd --batch 2 -O0 -o %t.a.so && dlc %s --batch 2 -O0 -o %t.b.so && cmp %t.a.so %t.b.so
dl.model @winograd {
  func @even_2(%x: f32[batch, 10, 12, 64], %w: f32[72, 64, 3, 3], %b: f32[72]) -> (y: f32[batch, 8, 10, 72]) {
    %z = conv2d %x, %w
    %a = add %z, %b
    %y = relu %a
    return %y
  }
  // The tiles at the end reach beyond the picture, whose border differs on each side.
  func @odd_2(%x: f32[batch, 9, 11, 112], %w: f32[112, 112, 3, 3], %b: f32[112]) -> (y: f32[batch, 9, 11, 112]) {
    %z = conv2d %x, %w, padding = [[2, 0], [0, 2]]
    %a = add %z, %b
    %y = tanh %a
    return %y
  }
  func @two(%x: f32[batch, 14, 14, 48], %w: f32[48, 48, 3, 3]) -> (y: f32[batch, 14, 14, 48]) {
    %y = conv2d %x, %w, padding = same
    return %y
  }
  func @first_2(%x: f32[batch, 64, 10, 12], %w: f32[72, 64, 3, 3]) -> (y: f32[batch, 72, 10, 12]) {
    %y = conv2d %x, %w, padding = 1, channels_first
    return %y
  }
  func @four(%x: f32[batch, 20, 20, 32], %w: f32[32, 32, 3, 3], %b: f32[32]) -> (y: f32[batch, 20, 20, 32]) {
    %z = conv2d %x, %w, padding = 1
    %a = add %z, %b
    %y = relu %a
    return %y
  }
  func @odd_4(%x: f32[batch, 24, 25, 48], %w: f32[33, 48, 3, 3], %b: f32[33]) -> (y: f32[batch, 22, 25, 33]) {
    %z = conv2d %x, %w, padding = [[0, 0], [1, 1]]
    %a = add %z, %b
    %y = sigmoid %a
    return %y
  }
  // What is added lies as pictures do, and has another border.
  func @beside_4(%x: f32[batch, 24, 24, 32], %w: f32[48, 32, 3, 3], %i: f32[batch, 24, 24, 48]) -> (y: f32[batch, 24, 24, 48]) {
    %p = pad %x, low = [0, 1, 1, 0], high = [0, 1, 1, 0], value = 0.5
    %z = conv2d %p, %w
    %a = add %z, %i
    %y = relu %a
    return %y
  }

  // Few elements are not 0, or they differ by orders of magnitude: a tile rounds by its largest elements, also where the
  // convolution reads none of them.
  func @sparse_4(%x: f32[batch, 20, 20, 32], %w: f32[32, 32, 3, 3]) -> (y: f32[batch, 20, 20, 32]) {
    %m = mul %x, 4.0
    %e = exp %m
    %a = sub %e, 100000.0
    %r = relu %a
    %y = conv2d %r, %w, padding = 1
    return %y
  }
  func @sparse_2(%x: f32[batch, 14, 14, 48], %w: f32[48, 48, 3, 3]) -> (y: f32[batch, 14, 14, 48]) {
    %a = sub %x, 3.2
    %r = relu %a
    %y = conv2d %r, %w, padding = same
    return %y
  }
  // The border of the result is cut off, so that tiles begin within it.
  func @transposed_4(%x: f32[batch, 20, 20, 32], %w: f32[32, 32, 3, 3]) -> (y: f32[batch, 20, 20, 32]) {
    %a = sub %x, 3.2
    %r = relu %a
    %y = conv2d_transpose %r, %w, padding = 1
    return %y
  }

  // The gradient of the picture is such a convolution, too, whose filter is turned.
  func private @loss(%x: f32[batch, 20, 20, 32]) -> (loss: f32) {
    %a = nn.conv2d "first" %x, 32, kernel = 3, padding = 1
    %r = relu %a
    %b = nn.conv2d "second" %r, 32, kernel = 3, padding = 1
    %s = mul %b, %b
    %l = mean %s
    return %l
  }
  train @step minimizes @loss {
    optimize "*" with @sgd(lr = 0.01)
  }
}
