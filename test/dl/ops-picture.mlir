// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @picture
dl.model @picture sizes(wide = 3) {
  func @picture(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %v: f32[batch, 5, 6, 7, 2], %w: f32[6, 4, 3, 3], %g: f32[8, 1, 3, 2], %u: f32[5, 4, 3], %t: f32[3, 2, 2, 2, 2]) {
    // CHECK: %v0 = conv2d %x, %w : f32[batch, 7, 6, 6]{{$}}
    %v0 = conv2d %x, %w
    // CHECK: %v1 = conv2d %x, %w, padding = same, stride = 2 : f32[batch, 5, 4, 6]{{$}}
    %v1 = conv2d %x, %w, stride = 2, padding = same
    // CHECK: %v2 = conv2d %x, %w, dilation = [2, 1], padding = {{\[}}[1, 2], [0, 3{{\]\]}}, stride = [1, wide] : f32[batch, ?, ?, 6]{{$}}
    %v2 = conv2d %x, %w, stride = [1, wide], padding = [[1, 2], [0, 3]], dilation = [2, 1]
    // CHECK: %v3 = conv2d %x, %g, groups = 4, padding = 1 : f32[batch, 9, 9, 8]{{$}}
    %v3 = conv2d %x, %g, groups = 4, padding = 1
    // CHECK: %v4 = conv1d %s, %u, padding = valid, stride = 4 : f32[batch, 5, 5]{{$}}
    %v4 = conv1d %s, %u, stride = 4, padding = valid
    // CHECK: %v5 = conv3d %v, %t, padding = [0, 1, 0] : f32[batch, 4, 7, 6, 3]{{$}}
    %v5 = conv3d %v, %t, padding = [0, 1, 0]
    // CHECK: %v6 = max_pool %x, 2 : f32[batch, 4, 4, 4]{{$}}
    %v6 = max_pool %x, 2
    // CHECK: %v7 = max_pool %x, [3, 2], ceil_mode, padding = 1, stride = 2 : f32[batch, 5, 5, 4]{{$}}
    %v7 = max_pool %x, [3, 2], stride = 2, padding = 1, ceil_mode
    // CHECK: %v8 = max_pool %s, 3, dilation = 2 : f32[batch, 6, 4]{{$}}
    %v8 = max_pool %s, 3, dilation = 2
    // CHECK: %v9 = avg_pool %x, 3, count_include_pad = false, padding = 1, stride = 2 : f32[batch, 5, 4, 4]{{$}}
    %v9 = avg_pool %x, 3, stride = 2, padding = 1, count_include_pad = false
    // CHECK: %v10 = flatten %x : f32[batch, 288]{{$}}
    %v10 = flatten %x
    // CHECK: %v11 = flatten %x, axis = 2 : f32[batch, 9, 32]{{$}}
    %v11 = flatten %x, axis = 2
    return %v0
  }
}
