// numbers.mlir - numbers as operands: constants of the type of the value beside them
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/numbers.json
// RUN: dlc %s --batch 3 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/numbers.json
// RUN: dlc %s --batch 3 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/numbers.json
// RUN: dlc %s --batch 3 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/numbers.json
dl.model @numbers {
  func private @lines(%x: f32[rows, columns]) {
    %a = mul %x, 2.0
    %b = sub 1.0, %a
    %c = max %b, -3
    return %c
  }
  func @floats(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %y = call @lines(%x)
    return %y
  }
  func @doubles(%x: f64[2]) -> (y: f64[2]) {
    %y = mul %x, 0.1
    return %y
  }
  func @integers(%n: i32[3]) -> (y: i32[3], z: i1[3]) {
    %y = add %n, 3
    %z = gt %n, 1.0
    return %y, %z
  }
  func @choice(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %c = gt %x, 0.5
    %y = where %c, %x, 0.0
    return %y
  }
  func @one(%x: f32) -> (y: f32) {
    %y = div 1, %x
    return %y
  }
  // A step that halves: the body of an optimizer is written out in each parameter's type.
  optimizer @half(%w, %g) {
    %d = mul 0.5, %g
    %w1 = sub %w, %d
    return %w1
  }
  func @loss(%x: f32[batch, 2]) -> (loss: f32) {
    %w = param "w" f32[2] = ones
    %p = mul %x, %w
    %l = sum %p
    return %l
  }
  train @step minimizes @loss {
    optimize "*" with @half
  }
}
