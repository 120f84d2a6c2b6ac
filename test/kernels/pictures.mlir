// pictures.mlir - how the products and sums of pictures of many channels are computed.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 8 --target v4 --emit=kernels | FileCheck %s --check-prefixes=CHECK,V4
// RUN: dlc %s --batch 8 --target v3 --emit=kernels | FileCheck %s --check-prefixes=CHECK,V3
// RUN: dlc %s --batch 8 --emit=loops | FileCheck %s --check-prefix=LOOPS
// All rows of all pictures read the same filters, which are larger than a cache: one panel of them serves all rows before the
// next, and it is narrower, so that the cache holds it. What no step writes is packed.
// CHECK: kernel @{{k[0-9]+}}_contract_relu{{[a-z_]*}}(
// CHECK-SAME: %{{[a-z.]+}}: f32[32, 3, 3, 512, 16]
// CHECK-SAME: dl.plan = "product: tiles of {{.*}}, right operand packed, one panel after the other, sums of [3]
// Smaller ones are read by one row after the other.
// CHECK: kernel @{{k[0-9]+}}_contract_relu{{[a-z_]*}}(
// CHECK-SAME: dl.plan = "product: tiles of {{4 x 64|6 x 16}}, right operand packed, sums of [3]; parts batch x 28;
// Filters that a step updates lie as they are. Their rows are 2 KiB apart and crowd into few sets of a cache: on v4 the panel is
// copied, once for all rows of a picture.
// CHECK: kernel @{{k[0-9]+}}_contract_relu{{[a-z_]*}}(
// V3-SAME: dl.plan = "product: tiles of {{.*}}, right operand in place, one panel after the other
// V4-SAME: dl.plan = "product: tiles of 7 x 32, right operand copied, one panel after the other, sums of [3]; parts 16 x batch x 7 / 7;
// The sums of a batch_norm are many ops; they read four vectors of channels side by side nevertheless.
// CHECK: kernel @{{k[0-9]+}}_sum_div_sub_{{[a-z_]*}}(
// V4-SAME: dl.plan = "rows, 4 x 16 lanes along rows 64, reduced over [batch, 28, 28]
//
// Filters that the gradient of the input reads turned are turned once, before they are updated in place. Both layers are updated
// by one kernel.
// LOOPS-LABEL: dl.schedule @step attributes
// LOOPS: run @{{k[0-9]+}}_transpose(%[[LATE:[0-9]+]]) -> (%[[TURNED:[0-9]+]])
// LOOPS: run @[[UPDATE:k[0-9]+_contract_sgd]](%{{[0-9]+}}, %{{[0-9]+}}, %[[LATE]], {{.*}}) -> (%[[LATE]], {{.*}})
// LOOPS: run @{{k[0-9]+}}_contract_where(%{{[0-9]+}}, %[[TURNED]],
// LOOPS: run @[[UPDATE]](
// LOOPS-NOT: run @copy.b2359296
// LOOPS: end
dl.model @pictures {
  func @late(%x: f32[batch, 7, 7, 512]) -> (y: f32[batch, 7, 7, 512]) {
    %c = nn.conv2d "c" %x, 512, kernel = 3, padding = 1, bias = false
    %y = relu %c
    return %y
  }
  func @early(%x: f32[batch, 28, 28, 64]) -> (y: f32[batch, 28, 28, 64]) {
    %d = nn.conv2d "d" %x, 64, kernel = 3, padding = 1, bias = false
    %y = relu %d
    return %y
  }
  func @loss(%x: f32[batch, 7, 7, 512]) -> (loss: f32) {
    %c = nn.conv2d "a" %x, 512, kernel = 3, padding = 1, bias = false
    %r = relu %c
    %y = nn.conv2d "b" %r, 512, kernel = 3, padding = 1, bias = false
    %l = mean %y
    return %l
  }
  func @norm(%x: f32[batch, 28, 28, 64]) -> (loss: f32) {
    %n = nn.batch_norm "n" %x
    %y = relu6 %n
    %l = mean %y
    return %l
  }
  train @step minimizes @loss { optimize "*" with @sgd }
  train @norm_step minimizes @norm { optimize "*" with @sgd }
}
