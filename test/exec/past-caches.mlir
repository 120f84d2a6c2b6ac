// past-caches.mlir - tensors that no cache holds: stored past the caches, turned in whole rows, summed in long pieces.
// SPDX-License-Identifier: Apache-2.0
//
// Sizes leave a rest of each block. Against the evaluator: all rows and fewer, both targets, one thread and two.
// RUN: dlc %s --batch 43 --emit=kernels --target v4 | FileCheck %s --check-prefix=PLANS
// RUN: dlc-run diff %s --batch 43 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 43 --batch-extent 7 --extent time=1021 --target v3 --threads 2 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 43 --batch-extent 1 --extent time=3 --threads 2 --quiet | FileCheck %s
// CHECK-COUNT-7: results agree
//
// The same bits on both targets, and as a library of few rows has, whose sums are in registers.
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: dlc %s --batch 43 --target v4,v3 -o both.so && dlc %s --batch 43 --target v3 -o v3.so && dlc %s --batch 1 -o few.so
// RUN: %python %S/Inputs/same-bits.py blocks x=1x1050x140,z=140 both.so v3.so few.so | FileCheck %s --check-prefix=BITS
// BITS: the same bits
dl.model @past_caches open(time = 1030) {
  // PLANS: dl.plan = "map, 16 lanes along rows 3056, turned from 3001, 1 past the caches; parts 3056 / 64;
  func @turned(%x: f32[3056, 3001]) -> (y: f32[3001, 3056]) {
    %y = transpose %x, [1, 0]
    return %y
  }
  // PLANS: dl.plan = "map of [batch], 16 lanes along rows 2912, turned from 73, 1 past the caches; parts batch;
  func @turned_each(%x: f32[2912, batch, 73]) -> (y: f32[batch, 73, 2912]) {
    %y = transpose %x, [1, 2, 0]
    return %y
  }
  // PLANS: dl.plan = "map, flat, {{.*}}, 1 past the caches; parts 212503 * batch / 1024;
  func @flat(%x: f32[batch, 73, 2911], %z: f32[batch, 73, 2911]) -> (y: f32[batch, 73, 2911]) {
    %y = add %x, %z
    return %y
  }
  // PLANS: dl.plan = "single, 1 past the caches; parts batch x 73;
  func @joined(%x: f32[batch, 73, 1600], %z: f32[batch, 73, 1328]) -> (y: f32[batch, 73, 2928]) {
    %y = concat %x, %z, axis = 2
    return %y
  }
  // PLANS: dl.plan = "rows, 8 x 16 lanes along rows 4100, 1024 at once, 8 deep, reduced over [time]; parts 4100 / 1024;
  func @columns(%x: f32[time, 4100], %z: f32[4100]) -> (y: f32[4100], top: f32[4100]) {
    %m = mul %x, %z
    %y = sum %m, axes = [0]
    %t = amax %x, axes = [0]
    return %y, %t
  }
  // PLANS: dl.plan = "rows of [batch], 8 x 16 lanes along rows 140, 144 at once, 1 deep, reduced over [1050]; parts batch;
  func @blocks(%x: f32[batch, 1050, 140], %z: f32[140]) -> (y: f32[batch, 140], s: f32[batch, 1050, 140]) {
    %m = sub %x, %z
    %y = sum %m, axes = [1]
    return %y, %m
  }
  // PLANS: dl.plan = "rows of [3], 8 x 16 lanes along rows 1001, 1008 at once, 1 deep, reduced over [batch, 37]; parts 3;
  func @middle(%x: f32[3, batch, 37, 1001]) -> (y: f32[3, 1001]) {
    %y = sum %x, axes = [1, 2]
    return %y
  }
}
