// split.mlir - the gradient of split, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @split {
  func @loss(%x: f32[batch, 17], %c0: f32[5, 17], %c1: f32[3, 7], %c2: f32[7], %c3: f32[batch, 17]) -> (loss: f32) {
    %w0 = param "w0" f32[5, 51] = uniform(-0.9, 0.9)
    %p0, %q0, %y0 = split %w0, 3
    %w1 = param "w1" f32[6, 7] = uniform(-0.9, 0.9)
    %p1, %q1 = split %w1, 2, axis = 0
    %y1 = mul %p1, %q1
    %w2 = param "w2" f32[7] = uniform(-0.9, 0.9)
    %y2 = split %w2, 1
    %w3 = param "w3" f32[34] = uniform(-0.9, 0.9)
    %u3 = concat %x, %x, axis = 1
    %z3 = mul %u3, %w3
    %p3, %q3 = split %z3, 2
    %y3 = mul %p3, %q3
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
