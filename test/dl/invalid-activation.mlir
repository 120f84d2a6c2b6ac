// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Activations: what each refuses.
dl.model @invalid {
  func @c0(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: relu6: expected floats, found %i
    %y = relu6 %i
    return %x
  }
  func @c1(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: hardsigmoid: expected floats, found %i
    %y = hardsigmoid %i
    return %x
  }
  func @c2(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: elu: alpha = 1.0e39 is no number of f32
    %y = elu %x, alpha = 1.0e39
    return %x
  }
  func @c3(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: celu: alpha = 1.0e39 is no number of f32
    %y = celu %x, alpha = 1.0e39
    return %x
  }
  func @c4(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: celu: alpha: x is divided by it; expected another number than 0
    %y = celu %x, alpha = 0
    return %x
  }
  func @c5(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: elu has no option 'slope'; it knows alpha
    %y = elu %x, slope = 1.0
    return %x
  }
  func @c6(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu: expected floats, found %i
    %y = prelu %i, %i
    return %x
  }
  func @c7(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: element types differ: %x : f32[batch, 7] and %d : f64[7]
    %y = prelu %x, %d
    return %x
  }
  func @c8(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu: weight: expected one number, or one for each channel of %x : f32[batch, 7], found %v : f32[6]
    %y = prelu %x, %v
    return %x
  }
  func @c9(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu: weight: expected one number, or one for each channel of %x : f32[batch, 7], found %x : f32[batch, 7]
    %y = prelu %x, %x
    return %x
  }
  func @c10(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu: weight: expected one number, or one for each channel of %s : f32, found %v : f32[6]
    %y = prelu %s, %v
    return %x
  }
  func @c11(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu takes 2 values, found 1
    %y = prelu %x
    return %x
  }
  func @c12(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu: num_parameters: expected 1, or the number of channels of %x : f32[batch, 7], found 6
    %y = nn.prelu "a" %x, num_parameters = 6
    return %x
  }
  func @c13(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu: num_parameters: expected a number, found batch
    %y = nn.prelu "a" %x, num_parameters = batch
    return %x
  }
  func @c14(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu: expected at least one axis, found %s : f32
    %y = nn.prelu "a" %s
    return %x
  }
  func @c15(%x: f32[batch, 7], %i: i32[batch, 7], %d: f64[7], %s: f32, %v: f32[6]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: prelu: expected floats, found %i
    %y = nn.prelu "a" %i
    return %x
  }
}
