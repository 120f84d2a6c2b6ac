// constant.mlir - one value, or a list of values
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/constant.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/constant.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/constant.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/constant.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/constant.json
dl.model @constant {
  func @number(%x: f32) -> (y: f32) {
    %y = constant f32 = 0.5
    return %y
  }

  func @splat(%x: f32) -> (y: f32[3, 17]) {
    %y = constant f32[3, 17] = -2.25
    return %y
  }

  func @list(%x: f32) -> (y: f32[3]) {
    %y = constant f32[3] = [1.0, -2.5, 3.0]
    return %y
  }

  func @matrix(%x: f32) -> (y: f32[2, 3]) {
    %y = constant f32[2, 3] = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    return %y
  }

  func @f64(%x: f32) -> (y: f64[2]) {
    %y = constant f64[2] = [0.1, 0.2]
    return %y
  }

  func @i32(%x: f32) -> (y: i32[4]) {
    %y = constant i32[4] = [1, -2, 3, 4]
    return %y
  }

  func @i64(%x: f32) -> (y: i64[2]) {
    %y = constant i64[2] = 7
    return %y
  }

  func @ui8(%x: f32) -> (y: ui8[3]) {
    %y = constant ui8[3] = [0, 128, 255]
    return %y
  }

  func @i1(%x: f32) -> (y: i1[3]) {
    %y = constant i1[3] = [true, false, true]
    return %y
  }

  func @empty(%x: f32) -> (y: f32[0, 3]) {
    %y = constant f32[0, 3] = 1.0
    return %y
  }

  func @one(%x: f32) -> (y: f32[1, 1]) {
    %y = constant f32[1, 1] = [[2.0]]
    return %y
  }

  func @batch(%x: f32[batch, 1]) -> (y: f32[batch, 3]) {
    %c = constant f32[batch, 3] = 1.5
    %y = add %c, %x
    return %y
  }

  func @fused(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %c = constant f32[17] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0]
    %y = mul %c, %x
    return %y
  }
}
