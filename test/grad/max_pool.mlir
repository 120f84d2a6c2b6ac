// max_pool.mlir - the gradient of max_pool, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @max_pool {
  func @loss(%i0: f32[batch, 6, 8, 3], %c0: f32[3, 4, 3], %i1: f32[batch, 7, 5, 3], %c1: f32[3, 1, 3], %i2: f32[batch, 7, 8, 2], %c2: f32[4, 4, 2], %i3: f32[batch, 8, 9, 2], %c3: f32[5, 5, 2], %i4: f32[batch, 8, 7, 2], %c4: f32[4, 3, 2], %i5: f32[batch, 9, 3], %c5: f32[5, 3], %i6: f32[batch, 4, 4, 5, 2], %c6: f32[2, 3, 2, 2]) -> (loss: f32) {
    %a0 = param "a0" f32[6, 8, 3] = uniform(0.5, 1.5)
    %x0 = mul %i0, %a0
    %y0 = max_pool %x0, 2
    %z0 = mul %y0, %c0
    %l0 = mean %z0
    %a1 = param "a1" f32[7, 5, 3] = uniform(0.5, 1.5)
    %x1 = mul %i1, %a1
    %y1 = max_pool %x1, [2, 3]
    %z1 = mul %y1, %c1
    %l1 = mean %z1
    %a2 = param "a2" f32[7, 8, 2] = uniform(0.5, 1.5)
    %x2 = mul %i2, %a2
    %y2 = max_pool %x2, 3, stride = 2, padding = 1
    %z2 = mul %y2, %c2
    %l2 = mean %z2
    %a3 = param "a3" f32[8, 9, 2] = uniform(0.5, 1.5)
    %x3 = mul %i3, %a3
    %y3 = max_pool %x3, [2, 3], stride = 1, dilation = [3, 2]
    %z3 = mul %y3, %c3
    %l3 = mean %z3
    %a4 = param "a4" f32[8, 7, 2] = uniform(0.5, 1.5)
    %x4 = mul %i4, %a4
    %y4 = max_pool %x4, 3, stride = 2, ceil_mode
    %z4 = mul %y4, %c4
    %l4 = mean %z4
    %a5 = param "a5" f32[9, 3] = uniform(0.5, 1.5)
    %x5 = mul %i5, %a5
    %y5 = max_pool %x5, 3, stride = 2, padding = 1, ceil_mode
    %z5 = mul %y5, %c5
    %l5 = mean %z5
    %a6 = param "a6" f32[4, 4, 5, 2] = uniform(0.5, 1.5)
    %x6 = mul %i6, %a6
    %y6 = max_pool %x6, 2, stride = [2, 1, 2]
    %z6 = mul %y6, %c6
    %l6 = mean %z6
    %s0 = add %l0, %l0
    %s1 = add %s0, %l1
    %s2 = add %s1, %l2
    %s3 = add %s2, %l3
    %s4 = add %s3, %l4
    %s5 = add %s4, %l5
    %s6 = add %s5, %l6
    return %s6
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
