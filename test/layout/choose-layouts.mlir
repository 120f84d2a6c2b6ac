// RUN: dlc %s --emit=layout | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=layout -O0 | dlc-opt | FileCheck %s --check-prefix=SLOW
// RUN: dlc %s --emit=autodiff | dlc-opt --dl-to-layout | FileCheck %s
// A weight that products read transposed lies transposed, with its slots, in all entry points; nothing is left to be
// turned on the way of a training step. -O0 leaves all as it is.

// SLOW-NOT: layout = array
dl.model @layouts {
  // CHECK-LABEL: entry function @predict(
  // CHECK-SAME: %fc.weight: f32[4, 5] {init = #dl.init<uniform(-0.5, 0.5)>, layout = array<i64: 1, 0>, parameter = "fc.weight"}
  // CHECK-SAME: %fc.bias: f32[5] {init = #dl.init<uniform(-0.5, 0.5)>, parameter = "fc.bias"}
  // CHECK-NEXT: %[[P:[^ ]+]] = matmul %x, %fc.weight : f32[batch, 5]
  // CHECK-NEXT: %[[Y:[^ ]+]] = add %[[P]], %fc.bias
  // CHECK-NEXT: return %[[Y]]
  // SLOW-LABEL: entry function @predict(
  // SLOW-SAME: %fc.weight: f32[5, 4] {init
  // SLOW: matmul %x, %fc.weight, transpose_b
  func @predict(%x: f32[batch, 4]) -> (y: f32[batch, 5]) {
    %y = nn.linear "fc" %x, 5
    return %y
  }

  // What is stored as it is read stays.
  // CHECK-LABEL: entry function @straight(
  // CHECK-NOT: layout
  // CHECK: matmul %x, %in_out.weight :
  // CHECK: return
  func @straight(%x: f32[batch, 4]) -> (y: f32[batch, 5]) {
    %y = nn.linear "in_out" %x, 5, weight = in_out
    return %y
  }
  // So does a table whose rows are looked up, a weight with as many votes for as against, and what is no matrix.
  // CHECK-LABEL: entry function @tied(
  // CHECK-NOT: layout
  // CHECK: gather %table, %i
  // CHECK: matmul %x, %table, transpose_b
  // CHECK: return
  func @tied(%i: i32[batch], %x: f32[batch, 3]) -> (y: f32[batch, 3], z: f32[batch, 9]) {
    %t = param "table" f32[9, 3] = normal(1.0)
    %y = gather %t, %i
    %z = matmul %x, %t, transpose_b
    return %y, %z
  }
  // CHECK-LABEL: entry function @undecided(
  // CHECK-NOT: layout
  // CHECK-DAG: matmul %x, %square :
  // CHECK-DAG: matmul %{{.*}}, %square, transpose_b
  // CHECK: return
  func @undecided(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %w = param "square" f32[3, 3] = normal(1.0)
    %a = matmul %x, %w
    %b = tanh %a
    %y = matmul %b, %w, transpose_b
    return %y
  }
  // CHECK-LABEL: entry function @stack(
  // CHECK-NOT: layout
  // CHECK: return
  func @stack(%x: f32[2, batch, 3]) -> (y: f32[2, batch, 5]) {
    %w = param "stack" f32[2, 5, 3] = normal(1.0)
    %y = matmul %x, %w, transpose_b
    return %y
  }

  // What an entry point returns is what the author asked for: turned back.
  // CHECK-LABEL: entry function @weights(%fc.weight: f32[4, 5] {
  // CHECK-SAME: layout = array<i64: 1, 0>
  // CHECK-SAME: -> (f32[5, 4] {output = "w"}, f32[5, 4] {output = "e"})
  // CHECK: %[[W:[^ ]+]] = transpose %fc.weight, [1, 0] : f32[5, 4]
  // CHECK: %[[E:[^ ]+]] = exp %[[W]] : f32[5, 4]
  // CHECK: return %[[W]], %[[E]]
  func @weights() -> (w: f32[5, 4], e: f32[5, 4]) {
    %w = param "fc.weight" f32[5, 4] = uniform(-0.5, 0.5)
    %e = exp %w
    return %w, %e
  }

  // Filters of a convolution lie with features last, whichever axes they have; what is read of them as they were written is
  // turned back.
  // CHECK-LABEL: entry function @pictures(
  // CHECK-SAME: %c.weight: f32[3, 2, 6, 8] {init = {{[^{}]*}}layout = array<i64: 2, 3, 1, 0>, parameter = "c.weight"}
  // CHECK-DAG: contract %{{[^,]+}}, %c.weight, kept = 4
  // CHECK-DAG: %[[C:[^ ]+]] = transpose %c.weight, [3, 2, 0, 1] : f32[8, 6, 3, 2]
  // CHECK: return %{{[^,]+}}, %[[C]]
  func @pictures(%x: f32[batch, 5, 5, 6]) -> (y: f32[batch, 3, 4, 8], w: f32[8, 6, 3, 2]) {
    %y = nn.conv2d "c" %x, 8, kernel = [3, 2], bias = false
    %w = param "c.weight" f32[8, 6, 3, 2] = uniform(-0.16666666666666666, 0.16666666666666666)
    return %y, %w
  }
  // A tensor of three axes that is turned two ways: as many votes, so that the order of uses does not count. What is made of it
  // is made as it lies.
  // CHECK-LABEL: entry function @three_axes(
  // CHECK-SAME: %cube: f32[3, 2, 4] {{{[^{}]*}}layout = array<i64: 1, 0, 2>
  // CHECK-DAG: %[[T:[^ ]+]] = transpose %cube, [2, 1, 0] : f32[4, 2, 3]
  // CHECK-DAG: mul %[[T]], %[[T]] : f32[4, 2, 3]
  // CHECK-DAG: mul %x, %cube :
  // CHECK-DAG: exp %[[T]] : f32[4, 2, 3]
  // CHECK-NOT: = transpose
  // CHECK: return
  func @three_axes(%x: f32[batch, 3, 2, 4], %z: f32[batch, 4, 2, 3]) -> (q: f32[4, 2, 3], y: f32[batch, 3, 2, 4], c: f32[batch, 4, 2, 3]) {
    %w = param "cube" f32[2, 3, 4] = normal(1.0)
    %s = mul %w, %w
    %q = transpose %s, [2, 0, 1]
    %a = transpose %w, [2, 0, 1]
    %b = transpose %w, [1, 0, 2]
    %y = mul %x, %b
    %e = exp %w
    %d = transpose %e, [2, 0, 1]
    %f = add %a, %d
    %c = mul %z, %f
    return %q, %y, %c
  }

  func @loss(%x: f32[batch, 4], %t: f32[batch, 5]) -> (loss: f32) {
    %y = nn.linear "fc" %x, 5
    %l = mse_loss %y, %t
    return %l
  }
  // The weight, its slots and what replaces them lie one way: the gradient is made that way, and no transpose is left.
  // CHECK-LABEL: entry train @step(
  // CHECK-SAME: %fc.weight: f32[4, 5] {{{[^{}]*}}layout = array<i64: 1, 0>, parameter = "fc.weight"}
  // CHECK-SAME: %fc.weight.m: f32[4, 5] {{{[^{}]*}}layout = array<i64: 1, 0>, of = "fc.weight", slot = "m"
  // CHECK-SAME: %fc.weight.v: f32[4, 5] {{{[^{}]*}}layout = array<i64: 1, 0>, of = "fc.weight", slot = "v"
  // CHECK-SAME: %fc.bias.m: f32[5]
  // CHECK-SAME: f32[4, 5] {update = "fc.weight"}, f32[4, 5] {of = "fc.weight", update = "m"}, f32[4, 5] {of = "fc.weight", update = "v"}
  // CHECK-NOT: = transpose
  // CHECK: matmul %x, %fc.weight : f32[batch, 5]
  // CHECK-NOT: = transpose
  // CHECK: %[[G:[^ ]+]] = matmul %x, %{{[^ ]+}}, transpose_a : f32[4, 5]
  // CHECK-NOT: = transpose
  // CHECK: map @adam.rule(%fc.weight, %[[G]], %fc.weight.m, %fc.weight.v, {{.*}}) : f32[4, 5], f32[4, 5], f32[4, 5]
  // CHECK-NOT: = transpose
  // CHECK: return
  // Gradients that are returned have the author's shape, and so have those that come in.
  // CHECK-LABEL: entry gradients @step.gradients(
  // CHECK-SAME: f32[5, 4] {output = "gradient.fc.weight"}
  // CHECK: %[[H:[^ ]+]] = matmul %{{[^ ]+}}, %x, transpose_a : f32[5, 4]
  // CHECK: return %{{.*}}%[[H]]
  // CHECK-LABEL: entry apply @step.apply(%gradient.fc.weight: f32[5, 4] {input = "gradient.fc.weight"}
  // CHECK: %[[T:[^ ]+]] = transpose %gradient.fc.weight, [1, 0] : f32[4, 5]
  // CHECK: map @adam.rule(%fc.weight, %[[T]], %fc.weight.m, %fc.weight.v, {{.*}}) : f32[4, 5], f32[4, 5], f32[4, 5]
  // CHECK-NOT: = transpose
  // CHECK: return
  train @step minimizes @loss {
    optimize "*" with @adam
  }
  // The sum of all squares has no order of its own: it takes that of the weights, also of filters.
  // CHECK-LABEL: entry train @clipped(
  // CHECK-NOT: = transpose
  // CHECK: %[[C:[^ ]+]] = matmul %x, %{{[^ ]+}}, transpose_a : f32[4, 5]
  // CHECK-NOT: = transpose
  // CHECK: mul %[[C]], %[[C]] : f32[4, 5]
  // CHECK-NOT: = transpose
  // CHECK: return
  // CHECK-LABEL: entry gradients @clipped.gradients(
  train @clipped minimizes @loss {
    clip_norm 1.0
    optimize "*" with @adam
  }
  func @filtered(%x: f32[batch, 9, 9, 4]) -> (loss: f32) {
    %y = nn.conv2d "conv" %x, 6, kernel = 3
    %e = exp %y
    %l = mean %e
    return %l
  }
  // CHECK-LABEL: entry train @filters(
  // CHECK: %[[F:[^ ]+]] = contract {{.*}} : f32[3, 3, 4, 6]
  // CHECK-NOT: transpose %[[F]]
  // CHECK: mul %[[F]], %[[F]] : f32[3, 3, 4, 6]
  // CHECK-NOT: transpose %[[F]]
  // CHECK: return
  // CHECK-LABEL: entry gradients @filters.gradients(
  train @filters minimizes @filtered {
    clip_norm 1.0
    optimize "*" with @adam
  }

  // What is stretched from a number is made in the order of what it meets.
  // CHECK-LABEL: entry train @stretched(
  // CHECK-NOT: = transpose
  // CHECK: broadcast %group1.lr, [4, 5] : f64[4, 5]
  // CHECK-NOT: = transpose
  // CHECK: return
  // CHECK-LABEL: entry gradients @stretched.gradients(
  optimizer @stretch(%w, %g) scalars(%lr = 0.1) {
    %r = broadcast %lr, [5, 4]
    %s = mul %r, %g
    %w1 = sub %w, %s
    return %w1
  }
  train @stretched minimizes @loss {
    optimize "*" with @adam
    optimize "fc.weight" with @stretch
  }
}
