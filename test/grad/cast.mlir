// cast.mlir - the gradient of cast, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @cast {
  func @loss(%x: f32[batch, 17], %c0: f32[3, 17], %c1: f32[7], %c2: f32[batch, 17]) -> (loss: f32) {
    %w0 = param "w0" f32[3, 17] = uniform(-0.9, 0.9)
    %y0 = cast %w0, f32
    %w1 = param "w1" f32[7] = uniform(-0.9, 0.9)
    %d1 = cast %w1, f64
    %e1 = mul %d1, %d1
    %y1 = cast %e1, f32
    %w2 = param "w2" f32[17] = uniform(-0.9, 0.9)
    %z2 = mul %x, %w2
    %d2 = cast %z2, f64
    %y2 = cast %d2, f32
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %s1 = add %l0, %l1
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %loss = add %s1, %l2
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
