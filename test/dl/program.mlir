// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @program version 1 sizes(width = 64, heads = 4, inner = 4 * width)
dl.model @program version 1 sizes(width = 64, heads = 4, inner = 4 * width) {
  // CHECK: func private @scale<by, twice = 2>(%x: f32[batch, n, by])
  func private @scale<by, twice = 2>(%x: f32[batch, n, by]) {
    // CHECK: %s = param "s" f32[by] = ones
    %s = param "s" f32[by] = ones
    %y = mul %x, %s
    return %y
  }
  // CHECK: func private @two(%x: f32[batch, 4], %n: i32) -> (f32[batch, 4], i32)
  func private @two(%x: f32[batch, 4], %n: i32[]) {
    return %x, %n
  }
  // CHECK: func @main(%x: f32[batch, 3, 8]) -> (first: f32[batch, 3, 8], total: f32)
  func @main(%x: f32[batch, 3, 8]) -> (first: f32[batch, 3, 8], total: f32) {
    // CHECK: %a = call "a" @scale<by = 8>(%x) :
    %a = call "a" @scale<by = 8>(%x)
    // CHECK: %b = call @scale<by = 8, twice = 2 * heads>(%a), training :
    %b = call @scale<by = 8, twice = 2 * heads>(%a), training
    // CHECK: %c = call "a" @scale<by = 8>(%b), inference :
    %c = call "a" @scale<by = 8>(%b), inference
    %t = sum %c
    return %x, %t
  }
  // CHECK: func @one(%x: f32[?, 4], %y: f32[batch, width]) -> f32[batch, width]
  func @one(%x: tensor<?x4xf32>, %y: f32[batch, width]) -> f32[batch, width] {
    return %y
  }
  // CHECK: train @step minimizes @main {
  train @step minimizes @main {
    // CHECK-NEXT: optimize "*" with @adam(lr = 0.001)
    optimize "*" with @adam(lr = 1.0e-3)
    // CHECK-NEXT: optimize "*.bias", "*.ln_*" with @mine
    optimize "*.bias", "*.ln_*" with @mine
    // CHECK-NEXT: freeze "bert.*"
    freeze "bert.*"
    // CHECK-NEXT: clip_norm 1.0
    clip_norm 1
    // CHECK-NEXT: accumulate 4
    accumulate 4
  }
  // CHECK: optimizer @mine(%w, %g) slots(%m = zeros, %v = constant(0.1)) scalars(%lr = 0.01 in [0, inf), %step) {
  optimizer @mine(%w, %g) slots(%m = zeros, %v = constant(0.1)) scalars(%lr = 1.0e-2 in [0.0, inf), %step) {
    %s = mul %lr, %g
    %w1 = sub %w, %s
    // CHECK: return %w1, %m, %v
    return %w1, %m, %v
  }
}
