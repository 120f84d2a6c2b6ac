// lp_pool.mlir - gradients against differences: roots of sums of powers
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 6, 8, 3], %c0: f32[3, 4, 3], %ix5: f32[batch, 6, 6, 2], %c5: f32[2, 2, 2], %ix6: f32[batch, 7, 6, 2], %c6: f32[3, 3, 2], %ix7: f32[batch, 8, 3], %c7: f32[3, 3], %ix8: f32[batch, 4, 3, 4, 2], %c8: f32[2, 3, 2, 2], %ix9: f32[batch, 4, 4, 1], %c9: f32[2, 2, 1]) -> (loss: f32) {
    %x0 = param "x0" f32[6, 8, 3] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %y0 = lp_pool %bx0, 2
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x5 = param "x5" f32[6, 6, 2] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %y5 = lp_pool %bx5, 3, norm_type = 4
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %x6 = param "x6" f32[7, 6, 2] = uniform(-0.9, 0.9)
    %bx6 = mul %x6, %ix6
    %y6 = lp_pool %bx6, 3, stride = 2, ceil_mode
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %x7 = param "x7" f32[8, 3] = uniform(-0.9, 0.9)
    %bx7 = mul %x7, %ix7
    %y7 = lp_pool %bx7, 3, stride = 3, ceil_mode
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %x8 = param "x8" f32[4, 3, 4, 2] = uniform(-0.9, 0.9)
    %bx8 = mul %x8, %ix8
    %y8 = lp_pool %bx8, [2, 1, 2]
    %m8 = mul %y8, %c8
    %l8 = sum %m8
    %x9 = param "x9" f32[4, 4, 1] = uniform(-0.9, 0.9)
    %bx9 = mul %x9, %ix9
    %y9 = lp_pool %bx9, 2
    %m9 = mul %y9, %c9
    %l9 = sum %m9
    %s5 = add %l0, %l5
    %s6 = add %s5, %l6
    %s7 = add %s6, %l7
    %s8 = add %s7, %l8
    %s9 = add %s8, %l9
    return %s9
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
