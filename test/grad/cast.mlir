// cast.mlir - the gradient of cast, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// Both types are in use, for with --float f64 every cast between floats is one of f64 to f64, and vanishes. What passes
// through f32 has 24 bits: the step of the differences is large and the sums are products of two, for which a central
// difference is exact whatever its step.
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run gradcheck %t.so t --eps 0.1 --tolerance 1e-4
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t --eps 0.1 --tolerance 1e-4
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.64.so && dlc-run gradcheck %t.64.so t
dl.model @cast {
  func @loss(%x: f64[batch, 17], %c0: f32[3, 17], %c1: f64[7], %c2: f64[batch, 17]) -> (loss: f64) {
    %w0 = param "w0" f64[3, 17] = uniform(-0.9, 0.9)
    %y0 = cast %w0, f32
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %s0 = cast %l0, f64
    %w1 = param "w1" f64[7] = uniform(-0.9, 0.9)
    %d1 = cast %w1, f32
    %e1 = mul %d1, %d1
    %y1 = cast %e1, f64
    %w2 = param "w2" f64[17] = uniform(-0.9, 0.9)
    %z2 = mul %x, %w2
    %d2 = cast %z2, f32
    %y2 = cast %d2, f64
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %s1 = add %s0, %l1
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %loss = add %s1, %l2
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
