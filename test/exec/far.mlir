// far.mlir - a right operand that comes from beyond the second cache: k in blocks that are less than a chain, and copies beside
// the first tile; and long work that follows a tile, done row by row. SPDX-License-Identifier: Apache-2.0
//
// Against the evaluator: one chain and several, a last block and a last panel that are not whole, rows and k that are fewer than
// the capacity (so few that no tile is whole), what is done with the elements, both targets, one thread and two.
//
// RUN: dlc-run diff %s --batch 70 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 70 --batch-extent 3 --extent time=520 --extent few=2 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 70 --batch-extent 38 --extent time=1025 --target v3 --threads 2 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 70 --batch-extent 1 --extent time=1 --threads 2 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 70 --float f64 --quiet | FileCheck %s
// RUN: dlc %s --batch 70 --emit=kernels --target v4 | FileCheck %s --check-prefix=PLANS
// CHECK-COUNT-8: results agree
//
// The same bits on both targets, for any number of threads and rows of the library, though each divides k otherwise.
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: dlc %s --batch 70 --target v4,v3 -o both.so && dlc %s --batch 70 --target v3 -o v3.so && dlc %s --batch 4 -o few.so
// RUN: %python %S/Inputs/same-bits.py chain x=4x800,w=800x200 both.so v3.so few.so | FileCheck %s --check-prefix=BITS
// RUN: %python %S/Inputs/same-bits.py chains x=3x2100,w=2100x133 both.so v3.so few.so | FileCheck %s --check-prefix=BITS
// RUN: %python %S/Inputs/same-bits.py copied_open x=2x1100,w=1100x1024 both.so v3.so few.so | FileCheck %s --check-prefix=BITS
// BITS: the same bits
dl.model @far open(time = 1300, few = 9) {
  // PLANS: dl.plan = "product: tiles of 6 x 64, right operand in place, k in blocks of 512; {{.*}}scratch
  func @chain(%x: f32[batch, 800], %w: f32[800, 200]) -> (y: f32[batch, 200]) {
    %p = matmul %x, %w
    %y = relu %p
    return %y
  }
  // PLANS: dl.plan = "product: tiles of 8 x 48, right operand in place, k in blocks of 512; {{.*}}scratch
  func @chains(%x: f32[batch, 2100], %w: f32[2100, 133]) -> (y: f32[batch, 133]) {
    %y = matmul %x, %w
    return %y
  }
  // PLANS: dl.plan = "product: tiles of 6 x 64, right operand in place, k in blocks of 512; {{.*}}scratch
  func @open(%x: f32[batch, time], %w: f32[time, 150]) -> (y: f32[batch, 150]) {
    %y = matmul %x, %w
    return %y
  }
  // PLANS: dl.plan = "product: {{.*}}finished row by row
  func @row_by_row(%x: f32[batch, 600], %w: f32[600, 75], %a: f32[batch, 75]) -> (y: f32[batch, 75]) {
    %p = matmul %x, %w
    %s = add %p, %a
    %t = tanh %s
    %g = gelu %t
    %e = exp %g
    %y = div %e, %s
    return %y
  }
  // PLANS: dl.plan = "product: tiles of {{.*}}, right operand in place, k in blocks of 512, all columns of one after the other
  func @memory(%x: f32[few, 6200], %w: f32[6200, 700], %a: f32[few, 700]) -> (y: f32[few, 700]) {
    %p = matmul %x, %w
    %y = add %p, %a
    return %y
  }
  // PLANS: dl.plan = "product: tiles of 6 x 64, right operand copied, fetched ahead
  func @copied(%x: f32[batch, 301], %w: f32[301, 1024], %b: f32[1024]) -> (y: f32[batch, 1024]) {
    %p = matmul %x, %w
    %y = add %p, %b
    return %y
  }
  // PLANS: dl.plan = "product: tiles of 6 x 64, right operand copied
  func @copied_open(%x: f32[batch, time], %w: f32[time, 1024]) -> (y: f32[batch, 1024]) {
    %y = matmul %x, %w
    return %y
  }
  // PLANS: dl.plan = "product: tiles of 6 x 64, right operand copied, finished beside the next tile, fetched ahead
  func @delayed(%x: f32[batch, 300], %w: f32[300, 1000], %a: f32[batch, 1000], %b: f32[batch, 1000], %c: f32[batch, 1000],
                %d: f32[batch, 1000], %e: f32[batch, 1000]) -> (y: f32[batch, 1000]) {
    %p = matmul %x, %w
    %1 = mul %p, %a
    %2 = add %1, %b
    %3 = mul %2, %c
    %4 = add %3, %d
    %y = mul %4, %e
    return %y
  }
}
