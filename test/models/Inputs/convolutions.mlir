// convolutions.mlir - convolutions of all kinds with batch_norm, of few features in and few classes out.
// SPDX-License-Identifier: Apache-2.0
dl.model @convolutions {
  func private @net(%x: f32[batch, 1170]) {
    %p = reshape %x, [batch, 15, 13, 6]
    %a = nn.conv2d "a" %p, 35, kernel = 3, padding = same, bias = false
    %n = nn.batch_norm "n" %a
    %b = silu %n
    %c = nn.conv2d "c" %b, 35, kernel = 3, stride = 2, padding = 1, groups = 35
    %d = tanh %c
    %e = nn.conv2d "e" %d, 35, kernel = [5, 3], padding = same, groups = 35, bias = false
    %f = nn.conv2d "f" %e, 20, kernel = 3, stride = 2, padding = 1, bias = false
    %m = nn.batch_norm "m" %f
    %g = nn.conv2d "g" %m, 24, kernel = 1, groups = 4
    %h = flatten %g
    %s = nn.linear "fc" %h, 5
    return %s
  }
  func @predict(%x: f32[batch, 1170]) -> (p: f32[batch, 5]) {
    %s = call @net(%x)
    %p = softmax %s
    return %p
  }
  func @loss(%x: f32[batch, 1170], %label: i32[batch]) -> (loss: f32) {
    %s = call @net(%x)
    %l = cross_entropy %s, %label
    return %l
  }
  train @step minimizes @loss { optimize "*" with @sgd(lr = 1.0e-3) }
}
