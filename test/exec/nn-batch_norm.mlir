// nn-batch_norm.mlir - statistics: of the call in training, remembered in inference; a step, against PyTorch's
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 6 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/nn-batch_norm.json
// RUN: dlc %s --batch 6 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/nn-batch_norm.json
// RUN: dlc %s --batch 6 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/nn-batch_norm.json
// RUN: dlc %s --batch 6 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/nn-batch_norm.json
// RUN: dlc-run gradcheck %t.64.so step && dlc-run gradcheck %t.64.so frozen
// RUN: dlc-run diff %s --batch 6 --steps 3 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 6 --batch-extent 2 --steps 3 --quiet | FileCheck %s
// RUN: dlc-run info %t.so | FileCheck %s --check-prefix=INFO
// CHECK: @step: {{.*}}agree
// CHECK: @frozen: {{.*}}agree
// INFO: bn.running_mean {{.*}} buffer
// INFO: bn.num_batches_tracked {{.*}}i64 {{.*}} buffer
// INFO: updates parameters, updates buffers
dl.model @batch_norm {
  func private @net(%x: f32[batch, 4, 3]) {
    %h = nn.batch_norm "bn" %x
    %a = nn.linear "fc" %h, 5
    %r = relu %a
    %g = nn.batch_norm "bn2" %r, momentum = 0.3, epsilon = 1.0e-3
    return %g
  }
  func @predict(%x: f32[batch, 4, 3]) -> (y: f32[batch, 4, 5]) {
    %y = call @net(%x)
    return %y
  }
  func @loss(%x: f32[batch, 4, 3], %c: f32[batch, 4, 5]) -> (loss: f32) {
    %y = call @net(%x)
    %p = mul %y, %c
    %l = mean %p
    return %l
  }
  train @step minimizes @loss { optimize "*" with @sgd(lr = 0.1) }
  // Called in the mode of inference, statistics are constants and stay as they are.
  func @frozen_loss(%x: f32[batch, 4, 3], %c: f32[batch, 4, 5]) -> (loss: f32) {
    %y = call @net(%x), inference
    %p = mul %y, %c
    %l = mean %p
    return %l
  }
  train @frozen minimizes @frozen_loss { optimize "*" with @sgd(lr = 0.1) }
}
