// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @unary
dl.model @unary {
  // CHECK: func @floats_f32(%x: f32[batch, 7])
  func @floats_f32(%x: f32[batch, 7]) {
    // CHECK-NEXT: %v0 = exp %x : f32[batch, 7]
    %v0 = exp %x
    // CHECK-NEXT: %v1 = log %x : f32[batch, 7]
    %v1 = log %x
    // CHECK-NEXT: %v2 = sin %x : f32[batch, 7]
    %v2 = sin %x
    // CHECK-NEXT: %v3 = cos %x : f32[batch, 7]
    %v3 = cos %x
    // CHECK-NEXT: %v4 = erf %x : f32[batch, 7]
    %v4 = erf %x
    // CHECK-NEXT: %v5 = sqrt %x : f32[batch, 7]
    %v5 = sqrt %x
    // CHECK-NEXT: %v6 = rsqrt %x : f32[batch, 7]
    %v6 = rsqrt %x
    // CHECK-NEXT: %v7 = tanh %x : f32[batch, 7]
    %v7 = tanh %x
    // CHECK-NEXT: %v8 = sigmoid %x : f32[batch, 7]
    %v8 = sigmoid %x
    // CHECK-NEXT: %v9 = silu %x : f32[batch, 7]
    %v9 = silu %x
    // CHECK-NEXT: %v10 = softplus %x : f32[batch, 7]
    %v10 = softplus %x
    // CHECK-NEXT: %v11 = neg %x : f32[batch, 7]
    %v11 = neg %x
    // CHECK-NEXT: %v12 = abs %x : f32[batch, 7]
    %v12 = abs %x
    // CHECK-NEXT: %v13 = relu %x : f32[batch, 7]
    %v13 = relu %x
    return %v0
  }
  // CHECK: func @floats_f64(%x: f64[batch, 7])
  func @floats_f64(%x: f64[batch, 7]) {
    // CHECK-NEXT: %v0 = exp %x : f64[batch, 7]
    %v0 = exp %x
    // CHECK-NEXT: %v1 = log %x : f64[batch, 7]
    %v1 = log %x
    // CHECK-NEXT: %v2 = sin %x : f64[batch, 7]
    %v2 = sin %x
    // CHECK-NEXT: %v3 = cos %x : f64[batch, 7]
    %v3 = cos %x
    // CHECK-NEXT: %v4 = erf %x : f64[batch, 7]
    %v4 = erf %x
    // CHECK-NEXT: %v5 = sqrt %x : f64[batch, 7]
    %v5 = sqrt %x
    // CHECK-NEXT: %v6 = rsqrt %x : f64[batch, 7]
    %v6 = rsqrt %x
    // CHECK-NEXT: %v7 = tanh %x : f64[batch, 7]
    %v7 = tanh %x
    // CHECK-NEXT: %v8 = sigmoid %x : f64[batch, 7]
    %v8 = sigmoid %x
    // CHECK-NEXT: %v9 = silu %x : f64[batch, 7]
    %v9 = silu %x
    // CHECK-NEXT: %v10 = softplus %x : f64[batch, 7]
    %v10 = softplus %x
    // CHECK-NEXT: %v11 = neg %x : f64[batch, 7]
    %v11 = neg %x
    // CHECK-NEXT: %v12 = abs %x : f64[batch, 7]
    %v12 = abs %x
    // CHECK-NEXT: %v13 = relu %x : f64[batch, 7]
    %v13 = relu %x
    return %v0
  }
  func @integers(%x: i32[batch, 7], %y: i64[3], %z: ui8[3]) {
    // CHECK: %v0 = neg %x : i32[batch, 7]
    %v0 = neg %x
    // CHECK: %v1 = neg %y : i64[3]
    %v1 = neg %y
    // CHECK: %v2 = neg %z : ui8[3]
    %v2 = neg %z
    // CHECK: %v3 = abs %x : i32[batch, 7]
    %v3 = abs %x
    // CHECK: %v4 = abs %y : i64[3]
    %v4 = abs %y
    // CHECK: %v5 = abs %z : ui8[3]
    %v5 = abs %z
    // CHECK: %v6 = relu %x : i32[batch, 7]
    %v6 = relu %x
    // CHECK: %v7 = relu %y : i64[3]
    %v7 = relu %y
    // CHECK: %v8 = relu %z : ui8[3]
    %v8 = relu %z
    return %v0
  }
  func @options(%x: f32[batch, 7], %s: f32) {
    // CHECK: %a = leaky_relu %x : f32[batch, 7]
    %a = leaky_relu %x
    // CHECK: %b = leaky_relu %x, slope = 0.2 :
    %b = leaky_relu %x, slope = 0.2
    // CHECK: %c = gelu %x : f32[batch, 7]
    %c = gelu %x
    // CHECK: %d = gelu %x, tanh :
    %d = gelu %x, tanh
    // CHECK: %e = clamp %x, max = 6, min = 0 :
    %e = clamp %x, min = 0, max = 6
    // CHECK: %f = clamp %x, min = -0.001 :
    %f = clamp %x, min = -1.0e-3
    // CHECK: %g = exp %s : f32
    %g = exp %s
    return %a
  }
}
