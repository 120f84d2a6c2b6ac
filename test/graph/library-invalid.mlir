// What the description of a library has no room for: names without a character, more than eight axes.
//
// RUN: rm -rf %t && split-file %s %t && cd %t
// RUN: not dlc names.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=NAMES
// RUN: not dlc axes.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=AXES
// RUN: not ls out.so
// RUN: dlc eight.mlir -o eight.so && dlc-run info eight.so | FileCheck %s --check-prefix=EIGHT

// NAMES: names.mlir:1:1: error: this model has no name; expected at least one character between the quotes
// NAMES: names.mlir:2:3: error: this entry point has no name; expected at least one character between the quotes
// NAMES: names.mlir:5:3: error: this entry point has a name with the character NUL in it, which no name of a library can hold
// NAMES: names.mlir:9:{{[0-9]+}}: error: this parameter has a name with the character NUL in it, which no name of a library can hold
// NAMES-NOT: error

// AXES: axes.mlir:2:{{[0-9]+}}: error: input 'x': expected at most 8 axes, found 9, %x : f32[1, 1, 1, 1, 1, 1, 1, 1, 2]
// AXES: axes.mlir:7:{{[0-9]+}}: error: output 'y': expected at most 8 axes, found 9, %y : f32[1, 1, 1, 1, 1, 1, 1, 1, 2]
// AXES: axes.mlir:11:{{[0-9]+}}: error: parameter 'w': expected at most 8 axes, found 9, %w : f32[1, 1, 1, 1, 1, 1, 1, 1, 2]
// AXES-NOT: error

// EIGHT: f(x: f32[1, 1, 1, 1, 1, 1, 1, 2]) -> (y: f32[1, 1, 1, 1, 1, 1, 2, 1])

//--- names.mlir
dl.model @"" {
  func @""(%x: f32[2]) -> (y: f32[2]) {
    return %x
  }
  func @"a\00b"(%x: f32[2]) -> (y: f32[2]) {
    return %x
  }
  func @c(%x: f32[2]) -> (y: f32[2]) {
    %w = param "w\00v" f32[2] = zeros
    %y = add %x, %w
    return %y
  }
}
//--- axes.mlir
dl.model @m {
  func @f(%x: f32[1, 1, 1, 1, 1, 1, 1, 1, 2]) -> (y: f32[2]) {
    %y = reshape %x, [2]
    return %y
  }
  func @g(%x: f32[2]) -> (y: f32[1, 1, 1, 1, 1, 1, 1, 1, 2]) {
    %y = reshape %x, [1, 1, 1, 1, 1, 1, 1, 1, 2]
    return %y
  }
  func @h(%x: f32[2]) -> (y: f32[2]) {
    %w = param "w" f32[1, 1, 1, 1, 1, 1, 1, 1, 2] = zeros
    %v = reshape %w, [2]
    %y = add %x, %v
    return %y
  }
}
//--- eight.mlir
dl.model @m {
  func @f(%x: f32[1, 1, 1, 1, 1, 1, 1, 2]) -> (y: f32[1, 1, 1, 1, 1, 1, 2, 1]) {
    %y = reshape %x, [1, 1, 1, 1, 1, 1, 1, 1, 2]
    %z = reshape %y, [1, 1, 1, 1, 1, 1, 2, 1]
    return %z
  }
}
