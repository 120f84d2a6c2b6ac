// tables.mlir - a table for each row
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 4 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/tables.json
// RUN: dlc %s --batch 4 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/tables.json
// RUN: dlc %s --batch 4 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/tables.json
// RUN: dlc %s --batch 4 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/tables.json
// RUN: dlc %s --batch 4 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/tables.json
dl.model @m {
  func @wide(%x: f32[batch, 5, 19], %i: i32[batch, 3]) -> (y: f32[batch, 3, 19]) {
    %y = gather %x, %i, batch_dims = 1
    return %y
  }

  func @wide_added(%u: f32[batch, 3, 19], %i: i32[batch, 3]) -> (y: f32[batch, 5, 19]) {
    %y = scatter_add %i, %u, 5, batch_dims = 1
    return %y
  }

  func @wide_loss(%s: f32[batch, 5, 19], %i: i32[batch, 3], %c: f32[batch, 3, 19]) -> (loss: f32) {
    %w = param "wide.w" f32[5, 19] = ones
    %x = mul %s, %w
    %y = gather %x, %i, batch_dims = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @wide_step minimizes @wide_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, 5, 1], %i: i64[batch, 4, 2]) -> (y: f32[batch, 4, 2, 1]) {
    %y = gather %x, %i, batch_dims = 1
    return %y
  }

  func @one_added(%u: f32[batch, 4, 2, 1], %i: i64[batch, 4, 2]) -> (y: f32[batch, 5, 1]) {
    %y = scatter_add %i, %u, 5, batch_dims = 1
    return %y
  }

  func @one_loss(%s: f32[batch, 5, 1], %i: i64[batch, 4, 2], %c: f32[batch, 4, 2, 1]) -> (loss: f32) {
    %w = param "one.w" f32[5, 1] = ones
    %x = mul %s, %w
    %y = gather %x, %i, batch_dims = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }

  func @few(%x: f32[batch, 5, 3], %i: ui8[batch]) -> (y: f32[batch, 3]) {
    %y = gather %x, %i, batch_dims = 1
    return %y
  }

  func @few_added(%u: f32[batch, 3], %i: ui8[batch]) -> (y: f32[batch, 5, 3]) {
    %y = scatter_add %i, %u, 5, batch_dims = 1
    return %y
  }

  func @few_loss(%s: f32[batch, 5, 3], %i: ui8[batch], %c: f32[batch, 3]) -> (loss: f32) {
    %w = param "few.w" f32[5, 3] = ones
    %x = mul %s, %w
    %y = gather %x, %i, batch_dims = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @few_step minimizes @few_loss { optimize "*" with @sgd }

  func @many(%x: f32[batch, 5, 2], %i: i32[batch, 33]) -> (y: f32[batch, 33, 2]) {
    %y = gather %x, %i, batch_dims = 1
    return %y
  }

  func @many_added(%u: f32[batch, 33, 2], %i: i32[batch, 33]) -> (y: f32[batch, 5, 2]) {
    %y = scatter_add %i, %u, 5, batch_dims = 1
    return %y
  }

  func @many_loss(%s: f32[batch, 5, 2], %i: i32[batch, 33], %c: f32[batch, 33, 2]) -> (loss: f32) {
    %w = param "many.w" f32[5, 2] = ones
    %x = mul %s, %w
    %y = gather %x, %i, batch_dims = 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @many_step minimizes @many_loss { optimize "*" with @sgd }
}
