// topk.mlir - gradients against differences: the largest and the smallest elements
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 17], %c0: f32[3], %ix1: f32[batch, 9], %c1: f32[2], %ix2: f32[batch, 7, 5], %c2: f32[4, 5], %c3: f32[2, 3], %ix4: f32[batch, 6], %c4: f32[6], %ix5: f32[batch, 1, 3], %c5: f32[1, 3], %ix6: f32[batch, 200], %c6: f32[5]) -> (loss: f32) {
    %x0 = param "x0" f32[17] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %y0, %places0 = topk %bx0, 3
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[9] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %y1, %places1 = topk %bx1, 2, smallest
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[7, 5] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %y2, %places2 = topk %bx2, 4, axis = 1
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[5, 3] = uniform(-0.9, 0.9)
    %y3, %places3 = topk %x3, 2, axis = 0
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[6] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %y4, %places4 = topk %bx4, 6
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[1, 3] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %y5, %places5 = topk %bx5, 1, axis = 1
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %x6 = param "x6" f32[200] = uniform(-0.9, 0.9)
    %bx6 = mul %x6, %ix6
    %y6, %places6 = topk %bx6, 5
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
