// nn-embedding.mlir - a layer of a table's rows: values and gradients
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/nn-embedding.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/nn-embedding.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/nn-embedding.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/nn-embedding.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/nn-embedding.json
dl.model @nn_embedding {
  func @rows(%x: i32[batch]) -> (y: f32[batch, 5]) {
    %y = nn.embedding "rows" %x, 7, 5
    return %y
  }
  func @rows_loss(%x: i32[batch], %c: f32[batch, 5]) -> (loss: f32) {
    %y = nn.embedding "rows" %x, 7, 5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @rows_step minimizes @rows_loss {
    optimize "*" with @sgd
  }

  func @tokens(%x: i64[batch, 3]) -> (y: f32[batch, 3, 17]) {
    %y = nn.embedding "tokens" %x, 11, 17, init = normal(0.02)
    return %y
  }
  func @tokens_loss(%x: i64[batch, 3], %c: f32[batch, 3, 17]) -> (loss: f32) {
    %y = nn.embedding "tokens" %x, 11, 17, init = normal(0.02)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @tokens_step minimizes @tokens_loss {
    optimize "*" with @sgd
  }

  func @bytes(%x: ui8[5, 2]) -> (y: f32[5, 2, 3]) {
    %y = nn.embedding "bytes" %x, 256, 3
    return %y
  }
  func @bytes_loss(%x: ui8[5, 2], %c: f32[5, 2, 3]) -> (loss: f32) {
    %y = nn.embedding "bytes" %x, 256, 3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @bytes_step minimizes @bytes_loss {
    optimize "*" with @sgd
  }

  func @same(%x: i32[33]) -> (y: f32[33, 1]) {
    %y = nn.embedding "same" %x, 3, 1
    return %y
  }
  func @same_loss(%x: i32[33], %c: f32[33, 1]) -> (loss: f32) {
    %y = nn.embedding "same" %x, 3, 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @same_step minimizes @same_loss {
    optimize "*" with @sgd
  }

  func @number(%x: i32) -> (y: f32[9]) {
    %y = nn.embedding "number" %x, 5, 9
    return %y
  }
  func @number_loss(%x: i32, %c: f32[9]) -> (loss: f32) {
    %y = nn.embedding "number" %x, 5, 9
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @number_step minimizes @number_loss {
    optimize "*" with @sgd
  }

  func @one(%x: ui8[batch]) -> (y: f32[batch, 7]) {
    %y = nn.embedding "one" %x, 1, 7
    return %y
  }
  func @one_loss(%x: ui8[batch], %c: f32[batch, 7]) -> (loss: f32) {
    %y = nn.embedding "one" %x, 1, 7
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss {
    optimize "*" with @sgd
  }

  func @empty(%x: i32[0]) -> (y: f32[0, 3]) {
    %y = nn.embedding "empty" %x, 5, 3
    return %y
  }
  func @empty_loss(%x: i32[0], %c: f32[0, 3]) -> (loss: f32) {
    %y = nn.embedding "empty" %x, 5, 3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @empty_step minimizes @empty_loss {
    optimize "*" with @sgd
  }

  func @f64(%x: i64[batch]) -> (y: f64[batch, 3]) {
    %y = nn.embedding "f64" %x, 5, 3, type = f64
    return %y
  }
  func @f64_loss(%x: i64[batch], %c: f64[batch, 3]) -> (loss: f64) {
    %y = nn.embedding "f64" %x, 5, 3, type = f64
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @f64_step minimizes @f64_loss {
    optimize "*" with @sgd
  }
}
