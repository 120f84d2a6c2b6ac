// batch-axis.mlir - gradients where the batch is not the first axis, where there are two axes of it, and along it.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 7 --float f64 -O3 -o %t.so
// RUN: dlc-run gradcheck %t.so t --range i=5 --batch 7 && dlc-run gradcheck %t.so t --range i=5 --batch 3
// RUN: dlc %s --batch 7 --float f64 -O0 -o %t.0.so
// RUN: dlc-run gradcheck %t.0.so t --range i=5 --batch 7 && dlc-run gradcheck %t.0.so t --range i=5 --batch 3
dl.model @axes {
  func @loss(%x: f32[batch, 3], %z: f32[5, batch, 3], %i: i32[batch], %c: f32[4 * batch, 4], %d: f32[6, batch]) -> (loss: f32) {
    // Along the batch: put together and cut again.
    %a = nn.linear "a" %x, 4
    %b = tanh %a
    %all = concat %a, %b, %a, %b
    %piece = slice %all, axis = 0, start = batch, size = 2 * batch
    %rest = slice %all, axis = 0, start = 2 * batch, size = 2 * batch
    %m0 = mul %all, %c
    %l0 = mean %m0
    %m1 = mul %piece, %rest
    %l1 = mean %m1
    // The batch in the middle, and last.
    %e = nn.linear "e" %z, 2
    %f = select %e, axis = 2, index = 1
    %g = pad %f, low = [1, 0], value = 2.0
    %m2 = mul %g, %d
    %l2 = mean %m2
    %h = gather %f, %i
    %l3 = mean %h
    // Twice.
    %s = matmul %a, %b, transpose_b
    %p = softmax %s
    %u = reshape %p, [batch, batch, 1]
    %w = param "w" f32[4] = uniform(-0.9, 0.9)
    %v = mul %u, %w
    %y = slice %v, axis = 2, start = 1, size = 2
    %q = sin %y
    %l4 = sum %q
    %s1 = add %l0, %l1
    %s2 = add %l2, %l3
    %s3 = add %s1, %s2
    %loss = add %s3, %l4
    return %loss
  }
  train @t minimizes @loss {
    optimize "*" with @sgd
  }
}
