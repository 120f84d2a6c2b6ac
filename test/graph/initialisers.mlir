// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// Initialisers must be known and have the numbers that they need.
dl.model @initialisers {
  func @f(%x: f32[batch, 4]) -> (y: f32[batch, 1]) {
    // CHECK: initialisers.mlir:[[#@LINE+1]]:10: error: no initialiser is called 'orthogonal'; there are zeros, ones, constant, normal, uniform
    %a = param "a" f32[4] = orthogonal(1.0)
    // CHECK: initialisers.mlir:[[#@LINE+1]]:10: error: the initialiser 'normal' takes 1 number, found 0
    %b = nn.linear "b" %x, 4, init = normal
    %c = add %a, %b
    %y = nn.linear "c" %c, 1
    return %y
  }
  // CHECK: initialisers.mlir:[[#@LINE+1]]:3: error: the initialiser 'uniform' takes 2 numbers, found 1
  optimizer @mine(%w, %g) slots(%m = uniform(1.0)) {
    %w1 = sub %w, %g
    return %w1, %m
  }
}
