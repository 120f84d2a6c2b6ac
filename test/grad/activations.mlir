// activations.mlir - gradients against differences: activations that stand for several ops
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 17], %c0: f32[17], %c1: f32[16], %ix3: f32[batch, 17], %c3: f32[17], %c4: f32[16], %ix6: f32[batch, 17], %c6: f32[17], %c7: f32[16], %ix9: f32[batch, 17], %c9: f32[17], %c10: f32[16], %ix12: f32[batch, 17], %c12: f32[17], %c13: f32[16], %ix15: f32[batch, 17], %c15: f32[17], %c16: f32[16], %ix18: f32[batch, 17], %c18: f32[17], %c19: f32[16], %ix21: f32[batch, 17], %c21: f32[17], %c22: f32[16], %ix24: f32[batch, 17], %c24: f32[17], %c25: f32[16], %c27: f32) -> (loss: f32) {
    %x0 = param "x0" f32[17] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %y0 = relu6 %bx0
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[16] = uniform(-0.9, 0.9)
    %y1 = relu6 %x1
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x3 = param "x3" f32[17] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %y3 = hardsigmoid %bx3
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[16] = uniform(-0.9, 0.9)
    %y4 = hardsigmoid %x4
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x6 = param "x6" f32[17] = uniform(-0.9, 0.9)
    %bx6 = mul %x6, %ix6
    %y6 = hardswish %bx6
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %x7 = param "x7" f32[16] = uniform(-0.9, 0.9)
    %y7 = hardswish %x7
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %x9 = param "x9" f32[17] = uniform(-0.9, 0.9)
    %bx9 = mul %x9, %ix9
    %y9 = elu %bx9
    %m9 = mul %y9, %c9
    %l9 = sum %m9
    %x10 = param "x10" f32[16] = uniform(-0.9, 0.9)
    %y10 = elu %x10
    %m10 = mul %y10, %c10
    %l10 = sum %m10
    %x12 = param "x12" f32[17] = uniform(-0.9, 0.9)
    %bx12 = mul %x12, %ix12
    %y12 = elu %bx12, alpha = 0.75
    %m12 = mul %y12, %c12
    %l12 = sum %m12
    %x13 = param "x13" f32[16] = uniform(-0.9, 0.9)
    %y13 = elu %x13, alpha = 0.75
    %m13 = mul %y13, %c13
    %l13 = sum %m13
    %x15 = param "x15" f32[17] = uniform(-0.9, 0.9)
    %bx15 = mul %x15, %ix15
    %y15 = celu %bx15
    %m15 = mul %y15, %c15
    %l15 = sum %m15
    %x16 = param "x16" f32[16] = uniform(-0.9, 0.9)
    %y16 = celu %x16
    %m16 = mul %y16, %c16
    %l16 = sum %m16
    %x18 = param "x18" f32[17] = uniform(-0.9, 0.9)
    %bx18 = mul %x18, %ix18
    %y18 = celu %bx18, alpha = 1.5
    %m18 = mul %y18, %c18
    %l18 = sum %m18
    %x19 = param "x19" f32[16] = uniform(-0.9, 0.9)
    %y19 = celu %x19, alpha = 1.5
    %m19 = mul %y19, %c19
    %l19 = sum %m19
    %x21 = param "x21" f32[17] = uniform(-0.9, 0.9)
    %bx21 = mul %x21, %ix21
    %y21 = selu %bx21
    %m21 = mul %y21, %c21
    %l21 = sum %m21
    %x22 = param "x22" f32[16] = uniform(-0.9, 0.9)
    %y22 = selu %x22
    %m22 = mul %y22, %c22
    %l22 = sum %m22
    %x24 = param "x24" f32[17] = uniform(-0.9, 0.9)
    %bx24 = mul %x24, %ix24
    %y24 = mish %bx24
    %m24 = mul %y24, %c24
    %l24 = sum %m24
    %x25 = param "x25" f32[16] = uniform(-0.9, 0.9)
    %y25 = mish %x25
    %m25 = mul %y25, %c25
    %l25 = sum %m25
    %x27 = param "x27" f32 = uniform(-0.9, 0.9)
    %y27 = elu %x27
    %m27 = mul %y27, %c27
    %l27 = sum %m27
    %s1 = add %l0, %l1
    %s3 = add %s1, %l3
    %s4 = add %s3, %l4
    %s6 = add %s4, %l6
    %s7 = add %s6, %l7
    %s9 = add %s7, %l9
    %s10 = add %s9, %l10
    %s12 = add %s10, %l12
    %s13 = add %s12, %l13
    %s15 = add %s13, %l15
    %s16 = add %s15, %l16
    %s18 = add %s16, %l18
    %s19 = add %s18, %l19
    %s21 = add %s19, %l21
    %s22 = add %s21, %l22
    %s24 = add %s22, %l24
    %s25 = add %s24, %l25
    %s27 = add %s25, %l27
    return %s27
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
