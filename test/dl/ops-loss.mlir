// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @loss
dl.model @loss {
  func @loss(%x: f32[batch, 10], %l: i32[batch], %k: i64[batch], %u: ui8[batch], %p: f32[batch, 10], %d: f64[batch, 3, 10], %m: i32[batch, 3]) {
    // CHECK: %v0 = cross_entropy %x, %l : f32{{$}}
    %v0 = cross_entropy %x, %l
    // CHECK: %v1 = cross_entropy %x, %k : f32{{$}}
    %v1 = cross_entropy %x, %k
    // CHECK: %v2 = cross_entropy %x, %u : f32{{$}}
    %v2 = cross_entropy %x, %u
    // CHECK: %v3 = cross_entropy %x, %l, ignore_index = -100 : f32{{$}}
    %v3 = cross_entropy %x, %l, ignore_index = -100
    // CHECK: %v4 = cross_entropy %x, %l, ignore_index = 3, label_smoothing = 0.1 : f32{{$}}
    %v4 = cross_entropy %x, %l, ignore_index = 3, label_smoothing = 0.1
    // CHECK: %v5 = cross_entropy %x, %p : f32{{$}}
    %v5 = cross_entropy %x, %p
    // CHECK: %v6 = cross_entropy %x, %p, label_smoothing = 0.1 : f32{{$}}
    %v6 = cross_entropy %x, %p, label_smoothing = 0.1
    // CHECK: %v7 = cross_entropy %d, %m : f64{{$}}
    %v7 = cross_entropy %d, %m
    // CHECK: %v8 = mse_loss %x, %p : f32{{$}}
    %v8 = mse_loss %x, %p
    // CHECK: %v9 = accuracy %x, %l : f32{{$}}
    %v9 = accuracy %x, %l
    // CHECK: %v10 = accuracy %x, %l, k = 5 : f32{{$}}
    %v10 = accuracy %x, %l, k = 5
    // CHECK: %v11 = accuracy %d, %m : f64{{$}}
    %v11 = accuracy %d, %m
    return %x
  }
}
