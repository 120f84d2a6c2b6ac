// mse_loss.mlir - the gradient of mse_loss, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @mse_loss {
  func @loss(%x: f32[batch, 17], %c0: f32, %c1: f32, %c2: f32, %c3: f32) -> (loss: f32) {
    %a0 = param "a0" f32[3, 17] = uniform(-0.9, 0.9)
    %b0 = param "b0" f32[3, 17] = uniform(-0.9, 0.9)
    %y0 = mse_loss %a0, %b0
    %a1 = param "a1" f32 = uniform(-0.9, 0.9)
    %b1 = param "b1" f32 = uniform(-0.9, 0.9)
    %y1 = mse_loss %a1, %b1
    %a2 = param "a2" f32[1, 1] = uniform(-0.9, 0.9)
    %b2 = param "b2" f32[1, 1] = uniform(-0.9, 0.9)
    %y2 = mse_loss %a2, %b2
    %w3 = param "w3" f32[17] = uniform(-0.9, 0.9)
    %z3 = mul %x, %w3
    %y3 = mse_loss %z3, %x
    %l0 = mul %y0, %c0
    %l1 = mul %y1, %c1
    %s1 = add %l0, %l1
    %l2 = mul %y2, %c2
    %s2 = add %s1, %l2
    %l3 = mul %y3, %c3
    %loss = add %s2, %l3
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
