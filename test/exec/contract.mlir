// contract.mlir - products over any dimensions: windows, places that run backwards, several summed dimensions.
// SPDX-License-Identifier: Apache-2.0
//
// Against the evaluator, which walks all points one by one: at the capacity and below it, on both targets, and the naive form.
//
// RUN: dlc-run diff %s --batch 5 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// RUN: sed 's/x86-64-v4/x86-64-v3/' %s > %t.mlir && dlc-run diff %t.mlir --batch 5 --batch-extent 2 --quiet | FileCheck %s
// RUN: sed 's/optimize = 3/optimize = 0/' %s > %t.mlir && dlc-run diff %t.mlir --batch 5 --quiet | FileCheck %s
// CHECK-COUNT-19: results agree
//
// RUN: dlc %s --emit=kernels | FileCheck %s --check-prefix=PLANS
module attributes {dl.level = "autodiff", dl.options = {batch = array<i64: 5>, doubles = false, faulty_rule = "", optimize = 3 : i64, sizes = {}, target = "x86-64-v4"}, dl.version = 1 : i64} {
  dl.model @contract {
    // A product of two matrices, to be sure that it is one.
    entry function @matrices(%x: f32[batch, 20] {input = "x"}, %w: f32[20, 33] {input = "w"}) -> (f32[batch, 33] {output = "y"}) {
      %y = contract %x, %w, kept = 2, lhs_map = affine_map<(m, n, k) -> (m, k)>, over = [batch, 33, 20], rhs_map = affine_map<(m, n, k) -> (k, n)>
      return %y
    }
    // A packed weight: the columns lie in blocks of a cache line.
    // PLANS: kernel @k1_contract_add
    // PLANS-SAME: dl.plan = "product: tiles of {{.*}}right operand packed; parts
    entry function @packed(%x: f32[batch, 20] {input = "x"}, %w: f32[3, 20, 16] {input = "w"}, %b: f32[48] {input = "b"}) -> (f32[batch, 48] {output = "y"}) {
      %z = contract %x, %w, kept = 2, lhs_map = affine_map<(m, n, k) -> (m, k)>, over = [batch, 48, 20], rhs_map = affine_map<(m, n, k) -> (n floordiv 16, k, n mod 16)>
      %y = add %z, %b
      return %y
    }
    // The same as the left operand of a convolution, in doubles.
    entry function @packed_filters(%w: f64[5, 3, 3, 4, 8] {input = "w"}, %x: f64[batch, 9, 7, 4] {input = "x"}) -> (f64[batch, 7, 5, 40] {output = "y"}) {
      %y = contract %w, %x, kept = 4, lhs_map = affine_map<(n, y, x, f, i, j, c) -> (f floordiv 8, i, j, c, f mod 8)>, over = [batch, 7, 5, 40, 3, 3, 4], rhs_map = affine_map<(n, y, x, f, i, j, c) -> (n, y + i, x + j, c)>
      return %y
    }
    // Gradients of filters of large pictures: no cache holds what all taps read, so that some runs are done for all of them.
    // PLANS: dl.plan = "product: tiles of {{.*}} x 16, right operand in place, 20 sums at a time for {{.*}} parts
    entry function @slabs(%x: f32[batch, 54, 54, 2] {input = "x"}, %c: f32[batch, 50, 50, 16] {input = "c"}) -> (f32[5, 5, 2, 16] {output = "y"}) {
      %y = contract %x, %c, kept = 4, lhs_map = affine_map<(i, j, c, f, n, y, x) -> (n, y + i, x + j, c)>, over = [5, 5, 2, 16, batch, 50, 50], rhs_map = affine_map<(i, j, c, f, n, y, x) -> (n, y, x, f)>
      return %y
    }
    // PLANS: dl.plan = "product: tiles of {{.*}}, right operand copied, 20 sums at a time for {{.*}} parts
    entry function @copied_slabs(%x: f32[batch, 52, 52, 2] {input = "x"}, %c: f32[batch, 50, 50, 144] {input = "c"}) -> (f32[3, 3, 2, 144] {output = "y"}) {
      %y = contract %x, %c, kept = 4, lhs_map = affine_map<(i, j, c, f, n, y, x) -> (n, y + i, x + j, c)>, over = [3, 3, 2, 144, batch, 50, 50], rhs_map = affine_map<(i, j, c, f, n, y, x) -> (n, y, x, f)>
      return %y
    }
    // A convolution of pictures, 3 x 3, with a bias and what follows it on the tile: (j, c) is one dimension, i a loop around it.
    // PLANS: kernel @k5_contract_add_relu
    // PLANS-SAME: dl.plan = "product: tiles of {{.*}}right operand in place, sums of [3]; parts batch x 9;
    entry function @convolution(%x: f32[batch, 11, 13, 5] {input = "x"}, %w: f32[3, 3, 5, 40] {input = "w"}, %b: f32[40] {input = "b"}) -> (f32[batch, 9, 11, 40] {output = "y"}) {
      %z = contract %x, %w, kept = 4, lhs_map = affine_map<(n, y, x, f, i, j, c) -> (n, y + i, x + j, c)>, over = [batch, 9, 11, 40, 3, 3, 5], rhs_map = affine_map<(n, y, x, f, i, j, c) -> (i, j, c, f)>
      %a = add %z, %b
      %r = relu %a
      return %r
    }
    // The same that moves by two, of a window that is spread.
    entry function @strided(%x: f32[batch, 11, 13, 5] {input = "x"}, %w: f32[3, 3, 5, 17] {input = "w"}) -> (f32[batch, 4, 4, 17] {output = "y"}) {
      %y = contract %x, %w, kept = 4, lhs_map = affine_map<(n, y, x, f, i, j, c) -> (n, y * 2 + i * 2, x * 2 + j * 3, c)>, over = [batch, 4, 4, 17, 3, 3, 5], rhs_map = affine_map<(n, y, x, f, i, j, c) -> (i, j, c, f)>
      return %y
    }
    // The gradient of a filter: over all places of all pictures.
    entry function @filter_gradient(%x: f32[batch, 11, 13, 5] {input = "x"}, %c: f32[batch, 9, 11, 40] {input = "c"}) -> (f32[3, 3, 5, 40] {output = "y"}) {
      %y = contract %x, %c, kept = 4, lhs_map = affine_map<(i, j, c, f, n, y, x) -> (n, y + i, x + j, c)>, over = [3, 3, 5, 40, batch, 9, 11], rhs_map = affine_map<(i, j, c, f, n, y, x) -> (n, y, x, f)>
      return %y
    }
    // The gradient of a picture with a border: places run backwards, and the filter is transposed.
    entry function @input_gradient(%c: f32[batch, 13, 15, 40] {input = "c"}, %w: f32[3, 3, 5, 40] {input = "w"}) -> (f32[batch, 11, 13, 5] {output = "y"}) {
      %y = contract %c, %w, kept = 4, lhs_map = affine_map<(n, y, x, c, i, j, f) -> (n, y - i + 2, x - j + 2, f)>, over = [batch, 11, 13, 5, 3, 3, 40], rhs_map = affine_map<(n, y, x, c, i, j, f) -> (i, j, c, f)>
      return %y
    }
    // Each channel for itself: no operand has the columns alone, so lanes run along the channels.
    // PLANS: dl.plan = "product: a stack side by side, tiles of 11 x 32; parts batch x 9;
    entry function @depthwise(%x: f32[batch, 11, 13, 20] {input = "x"}, %w: f32[3, 3, 20] {input = "w"}) -> (f32[batch, 9, 11, 20] {output = "y"}) {
      %y = contract %x, %w, kept = 4, lhs_map = affine_map<(n, y, x, c, i, j) -> (n, y + i, x + j, c)>, over = [batch, 9, 11, 20, 3, 3], rhs_map = affine_map<(n, y, x, c, i, j) -> (i, j, c)>
      return %y
    }
    // The gradient of its filters: a tile is the window, and all of it one part. Sums are longer than a block.
    // PLANS: dl.plan = "product: a stack side by side, tiles of 9 x 32; parts 1;
    entry function @depthwise_filter(%x: f32[batch, 21, 53, 20] {input = "x"}, %c: f32[batch, 19, 51, 20] {input = "c"}) -> (f32[3, 3, 20] {output = "y"}) {
      %y = contract %c, %x, kept = 3, lhs_map = affine_map<(i, j, c, n, y, x) -> (n, y, x, c)>, over = [3, 3, 20, batch, 19, 51], rhs_map = affine_map<(i, j, c, n, y, x) -> (n, y + i, x + j, c)>
      return %y
    }
    // Windows that are larger than a tile, spread, that move by two and run backwards; more channels than a tile has.
    // PLANS: dl.plan = "product: a stack side by side, tiles of 10 x 32; parts 4;
    entry function @depthwise_spread(%x: f32[batch, 23, 27, 100] {input = "x"}, %c: f32[batch, 6, 7, 100] {input = "c"}) -> (f32[5, 5, 100] {output = "y"}) {
      %y = contract %x, %c, kept = 3, lhs_map = affine_map<(i, j, c, n, y, x) -> (n, y * 2 - i * 3 + 12, x * 2 + j * 3, c)>, over = [5, 5, 100, batch, 6, 7], rhs_map = affine_map<(i, j, c, n, y, x) -> (n, y, x, c)>
      return %y
    }
    // Lanes run along the batch; the sum is one long axis, then one of the batch.
    entry function @batch_of_lanes(%x: f32[1500, batch] {input = "x"}, %w: f32[3, 1500, batch] {input = "w"}) -> (f32[3, batch] {output = "y"}) {
      %y = contract %x, %w, kept = 2, lhs_map = affine_map<(i, n, k) -> (k, n)>, over = [3, batch, 1500], rhs_map = affine_map<(i, n, k) -> (i, k, n)>
      return %y
    }
    entry function @matrices_side_by_side(%x: f32[5, batch, 40] {input = "x"}, %w: f32[batch, 7, 40] {input = "w"}) -> (f32[5, 7, 40] {output = "y"}) {
      %y = contract %x, %w, kept = 3, lhs_map = affine_map<(m, n, c, k) -> (m, k, c)>, over = [5, 7, 40, batch], rhs_map = affine_map<(m, n, c, k) -> (k, n, c)>
      return %y
    }
    // The left operand has the columns: the operands change places.
    entry function @swapped(%x: f32[20, 33] {input = "x"}, %w: f32[batch, 20] {input = "w"}) -> (f32[batch, 33] {output = "y"}) {
      %y = contract %x, %w, kept = 2, lhs_map = affine_map<(m, n, k) -> (k, n)>, over = [batch, 33, 20], rhs_map = affine_map<(m, n, k) -> (m, k)>
      return %y
    }
    // All is summed; and runs that are longer than a block, that fill several blocks, that are copied.
    entry function @all(%x: f32[7, 20] {input = "x"}, %w: f32[20, 7] {input = "w"}) -> (f32 {output = "y"}) {
      %y = contract %x, %w, kept = 0, lhs_map = affine_map<(i, k) -> (i, k)>, over = [7, 20], rhs_map = affine_map<(i, k) -> (k, i)>
      return %y
    }
    entry function @long_runs(%x: f32[3, 3000] {input = "x"}, %w: f32[3000, 40] {input = "w"}) -> (f32[2, 40] {output = "y"}) {
      %y = contract %x, %w, kept = 2, lhs_map = affine_map<(m, n, i, k) -> (m + i, k)>, over = [2, 40, 2, 2900], rhs_map = affine_map<(m, n, i, k) -> (i * 100 + k, n)>
      return %y
    }
    entry function @many_runs(%x: f32[batch, 40, 50, 9] {input = "x"}, %w: f32[40, 9, 50, 33] {input = "w"}) -> (f32[batch, 33] {output = "y"}) {
      %y = contract %x, %w, kept = 2, lhs_map = affine_map<(m, n, i, j, k) -> (m, i, k, j)>, over = [batch, 33, 40, 9, 50], rhs_map = affine_map<(m, n, i, j, k) -> (i, j, k, n)>
      return %y
    }
    entry function @copied_runs(%x: f32[batch, 60, 9] {input = "x"}, %w: f32[3, 33, 9] {input = "w"}) -> (f32[batch, 58, 33] {output = "y"}) {
      %y = contract %x, %w, kept = 3, lhs_map = affine_map<(m, t, n, i, k) -> (m, t + i, k)>, over = [batch, 58, 33, 3, 9], rhs_map = affine_map<(m, t, n, i, k) -> (i, n, k)>
      return %y
    }
  }
}
