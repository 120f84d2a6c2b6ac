// group_norm.mlir - gradients against differences: over all places and the channels of a group
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 4, 5, 6], %c0: f32[4, 5, 6], %ix1: f32[batch, 5, 7], %c1: f32[5, 7], %ix2: f32[batch, 3, 4, 5], %c2: f32[3, 4, 5], %ix3: f32[batch, 12], %c3: f32[12], %ix4: f32[batch, 3, 34], %c4: f32[3, 34], %ix5: f32[batch, 4], %c5: f32[4], %ix7: f32[batch, 5, 6], %c7: f32[5, 6]) -> (loss: f32) {
    %x0 = param "x0" f32[4, 5, 6] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %w0 = param "w0" f32[6] = uniform(-0.9, 0.9)
    %b0 = param "b0" f32[6] = uniform(-0.9, 0.9)
    %y0 = group_norm %bx0, %w0, %b0, 2
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[5, 7] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %w1 = param "w1" f32[7] = uniform(-0.9, 0.9)
    %b1 = param "b1" f32[7] = uniform(-0.9, 0.9)
    %y1 = group_norm %bx1, %w1, %b1, 1
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[3, 4, 5] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %w2 = param "w2" f32[5] = uniform(-0.9, 0.9)
    %b2 = param "b2" f32[5] = uniform(-0.9, 0.9)
    %y2 = group_norm %bx2, %w2, %b2, 5
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[12] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %w3 = param "w3" f32[12] = uniform(-0.9, 0.9)
    %b3 = param "b3" f32[12] = uniform(-0.9, 0.9)
    %y3 = group_norm %bx3, %w3, %b3, 3, epsilon = 0.125
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[3, 34] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %w4 = param "w4" f32[34] = uniform(-0.9, 0.9)
    %b4 = param "b4" f32[34] = uniform(-0.9, 0.9)
    %y4 = group_norm %bx4, %w4, %b4, 2
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[4] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %w5 = param "w5" f32[4] = uniform(-0.9, 0.9)
    %b5 = param "b5" f32[4] = uniform(-0.9, 0.9)
    %y5 = group_norm %bx5, %w5, %b5, 4, epsilon = 0.5
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %x7 = param "x7" f32[5, 6] = uniform(-0.9, 0.9)
    %bx7 = mul %x7, %ix7
    %y7 = nn.group_norm "l7" %bx7, 3
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %s1 = add %l0, %l1
    %s2 = add %s1, %l2
    %s3 = add %s2, %l3
    %s4 = add %s3, %l4
    %s5 = add %s4, %l5
    %s7 = add %s5, %l7
    return %s7
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
