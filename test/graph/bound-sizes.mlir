// bound-sizes.mlir - sizes that a private function learns from its callers: numbers, and the batch
// SPDX-License-Identifier: Apache-2.0
//
// RUN: rm -rf %t && split-file %s %t
// RUN: dlc %t/right.mlir --emit=graph | FileCheck %s
// RUN: dlc %t/right.mlir --emit=import -o %t/import.mlir && dlc %t/import.mlir --emit=import | cmp - %t/import.mlir
// RUN: FileCheck %s --check-prefix=IMPORT < %t/import.mlir
// RUN: dlc %t/import.mlir -o %t/right.so
// RUN: dlc-run check %t/right.so %t/cases.json
// RUN: not dlc %t/wrong.mlir -o %t/wrong.so 2>&1 | FileCheck %s --check-prefix=WRONG
// RUN: dlc-opt --mlir-print-op-generic %t/right.mlir | sed 's/dl.stated = \[#dl.shape<[^>]*>\]/dl.stated = 3/' > %t/damaged.mlir
// RUN: not dlc-opt %t/damaged.mlir 2>&1 | FileCheck %s --check-prefix=DAMAGED
// DAMAGED: error: dl.stated is 3 : i64; expected a shape for each result

//--- right.mlir
dl.model @bound sizes(width = 4) {
  func private @reshaped(%x: f32[rows, columns]) {
    %y = reshape %x, [rows, 2, 2]
    return %y
  }
  func private @stretched(%x: f32[rows, columns], %row: f32[columns]) {
    %y = broadcast %row, [2 * rows, columns]
    return %y
  }
  func private @filled(%x: f32[rows, columns]) {
    %c = constant f32[rows, 2] = 0.5
    return %c
  }
  func private @second(%x: f32[all, columns], %like: f32[rows, columns]) {
    %y = slice %x, axis = 0, start = rows, size = rows
    return %y
  }
  func private @halves(%x: f32[rows, columns, 2]) {
    %a, %b = split %x, 2, axis = 1
    %y = reshape %b, [rows * columns]
    return %y
  }
  func private @given<n = 3>(%x: f32[rows, columns]) {
    %y = constant f32[n, 2] = 1.0
    return %y
  }
  // A line may say what only holds for its callers.
  func private @stated(%x: f32[rows, columns]) {
    // IMPORT: %a = tanh %x : f32[batch, 4]
    %a = tanh %x : f32[batch, 4]
    // IMPORT: %b = neg %a : f32[rows, width]
    %b = neg %a : f32[rows, width]
    // IMPORT: %c = exp %b : f32[?, ?]
    %c = exp %b : f32[?, ?]
    // IMPORT: %d = call @reshaped(%c) : f32[batch, 2, 2]
    %d = call @reshaped(%c) : f32[batch, 2, 2]
    // IMPORT: %e = nn.linear "l" %d, 8 : f32[batch, 2, 8]
    %e = nn.linear "l" %d, 8 : f32[batch, 2, 8]
    // IMPORT: %f = constant f32[rows] = 1.0 : f32[batch]
    %f = constant f32[rows] = 1.0 : f32[batch]
    return %e
  }
  // CHECK-LABEL: entry function @shapes
  func @shapes(%x: f32[batch, 4]) -> (a: f32[batch, 2, 2], b: f32[2 * batch, 4], c: f32[batch, 2], d: f32[batch, 4], e: f32[2 * batch], f: f32[batch, 2], g: f32[3, 2]) {
    // CHECK: reshape %x, [batch, 2, 2] : f32[batch, 2, 2]
    %a = call @reshaped(%x)
    %row = constant f32[4] = [1, 2, 3, 4]
    // CHECK: broadcast {{.*}}, [2 * batch, 4] : f32[2 * batch, 4]
    %b = call @stretched(%x, %row)
    // CHECK: constant f32[batch, 2] = 0.5
    %c = call @filled(%x)
    %two = concat %x, %x
    // CHECK: slice {{.*}}, axis = 0, size = batch, start = batch : f32[batch, 4]
    %d = call @second(%two, %x)
    // CHECK: split {{.*}}, 2, axis = 1 : f32[batch, 1, 2], f32[batch, 1, 2]
    %e = call @halves(%a)
    %f = call @given<n = batch>(%x)
    %g = call @given(%x)
    return %a, %b, %c, %d, %e, %f, %g
  }
  // CHECK-LABEL: entry function @statements
  func @statements(%x: f32[batch, 4]) -> (y: f32[batch, 2, 8]) {
    %y = call @stated(%x)
    return %y
  }
}
//--- cases.json
[{"entry": "shapes", "inputs": {"x": [[1, 2, 3, 4], [5, 6, 7, 8]]},
  "expect": {"a": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]],
             "b": [[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]],
             "c": [[0.5, 0.5], [0.5, 0.5]],
             "d": [[1, 2, 3, 4], [5, 6, 7, 8]],
             "e": [3, 4, 7, 8],
             "f": [[1, 1], [1, 1]],
             "g": [[1, 1], [1, 1], [1, 1]]}}]
//--- wrong.mlir
dl.model @wrong {
  func private @stated(%x: f32[rows, columns]) {
    // WRONG: wrong.mlir:[[#]]:10: error: the line says f32[batch, 5], but the result is f32[batch, 6]
    // WRONG: wrong.mlir:[[#]]:10: note: called from here
    %y = tanh %x : f32[rows, 5]
    return %y
  }
  func private @declared(%x: f32[rows, columns]) -> (y: f32[rows, 7]) {
    %y = tanh %x
    // WRONG: error: result 'y' of @declared: expected f32[batch, 7], found %y : f32[batch, 6]
    return %y
  }
  func private @same(%x: f32[rows, 4], %y: f32[rows]) {
    return %x
  }
  func @f(%x: f32[batch, 6], %y: f32[2 * batch], %z: f32[batch, 4]) -> (a: f32[batch, 6]) {
    %a = call @stated(%x)
    %b = call @declared(%x)
    // WRONG: error: argument %y of @same: expected f32[rows] with rows = batch, found f32[2 * batch]
    %c = call @same(%z, %y)
    return %a
  }
}
