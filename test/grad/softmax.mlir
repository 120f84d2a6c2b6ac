// softmax.mlir - the gradient of softmax, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @softmax {
  func @loss(%x: f32[batch, 17], %c0: f32[3, 17], %c1: f32[7, 5], %c2: f32[2, 5, 3], %c3: f32[33], %c4: f32[3, 1], %c5: f32[batch, 17]) -> (loss: f32) {
    %w0 = param "w0" f32[3, 17] = uniform(-0.9, 0.9)
    %y0 = softmax %w0
    %w1 = param "w1" f32[7, 5] = uniform(-0.9, 0.9)
    %y1 = softmax %w1, axis = 0
    %w2 = param "w2" f32[2, 5, 3] = uniform(-0.9, 0.9)
    %y2 = softmax %w2, axis = 1
    %w3 = param "w3" f32[33] = uniform(-0.9, 0.9)
    %y3 = softmax %w3
    %w4 = param "w4" f32[3, 1] = uniform(-0.9, 0.9)
    %y4 = softmax %w4
    %w5 = param "w5" f32[17] = uniform(-0.9, 0.9)
    %z5 = mul %x, %w5
    %y5 = softmax %z5
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %s1 = add %l0, %l1
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %s2 = add %s1, %l2
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %s3 = add %s2, %l3
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %s4 = add %s3, %l4
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %loss = add %s4, %l5
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
