// order.mlir - places, ties, what is no number, and types that are no floats
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/order.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/order.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/order.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/order.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/order.json
dl.model @order {
  func @topk_f32(%x: f32[batch, 19]) -> (y0: f32[batch, 6], y1: i64[batch, 6]) {
    %y0, %y1 = topk %x, 6
    return %y0, %y1
  }

  func @least_f32(%x: f32[batch, 5, 3]) -> (y0: f32[batch, 3, 3], y1: i64[batch, 3, 3]) {
    %y0, %y1 = topk %x, 3, axis = 1, smallest
    return %y0, %y1
  }

  func @sort_f32(%x: f32[batch, 33]) -> (y0: f32[batch, 33], y1: i64[batch, 33]) {
    %y0, %y1 = sort %x
    return %y0, %y1
  }

  func @falling_f32(%x: f32[7, 4]) -> (y0: f32[7, 4], y1: i64[7, 4]) {
    %y0, %y1 = sort %x, axis = 0, descending
    return %y0, %y1
  }

  func @argsort_f32(%x: f32[batch, 3, 6]) -> (y0: i64[batch, 3, 6]) {
    %y0 = argsort %x, axis = 1, descending
    return %y0
  }

  func @flip_f32(%x: f32[batch, 18, 2]) -> (y0: f32[batch, 18, 2]) {
    %y0 = flip %x, axes = [1]
    return %y0
  }

  func @topk_i32(%x: i32[batch, 19]) -> (y0: i32[batch, 6], y1: i64[batch, 6]) {
    %y0, %y1 = topk %x, 6
    return %y0, %y1
  }

  func @least_i32(%x: i32[batch, 5, 3]) -> (y0: i32[batch, 3, 3], y1: i64[batch, 3, 3]) {
    %y0, %y1 = topk %x, 3, axis = 1, smallest
    return %y0, %y1
  }

  func @sort_i32(%x: i32[batch, 33]) -> (y0: i32[batch, 33], y1: i64[batch, 33]) {
    %y0, %y1 = sort %x
    return %y0, %y1
  }

  func @falling_i32(%x: i32[7, 4]) -> (y0: i32[7, 4], y1: i64[7, 4]) {
    %y0, %y1 = sort %x, axis = 0, descending
    return %y0, %y1
  }

  func @argsort_i32(%x: i32[batch, 3, 6]) -> (y0: i64[batch, 3, 6]) {
    %y0 = argsort %x, axis = 1, descending
    return %y0
  }

  func @cumsum_i32(%x: i32[batch, 18]) -> (y0: i64[batch, 18]) {
    %y0 = cumsum %x
    return %y0
  }

  func @flip_i32(%x: i32[batch, 18, 2]) -> (y0: i32[batch, 18, 2]) {
    %y0 = flip %x, axes = [1]
    return %y0
  }

  func @topk_i64(%x: i64[batch, 19]) -> (y0: i64[batch, 6], y1: i64[batch, 6]) {
    %y0, %y1 = topk %x, 6
    return %y0, %y1
  }

  func @least_i64(%x: i64[batch, 5, 3]) -> (y0: i64[batch, 3, 3], y1: i64[batch, 3, 3]) {
    %y0, %y1 = topk %x, 3, axis = 1, smallest
    return %y0, %y1
  }

  func @sort_i64(%x: i64[batch, 33]) -> (y0: i64[batch, 33], y1: i64[batch, 33]) {
    %y0, %y1 = sort %x
    return %y0, %y1
  }

  func @falling_i64(%x: i64[7, 4]) -> (y0: i64[7, 4], y1: i64[7, 4]) {
    %y0, %y1 = sort %x, axis = 0, descending
    return %y0, %y1
  }

  func @argsort_i64(%x: i64[batch, 3, 6]) -> (y0: i64[batch, 3, 6]) {
    %y0 = argsort %x, axis = 1, descending
    return %y0
  }

  func @cumsum_i64(%x: i64[batch, 18]) -> (y0: i64[batch, 18]) {
    %y0 = cumsum %x
    return %y0
  }

  func @flip_i64(%x: i64[batch, 18, 2]) -> (y0: i64[batch, 18, 2]) {
    %y0 = flip %x, axes = [1]
    return %y0
  }

  func @topk_ui8(%x: ui8[batch, 19]) -> (y0: ui8[batch, 6], y1: i64[batch, 6]) {
    %y0, %y1 = topk %x, 6
    return %y0, %y1
  }

  func @least_ui8(%x: ui8[batch, 5, 3]) -> (y0: ui8[batch, 3, 3], y1: i64[batch, 3, 3]) {
    %y0, %y1 = topk %x, 3, axis = 1, smallest
    return %y0, %y1
  }

  func @sort_ui8(%x: ui8[batch, 33]) -> (y0: ui8[batch, 33], y1: i64[batch, 33]) {
    %y0, %y1 = sort %x
    return %y0, %y1
  }

  func @falling_ui8(%x: ui8[7, 4]) -> (y0: ui8[7, 4], y1: i64[7, 4]) {
    %y0, %y1 = sort %x, axis = 0, descending
    return %y0, %y1
  }

  func @argsort_ui8(%x: ui8[batch, 3, 6]) -> (y0: i64[batch, 3, 6]) {
    %y0 = argsort %x, axis = 1, descending
    return %y0
  }

  func @cumsum_ui8(%x: ui8[batch, 18]) -> (y0: i64[batch, 18]) {
    %y0 = cumsum %x
    return %y0
  }

  func @flip_ui8(%x: ui8[batch, 18, 2]) -> (y0: ui8[batch, 18, 2]) {
    %y0 = flip %x, axes = [1]
    return %y0
  }

  func @wild_topk(%x: f32[batch, 9]) -> (y0: f32[batch, 4], y1: i64[batch, 4]) {
    %y0, %y1 = topk %x, 4
    return %y0, %y1
  }

  func @wild_least(%x: f32[batch, 9]) -> (y0: f32[batch, 7], y1: i64[batch, 7]) {
    %y0, %y1 = topk %x, 7, smallest
    return %y0, %y1
  }

  func @wild_sort(%x: f32[batch, 12]) -> (y0: f32[batch, 12], y1: i64[batch, 12]) {
    %y0, %y1 = sort %x
    return %y0, %y1
  }

  func @wild_argsort(%x: f32[batch, 12]) -> (y0: i64[batch, 12]) {
    %y0 = argsort %x, descending
    return %y0
  }

  func @hot_i32_f32(%x: i32[batch]) -> (y0: f32[batch, 5]) {
    %y0 = one_hot %x, 5, f32
    return %y0
  }

  func @hot_i64_i64(%x: i64[batch, 3]) -> (y0: i64[batch, 3, 5]) {
    %y0 = one_hot %x, 5, i64
    return %y0
  }

  func @hot_ui8_f32(%x: ui8[4, 2]) -> (y0: f32[4, 2, 5]) {
    %y0 = one_hot %x, 5, f32
    return %y0
  }

  func @hot_ui8_ui8(%x: ui8[batch]) -> (y0: ui8[batch, 5]) {
    %y0 = one_hot %x, 5, ui8
    return %y0
  }

  func @hot_i32_i1(%x: i32[batch, 1]) -> (y0: i1[batch, 1, 5]) {
    %y0 = one_hot %x, 5, i1
    return %y0
  }

  func @hot_i64_f64(%x: i64[batch]) -> (y0: f64[batch, 5]) {
    %y0 = one_hot %x, 5, f64
    return %y0
  }

  func @hot_i32_i32(%x: i32[]) -> (y0: i32[5]) {
    %y0 = one_hot %x, 5, i32
    return %y0
  }

  func @hot_one(%x: i32[batch, 4]) -> (y0: f32[batch, 4, 1]) {
    %y0 = one_hot %x, 1, f32
    return %y0
  }

  func @hot_many(%x: ui8[batch]) -> (y0: f32[batch, 300]) {
    %y0 = one_hot %x, 300, f32
    return %y0
  }
}
