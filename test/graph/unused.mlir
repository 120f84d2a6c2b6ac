// unused.mlir - what is written and has no effect: compiled, with a warning
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s -o %t.so 2>&1 | FileCheck %s --implicit-check-not=warning --implicit-check-not=error
// RUN: dlc %s --emit=import -o - 2>&1 | FileCheck %s --check-prefix=IMPORT --implicit-check-not=warning
// IMPORT: dl.model @unused
dl.model @unused {
  func private @net(%x: f32[rows, features]) {
    %a = nn.linear "a" %x, 3
    // CHECK: unused.mlir:[[#@LINE+1]]:10: warning: nothing that @net returns depends on this `nn.linear`; use its result, or leave it out
    %b = nn.linear "b" %a, 3
    %c = relu %b
    return %a
  }
  func @predict(%x: f32[batch, 4]) -> (y: f32[batch, 3]) {
    %y = call @net(%x)
    // CHECK: unused.mlir:[[#@LINE+1]]:10: warning: nothing that @predict returns depends on this `call`
    %z = call "other" @net(%x)
    return %y
  }
  func @loss(%x: f32[batch, 4], %t: f32[batch, 3]) -> (loss: f32, norm: f32) {
    %y = call @net(%x)
    %l = mse_loss %y, %t
    // A metric depends on it, and the loss does not.
    // CHECK: unused.mlir:[[#@LINE+1]]:10: warning: @step trains 'w', but its loss does not depend on it: the gradient is 0; `freeze` it, or use it
    %w = param "w" f32[3] = ones
    // CHECK-NOT: 'frozen'
    %v = param "frozen" f32[3] = ones
    %p = mul %w, %v
    %n = sum %p
    // CHECK: unused.mlir:[[#@LINE+1]]:10: warning: nothing that @loss returns depends on this `param`
    %u = param "u" f32[3] = ones
    %q = neg %u
    return %l, %n
  }
  train @step minimizes @loss {
    optimize "*" with @sgd
    freeze "frozen", "b.*", "u"
  }
  train @frozen minimizes @loss {
    // CHECK: unused.mlir:[[#@LINE+1]]:5: warning: this line optimizes nothing: lines below it match all its parameters, and the last one wins; move it below them, or leave it out
    optimize "a.weight" with @sgd
    freeze "*"
    optimize "a.*" with @sgd
  }
}
