// gather.mlir - the gradient of gather, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t --range i=5 --range j=5 --range n=5
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t --range i=5 --range j=5 --range n=5
dl.model @gather {
  func @loss(%i: i32[7], %j: i64[batch, 2], %n: ui8, %c0: f32[7, 17], %c1: f32[batch, 2, 3], %c2: f32[7, 1], %c3: f32[7]) -> (loss: f32) {
    %w0 = param "w0" f32[5, 17] = uniform(-0.9, 0.9)
    %y0 = gather %w0, %i
    %w1 = param "w1" f32[5, 3] = uniform(-0.9, 0.9)
    %y1 = gather %w1, %j
    %w2 = param "w2" f32[5, 1] = uniform(-0.9, 0.9)
    %y2 = gather %w2, %i
    %w3 = param "w3" f32[5, 7] = uniform(-0.9, 0.9)
    %y3 = gather %w3, %n
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
    %loss = add %s2, %l3
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
