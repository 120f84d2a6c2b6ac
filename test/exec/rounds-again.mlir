// rounds-again.mlir - rounds of loops that are computed again have the bits that they had
// SPDX-License-Identifier: Apache-2.0
//
// Steps of training with and without a budget, of both targets, with one thread and with two: losses, weights and what the
// optimizer keeps have the same bits, and are the evaluator's. The budget is half of what the first loop would take, and an
// eighth of what the last.
// RUN: rm -rf %t && mkdir -p %t
// RUN: dlc %s --batch 4 -o %t/kept.so && dlc %s --batch 4 --target v3 -o %t/kept.v3.so
// RUN: dlc %s --batch 4 --memory-budget 70000 --memory -o %t/less.so 2>&1 | FileCheck %s --check-prefix=LESS
// RUN: dlc %s --batch 4 --memory-budget 70000 --target v3 -o %t/less.v3.so
// RUN: dlc %s --diff --quiet --steps 3 --batch 4 --library %t/kept.so,%t/kept.v3.so,%t/less.so,%t/less.v3.so lstm_step gru_step cell_step nest_step | FileCheck %s
// RUN: dlc %s --diff --quiet --batch-extent 3 --extent time=5 --batch 4 --library %t/kept.so,%t/less.so,%t/less.v3.so lstm_step gru_step cell_step nest_step | FileCheck %s
// RUN: dlc %s --batch 4 --open time=9 -o %t/short.so && dlc %s --batch 4 --open time=9 --memory-budget 33000 --memory -o %t/short.less.so 2>&1 | FileCheck %s --check-prefix=SHORT
// RUN: dlc %s --diff --quiet --batch 4 --open time=9 --library %t/short.so,%t/short.less.so lstm_step gru_step cell_step nest_step | FileCheck %s
// RUN: dlc %s --batch 4 -O0 -o %t/slow.so
// RUN: dlc %s --batch 4 -O0 --memory-budget 60000 --memory -o %t/slow.less.so 2>&1 | FileCheck %s --check-prefix=LESS
// RUN: dlc %s --diff --quiet -O0 --steps 3 --batch 4 --library %t/slow.so,%t/slow.less.so lstm_step gru_step cell_step nest_step | FileCheck %s
// LESS-DAG: remark: `lstm_step` computes {{[0-9]+}} values again
// LESS-DAG: remark: `gru_step` computes {{[0-9]+}} values again
// LESS-DAG: remark: `cell_step` computes {{[0-9]+}} values again
// LESS-DAG: remark: `nest_step` computes {{[0-9]+}} values again
// SHORT: remark: `lstm_step` computes {{[0-9]+}} values again
// CHECK: @lstm_step: {{[0-9]+}} results agree
// CHECK-NEXT: @gru_step: {{[0-9]+}} results agree
// CHECK-NEXT: @cell_step: {{[0-9]+}} results agree
// CHECK-NEXT: @nest_step: {{[0-9]+}} results agree
dl.model @rounds open(time = 24) {
  func private @score(%y: f32[batch, time, width], %goal: f32[batch, time, 16]) {
    %s = nn.linear "head" %y, 16
    %l = mse_loss %s, %goal
    return %l
  }
  func @lstm(%x: f32[batch, time, 16], %goal: f32[batch, time, 16]) -> (loss: f32) {
    %y = nn.lstm "lstm" %x, 16, layers = 2, dropout = 0.3
    %l = call @score(%y, %goal)
    return %l
  }
  func @gru(%x: f32[batch, time, 16], %goal: f32[batch, time, 16]) -> (loss: f32) {
    %y = nn.gru "gru" %x, 12, bidirectional
    %l = call "wide" @score(%y, %goal)
    return %l
  }
  // By hand: dropout, a sum over a row, and a number of rounds that goes back.
  func @cell(%x: f32[batch, time, 16], %goal: f32[batch, time, 16]) -> (loss: f32) {
    %w = param "w" f32[16, 32] = uniform(-0.5, 0.5)
    %v = param "v" f32[32, 16] = uniform(-0.5, 0.5)
    %zero = constant f32[batch, 16] = 0.0
    %y, %last = scan reverse (%a in %x along 1) carry (%h = %zero) {
      %p = matmul %h, %w
      %q = gelu %p
      %d = dropout %q, 0.4
      %r = matmul %d, %v
      %s = add %r, %a
      %n = softmax %s
      %t = sigmoid %n
      yield %n carry %t
    }
    %l = call @score(%y, %goal)
    return %l
  }
  // A loop in each round of a loop.
  func @nest(%x: f32[batch, time, 16], %goal: f32[batch, time, 16]) -> (loss: f32) {
    %w = param "u" f32[16, 16] = uniform(-0.5, 0.5)
    %zero = constant f32[batch, 16] = 0.0
    %y, %last = scan (%a in %x along 1) carry (%h = %zero) {
      %s, %g = scan 6 carry (%k = %h) {
        %p = matmul %k, %w
        %q = tanh %p
        %r = sigmoid %q
        %m = mul %r, %a
        %n = gelu %m
        yield %n carry %n
      }
      %i = mean %s, axes = [0]
      %o = sin %i
      yield %o carry %g
    }
    %l = call @score(%y, %goal)
    return %l
  }
  train @lstm_step minimizes @lstm { optimize "*" with @adam(lr = 0.01) }
  train @gru_step minimizes @gru { optimize "*" with @adam(lr = 0.01) }
  train @cell_step minimizes @cell { optimize "*" with @adam(lr = 0.01) }
  train @nest_step minimizes @nest { optimize "*" with @adam(lr = 0.01) }
}
