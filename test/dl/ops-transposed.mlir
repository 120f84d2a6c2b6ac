// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @transposed
dl.model @transposed sizes(wide = 3) {
  func @transposed(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %w: f32[4, 6, 3, 3], %u: f32[4, 5, 2]) {
    // CHECK: %v0 = conv2d_transpose %x, %w : f32[batch, 11, 10, 6]{{$}}
    %v0 = conv2d_transpose %x, %w
    // CHECK: %v1 = conv2d_transpose %x, %w, output_padding = 1, padding = 1, stride = 2 : f32[batch, 18, 16, 6]{{$}}
    %v1 = conv2d_transpose %x, %w, stride = 2, padding = 1, output_padding = 1
    // CHECK: %v2 = conv2d_transpose %x, %w, dilation = [2, 1], groups = 2, padding = {{\[}}[1, 2], [0, 3{{\]\]}}, stride = [1, wide] : f32[batch, ?, ?, 12]{{$}}
    %v2 = conv2d_transpose %x, %w, stride = [1, wide], padding = [[1, 2], [0, 3]], dilation = [2, 1], groups = 2
    // CHECK: %v3 = conv1d_transpose %s, %u, dilation = 4 : f32[batch, 24, 5]{{$}}
    %v3 = conv1d_transpose %s, %u, dilation = 4
    // CHECK: %v4 = nn.conv2d_transpose "a" %x, 5, kernel = 3 : f32[batch, 11, 10, 5]{{$}}
    %v4 = nn.conv2d_transpose "a" %x, 5, kernel = 3
    // CHECK: %v5 = nn.conv2d_transpose "b" %x, 6, bias = false, dilation = 2, groups = 2, init = zeros, kernel = [3, 1], output_padding = [1, 0], padding = 1, stride = [2, 1] : f32[batch, 20, 6, 6]{{$}}
    %v5 = nn.conv2d_transpose "b" %x, 6, kernel = [3, 1], stride = [2, 1], padding = 1, output_padding = [1, 0], dilation = 2, groups = 2, bias = false, init = zeros
    // CHECK: %v6 = nn.conv1d_transpose "c" %s, 2 * wide, kernel = 4 : f32[batch, 23, ?]{{$}}
    %v6 = nn.conv1d_transpose "c" %s, 2 * wide, kernel = 4
    return %x
  }
}
