// nn-gru.mlir - the layer, and the gradients through time, against PyTorch's
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/nn-gru.json
// RUN: dlc %s --batch 5 -O0 -o %t.1.so && dlc-run check %t.1.so %S/Inputs/nn-gru.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.2.so && dlc-run check %t.2.so %S/Inputs/nn-gru.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.3.so && dlc-run check %t.3.so %S/Inputs/nn-gru.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.4.so && dlc-run check %t.4.so %S/Inputs/nn-gru.json
dl.model @gru {
  func @plain(%x: f32[batch, 5, 4]) -> (y: f32[batch, 5, 6], hidden: f32[1, batch, 6]) {
    %y, %last_hidden = nn.gru "plain" %x, 6, states
    return %y, %last_hidden
  }

  func @plain_loss(%x: f32[batch, 5, 4], %c: f32[batch, 5, 6], %d_hidden: f32[1, batch, 6]) -> (loss: f32) {
    %one_x = param "plain.one_x" f32 = ones
    %by_x = mul %x, %one_x
    %y, %last_hidden = call @plain(%by_x)
    %p = mul %y, %c
    %s = sum %p
    %p_hidden = mul %last_hidden, %d_hidden
    %s_hidden = sum %p_hidden
    %t_hidden = add %s, %s_hidden
    return %t_hidden
  }
  train @plain_step minimizes @plain_loss { optimize "*" with @sgd }

  func @deep(%x: f32[batch, 4, 3], %hidden: f32[4, batch, 5]) -> (y: f32[batch, 4, 10], hidden: f32[4, batch, 5]) {
    %y, %last_hidden = nn.gru "deep" %x, 5, layers = 2, bidirectional, hidden = %hidden, states
    return %y, %last_hidden
  }

  func @deep_loss(%x: f32[batch, 4, 3], %hidden: f32[4, batch, 5], %c: f32[batch, 4, 10], %d_hidden: f32[4, batch, 5]) -> (loss: f32) {
    %one_x = param "deep.one_x" f32 = ones
    %by_x = mul %x, %one_x
    %one_hidden = param "deep.one_hidden" f32 = ones
    %by_hidden = mul %hidden, %one_hidden
    %y, %last_hidden = call @deep(%by_x, %by_hidden)
    %p = mul %y, %c
    %s = sum %p
    %p_hidden = mul %last_hidden, %d_hidden
    %s_hidden = sum %p_hidden
    %t_hidden = add %s, %s_hidden
    return %t_hidden
  }
  train @deep_step minimizes @deep_loss { optimize "*" with @sgd }

  func @lengths(%x: f32[batch, 4, 2], %m: i1[batch, 4], %hidden: f32[2, batch, 3]) -> (y: f32[batch, 4, 6], hidden: f32[2, batch, 3]) {
    %y, %last_hidden = nn.gru "lengths" %x, 3, bidirectional, mask = %m, hidden = %hidden, states
    return %y, %last_hidden
  }

  func @lengths_loss(%x: f32[batch, 4, 2], %m: i1[batch, 4], %hidden: f32[2, batch, 3], %c: f32[batch, 4, 6], %d_hidden: f32[2, batch, 3]) -> (loss: f32) {
    %one_x = param "lengths.one_x" f32 = ones
    %by_x = mul %x, %one_x
    %one_hidden = param "lengths.one_hidden" f32 = ones
    %by_hidden = mul %hidden, %one_hidden
    %y, %last_hidden = call @lengths(%by_x, %m, %by_hidden)
    %p = mul %y, %c
    %s = sum %p
    %p_hidden = mul %last_hidden, %d_hidden
    %s_hidden = sum %p_hidden
    %t_hidden = add %s, %s_hidden
    return %t_hidden
  }
  train @lengths_step minimizes @lengths_loss { optimize "*" with @sgd }
}
