// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s

// What is wrong with convolutions and poolings.
dl.model @m {
  func @c0(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: expected an input [batch, height, width, channels], found %s : f32[batch, 20, 4]
    %y = conv2d %s, %w
    return %n
  }
  func @c1(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: expected filters [features, channels / groups, height, width], found %s : f32[batch, 20, 4]
    %y = conv2d %x, %s
    return %n
  }
  func @c2(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: element types differ
    %y = conv2d %x, %d
    return %n
  }
  func @c3(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: expected floats, found %i
    %y = conv2d %i, %i
    return %n
  }
  func @c4(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}has 4 channels, but %g : f32[6, 2, 3, 3] reads 2; expected filters [features, 4, ...]
    %y = conv2d %x, %g
    return %n
  }
  func @c5(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: 4 channels cannot be parted into 3 groups
    %y = conv2d %x, %w, groups = 3
    return %n
  }
  func @c6(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}in 4 groups, but
    %y = conv2d %x, %w, groups = 4
    return %n
  }
  func @c7(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: groups: expected a number of at least 1, found 0
    %y = conv2d %x, %w, groups = 0
    return %n
  }
  func @c8(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: groups: expected a number, found batch
    %y = conv2d %x, %w, groups = batch
    return %n
  }
  func @c9(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: stride: expected a number from 1 to 16777216, found 0
    %y = conv2d %x, %w, stride = 0
    return %n
  }
  func @c10(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: stride: expected a number, or one for each of 2 axes
    %y = conv2d %x, %w, stride = [1, 2, 3]
    return %n
  }
  func @c11(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: dilation: expected a number, or one for each of 2 axes
    %y = conv2d %x, %w, dilation = [1]
    return %n
  }
  func @c12(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: padding: expected `same`, `valid`, a number, or a list with a number or a pair [before, after] for each of 2 axes
    %y = conv2d %x, %w, padding = [[1, 2, 3], 1]
    return %n
  }
  func @c13(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: padding: expected `same`, `valid`
    %y = conv2d %x, %w, padding = [[1], [2]]
    return %n
  }
  func @c14(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: padding: expected a number from 0 to 16777216, found -1
    %y = conv2d %x, %w, padding = -1
    return %n
  }
  func @c15(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: a window of 11 elements does not fit into an axis of 9; pad it, or take a smaller kernel
    %y = conv2d %x, %w, dilation = 5
    return %n
  }
  func @c16(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: a window of 19 elements does not fit into an axis of 9, 11 with padding; pad it
    %y = conv2d %x, %w, dilation = 9, padding = 1
    return %n
  }
  func @c17(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: the window is too long
    %y = conv2d %x, %w, dilation = 16000000
    return %n
  }
  func @c18(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: windows cannot move along an axis that depends on the batch
    %y = conv2d %b, %w
    return %n
  }
  func @c19(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: max_pool: expected an input [batch, ..., channels] with one to three axes between, found %n : f32[batch, 4]
    %y = max_pool %n, 2
    return %n
  }
  func @c20(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: max_pool: expected floats, found %i
    %y = max_pool %i, 2
    return %n
  }
  func @c21(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: max_pool: kernel: expected a number, or one for each of 2 axes
    %y = max_pool %x, [2, 2, 2]
    return %n
  }
  func @c22(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: max_pool: kernel: expected a number from 1 to 16777216, found 0
    %y = max_pool %x, 0
    return %n
  }
  func @c23(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: avg_pool: padding: expected at most half of a window of 2, found 2
    %y = avg_pool %x, 2, padding = 2
    return %n
  }
  func @c24(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[6, 4, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[6, 4, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %g: f32[6, 2, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis 3 in %n : f32[batch, 4]
    %y = flatten %n, axis = 3
    return %n
  }
  func @two(%x: f32[batch, batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: flatten: %x : f32[batch, batch, 4] has more than one axis that depends on the batch
    %y = flatten %x, axis = 0
    return %x
  }
  func @nothing(%x: f32[batch, 9, 8, 0], %y: f32[batch, 9, 8, 4], %w: f32[0, 4, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: max_pool: there is nothing in %x : f32[batch, 9, 8, 0]
    %a = max_pool %x, 2
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: there are no filters in %w : f32[0, 4, 3, 3]
    %b = conv2d %y, %w
    return %x
  }
  func @features(%x: f32[batch, 9, 8, 3], %v: f32[batch, 9, 8, 4], %s4: f32[6, 1, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: 6 features cannot be parted into 4 groups
    %a = conv2d %v, %s4, groups = 4
    return %x
  }
  func @channels(%x: f32[batch, 9, 8, 2 * batch], %w: f32[4, 3, 3, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: channels and features cannot depend on the batch
    %a = conv2d %x, %w
    return %x
  }
}
