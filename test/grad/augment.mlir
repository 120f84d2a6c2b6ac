// augment.mlir - gradients through what is drawn, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%x: f32[batch, 5, 6, 2], %label: f32[batch, 3]) -> (loss: f32) {
    %w0 = param "w0" f32[5, 6, 2] = uniform(-0.9, 0.9)
    %b0 = mul %x, %w0
    %y0 = random_flip %b0
    %s0 = sin %y0
    %m0 = mean %s0
    %w1 = param "w1" f32[5, 6, 2] = uniform(-0.9, 0.9)
    %b1 = mul %x, %w1
    %y1 = random_crop %b1, [4, 5]
    %s1 = sin %y1
    %m1 = mean %s1
    %w2 = param "w2" f32[5, 6, 2] = uniform(-0.9, 0.9)
    %b2 = mul %x, %w2
    %y2 = random_crop %b2, 6, padding = [2, 1]
    %s2 = sin %y2
    %m2 = mean %s2
    %w3 = param "w3" f32[5, 6, 2] = uniform(-0.9, 0.9)
    %b3 = mul %x, %w3
    %y3 = random_shift %b3, 2
    %s3 = sin %y3
    %m3 = mean %s3
    %w4 = param "w4" f32[5, 6, 2] = uniform(-0.9, 0.9)
    %b4 = mul %x, %w4
    %y4 = random_affine %b4, rotation = 30, scale = 0.2, shear = 10, translation = 0.2
    %s4 = sin %y4
    %m4 = mean %s4
    %w5 = param "w5" f32[5, 6, 2] = uniform(-0.9, 0.9)
    %b5 = mul %x, %w5
    %y5 = random_erase %b5, rate = 0.8, value = 3
    %s5 = sin %y5
    %m5 = mean %s5
    %w6 = param "w6" f32[5, 6, 2] = uniform(-0.9, 0.9)
    %b6 = mul %x, %w6
    %y6 = random_brightness %b6, 0.5
    %s6 = sin %y6
    %m6 = mean %s6
    %w7 = param "w7" f32[5, 6, 2] = uniform(-0.9, 0.9)
    %b7 = mul %x, %w7
    %y7 = random_contrast %b7, 0.5
    %s7 = sin %y7
    %m7 = mean %s7
    %w8 = param "w8" f32[5, 6, 2] = uniform(-0.9, 0.9)
    %b8 = mul %x, %w8
    %y8, %l8 = mixup %b8, %label, alpha = 0.4
    %s8 = sin %y8
    %m8 = mean %s8
    %w9 = param "w9" f32[5, 6, 2] = uniform(-0.9, 0.9)
    %b9 = mul %x, %w9
    %n9 = random_normal %b9
    %y9 = mul %b9, %n9
    %s9 = sin %y9
    %m9 = mean %s9
    %t1 = add %m0, %m1
    %t2 = add %t1, %m2
    %t3 = add %t2, %m3
    %t4 = add %t3, %m4
    %t5 = add %t4, %m5
    %t6 = add %t5, %m6
    %t7 = add %t6, %m7
    %t8 = add %t7, %m8
    %t9 = add %t8, %m9
    return %t9
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
