// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Ops that move elements: what each refuses.
dl.model @invalid {
  func @c0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: reshape: only one size may be `?`
    %y = reshape %x, [?, ?]
    return %x
  }
  func @c1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: reshape: %w : f32[6, 8] has 48 elements, f32[5, 5] has 25
    %y = reshape %w, [5, 5]
    return %x
  }
  func @negative_size(%x: f32[batch, 4, 6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: reshape: sizes must be at least 0, found -1; the one that follows from the others is written `?`
    %y = reshape %x, [batch, -1]
    return %x
  }
  func @two_negative_sizes(%w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: reshape: sizes must be at least 0, found -6
    %y = reshape %w, [-6, -8]
    return %w
  }
  func @square_of_the_batch(%x: f32[batch, batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: reshape: %x : f32[batch, batch] has batch * batch elements; an axis may have each open size once as a factor, found batch * batch
    %y = reshape %x, [?]
    return %y
  }
  func @c2(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: reshape: %w : f32[6, 8] has 48 elements, not a multiple of 5
    %y = reshape %w, [5, ?]
    return %x
  }
  func @c3(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: transpose: each axis of %w : f32[6, 8] must stand in the list once
    %y = transpose %w, [0, 0]
    return %x
  }
  func @c4(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: transpose: each axis of %w
    %y = transpose %w, [0]
    return %x
  }
  func @c5(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis 2 in %w
    %y = transpose %w, [0, 2]
    return %x
  }
  func @c6(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: broadcast: %w : f32[6, 8] cannot be stretched to f32[6, 9]
    %y = broadcast %w, [6, 9]
    return %x
  }
  func @c7(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: broadcast: %w
    %y = broadcast %w, [8]
    return %x
  }
  func @c8(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: slice: say axis = ..., size = ..., and start = ... where it is not 0
    %y = slice %w
    return %x
  }
  func @c9(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: slice: axis 0 of %x : f32[batch, 4, 6] depends on the batch, and can only be cut at multiples of it
    %y = slice %x, axis = 0, size = 2
    return %x
  }
  func @c10(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: slice: elements 5 to 7 are not within axis 0 of %w
    %y = slice %w, axis = 0, start = 5, size = 2
    return %x
  }
  func @c11(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: select: say axis = ..., index = ...
    %y = select %w, axis = 0
    return %x
  }
  func @c12(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: select: axis 0 of %x : f32[batch, 4, 6] depends on the batch
    %y = select %x, axis = 0, index = 0
    return %x
  }
  func @c13(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: select: no element 8 along axis 1 of %w
    %y = select %w, axis = 1, index = 8
    return %x
  }
  func @c14(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: select: no element -9 along axis 1 of %w
    %y = select %w, axis = 1, index = -9
    return %x
  }
  func @c15(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: concat: expected 2 axes, found %x
    %y = concat %w, %x
    return %x
  }
  func @c16(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: concat: expected 2 axes, found %d
    %y = concat %w, %w, %d
    return %x
  }
  func @c17(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: concat: sizes differ: %w : f32[6, 8] and %v : f32[6, 9], axis 1
    %v = constant f32[6, 9] = 0.0
    %y = concat %w, %v
    return %x
  }
  func @c18(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: concat: %w : f32[6, 8] and %v : f32[batch, 8] along axis 0: the size is no number, and no multiple of an open size
    %v = constant f32[batch, 8] = 0.0
    %y = concat %w, %v
    return %x
  }
  func @c19(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: split: expected the number of parts as a number, at least 1
    %y = split %w, 0
    return %x
  }
  func @c20(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: split: axis 0 of %x : f32[batch, 4, 6] depends on the batch, and cannot be cut
    %y, %z = split %x, 2, axis = 0
    return %x
  }
  func @c21(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: split: 8 of %w : f32[6, 8] is not a multiple of 3
    %y, %z, %a = split %w, 3
    return %x
  }
  func @c22(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pad: expected one number for each axis of %w : f32[6, 8], found 1
    %y = pad %w, low = [1]
    return %x
  }
  func @c23(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pad: widths must be at least 0, found -1
    %y = pad %w, low = [1, -1]
    return %x
  }
  func @c24(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pad: an axis that depends on the batch cannot be padded
    %y = pad %x, high = [1, 0, 0]
    return %x
  }
  func @c25(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: gather: index: expected integers, found %s
    %y = gather %w, %s
    return %x
  }
  func @c26(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: gather: table: expected 2 axes, found %x
    %y = gather %x, %i
    return %x
  }
  func @c26b(%x: f32[batch, 4], %i: i32[batch]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: gather: expected a table whose number of rows does not depend on the batch, found %x : f32[batch, 4]
    %y = gather %x, %i
    return %x
  }
  func @c27(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: scatter_add: expected an index [...] and updates [..., features], found %i : i32[batch] and %w : f32[6, 8]
    %y = scatter_add %i, %w, 6
    return %x
  }
  func @c28(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: check_index: expected integers, found %s
    %y = check_index %s, 6
    return %x
  }
  func @c29(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: iota: expected start as one i32, found %s : f32
    %y = iota %x, start = %s
    return %x
  }
  func @n0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: pad: value = 300 is no number of ui8, as are the elements of %u : ui8[batch]; take one within its range, or `cast` them before
    %u = cast %i, ui8
    %y = pad %u, value = 300
    return %x
  }
  func @n1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pad: value = 3000000000 is no number of i32
    %y = pad %i, value = 3000000000
    return %x
  }
  func @n2(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pad: value = 1.0e39 is no number of f32
    %y = pad %x, value = 1.0e39
    return %x
  }
  func @n3(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pad: width: expected a number, found batch
    %y = pad %w, low = [batch, 0]
    return %x
  }
  func @n4(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: select: index: expected a number, found batch
    %y = select %w, axis = 0, index = batch
    return %x
  }
  func @n5(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: iota: expected i32 or i64 as type, found f32
    %y = iota %x, type = f32
    return %x
  }
  func @n6(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: iota: i32 cannot count along axis 0 of %z : ui8[2147483649]; say type = i64
    %z = constant ui8[2147483649] = 0
    %y = iota %z
    return %x
  }
  func @shift0(%x: f32[batch, 4, 6], %w: f32[6, 1, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: shift: say axis = ..., and by = ...
    %y = shift %x, by = 1
    return %x
  }
  func @shift1(%x: f32[batch, 4, 6], %w: f32[6, 1, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: shift: axis 0 of %x : f32[batch, 4, 6] depends on the batch, whose rows stay where they are
    %y = shift %x, axis = 0, by = 1
    return %x
  }
  func @shift2(%x: f32[batch, 4, 6], %w: f32[6, 1, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: shift: by: expected a number from -16777216 to 16777216, found 16777217
    %y = shift %x, axis = 1, by = 16777217
    return %x
  }
  func @shift3(%x: f32[batch, 4, 6], %w: f32[6, 1, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: shift: step: expected a number from -16777216 to 16777216, found batch
    %y = shift %x, axis = 1, step = batch
    return %x
  }
  func @shift4(%x: f32[batch, 4, 6], %w: f32[6, 1, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: shift: count: expected a number from 1 to 16777216, found 0
    %y = shift %w, axis = 0, count = 0
    return %x
  }
  func @shift5(%x: f32[batch, 4, 6], %w: f32[6, 1, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: shift: expected an axis behind axis 2, of a size that is a number, found %x : f32[batch, 4, 6]
    %y = shift %x, axis = -1, step = 1
    return %x
  }
  func @shift6(%x: f32[batch, 4, 6], %w: f32[6, 1, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: shift: expected an axis behind axis 1 that has 1 element, found %x : f32[batch, 4, 6]
    %y = shift %x, axis = 1, count = 3
    return %x
  }
  func @shift7(%x: f32[batch, 4, 6], %w: f32[6, 1, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: shift: value = 1.0e39 is no number of f32
    %y = shift %x, axis = 1, value = 1.0e39
    return %x
  }
}
