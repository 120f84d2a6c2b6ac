// depthwise.mlir - filters of one channel each: channels are neighbours in all that is read, and lanes run along them.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 4 --emit=kernels | FileCheck %s
// What follows is done on the tile: no axes of groups of one channel stand between.
// CHECK: kernel @[[FORWARD:k[0-9]+_contract_add_relu]](
// CHECK-SAME: dl.plan = "product: a stack side by side, tiles of 7 x 48; parts batch x 28;
// CHECK: contract {{.*}} over = [batch, 28, 28, 144, 3, 3]
// CHECK: entry function @layer{{.*}}layout = array<i64: 2, 3, 1, 0>
// CHECK-NOT: reshape
// CHECK: launch @[[FORWARD]]
// CHECK-NOT: reshape
// CHECK: return
// The gradient of a picture has no border, nor is more of one read than is needed; that of the filters comes with their
// update, since they lie as products read them.
// CHECK: kernel @[[INPUT:k[0-9]+_contract_mul]](%{{[^:]*}}: f32[batch, 30, 30, 144]
// CHECK-SAME: dl.plan = "product: a stack side by side, tiles of 7 x 48; parts batch x 28;
// CHECK: kernel @[[FILTERS:k[0-9]+_contract_[a-z]+]](
// CHECK-SAME: dl.plan = "product: a stack side by side, tiles of 9 x 32; parts 5;
// CHECK: entry train @step
// CHECK-NOT: slice
// CHECK-NOT: transpose
// CHECK: launch @[[INPUT]]
// CHECK: launch @[[FILTERS]]
dl.model @depthwise {
  func @layer(%x: f32[batch, 28, 28, 144]) -> (y: f32[batch, 28, 28, 144]) {
    %c = nn.conv2d "c" %x, 144, kernel = 3, padding = 1, groups = 144
    %y = relu %c
    return %y
  }
  func @loss(%x: f32[batch, 28, 28, 144]) -> (loss: f32) {
    %s = param "s" f32[144] = ones
    %m = mul %x, %s
    %y = nn.conv2d "d" %m, 144, kernel = 3, padding = 1, groups = 144, bias = false
    %l = mean %y
    return %l
  }
  train @step minimizes @loss { optimize "*" with @sgd }
}
