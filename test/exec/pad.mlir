// pad.mlir - elements before and after
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/pad.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/pad.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/pad.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/pad.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/pad.json
dl.model @pad {
  func @list(%x: f32[7]) -> (y: f32[12]) {
    %y = pad %x, low = [2], high = [3]
    return %y
  }

  func @list_fused(%x: f32[7], %s: f32) -> (y: f32[12]) {
    %e = mul %x, %x
    %m = pad %e, low = [2], high = [3]
    %y = sub %m, %s
    return %y
  }

  func @matrix(%x: f32[3, 17]) -> (y: f32[4, 22]) {
    %y = pad %x, low = [1, 2], high = [0, 3]
    return %y
  }

  func @matrix_fused(%x: f32[3, 17], %s: f32) -> (y: f32[4, 22]) {
    %e = mul %x, %x
    %m = pad %e, low = [1, 2], high = [0, 3]
    %y = sub %m, %s
    return %y
  }

  func @value(%x: f32[3, 7]) -> (y: f32[3, 8]) {
    %y = pad %x, high = [0, 1], value = -1.5
    return %y
  }

  func @value_fused(%x: f32[3, 7], %s: f32) -> (y: f32[3, 8]) {
    %e = mul %x, %x
    %m = pad %e, high = [0, 1], value = -1.5
    %y = sub %m, %s
    return %y
  }

  func @low(%x: f32[2, 3, 5]) -> (y: f32[2, 4, 5]) {
    %y = pad %x, low = [0, 1, 0]
    return %y
  }

  func @low_fused(%x: f32[2, 3, 5], %s: f32) -> (y: f32[2, 4, 5]) {
    %e = mul %x, %x
    %m = pad %e, low = [0, 1, 0]
    %y = sub %m, %s
    return %y
  }

  func @nothing(%x: f32[7]) -> (y: f32[7]) {
    %y = pad %x, low = [0]
    return %y
  }

  func @nothing_fused(%x: f32[7], %s: f32) -> (y: f32[7]) {
    %e = mul %x, %x
    %m = pad %e, low = [0]
    %y = sub %m, %s
    return %y
  }

  func @around_nothing(%x: f32[3, 0]) -> (y: f32[3, 3]) {
    %y = pad %x, low = [0, 2], high = [0, 1]
    return %y
  }

  func @around_nothing_fused(%x: f32[3, 0], %s: f32) -> (y: f32[3, 3]) {
    %e = mul %x, %x
    %m = pad %e, low = [0, 2], high = [0, 1]
    %y = sub %m, %s
    return %y
  }

  func @batched(%x: f32[batch, 17]) -> (y: f32[batch, 20]) {
    %y = pad %x, low = [0, 1], high = [0, 2]
    return %y
  }

  func @batched_fused(%x: f32[batch, 17], %s: f32) -> (y: f32[batch, 20]) {
    %e = mul %x, %x
    %m = pad %e, low = [0, 1], high = [0, 2]
    %y = sub %m, %s
    return %y
  }

  func @f64(%x: f64[3]) -> (y: f64[5]) {
    %y = pad %x, low = [1], high = [1]
    return %y
  }

  func @i32(%x: i32[3]) -> (y: i32[5]) {
    %y = pad %x, low = [1], high = [1]
    return %y
  }

  func @i64(%x: i64[3]) -> (y: i64[5]) {
    %y = pad %x, low = [1], high = [1]
    return %y
  }

  func @ui8(%x: ui8[3]) -> (y: ui8[5]) {
    %y = pad %x, low = [1], high = [1]
    return %y
  }

  func @i1(%x: i1[3]) -> (y: i1[5]) {
    %y = pad %x, low = [1], high = [1]
    return %y
  }
}
