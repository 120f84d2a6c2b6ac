// nn-channels_first.mlir - gradients against differences: layers of pictures with the channels first
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
dl.model @m {
  func @loss(%ix0: f32[batch, 3, 6], %c0: f32[4, 8], %ix1: f32[batch, 2, 5, 6], %c1: f32[4, 3, 4], %ix2: f32[batch, 3, 4], %c2: f32[2, 9], %ix3: f32[batch, 3, 2, 3], %c3: f32[2, 5, 7], %ix4: f32[batch, 6, 2, 3], %c4: f32[6, 2, 3], %ix5: f32[batch, 3, 4, 2], %c5: f32[3, 4, 2], %ix6: f32[batch, 3, 2, 2], %c6: f32[3, 2, 2]) -> (loss: f32) {
    %x0 = param "x0" f32[3, 6] = uniform(-0.9, 0.9)
    %bx0 = mul %x0, %ix0
    %y0 = nn.conv1d "l0" %bx0, 4, kernel = 3, padding = 2, padding_mode = circular, channels_first
    %m0 = mul %y0, %c0
    %l0 = sum %m0
    %x1 = param "x1" f32[2, 5, 6] = uniform(-0.9, 0.9)
    %bx1 = mul %x1, %ix1
    %y1 = nn.conv2d "l1" %bx1, 4, kernel = [3, 2], stride = 2, padding = 1, padding_mode = reflect, groups = 2, channels_first
    %m1 = mul %y1, %c1
    %l1 = sum %m1
    %x2 = param "x2" f32[3, 4] = uniform(-0.9, 0.9)
    %bx2 = mul %x2, %ix2
    %y2 = nn.conv1d_transpose "l2" %bx2, 2, kernel = 3, stride = 2, channels_first
    %m2 = mul %y2, %c2
    %l2 = sum %m2
    %x3 = param "x3" f32[3, 2, 3] = uniform(-0.9, 0.9)
    %bx3 = mul %x3, %ix3
    %y3 = nn.conv2d_transpose "l3" %bx3, 2, kernel = 2, stride = 2, output_padding = 1, channels_first
    %m3 = mul %y3, %c3
    %l3 = sum %m3
    %x4 = param "x4" f32[6, 2, 3] = uniform(-0.9, 0.9)
    %bx4 = mul %x4, %ix4
    %y4 = nn.group_norm "l4" %bx4, 3, channels_first
    %m4 = mul %y4, %c4
    %l4 = sum %m4
    %x5 = param "x5" f32[3, 4, 2] = uniform(-0.9, 0.9)
    %bx5 = mul %x5, %ix5
    %y5 = nn.instance_norm "l5" %bx5, affine, channels_first
    %m5 = mul %y5, %c5
    %l5 = sum %m5
    %x6 = param "x6" f32[3, 2, 2] = uniform(-0.9, 0.9)
    %bx6 = mul %x6, %ix6
    %y6 = nn.prelu "l6" %bx6, num_parameters = 3, channels_first
    %m6 = mul %y6, %c6
    %l6 = sum %m6
    %s1 = add %l0, %l1
    %s2 = add %s1, %l2
    %s3 = add %s2, %l3
    %s4 = add %s3, %l4
    %s5 = add %s4, %l5
    %s6 = add %s5, %l6
    return %s6
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
