// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Products: what is refused.
dl.model @invalid {
  func @c0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: matmul: expected matrices [..., rows, columns], found %x
    %y = matmul %x, %d
    return %x
  }
  func @c1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: matmul: %x : f32[batch, 4, 6] has 6 to sum over, %x : f32[batch, 4, 6] has 4
    %y = matmul %x, %x
    return %x
  }
  func @c2(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: matmul: %x : f32[batch, 4, 6] has 6 to sum over, %w : f32[6, 8] has 8
    %y = matmul %x, %w, transpose_b
    return %x
  }
  func @c3(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: matmul: sizes differ before the last two axes: %x
    %v = constant f32[3, 6, 2] = 0.0
    %y = matmul %x, %v
    return %x
  }
  func @c4(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: element types differ: %x
    %v = constant f64[6, 2] = 0.0
    %y = matmul %x, %v
    return %x
  }
  func @c5(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: matmul: expected floats, found %v
    %v = constant i32[6, 6] = 1
    %y = matmul %v, %v
    return %x
  }
  func @r0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+3]]:{{[0-9]+}}: error: each row would meet each other row: %a : f32[batch, 1, 2, 3] and %c : f32[batch, 3, 2] are stretched to [batch, batch]; `reshape` the latter to [batch, 1, 3, 2] so that each row meets its own, or to [1, batch, 3, 2] if this is meant
    %a = constant f32[batch, 1, 2, 3] = 0.0
    %c = constant f32[batch, 3, 2] = 0.0
    %y = matmul %a, %c
    return %x
  }
}
