// cross_entropy.mlir - the gradient of cross_entropy, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t --range i=5 --range j=17
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t --range i=5 --range j=17
dl.model @cross_entropy {
  func @loss(%i: i32[7], %j: i64[batch], %x: f32[batch, 17], %c0: f32, %c1: f32, %c2: f32, %c3: f32, %c4: f32, %c5: f32) -> (loss: f32) {
    %w0 = param "w0" f32[7, 5] = uniform(-0.9, 0.9)
    %y0 = cross_entropy %w0, %i
    %w1 = param "w1" f32[7, 5] = uniform(-0.9, 0.9)
    %y1 = cross_entropy %w1, %i, ignore_index = 1
    %w2 = param "w2" f32[7, 5] = uniform(-0.9, 0.9)
    %y2 = cross_entropy %w2, %i, label_smoothing = 0.1
    %w3 = param "w3" f32[3, 5] = uniform(-0.9, 0.9)
    %a3 = param "a3" f32[3, 5] = uniform(0.1, 0.9)
    %y3 = cross_entropy %w3, %a3, label_smoothing = 0.2
    %w4 = param "w4" f32[3, 1] = uniform(-0.9, 0.9)
    %k4 = constant i32[3] = 0
    %y4 = cross_entropy %w4, %k4
    %w5 = param "w5" f32[17] = uniform(-0.9, 0.9)
    %z5 = mul %x, %w5
    %y5 = cross_entropy %z5, %j
    %l0 = mul %y0, %c0
    %l1 = mul %y1, %c1
    %s1 = add %l0, %l1
    %l2 = mul %y2, %c2
    %s2 = add %s1, %l2
    %l3 = mul %y3, %c3
    %s3 = add %s2, %l3
    %l4 = mul %y4, %c4
    %s4 = add %s3, %l4
    %l5 = mul %y5, %c5
    %loss = add %s4, %l5
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
