// reshape.mlir - the same elements under another shape
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/reshape.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/reshape.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/reshape.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/reshape.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/reshape.json
dl.model @reshape {
  func @flat(%x: f32[3, 17]) -> (y: f32[51]) {
    %y = reshape %x, [51]
    return %y
  }

  func @flat_fused(%x: f32[3, 17], %s: f32) -> (y: f32[51]) {
    %e = mul %x, %x
    %m = reshape %e, [51]
    %y = sub %m, %s
    return %y
  }

  func @split(%x: f32[35]) -> (y: f32[7, 5]) {
    %y = reshape %x, [7, ?]
    return %y
  }

  func @split_fused(%x: f32[35], %s: f32) -> (y: f32[7, 5]) {
    %e = mul %x, %x
    %m = reshape %e, [7, ?]
    %y = sub %m, %s
    return %y
  }

  func @number(%x: f32[1, 1]) -> (y: f32) {
    %y = reshape %x, []
    return %y
  }

  func @number_fused(%x: f32[1, 1], %s: f32) -> (y: f32) {
    %e = mul %x, %x
    %m = reshape %e, []
    %y = sub %m, %s
    return %y
  }

  func @ones(%x: f32[7]) -> (y: f32[1, 7, 1]) {
    %y = reshape %x, [1, 7, 1]
    return %y
  }

  func @ones_fused(%x: f32[7], %s: f32) -> (y: f32[1, 7, 1]) {
    %e = mul %x, %x
    %m = reshape %e, [1, 7, 1]
    %y = sub %m, %s
    return %y
  }

  func @empty(%x: f32[0, 5]) -> (y: f32[4, 0]) {
    %y = reshape %x, [4, 0]
    return %y
  }

  func @empty_fused(%x: f32[0, 5], %s: f32) -> (y: f32[4, 0]) {
    %e = mul %x, %x
    %m = reshape %e, [4, 0]
    %y = sub %m, %s
    return %y
  }

  func @rows(%x: f32[batch, 34]) -> (y: f32[batch, 2, 17]) {
    %y = reshape %x, [batch, 2, 17]
    return %y
  }

  func @rows_fused(%x: f32[batch, 34], %s: f32) -> (y: f32[batch, 2, 17]) {
    %e = mul %x, %x
    %m = reshape %e, [batch, 2, 17]
    %y = sub %m, %s
    return %y
  }

  func @merge(%x: f32[batch, 3, 5]) -> (y: f32[3 * batch, 5]) {
    %y = reshape %x, [?, 5]
    return %y
  }

  func @merge_fused(%x: f32[batch, 3, 5], %s: f32) -> (y: f32[3 * batch, 5]) {
    %e = mul %x, %x
    %m = reshape %e, [?, 5]
    %y = sub %m, %s
    return %y
  }

  func @part(%x: f32[3 * batch, 5]) -> (y: f32[batch, 15]) {
    %y = reshape %x, [batch, ?]
    return %y
  }

  func @part_fused(%x: f32[3 * batch, 5], %s: f32) -> (y: f32[batch, 15]) {
    %e = mul %x, %x
    %m = reshape %e, [batch, ?]
    %y = sub %m, %s
    return %y
  }

  func @f64(%x: f64[10]) -> (y: f64[2, 5]) {
    %y = reshape %x, [2, 5]
    return %y
  }

  func @i32(%x: i32[10]) -> (y: i32[2, 5]) {
    %y = reshape %x, [2, 5]
    return %y
  }

  func @i64(%x: i64[10]) -> (y: i64[2, 5]) {
    %y = reshape %x, [2, 5]
    return %y
  }

  func @ui8(%x: ui8[10]) -> (y: ui8[2, 5]) {
    %y = reshape %x, [2, 5]
    return %y
  }

  func @i1(%x: i1[10]) -> (y: i1[2, 5]) {
    %y = reshape %x, [2, 5]
    return %y
  }
}
