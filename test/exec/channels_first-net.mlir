// channels_first-net.mlir - a network in PyTorch's own layout, its weights as they are: values and a step, against PyTorch
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/channels_first-net.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/channels_first-net.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/channels_first-net.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/channels_first-net.json
// RUN: dlc-run gradcheck %t.64.so step --samples 5
// RUN: dlc-run diff %s --batch 4 --batch-extent 3 --steps 3 --quiet | FileCheck %s
// CHECK: @step: {{.*}}agree
dl.model @net {
  func private @net(%x: f32[batch, 3, 4, 6]) {
    %c1 = nn.conv2d "conv1" %x, 6, kernel = 3, padding = 1, padding_mode = reflect, bias = false, channels_first
    %n1 = nn.batch_norm "bn1" %c1, channels_first
    %a = relu %n1
    %c2 = nn.conv2d "conv2" %a, 6, kernel = 3, padding = 1, groups = 6, channels_first
    %p = nn.prelu "act" %c2, num_parameters = 6, channels_first
    %s = add %a, %p
    %m = mean %s, axes = [2, 3], keepdim
    %g = sigmoid %m
    %b = mul %s, %g
    %h = max_pool %b, 2, channels_first
    %u = nn.conv2d_transpose "up" %h, 4, kernel = 2, stride = 2, channels_first
    %c = concat %u, %b, axis = 1
    %n = nn.group_norm "norm" %c, 2, channels_first
    %d = pad %n, low = [0, 0, 1, 0], high = [0, 0, 0, 1]
    %e = adaptive_avg_pool %d, [2, 3], channels_first
    %f = flatten %e
    %y = nn.linear "fc" %f, 5
    return %y
  }
  func @predict(%x: f32[batch, 3, 4, 6]) -> (y: f32[batch, 5]) {
    %y = call @net(%x)
    return %y
  }
  func @loss(%x: f32[batch, 3, 4, 6], %c: f32[batch, 5]) -> (loss: f32) {
    %y = call @net(%x)
    %p = mul %y, %c
    %l = mean %p
    return %l
  }
  train @step minimizes @loss { optimize "*" with @sgd(lr = 0.1) }
}
