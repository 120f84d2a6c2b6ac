// streams.mlir - layers that are equal but for their random streams have one kernel, which is given the stream.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --emit=kernels | FileCheck %s
// RUN: dlc %s --emit=loops | FileCheck %s --check-prefix=LOOPS
// RUN: dlc %s --emit=plan | FileCheck %s --check-prefix=PLAN
// RUN: dlc-run diff %s --batch 5 --quiet | FileCheck %s --check-prefix=SAME
// RUN: dlc-run diff %s --batch 5 -O0 --quiet | FileCheck %s --check-prefix=SAME
// SAME-DAG: @step: {{.*}}agree
// SAME-DAG: @step.gradients: {{.*}}agree
//
// Every level is read back, and gives the same library.
// RUN: dlc %s --target v3 -o %t.so
// RUN: dlc %s --target v3 --emit=kernels | dlc - -o %t.kernels.so && cmp %t.so %t.kernels.so
// RUN: dlc %s --target v3 --emit=loops | dlc - -o %t.loops.so && cmp %t.so %t.loops.so
// RUN: dlc %s --target v3 --emit=plan | dlc - -o %t.plan.so && cmp %t.so %t.plan.so
dl.model @streams {
  func private @layer(%x: f32[batch, 64]) {
    %h = nn.linear "fc" %x, 64
    %r = relu %h
    %d = dropout %r, 0.2
    return %d
  }
  func @loss(%x: f32[batch, 64]) -> (loss: f32) {
    %a = call "l0" @layer(%x)
    %b = call "l1" @layer(%a)
    %c = call "l2" @layer(%b)
    %l = mean %c
    return %l
  }
  // The keys are FNV-1a hashes of l0.d, l1.d and l2.d: 64 bits, as integers with a sign.
  // CHECK: kernel @[[LAYER:k[0-9]+_matmul_add_relu_mul_gt]](%{{.*}}, %[[KEY:[^ :]+]]: i64 {{.*}})
  // CHECK: dropout_mask %{{[^,]+}}, %random, 0.2, key = %[[KEY]]
  // CHECK: entry train @step(
  // CHECK-DAG: %[[K0:.*]] = lifted 7838910617688851995 : i64
  // CHECK-DAG: %[[K1:.*]] = lifted 7187758940911285836 : i64
  // CHECK-DAG: %[[K2:.*]] = lifted 6571307851113246737 : i64
  // CHECK: launch @[[LAYER]]({{.*}}, %random, %[[K0]])
  // CHECK: launch @[[LAYER]]({{.*}}, %random, %[[K1]])
  // CHECK: launch @[[LAYER]]({{.*}}, %random, %[[K2]])
  //
  // LOOPS: dl.schedule @step attributes
  // LOOPS: %[[K0:[0-9]+]] = buffer constant = 7838910617688851995 {{.*}}: memref<1xi64>
  // LOOPS: run @{{k[0-9]+}}_matmul_add_relu_mul_gt({{.*}}, %[[K0]])
  //
  // PLAN: dl.schedule @step attributes {dl.constants = array<i64: 7838910617688851995, {{[0-9]+, [0-9]+}}>
  // PLAN: %{{[0-9]+}} = place constants : memref<1xi64>
  // PLAN: %{{[0-9]+}} = place constants + 8 : memref<1xi64>
  // PLAN: %{{[0-9]+}} = place constants + 16 : memref<1xi64>
  train @step minimizes @loss { optimize "*" with @sgd }
}
