// RUN: dlc %s --emit=autodiff | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=autodiff | FileCheck %s --check-prefix=PLAIN
// RUN: dlc %s --emit=graph | dlc-opt --dl-to-autodiff --cse --canonicalize | FileCheck %s
// What a gradient becomes: the ops between parameters and loss, walked backwards, with what the forward pass has computed.

// PLAIN-NOT: gradient {{%}}
// PLAIN: entry apply @lookup_step.apply
// PLAIN-NOT: gradient {{%}}
dl.model @autodiff {
  // CHECK-LABEL: entry gradients @chain_step.gradients(
  // CHECK: %[[A:[^ ]+]] = matmul %x, %w, transpose_b
  // CHECK: %[[H:[^ ]+]] = tanh %[[A]]
  // CHECK: %[[LOSS:[^ ]+]] = sum %[[H]] : f32
  // From here on backwards. d tanh = 1 - tanh^2: of the value that there is, not of a second one.
  // CHECK-NOT: tanh
  // CHECK-DAG: %[[ONE:[^ ]+]] = constant f32 = 1.0
  // CHECK-DAG: %[[C:[^ ]+]] = broadcast %{{.*}}, [batch, 3] : f32[batch, 3]
  // CHECK: %[[H2:[^ ]+]] = mul %[[H]], %[[H]]
  // CHECK: %[[S:[^ ]+]] = sub %[[ONE]], %[[H2]]
  // CHECK: %[[D:[^ ]+]] = mul %[[C]], %[[S]]
  // The gradient of the input is nobody's: one product.
  // CHECK: %[[G:[^ ]+]] = matmul %[[D]], %x, transpose_a : f32[3, 4]
  // CHECK-NOT: matmul
  // CHECK-NOT: tanh
  // CHECK: return %[[LOSS]], %[[G]]
  // CHECK-LABEL: entry apply @chain_step.apply(
  func @chain(%x: f32[batch, 4]) -> (loss: f32) {
    %w = param "w" f32[3, 4] = normal(1.0)
    %a = matmul %x, %w, transpose_b
    %h = tanh %a
    %l = sum %h
    return %l
  }
  train @chain_step minimizes @chain { optimize "*" with @sgd }

  // A value that is read three times gets the sum of three cotangents. exp's gradient is exp itself.
  // CHECK-LABEL: entry gradients @uses_step.gradients(
  // CHECK: %[[E:[^ ]+]] = exp %v
  // CHECK: %[[S:[^ ]+]] = sin %[[E]]
  // CHECK-NOT: exp
  // CHECK: %[[C:[^ ]+]] = broadcast %{{.*}}, [5]
  // CHECK-DAG: %[[AT_SIN:[^ ]+]] = mul %[[C]], %[[E]]
  // CHECK-DAG: %[[BY_MUL:[^ ]+]] = mul %[[C]], %[[S]]
  // CHECK-DAG: %[[COS:[^ ]+]] = cos %[[E]]
  // CHECK-DAG: %[[BY_SIN:[^ ]+]] = mul %[[AT_SIN]], %[[COS]]
  // CHECK-DAG: %[[TWO:[^ ]+]] = add %[[C]], %[[BY_MUL]]
  // CHECK-DAG: %[[ALL:[^ ]+]] = add %[[TWO]], %[[BY_SIN]]
  // CHECK-DAG: %[[G:[^ ]+]] = mul %[[ALL]], %[[E]]
  // CHECK-NOT: = {{exp|add|mul}}
  // CHECK: return %{{.*}}, %[[G]]
  // CHECK-LABEL: entry apply @uses_step.apply(
  func @uses() -> (loss: f32) {
    %v = param "v" f32[5] = ones
    %e = exp %v
    %s = sin %e
    %p = mul %s, %e
    %q = add %p, %e
    %l = sum %q
    return %l
  }
  train @uses_step minimizes @uses { optimize "*" with @sgd }

  // Frozen: no gradient, no work for one, though what lies behind is differentiated through it. Unread: zero.
  // CHECK-LABEL: entry gradients @frozen_step.gradients(
  // CHECK-SAME: -> (f32 {output = "loss"}, f32[4] {output = "gradient.first"}, f32[4] {output = "gradient.unread"})
  // CHECK: %[[Z:[^ ]+]] = mul %x, %first
  // CHECK: %[[F:[^ ]+]] = mul %[[Z]], %fixed
  // CHECK: sum %[[F]]
  // CHECK: mul %{{.*}}, %fixed : f32[batch, 4]
  // CHECK: %[[B:[^ ]+]] = mul %{{.*}}, %x : f32[batch, 4]
  // CHECK: %[[G:[^ ]+]] = sum %[[B]], axes = [0] : f32[4]
  // CHECK-NOT: sum
  // CHECK: %[[ZERO:[^ ]+]] = constant f32[4] = 0.0
  // CHECK: return %{{.*}}, %[[G]], %[[ZERO]]
  // CHECK-LABEL: entry apply @frozen_step.apply(
  func @frozen(%x: f32[batch, 4]) -> (loss: f32) {
    %w = param "first" f32[4] = ones
    %f = param "fixed" f32[4] = ones
    %u = param "unread" f32[4] = ones
    %e = exp %u
    %z = mul %x, %w
    %y = mul %z, %f
    %l = sum %y
    return %l
  }
  train @frozen_step minimizes @frozen {
    optimize "*" with @sgd
    freeze "fixed"
  }

  // What a metric computes, or what only reads a shape, is not differentiated, though it has no gradient.
  // CHECK-LABEL: entry gradients @beside_step.gradients(
  // CHECK-SAME: f32[4] {output = "gradient.p"}
  // CHECK: %[[Y:[^ ]+]] = mul %x, %p
  // CHECK-DAG: argmax %[[Y]]
  // CHECK-DAG: iota %[[Y]]
  // CHECK: %[[M:[^ ]+]] = mul %{{.*}}, %x : f32[batch, 4]
  // CHECK: %[[G:[^ ]+]] = sum %[[M]], axes = [0] : f32[4]
  // CHECK: return %{{.*}}, %{{.*}}, %[[G]]
  // CHECK-LABEL: entry apply @beside_step.apply(
  func @beside(%x: f32[batch, 4]) -> (loss: f32, best: i64[batch]) {
    %w = param "p" f32[4] = ones
    %y = mul %x, %w
    %b = argmax %y
    %i = iota %y
    %f = cast %i, f32
    %z = mul %y, %f
    %l = sum %z
    return %l, %b
  }
  train @beside_step minimizes @beside { optimize "*" with @sgd }

  // What was stretched is summed back: a row, a column, a number.
  // CHECK-LABEL: entry gradients @stretched_step.gradients(
  // CHECK-DAG: %[[ROW:[^ ]+]] = sum %{{.*}}, axes = [0] : f32[4]
  // CHECK-DAG: sum %{{.*}}, axes = [1] : f32[3]
  // CHECK-DAG: %[[COLUMN:[^ ]+]] = reshape %{{.*}}, [3, 1] : f32[3, 1]
  // CHECK-DAG: %[[NUMBER:[^ ]+]] = sum %{{.*}}, axes = [0, 1] : f32
  // CHECK: return %{{.*}}, %[[ROW]], %[[COLUMN]], %[[NUMBER]]
  // CHECK-LABEL: entry apply @stretched_step.apply(
  func @stretched(%x: f32[3, 4]) -> (loss: f32) {
    %r = param "row" f32[4] = ones
    %c = param "column" f32[3, 1] = ones
    %n = param "number" f32 = ones
    %a = mul %x, %r
    %b = mul %a, %c
    %d = mul %b, %n
    %e = exp %d
    %l = sum %e
    return %l
  }
  train @stretched_step minimizes @stretched { optimize "*" with @sgd }

  // Products in the form that the transposes ask for: nothing is transposed to be multiplied.
  // CHECK-LABEL: entry gradients @products_step.gradients(
  // CHECK-NOT: = transpose
  // CHECK-DAG: %[[A:[^ ]+]] = matmul %[[C:[^ ]+]], %b, transpose_b : f32[3, 4]
  // CHECK-DAG: %[[B:[^ ]+]] = matmul %a, %[[C]], transpose_a : f32[4, 5]
  // CHECK-DAG: %[[TA:[^ ]+]] = matmul %tb, %[[C]], transpose_a, transpose_b : f32[4, 3]
  // CHECK-DAG: %[[TB:[^ ]+]] = matmul %[[C]], %ta, transpose_a, transpose_b : f32[5, 4]
  // CHECK: return %{{.*}}, %[[A]], %[[B]], %[[TA]], %[[TB]]
  // CHECK-LABEL: entry apply @products_step.apply(
  func @products(%x: f32[3, 5]) -> (loss: f32) {
    %a = param "a" f32[3, 4] = ones
    %b = param "b" f32[4, 5] = ones
    %ta = param "ta" f32[4, 3] = ones
    %tb = param "tb" f32[5, 4] = ones
    %p = matmul %a, %b
    %q = matmul %ta, %tb, transpose_a, transpose_b
    %s = add %p, %q
    %m = mul %s, %x
    %l = sum %m
    return %l
  }
  train @products_step minimizes @products { optimize "*" with @sgd }

  // Composed ops are written out where they stand; normalisation keeps the scale that its gradient needs; one mask serves
  // both ways.
  // CHECK-LABEL: entry gradients @composed_step.gradients(
  // CHECK: %[[S:[^ ]+]] = mul %x, %scale
  // CHECK: %[[K:[^ ]+]] = dropout_mask %[[S]], %random, 0.5, stream = "d"
  // CHECK: %[[N:[^ ]+]]:2 = normalize %{{.*}}
  // CHECK: log_softmax
  // CHECK-NOT: = {{cross_entropy|layer_norm|dropout|normalize|log_softmax|softmax}}
  // CHECK: mul %{{.*}}, %[[N]]#0
  // CHECK-NOT: = {{cross_entropy|layer_norm|dropout|normalize|log_softmax|softmax}}
  // CHECK: %[[THROUGH:[^ ]+]] = mul %[[N]]#1, %{{.*}}
  // CHECK: %[[MASKED:[^ ]+]] = mul %[[THROUGH]], %[[K]]
  // CHECK: mul %[[MASKED]], %x
  // CHECK: return
  // CHECK-LABEL: entry apply @composed_step.apply(
  func private @dropped(%x: f32[batch, 7]) {
    %d = dropout %x, 0.5
    return %d
  }
  func @composed(%x: f32[batch, 7], %t: i32[batch]) -> (loss: f32) {
    %w = param "scale" f32[7] = ones
    %s = mul %x, %w
    %d = call @dropped(%s)
    %n = nn.layer_norm "ln" %d
    %l = cross_entropy %n, %t
    return %l
  }
  train @composed_step minimizes @composed { optimize "*" with @sgd }

  // CHECK-LABEL: entry gradients @lookup_step.gradients(
  // CHECK: gather %table, %i
  // CHECK: %[[G:[^ ]+]] = scatter_add %i, %{{.*}}, 9 : f32[9, 5]
  // CHECK: return %{{.*}}, %[[G]]
  // CHECK-LABEL: entry apply @lookup_step.apply(
  func @lookup(%i: i32[batch]) -> (loss: f32) {
    %t = param "table" f32[9, 5] = ones
    %g = gather %t, %i
    %e = exp %g
    %l = sum %e
    return %l
  }
  train @lookup_step minimizes @lookup { optimize "*" with @sgd }
}
