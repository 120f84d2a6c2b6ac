// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @norm sizes(half = 2)
dl.model @norm sizes(half = 2) {
  func @norm(%x: f32[batch, 4, 6], %w: f32[6]) {
    // CHECK: %v0 = softmax %x : f32[batch, 4, 6]{{$}}
    %v0 = softmax %x
    // CHECK: %v1 = softmax %x, axis = 1 : f32[batch, 4, 6]{{$}}
    %v1 = softmax %x, axis = 1
    // CHECK: %v2 = log_softmax %x : f32[batch, 4, 6]{{$}}
    %v2 = log_softmax %x
    // CHECK: %v3 = log_softmax %x, axis = -2 : f32[batch, 4, 6]{{$}}
    %v3 = log_softmax %x, axis = -2
    // CHECK: %v4 = layer_norm %x, %w, %w : f32[batch, 4, 6]{{$}}
    %v4 = layer_norm %x, %w, %w
    // CHECK: %v5 = layer_norm %x, %w, %w, epsilon = 1.0e-6 : f32[batch, 4, 6]{{$}}
    %v5 = layer_norm %x, %w, %w, epsilon = 1.0e-6
    // CHECK: %n, %s = normalize %x : f32[batch, 4, 6], f32[batch, 4, 1]{{$}}
    %n, %s = normalize %x
    // CHECK: %u0 = rms_norm %x, %w : f32[batch, 4, 6]{{$}}
    %u0 = rms_norm %x, %w
    // CHECK: %u1 = rms_norm %x, %w, epsilon = 1.0e-6 : f32[batch, 4, 6]{{$}}
    %u1 = rms_norm %x, %w, epsilon = 1.0e-6
    // CHECK: %u2 = group_norm %x, %w, %w, 3 : f32[batch, 4, 6]{{$}}
    %u2 = group_norm %x, %w, %w, 3
    // CHECK: %u3 = group_norm %x, %w, %w, half, epsilon = 0.5 : f32[batch, 4, 6]{{$}}
    %u3 = group_norm %x, %w, %w, half, epsilon = 0.5
    // CHECK: %u4 = instance_norm %x : f32[batch, 4, 6]{{$}}
    %u4 = instance_norm %x
    // CHECK: %u5 = instance_norm %x, epsilon = 0.5 : f32[batch, 4, 6]{{$}}
    %u5 = instance_norm %x, epsilon = 0.5
    // CHECK: %n1, %s1 = normalize %x, axes = [1, -1], epsilon = 0.5 : f32[batch, 4, 6], f32[batch, 1, 1]{{$}}
    %n1, %s1 = normalize %x, axes = [1, -1], epsilon = 0.5
    // CHECK: %n2, %s2 = normalize %x, axes = [0] : f32[batch, 4, 6], f32[1, 4, 6]{{$}}
    %n2, %s2 = normalize %x, axes = [0]
    return %x
  }
}
