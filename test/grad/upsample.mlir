// upsample.mlir - gradients against differences: signals and pictures of other sizes
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 3, 4, 5], %c0: f32[6, 8, 5], %ix1: f32[batch, 5, 3], %c1: f32[15, 3], %ix2: f32[batch, 3, 2, 1], %c2: f32[3, 8, 1], %ix3: f32[batch, 6, 7, 3], %c3: f32[9, 5, 3], %ix4: f32[batch, 6, 4, 3], %c4: f32[2, 2, 3], %ix5: f32[batch, 2, 3, 2, 2], %c5: f32[4, 6, 4, 2], %ix6: f32[batch, 5, 3], %c6: f32[10, 3], %ix7: f32[batch, 5, 3], %c7: f32[8, 3], %ix8: f32[batch, 3, 4, 5], %c8: f32[6, 8, 5], %ix9: f32[batch, 3, 4, 2], %c9: f32[9, 12, 2], %ix10: f32[batch, 3, 6, 2], %c10: f32[9, 8, 2], %ix11: f32[batch, 7, 5, 1], %c11: f32[5, 11, 1], %ix12: f32[batch, 7, 5, 1], %c12: f32[5, 11, 1], %ix13: f32[batch, 9, 10, 3], %c13: f32[2, 3, 3], %ix14: f32[batch, 4, 3, 2], %c14: f32[1, 1, 2], %ix15: f32[batch, 4, 3, 2], %c15: f32[1, 1, 2], %ix16: f32[batch, 1, 1, 17], %c16: f32[3, 4, 17], %ix17: f32[batch, 1, 1, 2], %c17: f32[3, 4, 2], %ix18: f32[batch, 3, 4, 2], %c18: f32[3, 4, 2], %ix19: f32[batch, 2, 3, 2, 2], %c19: f32[4, 2, 3, 2]) -> (loss: f32) {
    %x0 = param "x0" f32[3, 4, 5] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %y0 = upsample %bx0, scale_factor = 2
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[5, 3] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %y1 = upsample %bx1, scale_factor = 3
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[3, 2, 1] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %y2 = upsample %bx2, scale_factor = [1, 4]
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[6, 7, 3] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %y3 = upsample %bx3, output_size = [9, 5], mode = nearest
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[6, 4, 3] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %y4 = upsample %bx4, output_size = 2
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[2, 3, 2, 2] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %y5 = upsample %bx5, scale_factor = 2
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %x6 = param "x6" f32[5, 3] = uniform(-0.9, 0.9)
    %bx6 = mul %x6, %ix6
    %y6 = upsample %bx6, output_size = 10, mode = linear
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %x7 = param "x7" f32[5, 3] = uniform(-0.9, 0.9)
    %bx7 = mul %x7, %ix7
    %y7 = upsample %bx7, output_size = 8, mode = linear, align_corners
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %x8 = param "x8" f32[3, 4, 5] = uniform(-0.9, 0.9)
    %bx8 = mul %x8, %ix8
    %y8 = upsample %bx8, scale_factor = 2, mode = bilinear
    %m8 = mul %y8, %c8
    %l8 = sum %m8
    %x9 = param "x9" f32[3, 4, 2] = uniform(-0.9, 0.9)
    %bx9 = mul %x9, %ix9
    %y9 = upsample %bx9, scale_factor = 3, mode = bilinear, align_corners
    %m9 = mul %y9, %c9
    %l9 = sum %m9
    %x10 = param "x10" f32[3, 6, 2] = uniform(-0.9, 0.9)
    %bx10 = mul %x10, %ix10
    %y10 = upsample %bx10, output_size = [9, 8], mode = bilinear
    %m10 = mul %y10, %c10
    %l10 = sum %m10
    %x11 = param "x11" f32[7, 5, 1] = uniform(-0.9, 0.9)
    %bx11 = mul %x11, %ix11
    %y11 = upsample %bx11, output_size = [5, 11], mode = bilinear
    %m11 = mul %y11, %c11
    %l11 = sum %m11
    %x12 = param "x12" f32[7, 5, 1] = uniform(-0.9, 0.9)
    %bx12 = mul %x12, %ix12
    %y12 = upsample %bx12, output_size = [5, 11], mode = bilinear, align_corners
    %m12 = mul %y12, %c12
    %l12 = sum %m12
    %x13 = param "x13" f32[9, 10, 3] = uniform(-0.9, 0.9)
    %bx13 = mul %x13, %ix13
    %y13 = upsample %bx13, output_size = [2, 3], mode = bilinear
    %m13 = mul %y13, %c13
    %l13 = sum %m13
    %x14 = param "x14" f32[4, 3, 2] = uniform(-0.9, 0.9)
    %bx14 = mul %x14, %ix14
    %y14 = upsample %bx14, output_size = [1, 1], mode = bilinear
    %m14 = mul %y14, %c14
    %l14 = sum %m14
    %x15 = param "x15" f32[4, 3, 2] = uniform(-0.9, 0.9)
    %bx15 = mul %x15, %ix15
    %y15 = upsample %bx15, output_size = [1, 1], mode = bilinear, align_corners
    %m15 = mul %y15, %c15
    %l15 = sum %m15
    %x16 = param "x16" f32[1, 1, 17] = uniform(-0.9, 0.9)
    %bx16 = mul %x16, %ix16
    %y16 = upsample %bx16, output_size = [3, 4], mode = bilinear
    %m16 = mul %y16, %c16
    %l16 = sum %m16
    %x17 = param "x17" f32[1, 1, 2] = uniform(-0.9, 0.9)
    %bx17 = mul %x17, %ix17
    %y17 = upsample %bx17, output_size = [3, 4], mode = bilinear, align_corners
    %m17 = mul %y17, %c17
    %l17 = sum %m17
    %x18 = param "x18" f32[3, 4, 2] = uniform(-0.9, 0.9)
    %bx18 = mul %x18, %ix18
    %y18 = upsample %bx18, output_size = [3, 4], mode = bilinear
    %m18 = mul %y18, %c18
    %l18 = sum %m18
    %x19 = param "x19" f32[2, 3, 2, 2] = uniform(-0.9, 0.9)
    %bx19 = mul %x19, %ix19
    %y19 = upsample %bx19, output_size = [4, 2, 3], mode = trilinear
    %m19 = mul %y19, %c19
    %l19 = sum %m19
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
    return %s19
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
