// scan.mlir - loops: slices, carried values, both ways, nested, of everything that a body may read
// SPDX-License-Identifier: Apache-2.0
//
// Values are those of loops written by hand below, and the evaluator's, which runs rounds one by one.
// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/scan.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/scan.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/scan.json
// A batch that is larger than the capacity is cut, though time comes first in the loop.
// RUN: dlc %s --batch 2 -o %t.cut.so && dlc-run check %t.cut.so %S/Inputs/scan.json
// RUN: dlc-run diff %s --batch 5 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --steps 3 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 5 -O0 --quiet | FileCheck %s
// RUN: dlc %s --batch 5 --float f64 -o %t.64.so && dlc-run gradcheck %t.64.so nest_step && dlc-run gradcheck %t.64.so recur_step
// RUN: dlc %s --batch 5 --float f64 -O0 -o %t.640.so && dlc-run gradcheck %t.640.so nest_step && dlc-run gradcheck %t.640.so recur_step
// CHECK-COUNT-17: agree
dl.model @scan {
  // A running sum, and what it was before each step.
  func @sums(%x: f32[batch, 4]) -> (sum: f32[batch, 4], before: f32[batch, 4], last: f32[batch]) {
    %t = transpose %x, [1, 0]
    %zero = constant f32[batch] = 0.0
    %s, %b, %l = scan (%a in %t along 0) carry (%c = %zero) {
      %n = add %c, %a
      yield %n, %c carry %n
    }
    %u = transpose %s, [1, 0]
    %v = transpose %b, [1, 0]
    return %u, %v, %l
  }
  // From the end, along an axis in the middle, two sequences, what is carried changes places.
  func @back(%x: f32[batch, 3, 2], %w: f32[3]) -> (y: f32[batch, 3, 2], p: f32[batch, 2], q: f32[batch, 2]) {
    %one = constant f32[batch, 2] = 1.0
    %two = constant f32[batch, 2] = 2.0
    %y, %p, %q = scan reverse (%a in %x along 1, %v in %w along 0) carry (%p0 = %one, %q0 = %two) {
      %s = mul %a, %v
      %n = add %s, %p0
      yield %n carry %q0, %n
    }
    return %y, %p, %q
  }
  // Rounds without slices; a number is carried.
  func @count(%x: f32[batch, 2]) -> (y: f32[batch, 2], k: i32) {
    %k0 = constant i32 = 0
    %y, %k = scan 6 carry (%v = %x, %n = %k0) {
      %h = mul %v, 0.5
      %m = add %n, 1
      yield carry %h, %m
    }
    return %y, %k
  }
  // A table that is looked up in every round, and one round alone.
  func @looked(%i: i32[batch, 4], %table: f32[3, 2]) -> (y: f32[batch, 4, 2], s: f32[batch, 2]) {
    %zero = constant f32[batch, 2] = 0.0
    %y, %s = scan (%n in %i along 1) carry (%c = %zero) {
      %g = gather %table, %n
      %d = add %c, %g
      yield %g carry %d
    }
    %o = reshape %s, [1, batch, 2]
    %z, %r = scan (%a in %o along 0) carry (%c = %s) {
      %d = mul %a, %c
      yield %d carry %d
    }
    return %y, %r
  }

  func @nest(%x: f32[4, batch, 3, 5], %h0: f32[batch, 5]) -> (loss: f32) {
    %w = param "w" f32[5, 5] = uniform(-0.5, 0.5)
    %u = param "u" f32[5] = uniform(0.5, 1.0)
    %y, %s = scan (%xt in %x along 0) carry (%h = %h0) {
      %z, %g = scan reverse (%a in %xt along 1) carry (%k = %h) {
        %p = matmul %k, %w
        %q = mul %p, %a
        %r = sigmoid %q
        %m = mul %r, %u
        yield %m carry %r
      }
      %t = add %g, %h
      yield %z carry %t
    }
    %a = mean %y
    %b = mean %s
    %l = add %a, %b
    return %l
  }
  train @nest_step minimizes @nest { optimize "*" with @adam(lr = 0.01) }

  // The products of what comes in are one before the loop, those of gradients one behind it; a weight is used twice.
  func @recur(%x: f32[batch, 6, 3], %y: f32[batch, 6, 4]) -> (loss: f32) {
    %w = param "w2" f32[4, 3] = uniform(-0.5, 0.5)
    %v = param "v2" f32[4, 4] = uniform(-0.5, 0.5)
    %b = param "b2" f32[4] = uniform(-0.5, 0.5)
    %h0 = param "h2" f32[4] = uniform(-0.5, 0.5)
    %begin = broadcast %h0, [batch, 4]
    %all, %last = scan (%xt in %x along 1) carry (%h = %begin) {
      %p = matmul %xt, %w, transpose_b
      %q = matmul %h, %v, transpose_b
      %s = add %p, %q
      %t = add %s, %b
      %n = tanh %t
      %o = matmul %n, %v
      yield %o carry %n
    }
    %m = mse_loss %all, %y
    return %m
  }
  train @recur_step minimizes @recur { optimize "*" with @adamw(lr = 0.01) }

  // Dropout in a loop: each round has a mask of its own, which does not depend on how a batch is cut.
  func @noisy(%x: f32[batch, 8]) -> (y: f32[3, batch, 8]) {
    %y, %l = scan 3 carry (%v = %x) {
      %d = dropout %v, 0.5
      yield %d carry %d
    }
    return %y
  }
  func @noisy_loss(%x: f32[batch, 8]) -> (loss: f32) {
    %w = param "w3" f32[8] = ones
    %s = mul %x, %w
    %y = call @noisy(%s), training
    %l = mean %y
    return %l
  }
  train @noisy_step minimizes @noisy_loss { optimize "*" with @sgd }
}
