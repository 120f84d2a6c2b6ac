// RUN: rm -rf %t && split-file %s %t
// RUN: not dlc %t/WRITTEN.mlir -o %t/out.so 2>&1 | FileCheck %t/WRITTEN.mlir --implicit-check-not=error:
// RUN: dlc %t/GOOD.mlir --emit=import -o %t/import.mlir && sed "s/= mul %m, .*> loc/= call @twice(%m) loc/" %t/import.mlir > %t/edited.mlir
// RUN: not dlc %t/edited.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=EDITED
// EDITED: GOOD.mlir:7:10: error: `call` cannot stand here; an optimizer computes

// An optimizer is copied op by op: what has parameters, states or a body of its own is refused, in a text that was written and
// in one of level `import` that was edited.
//--- GOOD.mlir
dl.model @m {
  func private @twice(%x: f32[rows, columns]) {
    %y = mul %x, 2.0
    return %y
  }
  optimizer @own(%w, %g) slots(%m = zeros) {
    %a = mul %m, 0.5
    %s = sub %w, %a
    return %s, %g
  }
  func @loss(%x: f32[batch, 8]) -> (loss: f32) {
    %y = nn.linear "fc" %x, 4, bias = false
    %z = call @twice(%y)
    %l = mean %z
    return %l
  }
  train @step minimizes @loss { optimize "*" with @own }
}
//--- WRITTEN.mlir
dl.model @m {
  func private @twice(%x: f32[rows, columns]) {
    %y = mul %x, 2.0
    return %y
  }
  optimizer @own(%w, %g) slots(%m = zeros) scalars(%lr = 0.1) {
    // CHECK: :[[@LINE+1]]:10: error: `call` cannot stand here; an optimizer computes with the weight, the gradient, slots and scalars, op by op: without layers, calls, loops, parameters and states; write out what they would do
    %a = call @twice(%g)
    // CHECK: :[[@LINE+1]]:10: error: `stack` cannot stand here; an optimizer computes
    %b = stack 2 "s" @twice(%g)
    // CHECK: :[[@LINE+1]]:10: error: `scan` cannot stand here; an optimizer computes
    %c = scan 5 carry (%x = %g) {
      %n = mul %x, 0.5
      yield carry %n
    }
    // CHECK: :[[@LINE+1]]:10: error: `param` cannot stand here; an optimizer computes
    %d = param "d" f32[4] = zeros
    // CHECK: :[[@LINE+1]]:10: error: `state` cannot stand here; an optimizer computes
    %e = state "e" f32[4] = zeros
    // CHECK: :[[@LINE+1]]:5: error: `update` cannot stand here; an optimizer computes
    update "e", %e
    // CHECK: :[[@LINE+1]]:10: error: `nn.linear` cannot stand here; an optimizer computes
    %f = nn.linear "f" %g, 4
    // CHECK: :[[@LINE+1]]:10: error: no op is called 'mull'; did you mean 'mul'?
    %h = mull %lr, %g
    // CHECK: :[[@LINE+1]]:5: error: `clip_norm` cannot stand here; it is a line of `train @step minimizes @loss { ... }`
    clip_norm 1.0
    %w1 = sub %w, %h
    return %w1, %m
  }
  func @loss(%x: f32[batch, 8]) -> (loss: f32) {
    %y = nn.linear "fc" %x, 4
    // CHECK: :[[@LINE+1]]:10: error: `total` cannot stand here; level `graph` makes it, where a training step has `accumulate`
    %t = total %y
    %l = mean %t
    return %l
  }
  train @step minimizes @loss { optimize "*" with @own }
}
