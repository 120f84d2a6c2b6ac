// channels-last-draws.mlir - dropout and changes at random of a network whose channels are first run with channels last.
// SPDX-License-Identifier: Apache-2.0
//
// Random numbers stay those of the places as they were written.
// RUN: dlc %s --batch 3 --emit=autodiff | FileCheck %s
// RUN: dlc-run diff %s --batch 3 --quiet | FileCheck %s --check-prefix=SAME
// RUN: dlc-run diff %s --batch 3 --target v3 --quiet | FileCheck %s --check-prefix=SAME
// RUN: dlc-run diff %s --batch 3 -O0 --quiet | FileCheck %s --check-prefix=SAME
// SAME-COUNT-5: agree
dl.model @draws {
  // CHECK-LABEL: entry train @step(
  // CHECK: %[[X:[^ ]+]] = transpose %x, [0, 2, 3, 1] : f32[batch, 6, 6, 3]
  // CHECK-NOT: = transpose %{{.*}}f32[batch, {{.*}}, 6]
  // CHECK: %[[FLIP:[^ ]+]] = flip %{{[^ ]+}}, axes = [2] : f32[batch, 6, 6, 16]
  // CHECK: where %{{[^ ]+}}, %[[FLIP]], %{{[^ ]+}} : f32[batch, 6, 6, 16]
  // CHECK: %[[MASK:[^ ]+]] = dropout_mask %{{.*}} : f32[batch, 16, 6, 6]
  // CHECK: %[[TURNED:[^ ]+]] = transpose %[[MASK]], [0, 2, 3, 1] : f32[batch, 6, 6, 16]
  // CHECK: mul %{{[^ ]+}}, %[[TURNED]] : f32[batch, 6, 6, 16]
  // CHECK: mul %{{[^ ]+}}, %{{[^ ]+}} : f32[batch, 6, 6, 16]
  // CHECK: contract
  func private @net(%x: f32[batch, 3, 6, 6]) {
    %a = nn.conv2d "a" %x, 16, kernel = 3, padding = 1, channels_first
    %f = random_flip %a, axis = -1
    %r = relu %f
    %d = dropout %r, 0.25
    %u = random_uniform %d, min = 0.5
    %m = mul %d, %u
    %b = nn.conv2d "b" %m, 4, kernel = 3, channels_first
    %s = mean %b, axes = [2, 3]
    return %s
  }
  // Without a gradient the evaluator sees it as it is written.
  func @drawn(%x: f32[batch, 3, 6, 6]) -> (score: f32[batch, 4]) {
    %s = call @net(%x), training
    return %s
  }
  func @loss(%x: f32[batch, 3, 6, 6], %t: i32[batch]) -> (loss: f32) {
    %s = call @net(%x)
    %l = cross_entropy %s, %t
    return %l
  }
  train @step minimizes @loss {
    optimize "*" with @sgd(lr = 1.0e-1)
  }
}
