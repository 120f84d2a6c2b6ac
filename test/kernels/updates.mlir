// updates.mlir - an update runs on the tile of the product that makes its gradient, but not on pieces of rows
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --emit=kernels | FileCheck %s
// RUN: dlc %s --diff --quiet --batch 5 | FileCheck %s --check-prefix=SAME
// RUN: dlc %s --diff --quiet --batch 5 --target v3 | FileCheck %s --check-prefix=SAME
// RUN: dlc %s --diff --quiet --batch 33 step | FileCheck %s --check-prefix=STEP
// SAME: @loss: {{.*}} agree
// SAME-NEXT: @step: {{.*}} agree
// SAME-NEXT: @step.gradients: {{.*}} agree
// SAME-NEXT: @step.apply: {{.*}} agree
// STEP: @step: {{.*}} agree
dl.model @updates {
  func @loss(%x: f32[batch, 40]) -> (loss: f32) {
    %a = nn.linear "wide" %x, 50
    %b = nn.linear "even" %a, 16
    %c = nn.linear "few" %b, 3
    %d = tanh %c
    %l = mean %d
    return %l
  }
  // CHECK-LABEL: entry train @step(
  // CHECK-DAG: %[[G:[0-9]+]] = launch @{{k[0-9]+}}_matmul(%b{{[_0-9]*}}, %{{.*}}) : f32[16, 3]
  // CHECK-DAG: launch @{{k[0-9]+}}_adam(%few.weight, %[[G]], {{.*}} : f32[16, 3], f32[16, 3], f32[16, 3]
  // CHECK-DAG: launch @{{k[0-9]+}}_matmul_adam(%{{.*}}, %even.weight, {{.*}} : f32[50, 16], f32[50, 16], f32[50, 16]
  // CHECK-DAG: launch @{{k[0-9]+}}_matmul_adam(%{{.*}}, %wide.weight, {{.*}} : f32[40, 50], f32[40, 50], f32[40, 50]
  // CHECK: return
  train @step minimizes @loss { optimize "*" with @adam }
}
