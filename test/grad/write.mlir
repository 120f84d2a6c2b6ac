// write.mlir - gradients against differences: parts of a tensor at a place that the call gives
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t --range at=4
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t --range at=4
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%i: f32[batch, 5, 3], %j: f32[batch, 2, 3], %c: f32[5, 3], %at: i32) -> (loss: f32) {
    %p = param "p" f32[5, 3] = uniform(-0.9, 0.9)
    %q = param "q" f32[2, 3] = uniform(-0.9, 0.9)
    %x = mul %p, %i
    %v = mul %q, %j
    %w = write %x, %v, at = %at, axis = 1
    %r = read %w, at = %at, axis = 1, size = 2
    %s = read %x, at = %at, axis = 1, size = 2
    %a = mul %w, %c
    %b = mul %r, %s
    %m = sum %a
    %n = sum %b
    %l = add %m, %n
    return %l
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
