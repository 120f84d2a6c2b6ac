// avg_pool-ceil.mlir - gradients against differences: means of windows that reach beyond the padding
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 8, 3], %c0: f32[3, 3], %ix1: f32[batch, 6, 7, 2], %c1: f32[4, 4, 2], %ix2: f32[batch, 6, 7, 2], %c2: f32[4, 4, 2], %ix3: f32[batch, 5, 6, 2], %c3: f32[2, 3, 2], %ix4: f32[batch, 6, 6, 2], %c4: f32[3, 3, 2], %ix5: f32[batch, 3, 4, 5, 2], %c5: f32[2, 2, 3, 2]) -> (loss: f32) {
    %x0 = param "x0" f32[8, 3] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %y0 = avg_pool %bx0, 3, ceil_mode
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[6, 7, 2] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %y1 = avg_pool %bx1, 3, stride = 2, padding = 1, ceil_mode
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[6, 7, 2] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %y2 = avg_pool %bx2, [3, 2], stride = [2, 2], padding = [1, 0], count_include_pad = false, ceil_mode
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[5, 6, 2] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %y3 = avg_pool %bx3, 2, stride = 3, padding = 1, ceil_mode
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[6, 6, 2] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %y4 = avg_pool %bx4, 2, ceil_mode
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[3, 4, 5, 2] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %y5 = avg_pool %bx5, 2, ceil_mode
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %s1 = add %l0, %l1
    %s2 = add %s1, %l2
    %s3 = add %s2, %l3
    %s4 = add %s3, %l4
    %s5 = add %s4, %l5
    return %s5
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
