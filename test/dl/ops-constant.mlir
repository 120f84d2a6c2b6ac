// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @constant
dl.model @constant {
  func @constant(%x: f32) {
    // CHECK: %v0 = constant f32 = 0.5{{$}}
    %v0 = constant f32 = 0.5
    // CHECK: %v1 = constant f32[2] = [1.0, 2.0]{{$}}
    %v1 = constant f32[2] = [1.0, 2.0]
    // CHECK: %v2 = constant f32[2, 2] = [1.0, 2.0, 3.0, 4.0]{{$}}
    %v2 = constant f32[2, 2] = [[1.0, 2.0], [3.0, 4.0]]
    // CHECK: %v3 = constant f32[3, 4] = 1.0{{$}}
    %v3 = constant f32[3, 4] = 1
    // CHECK: %v4 = constant i32[3] = [1, -2, 3]{{$}}
    %v4 = constant i32[3] = [1, -2, 3]
    // CHECK: %v5 = constant i64 = 7{{$}}
    %v5 = constant i64 = 7
    // CHECK: %v6 = constant ui8[2] = [0, 255]{{$}}
    %v6 = constant ui8[2] = [0, 255]
    // CHECK: %v7 = constant i1[2] = [1, 0]{{$}}
    %v7 = constant i1[2] = [true, false]
    // CHECK: %v8 = constant f64 = 1.0e-300{{$}}
    %v8 = constant f64 = 1.0e-300
    // CHECK: %v9 = constant f64 = 0.1{{$}}
    %v9 = constant f64 = 0.1
    // CHECK: %v9b = constant i64[2] = [9007199254740993, -9223372036854775808]{{$}}
    %v9b = constant i64[2] = [9007199254740993, -9223372036854775808]
    // CHECK: %v9c = constant f32 = -0.0{{$}}
    %v9c = constant f32 = -0
    // CHECK: %v9d = constant i32 = 300{{$}}
    %v9d = constant i32 = 3.0e2
    // CHECK: %v10 = constant f32[0] = []{{$}}
    %v10 = constant f32[0] = []
    // CHECK: %v11 = constant f32[batch, 2] = -3.25{{$}}
    %v11 = constant f32[batch, 2] = -3.25
    return %x
  }
}
