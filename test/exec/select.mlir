// select.mlir - one element along an axis
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/select.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/select.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/select.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/select.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/select.json
dl.model @select {
  func @number(%x: f32[7]) -> (y: f32) {
    %y = select %x, axis = 0, index = 3
    return %y
  }

  func @number_fused(%x: f32[7], %s: f32) -> (y: f32) {
    %e = mul %x, %x
    %m = select %e, axis = 0, index = 3
    %y = sub %m, %s
    return %y
  }

  func @row(%x: f32[3, 17]) -> (y: f32[17]) {
    %y = select %x, axis = 0, index = -1
    return %y
  }

  func @row_fused(%x: f32[3, 17], %s: f32) -> (y: f32[17]) {
    %e = mul %x, %x
    %m = select %e, axis = 0, index = -1
    %y = sub %m, %s
    return %y
  }

  func @column(%x: f32[33, 3]) -> (y: f32[33]) {
    %y = select %x, axis = -1, index = 2
    return %y
  }

  func @column_fused(%x: f32[33, 3], %s: f32) -> (y: f32[33]) {
    %e = mul %x, %x
    %m = select %e, axis = -1, index = 2
    %y = sub %m, %s
    return %y
  }

  func @middle(%x: f32[2, 7, 5]) -> (y: f32[2, 5]) {
    %y = select %x, axis = 1, index = -2
    return %y
  }

  func @middle_fused(%x: f32[2, 7, 5], %s: f32) -> (y: f32[2, 5]) {
    %e = mul %x, %x
    %m = select %e, axis = 1, index = -2
    %y = sub %m, %s
    return %y
  }

  func @one(%x: f32[3, 1]) -> (y: f32[3]) {
    %y = select %x, axis = 1, index = 0
    return %y
  }

  func @one_fused(%x: f32[3, 1], %s: f32) -> (y: f32[3]) {
    %e = mul %x, %x
    %m = select %e, axis = 1, index = 0
    %y = sub %m, %s
    return %y
  }

  func @empty(%x: f32[0, 5]) -> (y: f32[0]) {
    %y = select %x, axis = 1, index = 4
    return %y
  }

  func @empty_fused(%x: f32[0, 5], %s: f32) -> (y: f32[0]) {
    %e = mul %x, %x
    %m = select %e, axis = 1, index = 4
    %y = sub %m, %s
    return %y
  }

  func @rows(%x: f32[batch, 3, 17]) -> (y: f32[batch, 17]) {
    %y = select %x, axis = 1, index = 2
    return %y
  }

  func @rows_fused(%x: f32[batch, 3, 17], %s: f32) -> (y: f32[batch, 17]) {
    %e = mul %x, %x
    %m = select %e, axis = 1, index = 2
    %y = sub %m, %s
    return %y
  }

  func @f64(%x: f64[3, 7]) -> (y: f64[3]) {
    %y = select %x, axis = 1, index = 1
    return %y
  }

  func @i32(%x: i32[3, 7]) -> (y: i32[3]) {
    %y = select %x, axis = 1, index = 1
    return %y
  }

  func @i64(%x: i64[3, 7]) -> (y: i64[3]) {
    %y = select %x, axis = 1, index = 1
    return %y
  }

  func @ui8(%x: ui8[3, 7]) -> (y: ui8[3]) {
    %y = select %x, axis = 1, index = 1
    return %y
  }

  func @i1(%x: i1[3, 7]) -> (y: i1[3]) {
    %y = select %x, axis = 1, index = 1
    return %y
  }
}
