// conv2d_transpose.mlir - gradients against differences: filters that pictures write
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 3, 4, 3], %c0: f32[5, 5, 17], %ix1: f32[batch, 3, 4, 5], %c1: f32[6, 8, 3], %ix2: f32[batch, 4, 3, 2], %c2: f32[8, 6, 3], %ix3: f32[batch, 4, 3, 4], %c3: f32[8, 5, 6], %ix4: f32[batch, 4, 5, 3], %c4: f32[4, 5, 3], %ix5: f32[batch, 2, 3, 4], %c5: f32[4, 7, 5], %ix6: f32[batch, 2, 2, 2], %c6: f32[7, 6, 2], %ix7: f32[batch, 3, 4, 4], %c7: f32[6, 7, 6], %ix8: f32[batch, 3, 3, 3], %c8: f32[5, 5, 2]) -> (loss: f32) {
    %x0 = param "x0" f32[3, 4, 3] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %w0 = param "w0" f32[3, 17, 3, 2] = uniform(-0.9, 0.9)
    %y0 = conv2d_transpose %bx0, %w0
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[3, 4, 5] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %w1 = param "w1" f32[5, 3, 2, 2] = uniform(-0.9, 0.9)
    %y1 = conv2d_transpose %bx1, %w1, stride = 2
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[4, 3, 2] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %w2 = param "w2" f32[2, 3, 3, 3] = uniform(-0.9, 0.9)
    %y2 = conv2d_transpose %bx2, %w2, stride = 2, padding = 1, output_padding = 1
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[4, 3, 4] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %w3 = param "w3" f32[4, 3, 4, 2] = uniform(-0.9, 0.9)
    %y3 = conv2d_transpose %bx3, %w3, stride = [2, 1], padding = [1, 0], dilation = [1, 2], groups = 2
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[4, 5, 3] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %w4 = param "w4" f32[3, 1, 3, 3] = uniform(-0.9, 0.9)
    %y4 = conv2d_transpose %bx4, %w4, padding = 1, groups = 3
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[2, 3, 4] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %w5 = param "w5" f32[4, 5, 1, 1] = uniform(-0.9, 0.9)
    %y5 = conv2d_transpose %bx5, %w5, stride = 3
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %x6 = param "x6" f32[2, 2, 2] = uniform(-0.9, 0.9)
    %bx6 = mul %x6, %ix6
    %w6 = param "w6" f32[2, 2, 2, 2] = uniform(-0.9, 0.9)
    %y6 = conv2d_transpose %bx6, %w6, dilation = 3, output_padding = [2, 1]
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %x7 = param "x7" f32[3, 4, 4] = uniform(-0.9, 0.9)
    %bx7 = mul %x7, %ix7
    %y7 = nn.conv2d_transpose "l7" %bx7, 6, kernel = [3, 2], stride = 2, padding = 1, output_padding = 1, groups = 2
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %x8 = param "x8" f32[3, 3, 3] = uniform(-0.9, 0.9)
    %bx8 = mul %x8, %ix8
    %y8 = nn.conv2d_transpose "l8" %bx8, 2, kernel = 2, dilation = 2, bias = false
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
