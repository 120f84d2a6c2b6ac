// sqrt.mlir - the gradient of sqrt, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @sqrt {
  func @loss(%c0: f32[3, 17], %c1: f32[1], %c2: f32, %c3: f32[7], %c4: f32[0, 3], %x: f32[batch, 17], %c9: f32[batch, 17]) -> (loss: f32) {
    %w0 = param "w0" f32[3, 17] = uniform(0.2, 0.9)
    %y0 = sqrt %w0
    %w1 = param "w1" f32[1] = uniform(0.2, 0.9)
    %y1 = sqrt %w1
    %w2 = param "w2" f32 = uniform(0.2, 0.9)
    %y2 = sqrt %w2
    %w3 = param "w3" f32[7] = uniform(0.2, 0.9)
    %y3 = sqrt %w3
    %w4 = param "w4" f32[0, 3] = uniform(0.2, 0.9)
    %y4 = sqrt %w4
    %w9 = param "w9" f32[17] = uniform(0.2, 0.9)
    %sx = sigmoid %x
    %z9 = mul %w9, %sx
    %y9 = sqrt %z9
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %s1 = add %l0, %l1
    %l2 = mul %y2, %c2
    %s2 = add %s1, %l2
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %s3 = add %s2, %l3
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %s4 = add %s3, %l4
    %m5 = mul %y9, %c9
    %l5 = sum %m5
    %loss = add %s4, %l5
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
