// nn-rnn.mlir - the layer, and the gradients through time, against PyTorch's
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/nn-rnn.json
// RUN: dlc %s --batch 5 -O0 -o %t.1.so && dlc-run check %t.1.so %S/Inputs/nn-rnn.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.2.so && dlc-run check %t.2.so %S/Inputs/nn-rnn.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.3.so && dlc-run check %t.3.so %S/Inputs/nn-rnn.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.4.so && dlc-run check %t.4.so %S/Inputs/nn-rnn.json
dl.model @rnn {
  func @plain(%x: f32[batch, 5, 4]) -> (y: f32[batch, 5, 6], hidden: f32[1, batch, 6]) {
    %y, %last_hidden = nn.rnn "plain" %x, 6, states
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

  func @rectified(%x: f32[batch, 4, 3], %hidden: f32[1, batch, 17]) -> (y: f32[batch, 4, 17], hidden: f32[1, batch, 17]) {
    %y, %last_hidden = nn.rnn "rectified" %x, 17, activation = relu, bias = false, hidden = %hidden, states
    return %y, %last_hidden
  }

  func @rectified_loss(%x: f32[batch, 4, 3], %hidden: f32[1, batch, 17], %c: f32[batch, 4, 17], %d_hidden: f32[1, batch, 17]) -> (loss: f32) {
    %one_x = param "rectified.one_x" f32 = ones
    %by_x = mul %x, %one_x
    %one_hidden = param "rectified.one_hidden" f32 = ones
    %by_hidden = mul %hidden, %one_hidden
    %y, %last_hidden = call @rectified(%by_x, %by_hidden)
    %p = mul %y, %c
    %s = sum %p
    %p_hidden = mul %last_hidden, %d_hidden
    %s_hidden = sum %p_hidden
    %t_hidden = add %s, %s_hidden
    return %t_hidden
  }
  train @rectified_step minimizes @rectified_loss { optimize "*" with @sgd }

  func @deep(%x: f32[batch, 3, 5], %hidden: f32[4, batch, 7]) -> (y: f32[batch, 3, 14], hidden: f32[4, batch, 7]) {
    %y, %last_hidden = nn.rnn "deep" %x, 7, layers = 2, bidirectional, hidden = %hidden, states
    return %y, %last_hidden
  }

  func @deep_loss(%x: f32[batch, 3, 5], %hidden: f32[4, batch, 7], %c: f32[batch, 3, 14], %d_hidden: f32[4, batch, 7]) -> (loss: f32) {
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
}
