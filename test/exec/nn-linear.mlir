// nn-linear.mlir - a layer x W' + b: values and gradients
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/nn-linear.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/nn-linear.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/nn-linear.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/nn-linear.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/nn-linear.json
dl.model @nn_linear {
  func @rows(%x: f32[batch, 17]) -> (y: f32[batch, 7]) {
    %y = nn.linear "rows" %x, 7
    return %y
  }
  func @rows_loss(%u: f32[batch, 17], %c: f32[batch, 7]) -> (loss: f32) {
    %s = param "rows.scale" f32[17] = ones
    %x = mul %u, %s
    %y = nn.linear "rows" %x, 7
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @rows_step minimizes @rows_loss {
    optimize "*" with @sgd
  }

  func @plain(%x: f32[batch, 5]) -> (y: f32[batch, 33]) {
    %y = nn.linear "plain" %x, 33, bias = false
    return %y
  }
  func @plain_loss(%u: f32[batch, 5], %c: f32[batch, 33]) -> (loss: f32) {
    %s = param "plain.scale" f32[5] = ones
    %x = mul %u, %s
    %y = nn.linear "plain" %x, 33, bias = false
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @plain_step minimizes @plain_loss {
    optimize "*" with @sgd
  }

  func @turned(%x: f32[batch, 17]) -> (y: f32[batch, 3]) {
    %y = nn.linear "turned" %x, 3, weight = in_out
    return %y
  }
  func @turned_loss(%u: f32[batch, 17], %c: f32[batch, 3]) -> (loss: f32) {
    %s = param "turned.scale" f32[17] = ones
    %x = mul %u, %s
    %y = nn.linear "turned" %x, 3, weight = in_out
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @turned_step minimizes @turned_loss {
    optimize "*" with @sgd
  }

  func @turned_plain(%x: f32[5, 7]) -> (y: f32[5, 9]) {
    %y = nn.linear "turned_plain" %x, 9, weight = in_out, bias = false, init = normal(0.5)
    return %y
  }
  func @turned_plain_loss(%u: f32[5, 7], %c: f32[5, 9]) -> (loss: f32) {
    %s = param "turned_plain.scale" f32[7] = ones
    %x = mul %u, %s
    %y = nn.linear "turned_plain" %x, 9, weight = in_out, bias = false, init = normal(0.5)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @turned_plain_step minimizes @turned_plain_loss {
    optimize "*" with @sgd
  }

  func @one(%x: f32[batch, 1]) -> (y: f32[batch, 1]) {
    %y = nn.linear "one" %x, 1
    return %y
  }
  func @one_loss(%u: f32[batch, 1], %c: f32[batch, 1]) -> (loss: f32) {
    %s = param "one.scale" f32[1] = ones
    %x = mul %u, %s
    %y = nn.linear "one" %x, 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss {
    optimize "*" with @sgd
  }

  func @column(%x: f32[batch, 35]) -> (y: f32[batch, 1]) {
    %y = nn.linear "column" %x, 1
    return %y
  }
  func @column_loss(%u: f32[batch, 35], %c: f32[batch, 1]) -> (loss: f32) {
    %s = param "column.scale" f32[35] = ones
    %x = mul %u, %s
    %y = nn.linear "column" %x, 1
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @column_step minimizes @column_loss {
    optimize "*" with @sgd
  }

  func @vector(%x: f32[17]) -> (y: f32[5]) {
    %y = nn.linear "vector" %x, 5
    return %y
  }
  func @vector_loss(%u: f32[17], %c: f32[5]) -> (loss: f32) {
    %s = param "vector.scale" f32[17] = ones
    %x = mul %u, %s
    %y = nn.linear "vector" %x, 5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @vector_step minimizes @vector_loss {
    optimize "*" with @sgd
  }

  func @deep(%x: f32[batch, 3, 7]) -> (y: f32[batch, 3, 4]) {
    %y = nn.linear "deep" %x, 4
    return %y
  }
  func @deep_loss(%u: f32[batch, 3, 7], %c: f32[batch, 3, 4]) -> (loss: f32) {
    %s = param "deep.scale" f32[7] = ones
    %x = mul %u, %s
    %y = nn.linear "deep" %x, 4
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @deep_step minimizes @deep_loss {
    optimize "*" with @sgd
  }

  func @empty(%x: f32[0, 5]) -> (y: f32[0, 3]) {
    %y = nn.linear "empty" %x, 3
    return %y
  }
  func @empty_loss(%u: f32[0, 5], %c: f32[0, 3]) -> (loss: f32) {
    %s = param "empty.scale" f32[5] = ones
    %x = mul %u, %s
    %y = nn.linear "empty" %x, 3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @empty_step minimizes @empty_loss {
    optimize "*" with @sgd
  }

  func @wide(%x: f32[3, 67]) -> (y: f32[3, 33]) {
    %y = nn.linear "wide" %x, 33
    return %y
  }
  func @wide_loss(%u: f32[3, 67], %c: f32[3, 33]) -> (loss: f32) {
    %s = param "wide.scale" f32[67] = ones
    %x = mul %u, %s
    %y = nn.linear "wide" %x, 33
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @wide_step minimizes @wide_loss {
    optimize "*" with @sgd
  }

  func @f64(%x: f64[batch, 9]) -> (y: f64[batch, 5]) {
    %y = nn.linear "f64" %x, 5
    return %y
  }
  func @f64_loss(%u: f64[batch, 9], %c: f64[batch, 5]) -> (loss: f64) {
    %s = param "f64.scale" f64[9] = ones
    %x = mul %u, %s
    %y = nn.linear "f64" %x, 5
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @f64_step minimizes @f64_loss {
    optimize "*" with @sgd
  }
}
