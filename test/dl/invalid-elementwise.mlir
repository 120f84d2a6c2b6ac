// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Elementwise ops: what each refuses, and in which words.
dl.model @invalid {
  func @c0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: exp: expected floats, found %i : i32[batch]; use `cast`
    %y = exp %i
    return %x
  }
  func @c1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: neg: expected numbers, found %b : i1[4]; use `cast`
    %y = neg %b
    return %x
  }
  func @c2(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: gelu: expected floats, found %i
    %y = gelu %i
    return %x
  }
  func @c3(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: clamp: say min = ..., max = ..., or both
    %y = clamp %x
    return %x
  }
  func @c4(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: clamp: min must not be above max
    %y = clamp %x, min = 2.0, max = 1.0
    return %x
  }
  func @c5(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: cast: expected f32, f64, i32, i64, ui8 or i1, found f16
    %y = cast %x, f16
    return %x
  }
  func @c6(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: sizes differ: %x : f32[batch, 4, 6] and %w : f32[6, 8]: 4 against 6, axis -2
    %y = add %x, %w
    return %x
  }
  func @c7(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: element types differ: %x : f32[batch, 4, 6] and %d : f64[6]; use `cast`
    %y = add %x, %d
    return %x
  }
  func @c8(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: arithmetic: expected numbers, found %b : i1[4]; use `cast`
    %y = mul %b, %b
    return %x
  }
  func @c9(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pow: expected floats, found %i
    %y = pow %i, %i
    return %x
  }
  func @c10(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: element types differ: %x : f32[batch, 4, 6] and %i : i32[batch]; use `cast`
    %y = lt %x, %i
    return %x
  }
  func @c11(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: where: expected a condition of i1, as `lt` yields it, found %x
    %y = where %x, %x, %x
    return %x
  }
  func @c12(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: sizes differ: %x : f32[batch, 4, 6] and %b : i1[4]: 6 against 4, axis -1
    %y = where %b, %x, %x
    return %x
  }
  func @c13(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: element types differ
    %y = where %b, %x, %d
    return %x
  }
  func @n0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: clamp: min = 300 is no number of ui8, as are the elements of %u : ui8[batch]; take one within its range, or `cast` them before
    %u = cast %i, ui8
    %y = clamp %u, min = 300
    return %x
  }
  func @n1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: clamp: max = -5 is no number of ui8
    %u = cast %i, ui8
    %y = clamp %u, max = -5
    return %x
  }
  func @n2(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: clamp: min = 0.5 is no number of i32, as are the elements of %i : i32[batch]; take a whole number, or `cast` them before
    %y = clamp %i, min = 0.5
    return %x
  }
  func @n3(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: clamp: max = -1.0e39 is no number of f32
    %y = clamp %x, max = -1.0e39
    return %x
  }
  func @n4(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: clamp: min must not be above max
    %l = cast %i, i64
    %y = clamp %l, min = 9007199254740993, max = 9007199254740992
    return %x
  }
  func @n5(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: leaky_relu: slope = 1.0e39 is no number of f32
    %y = leaky_relu %x, slope = 1.0e39
    return %x
  }
  func @r0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+3]]:{{[0-9]+}}: error: each row would meet each other row: %a : f32[batch, 1] and %c : f32[batch] are stretched to [batch, batch]; `reshape` the latter to [batch, 1] so that each row meets its own, or to [1, batch] if this is meant
    %a = constant f32[batch, 1] = 0.0
    %c = constant f32[batch] = 0.0
    %y = sub %a, %c
    return %x
  }
  func @r1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+3]]:{{[0-9]+}}: error: each row would meet each other row: %a : f32[batch, 1, 4] and %c : f32[2 * batch, 4] are stretched to [batch, 2 * batch, 4]; `reshape` the latter to [2 * batch, 4, 1] so
    %a = constant f32[batch, 1, 4] = 0.0
    %c = constant f32[2 * batch, 4] = 0.0
    %y = mul %c, %a
    return %x
  }
  func @r2(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+4]]:{{[0-9]+}}: error: each row would meet each other row: %a : f32[batch, 1] and %k : i1[batch] are stretched
    %a = constant f32[batch, 1] = 0.0
    %c = constant f32[batch] = 0.0
    %k = gt %c, %s
    %y = where %k, %a, %c
    return %x
  }
}
