// pad-modes.mlir - gradients against differences: what lies around is made of the input
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 5, 7, 3], %c0: f32[8, 11, 3], %ix1: f32[batch, 4, 2], %c1: f32[10, 4], %ix2: f32[batch, 19], %c2: f32[54], %ix3: f32[batch, 4, 3], %c3: f32[6, 3], %ix4: f32[batch, 3, 4, 2], %c4: f32[7, 7, 2], %ix5: f32[batch, 1, 3], %c5: f32[7, 5], %ix6: f32[batch, 17], %c6: f32[22], %ix7: f32[batch, 4, 5, 3], %c7: f32[8, 8, 3], %ix8: f32[batch, 3, 2], %c8: f32[9, 6], %c9: f32[45], %ix10: f32[batch, 3], %c10: f32[3]) -> (loss: f32) {
    %x0 = param "x0" f32[5, 7, 3] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %y0 = pad %bx0, low = [0, 2, 1, 0], high = [0, 1, 3, 0], mode = reflect
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[4, 2] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %y1 = pad %bx1, low = [0, 3, 1], high = [0, 3, 1], mode = reflect
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[19] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %y2 = pad %bx2, low = [0, 18], high = [0, 17], mode = reflect
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[4, 3] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %y3 = pad %bx3, low = [0, 2, 0], mode = reflect
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[3, 4, 2] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %y4 = pad %bx4, low = [0, 1, 2, 0], high = [0, 3, 1, 0], mode = replicate
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[1, 3] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %y5 = pad %bx5, low = [0, 4, 0], high = [0, 2, 2], mode = replicate
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %x6 = param "x6" f32[17] = uniform(-0.9, 0.9)
    %bx6 = mul %x6, %ix6
    %y6 = pad %bx6, high = [0, 5], mode = replicate
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %x7 = param "x7" f32[4, 5, 3] = uniform(-0.9, 0.9)
    %bx7 = mul %x7, %ix7
    %y7 = pad %bx7, low = [0, 1, 2, 0], high = [0, 3, 1, 0], mode = circular
    %m7 = mul %y7, %c7
    %l7 = sum %m7
    %x8 = param "x8" f32[3, 2] = uniform(-0.9, 0.9)
    %bx8 = mul %x8, %ix8
    %y8 = pad %bx8, low = [0, 3, 2], high = [0, 3, 2], mode = circular
    %m8 = mul %y8, %c8
    %l8 = sum %m8
    %x9 = param "x9" f32[35] = uniform(-0.9, 0.9)
    %y9 = pad %x9, low = [9], high = [1], mode = circular
    %m9 = mul %y9, %c9
    %l9 = sum %m9
    %x10 = param "x10" f32[3] = uniform(-0.9, 0.9)
    %bx10 = mul %x10, %ix10
    %y10 = pad %bx10, mode = reflect
    %m10 = mul %y10, %c10
    %l10 = sum %m10
    %s1 = add %l0, %l1
    %s2 = add %s1, %l2
    %s3 = add %s2, %l3
    %s4 = add %s3, %l4
    %s5 = add %s4, %l5
    %s6 = add %s5, %l6
    %s7 = add %s6, %l7
    %s8 = add %s7, %l8
    %s9 = add %s8, %l9
    %s10 = add %s9, %l10
    return %s10
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
