// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @matmul
dl.model @matmul {
  func @matmul(%x: f32[batch, 4, 6], %w: f32[6, 8], %d: f64[2, 3], %y: f32[batch, 6, 5], %q: f32[batch, 6]) {
    // CHECK: %v0 = matmul %x, %w : f32[batch, 4, 8]{{$}}
    %v0 = matmul %x, %w
    // CHECK: %v1 = matmul %q, %w : f32[batch, 8]{{$}}
    %v1 = matmul %q, %w
    // CHECK: %v2 = matmul %x, %y : f32[batch, 4, 5]{{$}}
    %v2 = matmul %x, %y
    // CHECK: %v3 = matmul %w, %w, transpose_a : f32[8, 8]{{$}}
    %v3 = matmul %w, %w, transpose_a
    // CHECK: %v4 = matmul %w, %w, transpose_b : f32[6, 6]{{$}}
    %v4 = matmul %w, %w, transpose_b
    // CHECK: %v5 = matmul %q, %q, transpose_a : f32[6, 6]{{$}}
    %v5 = matmul %q, %q, transpose_a
    // CHECK: %v6 = matmul %q, %q, transpose_b : f32[batch, batch]{{$}}
    %v6 = matmul %q, %q, transpose_b
    // CHECK: %v7 = matmul %d, %d, transpose_a : f64[3, 3]{{$}}
    %v7 = matmul %d, %d, transpose_a
    // CHECK: %v8 = matmul %y, %x, transpose_a, transpose_b : f32[batch, 5, 4]{{$}}
    %v8 = matmul %y, %x, transpose_a, transpose_b
    return %x
  }
}
