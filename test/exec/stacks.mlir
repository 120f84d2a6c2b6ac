// stacks.mlir - products of stacks of matrices, and what follows them in one kernel.
// SPDX-License-Identifier: Apache-2.0
//
// The matrices of a stack are one where their rows lie one after the other in all that the kernel reads and writes. Some of
// these kernels have something that keeps them apart: a term for each row of a matrix, or for each matrix, a left operand
// that is transposed, places that are counted. Against the evaluator, at the capacity and below it.
//
// RUN: dlc-run diff %s --batch 5 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 5 --batch-extent 3 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 5 --batch-extent 1 --target v3 --quiet | FileCheck %s
// CHECK-COUNT-13: results agree
//
// RUN: dlc %s --batch 5 --emit=kernels | FileCheck %s --check-prefix=PLANS
dl.model @stacks {
  // A bias and what follows are done on the tile, as in a product of two matrices: 12 * batch rows in tiles.
  // PLANS: kernel @k0_matmul_add_gelu(%x: f32[batch, 12, 20]
  // PLANS-SAME: dl.plan = "product: tiles of 6 x 48, {{.*}}; parts 10;
  func @linear(%x: f32[batch, 12, 20], %w: f32[20, 33], %b: f32[33]) -> (y: f32[batch, 12, 33]) {
    %z = matmul %x, %w
    %a = add %z, %b
    %y = gelu %a
    return %y
  }
  // PLANS: kernel @k1_matmul_add({{.*}}dl.plan = "product: {{.*}}; parts batch;
  func @term_of_each_row(%x: f32[batch, 12, 20], %w: f32[20, 33], %p: f32[12, 33]) -> (y: f32[batch, 12, 33]) {
    %z = matmul %x, %w
    %y = add %z, %p
    return %y
  }
  // PLANS: kernel @k2_matmul_add({{.*}}dl.plan = "product: {{.*}}; parts batch;
  func @term_of_each_matrix(%x: f32[batch, 12, 20], %w: f32[20, 33], %p: f32[batch, 1, 33]) -> (y: f32[batch, 12, 33]) {
    %z = matmul %x, %w
    %y = add %z, %p
    return %y
  }
  // Of each matrix of 20 rows the first 12.
  // PLANS: kernel @k3_matmul_slice_add({{.*}}dl.plan = "product: {{.*}}; parts batch;
  func @first_rows(%x: f32[batch, 12, 20], %w: f32[20, 33], %p: f32[batch, 20, 33]) -> (y: f32[batch, 12, 33]) {
    %z = matmul %x, %w
    %s = slice %p, axis = 1, start = 0, size = 12
    %y = add %z, %s
    return %y
  }
  // PLANS: kernel @k4_matmul_add({{.*}}dl.plan = "product: {{.*}}; parts batch;
  func @transposed(%x: f32[batch, 20, 12], %w: f32[33, 20], %b: f32[33]) -> (y: f32[batch, 12, 33]) {
    %z = matmul %x, %w, transpose_a, transpose_b
    %y = add %z, %b
    return %y
  }
  // PLANS: kernel @k5_matmul_mul({{.*}}dl.plan = "product: {{.*}}; parts batch;
  func @places(%x: f32[batch, 12, 20], %w: f32[20, 33]) -> (y: f32[batch, 12, 33]) {
    %z = matmul %x, %w
    %i = iota %z, axis = 1
    %f = cast %i, f32
    %y = mul %z, %f
    return %y
  }
  // Of four axes the inner two lie in order: three stacks of 2 * 6 rows for each row of the batch.
  // PLANS: kernel @k6_matmul_add({{.*}}dl.plan = "product: {{.*}}; parts batch x 3;
  func @four(%x: f32[batch, 3, 2, 6, 20], %w: f32[20, 33], %p: f32[3, 1, 1, 33]) -> (y: f32[batch, 3, 2, 6, 33]) {
    %z = matmul %x, %w
    %y = add %z, %p
    return %y
  }
  func @batch_inside(%x: f32[4, batch, 20], %w: f32[20, 33], %b: f32[33]) -> (y: f32[4, batch, 33]) {
    %z = matmul %x, %w
    %a = add %z, %b
    %y = relu %a
    return %y
  }
  func @of_each_its_own(%x: f32[batch, 12, 20], %w: f32[batch, 20, 33]) -> (y: f32[batch, 12, 33]) {
    %y = matmul %x, %w
    return %y
  }
  // Gradients: of the weight one product over all rows, of the input one of the stack.
  func @loss(%x: f32[batch, 6, 9], %t: f32[batch, 6, 7]) -> (loss: f32) {
    %h = nn.linear "a" %x, 7
    %d = dropout %h, 0.25
    %loss = mse_loss %d, %t
    return %loss
  }
  train @step minimizes @loss {
    optimize "*" with @adam(lr = 1.0e-3)
  }
}
