// transpose.mlir - axes in another order
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/transpose.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/transpose.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/transpose.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/transpose.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/transpose.json
dl.model @transpose {
  func @matrix(%x: f32[3, 17]) -> (y: f32[17, 3]) {
    %y = transpose %x, [1, 0]
    return %y
  }

  func @matrix_fused(%x: f32[3, 17], %s: f32) -> (y: f32[17, 3]) {
    %e = mul %x, %x
    %m = transpose %e, [1, 0]
    %y = sub %m, %s
    return %y
  }

  func @large(%x: f32[70, 33]) -> (y: f32[33, 70]) {
    %y = transpose %x, [1, 0]
    return %y
  }

  func @large_fused(%x: f32[70, 33], %s: f32) -> (y: f32[33, 70]) {
    %e = mul %x, %x
    %m = transpose %e, [1, 0]
    %y = sub %m, %s
    return %y
  }

  func @cube(%x: f32[2, 3, 17]) -> (y: f32[17, 2, 3]) {
    %y = transpose %x, [2, 0, 1]
    return %y
  }

  func @cube_fused(%x: f32[2, 3, 17], %s: f32) -> (y: f32[17, 2, 3]) {
    %e = mul %x, %x
    %m = transpose %e, [2, 0, 1]
    %y = sub %m, %s
    return %y
  }

  func @inner(%x: f32[2, 7, 5]) -> (y: f32[2, 5, 7]) {
    %y = transpose %x, [0, -1, 1]
    return %y
  }

  func @inner_fused(%x: f32[2, 7, 5], %s: f32) -> (y: f32[2, 5, 7]) {
    %e = mul %x, %x
    %m = transpose %e, [0, -1, 1]
    %y = sub %m, %s
    return %y
  }

  func @four(%x: f32[2, 3, 5, 17]) -> (y: f32[2, 5, 3, 17]) {
    %y = transpose %x, [0, 2, 1, 3]
    return %y
  }

  func @four_fused(%x: f32[2, 3, 5, 17], %s: f32) -> (y: f32[2, 5, 3, 17]) {
    %e = mul %x, %x
    %m = transpose %e, [0, 2, 1, 3]
    %y = sub %m, %s
    return %y
  }

  func @same(%x: f32[3, 7]) -> (y: f32[3, 7]) {
    %y = transpose %x, [0, 1]
    return %y
  }

  func @same_fused(%x: f32[3, 7], %s: f32) -> (y: f32[3, 7]) {
    %e = mul %x, %x
    %m = transpose %e, [0, 1]
    %y = sub %m, %s
    return %y
  }

  func @one(%x: f32[1]) -> (y: f32[1]) {
    %y = transpose %x, [0]
    return %y
  }

  func @one_fused(%x: f32[1], %s: f32) -> (y: f32[1]) {
    %e = mul %x, %x
    %m = transpose %e, [0]
    %y = sub %m, %s
    return %y
  }

  func @empty(%x: f32[0, 5]) -> (y: f32[5, 0]) {
    %y = transpose %x, [1, 0]
    return %y
  }

  func @empty_fused(%x: f32[0, 5], %s: f32) -> (y: f32[5, 0]) {
    %e = mul %x, %x
    %m = transpose %e, [1, 0]
    %y = sub %m, %s
    return %y
  }

  func @rows(%x: f32[batch, 3, 17]) -> (y: f32[batch, 17, 3]) {
    %y = transpose %x, [0, 2, 1]
    return %y
  }

  func @rows_fused(%x: f32[batch, 3, 17], %s: f32) -> (y: f32[batch, 17, 3]) {
    %e = mul %x, %x
    %m = transpose %e, [0, 2, 1]
    %y = sub %m, %s
    return %y
  }

  func @f64(%x: f64[3, 7]) -> (y: f64[7, 3]) {
    %y = transpose %x, [1, 0]
    return %y
  }

  func @i32(%x: i32[3, 7]) -> (y: i32[7, 3]) {
    %y = transpose %x, [1, 0]
    return %y
  }

  func @i64(%x: i64[3, 7]) -> (y: i64[7, 3]) {
    %y = transpose %x, [1, 0]
    return %y
  }

  func @ui8(%x: ui8[3, 7]) -> (y: ui8[7, 3]) {
    %y = transpose %x, [1, 0]
    return %y
  }

  func @i1(%x: i1[3, 7]) -> (y: i1[7, 3]) {
    %y = transpose %x, [1, 0]
    return %y
  }
}
