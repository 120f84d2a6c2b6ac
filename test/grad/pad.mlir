// pad.mlir - the gradient of pad, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @pad {
  func @loss(%x: f32[batch, 17], %c0: f32[12], %c1: f32[4, 22], %c2: f32[3, 8], %c3: f32[batch, 20]) -> (loss: f32) {
    %w0 = param "w0" f32[7] = uniform(-0.9, 0.9)
    %y0 = pad %w0, low = [2], high = [3]
    %w1 = param "w1" f32[3, 17] = uniform(-0.9, 0.9)
    %y1 = pad %w1, low = [1, 2], high = [0, 3], value = 2.0
    %w2 = param "w2" f32[3, 7] = uniform(-0.9, 0.9)
    %y2 = pad %w2, high = [0, 1]
    %w3 = param "w3" f32[17] = uniform(-0.9, 0.9)
    %z3 = mul %x, %w3
    %y3 = pad %z3, low = [0, 1], high = [0, 2]
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
