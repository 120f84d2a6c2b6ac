// views.mlir - products read slices, elements of axes, transposes and broadcasts where they lie.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc-run diff %s --batch 5 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 5 --batch-extent 3 --quiet | FileCheck %s
// RUN: dlc-run diff %s --batch 5 --batch-extent 1 --target v3 --quiet | FileCheck %s
// CHECK-COUNT-11: results agree
//
// RUN: dlc %s --batch 5 --emit=kernels | FileCheck %s --check-prefix=KERNELS
// RUN: dlc %s --batch 5 -O0 --emit=kernels | FileCheck %s --check-prefix=PLAIN
dl.model @views {
  // The heads of an attention: nothing is copied.
  // KERNELS: entry function @heads(
  // KERNELS-NEXT: launch @{{k[0-9]+}}_matmul_add(
  // KERNELS-NEXT: %[[R:[^ ]+]] = reshape
  // KERNELS-NEXT: %[[S:[^ ]+]] = launch @{{k[0-9]+}}_matmul_mul(%[[R]])
  // KERNELS-NEXT: %[[P:[^ ]+]] = launch @{{k[0-9]+}}_amax_sub_exp_sum_div(%[[S]])
  // KERNELS-NEXT: launch @{{k[0-9]+}}_matmul_transpose(%[[P]], %[[R]])
  // KERNELS-NEXT: reshape
  // KERNELS-NEXT: return
  // PLAIN: kernel @{{k[0-9]+}}_select
  func @heads(%x: f32[batch, 7, 24]) -> (y: f32[batch, 7, 24]) {
    %qkv = nn.linear "qkv" %x, 72
    %r = reshape %qkv, [batch, 7, 3, 2, 12]
    %q0 = select %r, axis = 2, index = 0
    %k0 = select %r, axis = 2, index = 1
    %v0 = select %r, axis = 2, index = 2
    %q = transpose %q0, [0, 2, 1, 3]
    %k = transpose %k0, [0, 2, 1, 3]
    %v = transpose %v0, [0, 2, 1, 3]
    %s = matmul %q, %k, transpose_b
    %t = mul %s, 0.25
    %p = softmax %t, axis = -1
    %o = matmul %p, %v
    %c = transpose %o, [0, 2, 1, 3]
    %y = reshape %c, [batch, 7, 24]
    return %y
  }
  // Parts of a matrix, from both ends and from a multiple of the batch on.
  // KERNELS: entry function @slices(
  // KERNELS-NEXT: launch @[[SLICES:k[0-9]+_matmul]](%x, %w)
  // KERNELS-NEXT: return
  func @slices(%x: f32[batch, 40], %w: f32[90, 33]) -> (y: f32[batch, 17]) {
    %a = slice %x, axis = 1, start = 7, size = 20
    %b = slice %w, axis = 0, start = 61, size = 20
    %c = slice %b, axis = 1, start = 16, size = 17
    %y = matmul %a, %c
    return %y
  }
  func @rows(%x: f32[3 * batch, 20], %w: f32[20, 33]) -> (y: f32[batch, 33]) {
    %a = slice %x, axis = 0, start = 2 * batch, size = batch
    %y = matmul %a, %w
    return %y
  }
  func @columns(%x: f32[20, 2 * batch], %w: f32[33, 20]) -> (y: f32[33, batch]) {
    %a = slice %x, axis = 1, start = batch, size = batch
    %y = matmul %w, %a
    return %y
  }
  // A view that something else reads too is that of the product and a value beside it.
  func @shared(%x: f32[batch, 40], %w: f32[20, 33]) -> (y: f32[batch, 33], z: f32[batch, 20]) {
    %a = slice %x, axis = 1, start = 20, size = 20
    %y = matmul %a, %w
    %z = exp %a
    return %y, %z
  }
  func @broadcasts(%x: f32[batch, 1, 6, 20], %w: f32[3, 20, 33]) -> (y: f32[batch, 3, 6, 33]) {
    %a = broadcast %x, [batch, 3, 6, 20]
    %y = matmul %a, %w
    return %y
  }
  // Neighbours along none of the product's dimensions lie side by side: gathered once, not by each tile.
  // KERNELS: entry function @far(
  // KERNELS-NEXT: launch @{{k[0-9]+}}_transpose(
  func @far(%x: f32[batch, 20], %w: f32[20, 33, 8]) -> (y: f32[8, batch, 33]) {
    %t = transpose %w, [2, 0, 1]
    %y = matmul %x, %t
    return %y
  }
  func @loss(%x: f32[batch, 7, 24], %t: f32[batch, 7, 24]) -> (loss: f32) {
    %y = call @heads(%x)
    %loss = mse_loss %y, %t
    return %loss
  }
  train @step minimizes @loss {
    optimize "*" with @adam(lr = 1.0e-3)
  }
}
