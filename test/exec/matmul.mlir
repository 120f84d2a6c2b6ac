// matmul.mlir - the product of the last two axes
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/matmul.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/matmul.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/matmul.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/matmul.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/matmul.json
dl.model @matmul {
  func @small(%a: f32[3, 7], %b: f32[7, 5]) -> (y: f32[3, 5]) {
    %y = matmul %a, %b
    return %y
  }

  func @odd(%a: f32[17, 33], %b: f32[33, 70]) -> (y: f32[17, 70]) {
    %y = matmul %a, %b
    return %y
  }

  func @odd_ta(%a: f32[33, 17], %b: f32[33, 70]) -> (y: f32[17, 70]) {
    %y = matmul %a, %b, transpose_a
    return %y
  }

  func @odd_tb(%a: f32[17, 33], %b: f32[70, 33]) -> (y: f32[17, 70]) {
    %y = matmul %a, %b, transpose_b
    return %y
  }

  func @odd_ta_tb(%a: f32[33, 17], %b: f32[70, 33]) -> (y: f32[17, 70]) {
    %y = matmul %a, %b, transpose_a, transpose_b
    return %y
  }

  func @row(%a: f32[1, 17], %b: f32[17, 33]) -> (y: f32[1, 33]) {
    %y = matmul %a, %b
    return %y
  }

  func @row_ta(%a: f32[17, 1], %b: f32[17, 33]) -> (y: f32[1, 33]) {
    %y = matmul %a, %b, transpose_a
    return %y
  }

  func @row_tb(%a: f32[1, 17], %b: f32[33, 17]) -> (y: f32[1, 33]) {
    %y = matmul %a, %b, transpose_b
    return %y
  }

  func @row_ta_tb(%a: f32[17, 1], %b: f32[33, 17]) -> (y: f32[1, 33]) {
    %y = matmul %a, %b, transpose_a, transpose_b
    return %y
  }

  func @column(%a: f32[33, 17], %b: f32[17, 1]) -> (y: f32[33, 1]) {
    %y = matmul %a, %b
    return %y
  }

  func @dot(%a: f32[1, 70], %b: f32[70, 1]) -> (y: f32[1, 1]) {
    %y = matmul %a, %b
    return %y
  }

  func @outer(%a: f32[7, 1], %b: f32[1, 17]) -> (y: f32[7, 17]) {
    %y = matmul %a, %b
    return %y
  }

  func @outer_ta(%a: f32[1, 7], %b: f32[1, 17]) -> (y: f32[7, 17]) {
    %y = matmul %a, %b, transpose_a
    return %y
  }

  func @outer_tb(%a: f32[7, 1], %b: f32[17, 1]) -> (y: f32[7, 17]) {
    %y = matmul %a, %b, transpose_b
    return %y
  }

  func @outer_ta_tb(%a: f32[1, 7], %b: f32[17, 1]) -> (y: f32[7, 17]) {
    %y = matmul %a, %b, transpose_a, transpose_b
    return %y
  }

  func @one(%a: f32[1, 1], %b: f32[1, 1]) -> (y: f32[1, 1]) {
    %y = matmul %a, %b
    return %y
  }

  func @nothing_summed(%a: f32[3, 0], %b: f32[0, 5]) -> (y: f32[3, 5]) {
    %y = matmul %a, %b
    return %y
  }

  func @nothing_summed_ta(%a: f32[0, 3], %b: f32[0, 5]) -> (y: f32[3, 5]) {
    %y = matmul %a, %b, transpose_a
    return %y
  }

  func @nothing_summed_tb(%a: f32[3, 0], %b: f32[5, 0]) -> (y: f32[3, 5]) {
    %y = matmul %a, %b, transpose_b
    return %y
  }

  func @nothing_summed_ta_tb(%a: f32[0, 3], %b: f32[5, 0]) -> (y: f32[3, 5]) {
    %y = matmul %a, %b, transpose_a, transpose_b
    return %y
  }

  func @empty(%a: f32[0, 7], %b: f32[7, 5]) -> (y: f32[0, 5]) {
    %y = matmul %a, %b
    return %y
  }

  func @empty_ta(%a: f32[7, 0], %b: f32[7, 5]) -> (y: f32[0, 5]) {
    %y = matmul %a, %b, transpose_a
    return %y
  }

  func @empty_tb(%a: f32[0, 7], %b: f32[5, 7]) -> (y: f32[0, 5]) {
    %y = matmul %a, %b, transpose_b
    return %y
  }

  func @empty_ta_tb(%a: f32[7, 0], %b: f32[5, 7]) -> (y: f32[0, 5]) {
    %y = matmul %a, %b, transpose_a, transpose_b
    return %y
  }

  func @stack(%a: f32[2, 3, 7], %b: f32[2, 7, 17]) -> (y: f32[2, 3, 17]) {
    %y = matmul %a, %b
    return %y
  }

  func @stack_ta(%a: f32[2, 7, 3], %b: f32[2, 7, 17]) -> (y: f32[2, 3, 17]) {
    %y = matmul %a, %b, transpose_a
    return %y
  }

  func @stack_tb(%a: f32[2, 3, 7], %b: f32[2, 17, 7]) -> (y: f32[2, 3, 17]) {
    %y = matmul %a, %b, transpose_b
    return %y
  }

  func @stack_ta_tb(%a: f32[2, 7, 3], %b: f32[2, 17, 7]) -> (y: f32[2, 3, 17]) {
    %y = matmul %a, %b, transpose_a, transpose_b
    return %y
  }

  func @shared(%a: f32[2, 3, 7], %b: f32[7, 5]) -> (y: f32[2, 3, 5]) {
    %y = matmul %a, %b
    return %y
  }

  func @shared_ta(%a: f32[2, 7, 3], %b: f32[7, 5]) -> (y: f32[2, 3, 5]) {
    %y = matmul %a, %b, transpose_a
    return %y
  }

  func @shared_tb(%a: f32[2, 3, 7], %b: f32[5, 7]) -> (y: f32[2, 3, 5]) {
    %y = matmul %a, %b, transpose_b
    return %y
  }

  func @shared_ta_tb(%a: f32[2, 7, 3], %b: f32[5, 7]) -> (y: f32[2, 3, 5]) {
    %y = matmul %a, %b, transpose_a, transpose_b
    return %y
  }

  func @shared_left(%a: f32[3, 7], %b: f32[2, 7, 5]) -> (y: f32[2, 3, 5]) {
    %y = matmul %a, %b
    return %y
  }

  func @stretched(%a: f32[2, 1, 3, 7], %b: f32[5, 7, 4]) -> (y: f32[2, 5, 3, 4]) {
    %y = matmul %a, %b
    return %y
  }

  func @stretched_ta(%a: f32[2, 1, 7, 3], %b: f32[5, 7, 4]) -> (y: f32[2, 5, 3, 4]) {
    %y = matmul %a, %b, transpose_a
    return %y
  }

  func @stretched_tb(%a: f32[2, 1, 3, 7], %b: f32[5, 4, 7]) -> (y: f32[2, 5, 3, 4]) {
    %y = matmul %a, %b, transpose_b
    return %y
  }

  func @stretched_ta_tb(%a: f32[2, 1, 7, 3], %b: f32[5, 4, 7]) -> (y: f32[2, 5, 3, 4]) {
    %y = matmul %a, %b, transpose_a, transpose_b
    return %y
  }

  func @long(%a: f32[2, 300], %b: f32[300, 3]) -> (y: f32[2, 3]) {
    %y = matmul %a, %b
    return %y
  }

  func @batched(%a: f32[batch, 17], %b: f32[17, 33]) -> (y: f32[batch, 33]) {
    %y = matmul %a, %b
    return %y
  }

  func @batched_tb(%a: f32[batch, 17], %b: f32[33, 17]) -> (y: f32[batch, 33]) {
    %y = matmul %a, %b, transpose_b
    return %y
  }

  func @batched_stack(%a: f32[batch, 3, 7], %b: f32[batch, 7, 5]) -> (y: f32[batch, 3, 5]) {
    %y = matmul %a, %b
    return %y
  }

  func @batched_stack_ta(%a: f32[batch, 7, 3], %b: f32[batch, 7, 5]) -> (y: f32[batch, 3, 5]) {
    %y = matmul %a, %b, transpose_a
    return %y
  }

  func @batched_stack_tb(%a: f32[batch, 3, 7], %b: f32[batch, 5, 7]) -> (y: f32[batch, 3, 5]) {
    %y = matmul %a, %b, transpose_b
    return %y
  }

  func @batched_stack_ta_tb(%a: f32[batch, 7, 3], %b: f32[batch, 5, 7]) -> (y: f32[batch, 3, 5]) {
    %y = matmul %a, %b, transpose_a, transpose_b
    return %y
  }

  func @wide(%a: f32[5, 17], %b: f32[17, 130]) -> (y: f32[5, 130]) {
    %y = matmul %a, %b
    return %y
  }

  func @batch_summed(%a: f32[batch, 7], %b: f32[batch, 17]) -> (y: f32[7, 17]) {
    %y = matmul %a, %b, transpose_a
    return %y
  }

  func @fused(%a: f32[batch, 17], %b: f32[17, 33], %c: f32[33], %d: f32[batch, 1]) -> (y: f32[batch, 33], s: f32[batch, 33]) {
    %m = matmul %a, %b
    %s = add %m, %c
    %r = relu %s
    %y = mul %r, %d
    return %y, %s
  }
}
