// in-place.mlir - kernels that replace several stored tensors, each made from old values of the others
// SPDX-License-Identifier: Apache-2.0
//
// Two parameters that are multiplied have gradients made from each other; optimizers read what they replace. Losses,
// weights and slots after one and after four steps, against Inputs/in_place.py.
//
// RUN: rm -rf %t && mkdir -p %t
// RUN: %python %S/Inputs/in_place.py 1e-13 1 > %t/one.json && %python %S/Inputs/in_place.py 1e-13 4 > %t/four.json
// RUN: dlc %s --float f64 -O3 -o %t/3.so && dlc-run check %t/3.so %t/one.json && dlc-run check %t/3.so %t/four.json
// RUN: dlc %s --float f64 -O0 -o %t/0.so && dlc-run check %t/0.so %t/one.json && dlc-run check %t/0.so %t/four.json
// RUN: dlc %s --float f64 -O3 --target v3 -o %t/v3.so && dlc-run check %t/v3.so %t/four.json
// In f32, 1 - 0.999 alone is off by 1e-5 of itself.
// RUN: %python %S/Inputs/in_place.py 1e-5 4 > %t/f32.json
// RUN: dlc %s -O3 -o %t/f.so && dlc-run check %t/f.so %t/f32.json
// RUN: dlc %s -O3 --target v3 -o %t/fv3.so && dlc-run check %t/fv3.so %t/f32.json
// RUN: dlc %s -O0 -o %t/f0.so && dlc-run check %t/f0.so %t/f32.json
dl.model @in_place {
  // The gradient of a product, and both updates behind it.
  func @matrix(%x: f32[batch, 5], %t: f32[batch, 18]) -> (loss: f32) {
    %w = param "matrix.w" f32[5, 18] = ones
    %s = param "matrix.s" f32[5, 18] = ones
    %a = sigmoid %s
    %k = mul %w, %a
    %y = matmul %x, %k
    %l = mse_loss %y, %t
    return %l
  }
  // Element by element.
  func @vector(%t: f32[70]) -> (loss: f32) {
    %w = param "vector.w" f32[70] = ones
    %s = param "vector.s" f32[70] = ones
    %a = sigmoid %s
    %k = mul %w, %a
    %l = mse_loss %k, %t
    return %l
  }
  optimizer @nesterov(%w, %g) slots(%velocity = zeros) scalars(%lr = 0.5, %mu = 0.75) {
    %a = mul %mu, %velocity
    %b = mul %lr, %g
    %v1 = sub %a, %b
    %c = sub %v1, %velocity
    %d = mul %mu, %c
    %e = add %w, %v1
    %w1 = add %e, %d
    return %w1, %v1
  }
  optimizer @previous(%w, %g) slots(%old = constant(0.5)) scalars(%lr = 0.5, %mu = 0.25) {
    %a = mul %lr, %g
    %b = sub %w, %a
    %c = sub %w, %old
    %d = mul %mu, %c
    %w1 = add %b, %d
    return %w1, %w
  }
  optimizer @crossed(%w, %g) slots(%p = constant(0.25), %q = constant(0.5)) scalars(%lr = 0.5) {
    %p1 = add %p, %g
    %a = mul %p, %g
    %q1 = sub %q, %a
    %b = mul %lr, %q
    %c = mul %b, %p1
    %w1 = sub %w, %c
    return %w1, %p1, %q1
  }
  train @matrix_sgd minimizes @matrix { optimize "*" with @sgd(lr = 0.5, momentum = 0.9) }
  train @matrix_adam minimizes @matrix { optimize "*" with @adam(lr = 0.05) }
  train @matrix_nesterov minimizes @matrix { optimize "*" with @nesterov }
  train @matrix_previous minimizes @matrix { optimize "*" with @previous }
  train @matrix_crossed minimizes @matrix { optimize "*" with @crossed }
  train @vector_sgd minimizes @vector { optimize "*" with @sgd(lr = 0.5, momentum = 0.9) }
  train @vector_adam minimizes @vector { optimize "*" with @adam(lr = 0.05) }
  train @vector_nesterov minimizes @vector { optimize "*" with @nesterov }
  train @vector_previous minimizes @vector { optimize "*" with @previous }
  train @vector_crossed minimizes @vector { optimize "*" with @crossed }
}
