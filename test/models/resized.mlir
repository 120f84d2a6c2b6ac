// resized.mlir - a small network that makes pictures smaller and larger again, and normalises them in between: train steps
// against the evaluator, gradients against differences.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc-run diff %s --batch 4 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 4 --batch-extent 3 --target v3 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 4 -O0 --quiet | FileCheck %s
// CHECK: @picture: {{.*}}agree
// CHECK: @step: {{.*}}agree
// CHECK: @step.gradients: {{.*}}agree
// CHECK: @step.apply: {{.*}}agree
// RUN: dlc %s --batch 2 --float f64 -o %t.so && dlc-run gradcheck %t.so step | FileCheck %s --check-prefix=GRADIENTS
// GRADIENTS: gradients agree
//
// Rows are independent: a call of more than the capacity is cut.
// RUN: dlc %s --batch 2 -o %t.2.so && dlc-run info %t.2.so | FileCheck %s --check-prefix=ROWS
// ROWS: capacity 2; rows independent
dl.model @resized {
  func private @block<features = 6>(%x: f32[rows, height, width, channels]) {
    %a = nn.conv2d "conv" %x, features, kernel = 3, padding = 1
    %b = nn.group_norm "norm" %a, 2
    %c = hardswish %b
    return %c
  }
  func private @net(%x: f32[batch, 4, 6, 3]) {
    %a = call "down" @block(%x)
    %b = max_pool %a, 2
    %c = call "middle" @block<features = 8>(%b)
    %n = nn.instance_norm "instance" %c, affine
    %p = nn.prelu "slope" %n, num_parameters = 8
    %d = nn.conv2d_transpose "up" %p, 6, kernel = 4, stride = 2, padding = 1
    %e = upsample %c, scale_factor = 2, mode = bilinear
    %f = concat %a, %d, %e, axis = -1
    %g = nn.rms_norm "root" %f
    %h = call "out" @block<features = 4>(%g)
    %i = pixel_shuffle %h, 2
    %k = adaptive_avg_pool %i, [5, 7]
    %l = upsample %k, output_size = [10, 14]
    %m = mish %l
    return %m
  }
  func @picture(%x: f32[batch, 4, 6, 3]) -> (y: f32[batch, 10, 14, 1]) {
    %y = call @net(%x)
    return %y
  }
  func @objective(%x: f32[batch, 4, 6, 3], %t: f32[batch, 10, 14, 1]) -> (loss: f32) {
    %y = call @net(%x)
    %l = mse_loss %y, %t
    return %l
  }
  train @step minimizes @objective { optimize "*" with @adamw }
}
