// crowded.mlir - a left operand whose columns crowd into few sets of the caches is copied first, some rows at a time
// SPDX-License-Identifier: Apache-2.0
//
// Against the evaluator: columns that are no whole vectors, k that is no whole vector, k in blocks, rows and k that are fewer
// than the capacity, what is done with the elements, both targets, one thread and two (the drawn groups are the parts).
//
// RUN: dlc-run diff %s --batch 300 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 300 --batch-extent 37 --extent time=700 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 300 --extent time=3 --target v3 --threads 2 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 300 --float f64 --quiet | FileCheck %s
// RUN: dlc %s --batch 300 --emit=kernels --target v4 | FileCheck %s --check-prefix=PLANS
// CHECK-COUNT-4: results agree
dl.model @crowded open(time = 1024) {
  // PLANS: dl.plan = "product: tiles of {{.*}}, left operand copied, 256 rows at a time
  func @gradient(%x: f32[batch, 1024], %d: f32[batch, 133], %w: f32[1024, 133]) -> (y: f32[1024, 133]) {
    %g = matmul %x, %d, transpose_a
    %y = sub %w, %g
    return %y
  }
  // PLANS: dl.plan = "product: tiles of {{.*}}, left operand copied, 256 rows at a time, k in blocks of 512
  func @blocks(%x: f32[1600, 1024], %d: f32[1600, 128]) -> (y: f32[1024, 128]) {
    %y = matmul %x, %d, transpose_a
    return %y
  }
  // PLANS: dl.plan = "product: tiles of {{.*}}, left operand copied, 256 rows at a time
  func @rows(%x: f32[270, time], %d: f32[270, 130]) -> (y: f32[time, 130]) {
    %y = matmul %x, %d, transpose_a
    return %y
  }
  // PLANS: dl.plan = "product: tiles of {{.*}}, left operand copied, 256 rows at a time
  func @stored(%x: f32[batch, 1024], %d: f32[150, batch]) -> (y: f32[1024, 150]) {
    %y = matmul %x, %d, transpose_a, transpose_b
    return %y
  }
}
