// pack-weights.mlir - which weights lie in blocks of columns, and that nothing else changes.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --emit=kernels --batch 32 | FileCheck %s
// RUN: dlc %s --emit=kernels --batch 32 --memory-budget 1G | FileCheck %s --check-prefix=FEW
// RUN: dlc %s --emit=kernels --batch 31 | FileCheck %s --check-prefix=FEW
// FEW-DAG: repeat 8 {{.*}}%w4)
// FEW-DAG: repeat 8 {{.*}}%w5)
// RUN: dlc %s -O0 --emit=kernels | FileCheck %s --check-prefix=O0
// O0-NOT: floordiv
//
// Against the evaluator, for a whole batch and a short one, on both targets, and from each level on.
// RUN: dlc --diff %s --batch 32 --quiet --target v4 | FileCheck %s --check-prefix=AGREE
// RUN: dlc --diff %s --batch 32 --batch-extent 2 --quiet --target v3 | FileCheck %s --check-prefix=AGREE
// AGREE-COUNT-14: results agree
//
// What is packed before a loop has the same bits on both targets, for any number of threads, and for part of a batch.
// RUN: rm -rf %t && mkdir -p %t && cd %t
// RUN: dlc %s --batch 32 --target v4 -o v4.so && dlc %s --batch 32 --target v3 -o v3.so && dlc %s --batch 40 -o more.so
// RUN: %python %S/../exec/Inputs/same-bits.py many_rounds x=32x8x64 v4.so v3.so more.so | FileCheck %s --check-prefix=BITS
// BITS: the same bits
// RUN: dlc %s --emit=kernels -o %t.kernels.mlir && dlc %t.kernels.mlir -o %t.kernels.so
// RUN: dlc %s --emit=plan -o %t.plan.mlir && dlc %t.plan.mlir -o %t.plan.so
dl.model @pack {
  // CHECK: entry function @dense(
  // CHECK-SAME: %both.weight: f32[4, 96, 16] {{{[^}]*}}layout = array<i64: 0, 1, 0>
  func @dense(%x: f32[batch, 96]) -> (y: f32[batch, 64]) {
    %y = nn.linear "both" %x, 64
    return %y
  }
  // The same weight of another entry point, and one of a network that is applied to each position.
  // CHECK: entry function @again(
  // CHECK-SAME: %both.weight: f32[4, 96, 16]
  func @again(%x: f32[batch, 3, 96]) -> (y: f32[batch, 3, 64]) {
    %y = nn.linear "both" %x, 64
    return %y
  }
  // Filters; those of each channel alone are no columns.
  // CHECK: entry function @picture(
  // CHECK-SAME: %c.weight: f32[6, 3, 3, 8, 16] {{{[^}]*}}layout = array<i64: 0, 2, 3, 1, 0>
  // CHECK-SAME: %d.weight: f32[5, 5, {{.*}}layout = array<i64: 2, 3, {{.*}}parameter = "d.weight"
  func @picture(%x: f32[batch, 9, 9, 8]) -> (y: f32[batch, 9, 9, 96]) {
    %c = nn.conv2d "c" %x, 96, kernel = 3, padding = 1
    %y = nn.conv2d "d" %c, 96, kernel = 5, padding = 2, groups = 96
    return %y
  }
  // In doubles a line has eight.
  // CHECK: entry function @doubles(
  // CHECK-SAME: %w: f64[9, 64, 8]
  func @doubles(%x: f64[batch, 64]) -> (y: f64[batch, 72]) {
    %w = param "w" f64[64, 72] = normal(0.1)
    %y = matmul %x, %w
    return %y
  }
  // One number of columns is no multiple of a line, one weight is small.
  // CHECK: entry function @odd(
  // CHECK-SAME: %odd.weight: f32[256, 50]
  // CHECK-SAME: %small.weight: f32[50, 16]
  func @odd(%x: f32[batch, 256]) -> (y: f32[batch, 16]) {
    %h = nn.linear "odd" %x, 50
    %y = nn.linear "small" %h, 16
    return %y
  }
  // A table that rows are looked up in, too.
  // CHECK: entry function @tied(
  // CHECK-SAME: %table: f32[128, 64]
  func @tied(%i: i32[batch]) -> (y: f32[batch, 128]) {
    %table = param "table" f32[128, 64] = normal(0.1)
    %x = gather %table, %i
    %y = matmul %x, %table, transpose_b
    return %y
  }
  // One that a product reads along its rows in one place.
  // CHECK: entry function @there_and_back(
  // CHECK-SAME: %w2: f32[64, 96]
  func @there_and_back(%x: f32[batch, 64]) -> (y: f32[batch, 64]) {
    %w2 = param "w2" f32[64, 96] = normal(0.1)
    %h = matmul %x, %w2
    %y = matmul %h, %w2, transpose_b
    return %y
  }
  // What a loop reads in each round is not seen from outside.
  // CHECK: entry function @rounds(
  // CHECK-SAME: %w3: f32[64, 64]
  func @rounds(%x: f32[batch, 4, 64]) -> (y: f32[batch, 64]) {
    %w3 = param "w3" f32[64, 64] = normal(0.1)
    %zero = constant f32[batch, 64] = 0.0
    %y = scan (%s in %x along 1) carry (%h = %zero) {
      %a = matmul %h, %w3
      %b = add %a, %s
      yield carry %b
    }
    return %y
  }
  // What many rounds read is packed before them, for each axis of its columns.
  // CHECK: entry function @many_rounds(
  // CHECK-SAME: %w4: f32[64, 96]
  // CHECK-DAG: %[[A:[^ ]+]] = reshape %w4, [64, 6, 16]
  // CHECK-DAG: %[[B:[^ ]+]] = reshape %w4, [4, 16, 96]
  // CHECK-DAG: %[[THERE:[^ ]+]] = launch {{.*}}(%[[A]]) : f32[6, 64, 16]
  // CHECK-DAG: %[[BACK:[^ ]+]] = launch {{.*}}(%[[B]]) : f32[4, 96, 16]
  // CHECK: repeat 8 {{.*}}(%{{[^ ]+}}, %{{[^ ]+}}, %[[THERE]], %[[BACK]])
  func @many_rounds(%x: f32[batch, 8, 64]) -> (y: f32[batch, 64]) {
    %w4 = param "w4" f32[64, 96] = normal(0.1)
    %zero = constant f32[batch, 64] = 0.0
    %y = scan (%s in %x along 1) carry (%h = %zero) {
      %a = matmul %h, %w4
      %b = matmul %a, %w4, transpose_b
      %c = add %b, %s
      yield carry %c
    }
    return %y
  }
  // What else reads it reads it as it lies.
  // CHECK: entry function @also(
  // CHECK: %[[C:[^ ]+]] = reshape %w5, [64, 4, 16]
  // CHECK: %[[PACKED:[^ ]+]] = launch {{.*}}(%[[C]]) : f32[4, 64, 16]
  // CHECK: repeat 8 {{.*}}(%{{[^ ]+}}, %{{[^ ]+}}, %w5, %[[PACKED]])
  func @also(%x: f32[batch, 8, 64]) -> (y: f32[batch, 64]) {
    %w5 = param "w5" f32[64, 64] = normal(0.1)
    %zero = constant f32[batch, 64] = 0.0
    %y = scan (%s in %x along 1) carry (%h = %zero) {
      %a = matmul %h, %w5
      %n = mean %h
      %d = mul %w5, %n
      %e = sum %d, axes = [0]
      %b = add %a, %e
      %c = add %b, %s
      yield carry %c
    }
    return %y
  }
  // What a step updates.
  // CHECK: entry function @trained(
  // CHECK-SAME: %t.weight: f32[96, 64]
  func @trained(%x: f32[batch, 96]) -> (loss: f32) {
    %y = nn.linear "t" %x, 64
    %loss = mean %y
    return %loss
  }
  train @step minimizes @trained { optimize "*" with @sgd }
}
