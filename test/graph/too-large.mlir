// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// A tensor that no machine could hold is refused where it is declared.
dl.model @large {
  func @f(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    // CHECK: too-large.mlir:[[#@LINE+1]]:10: error: %w : f32[4000000000, 4000000000] has more than 2^38 elements at a batch of 32; make it smaller
    %w = param "w" f32[4000000000, 4000000000] = zeros
    %k = sum %w
    %y = add %x, %k
    return %y
  }
}
