// upsample.mlir - signals and pictures of other sizes
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/upsample.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/upsample.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/upsample.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/upsample.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/upsample.json
dl.model @m {
  func @doubled(%x: f32[batch, 3, 4, 5]) -> (y: f32[batch, 6, 8, 5]) {
    %y = upsample %x, scale_factor = 2
    return %y
  }

  func @doubled_loss(%c: f32[3, 6, 8, 5]) -> (loss: f32) {
    %x = param "doubled.x" f32[3, 3, 4, 5] = zeros
    %y = upsample %x, scale_factor = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @doubled_step minimizes @doubled_loss { optimize "*" with @sgd }

  func @signal(%x: f32[batch, 5, 3]) -> (y: f32[batch, 15, 3]) {
    %y = upsample %x, scale_factor = 3
    return %y
  }

  func @signal_loss(%c: f32[2, 15, 3]) -> (loss: f32) {
    %x = param "signal.x" f32[2, 5, 3] = zeros
    %y = upsample %x, scale_factor = 3
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @signal_step minimizes @signal_loss { optimize "*" with @sgd }

  func @each(%x: f32[batch, 3, 2, 1]) -> (y: f32[batch, 3, 8, 1]) {
    %y = upsample %x, scale_factor = [1, 4]
    return %y
  }

  func @each_loss(%c: f32[2, 3, 8, 1]) -> (loss: f32) {
    %x = param "each.x" f32[2, 3, 2, 1] = zeros
    %y = upsample %x, scale_factor = [1, 4]
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @each_step minimizes @each_loss { optimize "*" with @sgd }

  func @to_size(%x: f32[batch, 6, 7, 3]) -> (y: f32[batch, 9, 5, 3]) {
    %y = upsample %x, output_size = [9, 5], mode = nearest
    return %y
  }

  func @to_size_loss(%c: f32[2, 9, 5, 3]) -> (loss: f32) {
    %x = param "to_size.x" f32[2, 6, 7, 3] = zeros
    %y = upsample %x, output_size = [9, 5], mode = nearest
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @to_size_step minimizes @to_size_loss { optimize "*" with @sgd }

  func @smaller(%x: f32[batch, 6, 4, 3]) -> (y: f32[batch, 2, 2, 3]) {
    %y = upsample %x, output_size = 2
    return %y
  }

  func @smaller_loss(%c: f32[2, 2, 2, 3]) -> (loss: f32) {
    %x = param "smaller.x" f32[2, 6, 4, 3] = zeros
    %y = upsample %x, output_size = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @smaller_step minimizes @smaller_loss { optimize "*" with @sgd }

  func @space(%x: f32[batch, 2, 3, 2, 2]) -> (y: f32[batch, 4, 6, 4, 2]) {
    %y = upsample %x, scale_factor = 2
    return %y
  }

  func @space_loss(%c: f32[1, 4, 6, 4, 2]) -> (loss: f32) {
    %x = param "space.x" f32[1, 2, 3, 2, 2] = zeros
    %y = upsample %x, scale_factor = 2
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @space_step minimizes @space_loss { optimize "*" with @sgd }

  func @line(%x: f32[batch, 5, 3]) -> (y: f32[batch, 10, 3]) {
    %y = upsample %x, output_size = 10, mode = linear
    return %y
  }

  func @line_loss(%c: f32[2, 10, 3]) -> (loss: f32) {
    %x = param "line.x" f32[2, 5, 3] = zeros
    %y = upsample %x, output_size = 10, mode = linear
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @line_step minimizes @line_loss { optimize "*" with @sgd }

  func @line_corners(%x: f32[batch, 5, 3]) -> (y: f32[batch, 8, 3]) {
    %y = upsample %x, output_size = 8, mode = linear, align_corners
    return %y
  }

  func @line_corners_loss(%c: f32[2, 8, 3]) -> (loss: f32) {
    %x = param "line_corners.x" f32[2, 5, 3] = zeros
    %y = upsample %x, output_size = 8, mode = linear, align_corners
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @line_corners_step minimizes @line_corners_loss { optimize "*" with @sgd }

  func @bilinear(%x: f32[batch, 3, 4, 5]) -> (y: f32[batch, 6, 8, 5]) {
    %y = upsample %x, scale_factor = 2, mode = bilinear
    return %y
  }

  func @bilinear_loss(%c: f32[3, 6, 8, 5]) -> (loss: f32) {
    %x = param "bilinear.x" f32[3, 3, 4, 5] = zeros
    %y = upsample %x, scale_factor = 2, mode = bilinear
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @bilinear_step minimizes @bilinear_loss { optimize "*" with @sgd }

  func @corners(%x: f32[batch, 3, 4, 2]) -> (y: f32[batch, 9, 12, 2]) {
    %y = upsample %x, scale_factor = 3, mode = bilinear, align_corners
    return %y
  }

  func @corners_loss(%c: f32[2, 9, 12, 2]) -> (loss: f32) {
    %x = param "corners.x" f32[2, 3, 4, 2] = zeros
    %y = upsample %x, scale_factor = 3, mode = bilinear, align_corners
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @corners_step minimizes @corners_loss { optimize "*" with @sgd }

  func @thirds(%x: f32[batch, 3, 6, 2]) -> (y: f32[batch, 9, 8, 2]) {
    %y = upsample %x, output_size = [9, 8], mode = bilinear
    return %y
  }

  func @thirds_loss(%c: f32[2, 9, 8, 2]) -> (loss: f32) {
    %x = param "thirds.x" f32[2, 3, 6, 2] = zeros
    %y = upsample %x, output_size = [9, 8], mode = bilinear
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @thirds_step minimizes @thirds_loss { optimize "*" with @sgd }

  func @odd(%x: f32[batch, 7, 5, 1]) -> (y: f32[batch, 5, 11, 1]) {
    %y = upsample %x, output_size = [5, 11], mode = bilinear
    return %y
  }

  func @odd_loss(%c: f32[2, 5, 11, 1]) -> (loss: f32) {
    %x = param "odd.x" f32[2, 7, 5, 1] = zeros
    %y = upsample %x, output_size = [5, 11], mode = bilinear
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @odd_step minimizes @odd_loss { optimize "*" with @sgd }

  func @odd_corners(%x: f32[batch, 7, 5, 1]) -> (y: f32[batch, 5, 11, 1]) {
    %y = upsample %x, output_size = [5, 11], mode = bilinear, align_corners
    return %y
  }

  func @odd_corners_loss(%c: f32[2, 5, 11, 1]) -> (loss: f32) {
    %x = param "odd_corners.x" f32[2, 7, 5, 1] = zeros
    %y = upsample %x, output_size = [5, 11], mode = bilinear, align_corners
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @odd_corners_step minimizes @odd_corners_loss { optimize "*" with @sgd }

  func @less(%x: f32[batch, 9, 10, 3]) -> (y: f32[batch, 2, 3, 3]) {
    %y = upsample %x, output_size = [2, 3], mode = bilinear
    return %y
  }

  func @less_loss(%c: f32[1, 2, 3, 3]) -> (loss: f32) {
    %x = param "less.x" f32[1, 9, 10, 3] = zeros
    %y = upsample %x, output_size = [2, 3], mode = bilinear
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @less_step minimizes @less_loss { optimize "*" with @sgd }

  func @to_one(%x: f32[batch, 4, 3, 2]) -> (y: f32[batch, 1, 1, 2]) {
    %y = upsample %x, output_size = [1, 1], mode = bilinear
    return %y
  }

  func @to_one_loss(%c: f32[2, 1, 1, 2]) -> (loss: f32) {
    %x = param "to_one.x" f32[2, 4, 3, 2] = zeros
    %y = upsample %x, output_size = [1, 1], mode = bilinear
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @to_one_step minimizes @to_one_loss { optimize "*" with @sgd }

  func @to_one_corners(%x: f32[batch, 4, 3, 2]) -> (y: f32[batch, 1, 1, 2]) {
    %y = upsample %x, output_size = [1, 1], mode = bilinear, align_corners
    return %y
  }

  func @to_one_corners_loss(%c: f32[2, 1, 1, 2]) -> (loss: f32) {
    %x = param "to_one_corners.x" f32[2, 4, 3, 2] = zeros
    %y = upsample %x, output_size = [1, 1], mode = bilinear, align_corners
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @to_one_corners_step minimizes @to_one_corners_loss { optimize "*" with @sgd }

  func @of_one(%x: f32[batch, 1, 1, 17]) -> (y: f32[batch, 3, 4, 17]) {
    %y = upsample %x, output_size = [3, 4], mode = bilinear
    return %y
  }

  func @of_one_loss(%c: f32[2, 3, 4, 17]) -> (loss: f32) {
    %x = param "of_one.x" f32[2, 1, 1, 17] = zeros
    %y = upsample %x, output_size = [3, 4], mode = bilinear
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @of_one_step minimizes @of_one_loss { optimize "*" with @sgd }

  func @of_one_corners(%x: f32[batch, 1, 1, 2]) -> (y: f32[batch, 3, 4, 2]) {
    %y = upsample %x, output_size = [3, 4], mode = bilinear, align_corners
    return %y
  }

  func @of_one_corners_loss(%c: f32[2, 3, 4, 2]) -> (loss: f32) {
    %x = param "of_one_corners.x" f32[2, 1, 1, 2] = zeros
    %y = upsample %x, output_size = [3, 4], mode = bilinear, align_corners
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @of_one_corners_step minimizes @of_one_corners_loss { optimize "*" with @sgd }

  func @same(%x: f32[batch, 3, 4, 2]) -> (y: f32[batch, 3, 4, 2]) {
    %y = upsample %x, output_size = [3, 4], mode = bilinear
    return %y
  }

  func @same_loss(%c: f32[2, 3, 4, 2]) -> (loss: f32) {
    %x = param "same.x" f32[2, 3, 4, 2] = zeros
    %y = upsample %x, output_size = [3, 4], mode = bilinear
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @same_step minimizes @same_loss { optimize "*" with @sgd }

  func @space_linear(%x: f32[batch, 2, 3, 2, 2]) -> (y: f32[batch, 4, 2, 3, 2]) {
    %y = upsample %x, output_size = [4, 2, 3], mode = trilinear
    return %y
  }

  func @space_linear_loss(%c: f32[1, 4, 2, 3, 2]) -> (loss: f32) {
    %x = param "space_linear.x" f32[1, 2, 3, 2, 2] = zeros
    %y = upsample %x, output_size = [4, 2, 3], mode = trilinear
    %m = mul %y, %c
    %loss = sum %m
    return %loss
  }
  train @space_linear_step minimizes @space_linear_loss { optimize "*" with @sgd }
}
