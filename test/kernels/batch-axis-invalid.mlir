// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// What would need a copy below the capacity is refused.
dl.model @axis {
  func @flat(%x: f32[2, batch, 3]) -> (y: f32[2 * batch, 3]) {
    // CHECK: batch-axis-invalid.mlir:[[#@LINE+1]]:10: error: reshape: the batch is not the first axis of %x : f32[2, batch, 3] or of f32[2 * batch, 3]
    %y = reshape %x, [2 * batch, 3]
    return %y
  }
  func @lookup(%i: i32[2, batch]) -> (y: f32[2, batch, 3]) {
    // CHECK: batch-axis-invalid.mlir:[[#@LINE+1]]:10: error: indices must have the batch as their first axis, found %i : i32[2, batch]
    %y = nn.embedding "e" %i, 7, 3
    return %y
  }
}
