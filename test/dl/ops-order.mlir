// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @order
dl.model @order sizes(few = 3) {
  func @order(%x: f32[batch, 10, 4], %i: ui8[batch, 7], %c: f64[batch]) {
    // CHECK: %v0 = cumsum %x : f32[batch, 10, 4]{{$}}
    %v0 = cumsum %x
    // CHECK: %v1 = cumsum %i, axis = -1, exclusive, reverse : i64[batch, 7]{{$}}
    %v1 = cumsum %i, reverse, exclusive, axis = -1
    // CHECK: %v2 = cumsum %c, axis = 0 : f64[batch]{{$}}
    %v2 = cumsum %c, axis = 0
    // CHECK: %v3, %p3 = topk %x, 2 : f32[batch, 10, 2], i64[batch, 10, 2]{{$}}
    %v3, %p3 = topk %x, 2
    // CHECK: %v4, %p4 = topk %i, few, axis = 1, smallest : ui8[batch, ?], i64[batch, ?]{{$}}
    %v4, %p4 = topk %i, few, smallest, axis = 1
    // CHECK: %v5, %p5 = sort %x, axis = 1, descending : f32[batch, 10, 4], i64[batch, 10, 4]{{$}}
    %v5, %p5 = sort %x, axis = 1, descending
    // CHECK: %v6 = argsort %i : i64[batch, 7]{{$}}
    %v6 = argsort %i
    // CHECK: %v7 = flip %x : f32[batch, 10, 4]{{$}}
    %v7 = flip %x
    // CHECK: %v8 = flip %i, axes = [0, -1] : ui8[batch, 7]{{$}}
    %v8 = flip %i, axes = [0, -1]
    // CHECK: %v9 = one_hot %i, 10, f32 : f32[batch, 7, 10]{{$}}
    %v9 = one_hot %i, 10, f32
    // CHECK: %v10 = one_hot %i, few, i1 : i1[batch, 7, ?]{{$}}
    %v10 = one_hot %i, few, i1
    return %x
  }
}
