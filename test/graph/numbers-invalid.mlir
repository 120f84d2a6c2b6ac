// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so
// Initial values are numbers of the parameter's type.
dl.model @numbers {
  func @f(%x: f32[batch, 4]) -> (y: f32[batch, 1], z: f64[4]) {
    // CHECK: numbers-invalid.mlir:[[#@LINE+1]]:10: error: 'a' = constant(1.0e39): 1.0e39 is no number of f32
    %a = param "a" f32[4] = constant(1.0e39)
    %b = param "b" f64[4] = constant(1.0e39)
    %c = add %a, %x
    // CHECK: numbers-invalid.mlir:[[#@LINE+1]]:10: error: 'c.weight' = normal(1.0e300): 1.0e300 is no number of f32
    %y = nn.linear "c" %c, 1, init = normal(1.0e300)
    return %y, %b
  }
}
