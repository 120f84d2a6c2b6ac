// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @layers sizes(width = 16, half = width / 2)
dl.model @layers sizes(width = 16, half = width / 2) {
  // CHECK: func @layers(%x: f32[batch, 8], %i: i32[batch, 3])
  func @layers(%x: f32[batch, 8], %i: i32[batch, 3]) {
    // CHECK: %a = nn.linear "a" %x, 4 : f32[batch, 4]
    %a = nn.linear "a" %x, 4
    // CHECK: %b = nn.linear "b" %x, 3 * width : f32[batch, ?]
    %b = nn.linear "b" %x, 3 * width
    // CHECK: %c = nn.linear "c" %x, 4, bias = false, init = normal(0.02), weight = in_out : f32[batch, 4]
    %c = nn.linear "c" %x, 4, weight = in_out, bias = false, init = normal(0.02)
    // CHECK: %d = nn.linear "d" %x, 4, bias = true, init = uniform(-0.1, 0.1), weight = out_in : f32[batch, 4]
    %d = nn.linear "d" %x, 4, weight = out_in, bias = true, init = uniform(-0.1, 0.1)
    // CHECK: %e = nn.embedding "e" %i, 100, 12 : f32[batch, 3, 12]
    %e = nn.embedding "e" %i, 100, 12
    // CHECK: %f = nn.embedding "f" %i, 100, 12, init = zeros, type = f64 : f64[batch, 3, 12]
    %f = nn.embedding "f" %i, 100, 12, init = zeros, type = f64
    // CHECK: %g = nn.layer_norm "g" %x : f32[batch, 8]
    %g = nn.layer_norm "g" %x
    // CHECK: %h = nn.layer_norm "h" %x, epsilon = 1.0e-12 : f32[batch, 8]
    %h = nn.layer_norm "h" %x, epsilon = 1.0e-12
    // CHECK: %l = nn.rms_norm "l" %x, epsilon = 0.001 : f32[batch, 8]
    %l = nn.rms_norm "l" %x, epsilon = 1.0e-3
    // CHECK: %m = nn.group_norm "m" %x, half, epsilon = 0.5 : f32[batch, 8]
    %m = nn.group_norm "m" %x, half, epsilon = 0.5
    // CHECK: %n = nn.instance_norm "n" %e, affine, epsilon = 0.5 : f32[batch, 3, 12]
    %n = nn.instance_norm "n" %e, affine, epsilon = 0.5
    // CHECK: %j = nn.prelu "j" %x : f32[batch, 8]
    %j = nn.prelu "j" %x
    // CHECK: %k = nn.prelu "k" %x, init = zeros, num_parameters = half : f32[batch, 8]
    %k = nn.prelu "k" %x, num_parameters = half, init = zeros
    return %a
  }
  func @pictures(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4]) {
    // CHECK: %a = nn.conv2d "a" %x, 5, kernel = 3 : f32[batch, 7, 6, 5]
    %a = nn.conv2d "a" %x, 5, kernel = 3
    // CHECK: %b = nn.conv2d "b" %x, 6, bias = false, dilation = 2, groups = 2, init = zeros, kernel = [3, 1], padding = same, stride = [2, 1] : f32[batch, 5, 8, 6]
    %b = nn.conv2d "b" %x, 6, kernel = [3, 1], stride = [2, 1], padding = same, dilation = 2, groups = 2, bias = false, init = zeros
    // CHECK: %c = nn.conv1d "c" %s, 2 * width, kernel = 4, padding = {{\[}}[3, 0{{\]\]}} : f32[batch, 20, ?]
    %c = nn.conv1d "c" %s, 2 * width, kernel = 4, padding = [[3, 0]]
    return %a
  }
}
