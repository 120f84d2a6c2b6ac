// augment.mlir - what is drawn, in training and in inference
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 4 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/augment.json
// RUN: dlc %s --batch 4 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/augment.json
// RUN: dlc %s --batch 4 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/augment.json
// RUN: dlc %s --batch 4 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/augment.json
// RUN: dlc %s --batch 4 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/augment.json
dl.model @m {
  func private @uniform_ops(%x: f32[batch, 17]) {
    %y = random_uniform %x
    return %y
  }

  func @uniform(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = call @uniform_ops(%x), training
    return %y
  }

  func @uniform_inference(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %y = call @uniform_ops(%x)
    return %y
  }

  func private @between_ops(%x: f32[batch, 3, 5]) {
    %y = random_uniform %x, min = -2, max = 0.5
    return %y
  }

  func @between(%x: f32[batch, 3, 5]) -> (y: f32[batch, 3, 5]) {
    %y = call @between_ops(%x), training
    return %y
  }

  func @between_inference(%x: f32[batch, 3, 5]) -> (y: f32[batch, 3, 5]) {
    %y = call @between_ops(%x)
    return %y
  }

  func private @normal_ops(%x: f32[batch, 35]) {
    %y = random_normal %x
    return %y
  }

  func @normal(%x: f32[batch, 35]) -> (y: f32[batch, 35]) {
    %y = call @normal_ops(%x), training
    return %y
  }

  func @normal_inference(%x: f32[batch, 35]) -> (y: f32[batch, 35]) {
    %y = call @normal_ops(%x)
    return %y
  }

  func private @wide_ops(%x: f32[batch, 7]) {
    %y = random_normal %x, mean = 3, deviation = 0.5
    return %y
  }

  func @wide(%x: f32[batch, 7]) -> (y: f32[batch, 7]) {
    %y = call @wide_ops(%x), training
    return %y
  }

  func @wide_inference(%x: f32[batch, 7]) -> (y: f32[batch, 7]) {
    %y = call @wide_ops(%x)
    return %y
  }

  func private @bernoulli_ops(%x: f32[batch, 64]) {
    %y = random_bernoulli %x, 0.3
    return %y
  }

  func @bernoulli(%x: f32[batch, 64]) -> (y: f32[batch, 64]) {
    %y = call @bernoulli_ops(%x), training
    return %y
  }

  func @bernoulli_inference(%x: f32[batch, 64]) -> (y: f32[batch, 64]) {
    %y = call @bernoulli_ops(%x)
    return %y
  }

  func private @flip_ops(%x: f32[batch, 5, 6, 3]) {
    %y = random_flip %x
    return %y
  }

  func @flip(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 5, 6, 3]) {
    %y = call @flip_ops(%x), training
    return %y
  }

  func @flip_inference(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 5, 6, 3]) {
    %y = call @flip_ops(%x)
    return %y
  }

  func private @flip_rows_ops(%x: f32[batch, 7, 2]) {
    %y = random_flip %x, axis = 2, rate = 0.75
    return %y
  }

  func @flip_rows(%x: f32[batch, 7, 2]) -> (y: f32[batch, 7, 2]) {
    %y = call @flip_rows_ops(%x), training
    return %y
  }

  func @flip_rows_inference(%x: f32[batch, 7, 2]) -> (y: f32[batch, 7, 2]) {
    %y = call @flip_rows_ops(%x)
    return %y
  }

  func private @crop_ops(%x: f32[batch, 5, 6, 3]) {
    %y = random_crop %x, [3, 4]
    return %y
  }

  func @crop(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 3, 4, 3]) {
    %y = call @crop_ops(%x), training
    return %y
  }

  func @crop_inference(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 3, 4, 3]) {
    %y = call @crop_ops(%x)
    return %y
  }

  func private @crop_padded_ops(%x: f32[batch, 5, 6, 3]) {
    %y = random_crop %x, 6, padding = [2, 1]
    return %y
  }

  func @crop_padded(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 6, 6, 3]) {
    %y = call @crop_padded_ops(%x), training
    return %y
  }

  func @crop_padded_inference(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 6, 6, 3]) {
    %y = call @crop_padded_ops(%x)
    return %y
  }

  func private @crop_all_ops(%x: f32[batch, 3, 3, 1]) {
    %y = random_crop %x, 3
    return %y
  }

  func @crop_all(%x: f32[batch, 3, 3, 1]) -> (y: f32[batch, 3, 3, 1]) {
    %y = call @crop_all_ops(%x), training
    return %y
  }

  func @crop_all_inference(%x: f32[batch, 3, 3, 1]) -> (y: f32[batch, 3, 3, 1]) {
    %y = call @crop_all_ops(%x)
    return %y
  }

  func private @shift_ops(%x: f32[batch, 5, 6, 3]) {
    %y = random_shift %x, [2, 3]
    return %y
  }

  func @shift(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 5, 6, 3]) {
    %y = call @shift_ops(%x), training
    return %y
  }

  func @shift_inference(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 5, 6, 3]) {
    %y = call @shift_ops(%x)
    return %y
  }

  func private @turn_ops(%x: f32[batch, 5, 6, 3]) {
    %y = random_affine %x, rotation = 30
    return %y
  }

  func @turn(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 5, 6, 3]) {
    %y = call @turn_ops(%x), training
    return %y
  }

  func @turn_inference(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 5, 6, 3]) {
    %y = call @turn_ops(%x)
    return %y
  }

  func private @all_ops(%x: f32[batch, 7, 4, 2]) {
    %y = random_affine %x, rotation = 180, scale = 0.3, shear = 20, translation = 0.25
    return %y
  }

  func @all(%x: f32[batch, 7, 4, 2]) -> (y: f32[batch, 7, 4, 2]) {
    %y = call @all_ops(%x), training
    return %y
  }

  func @all_inference(%x: f32[batch, 7, 4, 2]) -> (y: f32[batch, 7, 4, 2]) {
    %y = call @all_ops(%x)
    return %y
  }

  func private @move_ops(%x: f32[batch, 4, 9, 1]) {
    %y = random_affine %x, translation = 1
    return %y
  }

  func @move(%x: f32[batch, 4, 9, 1]) -> (y: f32[batch, 4, 9, 1]) {
    %y = call @move_ops(%x), training
    return %y
  }

  func @move_inference(%x: f32[batch, 4, 9, 1]) -> (y: f32[batch, 4, 9, 1]) {
    %y = call @move_ops(%x)
    return %y
  }

  func private @erase_ops(%x: f32[batch, 5, 6, 3]) {
    %y = random_erase %x
    return %y
  }

  func @erase(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 5, 6, 3]) {
    %y = call @erase_ops(%x), training
    return %y
  }

  func @erase_inference(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 5, 6, 3]) {
    %y = call @erase_ops(%x)
    return %y
  }

  func private @erase_all_ops(%x: f32[batch, 9, 4, 2]) {
    %y = random_erase %x, rate = 1, area = 1, value = -7
    return %y
  }

  func @erase_all(%x: f32[batch, 9, 4, 2]) -> (y: f32[batch, 9, 4, 2]) {
    %y = call @erase_all_ops(%x), training
    return %y
  }

  func @erase_all_inference(%x: f32[batch, 9, 4, 2]) -> (y: f32[batch, 9, 4, 2]) {
    %y = call @erase_all_ops(%x)
    return %y
  }

  func private @bright_ops(%x: f32[batch, 5, 6, 3]) {
    %y = random_brightness %x, 0.4
    return %y
  }

  func @bright(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 5, 6, 3]) {
    %y = call @bright_ops(%x), training
    return %y
  }

  func @bright_inference(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 5, 6, 3]) {
    %y = call @bright_ops(%x)
    return %y
  }

  func private @brighter_ops(%x: f32[batch]) {
    %y = random_brightness %x, 2
    return %y
  }

  func @brighter(%x: f32[batch]) -> (y: f32[batch]) {
    %y = call @brighter_ops(%x), training
    return %y
  }

  func @brighter_inference(%x: f32[batch]) -> (y: f32[batch]) {
    %y = call @brighter_ops(%x)
    return %y
  }

  func private @contrast_ops(%x: f32[batch, 5, 6, 3]) {
    %y = random_contrast %x, 0.5
    return %y
  }

  func @contrast(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 5, 6, 3]) {
    %y = call @contrast_ops(%x), training
    return %y
  }

  func @contrast_inference(%x: f32[batch, 5, 6, 3]) -> (y: f32[batch, 5, 6, 3]) {
    %y = call @contrast_ops(%x)
    return %y
  }
}
