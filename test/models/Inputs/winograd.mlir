// winograd.mlir - convolutions of 3 x 3 that `--winograd` computes in tiles of 4 x 4 and of 2 x 2, forward and back.
// SPDX-License-Identifier: Apache-2.0
dl.model @winograd {
  func private @net(%x: f32[batch, 1521]) {
    %p = reshape %x, [batch, 13, 13, 9]
    %a = nn.conv2d "a" %p, 40, kernel = 3, padding = 2
    %b = tanh %a
    %c = nn.conv2d "c" %b, 56, kernel = 3
    %n = nn.batch_norm "n" %c
    %d = silu %n
    %e = max_pool %d, 2
    %f = nn.conv2d "f" %e, 72, kernel = 3, padding = same
    %g = add %f, 0.5
    %h = flatten %g
    %s = nn.linear "fc" %h, 5
    return %s
  }
  func @predict(%x: f32[batch, 1521]) -> (p: f32[batch, 5]) {
    %s = call @net(%x)
    %p = softmax %s
    return %p
  }
  func @loss(%x: f32[batch, 1521], %label: i32[batch]) -> (loss: f32) {
    %s = call @net(%x)
    %l = cross_entropy %s, %label
    return %l
  }
  train @step minimizes @loss { optimize "*" with @sgd(lr = 1.0e-3) }
}
