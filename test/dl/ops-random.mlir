// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @random
dl.model @random {
  func @random(%x: f32[batch, 10], %r: i64[3]) {
    // CHECK: %v0 = dropout %x, 0.5 : f32[batch, 10]{{$}}
    %v0 = dropout %x, 0.5
    // CHECK: %v1 = dropout %x, 0.0 : f32[batch, 10]{{$}}
    %v1 = dropout %x, 0
    // CHECK: %v2 = dropout_mask %x, %r, 0.25, stream = "net.d" : f32[batch, 10]{{$}}
    %v2 = dropout_mask %x, %r, 0.25, stream = "net.d"
    return %x
  }
}
