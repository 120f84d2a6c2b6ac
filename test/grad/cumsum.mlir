// cumsum.mlir - gradients against differences: sums up to each place
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 17], %c0: f32[17], %ix1: f32[batch, 7, 19], %c1: f32[7, 19], %ix2: f32[batch, 3], %c2: f32[3], %ix3: f32[batch, 5, 3], %c3: f32[5, 3], %ix4: f32[batch, 33], %c4: f32[33], %ix5: f32[batch, 4, 16, 2], %c5: f32[4, 16, 2], %ix6: f32[batch, 1], %c6: f32[1], %c7: f32[1, 1, 5], %c8: f32[35]) -> (loss: f32) {
    %x0 = param "x0" f32[17] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %y0 = cumsum %bx0
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[7, 19] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %y1 = cumsum %bx1, axis = 1
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[3] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %y2 = cumsum %bx2, axis = 0
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[5, 3] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %y3 = cumsum %bx3, axis = -2, reverse
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[33] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %y4 = cumsum %bx4, exclusive
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[4, 16, 2] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %y5 = cumsum %bx5, axis = 1, reverse, exclusive
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %x6 = param "x6" f32[1] = uniform(-0.9, 0.9)
    %bx6 = mul %x6, %ix6
    %y6 = cumsum %bx6
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %x7 = param "x7" f32[1, 1, 5] = uniform(-0.9, 0.9)
    %y7 = cumsum %x7, exclusive
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %x8 = param "x8" f32[35] = uniform(-0.9, 0.9)
    %y8 = cumsum %x8
    %m8 = mul %y8, %c8
    %l8 = sum %m8
    %s1 = add %l0, %l1
    %s2 = add %s1, %l2
    %s3 = add %s2, %l3
    %s4 = add %s3, %l4
    %s5 = add %s4, %l5
    %s6 = add %s5, %l6
    %s7 = add %s6, %l7
    %s8 = add %s7, %l8
    return %s8
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
