// where.mlir - the gradient of where, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @where {
  func @loss(%k: i1[3, 17], %x: f32[batch, 17], %c0: f32[3, 17], %c1: f32[3, 17], %c2: f32[7], %c3: f32[batch, 17]) -> (loss: f32) {
    %a0 = param "a0" f32[3, 17] = uniform(-0.9, 0.9)
    %b0 = param "b0" f32[3, 17] = uniform(-0.9, 0.9)
    %y0 = where %k, %a0, %b0
    %a1 = param "a1" f32[17] = uniform(-0.9, 0.9)
    %b1 = param "b1" f32 = uniform(-0.9, 0.9)
    %y1 = where %k, %a1, %b1
    %a2 = param "a2" f32[7] = uniform(-0.9, 0.9)
    %b2 = param "b2" f32[1] = uniform(-0.9, 0.9)
    %g2 = gt %a2, %b2
    %y2 = where %g2, %a2, %b2
    %a3 = param "a3" f32[17] = uniform(-0.9, 0.9)
    %b3 = param "b3" f32[17] = uniform(-0.9, 0.9)
    %z3 = mul %x, %a3
    %g3 = lt %x, %z3
    %y3 = where %g3, %z3, %b3
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
