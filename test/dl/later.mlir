// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// What is read, checked, printed and kept, though this version compiles it no further.
// CHECK-LABEL: dl.model @later
dl.model @later sizes(layers = 3, width = 8) {
  func private @block(%x: f32[batch, width], %at: i32) {
    %y = nn.linear "fc" %x, width
    return %y
  }
  func session @decode(%x: f32[batch, width], %at: i32) -> (y: f32[batch, width]) {
    // CHECK: %h = stack layers "h" @block(%x, %at) : f32[batch, ?]
    %h = stack layers "h" @block(%x, %at)
    // CHECK: %g = stack 2 "g" @block(%h, %at), inference :
    %g = stack 2 "g" @block(%h, %at), inference
    // CHECK: %m = state "mean" f32[width] = zeros
    %m = state "mean" f32[width] = zeros
    // CHECK: %k = state session "key" f32[batch, width] = constant(0.5)
    %k = state session "key" f32[batch, width] = constant(0.5)
    %k1 = add %k, %g
    // CHECK: update "key", %k1
    update "key", %k1
    return %g
  }
  func private @recurrent(%x: f32[batch, 5, 4]) {
    %h0 = constant f32[batch, 4] = 0.0
    // CHECK: %all, %last = scan (%xt in %x along 1) carry (%h = %h0) {
    %all, %last = scan (%xt in %x along 1) carry (%h = %h0) {
      %s = add %xt, %h
      // CHECK: yield %s carry %s
      yield %s carry %s
    // CHECK: } : f32[batch, 5, 4], f32[batch, 4]
    }
    // CHECK: %end = scan 3 "h" carry (%v = %last) {
    %end = scan 3 "h" carry (%v = %last) {
      %w = relu %v
      // CHECK: yield carry %w
      yield carry %w
    }
    return %all, %end
  }
}
