// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Transposed convolutions: what each refuses.
dl.model @invalid {
  func @c0(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: expected an input [batch, height, width, channels], found %s
    %y = conv2d_transpose %s, %w
    return %n
  }
  func @c1(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv1d_transpose: expected an input [batch, length, channels], found %x
    %y = conv1d_transpose %x, %w
    return %n
  }
  func @c2(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: expected filters [channels, features / groups, height, width], found %s
    %y = conv2d_transpose %x, %s
    return %n
  }
  func @c3(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: expected floats, found %i
    %y = conv2d_transpose %i, %i
    return %n
  }
  func @c4(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: element types differ
    %y = conv2d_transpose %x, %d
    return %n
  }
  func @c5(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: 4 channels cannot be parted into 3 groups
    %y = conv2d_transpose %x, %w, groups = 3
    return %n
  }
  func @c6(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: groups: expected a number of at least 1, found 0
    %y = conv2d_transpose %x, %w, groups = 0
    return %n
  }
  func @c7(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: groups: expected a number, found batch
    %y = conv2d_transpose %x, %w, groups = batch
    return %n
  }
  func @c8(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: channels and features cannot depend on the batch
    %y = conv2d_transpose %c, %w
    return %n
  }
  func @c9(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: there are no filters in %z : f32[4, 0, 3, 3]
    %y = conv2d_transpose %x, %z
    return %n
  }
  func @c10(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: {{.*}} has 4 channels, but {{.*}} reads 9; expected filters [4, features / groups, ...]
    %y = conv2d_transpose %x, %r
    return %n
  }
  func @c11(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: there is nothing in %e
    %y = conv2d_transpose %e, %w
    return %n
  }
  func @c12(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: stride: expected a number from 1 to 16777216, found 0
    %y = conv2d_transpose %x, %w, stride = 0
    return %n
  }
  func @c13(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: stride: expected a number, or one for each of 2 axes
    %y = conv2d_transpose %x, %w, stride = [1, 2, 3]
    return %n
  }
  func @c14(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: padding: expected a number, or a list with a number or a pair [before, after] for each of 2 axes
    %y = conv2d_transpose %x, %w, padding = same
    return %n
  }
  func @c15(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: output_padding: expected a number, or one for each of 2 axes
    %y = conv2d_transpose %x, %w, output_padding = [1]
    return %n
  }
  func @c16(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: output_padding: expected a number from 0 to 16777216, found -1
    %y = conv2d_transpose %x, %w, output_padding = -1
    return %n
  }
  func @c17(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: output_padding: expected less than the stride or the dilation, found 2
    %y = conv2d_transpose %x, %w, stride = 2, output_padding = 2
    return %n
  }
  func @c18(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: nothing is left of 11 places when 6 and 5 are cut off as padding
    %y = conv2d_transpose %x, %w, padding = [[6, 5], [0, 0]]
    return %n
  }
  func @c19(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: windows cannot write along an axis that depends on the batch
    %y = conv2d_transpose %b, %w
    return %n
  }
  func @c20(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: the window is too long
    %y = conv2d_transpose %x, %w, dilation = 16000000
    return %n
  }
  func @c21(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: expected `kernel = ` with a number, or one for each of 2 axes
    %y = nn.conv2d_transpose "a" %x, 8
    return %n
  }
  func @c22(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: 4 channels and 6 features cannot be parted into 4 groups
    %y = nn.conv2d_transpose "a" %x, 6, kernel = 3, groups = 4
    return %n
  }
  func @c23(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: output_padding: expected less than the stride or the dilation, found 1
    %y = nn.conv2d_transpose "a" %x, 6, kernel = 3, output_padding = 1
    return %n
  }
  func @c24(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %r: f32[9, 6, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv1d_transpose: features: expected a number of at least 1, found 0
    %y = nn.conv1d_transpose "a" %s, 0, kernel = 3
    return %n
  }
}
