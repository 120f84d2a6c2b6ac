// RUN: dlc %s --emit=kernels | dlc-opt | FileCheck %s
// Whether a row of what an entry point returns depends on that row of its inputs alone: only then is a call with more rows
// than the capacity cut into several.
dl.model @independent {
  // CHECK: entry function @elements({{.*}}) attributes {dl.rows_independent = true}
  func @elements(%x: f32[batch, 4], %row: f32[4]) -> (y: f32[batch, 4]) {
    %a = mul %x, %row
    %y = tanh %a
    return %y
  }
  // CHECK: entry function @along_rows({{.*}}) attributes {dl.rows_independent = true}
  func @along_rows(%x: f32[batch, 4]) -> (y: f32[batch, 4], b: i64[batch], m: f32[batch]) {
    %y = softmax %x
    %b = argmax %x
    %m = mean %x, axes = [1]
    return %y, %b, %m
  }
  // CHECK: entry function @product({{.*}}) attributes {dl.rows_independent = true}
  func @product(%x: f32[batch, 4]) -> (y: f32[batch, 3]) {
    %a = nn.layer_norm "n" %x
    %y = nn.linear "l" %a, 3
    return %y
  }
  // CHECK: entry function @lookup({{.*}}) attributes {dl.rows_independent = true}
  func @lookup(%i: i32[batch, 2]) -> (y: f32[batch, 2, 3]) {
    %y = nn.embedding "e" %i, 5, 3
    return %y
  }
  // CHECK: entry function @batch_mean({{.*}}) attributes {dl.rows_independent = false}
  func @batch_mean(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %m = mean %x, axes = [0]
    %y = sub %x, %m
    return %y
  }
  // CHECK: entry function @over_all({{.*}}) attributes {dl.rows_independent = false}
  func @over_all(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %m = amax %x
    %y = div %x, %m
    return %y
  }
  // CHECK: entry function @over_the_batch({{.*}}) attributes {dl.rows_independent = false}
  func @over_the_batch(%x: f32[batch]) -> (y: f32[batch]) {
    %m = sum %x, keepdim
    %y = div %x, %m
    return %y
  }
  // CHECK: entry function @shared({{.*}}) attributes {dl.rows_independent = false}
  func @shared(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %n = count %x, f32
    %y = div %x, %n
    return %y
  }
  // CHECK: entry function @counted({{.*}}) attributes {dl.rows_independent = true}
  func @counted(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %n = count %x, f32, axes = [1]
    %y = div %x, %n
    return %y
  }
  // CHECK: entry function @batch_softmax({{.*}}) attributes {dl.rows_independent = false}
  func @batch_softmax(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %y = softmax %x, axis = 0
    return %y
  }
  // Every row reads every row.
  // CHECK: entry function @each_other({{.*}}) attributes {dl.rows_independent = false}
  func @each_other(%x: f32[batch, 4]) -> (y: f32[batch, batch]) {
    %y = matmul %x, %x, transpose_b
    return %y
  }
  // CHECK: entry function @numbered({{.*}}) attributes {dl.rows_independent = false}
  func @numbered(%x: f32[batch, 4]) -> (y: i32[batch, 4]) {
    %y = iota %x, axis = 0
    return %y
  }
  // CHECK: entry function @turned({{.*}}) attributes {dl.rows_independent = false}
  func @turned(%x: f32[batch, 4]) -> (y: f32[4, batch]) {
    %y = transpose %x, [1, 0]
    return %y
  }
  // Nothing is read, but it does not lie in rows.
  // CHECK: entry function @unread({{.*}}) attributes {dl.rows_independent = false}
  func @unread(%x: f32[batch, 4], %u: f32[4, batch]) -> (y: f32[batch, 4]) {
    %y = tanh %x
    return %y
  }
  // Parts of a larger batch do not lie where the parts of its pieces lie.
  // CHECK: entry function @halves({{.*}}) attributes {dl.rows_independent = false}
  func @halves(%x: f32[2 * batch, 4]) -> (y: f32[batch, 4]) {
    %y = slice %x, axis = 0, start = batch, size = batch
    return %y
  }
  // CHECK: entry function @one_after_the_other({{.*}}) attributes {dl.rows_independent = false}
  func @one_after_the_other(%x: f32[batch, 4]) -> (y: f32[2 * batch, 4]) {
    %y = concat %x, %x
    return %y
  }
  // CHECK: entry function @side_by_side({{.*}}) attributes {dl.rows_independent = true}
  func @side_by_side(%x: f32[batch, 4]) -> (y: f32[batch, 10], z: f32[2 * batch, 2]) {
    %a = concat %x, %x, axis = 1
    %y = pad %a, low = [0, 1], high = [0, 1]
    %z = reshape %x, [2 * batch, 2]
    return %y, %z
  }
  // What is the same for all rows may be anything.
  // CHECK: entry function @of_weights({{.*}}) attributes {dl.rows_independent = true}
  func @of_weights(%x: f32[batch, 4], %i: i32[3]) -> (y: f32[batch, 4]) {
    %w = param "w" f32[3, 4] = normal(1)
    %t = scatter_add %i, %w, 5
    %m = sum %t, axes = [0]
    %y = mul %x, %m
    return %y
  }
  func private @dropped(%x: f32[rows, 4]) {
    %y = dropout %x, 0.5
    return %y
  }
  // The runtime tells a piece the number of its first row; nobody corrects what a caller says.
  // CHECK: entry function @masked({{.*}}) attributes {dl.rows_independent = true}
  func @masked(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %y = call @dropped(%x), training
    return %y
  }
  // CHECK: entry function @masked_otherwise({{.*}}) attributes {dl.rows_independent = false}
  func @masked_otherwise(%x: f32[batch, 4], %random: i64[3]) -> (y: f32[batch, 4]) {
    %m = dropout_mask %x, %random, 0.5, stream = "s"
    %y = mul %x, %m
    return %y
  }
  // A number belongs to no row, but a mean of parts is known to make that of the whole; the root of one is not.
  // CHECK: entry function @number({{.*}}) attributes {dl.rows_independent = true}
  func @number(%x: f32[batch, 4], %t: i32[batch]) -> (y: f32[batch, 4], loss: f32) {
    %y = softmax %x
    %l = cross_entropy %x, %t
    return %y, %l
  }
  // CHECK: entry function @root({{.*}}) attributes {dl.rows_independent = false}
  func @root(%x: f32[batch, 4]) -> (y: f32) {
    %m = mean %x
    %y = sqrt %m
    return %y
  }
  // CHECK: entry function @no_batch({{.*}}) attributes {dl.rows_independent = false}
  func @no_batch(%x: f32[3, 4]) -> (y: f32[3, 4]) {
    %y = tanh %x
    return %y
  }
}
