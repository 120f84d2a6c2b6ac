// conv1d_transpose.mlir - gradients against differences: filters that signals write
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 6, 4], %c0: f32[8, 5], %ix1: f32[batch, 5, 3], %c1: f32[16, 4], %ix2: f32[batch, 3, 2], %c2: f32[11, 3], %ix3: f32[batch, 5, 4], %c3: f32[11, 6], %ix4: f32[batch, 1, 1], %c4: f32[1, 1], %ix5: f32[batch, 4, 3], %c5: f32[9, 4]) -> (loss: f32) {
    %x0 = param "x0" f32[6, 4] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %w0 = param "w0" f32[4, 5, 3] = uniform(-0.9, 0.9)
    %y0 = conv1d_transpose %bx0, %w0
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[5, 3] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %w1 = param "w1" f32[3, 4, 4] = uniform(-0.9, 0.9)
    %y1 = conv1d_transpose %bx1, %w1, stride = 3, padding = 1, output_padding = 2
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[3, 2] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %w2 = param "w2" f32[2, 3, 3] = uniform(-0.9, 0.9)
    %y2 = conv1d_transpose %bx2, %w2, stride = 4
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[5, 4] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %w3 = param "w3" f32[4, 3, 3] = uniform(-0.9, 0.9)
    %y3 = conv1d_transpose %bx3, %w3, stride = 2, dilation = 3, padding = [[1, 3]], groups = 2
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[1, 1] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %w4 = param "w4" f32[1, 1, 1] = uniform(-0.9, 0.9)
    %y4 = conv1d_transpose %bx4, %w4
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[4, 3] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %y5 = nn.conv1d_transpose "l5" %bx5, 4, kernel = 3, stride = 2
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
