// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Running sums and order, flip and one_hot: what each op refuses.
dl.model @invalid {
  func @c0(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: cumsum: expected at least one axis, found %n
    %y = cumsum %n
    return %x
  }
  func @c1(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: cumsum: expected numbers, found %t : i1[batch, 3]; use `cast`
    %y = cumsum %t
    return %x
  }
  func @c2(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis 3 in %x : f32[batch, 9, 4]; expected -3 to 2
    %y = cumsum %x, axis = 3
    return %x
  }
  func @c3(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: topk: expected k from 1 to 4, the size of axis 2 of %x : f32[batch, 9, 4]; found 5
    %y, %p = topk %x, 5
    return %x
  }
  func @c4(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: topk: expected k from 1 to 4, the size of axis 2 of %x : f32[batch, 9, 4]; found 0
    %y, %p = topk %x, 0
    return %x
  }
  func @c5(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: topk: k: expected a number, found batch
    %y, %p = topk %x, batch
    return %x
  }
  func @c6(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: topk: expected numbers, found %t
    %y, %p = topk %t, 2
    return %x
  }
  func @c7(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: topk: expected at least one axis, found %n
    %y, %p = topk %n, 1
    return %x
  }
  func @c8(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: topk: axis 0 of %x : f32[batch, 9, 4] depends on the batch; expected one whose size is known when the model is compiled
    %y, %p = topk %x, 2, axis = 0
    return %x
  }
  func @c9(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: topk: there is no element along axis 1 of %e : f32[batch, 0]
    %y, %p = topk %e, 1, axis = 1
    return %x
  }
  func @c10(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis 4 in %x
    %y, %p = topk %x, 2, axis = 4
    return %x
  }
  func @c11(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: sort: there is no element along axis 1 of %e : f32[batch, 0]
    %y, %p = sort %e
    return %x
  }
  func @c12(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: sort: axis 0 of %x : f32[batch, 9, 4] depends on the batch
    %y, %p = sort %x, axis = 0
    return %x
  }
  func @c13(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: argsort: expected numbers, found %t
    %y = argsort %t
    return %x
  }
  func @c14(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: argsort: axis 0 of %x : f32[batch, 9, 4] depends on the batch
    %y = argsort %x, axis = 0
    return %x
  }
  func @c15(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis 3 in %x
    %y = flip %x, axes = [3]
    return %x
  }
  func @c16(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: axis 1 stands twice in the list
    %y = flip %x, axes = [1, 1]
    return %x
  }
  func @c17(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: one_hot: index: expected integers, found %x
    %y = one_hot %x, 3, f32
    return %x
  }
  func @c18(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: one_hot: expected a depth of at least 1, found 0
    %y = one_hot %i, 0, f32
    return %x
  }
  func @c19(%x: f32[batch, 9, 4], %n: f32, %t: i1[batch, 3], %e: f32[batch, 0], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: one_hot: depth: expected a number, found batch
    %y = one_hot %i, batch, f32
    return %x
  }
}
