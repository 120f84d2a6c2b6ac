// few-columns.mlir - products of few columns are computed as their transposes, and what lies across is turned in registers
// SPDX-License-Identifier: Apache-2.0
//
// Rows that are no multiple of 16, one column, more columns than a vector has lanes, operands in every order, a right operand
// that is read in place with a long k, and what is done with the elements: all against the evaluator, for the whole batch
// and a part of it, on both targets.
//
// RUN: dlc-run diff %s --batch 83 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 83 --batch-extent 70 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 83 --target v3 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 83 --float f64 --quiet | FileCheck %s
// CHECK-COUNT-12: results agree
dl.model @few_columns {
  func @one(%x: f32[batch, 70], %w: f32[70, 1], %b: f32[1]) -> (y: f32[batch, 1]) {
    %z = matmul %x, %w
    %a = add %z, %b
    %y = relu %a
    return %y
  }
  func @three(%x: f32[batch, 70], %w: f32[70, 3], %b: f32[3]) -> (y: f32[batch, 3]) {
    %z = matmul %x, %w
    %y = add %z, %b
    return %y
  }
  func @three_stored(%x: f32[batch, 70], %w: f32[3, 70], %r: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %z = matmul %x, %w, transpose_b
    %y = mul %z, %r
    return %y
  }
  func @seventeen(%x: f32[100, 130], %w: f32[130, 17]) -> (y: f32[100, 17]) {
    %y = matmul %x, %w
    return %y
  }
  func @gradient(%x: f32[batch, 77], %d: f32[batch, 10], %w: f32[77, 10]) -> (y: f32[77, 10]) {
    %g = matmul %x, %d, transpose_a
    %y = sub %w, %g
    return %y
  }
  func @gradient_of_one(%x: f32[batch, 77], %d: f32[batch, 1]) -> (y: f32[77, 1]) {
    %y = matmul %x, %d, transpose_a
    return %y
  }
  func @gradient_of_many(%x: f32[batch, 100], %d: f32[batch, 17]) -> (y: f32[100, 17]) {
    %y = matmul %x, %d, transpose_a
    return %y
  }
  func @long_gradient(%x: f32[2000, 66], %d: f32[2000, 17]) -> (y: f32[66, 17]) {
    %y = matmul %x, %d, transpose_a
    return %y
  }
  func @stack(%x: f32[3, 65, 66], %w: f32[3, 66, 2]) -> (y: f32[3, 65, 2]) {
    %y = matmul %x, %w
    return %y
  }
  func @long(%x: f32[13, 2100], %w: f32[2100, 40]) -> (y: f32[13, 40]) {
    %y = matmul %x, %w
    return %y
  }
  func @twenty_rows(%x: f32[20, 100], %w: f32[37, 100]) -> (y: f32[20, 37]) {
    %y = matmul %x, %w, transpose_b
    return %y
  }
  func @rows_along_k(%x: f32[batch, 100], %w: f32[37, 100]) -> (y: f32[batch, 37]) {
    %y = matmul %x, %w, transpose_b
    return %y
  }
}
