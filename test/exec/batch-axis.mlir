// batch-axis.mlir - two axes of the batch, and pieces along it, below the capacity, at it, and above it.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 -O3 -o %t.so && dlc %s --batch 3 -O0 -o %t.0.so
// RUN: dlc-run call %t.so pairs --input x=[1,2] | FileCheck %s --check-prefix=PAIRS
// RUN: dlc-run call %t.0.so pairs --input x=[1,2] | FileCheck %s --check-prefix=PAIRS
// RUN: dlc-run call %t.so pairs --input x=[1,2,3] | FileCheck %s --check-prefix=FULL
// RUN: dlc-run call %t.so joined --input x=[1,2] | FileCheck %s --check-prefix=JOINED
// RUN: dlc-run call %t.0.so joined --input x=[1,2] | FileCheck %s --check-prefix=JOINED
// RUN: dlc-run call %t.so columns --input x=[[1,2],[3,4]] --input i=[1,0] | FileCheck %s --check-prefix=COLUMNS
// RUN: dlc-run call %t.0.so columns --input x=[[1,2],[3,4]] --input i=[1,0] | FileCheck %s --check-prefix=COLUMNS
//
// The rows of a joined result do not lie where a cut call would put them.
// RUN: not dlc-run call %t.so joined --input x=[1,2,3,4] 2>&1 | FileCheck %s --check-prefix=CUT
// CUT: error: {{.*}}4 rows
// RUN: not dlc-run call %t.so pieces --input x=[1,2,3,4,5,6,7,8] 2>&1 | FileCheck %s --check-prefix=CUT
// RUN: dlc-run call %t.so pieces --input x=[1,2,3,4] | FileCheck %s --check-prefix=PIECES
dl.model @axes {
  // PAIRS: y: f32[2, 2] =
  // PAIRS-NEXT: {{\[\[2, 3\],$}}
  // PAIRS-NEXT: {{\[3, 4\]\]$}}
  // PAIRS: z: f32[2, 2, 2] =
  // PAIRS-NEXT: {{\[\[\[2, 9\],$}}
  // PAIRS-NEXT: {{\[3, 9\]\],$}}
  // FULL: {{\[\[2, 3, 4\],$}}
  // FULL-NEXT: {{\[3, 4, 5\],$}}
  // FULL-NEXT: {{\[4, 5, 6\]\]$}}
  func @pairs(%x: f32[batch]) -> (y: f32[batch, batch], z: f32[batch, batch, 2]) {
    %c = reshape %x, [batch, 1]
    %r = reshape %x, [1, batch]
    %y = add %c, %r
    %u = reshape %y, [batch, batch, 1]
    %z = pad %u, high = [0, 0, 1], value = 9.0
    return %y, %z
  }
  // JOINED: [1, 2, -1, -2]
  func @joined(%x: f32[batch]) -> (y: f32[2 * batch]) {
    %n = neg %x
    %y = concat %x, %n
    return %y
  }
  // PIECES: a: f32[2] = [1, 2]
  // PIECES: b: f32[2] = [3, 4]
  func @pieces(%x: f32[2 * batch]) -> (a: f32[batch], b: f32[batch]) {
    %a = slice %x, axis = 0, size = batch
    %b = slice %x, axis = 0, start = batch, size = batch
    return %a, %b
  }
  // COLUMNS: y: f32[3, 2] =
  // COLUMNS-NEXT: {{\[\[7, 7\],$}}
  // COLUMNS-NEXT: {{\[1, 2\],$}}
  // COLUMNS-NEXT: {{\[3, 4\]\]$}}
  // COLUMNS: z: f32[2, 2] =
  // COLUMNS-NEXT: {{\[\[3, 4\],$}}
  // COLUMNS-NEXT: {{\[1, 2\]\]$}}
  func @columns(%x: f32[2, batch], %i: i32[batch]) -> (y: f32[3, batch], z: f32[batch, batch]) {
    %y = pad %x, low = [1, 0], value = 7.0
    %z = gather %x, %i
    return %y, %z
  }
}
