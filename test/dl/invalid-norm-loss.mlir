// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Normalisation, losses, random ops: what each refuses.
dl.model @invalid {
  func @c0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis 5 in %x
    %y = softmax %x, axis = 5
    return %x
  }
  func @c1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: softmax: expected floats, found %i
    %y = softmax %i
    return %x
  }
  func @c2(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis -1 in %s
    %y = log_softmax %s
    return %x
  }
  func @c3(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: layer_norm: expected at least one axis, found %s : f32
    %y = layer_norm %s, %d, %d
    return %x
  }
  func @c4(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: layer_norm: weight: expected f32[6], found %w : f32[6, 8]
    %y = layer_norm %x, %w, %w
    return %x
  }
  func @c5(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: layer_norm: bias: expected f32[6], found %w
    %v = constant f32[6] = 0.0
    %y = layer_norm %x, %v, %w
    return %x
  }
  func @c6(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: element types differ: %x
    %y = layer_norm %x, %d, %d
    return %x
  }
  func @c7(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: layer_norm: expected floats, found %i
    %y = layer_norm %i, %d, %d
    return %x
  }
  func @c8(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: normalize: expected at least one axis, found %s
    %y, %z = normalize %s
    return %x
  }
  func @c9(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: cross_entropy: expected scores [..., classes] and integers [...] or probabilities [..., classes]; found %l : f32[batch, 10] and %s : f32
    %y = cross_entropy %l, %s
    return %x
  }
  func @c10(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: cross_entropy: ignore_index needs integers as target, found %l
    %y = cross_entropy %l, %l, ignore_index = 3
    return %x
  }
  func @c11(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: cross_entropy: label_smoothing must be in [0, 1], found 1.5
    %y = cross_entropy %l, %i, label_smoothing = 1.5
    return %x
  }
  func @c12(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: mse_loss: expected two tensors of one shape, found %l
    %y = mse_loss %l, %x
    return %x
  }
  func @c13(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: mse_loss: expected floats, found %i
    %y = mse_loss %i, %i
    return %x
  }
  func @c14(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: accuracy: k must be at least 1, found 0
    %y = accuracy %l, %i, k = 0
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: accuracy: expected k from 1 to 10, the number of classes of %l : f32[batch, 10]; found 100
    %yk = accuracy %l, %i, k = 100
    return %x
  }
  func @c15(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: accuracy: expected scores [..., classes] and integers [...]; found %l
    %y = accuracy %l, %l
    return %x
  }
  func @c16(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: dropout: the rate must be in [0, 1), found 1.0
    %y = dropout %x, 1.0
    return %x
  }
  func @c17(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: dropout: expected floats, found %i
    %y = dropout %i, 0.5
    return %x
  }
  func @c18(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: dropout_mask: expected i64[3] (seed, step, row), found %i
    %y = dropout_mask %x, %i, 0.5, stream = "a"
    return %x
  }
  func @c19(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: dropout_mask: the rate must be in [0, 1), found 2.0
    %r = constant i64[3] = 0
    %y = dropout_mask %x, %r, 2.0, stream = "a"
    return %x
  }
  func @c19a(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: dropout_mask: expected either a stream or a key
    %r = constant i64[3] = 0
    %y = dropout_mask %x, %r, 0.5
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: dropout_mask: expected an i64 number as key, found %r
    %z = dropout_mask %x, %r, 0.5, key = %r
    return %x
  }
  func @c20(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: gradient: expected a loss of one number, found %x
    %y = gradient %x, %x
    return %x
  }
  func @n0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: layer_norm: epsilon = 1.0e39 is no number of f32
    %o = constant f32[6] = 1.0
    %y = layer_norm %x, %o, %o, epsilon = 1.0e39
    return %x
  }
  func @n1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: normalize: epsilon = 1.0e39 is no number of f32
    %y, %z = normalize %x, epsilon = 1.0e39
    return %x
  }
  func @n2(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: cross_entropy: ignore_index: expected a number, found batch
    %y = cross_entropy %l, %i, ignore_index = batch
    return %x
  }
  func @n3(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: accuracy: k: expected a number, found batch
    %y = accuracy %l, %i, k = batch
    return %x
  }
  func @n4(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8], %l: f32[batch, 10]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: accuracy: ignore_index: expected a number, found 2 * batch
    %y = accuracy %l, %i, ignore_index = 2 * batch
    return %x
  }
}
