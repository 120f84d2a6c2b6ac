// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Pictures of other sizes: what each op refuses.
dl.model @invalid {
  func @c0(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: expected an input [batch, ..., channels] with at least one axis between, found %n
    %y = upsample %n, scale_factor = 2
    return %n
  }
  func @c1(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: expected an input [batch, ..., channels] with at most three axes between, found %q
    %y = upsample %q, scale_factor = 2
    return %n
  }
  func @c2(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: only the first axis may depend on the batch, found %b
    %y = upsample %b, scale_factor = 2
    return %n
  }
  func @c3(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: expected floats, found %i
    %y = upsample %i, scale_factor = 2
    return %n
  }
  func @c4(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: there is nothing in %e
    %y = upsample %e, scale_factor = 2
    return %n
  }
  func @c5(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: mode: expected nearest or bilinear for %x : f32[batch, 9, 8, 4], found linear
    %y = upsample %x, scale_factor = 2, mode = linear
    return %n
  }
  func @c6(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: mode: expected nearest or linear for %s : f32[batch, 20, 4], found bicubic
    %y = upsample %s, scale_factor = 2, mode = bicubic
    return %n
  }
  func @c7(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: align_corners needs mode = bilinear
    %y = upsample %x, scale_factor = 2, align_corners
    return %n
  }
  func @c8(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: say either scale_factor = ... or output_size = ...
    %y = upsample %x
    return %n
  }
  func @c9(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: say either scale_factor = ... or output_size = ...
    %y = upsample %x, scale_factor = 2, output_size = 5
    return %n
  }
  func @c10(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: scale_factor: expected a number, or one for each of 2 axes
    %y = upsample %x, scale_factor = [2, 2, 2]
    return %n
  }
  func @c11(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: scale_factor: expected a number from 1 to 16777216, found 0
    %y = upsample %x, scale_factor = 0
    return %n
  }
  func @c12(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: output_size: expected a number from 1 to 16777216, found batch
    %y = upsample %x, output_size = batch
    return %n
  }
  func @c13(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: adaptive_avg_pool: expected floats, found %i
    %y = adaptive_avg_pool %i, 2
    return %n
  }
  func @c14(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: adaptive_avg_pool: output_size: expected a number, or one for each of 2 axes
    %y = adaptive_avg_pool %x, [1]
    return %n
  }
  func @c15(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: adaptive_avg_pool: output_size: expected a number from 1 to 16777216, found 0
    %y = adaptive_avg_pool %x, [1, 0]
    return %n
  }
  func @c16(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: adaptive_avg_pool needs 'output_size' after its operands
    %y = adaptive_avg_pool %x
    return %n
  }
  func @c17(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pixel_shuffle: expected an input [batch, height, width, channels], found %s
    %y = pixel_shuffle %s, 2
    return %n
  }
  func @c18(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pixel_shuffle: upscale_factor: expected a number, found batch
    %y = pixel_shuffle %x, batch
    return %n
  }
  func @c19(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pixel_shuffle: upscale_factor: expected a number from 1 to 16777216, found 0
    %y = pixel_shuffle %x, 0
    return %n
  }
  func @c20(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %i: i32[batch, 9, 8, 4], %d: f64[4, 6, 3, 3], %b: f32[4, batch, 8, 4], %n: f32[batch, 4], %e: f32[batch, 0, 8, 4], %z: f32[4, 0, 3, 3], %q: f32[batch, 2, 2, 2, 2, 2], %c: f32[batch, 9, 8, 2 * batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pixel_shuffle: expected a multiple of 9 channels, found %x
    %y = pixel_shuffle %x, 3
    return %n
  }
}
