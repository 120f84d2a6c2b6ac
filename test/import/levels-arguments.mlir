// levels-arguments.mlir - a model as it was read says of each argument where it stands, and is compiled to the same library
// SPDX-License-Identifier: Apache-2.0
//
// RUN: rm -rf %t && mkdir %t && cd %t && dlc %s -o all.so
// RUN: dlc %s --emit=import -o import.mlir && dlc import.mlir -o import.so && cmp import.so all.so
// RUN: dlc import.mlir --emit=import -o again.mlir && cmp again.mlir import.mlir
// RUN: FileCheck %s < import.mlir
// CHECK: func private @net(%x loc("x"(#loc{{[0-9]*}})): f32[batch, time, 4])
// CHECK: scan (%xt loc("xt"(#loc{{[0-9]*}})) in %x along 1) carry (%h loc("h"(#loc{{[0-9]*}})) = %z)
// CHECK: scan 3 "s" carry (%k loc("k"(#loc{{[0-9]*}})) = %h)
dl.model @scans open(time = 9) {
  func private @net(%x: f32[batch, time, 4]) {
    %z = constant f32[batch, 5] = 0.0
    %w = param "w" f32[4, 5] = normal(0.5)
    %u = param "u" f32[5, 5] = normal(0.3)
    %tau = param "tau" f32[5] = constant(0.3)
    %all, %last = scan (%xt in %x along 1) carry (%h = %z) {
      %a = matmul %xt, %w
      %h1 = scan 3 "s" carry (%k = %h) {
        %b = nn.linear "in" %k, 5
        %c = add %a, %b
        %d = tanh %c
        %e = sub %d, %k
        %f = mul %tau, %e
        %g = add %k, %f
        yield carry %g
      }
      %o = matmul %h1, %u
      %rr = softplus %o
      yield %rr carry %h1
    }
    %back, %first = scan reverse (%y in %all along 1) carry (%h = %last) {
      %s = sigmoid %y
      %a = mul %s, %h
      %n = sub 1.0, %s
      %b = mul %n, %y
      %h1 = add %a, %b
      %m = amax %h1, axes = [1]
      yield %m carry %h1
    }
    return %back, %first
  }
  func @loss(%x: f32[batch, time, 4], %t: f32[batch, time]) -> (loss: f32) {
    %b, %f = call @net(%x)
    %l = mse_loss %b, %t
    %q = mul %f, %f
    %m = mean %q
    %r = add %l, %m
    return %r
  }
  train @step minimizes @loss { optimize "*" with @adam(lr = 1.0e-2) }
}
