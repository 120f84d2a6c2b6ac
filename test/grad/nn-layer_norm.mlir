// nn-layer_norm.mlir - the gradient of nn.layer_norm, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @layer {
  func @loss(%x: f32[batch, 17], %c0: f32[batch, 17], %c1: f32[3, 5]) -> (loss: f32) {
    %w0 = param "w0" f32[17] = uniform(-0.9, 0.9)
    %z0 = mul %x, %w0
    %y0 = nn.layer_norm "n0" %z0
    %w1 = param "w1" f32[3, 5] = uniform(-0.9, 0.9)
    %y1 = nn.layer_norm "n1" %w1, epsilon = 0.25
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %loss = add %l0, %l1
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
