// move-out-of-scans.mlir - what hangs on a product that no round waits for is computed for all rounds, whatever op it is.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --emit=autodiff | dlc-opt | FileCheck %s
// RUN: dlc-run diff %s --batch 3 --quiet | FileCheck %s --check-prefix=SAME
// RUN: dlc-run diff %s --batch 3 -O0 --quiet | FileCheck %s --check-prefix=SAME
// SAME-COUNT-2: agree
dl.model @rounds {
  // CHECK-LABEL: entry function @made(
  // CHECK: %[[A:[^ ]+]] = matmul %x, %w : f32[4, batch, 6]
  // CHECK: %[[B:[^ ]+]] = relu6 %[[A]] : f32[4, batch, 6]
  // CHECK: %[[F:[^ ]+]] = flip %[[B]], axes = [-1]
  // CHECK: %[[M:[^ ]+]] = mean %[[F]], axes = [-1], keepdim : f32[4, batch, 1]
  // CHECK: %[[G:[^ ]+]] = broadcast %[[M]], [4, batch, 6]
  // CHECK: %[[S:[^ ]+]] = softmax %[[G]]
  // CHECK: %[[T:[^ ]+]] = mul %[[S]], %[[B]]
  // CHECK: scan (%[[ROUND:[^ ]+]] in %[[T]] along 0)
  // CHECK-NEXT: add
  // CHECK-NEXT: yield
  func @made(%x: f32[4, batch, 8], %w: f32[8, 6]) -> (y: f32[4, batch, 6]) {
    %zero = constant f32[batch, 6] = 0.0
    %y, %last = scan (%xt in %x along 0) carry (%h = %zero) {
      %a = matmul %xt, %w
      %b = relu6 %a
      %f = flip %b, axes = [1]
      %m = mean %f, axes = [1], keepdim
      %g = broadcast %m, [batch, 6]
      %s = softmax %g
      %t = mul %s, %b
      %n = add %h, %t
      yield %n carry %n
    }
    return %y
  }
  // A number that is stretched has as many axes as the result, behind that of the rounds.
  // CHECK-LABEL: entry function @stretched(
  // CHECK: %[[P:[^ ]+]] = matmul %x, %w : f32[4, batch, 1]
  // CHECK: %[[Q:[^ ]+]] = reshape %[[P]], [4, 1, batch]
  // CHECK: broadcast %[[Q]], [4, 3, batch]
  func @stretched(%x: f32[4, batch, 8], %w: f32[8, 1]) -> (y: f32[4, 3, batch]) {
    %zero = constant f32[3, batch] = 0.0
    %y, %last = scan (%xt in %x along 0) carry (%h = %zero) {
      %a = matmul %xt, %w
      %r = reshape %a, [batch]
      %g = broadcast %r, [3, batch]
      %n = add %h, %g
      yield %n carry %n
    }
    return %y
  }
}
