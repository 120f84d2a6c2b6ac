// conv1d.mlir - the gradient of conv1d, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @conv1d {
  func @loss(%i0: f32[batch, 11, 4], %c0: f32[9, 6], %i1: f32[batch, 17, 3], %c1: f32[6, 5], %i2: f32[batch, 12, 4], %c2: f32[12, 4], %i3: f32[batch, 1, 1], %c3: f32[1, 1]) -> (loss: f32) {
    %a0 = param "a0" f32[11, 4] = uniform(0.5, 1.5)
    %x0 = mul %i0, %a0
    %w0 = param "w0" f32[6, 4, 3] = uniform(-0.9, 0.9)
    %y0 = conv1d %x0, %w0
    %z0 = mul %y0, %c0
    %l0 = mean %z0
    %a1 = param "a1" f32[17, 3] = uniform(0.5, 1.5)
    %x1 = mul %i1, %a1
    %w1 = param "w1" f32[5, 3, 4] = uniform(-0.9, 0.9)
    %y1 = conv1d %x1, %w1, stride = 3, padding = same
    %z1 = mul %y1, %c1
    %l1 = mean %z1
    %a2 = param "a2" f32[12, 4] = uniform(0.5, 1.5)
    %x2 = mul %i2, %a2
    %w2 = param "w2" f32[4, 2, 3] = uniform(-0.9, 0.9)
    %y2 = conv1d %x2, %w2, dilation = 2, padding = [[3, 1]], groups = 2
    %z2 = mul %y2, %c2
    %l2 = mean %z2
    %a3 = param "a3" f32[1, 1] = uniform(0.5, 1.5)
    %x3 = mul %i3, %a3
    %w3 = param "w3" f32[1, 1, 1] = uniform(-0.9, 0.9)
    %y3 = conv1d %x3, %w3
    %z3 = mul %y3, %c3
    %l3 = mean %z3
    %s0 = add %l0, %l0
    %s1 = add %s0, %l1
    %s2 = add %s1, %l2
    %s3 = add %s2, %l3
    return %s3
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
