// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Options of convolutions and poolings, and channels that are first: what each refuses, in the axes that were written.
dl.model @invalid {
  func @c0(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: padding_mode: expected zeros, reflect, replicate or circular, found mirror
    %y = conv2d %x, %w, padding = 1, padding_mode = mirror
    return %x
  }
  func @c1(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: padding_mode: expected zeros, reflect, replicate or circular, found constant
    %y = conv2d %x, %w, padding_mode = constant
    return %x
  }
  func @c2(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: padding_mode = reflect has at most 3 elements for each end of an axis of 4, found a padding of 4; pad less, or take replicate or zeros
    %y = conv2d %x, %w, padding = 4, padding_mode = reflect
    return %x
  }
  func @c3(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: padding_mode = reflect has at most 4 elements for each end of an axis of 5, found a padding of 6; 
    %y = conv2d %x, %w, padding = [[0, 3], [1, 6]], padding_mode = reflect
    return %x
  }
  func @c4(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: padding_mode = circular has at most 4 elements for each end of an axis of 4, found a padding of 5; 
    %y = conv2d %x, %w, padding = 5, padding_mode = circular
    return %x
  }
  func @c5(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: padding_mode = reflect has at most 4 elements for each end of an axis of 5, found a padding of 7; 
    %y = conv2d %x, %w, padding = same, dilation = [1, 7], padding_mode = reflect
    return %x
  }
  func @c6(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: a window of 9 elements does not fit into an axis of 4, 8 with padding; pad it, or take a smaller kernel
    %y = conv2d %x, %w, padding = 2, dilation = 4, padding_mode = replicate
    return %x
  }
  func @c7(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: expected an input [batch, channels, height, width], found %s : f32[batch, 3, 9]
    %y = conv2d %s, %w, channels_first
    return %x
  }
  func @c8(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: %x : f32[batch, 4, 5, 6] has 4 channels, but %w : f32[6, 6, 3, 3] reads 6; expected filters [features, 4, ...]
    %y = conv2d %x, %w, channels_first
    return %x
  }
  func @c9(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv1d: expected an input [batch, channels, length], found %x
    %y = conv1d %x, %w, channels_first
    return %x
  }
  func @c10(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: expected an input [batch, channels, height, width], found %s
    %y = conv2d_transpose %s, %w, channels_first
    return %x
  }
  func @c11(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d_transpose: %x : f32[batch, 4, 5, 6] has 4 channels, but %w : f32[6, 6, 3, 3] reads 6; expected filters [4, features / groups, ...]
    %y = conv2d_transpose %x, %w, channels_first
    return %x
  }
  func @c12(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: max_pool: expected an input [batch, channels, ...] with one to three axes behind, found %r : f32[batch, 6]
    %y = max_pool %r, 2, channels_first
    return %x
  }
  func @c13(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: max_pool: a window of 7 elements does not fit into an axis of 6; pad it, or take a smaller kernel
    %y = max_pool %x, [5, 7], channels_first
    return %x
  }
  func @c14(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: avg_pool: padding: expected at most half of a window of 3, found 2
    %y = avg_pool %x, 3, padding = 2, ceil_mode
    return %x
  }
  func @c15(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: lp_pool: norm_type: expected a number above 0, found 0.0
    %y = lp_pool %x, 2, norm_type = 0
    return %x
  }
  func @c16(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: lp_pool: norm_type: expected a number above 0, found -2.0
    %y = lp_pool %x, 2, norm_type = -2
    return %x
  }
  func @c17(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: lp_pool: expected floats, found %i
    %y = lp_pool %i, 2
    return %x
  }
  func @c18(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: lp_pool: stride: expected a number from 1 to 16777216, found 0
    %y = lp_pool %x, 2, stride = 0
    return %x
  }
  func @c19(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: lp_pool has no option 'padding'; it knows ceil_mode, channels_first, norm_type, stride
    %y = lp_pool %x, 2, padding = 1
    return %x
  }
  func @c20(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: upsample: expected an input [batch, channels, ...] with at most three axes behind, found %e
    %y = upsample %e, scale_factor = 2, channels_first
    return %x
  }
  func @c21(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: adaptive_avg_pool: expected an input [batch, channels, ...] with at least one axis behind, found %r
    %y = adaptive_avg_pool %r, 2, channels_first
    return %x
  }
  func @c22(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pixel_shuffle: expected an input [batch, channels, height, width], found %s
    %y = pixel_shuffle %s, 2, channels_first
    return %x
  }
  func @c23(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pixel_shuffle: expected a multiple of 9 channels, found %x : f32[batch, 4, 5, 6]
    %y = pixel_shuffle %x, 3, channels_first
    return %x
  }
  func @c24(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: 4 channels cannot be parted into 3 groups
    %y = group_norm %x, %v, %v, 3, channels_first
    return %x
  }
  func @c25(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: weight: expected f32[4], found %v : f32[6]
    %y = group_norm %x, %v, %v, 2, channels_first
    return %x
  }
  func @c26(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: instance_norm: expected an input [batch, channels, ...] with at least one axis behind, found %r
    %y = instance_norm %r, channels_first
    return %x
  }
  func @c27(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu: weight: expected one number, or one for each channel of %x : f32[batch, 4, 5, 6], found %v : f32[6]
    %y = prelu %x, %v, channels_first
    return %x
  }
  func @c28(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu: channels_first: expected an input [batch, channels, ...], found %v : f32[6]
    %y = prelu %v, %v, channels_first
    return %x
  }
  func @c29(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: standardize: channels_first: expected an input [batch, channels, ...], found %v : f32[6]
    %y = standardize %v, mean = 1, channels_first
    return %x
  }
  func @c30(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: standardize: mean: expected a number, or one for each of 4 channels of %x : f32[batch, 4, 5, 6]; found 2
    %y = standardize %x, mean = [1, 2], channels_first
    return %x
  }
  func @c31(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: local_response_norm: expected an input [batch, channels, ...], found %v
    %y = local_response_norm %v, 3, channels_first
    return %x
  }
  func @c32(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_crop: expected an input [batch, channels, height, width], found %s
    %y = random_crop %s, 2, channels_first
    return %x
  }
  func @c33(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_crop: a piece of 5 x 7 is larger than %x : f32[batch, 4, 5, 6]
    %y = random_crop %x, [5, 7], channels_first
    return %x
  }
  func @c34(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: 4 channels and 5 features cannot be parted into 2 groups
    %y = nn.conv2d "l" %x, 5, kernel = 3, groups = 2, channels_first
    return %x
  }
  func @c35(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv2d: padding_mode = circular has at most 5 elements for each end of an axis of 5, found a padding of 6
    %y = nn.conv2d "l" %x, 4, kernel = 3, padding = 6, padding_mode = circular, channels_first
    return %x
  }
  func @c36(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: conv1d: expected an input [batch, channels, length], found %x
    %y = nn.conv1d "l" %x, 5, kernel = 3, channels_first
    return %x
  }
  func @c37(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu: num_parameters: expected 1, or the number of channels of %x : f32[batch, 4, 5, 6], found 6
    %y = nn.prelu "l" %x, num_parameters = 6, channels_first
    return %x
  }
  func @c38(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu: channels_first: expected an input [batch, channels, ...], found %v
    %y = nn.prelu "l" %v, channels_first
    return %x
  }
  func @c39(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: batch_norm: expected [batch, channels, ...], found %v
    %y = nn.batch_norm "l" %v, channels_first
    return %x
  }
  func @c40(%x: f32[batch, 4, 5, 6], %s: f32[batch, 3, 9], %w: f32[6, 6, 3, 3], %v: f32[6], %r: f32[batch, 6], %i: i32[batch, 4, 5, 6], %e: f32[batch, 2, 2, 2, 2, 2]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: group_norm: expected an input [batch, channels, ...], found %v
    %y = nn.group_norm "l" %v, 2, channels_first
    return %x
  }
}
