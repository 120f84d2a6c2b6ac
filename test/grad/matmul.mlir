// matmul.mlir - the gradient of matmul, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @matmul {
  func @loss(%x: f32[batch, 17], %c0: f32[3, 5], %c1: f32[3, 5], %c2: f32[3, 5], %c3: f32[3, 5], %c4: f32[2, 3, 5], %c5: f32[2, 3, 5], %c6: f32[2, 3, 5], %c7: f32[2, 3, 5], %c8: f32[2, 4, 3, 5], %c9: f32[1, 1], %c10: f32[batch, 3]) -> (loss: f32) {
    %a0 = param "a0" f32[3, 7] = uniform(-0.9, 0.9)
    %b0 = param "b0" f32[7, 5] = uniform(-0.9, 0.9)
    %y0 = matmul %a0, %b0
    %a1 = param "a1" f32[7, 3] = uniform(-0.9, 0.9)
    %b1 = param "b1" f32[7, 5] = uniform(-0.9, 0.9)
    %y1 = matmul %a1, %b1, transpose_a
    %a2 = param "a2" f32[3, 7] = uniform(-0.9, 0.9)
    %b2 = param "b2" f32[5, 7] = uniform(-0.9, 0.9)
    %y2 = matmul %a2, %b2, transpose_b
    %a3 = param "a3" f32[7, 3] = uniform(-0.9, 0.9)
    %b3 = param "b3" f32[5, 7] = uniform(-0.9, 0.9)
    %y3 = matmul %a3, %b3, transpose_a, transpose_b
    %a4 = param "a4" f32[2, 3, 7] = uniform(-0.9, 0.9)
    %b4 = param "b4" f32[2, 7, 5] = uniform(-0.9, 0.9)
    %y4 = matmul %a4, %b4
    %a5 = param "a5" f32[2, 3, 7] = uniform(-0.9, 0.9)
    %b5 = param "b5" f32[7, 5] = uniform(-0.9, 0.9)
    %y5 = matmul %a5, %b5
    %a6 = param "a6" f32[2, 3, 7] = uniform(-0.9, 0.9)
    %b6 = param "b6" f32[5, 7] = uniform(-0.9, 0.9)
    %y6 = matmul %a6, %b6, transpose_b
    %a7 = param "a7" f32[3, 7] = uniform(-0.9, 0.9)
    %b7 = param "b7" f32[2, 7, 5] = uniform(-0.9, 0.9)
    %y7 = matmul %a7, %b7
    %a8 = param "a8" f32[2, 1, 7, 3] = uniform(-0.9, 0.9)
    %b8 = param "b8" f32[4, 5, 7] = uniform(-0.9, 0.9)
    %y8 = matmul %a8, %b8, transpose_a, transpose_b
    %a9 = param "a9" f32[1, 17] = uniform(-0.9, 0.9)
    %b9 = param "b9" f32[17, 1] = uniform(-0.9, 0.9)
    %y9 = matmul %a9, %b9
    %a10 = param "a10" f32[17, 7] = uniform(-0.9, 0.9)
    %b10 = param "b10" f32[7, 3] = uniform(-0.9, 0.9)
    %h10 = matmul %x, %a10
    %y10 = matmul %h10, %b10
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
    %s4 = add %s3, %l4
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %s5 = add %s4, %l5
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %s6 = add %s5, %l6
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %s7 = add %s6, %l7
    %m8 = mul %y8, %c8
    %l8 = sum %m8
    %s8 = add %s7, %l8
    %m9 = mul %y9, %c9
    %l9 = sum %m9
    %s9 = add %s8, %l9
    %m10 = mul %y10, %c10
    %l10 = sum %m10
    %loss = add %s9, %l10
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
