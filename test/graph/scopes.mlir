// RUN: dlc %s --emit=graph | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=graph --size width=7 | dlc-opt | FileCheck %s --check-prefix=SIZE
// Scopes of calls go before the names of parameters, joined by dots; one name is one argument, however often it is read.

// SIZE: entry function @nested(
// SIZE-SAME: %block.0.up.weight: f32[14, 7]
dl.model @scopes sizes(width = 6) {
  func private @leaf(%x: f32[rows, features]) {
    %y = nn.linear "fc" %x, features
    return %y
  }
  func private @block<hidden = 2 * width>(%x: f32[rows, features]) {
    %a = call "inner" @leaf(%x)
    %u = nn.linear "up" %a, hidden, bias = false, init = normal(0.5)
    %d = nn.linear "down" %u, features, bias = false, weight = in_out, init = zeros
    %y = nn.layer_norm "ln" %d
    return %y
  }
  func private @pair(%x: f32[rows, features]) {
    %a = call "first" @block(%x)
    %y = call "second" @block<hidden = 3>(%a)
    return %y
  }

  // CHECK-LABEL: entry function @nested(%x: f32[batch, 6] {input = "x"}
  // CHECK-SAME: %block.0.inner.fc.weight: f32[6, 6] {init = #dl.init<uniform(-0.408248{{[0-9]*}}, 0.408248{{[0-9]*}})>, parameter = "block.0.inner.fc.weight"}
  // CHECK-SAME: %block.0.inner.fc.bias: f32[6]
  // CHECK-SAME: %block.0.up.weight: f32[12, 6] {init = #dl.init<normal(0.5)>, parameter = "block.0.up.weight"}
  // CHECK-SAME: %block.0.down.weight: f32[12, 6] {init = #dl.init<zeros>
  // CHECK-SAME: %block.0.ln.weight: f32[6] {init = #dl.init<ones>
  // CHECK-SAME: %block.0.ln.bias: f32[6] {init = #dl.init<zeros>
  // CHECK-SAME: %deep.first.inner.fc.weight: f32[6, 6]
  // CHECK-SAME: %deep.first.up.weight: f32[12, 6]
  // CHECK-SAME: %deep.second.inner.fc.weight: f32[6, 6]
  // CHECK-SAME: %deep.second.up.weight: f32[3, 6]
  // CHECK-SAME: %own.scale: f32[6]
  // CHECK-SAME: %inner.fc.weight: f32[6, 6]
  // CHECK-SAME: -> (f32[batch, 6] {output = "y"})
  // CHECK: matmul %x, %block.0.inner.fc.weight, transpose_b
  // CHECK: matmul %{{.*}}, %block.0.down.weight :
  // CHECK: matmul %{{.*}}, %deep.second.up.weight, transpose_b
  // CHECK: matmul %{{.*}}, %inner.fc.weight, transpose_b
  // CHECK: return
  func @nested(%x: f32[batch, width]) -> (y: f32[batch, width]) {
    %a = call "block.0" @block(%x)
    %b = call "deep" @pair(%a)
    %w = param "own.scale" f32[width] = ones
    %c = mul %b, %w
    %y = call @block(%c)
    return %y
  }

  // One scope twice, no scope twice: the same parameters. Another scope: others.
  // CHECK-LABEL: entry function @shared(%x: f32[batch, 4] {input = "x"}
  // CHECK-SAME: %s.fc.weight: f32[4, 4]
  // CHECK-SAME: %s.fc.bias: f32[4]
  // CHECK-SAME: %t.fc.weight: f32[4, 4]
  // CHECK-SAME: %t.fc.bias: f32[4]
  // CHECK-SAME: %fc.weight: f32[4, 4]
  // CHECK-SAME: %fc.bias: f32[4]
  // CHECK-SAME: parameter = "fc.bias"}) ->
  // CHECK: matmul %x, %s.fc.weight,
  // CHECK: matmul %{{.*}}, %s.fc.weight,
  // CHECK: matmul %{{.*}}, %t.fc.weight,
  // CHECK: matmul %{{.*}}, %fc.weight,
  // CHECK: matmul %{{.*}}, %fc.weight,
  // CHECK-NOT: matmul
  // CHECK: return
  func @shared(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %a = call "s" @leaf(%x)
    %b = call "s" @leaf(%a)
    %c = call "t" @leaf(%b)
    %d = call @leaf(%c)
    %y = call @leaf(%d)
    return %y
  }

  // A value that is used twice is one parameter; so is one that two entry points name.
  // CHECK-LABEL: entry function @tied(%i: i32[batch, 3] {input = "i"}
  // CHECK-SAME: %embedding.weight: f32[9, 5] {{{[^{}]*}}}) ->
  // CHECK: gather %embedding.weight, %i
  // CHECK: matmul %{{.*}}, %embedding.weight, transpose_b
  func @tied(%i: i32[batch, 3]) -> (y: f32[batch, 3, 9]) {
    %table = param "embedding.weight" f32[9, 5] = normal(0.02)
    %x = gather %table, %i
    %y = matmul %x, %table, transpose_b
    return %y
  }
  // CHECK-LABEL: entry function @tied_too(
  // CHECK-SAME: %embedding.weight: f32[9, 5] {{{[^{}]*}}}) ->
  func @tied_too(%i: i32[batch]) -> (y: f32[batch, 5]) {
    %table = param "embedding.weight" f32[9, 5] = normal(0.02)
    %y = gather %table, %i
    return %y
  }
}
