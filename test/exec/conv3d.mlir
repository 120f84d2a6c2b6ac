// conv3d.mlir - windows of space times filters
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/conv3d.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/conv3d.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/conv3d.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/conv3d.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/conv3d.json
dl.model @conv3d {
  func @plain(%x: f32[batch, 4, 5, 4, 2], %w: f32[3, 2, 2, 3, 2]) -> (y: f32[batch, 3, 3, 3, 3]) {
    %y = conv3d %x, %w
    return %y
  }

  func @moved(%x: f32[batch, 5, 4, 6, 2], %w: f32[4, 1, 3, 3, 3]) -> (y: f32[batch, 3, 4, 3, 4]) {
    %y = conv3d %x, %w, stride = [2, 1, 2], padding = 1, groups = 2
    return %y
  }
}
