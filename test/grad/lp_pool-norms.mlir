// lp_pool-norms.mlir - gradients against differences, of norms that are no even numbers: of what is positive.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%i: f32[batch, 5, 6, 3], %c: f32[2, 3, 3]) -> (loss: f32) {
    %a = param "a" f32[5, 6, 3] = uniform(-0.9, 0.9)
    %b = mul %i, %a
    %x = exp %b
    %y0 = lp_pool %x, 2, norm_type = 3
    %y1 = lp_pool %x, [3, 2], norm_type = 1.5, stride = 2
    %y2 = lp_pool %x, 2, norm_type = 1
    %y3 = lp_pool %x, 2, norm_type = 0.5
    %y4 = lp_pool %x, 3, norm_type = 2.5, stride = [3, 2], ceil_mode
    %s0 = add %y0, %y1
    %s1 = add %s0, %y2
    %s2 = add %s1, %y3
    %s3 = add %s2, %y4
    %m = mul %s3, %c
    %l = sum %m
    return %l
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
