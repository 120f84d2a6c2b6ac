// nn-linear.mlir - the gradient of nn.linear, against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
dl.model @linear {
  func @loss(%x: f32[batch, 17], %c0: f32[batch, 7], %c1: f32[batch, 1], %c2: f32[batch, 5], %c3: f32[batch, 3, 2]) -> (loss: f32) {
    %y0 = nn.linear "fc0" %x, 7
    %y1 = nn.linear "fc1" %x, 1, bias = false
    %y2 = nn.linear "fc2" %x, 5, weight = in_out, init = normal(0.3)
    %h3 = nn.linear "first3" %x, 9
    %r3 = tanh %h3
    %u3 = reshape %r3, [batch, 3, 3]
    %y3 = nn.linear "second3" %u3, 2
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
