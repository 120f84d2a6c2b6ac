// avg_pool.mlir - the gradient of avg_pool, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @avg_pool {
  func @loss(%i0: f32[batch, 6, 8, 3], %c0: f32[3, 4, 3], %i1: f32[batch, 7, 8, 2], %c1: f32[4, 4, 2], %i2: f32[batch, 7, 8, 2], %c2: f32[4, 9, 2], %i3: f32[batch, 9, 3], %c3: f32[4, 3]) -> (loss: f32) {
    %a0 = param "a0" f32[6, 8, 3] = uniform(0.5, 1.5)
    %x0 = mul %i0, %a0
    %y0 = avg_pool %x0, 2
    %z0 = mul %y0, %c0
    %l0 = mean %z0
    %a1 = param "a1" f32[7, 8, 2] = uniform(0.5, 1.5)
    %x1 = mul %i1, %a1
    %y1 = avg_pool %x1, 3, stride = 2, padding = 1
    %z1 = mul %y1, %c1
    %l1 = mean %z1
    %a2 = param "a2" f32[7, 8, 2] = uniform(0.5, 1.5)
    %x2 = mul %i2, %a2
    %y2 = avg_pool %x2, [3, 2], stride = [2, 1], padding = 1, count_include_pad = false
    %z2 = mul %y2, %c2
    %l2 = mean %z2
    %a3 = param "a3" f32[9, 3] = uniform(0.5, 1.5)
    %x3 = mul %i3, %a3
    %y3 = avg_pool %x3, 4, stride = 3, padding = 2, count_include_pad = false
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
