// conv2d.mlir - the gradient of conv2d, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @conv2d {
  func @loss(%i0: f32[batch, 6, 7, 3], %c0: f32[4, 5, 17], %i1: f32[batch, 7, 6, 2], %c1: f32[7, 6, 3], %i2: f32[batch, 7, 8, 2], %c2: f32[4, 4, 3], %i3: f32[batch, 9, 8, 4], %c3: f32[5, 7, 6], %i4: f32[batch, 5, 6, 5], %c4: f32[5, 6, 5], %i5: f32[batch, 5, 5, 3], %c5: f32[2, 2, 6], %i6: f32[batch, 4, 5, 6], %c6: f32[2, 3, 7], %i7: f32[batch, 4, 5, 2], %c7: f32[1, 1, 3], %i8: f32[batch, 9, 9, 2], %c8: f32[3, 2, 3]) -> (loss: f32) {
    %a0 = param "a0" f32[6, 7, 3] = uniform(0.5, 1.5)
    %x0 = mul %i0, %a0
    %w0 = param "w0" f32[17, 3, 3, 3] = uniform(-0.9, 0.9)
    %y0 = conv2d %x0, %w0
    %z0 = mul %y0, %c0
    %l0 = mean %z0
    %a1 = param "a1" f32[7, 6, 2] = uniform(0.5, 1.5)
    %x1 = mul %i1, %a1
    %w1 = param "w1" f32[3, 2, 3, 2] = uniform(-0.9, 0.9)
    %y1 = conv2d %x1, %w1, padding = same
    %z1 = mul %y1, %c1
    %l1 = mean %z1
    %a2 = param "a2" f32[7, 8, 2] = uniform(0.5, 1.5)
    %x2 = mul %i2, %a2
    %w2 = param "w2" f32[3, 2, 3, 3] = uniform(-0.9, 0.9)
    %y2 = conv2d %x2, %w2, stride = 2, padding = same
    %z2 = mul %y2, %c2
    %l2 = mean %z2
    %a3 = param "a3" f32[9, 8, 4] = uniform(0.5, 1.5)
    %x3 = mul %i3, %a3
    %w3 = param "w3" f32[6, 2, 2, 3] = uniform(-0.9, 0.9)
    %y3 = conv2d %x3, %w3, stride = [2, 1], padding = [[1, 0], [2, 1]], dilation = [1, 2], groups = 2
    %z3 = mul %y3, %c3
    %l3 = mean %z3
    %a4 = param "a4" f32[5, 6, 5] = uniform(0.5, 1.5)
    %x4 = mul %i4, %a4
    %w4 = param "w4" f32[5, 1, 3, 3] = uniform(-0.9, 0.9)
    %y4 = conv2d %x4, %w4, padding = 1, groups = 5
    %z4 = mul %y4, %c4
    %l4 = mean %z4
    %a5 = param "a5" f32[5, 5, 3] = uniform(0.5, 1.5)
    %x5 = mul %i5, %a5
    %w5 = param "w5" f32[6, 1, 3, 3] = uniform(-0.9, 0.9)
    %y5 = conv2d %x5, %w5, stride = 2, groups = 3
    %z5 = mul %y5, %c5
    %l5 = mean %z5
    %a6 = param "a6" f32[4, 5, 6] = uniform(0.5, 1.5)
    %x6 = mul %i6, %a6
    %w6 = param "w6" f32[7, 6, 1, 1] = uniform(-0.9, 0.9)
    %y6 = conv2d %x6, %w6, stride = 2
    %z6 = mul %y6, %c6
    %l6 = mean %z6
    %a7 = param "a7" f32[4, 5, 2] = uniform(0.5, 1.5)
    %x7 = mul %i7, %a7
    %w7 = param "w7" f32[3, 2, 4, 5] = uniform(-0.9, 0.9)
    %y7 = conv2d %x7, %w7
    %z7 = mul %y7, %c7
    %l7 = mean %z7
    %a8 = param "a8" f32[9, 9, 2] = uniform(0.5, 1.5)
    %x8 = mul %i8, %a8
    %w8 = param "w8" f32[3, 2, 1, 2] = uniform(-0.9, 0.9)
    %y8 = conv2d %x8, %w8, stride = [3, 4], dilation = 2
    %z8 = mul %y8, %c8
    %l8 = mean %z8
    %s0 = add %l0, %l0
    %s1 = add %s0, %l1
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
