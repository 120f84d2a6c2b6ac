// across.mlir - reductions over axes that do not lie in order, and transposes that are done with something else
// SPDX-License-Identifier: Apache-2.0
//
// Several vectors of columns go through the rows together: numbers of columns that are no multiple of a vector or of those
// that go together, values that are kept from pass to pass, several results. Against the evaluator, on both targets.
//
// RUN: dlc-run diff %s --batch 37 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 37 --batch-extent 21 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 37 --target v3 --quiet | FileCheck %s
// CHECK-COUNT-9: results agree
dl.model @across {
  func @columns(%x: f32[batch, 203]) -> (s: f32[203], m: f32[203]) {
    %s = sum %x, axes = [0]
    %m = amax %x, axes = [0]
    return %s, %m
  }
  func @many_columns(%x: f32[70, 300], %y: f32[70, 300]) -> (s: f32[300], t: f32[300]) {
    %p = mul %x, %y
    %s = sum %p, axes = [0]
    %t = sum %y, axes = [0]
    return %s, %t
  }
  func @middle(%x: f32[3, 41, 70]) -> (y: f32[3, 41, 70], s: f32[3, 70]) {
    %y = softmax %x, axis = 1
    %s = sum %x, axes = [1]
    return %y, %s
  }
  func @of_rows(%x: f32[5, 6, batch]) -> (y: f32[5, 6, batch]) {
    %y = softmax %x, axis = 1
    return %y
  }
  func @turned(%x: f32[batch, 70]) -> (y: f32[70, batch]) {
    %y = transpose %x, [1, 0]
    return %y
  }
  func @turned_and_more(%x: f32[batch, 70], %z: f32[70, batch], %s: f32[batch]) -> (y: f32[70, batch]) {
    %t = transpose %x, [1, 0]
    %a = add %t, %z
    %b = mul %a, %s
    %y = tanh %b
    return %y
  }
  func @with_itself(%x: f32[50, 50]) -> (y: f32[50, 50]) {
    %t = transpose %x, [1, 0]
    %y = sub %t, %x
    return %y
  }
  func @stack(%x: f32[3, 33, 70]) -> (y: f32[3, 70, 33]) {
    %y = transpose %x, [0, 2, 1]
    return %y
  }
  func @numbers(%x: i64[40, 35]) -> (y: i64[35, 40]) {
    %y = transpose %x, [1, 0]
    return %y
  }
}
