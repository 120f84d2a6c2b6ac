// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Layers: what each refuses.
dl.model @invalid {
  func @c0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: linear: weight is in_out or out_in, found inout
    %y = nn.linear "a" %x, 4, weight = inout
    return %x
  }
  func @c1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: linear: expected at least one axis, found %s : f32
    %y = nn.linear "a" %s, 4
    return %x
  }
  func @c2(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: linear: expected floats, found %i
    %y = nn.linear "a" %i, 4
    return %x
  }
  func @c3(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: sizes must be at least 1, found 0
    %y = nn.linear "a" %x, 0
    return %x
  }
  func @c4(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: embedding: expected integers, found %s
    %y = nn.embedding "a" %s, 4, 5
    return %x
  }
  func @c5(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: embedding: type must be f32 or f64, found i32
    %y = nn.embedding "a" %i, 4, 5, type = i32
    return %x
  }
  func @c6(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: layer_norm: expected at least one axis, found %s
    %y = nn.layer_norm "a" %s
    return %x
  }
  func @c7(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: layer_norm: expected floats, found %i
    %y = nn.layer_norm "a" %i
    return %x
  }
  func @c8(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: 'a' is declared twice in @c8; to share it, use its value twice, or call one function twice with the same scope
    %y = nn.linear "a" %x, 4
    %z = nn.linear "a" %x, 4
    return %x
  }
  func @p0(%x: f32[batch, 9, 8, 4], %n: f32[batch, 4], %i: i32[batch, 9, 8, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: expected an input [batch, height, width, channels], found %n : f32[batch, 4]
    %y = nn.conv2d "a" %n, 8, kernel = 3
    return %n
  }
  func @p1(%x: f32[batch, 9, 8, 4], %n: f32[batch, 4], %i: i32[batch, 9, 8, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: expected floats, found %i
    %y = nn.conv2d "a" %i, 8, kernel = 3
    return %n
  }
  func @p2(%x: f32[batch, 9, 8, 4], %n: f32[batch, 4], %i: i32[batch, 9, 8, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: expected `kernel = ` with a number, or one for each of 2 axes
    %y = nn.conv2d "a" %x, 8
    return %n
  }
  func @p3(%x: f32[batch, 9, 8, 4], %n: f32[batch, 4], %i: i32[batch, 9, 8, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: expected `kernel = ` with a number, or one for each of 2 axes
    %y = nn.conv2d "a" %x, 8, kernel = [3]
    return %n
  }
  func @p4(%x: f32[batch, 9, 8, 4], %n: f32[batch, 4], %i: i32[batch, 9, 8, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: features: expected a number of at least 1, found 0
    %y = nn.conv2d "a" %x, 0, kernel = 3
    return %n
  }
  func @p5(%x: f32[batch, 9, 8, 4], %n: f32[batch, 4], %i: i32[batch, 9, 8, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: groups: expected a number of at least 1, found 0
    %y = nn.conv2d "a" %x, 8, kernel = 3, groups = 0
    return %n
  }
  func @p6(%x: f32[batch, 9, 8, 4], %n: f32[batch, 4], %i: i32[batch, 9, 8, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: 4 channels and 6 features cannot be parted into 4 groups
    %y = nn.conv2d "a" %x, 6, kernel = 3, groups = 4
    return %n
  }
  func @p7(%x: f32[batch, 9, 8, 4], %n: f32[batch, 4], %i: i32[batch, 9, 8, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: a window of 10 elements does not fit into an axis of 9; pad it, or take a smaller kernel
    %y = nn.conv2d "a" %x, 6, kernel = 10
    return %n
  }
}
