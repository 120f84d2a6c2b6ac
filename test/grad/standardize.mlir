// standardize.mlir - gradients against differences: constants of each channel
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 5, 4, 3], %c0: f32[5, 4, 3], %ix1: f32[batch, 17], %c1: f32[17], %ix2: f32[batch, 4, 1], %c2: f32[4, 1], %ix3: f32[batch, 2], %c3: f32[2], %ix4: f32[batch, 2], %c4: f32[2]) -> (loss: f32) {
    %x0 = param "x0" f32[5, 4, 3] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %y0 = standardize %bx0, mean = [0.5, -1.25, 3], deviation = [0.25, 2, 10.5]
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[17] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %y1 = standardize %bx1, mean = 0.5, deviation = 0.3
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[4, 1] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %y2 = standardize %bx2, mean = [0.1]
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[2] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %y3 = standardize %bx3, deviation = [3.0, 7.0]
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[2] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %y4 = standardize %bx4
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %s1 = add %l0, %l1
    %s2 = add %s1, %l2
    %s3 = add %s2, %l3
    %s4 = add %s3, %l4
    return %s4
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
