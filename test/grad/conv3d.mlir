// conv3d.mlir - the gradient of conv3d, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @conv3d {
  func @loss(%i0: f32[batch, 4, 5, 4, 2], %c0: f32[3, 3, 3, 3], %i1: f32[batch, 5, 4, 6, 2], %c1: f32[3, 4, 3, 4]) -> (loss: f32) {
    %a0 = param "a0" f32[4, 5, 4, 2] = uniform(0.5, 1.5)
    %x0 = mul %i0, %a0
    %w0 = param "w0" f32[3, 2, 2, 3, 2] = uniform(-0.9, 0.9)
    %y0 = conv3d %x0, %w0
    %z0 = mul %y0, %c0
    %l0 = mean %z0
    %a1 = param "a1" f32[5, 4, 6, 2] = uniform(0.5, 1.5)
    %x1 = mul %i1, %a1
    %w1 = param "w1" f32[4, 1, 3, 3, 3] = uniform(-0.9, 0.9)
    %y1 = conv3d %x1, %w1, stride = [2, 1, 2], padding = 1, groups = 2
    %z1 = mul %y1, %c1
    %l1 = mean %z1
    %s0 = add %l0, %l0
    %s1 = add %s0, %l1
    return %s1
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
