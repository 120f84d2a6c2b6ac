// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s --implicit-check-not=error:
// RUN: sed 's/rellu/relu/; s/matmull/matmul/' %s > %t.mlir
// RUN: not dlc %t.mlir -o %t.so 2>&1 | FileCheck %s --check-prefix=GRAPH --implicit-check-not=error:

// What no mistake touches is checked to the end: sizes, gradients, patterns, readers of parameters.
dl.model @untouched {
  func private @wrong(%x: f32[rows, features]) {
    // CHECK: [[@LINE+2]]:10: error: nothing reads the parameter 'p'; use its value, or leave it out
    // GRAPH: [[@LINE+1]]:10: error: nothing reads the parameter 'p'; use its value, or leave it out
    %p = param "p" f32[4] = zeros
    // The line that would read it cannot be read.
    %q = param "q" f32[4] = ones
    // CHECK: [[@LINE+1]]:10: error: no op is called 'rellu'; did you mean 'relu'?
    %a = rellu %q
    %h = nn.linear "l" %x, 8
    // GRAPH: [[@LINE+1]]:10: error: reshape: %h : f32[batch, 8] has 8 * batch elements, f32[5, 7] has 35
    %c = reshape %h, [5, 7]
    // CHECK: [[@LINE+2]]:10: error: no op is called 'matmull'; did you mean 'matmul'?
    // GRAPH: [[@LINE+1]]:10: error: matmul: %h : f32[batch, 8] has 8 to sum over, %h : f32[batch, 8] has batch
    %d = matmull %h, %h
    return %h
  }
  func @predict(%x: f32[batch, 4]) {
    %y = call @wrong(%x)
    return %y
  }

  func private @right(%x: f32[rows, features]) {
    %h = nn.linear "m" %x, 8
    // CHECK: [[@LINE+2]]:10: error: reshape: %h : f32[batch, 8] has 8 * batch elements, f32[3, batch] has 3 * batch
    // GRAPH: [[@LINE+1]]:10: error: reshape: %h : f32[batch, 8] has 8 * batch elements, f32[3, batch] has 3 * batch
    %d = reshape %h, [3, batch]
    // CHECK: [[@LINE+2]]:10: error: sizes differ: %h : f32[batch, 8] and %x : f32[batch, 4]: 8 against 4, axis -1
    // GRAPH: [[@LINE+1]]:10: error: sizes differ: %h : f32[batch, 8] and %x : f32[batch, 4]: 8 against 4, axis -1
    %e = add %h, %x
    %f = relu %e
    return %f
  }
  func @apart(%x: f32[batch, 4]) {
    %y = call @right(%x)
    return %y
  }

  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %w = param "w" f32[4] = ones
    %z = mul %x, %w
    // CHECK: [[@LINE+2]]:10: error: the loss depends on 'w' only through `argmax`, which has no derivative
    // GRAPH: [[@LINE+1]]:10: error: the loss depends on 'w' only through `argmax`, which has no derivative
    %i = argmax %z, axis = 1
    %f = cast %i, f32
    %y = sum %f
    return %y
  }
  train @t minimizes @loss {
    optimize "*" with @sgd
    // CHECK: [[@LINE+2]]:5: error: pattern "q*" matches no parameter; there are w
    // GRAPH: [[@LINE+1]]:5: error: pattern "q*" matches no parameter; there are w
    freeze "q*"
  }
}
