// flip.mlir - gradients against differences: elements in the other order
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 5], %c0: f32[5], %ix1: f32[batch, 37], %c1: f32[37], %ix2: f32[batch, 7, 17], %c2: f32[7, 17], %ix3: f32[batch, 4, 5, 3], %c3: f32[4, 5, 3], %ix4: f32[batch, 3], %c4: f32[3], %ix5: f32[batch, 1, 2], %c5: f32[1, 2], %c6: f32) -> (loss: f32) {
    %x0 = param "x0" f32[5] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %y0 = flip %bx0
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[37] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %y1 = flip %bx1, axes = [-1]
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[7, 17] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %y2 = flip %bx2, axes = [1]
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[4, 5, 3] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %y3 = flip %bx3, axes = [1, 2]
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[3] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %y4 = flip %bx4, axes = [0]
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[1, 2] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %y5 = flip %bx5, axes = [1]
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %x6 = param "x6" f32 = uniform(-0.9, 0.9)
    %y6 = flip %x6
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %s1 = add %l0, %l1
    %s2 = add %s1, %l2
    %s3 = add %s2, %l3
    %s4 = add %s3, %l4
    %s5 = add %s4, %l5
    %s6 = add %s5, %l6
    return %s6
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
