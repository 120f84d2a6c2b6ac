// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Reductions: what each refuses.
dl.model @invalid {
  func @c0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis 3 in %x : f32[batch, 4, 6]; expected -3 to 2
    %y = sum %x, axes = [3]
    return %x
  }
  func @c1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: axis 1 stands twice in the list
    %y = sum %x, axes = [1, -2]
    return %x
  }
  func @c2(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: sum: expected numbers, found %b : i1[4]; use `cast`
    %y = sum %b
    return %x
  }
  func @c3(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: mean: expected floats, found %i : i32[batch]; use `cast`
    %y = mean %i
    return %x
  }
  func @c4(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis -4 in %x
    %y = argmax %x, axis = -4
    return %x
  }
  func @c5(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: argmax: expected numbers, found %b
    %y = argmax %b
    return %x
  }
  func @c6(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis -1 in %s : f32
    %y = argmax %s
    return %x
  }
  func @c7(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: argmax: there is nothing along axis 1 of %z : f32[2, 0]
    %z = constant f32[2, 0] = 0.0
    %y = argmax %z
    return %x
  }
  func @n0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: count: expected f32, f64, i32 or i64, found ui8
    %y = count %x, ui8
    return %x
  }
  func @n1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: count: the 4294967296 elements of %z : ui8[65536, 65536] are no number of i32; use i64
    %z = constant ui8[65536, 65536] = 0
    %y = count %z, i32
    return %x
  }
}
