// combine.mlir - what a single number is a mean over is found in how it is made: by its rows, by a count that becomes a
// result, as a sum, or not at all.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --emit=kernels | FileCheck %s
// RUN: dlc %s -O0 --emit=kernels | FileCheck %s
dl.model @combine {
  // CHECK: entry function @rows(
  // CHECK-SAME: {combine = "rows", output = "a"}
  // CHECK-SAME: {combine = "rows", output = "b"}
  // CHECK-SAME: {combine = "rows", output = "c"}
  // CHECK-SAME: {combine = "rows", output = "d"}
  // CHECK-SAME: dl.rows_independent = true
  func @rows(%x: f32[batch, 4], %y: f32[batch, 4], %t: i32[batch]) -> (a: f32, b: f32, c: f32, d: f32) {
    %a = mean %x
    %b = mse_loss %x, %y
    %c = cross_entropy %x, %t, label_smoothing = 0.1
    // A term that no row changes, a factor, a difference of means over one thing.
    %w = param "w" f32[4] = ones
    %q = mul %w, %w
    %p = sum %q
    %f = constant f32 = 0.5
    %n = mul %a, %f
    %m = sub %n, %b
    %d = add %p, %m
    return %a, %b, %c, %d
  }
  // CHECK: entry function @ignoring(
  // CHECK-SAME: {combine = "count", count = "loss.count", output = "loss"}
  // CHECK-SAME: {combine = "count", count = "loss.count", output = "accuracy"}
  // CHECK-SAME: {combine = "count", count = "tokens.count", output = "tokens"}
  // CHECK-SAME: {combine = "sum", output = "loss.count"}
  // CHECK-SAME: {combine = "sum", output = "tokens.count"}
  // CHECK-SAME: dl.rows_independent = true
  func @ignoring(%x: f32[batch, 4], %t: i32[batch], %s: f32[batch, 3, 4], %u: i64[batch, 3])
      -> (loss: f32, accuracy: f32, tokens: f32) {
    %l = cross_entropy %x, %t, ignore_index = -1
    %a = accuracy %x, %t, ignore_index = -1
    %k = cross_entropy %s, %u, ignore_index = 0
    %f = constant f32 = 2.0
    %m = mul %k, %f
    return %l, %a, %m
  }
  // The same written out: a sum divided by another; with weights; with a guard; the count being a result already.
  // CHECK: entry function @masked(
  // CHECK-SAME: {combine = "count", count = "n", output = "a"}
  // CHECK-SAME: {combine = "count", count = "b.count", output = "b"}
  // CHECK-SAME: {combine = "sum", output = "n"}
  // CHECK-SAME: {combine = "count", count = "g.count", output = "g"}
  // CHECK-SAME: {combine = "sum", output = "s"}
  // CHECK-SAME: {combine = "sum", output = "b.count"}
  // CHECK-SAME: {combine = "sum", output = "g.count"}
  func @masked(%x: f32[batch], %mask: f32[batch], %weight: f32[batch]) -> (a: f32, b: f32, n: f32, g: f32, s: f32) {
    %mx = mul %x, %mask
    %s = sum %mx
    %n = sum %mask
    %a = div %s, %n
    %wx = mul %x, %weight
    %ws = sum %wx
    %w = sum %weight
    %b = div %ws, %w
    %zero = constant f32 = 0.0
    %one = constant f32 = 1.0
    %up = gt %x, %zero
    %ones = cast %up, f32
    %many = sum %ones
    %least = max %many, %one
    %ux = where %up, %x, %zero
    %us = sum %ux
    %g = div %us, %least
    return %a, %b, %n, %g, %s
  }
  // Where the elements stand does not matter.
  // CHECK: entry function @moved(
  // CHECK-SAME: {combine = "rows", output = "a"}
  func @moved(%x: f32[batch, 4], %w: f32[4]) -> (a: f32) {
    %m = mean %x, axes = [0]
    %f = flip %m
    %p = mul %f, %w
    %a = sum %p
    return %a
  }
  // CHECK: entry function @unknown(
  // CHECK-SAME: {output = "root"}
  // CHECK-SAME: {output = "mixed"}
  // CHECK-SAME: {output = "largest"}
  // CHECK-SAME: {output = "centred"}
  // CHECK-SAME: {output = "shifted"}
  // CHECK-SAME: {output = "guarded"}
  // CHECK-SAME: dl.rows_independent = false
  func @unknown(%x: f32[batch, 4], %t: i32[batch]) -> (root: f32, mixed: f32, largest: f32, centred: f32, shifted: f32, guarded: f32) {
    %m = mean %x
    %root = sqrt %m
    %l = cross_entropy %x, %t, ignore_index = -1
    %mixed = add %l, %m
    %largest = amax %x
    %d = sub %x, %m
    %q = mul %d, %d
    %centred = mean %q
    %s = sum %x
    %one = constant f32 = 1.0
    %shifted = add %s, %one
    // Where no row counts, something was summed all the same: the quotient is no mean then.
    %up = gt %x, %one
    %ones = cast %up, f32
    %many = sum %ones
    %least = max %many, %one
    %guarded = div %s, %least
    return %root, %mixed, %largest, %centred, %shifted, %guarded
  }
  // Of a training step, too, and of its gradients; the counts stand last.
  // CHECK: entry train @step(
  // CHECK-SAME: {combine = "count", count = "loss.count", output = "loss"}
  // CHECK-SAME: {update = "v"}
  // CHECK-SAME: {combine = "sum", output = "loss.count"}
  // CHECK: entry gradients @step.gradients(
  // CHECK-SAME: {combine = "count", count = "loss.count", output = "loss"}
  // CHECK-SAME: {output = "gradient.v"}
  // CHECK-SAME: {combine = "sum", output = "loss.count"}
  func @loss(%x: f32[batch, 4], %t: i32[batch]) -> (loss: f32) {
    %v = param "v" f32[4] = ones
    %s = mul %x, %v
    %l = cross_entropy %s, %t, ignore_index = -1
    return %l
  }
  train @step minimizes @loss {
    optimize "*" with @sgd
  }
}
