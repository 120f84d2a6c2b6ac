// pictures.mlir - a small network of convolutions of every kind: train steps against the evaluator, gradients against
// differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc-run diff %s --batch 5 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --target v3 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 5 -O0 --quiet | FileCheck %s
// CHECK: @scores: {{.*}}agree
// CHECK: @step: {{.*}}agree
// CHECK: @step.gradients: {{.*}}agree
// CHECK: @step.apply: {{.*}}agree
// RUN: dlc %s --batch 3 --float f64 -o %t.so && dlc-run gradcheck %t.so step --range label=3 | FileCheck %s --check-prefix=GRADIENTS
// GRADIENTS: gradients agree
//
// Rows are independent: a call of more than the capacity is cut.
// RUN: dlc %s --batch 2 -o %t.2.so && dlc-run info %t.2.so | FileCheck %s --check-prefix=ROWS
// ROWS: capacity 2; rows independent
dl.model @pictures {
  func private @net(%x: f32[batch, 11, 10, 3]) {
    %a = nn.conv2d "a" %x, 6, kernel = 3, padding = same, stride = 2
    %b = tanh %a
    %c = nn.conv2d "c" %b, 6, kernel = [3, 2], padding = [[1, 1], [1, 0]], groups = 6
    %d = add %b, %c
    %e = nn.conv2d "e" %d, 8, kernel = 1
    %f = relu %e
    %g = max_pool %f, 3, stride = 2, padding = 1
    %h = avg_pool %g, 2, stride = 1
    %i = flatten %h
    %s = nn.linear "fc" %i, 3
    return %s
  }
  func @scores(%x: f32[batch, 11, 10, 3]) -> (score: f32[batch, 3]) {
    %s = call @net(%x)
    return %s
  }
  func private @loss(%x: f32[batch, 11, 10, 3], %label: i32[batch]) {
    %s = call @net(%x)
    %l = cross_entropy %s, %label
    return %l
  }
  func @objective(%x: f32[batch, 11, 10, 3], %label: i32[batch]) -> (loss: f32) {
    %l = call @loss(%x, %label)
    return %l
  }
  train @step minimizes @objective { optimize "*" with @adamw }
}
