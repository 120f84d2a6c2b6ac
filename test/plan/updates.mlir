// updates.mlir - what replaces a stored tensor runs as soon as nothing reads the old value any more.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --emit=loops | FileCheck %s
// RUN: dlc %s --emit=plan --batch 64 --target v3 | FileCheck %s --check-prefix=PLAN
// RUN: dlc-run diff %s --batch 3 --quiet | FileCheck %s --check-prefix=SAME
// RUN: dlc-run diff %s --batch 3 -O0 --quiet | FileCheck %s --check-prefix=SAME
// SAME-DAG: @deep_step: {{.*}}agree
// SAME-DAG: @adam_step: {{.*}}agree
// SAME-DAG: @crossed_step: {{.*}}agree
// SAME-DAG: @checked_step: {{.*}}agree
dl.model @updates {
  optimizer @plain(%w, %g) scalars(%lr = 0.5) {
    %a = mul %g, %lr
    %w1 = sub %w, %a
    return %w1
  }

  // Each weight is updated before the gradient of the layer before it is needed, and no gradient waits for the end: a step
  // needs the memory of its gradients and 64 bytes for the rate.
  // CHECK-LABEL: dl.schedule @deep_step attributes
  // CHECK: run @{{k[0-9]+}}_sum_div_div(
  // CHECK: run @{{k[0-9]+}}_matmul_where(
  // CHECK: run @[[UPDATE:k[0-9]+_matmul_plain]](%{{.*}}, %[[W4:[0-9]+]], %[[LR:[0-9]+]]) -> (%[[W4]])
  // CHECK: run @{{k[0-9]+}}_matmul_where(
  // CHECK: run @[[UPDATE]](%{{.*}}, %[[W3:[0-9]+]], %[[LR]]) -> (%[[W3]])
  // CHECK: run @{{k[0-9]+}}_matmul_where(
  // CHECK: run @[[UPDATE]](%{{.*}}, %[[W2:[0-9]+]], %[[LR]]) -> (%[[W2]])
  // CHECK: run @[[UPDATE]](%{{.*}}, %[[W1:[0-9]+]], %[[LR]]) -> (%[[W1]])
  // CHECK-NOT: copy
  // CHECK-LABEL: dl.schedule @deep_step.gradients
  // PLAN-LABEL: dl.schedule @deep_step attributes
  // PLAN-SAME: dl.workspace = 98496
  // PLAN-LABEL: dl.schedule @deep_step.gradients
  // PLAN-SAME: dl.workspace = 98432
  func @deep(%x: f32[batch, 64]) -> (loss: f32) {
    %w1 = param "w1" f32[64, 64] = normal(0.1)
    %w2 = param "w2" f32[64, 64] = normal(0.1)
    %w3 = param "w3" f32[64, 64] = normal(0.1)
    %w4 = param "w4" f32[64, 64] = normal(0.1)
    %a = matmul %x, %w1
    %b = relu %a
    %c = matmul %b, %w2
    %d = relu %c
    %e = matmul %d, %w3
    %f = relu %e
    %g = matmul %f, %w4
    %h = mul %g, %g
    %l = mean %h
    return %l
  }
  train @deep_step minimizes @deep { optimize "*" with @plain }

  // So it is where all updates wait for numbers that are made of the step. The gradients alone need as much, but for 128
  // bytes of scalars and operands in front.
  // CHECK-LABEL: dl.schedule @adam_step attributes
  // CHECK: %[[W1:[0-9]+]] = buffer argument[1]
  // CHECK: %[[W2:[0-9]+]] = buffer argument[2]
  // CHECK: %[[W3:[0-9]+]] = buffer argument[3]
  // CHECK: %[[W4:[0-9]+]] = buffer argument[4]
  // CHECK: run @{{k[0-9]+}}_matmul_where(
  // CHECK: run @{{k[0-9]+}}_pow{{[^(]*}}({{.*}}) -> (%[[RATE:[0-9]+]], %[[SCALE:[0-9]+]])
  // CHECK: run @[[ADAM:k[0-9]+_matmul_adam]]({{.*}}) -> (%[[W4]], {{.*}})
  // CHECK: run @{{k[0-9]+}}_matmul_where(
  // CHECK: run @[[ADAM]]({{.*}}) -> (%[[W3]], {{.*}})
  // CHECK: run @{{k[0-9]+}}_matmul_where(
  // CHECK: run @[[ADAM]]({{.*}}) -> (%[[W2]], {{.*}})
  // CHECK: run @[[ADAM]]({{.*}}) -> (%[[W1]], {{.*}})
  // CHECK-NOT: copy
  // CHECK-LABEL: dl.schedule @adam_step.gradients
  // PLAN-LABEL: dl.schedule @adam_step attributes
  // PLAN-SAME: dl.workspace = 98560
  // PLAN-LABEL: dl.schedule @adam_step.gradients
  train @adam_step minimizes @deep { optimize "*" with @adam }

  // The new w is made of the old s, the new s of the old w: what w needs of s is made before s is replaced.
  // CHECK-LABEL: dl.schedule @crossed_step attributes
  // CHECK: run @{{[^ ]+}}_plain(%{{.*}}, %[[S:[0-9]+]], %[[W:[0-9]+]], {{.*}}) -> (%[[OLD:[0-9]+]], %[[S]])
  // CHECK: run @{{[^ ]+}}_plain(%{{.*}}, %[[OLD]], %[[W]], %{{[0-9]+}}) -> (%[[W]])
  // CHECK-NOT: run @copy
  // CHECK-LABEL: dl.schedule @crossed_step.gradients
  func @crossed(%x: f32[batch, 17]) -> (loss: f32) {
    %w = param "crossed.w" f32[17, 17] = normal(1)
    %s = param "crossed.s" f32[17, 17] = normal(1)
    %a = matmul %x, %w
    %b = sin %a
    %c = matmul %x, %s
    %d = sin %c
    %e = mul %b, %d
    %f = mean %e
    %g = mul %w, %s
    %h = sum %g
    %l = add %f, %h
    return %l
  }
  train @crossed_step minimizes @crossed { optimize "*" with @plain }

  // Nothing stored is replaced before all indices are known to be good.
  // CHECK-LABEL: dl.schedule @checked_step attributes
  // CHECK: run @{{k[0-9]+}}_check_index
  // CHECK: run @{{k[0-9]+}}_matmul_plain
  func @checked(%x: f32[batch, 17], %i: i32[batch]) -> (loss: f32) {
    %w = param "checked.w" f32[17, 17] = normal(1)
    %t = param "checked.t" f32[7, 3] = normal(1)
    %a = matmul %x, %w
    %b = mean %a
    %c = gather %t, %i
    %d = exp %c
    %e = mean %d
    %l = add %b, %e
    return %l
  }
  train @checked_step minimizes @checked { optimize "*" with @plain }
}
