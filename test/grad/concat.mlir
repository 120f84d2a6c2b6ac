// concat.mlir - the gradient of concat, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @concat {
  func @loss(%x: f32[batch, 17], %c0: f32[21], %c1: f32[3, 18], %c2: f32[2, 5, 5], %c3: f32[7], %c4: f32[batch, 51]) -> (loss: f32) {
    %a0 = param "a0" f32[3] = uniform(-0.9, 0.9)
    %b0 = param "b0" f32[17] = uniform(-0.9, 0.9)
    %d0 = param "d0" f32[1] = uniform(-0.9, 0.9)
    %y0 = concat %a0, %b0, %d0
    %a1 = param "a1" f32[3, 17] = uniform(-0.9, 0.9)
    %b1 = param "b1" f32[3, 1] = uniform(-0.9, 0.9)
    %y1 = concat %a1, %b1, axis = -1
    %a2 = param "a2" f32[2, 2, 5] = uniform(-0.9, 0.9)
    %b2 = param "b2" f32[2, 1, 5] = uniform(-0.9, 0.9)
    %y2 = concat %a2, %b2, %a2, axis = 1
    %w3 = param "w3" f32[7] = uniform(-0.9, 0.9)
    %y3 = concat %w3
    %w4 = param "w4" f32[17] = uniform(-0.9, 0.9)
    %z4 = mul %x, %w4
    %y4 = concat %z4, %x, %z4, axis = 1
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
