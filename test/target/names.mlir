// RUN: dlc %s -o %t.so && dlc-run check %t.so %S/Inputs/names.json
// RUN: dlc %s --batch 1,32 -o %t.2.so && dlc-run check %t.2.so %S/Inputs/names.json
// RUN: dlc %s --batch 1,32 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/names.json
// RUN: dlc %s --batch 1,32 --emit=loops -o %t.loops.mlir && dlc %t.loops.mlir -o %t.3.so && cmp %t.3.so %t.2.so
// RUN: dlc %s --emit=obj -o %t.o && llvm-nm --defined-only --extern-only %t.o | FileCheck %s
// Entry points may be called what the compiler calls something of its own, or what LLVM knows a function of.

// CHECK: T memcpy_dlc_model_query
// CHECK-NOT: {{.}}
dl.model @memcpy {
  func @f(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %y = exp %x
    return %y
  }
  func @k0_exp(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %y = neg %x
    return %y
  }
  func @k0_exp.b32(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %y = abs %x
    return %y
  }
  func @f.b32(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %y = mul %x, %x
    return %y
  }
  func @f.call(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %y = add %x, %x
    return %y
  }
  func @call.f(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %y = relu %x
    return %y
  }
  func @entry.f(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %one = constant f32 = 1.0
    %y = add %x, %one
    return %y
  }
  func @dlc_model_query(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %one = constant f32 = 1.0
    %y = sub %x, %one
    return %y
  }
  func @dlc.model(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %two = constant f32 = 2.0
    %y = add %x, %two
    return %y
  }
  // The copies of a step whose old values move are made by memcpy.
  func @memcpy(%x: f32[batch, 3]) -> (y: f32) {
    %w = param "w" f32[3] = ones
    %y = mul %x, %w
    %l = sum %y
    return %l
  }
  func @memset(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %three = constant f32 = 3.0
    %y = add %x, %three
    return %y
  }
  optimizer @exchange(%w, %g) slots(%m = constant(7.0)) {
    return %m, %w
  }
  train @main minimizes @memcpy {
    optimize "*" with @exchange
  }
}
