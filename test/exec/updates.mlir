// updates.mlir - old values of one stored tensor that are new values of another
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/updates.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/updates.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/updates.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/updates.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/updates.json
dl.model @updates {
  func @loss(%x: f32[batch, 2]) -> (loss: f32) {
    %w = param "w" f32[2] = ones
    %v = param "v" f32[2, 2] = ones
    %y = mul %x, %w
    %z = matmul %y, %v, transpose_b
    %l = mean %z
    return %l
  }
  func @product(%x: f32[batch, 2]) -> (y: f32[batch, 2]) {
    %v = param "v" f32[2, 2] = ones
    %y = matmul %x, %v, transpose_b
    return %y
  }
  optimizer @swap(%w, %g) slots(%m = constant(7.0)) {
    return %m, %w
  }
  train @swap_step minimizes @loss {
    optimize "*" with @swap
  }
  optimizer @rotate(%w, %g) slots(%a = constant(1.0), %b = constant(2.0), %c = constant(3.0)) {
    %n = add %w, %a
    return %a, %b, %c, %n
  }
  train @rotate_step minimizes @loss {
    optimize "*" with @rotate
  }
  optimizer @both(%w, %g) slots(%d = constant(5.0), %e = constant(6.0)) {
    %n = add %w, %d
    return %n, %n, %w
  }
  train @both_step minimizes @loss {
    optimize "*" with @both
  }
  optimizer @still(%w, %g) slots(%f = constant(4.0)) {
    return %w, %f
  }
  train @still_step minimizes @loss {
    optimize "*" with @still
  }
  optimizer @turned(%w, %g) slots(%t = constant(5.0)) {
    %t1 = transpose %w, [1, 0]
    %s = add %w, %t1
    return %s, %t1
  }
  train @turned_step minimizes @loss {
    optimize "*" with @turned
    freeze "w"
  }
  optimizer @turned_sum(%w, %g) slots(%u = constant(5.0)) {
    %s = add %w, %u
    %t1 = transpose %s, [1, 0]
    %p = mul %t1, %w
    return %p, %t1
  }
  train @turned_sum_step minimizes @loss {
    optimize "*" with @turned_sum
    freeze "w"
  }
}
