// slice.mlir - the gradient of slice, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @slice {
  func @loss(%x: f32[batch, 17], %c0: f32[5], %c1: f32[3, 17], %c2: f32[2, 1, 5], %c3: f32[7], %c4: f32[batch, 16]) -> (loss: f32) {
    %w0 = param "w0" f32[9] = uniform(-0.9, 0.9)
    %y0 = slice %w0, axis = 0, start = 2, size = 5
    %w1 = param "w1" f32[3, 33] = uniform(-0.9, 0.9)
    %y1 = slice %w1, axis = -1, start = 3, size = 17
    %w2 = param "w2" f32[2, 4, 5] = uniform(-0.9, 0.9)
    %y2 = slice %w2, axis = 1, size = 1
    %w3 = param "w3" f32[7] = uniform(-0.9, 0.9)
    %y3 = slice %w3, axis = 0, size = 7
    %w4 = param "w4" f32[17] = uniform(-0.9, 0.9)
    %z4 = mul %x, %w4
    %y4 = slice %z4, axis = 1, start = 1, size = 16
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
    %s3 = add %s2, %l3
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %loss = add %s3, %l4
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
