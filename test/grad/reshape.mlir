// reshape.mlir - the gradient of reshape, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @reshape {
  func @loss(%x: f32[batch, 17], %c0: f32[51], %c1: f32[7, 5], %c2: f32, %c3: f32[batch, 2, 17]) -> (loss: f32) {
    %w0 = param "w0" f32[3, 17] = uniform(-0.9, 0.9)
    %y0 = reshape %w0, [51]
    %w1 = param "w1" f32[35] = uniform(-0.9, 0.9)
    %y1 = reshape %w1, [7, ?]
    %w2 = param "w2" f32[1, 1] = uniform(-0.9, 0.9)
    %y2 = reshape %w2, []
    %w3 = param "w3" f32[34] = uniform(-0.9, 0.9)
    %u3 = concat %x, %x, axis = 1
    %z3 = mul %u3, %w3
    %y3 = reshape %z3, [batch, 2, 17]
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %s1 = add %l0, %l1
    %l2 = mul %y2, %c2
    %s2 = add %s1, %l2
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %loss = add %s2, %l3
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
