// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s

// The batch may be any axis, but not of what would have to be copied for it.
dl.model @m {
  func @f(%x: f32[4, batch], %w: f32[6, 3], %i: i32[2, batch]) {
    // CHECK: :[[@LINE+1]]:10: error: reshape: the batch is not the first axis of %x : f32[4, batch] or of f32[4 * batch], and this version cannot reshape across it
    %y = reshape %x, [4 * batch]
    // CHECK: :[[@LINE+1]]:10: error: indices must have the batch as their first axis, found %i : i32[2, batch]; `transpose` them before
    %g = gather %w, %i
    return %y, %g
  }
}
