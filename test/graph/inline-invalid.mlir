// RUN: rm -rf %t && split-file %s %t
// RUN: not dlc %t/foreign.mlir 2>&1 | FileCheck %s --check-prefix=FOREIGN
// RUN: dlc-opt --mlir-print-op-generic %t/lie.mlir | sed '/callee = @h/s/-> tensor<4xf32>/-> tensor<2x2xf32>/; /callee = @k/s/(tensor<4xf32>)/(tensor<2x2xf32>)/' > %t/lying.mlir
// RUN: not dlc %t/lying.mlir 2>&1 | FileCheck %s --check-prefix=LIE
// RUN: not dlc %t/arguments.mlir 2>&1 | FileCheck %s --check-prefix=ARGUMENTS

// What only inlining can find.
// FOREIGN: foreign.mlir:3:10: error: 'arith.constant' is no op of a model; expected ops of `dl` and layers of `nn`
// In the generic form a call can state types that are not those of the function.
// LIE: error: argument %x of @k: expected f32[2, 2], found f32[4]
// ARGUMENTS: arguments.mlir:6:22: error: expected a value, such as %x, found '3'

//--- foreign.mlir
dl.model @m {
  func @f(%x: f32[4]) {
    %a = arith.constant dense<1.0> : tensor<4xf32>
    %y = add %x, (%a : f32[4])
    return %y
  }
}
//--- lie.mlir
dl.model @m {
  func private @h(%x: f32[4]) {
    return %x
  }
  func private @k(%x: f32[2, 2]) {
    return %x
  }
  func @f(%x: f32[4]) {
    %a = call @h(%x)
    %b = call @k(%a)
    return %b
  }
}
//--- arguments.mlir
dl.model @m {
  func private @h(%x: f32[4], %y: f32) {
    return %x
  }
  func @f(%x: f32[4]) {
    %a = call @h(%x, 3)
    return %a
  }
}
