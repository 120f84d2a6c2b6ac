// broadcast.mlir - stretched to a shape
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/broadcast.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/broadcast.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/broadcast.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/broadcast.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/broadcast.json
dl.model @broadcast {
  func @number(%x: f32) -> (y: f32[3, 17]) {
    %y = broadcast %x, [3, 17]
    return %y
  }

  func @number_fused(%x: f32, %s: f32) -> (y: f32[3, 17]) {
    %e = mul %x, %x
    %m = broadcast %e, [3, 17]
    %y = sub %m, %s
    return %y
  }

  func @row(%x: f32[17]) -> (y: f32[3, 17]) {
    %y = broadcast %x, [3, 17]
    return %y
  }

  func @row_fused(%x: f32[17], %s: f32) -> (y: f32[3, 17]) {
    %e = mul %x, %x
    %m = broadcast %e, [3, 17]
    %y = sub %m, %s
    return %y
  }

  func @column(%x: f32[3, 1]) -> (y: f32[2, 3, 33]) {
    %y = broadcast %x, [2, 3, 33]
    return %y
  }

  func @column_fused(%x: f32[3, 1], %s: f32) -> (y: f32[2, 3, 33]) {
    %e = mul %x, %x
    %m = broadcast %e, [2, 3, 33]
    %y = sub %m, %s
    return %y
  }

  func @same(%x: f32[7]) -> (y: f32[7]) {
    %y = broadcast %x, [7]
    return %y
  }

  func @same_fused(%x: f32[7], %s: f32) -> (y: f32[7]) {
    %e = mul %x, %x
    %m = broadcast %e, [7]
    %y = sub %m, %s
    return %y
  }

  func @empty(%x: f32[5]) -> (y: f32[0, 5]) {
    %y = broadcast %x, [0, 5]
    return %y
  }

  func @empty_fused(%x: f32[5], %s: f32) -> (y: f32[0, 5]) {
    %e = mul %x, %x
    %m = broadcast %e, [0, 5]
    %y = sub %m, %s
    return %y
  }

  func @rows(%x: f32[batch, 1]) -> (y: f32[batch, 17]) {
    %y = broadcast %x, [batch, 17]
    return %y
  }

  func @rows_fused(%x: f32[batch, 1], %s: f32) -> (y: f32[batch, 17]) {
    %e = mul %x, %x
    %m = broadcast %e, [batch, 17]
    %y = sub %m, %s
    return %y
  }

  func @f64(%x: f64[7]) -> (y: f64[3, 7]) {
    %y = broadcast %x, [3, 7]
    return %y
  }

  func @i32(%x: i32[7]) -> (y: i32[3, 7]) {
    %y = broadcast %x, [3, 7]
    return %y
  }

  func @i64(%x: i64[7]) -> (y: i64[3, 7]) {
    %y = broadcast %x, [3, 7]
    return %y
  }

  func @ui8(%x: ui8[7]) -> (y: ui8[3, 7]) {
    %y = broadcast %x, [3, 7]
    return %y
  }

  func @i1(%x: i1[7]) -> (y: i1[3, 7]) {
    %y = broadcast %x, [3, 7]
    return %y
  }
}
