// nn-lstm.mlir - the layer, and the gradients through time, against PyTorch's
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/nn-lstm.json
// RUN: dlc %s --batch 5 -O0 -o %t.1.so && dlc-run check %t.1.so %S/Inputs/nn-lstm.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.2.so && dlc-run check %t.2.so %S/Inputs/nn-lstm.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.3.so && dlc-run check %t.3.so %S/Inputs/nn-lstm.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.4.so && dlc-run check %t.4.so %S/Inputs/nn-lstm.json
dl.model @lstm {
  func @plain(%x: f32[batch, 5, 4]) -> (y: f32[batch, 5, 6], hidden: f32[1, batch, 6], cell: f32[1, batch, 6]) {
    %y, %last_hidden, %last_cell = nn.lstm "plain" %x, 6, states
    return %y, %last_hidden, %last_cell
  }

  func @plain_loss(%x: f32[batch, 5, 4], %c: f32[batch, 5, 6], %d_hidden: f32[1, batch, 6], %d_cell: f32[1, batch, 6]) -> (loss: f32) {
    %one_x = param "plain.one_x" f32 = ones
    %by_x = mul %x, %one_x
    %y, %last_hidden, %last_cell = call @plain(%by_x)
    %p = mul %y, %c
    %s = sum %p
    %p_hidden = mul %last_hidden, %d_hidden
    %s_hidden = sum %p_hidden
    %t_hidden = add %s, %s_hidden
    %p_cell = mul %last_cell, %d_cell
    %s_cell = sum %p_cell
    %t_cell = add %t_hidden, %s_cell
    return %t_cell
  }
  train @plain_step minimizes @plain_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, 1, 1], %hidden: f32[1, batch, 1], %cell: f32[1, batch, 1]) -> (y: f32[batch, 1, 1], hidden: f32[1, batch, 1], cell: f32[1, batch, 1]) {
    %y, %last_hidden, %last_cell = nn.lstm "one" %x, 1, hidden = %hidden, cell = %cell, states
    return %y, %last_hidden, %last_cell
  }

  func @one_loss(%x: f32[batch, 1, 1], %hidden: f32[1, batch, 1], %cell: f32[1, batch, 1], %c: f32[batch, 1, 1], %d_hidden: f32[1, batch, 1], %d_cell: f32[1, batch, 1]) -> (loss: f32) {
    %one_x = param "one.one_x" f32 = ones
    %by_x = mul %x, %one_x
    %one_hidden = param "one.one_hidden" f32 = ones
    %by_hidden = mul %hidden, %one_hidden
    %one_cell = param "one.one_cell" f32 = ones
    %by_cell = mul %cell, %one_cell
    %y, %last_hidden, %last_cell = call @one(%by_x, %by_hidden, %by_cell)
    %p = mul %y, %c
    %s = sum %p
    %p_hidden = mul %last_hidden, %d_hidden
    %s_hidden = sum %p_hidden
    %t_hidden = add %s, %s_hidden
    %p_cell = mul %last_cell, %d_cell
    %s_cell = sum %p_cell
    %t_cell = add %t_hidden, %s_cell
    return %t_cell
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }

  func @deep(%x: f32[batch, 4, 3], %hidden: f32[3, batch, 5], %cell: f32[3, batch, 5]) -> (y: f32[batch, 4, 5], hidden: f32[3, batch, 5], cell: f32[3, batch, 5]) {
    %y, %last_hidden, %last_cell = nn.lstm "deep" %x, 5, layers = 3, bias = false, hidden = %hidden, cell = %cell, states
    return %y, %last_hidden, %last_cell
  }

  func @deep_loss(%x: f32[batch, 4, 3], %hidden: f32[3, batch, 5], %cell: f32[3, batch, 5], %c: f32[batch, 4, 5], %d_hidden: f32[3, batch, 5], %d_cell: f32[3, batch, 5]) -> (loss: f32) {
    %one_x = param "deep.one_x" f32 = ones
    %by_x = mul %x, %one_x
    %one_hidden = param "deep.one_hidden" f32 = ones
    %by_hidden = mul %hidden, %one_hidden
    %one_cell = param "deep.one_cell" f32 = ones
    %by_cell = mul %cell, %one_cell
    %y, %last_hidden, %last_cell = call @deep(%by_x, %by_hidden, %by_cell)
    %p = mul %y, %c
    %s = sum %p
    %p_hidden = mul %last_hidden, %d_hidden
    %s_hidden = sum %p_hidden
    %t_hidden = add %s, %s_hidden
    %p_cell = mul %last_cell, %d_cell
    %s_cell = sum %p_cell
    %t_cell = add %t_hidden, %s_cell
    return %t_cell
  }
  train @deep_step minimizes @deep_loss { optimize "*" with @sgd }

  func @both(%x: f32[batch, 3, 4], %hidden: f32[4, batch, 9], %cell: f32[4, batch, 9]) -> (y: f32[batch, 3, 18], hidden: f32[4, batch, 9], cell: f32[4, batch, 9]) {
    %y, %last_hidden, %last_cell = nn.lstm "both" %x, 9, layers = 2, bidirectional, hidden = %hidden, cell = %cell, states
    return %y, %last_hidden, %last_cell
  }

  func @both_loss(%x: f32[batch, 3, 4], %hidden: f32[4, batch, 9], %cell: f32[4, batch, 9], %c: f32[batch, 3, 18], %d_hidden: f32[4, batch, 9], %d_cell: f32[4, batch, 9]) -> (loss: f32) {
    %one_x = param "both.one_x" f32 = ones
    %by_x = mul %x, %one_x
    %one_hidden = param "both.one_hidden" f32 = ones
    %by_hidden = mul %hidden, %one_hidden
    %one_cell = param "both.one_cell" f32 = ones
    %by_cell = mul %cell, %one_cell
    %y, %last_hidden, %last_cell = call @both(%by_x, %by_hidden, %by_cell)
    %p = mul %y, %c
    %s = sum %p
    %p_hidden = mul %last_hidden, %d_hidden
    %s_hidden = sum %p_hidden
    %t_hidden = add %s, %s_hidden
    %p_cell = mul %last_cell, %d_cell
    %s_cell = sum %p_cell
    %t_cell = add %t_hidden, %s_cell
    return %t_cell
  }
  train @both_step minimizes @both_loss { optimize "*" with @sgd }

  func @lengths(%x: f32[batch, 4, 2], %m: i1[batch, 4], %hidden: f32[4, batch, 3], %cell: f32[4, batch, 3]) -> (y: f32[batch, 4, 6], hidden: f32[4, batch, 3], cell: f32[4, batch, 3]) {
    %y, %last_hidden, %last_cell = nn.lstm "lengths" %x, 3, layers = 2, bidirectional, mask = %m, hidden = %hidden, cell = %cell, states
    return %y, %last_hidden, %last_cell
  }

  func @lengths_loss(%x: f32[batch, 4, 2], %m: i1[batch, 4], %hidden: f32[4, batch, 3], %cell: f32[4, batch, 3], %c: f32[batch, 4, 6], %d_hidden: f32[4, batch, 3], %d_cell: f32[4, batch, 3]) -> (loss: f32) {
    %one_x = param "lengths.one_x" f32 = ones
    %by_x = mul %x, %one_x
    %one_hidden = param "lengths.one_hidden" f32 = ones
    %by_hidden = mul %hidden, %one_hidden
    %one_cell = param "lengths.one_cell" f32 = ones
    %by_cell = mul %cell, %one_cell
    %y, %last_hidden, %last_cell = call @lengths(%by_x, %m, %by_hidden, %by_cell)
    %p = mul %y, %c
    %s = sum %p
    %p_hidden = mul %last_hidden, %d_hidden
    %s_hidden = sum %p_hidden
    %t_hidden = add %s, %s_hidden
    %p_cell = mul %last_cell, %d_cell
    %s_cell = sum %p_cell
    %t_cell = add %t_hidden, %s_cell
    return %t_cell
  }
  train @lengths_step minimizes @lengths_loss { optimize "*" with @sgd }
}
