// winograd.mlir - which convolutions become products of tiles, and what they become
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --winograd --batch 1 --emit=layout -o %t.mlir && dlc-opt --dl-decompose --dl-winograd --dl-simplify %t.mlir | FileCheck %s
// RUN: dlc %s --batch 1 --emit=kernels -o - | FileCheck %s --check-prefix=OFF --implicit-check-not='f32[6, 6'
// RUN: dlc %s --winograd --batch 1 --target v3 --emit=kernels | FileCheck %s --check-prefix=FUSED
// RUN: dlc %s --winograd --batch 1 --target v4 --emit=kernels | FileCheck %s --check-prefix=FUSED
//
// What becomes of each convolution is said, and why; without the option nothing is.
// RUN: dlc %s --winograd --batch 1 --emit=kernels -o %t.k.mlir 2>&1 | FileCheck %s --check-prefix=WHY --implicit-check-not=remark:
// RUN: dlc %s --batch 1 --emit=kernels -o %t.k.mlir 2>&1 | count 0
//
// One border is made for the picture and for what the last tiles read; bias and relu are done on tiles.
// CHECK-LABEL: @four
// CHECK: [[P:%.+]] = pad %x, high = [0, 3, 1, 0], low = [0, 1, 1, 0] : f32[batch, 58, 58, 64]
// CHECK: [[B:%.+]] = constant f32[6, 6, 6, 6]
// CHECK: [[V:%.+]] = contract [[B]], [[P]], kept = 6, {{.*}} over = [6, 6, batch, 14, 14, 64, 6, 6], rhs_map = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d2, d3 * 4 + d6, d4 * 4 + d7, d5)> : f32[6, 6, batch, 14, 14, 64]
// CHECK: [[G:%.+]] = constant f32[6, 6, 3, 3]
// CHECK: [[U:%.+]] = contract [[G]], {{.*}}, kept = 4, {{.*}} over = [6, 6, 64, 64, 3, 3], {{.*}} : f32[6, 6, 64, 64]
// CHECK: [[Q:%.+]] = contract [[V]], [[U]], kept = 6, {{.*}} over = [6, 6, batch, 14, 14, 64, 64], {{.*}} : f32[6, 6, batch, 14, 14, 64]
// CHECK: [[A:%.+]] = constant f32[4, 4, 6, 6]
// CHECK: [[Z:%.+]] = contract [[A]], [[Q]], kept = 6, {{.*}} over = [batch, 14, 4, 14, 4, 64, 6, 6], {{.*}} : f32[batch, 14, 4, 14, 4, 64]
// CHECK: [[S:%.+]] = add [[Z]], %b : f32[batch, 14, 4, 14, 4, 64]
// CHECK: [[R:%.+]] = relu [[S]] : f32[batch, 14, 4, 14, 4, 64]
// CHECK: [[W:%.+]] = reshape [[R]], [batch, 56, 56, 64]
// CHECK: = slice [[W]], {{.*}}size = 54{{.*}} : f32[batch, 54, 56, 64]
// FUSED: kernel @{{.*}}_contract_add_relu({{.*}}) -> (f32[batch, 14, 4, 14, 4, 64])
// OFF: contract_add_relu
dl.model @winograd {
  func @four(%x: f32[batch, 54, 56, 64], %w: f32[64, 64, 3, 3], %b: f32[64]) -> (y: f32[batch, 54, 56, 64]) {
    // WHY: :[[@LINE+1]]:10: remark: --winograd: in tiles of 4 x 4; predicted shares of its cost: 2 x 2 0.{{[0-9][0-9]}}, 4 x 4 0.{{[0-9][0-9]}}; it has to be below 0.90
    %z = conv2d %x, %w, padding = 1
    %a = add %z, %b
    %y = relu %a
    return %y
  }
  // Few tiles against the work on filters: those of 2 x 2 need less of it.
  // CHECK-LABEL: @two
  // CHECK: contract {{.*}} : f32[4, 4, batch, 7, 7, 256]
  func @two(%x: f32[batch, 14, 14, 256], %w: f32[256, 256, 3, 3]) -> (y: f32[batch, 14, 14, 256]) {
    // WHY: :[[@LINE+1]]:10: remark: --winograd: in tiles of 2 x 2; predicted shares of its cost: 2 x 2 0.66, 4 x 4 1.25; it has to be below 0.90
    %y = conv2d %x, %w, padding = 1
    return %y
  }
  // Fewer still: it does not pay.
  // CHECK-LABEL: @few
  // CHECK: contract {{.*}}, kept = 4, {{.*}} over = [batch, 7, 7, 256, 3, 3, 256]
  func @few(%x: f32[batch, 7, 7, 256], %w: f32[256, 256, 3, 3]) -> (y: f32[batch, 7, 7, 256]) {
    // WHY: :[[@LINE+1]]:10: remark: --winograd: a direct convolution; predicted shares of its cost: 2 x 2 {{[0-9.]+}}, 4 x 4 {{[0-9.]+}}; it has to be below 0.90
    %y = conv2d %x, %w, padding = 1
    return %y
  }
  // Few channels: transforms are most of the work.
  // CHECK-LABEL: @thin
  // CHECK: contract {{.*}}, kept = 4, {{.*}} over = [batch, 56, 56, 64, 3, 3, 3]
  func @thin(%x: f32[batch, 56, 56, 3], %w: f32[64, 3, 3, 3]) -> (y: f32[batch, 56, 56, 64]) {
    // WHY: :[[@LINE+1]]:10: remark: --winograd: a direct convolution; predicted shares of its cost:
    %y = conv2d %x, %w, padding = 1
    return %y
  }
  // What is no convolution of 3 x 3 by steps of one.
  // CHECK-LABEL: @others
  // CHECK: contract {{.*}}, kept = 4, {{.*}} over = [batch, 28, 28, 64, 3, 3, 64]
  // CHECK: contract {{.*}}, kept = 4, {{.*}} over = [batch, 56, 56, 64, 3, 3, 64]
  // CHECK: contract {{.*}}, kept = 4, {{.*}} over = [batch, 56, 56, 64, 5, 3, 64]
  // CHECK: contract {{.*}}, kept = 5, {{.*}} over = [batch, 56, 56, 2, 32, 3, 3, 32]
  func @others(%x: f32[batch, 56, 56, 64], %w: f32[64, 64, 3, 3], %l: f32[64, 64, 5, 3], %g: f32[64, 32, 3, 3]) -> (a: f32[batch, 28, 28, 64], b: f32[batch, 56, 56, 64], c: f32[batch, 56, 56, 64], d: f32[batch, 56, 56, 64]) {
    // WHY: :[[@LINE+1]]:10: remark: --winograd: a direct convolution; its windows move by more than one place, and it is for 3 x 3 by steps of one
    %a = conv2d %x, %w, stride = 2, padding = 1
    // WHY: :[[@LINE+1]]:10: remark: --winograd: a direct convolution; the elements of its windows do not lie side by side, and it is for 3 x 3 by steps of one
    %b = conv2d %x, %w, padding = 2, dilation = 2
    // WHY: :[[@LINE+1]]:10: remark: --winograd: a direct convolution; its windows have 5 x 3 elements, and it is for 3 x 3 by steps of one
    %c = conv2d %x, %l, padding = [2, 1]
    // WHY: :[[@LINE+1]]:10: remark: --winograd: a direct convolution; its channels are in groups, or its size is open, and it is for 3 x 3 by steps of one
    %d = conv2d %x, %g, padding = 1, groups = 2
    return %a, %b, %c, %d
  }
}
