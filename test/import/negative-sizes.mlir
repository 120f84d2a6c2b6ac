// Sizes below 0 and counts below 1: each is told once, where it is written.
//
// RUN: split-file %s %t
// RUN: not dlc %t/number.mlir -o %t/m.so 2>&1 | FileCheck %t/number.mlir --implicit-check-not=error:
// RUN: not dlc %t/size.mlir -o %t/m.so 2>&1 | FileCheck %t/size.mlir --implicit-check-not=error:
// RUN: not dlc %t/given.mlir --size a=4 -o %t/m.so 2>&1 | FileCheck %t/given.mlir --implicit-check-not=error:
// RUN: not dlc %t/groups.mlir -o %t/m.so 2>&1 | FileCheck %t/groups.mlir --implicit-check-not=error:

//--- number.mlir
dl.model @m {
  func private @net(%x: f32[batch, 8]) {
    return %x
  }
  // CHECK: number.mlir:[[@LINE+2]]:16: error: sizes must be at least 0, found -8
  func @f(%x: f32[batch, 8]) -> (z: f32[batch, 8],
            y: f32[batch, -8]) {
    %z = call @net(%x)
    // CHECK: number.mlir:[[@LINE+1]]:5: error: result 2 of @f: expected f32[batch, -8], found %z : f32[batch, 8]
    return %z, %z
  }
}

//--- size.mlir
dl.model @m sizes(a = 4) {
  // CHECK: size.mlir:[[@LINE+1]]:11: error: argument %x of @f: size 'a - 8' is -4; expected at least 0
  func @f(%x: f32[batch, a - 8]) {
    %y = relu %x
    return %y
  }
}

//--- given.mlir
dl.model @m sizes(a = 9) {
  // CHECK: given.mlir:[[@LINE+1]]:11: error: argument %x of @f: size 'a - 8' is -4; expected at least 0
  func @f(%x: f32[batch, a - 8]) {
    %y = relu %x
    return %y
  }
}

//--- groups.mlir
dl.model @m {
  func @f(%x: f32[batch, 8, 8, 6]) {
    // CHECK: groups.mlir:[[@LINE+1]]:10: error: group_norm: groups: expected a number of at least 1, found 0
    %y = nn.group_norm "n" %x, 0
    // CHECK: groups.mlir:[[@LINE+1]]:10: error: conv2d: groups: expected a number of at least 1, found 0
    %c = nn.conv2d "c" %x, 8, kernel = 3, groups = 0
    // CHECK: groups.mlir:[[@LINE+1]]:10: error: group_norm: epsilon: expected a number of at least 0, found -1.0
    %z = nn.group_norm "m" %x, 2, epsilon = -1.0
    // CHECK: groups.mlir:[[@LINE+1]]:10: error: batch_norm: epsilon: expected a number of at least 0, found -1.0e-5
    %b = nn.batch_norm "b" %x, epsilon = -1.0e-5
    return %x
  }
}
