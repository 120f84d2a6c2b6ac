// turned.mlir - what is turned is read in squares, once, by the kernel that needs it so
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --emit=kernels | FileCheck %s
// RUN: dlc %s --diff --quiet --batch 5 | FileCheck %s --check-prefix=SAME
// RUN: dlc %s --diff --quiet --batch 5 --target v3 | FileCheck %s --check-prefix=SAME
// SAME: @softmaxes: {{.*}} agree
// SAME-NEXT: @loss: {{.*}} agree
// SAME-NEXT: @step: {{.*}} agree
// SAME-NEXT: @step.gradients: {{.*}} agree
// SAME-NEXT: @step.apply: {{.*}} agree
dl.model @turned {
  // A kernel that sums along rows would gather each element of what lies the other way.
  // CHECK-LABEL: entry function @softmaxes(
  // CHECK: launch @{{k[0-9]+}}_transpose(%x)
  // CHECK: launch @{{k[0-9]+}}_amax_sub_exp_sum_div(
  func @softmaxes(%x: f32[40, 30]) -> (y: f32[30, 40]) {
    %t = transpose %x, [1, 0]
    %y = softmax %t
    return %y
  }
  func @loss(%x: f32[batch, 40]) -> (loss: f32) {
    %a = nn.linear "wide" %x, 50
    %b = nn.linear "few" %a, 3
    %l = mean %b
    return %l
  }
  // Weights lie transposed. In the step, so do their gradients from the start: what sums up their squares needs no order. It
  // makes the squares itself, so that no product stores them.
  // CHECK-LABEL: entry train @step(
  // CHECK-NOT: transpose
  // CHECK: launch @{{k[0-9]+}}_matmul(%a{{[_0-9]*}}, %{{.*}}) : f32[50, 3]
  // CHECK-NOT: transpose
  // CHECK: launch @{{k[0-9]+}}_mul_sum(
  // CHECK-NOT: transpose
  // CHECK: return

  // A gradient of the caller is read as it lies by the sum of its squares, and turned by the update, in squares. Where the
  // update would run along 3 elements, it reads a copy.
  // CHECK-LABEL: entry apply @step.apply(
  // CHECK-DAG: launch @{{k[0-9]+}}_mul_sum(%gradient.wide.weight)
  // CHECK-DAG: launch @{{k[0-9]+}}_mul_sum(%gradient.few.weight)
  // CHECK-DAG: launch @{{k[0-9]+}}_transpose_mul_adam(%gradient.wide.weight, {{.*}}, %wide.weight,
  // CHECK-DAG: %[[COPY:[0-9]+]] = launch @{{k[0-9]+}}_transpose(%gradient.few.weight) : f32[50, 3]
  // CHECK-DAG: launch @{{k[0-9]+}}_mul_adam(%[[COPY]], {{.*}}, %few.weight,
  train @step minimizes @loss {
    clip_norm 1.0
    optimize "*" with @adam
  }
}
