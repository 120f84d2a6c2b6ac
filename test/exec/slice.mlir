// slice.mlir - elements along an axis
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/slice.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/slice.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/slice.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/slice.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/slice.json
dl.model @slice {
  func @list(%x: f32[9]) -> (y: f32[5]) {
    %y = slice %x, axis = 0, start = 2, size = 5
    return %y
  }

  func @list_fused(%x: f32[9], %s: f32) -> (y: f32[5]) {
    %e = mul %x, %x
    %m = slice %e, axis = 0, start = 2, size = 5
    %y = sub %m, %s
    return %y
  }

  func @columns(%x: f32[3, 33]) -> (y: f32[3, 17]) {
    %y = slice %x, axis = -1, start = 3, size = 17
    return %y
  }

  func @columns_fused(%x: f32[3, 33], %s: f32) -> (y: f32[3, 17]) {
    %e = mul %x, %x
    %m = slice %e, axis = -1, start = 3, size = 17
    %y = sub %m, %s
    return %y
  }

  func @first(%x: f32[3, 7]) -> (y: f32[3, 1]) {
    %y = slice %x, axis = 1, size = 1
    return %y
  }

  func @first_fused(%x: f32[3, 7], %s: f32) -> (y: f32[3, 1]) {
    %e = mul %x, %x
    %m = slice %e, axis = 1, size = 1
    %y = sub %m, %s
    return %y
  }

  func @middle(%x: f32[2, 4, 5]) -> (y: f32[2, 2, 5]) {
    %y = slice %x, axis = 1, start = 1, size = 2
    return %y
  }

  func @middle_fused(%x: f32[2, 4, 5], %s: f32) -> (y: f32[2, 2, 5]) {
    %e = mul %x, %x
    %m = slice %e, axis = 1, start = 1, size = 2
    %y = sub %m, %s
    return %y
  }

  func @all(%x: f32[7]) -> (y: f32[7]) {
    %y = slice %x, axis = 0, size = 7
    return %y
  }

  func @all_fused(%x: f32[7], %s: f32) -> (y: f32[7]) {
    %e = mul %x, %x
    %m = slice %e, axis = 0, size = 7
    %y = sub %m, %s
    return %y
  }

  func @none(%x: f32[3, 7]) -> (y: f32[3, 0]) {
    %y = slice %x, axis = 1, start = 2, size = 0
    return %y
  }

  func @none_fused(%x: f32[3, 7], %s: f32) -> (y: f32[3, 0]) {
    %e = mul %x, %x
    %m = slice %e, axis = 1, start = 2, size = 0
    %y = sub %m, %s
    return %y
  }

  func @rows(%x: f32[batch, 18]) -> (y: f32[batch, 16]) {
    %y = slice %x, axis = 1, start = 1, size = 16
    return %y
  }

  func @rows_fused(%x: f32[batch, 18], %s: f32) -> (y: f32[batch, 16]) {
    %e = mul %x, %x
    %m = slice %e, axis = 1, start = 1, size = 16
    %y = sub %m, %s
    return %y
  }

  func @f64(%x: f64[7]) -> (y: f64[3]) {
    %y = slice %x, axis = 0, start = 1, size = 3
    return %y
  }

  func @i32(%x: i32[7]) -> (y: i32[3]) {
    %y = slice %x, axis = 0, start = 1, size = 3
    return %y
  }

  func @i64(%x: i64[7]) -> (y: i64[3]) {
    %y = slice %x, axis = 0, start = 1, size = 3
    return %y
  }

  func @ui8(%x: ui8[7]) -> (y: ui8[3]) {
    %y = slice %x, axis = 0, start = 1, size = 3
    return %y
  }

  func @i1(%x: i1[7]) -> (y: i1[3]) {
    %y = slice %x, axis = 0, start = 1, size = 3
    return %y
  }
}
