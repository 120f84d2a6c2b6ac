// open-scans.mlir - loops in loops over two open sizes, and a step that works through its batch in parts.
// SPDX-License-Identifier: Apache-2.0
//
// Against the evaluator: at the capacities, and below them.
//
// RUN: dlc --diff %s --batch 3 --quiet | FileCheck %s
// RUN: dlc --diff %s --batch 3 --quiet --extent rows=2,time=3 | FileCheck %s
// RUN: dlc --diff %s --batch 3 --quiet -O0 --extent rows=1,time=1 | FileCheck %s
// RUN: dlc --diff %s --batch 3 --quiet --target v3 --extent time=4 | FileCheck %s
// CHECK-COUNT-11: results agree
dl.model @nest sizes(words = 20, width = 8) open(rows = 6, time = 5) {
  func @f(%x: f32[batch, rows, time, 4]) -> (y: f32[batch, 4], z: f32[batch, rows, 4]) {
    %zero = constant f32[batch, 4] = 0.0
    %z, %y = scan (%r in %x along 1) carry (%h = %zero) {
      %last = scan (%s in %r along 1) carry (%g = %h) {
        %a = add %g, %s
        %b = tanh %a
        yield carry %b
      }
      yield %last carry %last
    }
    return %y, %z
  }
  func @loss(%x: f32[batch, rows, time, 4]) -> (l: f32) {
    %w = param "w" f32[4] = ones
    %v = mul %x, %w
    %y, %z = call @f(%v)
    %l = mean %z
    return %l
  }
  // What smoothing spreads is spread over the classes of the call.
  func @smooth(%s: f32[batch, rows], %t: f32[batch, rows]) -> (l: f32) {
    %l = cross_entropy %s, %t, label_smoothing = 0.3
    return %l
  }
  train @step minimizes @loss { optimize "*" with @sgd }
  func private @net(%word: i32[batch, time], %mask: f32[batch, time]) {
    %e = nn.embedding "word" %word, words, width
    %h = nn.lstm "lstm" %e, width, bidirectional, mask = %mask
    %d = dropout %h, 0.2
    %s = nn.linear "tag" %d, 5
    return %s
  }
  func @predict(%word: i32[batch, time], %mask: f32[batch, time]) -> (tag: f32[batch, time, 5]) {
    %s = call @net(%word, %mask)
    %p = softmax %s
    return %p
  }
  func @tag_loss(%word: i32[batch, time], %mask: f32[batch, time], %tag: i32[batch, time]) -> (loss: f32) {
    %s = call @net(%word, %mask)
    %l = cross_entropy %s, %tag
    return %l
  }
  train @tag_step minimizes @tag_loss {
    accumulate 3
    optimize "*" with @adam
  }
}
