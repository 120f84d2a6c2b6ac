// read.mlir - gradients against differences: elements from a place on that the call gives
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t --range at=4
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t --range at=4
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%i: f32[batch, 5, 3], %c: f32[2, 3], %at: i32) -> (loss: f32) {
    %p = param "p" f32[5, 3] = uniform(-0.9, 0.9)
    %x = mul %p, %i
    %r = read %x, at = %at, axis = 1, size = 2
    %a = mul %r, %c
    %q = mul %a, %r
    %l = sum %q
    return %l
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
