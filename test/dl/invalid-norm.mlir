// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Normalisations of groups, channels and mean squares: what each refuses.
dl.model @invalid {
  func @c0(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: rms_norm: expected at least one axis, found %s : f32
    %y = rms_norm %s, %w
    return %x
  }
  func @c1(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: rms_norm: expected floats, found %i
    %y = rms_norm %i, %w
    return %x
  }
  func @c2(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: rms_norm: weight: expected f32[6], found %v : f32[4]
    %y = rms_norm %x, %v
    return %x
  }
  func @c3(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: element types differ: %x
    %y = rms_norm %x, %d
    return %x
  }
  func @c4(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: rms_norm: epsilon = 1.0e39 is no number of f32
    %y = rms_norm %x, %w, epsilon = 1.0e39
    return %x
  }
  func @e0(%x: f32[batch, 4, 6], %w: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: rms_norm: epsilon: expected a number of at least 0, found -1.0e-5
    %y = rms_norm %x, %w, epsilon = -1.0e-5
    return %x
  }
  func @e1(%x: f32[batch, 4, 6], %w: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: layer_norm: epsilon: expected a number of at least 0, found -1.0
    %y = layer_norm %x, %w, %w, epsilon = -1.0
    return %x
  }
  func @e2(%x: f32[batch, 4, 6], %w: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: normalize: epsilon: expected a number of at least 0, found -1.0
    %y, %z = normalize %x, epsilon = -1.0
    return %x
  }
  func @e3(%x: f32[batch, 4, 6], %w: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: epsilon: expected a number of at least 0, found -1.0
    %y = group_norm %x, %w, %w, 2, epsilon = -1.0
    return %x
  }
  func @e4(%x: f32[batch, 4, 6], %w: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: instance_norm: epsilon: expected a number of at least 0, found -1.0
    %y = instance_norm %x, epsilon = -1.0
    return %x
  }
  func @c5(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: expected an input [batch, ..., channels], found %w : f32[6]
    %y = group_norm %w, %w, %w, 2
    return %x
  }
  func @c6(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: only the first axis may depend on the batch, found %b : f32[4, batch, 6]
    %y = group_norm %b, %w, %w, 2
    return %x
  }
  func @c7(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: expected floats, found %i
    %y = group_norm %i, %w, %w, 2
    return %x
  }
  func @c8(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: groups: expected a number, found batch
    %y = group_norm %x, %w, %w, batch
    return %x
  }
  func @c9(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: groups: expected a number of at least 1, found 0
    %y = group_norm %x, %w, %w, 0
    return %x
  }
  func @c10(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: 6 channels cannot be parted into 4 groups
    %y = group_norm %x, %w, %w, 4
    return %x
  }
  func @c11(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: weight: expected f32[6], found %v
    %y = group_norm %x, %v, %w, 2
    return %x
  }
  func @c12(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: bias: expected f32[6], found %v
    %y = group_norm %x, %w, %v, 2
    return %x
  }
  func @c13(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: epsilon = 1.0e39 is no number of f32
    %y = group_norm %x, %w, %w, 2, epsilon = 1.0e39
    return %x
  }
  func @c14(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm needs 'groups' after its operands
    %y = group_norm %x, %w, %w
    return %x
  }
  func @c15(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: instance_norm: expected an input [batch, ..., channels] with at least one axis between, found %m : f32[batch, 6]
    %y = instance_norm %m
    return %x
  }
  func @c16(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: instance_norm: epsilon = 1.0e39 is no number of f32
    %y = instance_norm %x, epsilon = 1.0e39
    return %x
  }
  func @c17(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: axis 2 stands twice in the list
    %y, %z = normalize %x, axes = [2, -1]
    return %x
  }
  func @c18(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis 3 in %x
    %y, %z = normalize %x, axes = [3]
    return %x
  }
  func @c19(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: rms_norm: expected at least one axis, found %s
    %y = nn.rms_norm "a" %s
    return %x
  }
  func @c20(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: rms_norm: expected floats, found %i
    %y = nn.rms_norm "a" %i
    return %x
  }
  func @c21(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: rms_norm: epsilon = 1.0e39 is no number of f32
    %y = nn.rms_norm "a" %x, epsilon = 1.0e39
    return %x
  }
  func @c22(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: 6 channels cannot be parted into 5 groups
    %y = nn.group_norm "a" %x, 5
    return %x
  }
  func @c23(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: epsilon = 1.0e39 is no number of f32
    %y = nn.group_norm "a" %x, 3, epsilon = 1.0e39
    return %x
  }
  func @c24(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: instance_norm: expected floats, found %i
    %y = nn.instance_norm "a" %i, affine
    return %x
  }
  func @c25(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: instance_norm: epsilon = 1.0e39 is no number of f32
    %y = nn.instance_norm "a" %x, epsilon = 1.0e39
    return %x
  }
  func @c26(%x: f32[batch, 4, 6], %i: i32[batch, 4, 6], %d: f64[6], %s: f32, %w: f32[6], %v: f32[4], %b: f32[4, batch, 6], %m: f32[batch, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: the option 'affine' stands alone, without a value
    %y = nn.instance_norm "a" %x, affine = true
    return %x
  }
}
