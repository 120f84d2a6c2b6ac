// nn-embedding.mlir - the gradient of nn.embedding, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t --range i=7 --range j=7 --range k=7
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t --range i=7 --range j=7 --range k=7
dl.model @embedding {
  func @loss(%i: i32[batch], %j: i64[batch, 2], %k: ui8[3], %c0: f32[batch, 5], %c1: f32[batch, 2, 3], %c2: f32[3, 1]) -> (loss: f32) {
    %y0 = nn.embedding "e0" %i, 7, 5
    %y1 = nn.embedding "e1" %j, 7, 3, init = normal(0.5)
    %y2 = nn.embedding "e2" %k, 7, 1
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %s1 = add %l0, %l1
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %loss = add %s1, %l2
    return %loss
  }

  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
