// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Modes of pad, and local_response_norm: what each refuses.
dl.model @invalid {
  func @c0(%x: f32[batch, 9, 4], %v: f32[batch], %e: f32[batch, 0], %i: i32[batch, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pad: mode = reflect has at most 8 elements for axis 1 of %x : f32[batch, 9, 4], found 9
    %y = pad %x, low = [0, 9, 0], mode = reflect
    return %x
  }
  func @c1(%x: f32[batch, 9, 4], %v: f32[batch], %e: f32[batch, 0], %i: i32[batch, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pad: mode = circular has at most 4 elements for axis 2 of %x : f32[batch, 9, 4], found 5
    %y = pad %x, high = [0, 0, 5], mode = circular
    return %x
  }
  func @c2(%x: f32[batch, 9, 4], %v: f32[batch], %e: f32[batch, 0], %i: i32[batch, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pad: mode = replicate has at most 0 elements for axis 1 of %e : f32[batch, 0], found 1
    %y = pad %e, high = [0, 1], mode = replicate
    return %x
  }
  func @c3(%x: f32[batch, 9, 4], %v: f32[batch], %e: f32[batch, 0], %i: i32[batch, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pad: mode = reflect has at most 0 elements for axis 1 of %e : f32[batch, 0], found 1
    %y = pad %e, high = [0, 1], mode = reflect
    return %x
  }
  func @c4(%x: f32[batch, 9, 4], %v: f32[batch], %e: f32[batch, 0], %i: i32[batch, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pad: mode: expected constant, reflect, replicate or circular, found edge
    %y = pad %x, low = [0, 1, 0], mode = edge
    return %x
  }
  func @c5(%x: f32[batch, 9, 4], %v: f32[batch], %e: f32[batch, 0], %i: i32[batch, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: pad: a value is for mode = constant alone, found mode = reflect
    %y = pad %x, low = [0, 1, 0], mode = reflect, value = 1
    return %x
  }
  func @c6(%x: f32[batch, 9, 4], %v: f32[batch], %e: f32[batch, 0], %i: i32[batch, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: local_response_norm: expected a size of at least 1, found 0
    %y = local_response_norm %x, 0
    return %x
  }
  func @c7(%x: f32[batch, 9, 4], %v: f32[batch], %e: f32[batch, 0], %i: i32[batch, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: local_response_norm: size: expected a number, found batch
    %y = local_response_norm %x, batch
    return %x
  }
  func @c8(%x: f32[batch, 9, 4], %v: f32[batch], %e: f32[batch, 0], %i: i32[batch, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: local_response_norm: expected floats, found %i
    %y = local_response_norm %i, 3
    return %x
  }
  func @c9(%x: f32[batch, 9, 4], %v: f32[batch], %e: f32[batch, 0], %i: i32[batch, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: local_response_norm: expected an input [batch, ..., channels], found %v : f32[batch]
    %y = local_response_norm %v, 3
    return %x
  }
}
