// shift.mlir - gradients against differences: elements moved along an axis
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 7], %c0: f32[7], %ix1: f32[batch, 5, 17], %c1: f32[5, 17], %ix2: f32[batch, 37], %c2: f32[37], %c3: f32[7, 19], %c4: f32[35], %ix5: f32[batch, 9, 1, 18], %c5: f32[9, 5, 18], %ix6: f32[batch, 20, 1, 3], %c6: f32[20, 3, 3], %ix7: f32[batch, 33, 1], %c7: f32[33, 4], %ix8: f32[batch, 6, 3, 5], %c8: f32[6, 3, 5], %ix9: f32[batch, 3, 4, 1], %c9: f32[3, 4, 2], %ix10: f32[batch, 1, 2], %c10: f32[1, 2], %ix11: f32[batch, 3], %c11: f32[3]) -> (loss: f32) {
    %x0 = param "x0" f32[7] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %y0 = shift %bx0, axis = 1, by = 2
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[5, 17] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %y1 = shift %bx1, axis = -2, by = -1, value = 0.5
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[37] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %y2 = shift %bx2, axis = 1, by = 40, value = -1.5
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[7, 19] = uniform(-0.9, 0.9)
    %y3 = shift %x3, axis = 0, by = -3
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[35] = uniform(-0.9, 0.9)
    %y4 = shift %x4, axis = 0, by = 5
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[9, 1, 18] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %y5 = shift %bx5, axis = 1, by = 2, step = 1, count = 5
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %x6 = param "x6" f32[20, 1, 3] = uniform(-0.9, 0.9)
    %bx6 = mul %x6, %ix6
    %y6 = shift %bx6, axis = 1, by = -4, step = -3, count = 3, value = 2
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %x7 = param "x7" f32[33, 1] = uniform(-0.9, 0.9)
    %bx7 = mul %x7, %ix7
    %y7 = shift %bx7, axis = 1, by = 3, step = 2, count = 4
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %x8 = param "x8" f32[6, 3, 5] = uniform(-0.9, 0.9)
    %bx8 = mul %x8, %ix8
    %y8 = shift %bx8, axis = 1, by = 1, step = 1
    %m8 = mul %y8, %c8
    %l8 = sum %m8
    %x9 = param "x9" f32[3, 4, 1] = uniform(-0.9, 0.9)
    %bx9 = mul %x9, %ix9
    %y9 = shift %bx9, axis = 2, by = 1, count = 2
    %m9 = mul %y9, %c9
    %l9 = sum %m9
    %x10 = param "x10" f32[1, 2] = uniform(-0.9, 0.9)
    %bx10 = mul %x10, %ix10
    %y10 = shift %bx10, axis = 1, by = 1
    %m10 = mul %y10, %c10
    %l10 = sum %m10
    %x11 = param "x11" f32[3] = uniform(-0.9, 0.9)
    %bx11 = mul %x11, %ix11
    %y11 = shift %bx11, axis = 1
    %m11 = mul %y11, %c11
    %l11 = sum %m11
    %s1 = add %l0, %l1
    %s2 = add %s1, %l2
    %s3 = add %s2, %l3
    %s4 = add %s3, %l4
    %s5 = add %s4, %l5
    %s6 = add %s5, %l6
    %s7 = add %s6, %l7
    %s8 = add %s7, %l8
    %s9 = add %s8, %l9
    %s10 = add %s9, %l10
    %s11 = add %s10, %l11
    return %s11
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
