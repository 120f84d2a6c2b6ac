// open-windows.mlir - windows and norms along open sizes
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/open-windows.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/open-windows.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/open-windows.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/open-windows.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/open-windows.json
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --extent time=1 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 5 --batch-extent 3 --extent time=7 --threads 2 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 5 --batch-extent 1 --target v3 --extent time=3 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 5 -O0 --batch-extent 1 --extent time=4 --quiet | FileCheck %s
// CHECK-COUNT-115: agree
dl.model @m open(time = 12) {
  func @same(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 5]) {
    %u = param "same.u" f32[4, 4] = uniform(-0.9, 0.9)
    %w = param "same.w" f32[5, 4, 3] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = conv1d %h, %w, padding = same
    return %y
  }
  func @same_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 5]) -> (loss: f32) {
    %y = call @same(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @same_step minimizes @same_loss { optimize "*" with @sgd }

  func @even(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 3]) {
    %u = param "even.u" f32[4, 4] = uniform(-0.9, 0.9)
    %w = param "even.w" f32[3, 4, 4] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = conv1d %h, %w, padding = same
    return %y
  }
  func @even_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 3]) -> (loss: f32) {
    %y = call @even(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @even_step minimizes @even_loss { optimize "*" with @sgd }

  func @causal(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 17]) {
    %u = param "causal.u" f32[4, 4] = uniform(-0.9, 0.9)
    %w = param "causal.w" f32[17, 4, 3] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = conv1d %h, %w, padding = [[4, 0]], dilation = 2
    return %y
  }
  func @causal_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 17]) -> (loss: f32) {
    %y = call @causal(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @causal_step minimizes @causal_loss { optimize "*" with @sgd }

  func @ahead(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 2]) {
    %u = param "ahead.u" f32[4, 4] = uniform(-0.9, 0.9)
    %w = param "ahead.w" f32[2, 4, 5] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = conv1d %h, %w, padding = [[1, 3]], stride = 1
    return %y
  }
  func @ahead_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 2]) -> (loss: f32) {
    %y = call @ahead(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @ahead_step minimizes @ahead_loss { optimize "*" with @sgd }

  func @wide(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 2]) {
    %u = param "wide.u" f32[4, 4] = uniform(-0.9, 0.9)
    %w = param "wide.w" f32[2, 4, 7] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = conv1d %h, %w, padding = same, dilation = 5
    return %y
  }
  func @wide_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 2]) -> (loss: f32) {
    %y = call @wide(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @wide_step minimizes @wide_loss { optimize "*" with @sgd }

  func @one(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 3]) {
    %u = param "one.u" f32[4, 4] = uniform(-0.9, 0.9)
    %w = param "one.w" f32[3, 4, 1] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = conv1d %h, %w
    return %y
  }
  func @one_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 3]) -> (loss: f32) {
    %y = call @one(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @one_step minimizes @one_loss { optimize "*" with @sgd }

  func @groups(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 6]) {
    %u = param "groups.u" f32[4, 4] = uniform(-0.9, 0.9)
    %w = param "groups.w" f32[6, 2, 3] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = conv1d %h, %w, padding = 1, groups = 2
    return %y
  }
  func @groups_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 6]) -> (loss: f32) {
    %y = call @groups(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @groups_step minimizes @groups_loss { optimize "*" with @sgd }

  func @depthwise(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 4]) {
    %u = param "depthwise.u" f32[4, 4] = uniform(-0.9, 0.9)
    %w = param "depthwise.w" f32[4, 1, 5] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = conv1d %h, %w, padding = same, groups = 4
    return %y
  }
  func @depthwise_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 4]) -> (loss: f32) {
    %y = call @depthwise(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @depthwise_step minimizes @depthwise_loss { optimize "*" with @sgd }

  func @steps(%x: f32[batch, time, 6, 4]) -> (y: f32[batch, time, 3, 3]) {
    %u = param "steps.u" f32[4, 4] = uniform(-0.9, 0.9)
    %w = param "steps.w" f32[3, 4, 3, 3] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = conv2d %h, %w, padding = [[2, 0], [0, 1]], stride = [1, 2]
    return %y
  }
  func @steps_loss(%x: f32[batch, time, 6, 4], %c: f32[batch, time, 3, 3]) -> (loss: f32) {
    %y = call @steps(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @steps_step minimizes @steps_loss { optimize "*" with @sgd }

  func @behind(%x: f32[batch, 7, time, 4]) -> (y: f32[batch, 3, time, 3]) {
    %u = param "behind.u" f32[4, 4] = uniform(-0.9, 0.9)
    %w = param "behind.w" f32[3, 4, 2, 3] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = conv2d %h, %w, padding = [0, 1], stride = [2, 1], dilation = [2, 1]
    return %y
  }
  func @behind_loss(%x: f32[batch, 7, time, 4], %c: f32[batch, 3, time, 3]) -> (loss: f32) {
    %y = call @behind(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @behind_step minimizes @behind_loss { optimize "*" with @sgd }

  func @picture(%x: f32[batch, time, 2 * time, 4]) -> (y: f32[batch, time, 2 * time, 2]) {
    %u = param "picture.u" f32[4, 4] = uniform(-0.9, 0.9)
    %w = param "picture.w" f32[2, 4, 3, 2] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = conv2d %h, %w, padding = same
    return %y
  }
  func @picture_loss(%x: f32[batch, time, 2 * time, 4], %c: f32[batch, time, 2 * time, 2]) -> (loss: f32) {
    %y = call @picture(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @picture_step minimizes @picture_loss { optimize "*" with @sgd }

  func @layers(%x: f32[batch, 2, time, 3, 4]) -> (y: f32[batch, 1, time, 3, 2]) {
    %u = param "layers.u" f32[4, 4] = uniform(-0.9, 0.9)
    %w = param "layers.w" f32[2, 4, 2, 2, 1] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = conv3d %h, %w, padding = [[0, 0], [1, 0], [0, 0]]
    return %y
  }
  func @layers_loss(%x: f32[batch, 2, time, 3, 4], %c: f32[batch, 1, time, 3, 2]) -> (loss: f32) {
    %y = call @layers(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @layers_step minimizes @layers_loss { optimize "*" with @sgd }

  func @largest(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 4]) {
    %u = param "largest.u" f32[4, 4] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = max_pool %h, 3, stride = 1, padding = same
    return %y
  }
  func @largest_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 4]) -> (loss: f32) {
    %y = call @largest(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @largest_step minimizes @largest_loss { optimize "*" with @sgd }

  func @largest_apart(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 4]) {
    %u = param "largest_apart.u" f32[4, 4] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = max_pool %h, 3, stride = 1, padding = [[2, 2]], dilation = 2
    return %y
  }
  func @largest_apart_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 4]) -> (loss: f32) {
    %y = call @largest_apart(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @largest_apart_step minimizes @largest_apart_loss { optimize "*" with @sgd }

  func @largest_steps(%x: f32[batch, time, 5, 4]) -> (y: f32[batch, time, 3, 4]) {
    %u = param "largest_steps.u" f32[4, 4] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = max_pool %h, [3, 2], stride = [1, 2], padding = [[1, 1], [1, 0]]
    return %y
  }
  func @largest_steps_loss(%x: f32[batch, time, 5, 4], %c: f32[batch, time, 3, 4]) -> (loss: f32) {
    %y = call @largest_steps(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @largest_steps_step minimizes @largest_steps_loss { optimize "*" with @sgd }

  func @mean(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 4]) {
    %u = param "mean.u" f32[4, 4] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = avg_pool %h, 4, stride = 1, padding = same
    return %y
  }
  func @mean_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 4]) -> (loss: f32) {
    %y = call @mean(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @mean_step minimizes @mean_loss { optimize "*" with @sgd }

  func @mean_inside(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 4]) {
    %u = param "mean_inside.u" f32[4, 4] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = avg_pool %h, 3, stride = 1, padding = 1, count_include_pad = false
    return %y
  }
  func @mean_inside_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 4]) -> (loss: f32) {
    %y = call @mean_inside(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @mean_inside_step minimizes @mean_inside_loss { optimize "*" with @sgd }

  func @mean_steps(%x: f32[batch, 5, time, 4]) -> (y: f32[batch, 3, time, 4]) {
    %u = param "mean_steps.u" f32[4, 4] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = avg_pool %h, [2, 3], stride = [2, 1], padding = [[1, 0], [1, 1]], count_include_pad = false
    return %y
  }
  func @mean_steps_loss(%x: f32[batch, 5, time, 4], %c: f32[batch, 3, time, 4]) -> (loss: f32) {
    %y = call @mean_steps(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @mean_steps_step minimizes @mean_steps_loss { optimize "*" with @sgd }

  func @in_groups(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 4]) {
    %u = param "in_groups.u" f32[4, 4] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %one = constant f32[4] = 1.0
    %zero = constant f32[4] = 0.0
    %y = group_norm %h, %one, %zero, 2
    return %y
  }
  func @in_groups_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 4]) -> (loss: f32) {
    %y = call @in_groups(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @in_groups_step minimizes @in_groups_loss { optimize "*" with @sgd }

  func @all_groups(%x: f32[batch, time, 3, 4]) -> (y: f32[batch, time, 3, 4]) {
    %u = param "all_groups.u" f32[4, 4] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %one = constant f32[4] = 1.0
    %zero = constant f32[4] = 0.0
    %y = group_norm %h, %one, %zero, 1
    return %y
  }
  func @all_groups_loss(%x: f32[batch, time, 3, 4], %c: f32[batch, time, 3, 4]) -> (loss: f32) {
    %y = call @all_groups(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @all_groups_step minimizes @all_groups_loss { optimize "*" with @sgd }

  func @square(%x: f32[batch, time, 2 * time, 4]) -> (y: f32[batch, time, 2 * time, 4]) {
    %u = param "square.u" f32[4, 4] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %one = constant f32[4] = 1.0
    %zero = constant f32[4] = 0.0
    %y = group_norm %h, %one, %zero, 4
    return %y
  }
  func @square_loss(%x: f32[batch, time, 2 * time, 4], %c: f32[batch, time, 2 * time, 4]) -> (loss: f32) {
    %y = call @square(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @square_step minimizes @square_loss { optimize "*" with @sgd }

  func @instance(%x: f32[batch, time, 2 * time, 4]) -> (y: f32[batch, time, 2 * time, 4]) {
    %u = param "instance.u" f32[4, 4] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = instance_norm %h
    return %y
  }
  func @instance_loss(%x: f32[batch, time, 2 * time, 4], %c: f32[batch, time, 2 * time, 4]) -> (loss: f32) {
    %y = call @instance(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @instance_step minimizes @instance_loss { optimize "*" with @sgd }

  func @neighbours(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 4]) {
    %u = param "neighbours.u" f32[4, 4] = uniform(-0.9, 0.9)
    %h = matmul %x, %u
    %y = local_response_norm %h, 3, alpha = 0.5
    return %y
  }
  func @neighbours_loss(%x: f32[batch, time, 4], %c: f32[batch, time, 4]) -> (loss: f32) {
    %y = call @neighbours(%x)
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @neighbours_step minimizes @neighbours_loss { optimize "*" with @sgd }
}
