// What is wrong with `read`, `write`, `cache` and `sample`.
// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
dl.model @m {
  func @f(%x: f32[batch, 5, 3], %v: f32[batch, 2, 3], %at: i32, %real: f32) -> (y: f32[batch, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: read: say size = ..., and axis = ... where it is not 0
    %a = read %x, at = %at, axis = 1
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: read: expected at = %place, one integer, found none
    %b = read %x, axis = 1, size = 2
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: read: expected at = %place, one integer, found %real : f32
    %c = read %x, at = %real, axis = 1, size = 2
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: read: expected 1 to 5 elements along axis 1 of %x : f32[batch, 5, 3], found 6
    %d = read %x, at = %at, axis = 1, size = 6
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: read: axis 0 of %x : f32[batch, 5, 3] depends on the batch; expected one whose size is known when the model is compiled
    %e = read %x, at = %at, size = 1
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: write: expected a value that has the type and, but along the axis, the sizes of %x : f32[batch, 5, 3], found %v : f32[batch, 2, 3]
    %g = write %x, %v, at = %at, axis = 2
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: write: expected 1 to 2 elements along axis 1 of %v : f32[batch, 2, 3], found 5
    %h = write %v, %x, at = %at, axis = 1
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: write: expected at = %place, one integer, found none
    %i = write %x, %v, axis = 1
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: cache: expected [batch, ..., places, ...], and an axis other than that of the batch, found %x : f32[batch, 5, 3]
    %j = nn.cache "j" %x, 8, at = %at, axis = 0
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: cache: expected a context of at least the 5 places that are written, found 4
    %k = nn.cache "k" %x, 4, at = %at
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: cache: expected at = %place, one integer, found none
    %l = nn.cache "l" %x, 8
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: sample: top_k: expected 1 to 3, found 4
    %n = sample %x, top_k = 4
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: sample: temperature: expected a number of at least 1.0e-30, found 0.0
    %o = sample %x, temperature = 0.0
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: sample: top_p: expected a number above 0, and at most 1, found 1.5
    %p = sample %x, top_p = 1.5
    %t = transpose %x, [1, 2, 0]
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: sample: expected scores [..., classes] with at least one class, found %t : f32[5, 3, batch]
    %q = sample %t
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: clamp: min must not be above max, found 5 and 1
    %r = clamp %x, min = 5, max = 1
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: this number is larger than f64 holds, which is about 1.8e308; write `inf` for infinity
    %s = add %x, 1.0e999
    return %x
  }
}
