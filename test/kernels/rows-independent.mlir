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
  // A number belongs to no row.
  // CHECK: entry function @number({{.*}}) attributes {dl.rows_independent = false}
  func @number(%x: f32[batch, 4], %t: i32[batch]) -> (y: f32[batch, 4], loss: f32) {
    %y = softmax %x
    %l = cross_entropy %x, %t
    return %y, %l
  }
  // CHECK: entry function @no_batch({{.*}}) attributes {dl.rows_independent = false}
  func @no_batch(%x: f32[3, 4]) -> (y: f32[3, 4]) {
    %y = tanh %x
    return %y
  }
}
