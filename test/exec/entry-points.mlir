// entry-points.mlir - inputs that are returned, values returned twice, inputs that nobody reads
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/entry-points.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/entry-points.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/entry-points.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/entry-points.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/entry-points.json
dl.model @entry_points {
  func @same(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    return %x
  }

  func @same_f64(%x: f64[batch]) -> (y: f64[batch]) {
    return %x
  }

  func @same_i32(%x: i32[batch]) -> (y: i32[batch]) {
    return %x
  }

  func @same_i64(%x: i64[batch]) -> (y: i64[batch]) {
    return %x
  }

  func @same_ui8(%x: ui8[batch]) -> (y: ui8[batch]) {
    return %x
  }

  func @same_i1(%x: i1[batch]) -> (y: i1[batch]) {
    return %x
  }

  func @same_number(%x: f32) -> (y: f32) {
    return %x
  }

  func @same_empty(%x: f32[0, 3]) -> (y: f32[0, 3]) {
    return %x
  }

  func @same_inside(%x: f32[3, batch, 2]) -> (y: f32[3, batch, 2]) {
    return %x
  }

  func @both(%x: f32[batch, 5]) -> (y: f32[batch, 5], z: f32[batch, 5]) {
    return %x, %x
  }

  func @swapped(%a: f32[batch, 3], %b: f32[batch, 3]) -> (y: f32[batch, 3], z: f32[batch, 3]) {
    return %b, %a
  }

  func @twice(%x: f32[batch, 7]) -> (y: f32[batch, 7], z: f32[batch, 7]) {
    %y = exp %x
    return %y, %y
  }

  func @thrice(%x: f32[5, 7]) -> (y: f32, z: f32, w: f32) {
    %y = sum %x
    return %y, %y, %y
  }

  func @on_the_way(%x: f32[batch, 7]) -> (z: f32[batch, 7], y: f32[batch, 7], x: f32[batch, 7]) {
    %y = exp %x
    %z = neg %y
    return %z, %y, %x
  }

  func @reshaped(%x: f32[batch, 2, 3]) -> (y: f32[batch, 6], z: f32[batch, 2, 3]) {
    %y = reshape %x, [batch, 6]
    return %y, %x
  }

  func @reshaped_twice(%x: f32[batch, 2, 3]) -> (y: f32[batch, 6], e: f32[batch, 2, 3], z: f32[batch, 6]) {
    %e = exp %x
    %y = reshape %e, [batch, 6]
    return %y, %e, %y
  }

  func @unread(%x: f32[batch, 3], %u: f32[batch, 70]) -> (y: f32[batch, 3]) {
    %y = neg %x
    return %y
  }

  func @unread_all(%u: i64[batch]) -> (y: f32[3]) {
    %y = constant f32[3] = [1.0, 2.0, 3.0]
    return %y
  }

  func @unread_work(%x: f32[batch, 3], %u: f32[5]) -> (y: f32[batch, 3]) {
    %d = exp %u
    %e = sum %d
    %y = neg %x
    return %y
  }

  func @constants(%u: f32[batch]) -> (y: f32[batch, 2], z: f32[2], w: f32[2]) {
    %a = constant f32[batch, 2] = 1.5
    %b = constant f32[2] = [1.0, 2.0]
    return %a, %b, %b
  }

  func @parameter(%x: f32[batch]) -> (w: f32[3, 5], x: f32[batch], v: f32[3, 5]) {
    %w = param "w" f32[3, 5] = ones
    %v = exp %w
    return %w, %x, %v
  }
}
