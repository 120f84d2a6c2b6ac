// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @activation
dl.model @activation {
  func @activation(%x: f32[batch, 7], %d: f64[3, 7], %w: f32[7], %s: f32, %o: f64[1]) {
    // CHECK: %v0 = relu6 %x : f32[batch, 7]{{$}}
    %v0 = relu6 %x
    // CHECK: %v1 = hardsigmoid %x : f32[batch, 7]{{$}}
    %v1 = hardsigmoid %x
    // CHECK: %v2 = hardswish %x : f32[batch, 7]{{$}}
    %v2 = hardswish %x
    // CHECK: %v3 = elu %x : f32[batch, 7]{{$}}
    %v3 = elu %x
    // CHECK: %v4 = elu %x, alpha = 0.5 : f32[batch, 7]{{$}}
    %v4 = elu %x, alpha = 0.5
    // CHECK: %v5 = celu %x : f32[batch, 7]{{$}}
    %v5 = celu %x
    // CHECK: %v6 = celu %d, alpha = -1.5 : f64[3, 7]{{$}}
    %v6 = celu %d, alpha = -1.5
    // CHECK: %v7 = selu %d : f64[3, 7]{{$}}
    %v7 = selu %d
    // CHECK: %v8 = mish %x : f32[batch, 7]{{$}}
    %v8 = mish %x
    // CHECK: %v9 = prelu %x, %w : f32[batch, 7]{{$}}
    %v9 = prelu %x, %w
    // CHECK: %v10 = prelu %x, %s : f32[batch, 7]{{$}}
    %v10 = prelu %x, %s
    // CHECK: %v11 = prelu %d, %o : f64[3, 7]{{$}}
    %v11 = prelu %d, %o
    return %x
  }
}
