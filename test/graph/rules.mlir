// rules.mlir - an element-wise optimizer is one rule
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --emit=graph | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=kernels | FileCheck %s --check-prefix=KERNELS --implicit-check-not="rule @" --implicit-check-not=" map @"
// RUN: dlc %s --diff --quiet --batch 5
// RUN: dlc %s --diff --quiet --batch 5 -O0
// An element-wise optimizer is one rule for all parameters of a type, in all entry points, whatever their shapes; a `map`
// names it. It is written out in each kernel, once.
dl.model @rules {
  func @loss(%x: f32[batch, 6], %t: i32[batch]) -> (loss: f32) {
    %h = nn.linear "first" %x, 5
    %a = gelu %h
    %n = nn.layer_norm "norm" %a
    %s = nn.linear "second" %n, 16
    %b = param "scale" f32[] = ones
    %y = mul %s, %b
    %l = cross_entropy %y, %t
    return %l
  }
  // A number is no element: it is computed once for all parameters, in f64.
  optimizer @drift(%w, %g) slots(%m = zeros) scalars(%rate = 0.125, %step) {
    %a = div %rate, %step
    %b = hardswish %m
    %c = add %b, %g
    %d = mul %a, %c
    %w1 = sub %w, %d
    return %w1, %c
  }
  // What looks at the whole gradient is no rule.
  optimizer @scaled(%w, %g) scalars(%rate = 0.5) {
    %q = mul %g, %g
    %s = sum %q
    %one = constant f32[] = 1.0
    %d = add %s, %one
    %u = div %g, %d
    %v = mul %rate, %u
    %w1 = sub %w, %v
    return %w1
  }

  // CHECK-LABEL: rule @adam.rule(
  // CHECK-SAME: %w: f32, %g: f32, %m: f32, %v: f32,
  // CHECK-SAME: -> (f32, f32, f32) {
  // CHECK: sqrt
  // CHECK: return
  // CHECK-NOT: rule
  // CHECK-LABEL: rule @drift.rule(%w: f32, %g: f32, %m: f32, %{{[^ ]+}}: f32) -> (f32, f32) {
  // CHECK-NEXT: %[[B:[^ ]+]] = hardswish %m : f32
  // CHECK-NEXT: %[[C:[^ ]+]] = add %[[B]], %g : f32
  // CHECK-NEXT: %[[D:[^ ]+]] = mul %{{[^ ]+}}, %[[C]] : f32
  // CHECK-NEXT: %[[W:[^ ]+]] = sub %w, %[[D]] : f32
  // CHECK-NEXT: return %[[W]], %[[C]]
  // CHECK-LABEL: entry train @step(
  // CHECK: gradient
  // A parameter of one number is updated in place: all of it is numbers.
  // CHECK-COUNT-2: map @adam.rule({{.*}}: f32[5], f32[5], f32[5]
  // CHECK-COUNT-1: map @drift.rule(%second.weight, {{.*}}: f32[16, 5], f32[16, 5]
  // CHECK-COUNT-1: map @drift.rule(%second.bias, {{.*}}: f32[16], f32[16]
  // CHECK-NOT: map
  // CHECK-LABEL: entry gradients
  // CHECK-NOT: map
  // CHECK-LABEL: entry apply @step.apply(
  // CHECK-COUNT-4: map @
  // CHECK-LABEL: entry train @other(
  // CHECK-COUNT-1: map @adam.rule(%first.weight, {{.*}}: f32[5, 6], f32[5, 6], f32[5, 6]
  train @step minimizes @loss {
    optimize "*" with @adam
    optimize "second.*" with @drift
    optimize "first.*" with @scaled
  }
  train @other minimizes @loss {
    optimize "*" with @adam
  }
  // A product takes the whole rule along, as a sum does.
  // KERNELS: kernel @[[BIAS:k[0-9]+_sum_drift]](
  // KERNELS: kernel @[[PRODUCT:k[0-9]+_matmul_drift]](
  // KERNELS: %[[G:[^ ]+]] = matmul {{.*}} : f32[5, 16]
  // KERNELS: add %{{[^ ]+}}, %[[G]] : f32[5, 16]
  // KERNELS: sub %second.weight, %{{[^ ]+}} : f32[5, 16]
  // KERNELS: entry train @step(
  // KERNELS: launch @[[BIAS]](
  // KERNELS: launch @[[PRODUCT]](
}
