// padding_mode.mlir - gradients against differences: convolutions whose padding repeats what is in the input
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 5, 6, 2], %c0: f32[7, 8, 3], %ix1: f32[batch, 5, 4, 2], %c1: f32[6, 4, 3], %ix2: f32[batch, 4, 5, 4], %c2: f32[7, 5, 6], %ix3: f32[batch, 1, 1, 2], %c3: f32[3, 3, 3], %ix4: f32[batch, 4, 5, 3], %c4: f32[4, 5, 3], %ix5: f32[batch, 3, 4, 2], %c5: f32[4, 4, 2], %ix6: f32[batch, 4, 4, 2], %c6: f32[4, 4, 2], %ix7: f32[batch, 6, 5, 2], %c7: f32[6, 5, 2], %ix8: f32[batch, 6, 5, 2], %c8: f32[6, 5, 2], %ix9: f32[batch, 7, 3], %c9: f32[7, 5], %ix10: f32[batch, 7, 3], %c10: f32[7, 3], %ix11: f32[batch, 3, 2, 4, 2], %c11: f32[4, 3, 4, 2], %ix12: f32[batch, 2, 3, 2, 1], %c12: f32[3, 5, 2, 2], %ix13: f32[batch, 2, 5, 4], %c13: f32[3, 7, 4]) -> (loss: f32) {
    %x0 = param "x0" f32[5, 6, 2] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %w0 = param "w0" f32[3, 2, 3, 3] = uniform(-0.9, 0.9)
    %y0 = conv2d %bx0, %w0, padding = 2, padding_mode = reflect
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[5, 4, 2] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %w1 = param "w1" f32[3, 2, 3, 3] = uniform(-0.9, 0.9)
    %y1 = conv2d %bx1, %w1, padding = [4, 3], padding_mode = reflect, stride = 2
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[4, 5, 4] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %w2 = param "w2" f32[6, 2, 2, 3] = uniform(-0.9, 0.9)
    %y2 = conv2d %bx2, %w2, padding = [2, 1], padding_mode = replicate, groups = 2
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[1, 1, 2] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %w3 = param "w3" f32[3, 2, 3, 3] = uniform(-0.9, 0.9)
    %y3 = conv2d %bx3, %w3, padding = 3, padding_mode = replicate, dilation = 2
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[4, 5, 3] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %w4 = param "w4" f32[3, 1, 3, 3] = uniform(-0.9, 0.9)
    %y4 = conv2d %bx4, %w4, padding = 1, padding_mode = circular, groups = 3
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[3, 4, 2] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %w5 = param "w5" f32[2, 2, 3, 2] = uniform(-0.9, 0.9)
    %y5 = conv2d %bx5, %w5, padding = [3, 4], padding_mode = circular, stride = [2, 3]
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %x6 = param "x6" f32[4, 4, 2] = uniform(-0.9, 0.9)
    %bx6 = mul %x6, %ix6
    %w6 = param "w6" f32[2, 2, 3, 3] = uniform(-0.9, 0.9)
    %y6 = conv2d %bx6, %w6, padding = 1, padding_mode = zeros
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %x7 = param "x7" f32[6, 5, 2] = uniform(-0.9, 0.9)
    %bx7 = mul %x7, %ix7
    %w7 = param "w7" f32[2, 2, 3, 4] = uniform(-0.9, 0.9)
    %y7 = conv2d %bx7, %w7, padding = same, padding_mode = reflect
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %x8 = param "x8" f32[6, 5, 2] = uniform(-0.9, 0.9)
    %bx8 = mul %x8, %ix8
    %w8 = param "w8" f32[2, 2, 2, 4] = uniform(-0.9, 0.9)
    %y8 = conv2d %bx8, %w8, padding = same, padding_mode = circular
    %m8 = mul %y8, %c8
    %l8 = sum %m8
    %x9 = param "x9" f32[7, 3] = uniform(-0.9, 0.9)
    %bx9 = mul %x9, %ix9
    %w9 = param "w9" f32[5, 3, 4] = uniform(-0.9, 0.9)
    %y9 = conv1d %bx9, %w9, padding = 5, padding_mode = reflect, stride = 2
    %m9 = mul %y9, %c9
    %l9 = sum %m9
    %x10 = param "x10" f32[7, 3] = uniform(-0.9, 0.9)
    %bx10 = mul %x10, %ix10
    %w10 = param "w10" f32[3, 1, 5] = uniform(-0.9, 0.9)
    %y10 = conv1d %bx10, %w10, padding = 2, padding_mode = circular, groups = 3
    %m10 = mul %y10, %c10
    %l10 = sum %m10
    %x11 = param "x11" f32[3, 2, 4, 2] = uniform(-0.9, 0.9)
    %bx11 = mul %x11, %ix11
    %w11 = param "w11" f32[2, 2, 2, 2, 3] = uniform(-0.9, 0.9)
    %y11 = conv3d %bx11, %w11, padding = 1, padding_mode = replicate
    %m11 = mul %y11, %c11
    %l11 = sum %m11
    %x12 = param "x12" f32[2, 3, 2, 1] = uniform(-0.9, 0.9)
    %bx12 = mul %x12, %ix12
    %w12 = param "w12" f32[2, 1, 2, 3, 1] = uniform(-0.9, 0.9)
    %y12 = conv3d %bx12, %w12, padding = [1, 2, 0], padding_mode = circular
    %m12 = mul %y12, %c12
    %l12 = sum %m12
    %x13 = param "x13" f32[2, 5, 4] = uniform(-0.9, 0.9)
    %bx13 = mul %x13, %ix13
    %w13 = param "w13" f32[3, 2, 3, 3] = uniform(-0.9, 0.9)
    %y13 = conv2d %bx13, %w13, padding = [2, 1], padding_mode = reflect, channels_first
    %m13 = mul %y13, %c13
    %l13 = sum %m13
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
    %s12 = add %s11, %l12
    %s13 = add %s12, %l13
    return %s13
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
