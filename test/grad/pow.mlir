// pow.mlir - the gradient of pow, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @pow {
  func @loss(%c0: f32[3, 17], %c1: f32[3, 17], %c2: f32[7, 5], %c3: f32[7], %c4: f32, %c5: f32[2, 3, 5], %x: f32[batch, 17], %c9: f32[batch, 17]) -> (loss: f32) {
    %a0 = param "a0" f32[3, 17] = uniform(0.2, 0.9)
    %b0 = param "b0" f32[3, 17] = uniform(0.2, 0.9)
    %y0 = pow %a0, %b0
    %a1 = param "a1" f32[3, 17] = uniform(0.2, 0.9)
    %b1 = param "b1" f32[17] = uniform(0.2, 0.9)
    %y1 = pow %a1, %b1
    %a2 = param "a2" f32[7, 1] = uniform(0.2, 0.9)
    %b2 = param "b2" f32[1, 5] = uniform(0.2, 0.9)
    %y2 = pow %a2, %b2
    %a3 = param "a3" f32 = uniform(0.2, 0.9)
    %b3 = param "b3" f32[7] = uniform(0.2, 0.9)
    %y3 = pow %a3, %b3
    %a4 = param "a4" f32 = uniform(0.2, 0.9)
    %b4 = param "b4" f32 = uniform(0.2, 0.9)
    %y4 = pow %a4, %b4
    %a5 = param "a5" f32[2, 1, 5] = uniform(0.2, 0.9)
    %b5 = param "b5" f32[3, 1] = uniform(0.2, 0.9)
    %y5 = pow %a5, %b5
    %a9 = param "a9" f32[17] = uniform(0.2, 0.9)
    %b9 = param "b9" f32[1] = uniform(0.2, 0.9)
    %sx = sigmoid %x
    %z9 = mul %a9, %sx
    %p9 = pow %z9, %b9
    %q9 = pow %b9, %z9
    %s9 = pow %z9, %z9
    %r9 = add %p9, %q9
    %y9 = add %r9, %s9
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
    %l4 = mul %y4, %c4
    %s4 = add %s3, %l4
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %s5 = add %s4, %l5
    %m6 = mul %y9, %c9
    %l6 = sum %m6
    %loss = add %s5, %l6
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
