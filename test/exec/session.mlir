// session.mlir
// SPDX-License-Identifier: Apache-2.0
//
// What a stream of calls remembers: read and updated by sessions and training steps, as it begins elsewhere.
// RUN: dlc %s --batch 1,3 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/session.json
// RUN: dlc %s --batch 3 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/session.json
// RUN: dlc %s --batch 3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/session.json
// RUN: dlc-run diff %s --batch 3 --steps 3 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 3 --batch-extent 2 --steps 3 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 3 -O0 --quiet | FileCheck %s
// RUN: dlc-run info %t.so | FileCheck %s --check-prefix=INFO
// CHECK-COUNT-8: agree
// INFO: session    {{[1-9]}}
// INFO: seen {{.*}}[3]{{.*}}session{{.*}}zeros
// INFO: count(x: f32[batch, 2]) -> (seen: f32[batch], sum: f32[batch, 2])
// INFO-NEXT: kind      session
// INFO-NEXT: capacity  {{.*}}; larger batches are refused: each row goes on from its own state, updates its session

dl.model @streams {
  func private @counted(%x: f32[batch, 2]) {
    %n = state session "seen" f32[batch] = zeros
    %s = state session "sum" f32[batch, 2] = constant(0.5)
    %k = state session "calls" i32[1] = ones
    %m = add %n, 1
    %t = add %s, %x
    %c = mul %k, 2
    update "seen", %m
    update "sum", %t
    update "calls", %c
    return %m, %t
  }
  func session @count(%x: f32[batch, 2]) -> (seen: f32[batch], sum: f32[batch, 2]) {
    %m, %t = call @counted(%x)
    return %m, %t
  }
  // No call follows another: each is the first of a stream.
  func @once(%x: f32[batch, 2]) -> (seen: f32[batch], sum: f32[batch, 2]) {
    %m, %t = call @counted(%x)
    return %m, %t
  }
  func private @net(%x: f32[batch, time, 2]) {
    %a = nn.rnn "rnn" %x, 3, stateful
    %b = nn.lstm "lstm" %a, 3, layers = 2, stateful
    %c = nn.gru "gru" %b, 2, stateful
    return %c
  }
  func @whole(%x: f32[batch, 6, 2]) -> (y: f32[batch, 6, 2]) {
    %y = call @net(%x)
    return %y
  }
  func session @part(%x: f32[batch, 2, 2]) -> (y: f32[batch, 2, 2]) {
    %y = call @net(%x)
    return %y
  }
  func private @tally(%x: f32[batch, 2, 2]) {
    %w = param "w" f32[2] = ones
    %s = state session "total" f32[2] = zeros
    %h = state session "row" f32[batch, 2, 2] = zeros
    %xw = mul %x, %w
    %sum = sum %x, axes = [0, 1]
    %next = add %s, %sum
    %hx = add %h, %xw
    update "total", %next
    update "row", %hx
    %y = call @net(%hx)
    %a = mean %y
    %b = mean %next
    %l = add %a, %b
    return %l
  }
  func @loss(%x: f32[batch, 2, 2]) -> (loss: f32) {
    %l = call @tally(%x)
    return %l
  }
  train @step minimizes @loss { optimize "*" with @sgd(lr = 0.5) }
}
