// rms_norm.mlir - gradients against differences: each row by its root mean square
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 17], %c0: f32[17], %ix1: f32[batch, 3, 33], %c1: f32[3, 33], %c2: f32[70], %ix3: f32[batch, 1], %c3: f32[1], %c4: f32[2, 3], %ix7: f32[batch, 7], %c7: f32[7]) -> (loss: f32) {
    %x0 = param "x0" f32[17] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %w0 = param "w0" f32[17] = uniform(-0.9, 0.9)
    %y0 = rms_norm %bx0, %w0, epsilon = 0.125
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[3, 33] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %w1 = param "w1" f32[33] = uniform(-0.9, 0.9)
    %y1 = rms_norm %bx1, %w1, epsilon = 1.0e-6
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[70] = uniform(-0.9, 0.9)
    %w2 = param "w2" f32[70] = uniform(-0.9, 0.9)
    %y2 = rms_norm %x2, %w2, epsilon = 1.0e-5
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[1] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %w3 = param "w3" f32[1] = uniform(-0.9, 0.9)
    %y3 = rms_norm %bx3, %w3, epsilon = 0.5
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[2, 3] = uniform(-0.9, 0.9)
    %w4 = param "w4" f32[3] = uniform(-0.9, 0.9)
    %y4 = rms_norm %x4, %w4, epsilon = 0.25
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x7 = param "x7" f32[7] = uniform(-0.9, 0.9)
    %bx7 = mul %x7, %ix7
    %y7 = nn.rms_norm "l7" %bx7, epsilon = 0.25
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %s1 = add %l0, %l1
    %s2 = add %s1, %l2
    %s3 = add %s2, %l3
    %s4 = add %s3, %l4
    %s7 = add %s4, %l7
    return %s7
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
