// multiply-tables.mlir - a table with fewer rows than are looked up is multiplied, in place of the rows, in both directions.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 8 --emit=autodiff | FileCheck %s
// RUN: dlc %s --batch 8 -O0 --emit=autodiff | FileCheck %s --check-prefix=O0
// O0-NOT: matmul %e.weight
// O0-NOT: matmul %table
//
// RUN: dlc --diff %s --batch 8 --quiet --target v4 | FileCheck %s --check-prefix=SAME
// RUN: dlc --diff %s --batch 8 --batch-extent 3 --quiet --target v3 | FileCheck %s --check-prefix=SAME
// RUN: dlc --diff %s --batch 8 --float f64 --quiet | FileCheck %s --check-prefix=SAME
// SAME-COUNT-8: results agree
// RUN: dlc %s --batch 8 --float f64 -o %t.so && dlc-run gradcheck %t.so step --range i=5
// RUN: rm -rf %t && mkdir -p %t && cd %t
// RUN: dlc %s --batch 8 --target v4 -o v4.so && dlc %s --batch 8 --target v3 -o v3.so && dlc %s --batch 19 -o more.so
// RUN: %python %S/../exec/Inputs/same-bits.py views table=5x16,i=8x6:5,w=16x48 v4.so v3.so more.so | FileCheck %s --check-prefix=BITS
// RUN: %python %S/../exec/Inputs/same-bits.py step.gradients i=8x6:5,c=8x6x24 v4.so v3.so more.so | FileCheck %s --check-prefix=BITS
// BITS: the same bits
dl.model @tables {
  // Through views that leave rows whole.
  // CHECK-LABEL: entry function @views(
  // CHECK: %[[P:[^ ]+]] = matmul %table, %w : f32[5, 48]
  // CHECK: %[[I:[^ ]+]] = transpose %i, [1, 0] : i32[6, batch]
  // CHECK: gather %[[P]], %[[I]] : f32[6, batch, 48]
  func @views(%table: f32[5, 16], %i: i32[batch, 6], %w: f32[16, 48]) -> (y: f32[6, batch, 48]) {
    %e = gather %table, %i
    %t = transpose %e, [1, 0, 2]
    %y = matmul %t, %w
    return %y
  }
  // Features that are cut, and rows that are split, are no rows of the table.
  // CHECK-LABEL: entry function @parts(
  // CHECK-NOT: matmul %table
  // CHECK: return
  func @parts(%table: f32[5, 32], %i: i32[batch, 6], %w: f32[16, 48]) -> (y: f32[batch, 12, 48]) {
    %e = gather %table, %i
    %t = reshape %e, [batch, 12, 16]
    %y = matmul %t, %w
    return %y
  }
  // A table of more rows than a quarter of what is looked up.
  // CHECK-LABEL: entry function @large(
  // CHECK: gather %table, %i : f32[batch, 6, 16]
  func @large(%table: f32[13, 16], %i: i32[batch, 6], %w: f32[16, 48]) -> (y: f32[batch, 6, 48]) {
    %e = gather %table, %i
    %y = matmul %e, %w
    return %y
  }
  // A table for each row of the batch.
  // CHECK-LABEL: entry function @own(
  // CHECK: gather %table, %i, batch_dims = 1 : f32[batch, 40, 16]
  func @own(%table: f32[batch, 5, 16], %i: i32[batch, 40], %w: f32[16, 48]) -> (y: f32[batch, 40, 48]) {
    %e = gather %table, %i, batch_dims = 1
    %y = matmul %e, %w
    return %y
  }
  // The step adds up the gradient's rows once, for the weight and for the table.
  // CHECK-LABEL: entry train @step(
  // CHECK: %[[P:[^ ]+]] = matmul %e.weight, %fc.weight, transpose_b : f32[5, 24]
  // CHECK: gather %[[P]], %i : f32[batch, 6, 24]
  // CHECK: %[[S:[^ ]+]] = scatter_add %i, %{{[^ ]+}}, 5 : f32[5, 24]
  // CHECK-NOT: scatter_add
  // CHECK-DAG: matmul %[[S]], %e.weight, transpose_a : f32[24, 16]
  // CHECK-DAG: matmul %[[S]], %fc.weight : f32[5, 16]
  // CHECK: return
  func @loss(%i: i32[batch, 6], %c: f32[batch, 6, 24]) -> (loss: f32) {
    %e = nn.embedding "e" %i, 5, 16
    %y = nn.linear "fc" %e, 24
    %t = tanh %y
    %m = mul %t, %c
    %loss = sum %m
    return %loss
  }
  train @step minimizes @loss { optimize "*" with @sgd }
}
