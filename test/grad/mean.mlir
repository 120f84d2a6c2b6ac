// mean.mlir - the gradient of mean, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @mean {
  func @loss(%x: f32[batch, 17], %c0: f32, %c1: f32[3], %c2: f32[1, 33], %c3: f32[7], %c4: f32[3], %c5: f32, %c6: f32[batch], %c7: f32[17], %c8: f32) -> (loss: f32) {
    %w0 = param "w0" f32[3, 17] = uniform(-0.9, 0.9)
    %y0 = mean %w0
    %w1 = param "w1" f32[3, 17] = uniform(-0.9, 0.9)
    %y1 = mean %w1, axes = [1]
    %w2 = param "w2" f32[5, 33] = uniform(-0.9, 0.9)
    %y2 = mean %w2, axes = [0], keepdim
    %w3 = param "w3" f32[2, 7, 5] = uniform(-0.9, 0.9)
    %y3 = mean %w3, axes = [0, -1]
    %w4 = param "w4" f32[3, 1] = uniform(-0.9, 0.9)
    %y4 = mean %w4, axes = [1]
    %w5 = param "w5" f32[1] = uniform(-0.9, 0.9)
    %y5 = mean %w5
    %w6 = param "w6" f32[17] = uniform(-0.9, 0.9)
    %z6 = mul %x, %w6
    %y6 = mean %z6, axes = [1]
    %w7 = param "w7" f32[17] = uniform(-0.9, 0.9)
    %z7 = mul %x, %w7
    %y7 = mean %z7, axes = [0]
    %w8 = param "w8" f32[17] = uniform(-0.9, 0.9)
    %z8 = mul %x, %w8
    %y8 = mean %z8
    %l0 = mul %y0, %c0
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
    %l5 = mul %y5, %c5
    %s5 = add %s4, %l5
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %s6 = add %s5, %l6
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %s7 = add %s6, %l7
    %l8 = mul %y8, %c8
    %loss = add %s7, %l8
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
