// channels_first.mlir - gradients against differences: ops on pictures with the channels first
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 4, 9], %c0: f32[6, 5], %ix1: f32[batch, 3, 7, 6], %c1: f32[5, 4, 4], %ix2: f32[batch, 4, 5, 6], %c2: f32[4, 5, 6], %ix3: f32[batch, 3, 5, 6], %c3: f32[6, 3, 4], %ix4: f32[batch, 2, 3, 4, 5], %c4: f32[3, 4, 3, 5], %ix5: f32[batch, 3, 1, 1], %c5: f32[4, 1, 1], %ix6: f32[batch, 3, 5], %c6: f32[2, 16], %ix7: f32[batch, 4, 3, 4], %c7: f32[6, 5, 6], %ix8: f32[batch, 3, 6, 7], %c8: f32[3, 4, 4], %ix9: f32[batch, 3, 6, 7], %c9: f32[3, 3, 4], %ix10: f32[batch, 2, 4, 5], %c10: f32[2, 3, 4], %ix11: f32[batch, 3, 3, 4], %c11: f32[3, 6, 12], %ix12: f32[batch, 3, 3, 4], %c12: f32[3, 5, 7], %ix13: f32[batch, 3, 4], %c13: f32[3, 9], %ix14: f32[batch, 3, 7, 5], %c14: f32[3, 3, 2], %ix15: f32[batch, 12, 2, 3], %c15: f32[3, 4, 6], %ix16: f32[batch, 4, 3, 5], %c16: f32[4, 3, 5], %ix17: f32[batch, 6], %c17: f32[6], %ix18: f32[batch, 3, 3, 5], %c18: f32[3, 3, 5], %ix19: f32[batch, 5, 2, 3], %c19: f32[5, 2, 3], %ix20: f32[batch, 3, 2, 3], %c20: f32[3, 2, 3], %ix21: f32[batch, 3, 2, 3], %c21: f32[3, 2, 3], %ix22: f32[batch, 3, 2, 3], %c22: f32[3, 2, 3], %ix23: f32[batch, 3], %c23: f32[3]) -> (loss: f32) {
    %x0 = param "x0" f32[4, 9] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %w0 = param "w0" f32[6, 2, 3] = uniform(-0.9, 0.9)
    %y0 = conv1d %bx0, %w0, stride = 2, padding = 1, groups = 2, channels_first
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[3, 7, 6] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %w1 = param "w1" f32[5, 3, 3, 2] = uniform(-0.9, 0.9)
    %y1 = conv2d %bx1, %w1, stride = [2, 1], padding = [1, 0], dilation = [1, 2], channels_first
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[4, 5, 6] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %w2 = param "w2" f32[4, 1, 3, 3] = uniform(-0.9, 0.9)
    %y2 = conv2d %bx2, %w2, padding = 1, groups = 4, channels_first
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[3, 5, 6] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %w3 = param "w3" f32[6, 1, 3, 3] = uniform(-0.9, 0.9)
    %y3 = conv2d %bx3, %w3, groups = 3, channels_first
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[2, 3, 4, 5] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %w4 = param "w4" f32[3, 2, 2, 2, 3] = uniform(-0.9, 0.9)
    %y4 = conv3d %bx4, %w4, padding = [1, 0, 1], channels_first
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[3, 1, 1] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %w5 = param "w5" f32[4, 3, 1, 1] = uniform(-0.9, 0.9)
    %y5 = conv2d %bx5, %w5, channels_first
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %x6 = param "x6" f32[3, 5] = uniform(-0.9, 0.9)
    %bx6 = mul %x6, %ix6
    %w6 = param "w6" f32[3, 2, 4] = uniform(-0.9, 0.9)
    %y6 = conv1d_transpose %bx6, %w6, stride = 3, padding = 1, output_padding = 2, channels_first
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %x7 = param "x7" f32[4, 3, 4] = uniform(-0.9, 0.9)
    %bx7 = mul %x7, %ix7
    %w7 = param "w7" f32[4, 3, 3, 2] = uniform(-0.9, 0.9)
    %y7 = conv2d_transpose %bx7, %w7, stride = [2, 1], padding = [1, 0], dilation = [1, 2], groups = 2, channels_first
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %x8 = param "x8" f32[3, 6, 7] = uniform(-0.9, 0.9)
    %bx8 = mul %x8, %ix8
    %y8 = max_pool %bx8, [3, 2], stride = 2, padding = 1, ceil_mode, channels_first
    %m8 = mul %y8, %c8
    %l8 = sum %m8
    %x9 = param "x9" f32[3, 6, 7] = uniform(-0.9, 0.9)
    %bx9 = mul %x9, %ix9
    %y9 = avg_pool %bx9, 3, stride = 2, padding = 1, count_include_pad = false, channels_first
    %m9 = mul %y9, %c9
    %l9 = sum %m9
    %x10 = param "x10" f32[2, 4, 5] = uniform(-0.9, 0.9)
    %bx10 = mul %x10, %ix10
    %y10 = lp_pool %bx10, 2, stride = 1, channels_first
    %m10 = mul %y10, %c10
    %l10 = sum %m10
    %x11 = param "x11" f32[3, 3, 4] = uniform(-0.9, 0.9)
    %bx11 = mul %x11, %ix11
    %y11 = upsample %bx11, scale_factor = [2, 3], channels_first
    %m11 = mul %y11, %c11
    %l11 = sum %m11
    %x12 = param "x12" f32[3, 3, 4] = uniform(-0.9, 0.9)
    %bx12 = mul %x12, %ix12
    %y12 = upsample %bx12, output_size = [5, 7], mode = bilinear, channels_first
    %m12 = mul %y12, %c12
    %l12 = sum %m12
    %x13 = param "x13" f32[3, 4] = uniform(-0.9, 0.9)
    %bx13 = mul %x13, %ix13
    %y13 = upsample %bx13, output_size = 9, mode = linear, align_corners, channels_first
    %m13 = mul %y13, %c13
    %l13 = sum %m13
    %x14 = param "x14" f32[3, 7, 5] = uniform(-0.9, 0.9)
    %bx14 = mul %x14, %ix14
    %y14 = adaptive_avg_pool %bx14, [3, 2], channels_first
    %m14 = mul %y14, %c14
    %l14 = sum %m14
    %x15 = param "x15" f32[12, 2, 3] = uniform(-0.9, 0.9)
    %bx15 = mul %x15, %ix15
    %y15 = pixel_shuffle %bx15, 2, channels_first
    %m15 = mul %y15, %c15
    %l15 = sum %m15
    %x16 = param "x16" f32[4, 3, 5] = uniform(-0.9, 0.9)
    %bx16 = mul %x16, %ix16
    %w16 = param "w16" f32[4] = uniform(-0.9, 0.9)
    %b16 = param "b16" f32[4] = uniform(-0.9, 0.9)
    %y16 = group_norm %bx16, %w16, %b16, 2, channels_first
    %m16 = mul %y16, %c16
    %l16 = sum %m16
    %x17 = param "x17" f32[6] = uniform(-0.9, 0.9)
    %bx17 = mul %x17, %ix17
    %w17 = param "w17" f32[6] = uniform(-0.9, 0.9)
    %b17 = param "b17" f32[6] = uniform(-0.9, 0.9)
    %y17 = group_norm %bx17, %w17, %b17, 2, channels_first
    %m17 = mul %y17, %c17
    %l17 = sum %m17
    %x18 = param "x18" f32[3, 3, 5] = uniform(-0.9, 0.9)
    %bx18 = mul %x18, %ix18
    %y18 = instance_norm %bx18, channels_first
    %m18 = mul %y18, %c18
    %l18 = sum %m18
    %x19 = param "x19" f32[5, 2, 3] = uniform(-0.9, 0.9)
    %bx19 = mul %x19, %ix19
    %y19 = local_response_norm %bx19, 3, alpha = 0.5, channels_first
    %m19 = mul %y19, %c19
    %l19 = sum %m19
    %x20 = param "x20" f32[3, 2, 3] = uniform(-0.9, 0.9)
    %bx20 = mul %x20, %ix20
    %y20 = standardize %bx20, mean = [0.5, 0.25, -1], deviation = [2, 0.5, 1], channels_first
    %m20 = mul %y20, %c20
    %l20 = sum %m20
    %x21 = param "x21" f32[3, 2, 3] = uniform(-0.9, 0.9)
    %bx21 = mul %x21, %ix21
    %w21 = param "w21" f32[3] = uniform(-0.9, 0.9)
    %y21 = prelu %bx21, %w21, channels_first
    %m21 = mul %y21, %c21
    %l21 = sum %m21
    %x22 = param "x22" f32[3, 2, 3] = uniform(-0.9, 0.9)
    %bx22 = mul %x22, %ix22
    %w22 = param "w22" f32[1] = uniform(-0.9, 0.9)
    %y22 = prelu %bx22, %w22, channels_first
    %m22 = mul %y22, %c22
    %l22 = sum %m22
    %x23 = param "x23" f32[3] = uniform(-0.9, 0.9)
    %bx23 = mul %x23, %ix23
    %w23 = param "w23" f32[3] = uniform(-0.9, 0.9)
    %y23 = prelu %bx23, %w23, channels_first
    %m23 = mul %y23, %c23
    %l23 = sum %m23
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
    %s14 = add %s13, %l14
    %s15 = add %s14, %l15
    %s16 = add %s15, %l16
    %s17 = add %s16, %l17
    %s18 = add %s17, %l18
    %s19 = add %s18, %l19
    %s20 = add %s19, %l20
    %s21 = add %s20, %l21
    %s22 = add %s21, %l22
    %s23 = add %s22, %l23
    return %s23
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
