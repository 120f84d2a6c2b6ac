// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Random numbers, what they do to pictures, constants of channels, tables for each row: what each op refuses.
dl.model @invalid {
  func @c0(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: draw: expected i64[3] (seed, step, row), found %x : f32[batch, 10]
    %y = draw %x, %x, stream = "s"
    return %x
  }
  func @c1(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: draw: expected either a stream or a key
    %y = draw %x, %r
    return %x
  }
  func @c2(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: draw: expected an i64 number as key, found %n : f32
    %y = draw %x, %r, key = %n
    return %x
  }
  func @c3(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: draw: expected floats, found %i
    %y = draw %i, %r, stream = "s"
    return %x
  }
  func @c4(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_uniform: expected floats, found %i
    %y = random_uniform %i
    return %x
  }
  func @c5(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_uniform: expected min below max, found 1.0 and 1.0
    %y = random_uniform %x, min = 1
    return %x
  }
  func @c6(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_uniform: max = 1.0e300 is no number of f32
    %y = random_uniform %x, max = 1.0e300
    return %x
  }
  func @c7(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_normal: expected floats, found %i
    %y = random_normal %i
    return %x
  }
  func @c8(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_normal: mean: expected a number of f32
    %y = random_normal %x, mean = [1, 2]
    return %x
  }
  func @c9(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_normal: deviation: expected a number of at least 0, found -1.0
    %y = random_normal %x, deviation = -1
    return %x
  }
  func @c10(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_bernoulli: rate: expected a number from 0 to 1, found 1.5
    %y = random_bernoulli %x, 1.5
    return %x
  }
  func @c11(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_flip: expected rows [batch, ...] of at least two axes, found %n : f32
    %y = random_flip %n
    return %x
  }
  func @c12(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_flip: along axis 0 of %x : f32[batch, 10] lie the rows, each of which is flipped or not; expected an axis behind it
    %y = random_flip %x
    return %x
  }
  func @c13(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis 4 in %p
    %y = random_flip %p, axis = 4
    return %x
  }
  func @c14(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_flip: rate: expected a number from 0 to 1, found -0.5
    %y = random_flip %p, rate = -0.5
    return %x
  }
  func @c15(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_brightness: expected a strength of at least 0, found -1.0
    %y = random_brightness %x, -1
    return %x
  }
  func @c16(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_contrast: expected rows [batch, ...] of at least two axes, found %v : f32[batch]
    %y = random_contrast %v, 0.5
    return %x
  }
  func @c17(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_contrast: expected a strength of at least 0, found -0.5
    %y = random_contrast %p, -0.5
    return %x
  }
  func @c18(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_crop: expected an input [batch, height, width, channels], found %x : f32[batch, 10]
    %y = random_crop %x, 3
    return %x
  }
  func @c19(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_crop: a piece of 9 x 9 is larger than %p : f32[batch, 8, 9, 3] with a padding of 0 x 0
    %y = random_crop %p, 9
    return %x
  }
  func @c20(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_crop: a piece of 13 x 9 is larger than %p : f32[batch, 8, 9, 3] with a padding of 2 x 2
    %y = random_crop %p, [13, 9], padding = 2
    return %x
  }
  func @c21(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_crop: output_size: expected a number of at least 1, or a list with one for height and width
    %y = random_crop %p, 0
    return %x
  }
  func @c22(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_crop: output_size: expected a number of at least 1, or a list with one for height and width
    %y = random_crop %p, [1, 2, 3]
    return %x
  }
  func @c23(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_crop: padding: expected a number of at least 0, or a list with one for height and width
    %y = random_crop %p, 3, padding = same
    return %x
  }
  func @c24(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_crop: there is nothing in %e : f32[batch, 0, 9, 3]
    %y = random_crop %e, 3
    return %x
  }
  func @c25(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_shift: expected a number of at least 0, or a list with one for height and width
    %y = random_shift %p, -1
    return %x
  }
  func @c26(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_affine: rotation: expected a number from 0 to 180, found 2.0e2
    %y = random_affine %p, rotation = 200
    return %x
  }
  func @c27(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_affine: scale: expected a number from 0 to 0.99, found 1.0
    %y = random_affine %p, scale = 1
    return %x
  }
  func @c28(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_affine: shear: expected a number from 0 to 89, found 9.0e1
    %y = random_affine %p, shear = 90
    return %x
  }
  func @c29(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_affine: translation: expected a number from 0 to 1, found 2.0
    %y = random_affine %p, translation = 2
    return %x
  }
  func @c30(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_erase: area: expected a number from 0.02 to 1, found 0.0
    %y = random_erase %p, area = 0
    return %x
  }
  func @c31(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: random_erase: rate: expected a number from 0 to 1, found 2.0
    %y = random_erase %p, rate = 2
    return %x
  }
  func @c32(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: standardize: mean: expected a number, or one for each of 3 channels of %p : f32[batch, 8, 9, 3]; found 2
    %y = standardize %p, mean = [1, 2]
    return %x
  }
  func @c33(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: standardize: deviation: expected numbers above 0
    %y = standardize %p, deviation = [1, 0, 1]
    return %x
  }
  func @c34(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: standardize: expected floats, found %i
    %y = standardize %i
    return %x
  }
  func @c35(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: standardize: mean = 1.0e300 is no number of f32
    %y = standardize %p, mean = 1.0e300
    return %x
  }
  func @c36(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: gather: batch_dims: expected 0, or 1 and an index [batch, ...], found %i : i32[batch, 2] and batch_dims = 2
    %y = gather %p, %i, batch_dims = 2
    return %x
  }
  func @c37(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: gather: table: expected 3 axes, found %t
    %y = gather %t, %i, batch_dims = 1
    return %x
  }
  func @c38(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: gather: expected a table for each element of the first axis of the index, found %q : f32[4, 5, 3] and %i : i32[batch, 2]
    %y = gather %q, %i, batch_dims = 1
    return %x
  }
  func @c39(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: scatter_add: batch_dims: expected 0, or 1 and an index [batch, ...], found %i : i32[batch, 2] and batch_dims = 3
    %y = scatter_add %i, %u, 5, batch_dims = 3
    return %x
  }
  func @c40(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: mixup: expected labels as floats, found %i : i32[batch, 2]; `one_hot` makes them
    %y, %z = mixup %p, %i
    return %x
  }
  func @c41(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: mixup: expected as many labels as rows, found %p : f32[batch, 8, 9, 3] and %t : f32[5, 3]
    %y, %z = mixup %p, %t
    return %x
  }
  func @c42(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: mixup: alpha: expected a number above 0 and up to 1, found 2.0
    %y, %z = mixup %p, %x, alpha = 2
    return %x
  }
  func @c43(%x: f32[batch, 10], %v: f32[batch], %n: f32, %r: i64[3], %p: f32[batch, 8, 9, 3], %e: f32[batch, 0, 9, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3], %t: f32[5, 3], %q: f32[4, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: mixup: expected at least one axis, found %n : f32
    %y, %z = mixup %n, %x
    return %x
  }
}
