// pixel_shuffle.mlir - gradients against differences: channels that become squares
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 3, 4, 8], %c0: f32[6, 8, 2], %ix1: f32[batch, 2, 1, 9], %c1: f32[6, 3, 1], %ix2: f32[batch, 3, 2, 5], %c2: f32[3, 2, 5]) -> (loss: f32) {
    %x0 = param "x0" f32[3, 4, 8] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %y0 = pixel_shuffle %bx0, 2
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[2, 1, 9] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %y1 = pixel_shuffle %bx1, 3
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[3, 2, 5] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %y2 = pixel_shuffle %bx2, 1
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %s1 = add %l0, %l1
    %s2 = add %s1, %l2
    return %s2
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
