// accumulate.mlir - a tied network whose step may divide its batch: dropout, ignored labels, groups, a clipped norm; and one
// with what counts for batches: running statistics, rows as results, a sum.
// SPDX-License-Identifier: Apache-2.0
dl.model @tied sizes(parts = 3) {
  func private @net(%token: i32[batch, 6]) {
    %w = param "embed.weight" f32[11, 8] = normal(0.5)
    %e = gather %w, %token
    %n = nn.layer_norm "norm" %e
    %h = nn.linear "mix" %n, 8
    %t = tanh %h
    %d = dropout %t, 0.25
    %s = add %d, %e
    %y = matmul %s, %w, transpose_b
    return %y
  }
  func @loss(%token: i32[batch, 6], %label: i32[batch, 6]) -> (loss: f32, accuracy: f32, scores: f32[batch, 6, 11]) {
    %y = call @net(%token)
    %l = cross_entropy %y, %label, ignore_index = -1
    %a = accuracy %y, %label, ignore_index = -1
    return %l, %a, %y
  }
  train @step minimizes @loss {
    optimize "*" with @adamw(lr = 1.0e-2, weight_decay = 0.1)
    optimize "*.bias", "norm.*" with @adam(lr = 1.0e-2)
    clip_norm 0.5
    accumulate parts
  }
  func @normalized(%token: i32[batch, 6], %label: i32[batch, 6]) -> (total: f32, count: f32, steps: i32) {
    %w = param "normalized.table" f32[11, 4] = normal(0.5)
    %e = gather %w, %token
    %n = nn.batch_norm "normalized" %e
    %m = mul %n, %n
    %q = sum %m
    %zero = constant f32 = 0.3
    %p = mul %q, %zero
    %one = constant i32 = 7
    %c = count %token, f32
    return %p, %c, %one
  }
  train @batches minimizes @normalized {
    optimize "*" with @sgd(lr = 1.0e-2)
    accumulate parts
  }
  // Weights of either sign; a metric that is divided by what is trained.
  func @weighed(%token: i32[batch, 6], %label: i32[batch, 6]) -> (loss: f32, share: f32) {
    %w = param "weighed.table" f32[11, 1] = normal(0.5)
    %e = gather %w, %token
    %f = reshape %e, [batch, 6]
    %t = tanh %f
    %g = cast %label, f32
    %c = sub %g, 2.25
    %p = mul %t, %c
    %s = sum %p
    %n = sum %c
    %l = div %s, %n
    %a = abs %t
    %k = sum %a
    %r = div %s, %k
    return %l, %r
  }
  train @either minimizes @weighed {
    optimize "*" with @sgd(lr = 1.0e-2)
    accumulate parts
  }
}
