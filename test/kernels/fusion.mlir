// fusion.mlir - what one kernel makes it reads at the point itself: products, lookups and rows that look tempting to fuse.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 4 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 4 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run call %t.so own_factor --input x=[[1,2],[3,4]] | FileCheck %s --check-prefix=FACTOR
// RUN: dlc-run call %t.so first --input x=[[0,0],[1,1]] | FileCheck %s --check-prefix=FIRST
// RUN: dlc-run call %t.so one --input x=[[[3]],[[4]]] | FileCheck %s --check-prefix=ONE
// RUN: dlc-run call %t.so constants --input i=[1,0] | FileCheck %s --check-prefix=CONSTANTS
// RUN: dlc-run call %t.so pieces --input x=[0,0,0] --input y=[[0,0,0],[0,0,0]] | FileCheck %s --check-prefix=PIECES
// RUN: dlc-run call %t.0.so pieces --input x=[0,0,0] --input y=[[0,0,0],[0,0,0]] | FileCheck %s --check-prefix=PIECES
dl.model @fusion {
  // A product of what also stands beside its result.
  // FACTOR: [7, 20],
  // FACTOR: [45, 88]
  func @own_factor(%x: f32[batch, 2]) -> (y: f32[batch, 2]) {
    %w = constant f32[2, 2] = [[1.0, 2.0], [3.0, 4.0]]
    %a = neg %x
    %m = matmul %a, %w
    %y = mul %m, %a
    return %y
  }
  // The first of several is not what stands at the point.
  // FIRST: [0.5, 0.5]
  func @first(%x: f32[batch, 2]) -> (y: f32[batch]) {
    %s = softmax %x
    %y = select %s, axis = 1, index = 0
    return %y
  }
  // Rows read the one element that a softmax runs over.
  // ONE: a: f64[2, 1, 1] =
  // ONE-NEXT: {{\[\[\[1\]\],$}}
  // ONE: b: f64[2, 1, 1] =
  // ONE-NEXT: {{\[\[\[9\]\],$}}
  // ONE-NEXT: {{\[\[16\]\]\]$}}
  func @one(%x: f32[batch, 1, 1]) -> (a: f32[batch, 1, 1], b: f32[batch, 1, 1]) {
    %a = softmax %x
    %t = transpose %x, [0, 2, 1]
    %b = mul %t, %t
    return %a, %b
  }
  // What is made from nothing lies in memory where a product or a lookup reads it.
  // CONSTANTS: p: f64[2, 3] =
  // CONSTANTS-NEXT: {{\[\[6, 6, 6\],$}}
  // CONSTANTS: q: f64[2, 2] =
  // CONSTANTS-NEXT: {{\[\[0, 1\],$}}
  func @constants(%i: i32[batch]) -> (p: f32[2, 3], q: f32[batch, 2]) {
    %a = constant f32[2, 4] = 1.5
    %b = constant f32[4, 3] = 1.0
    %p = matmul %a, %b
    %n = iota %p
    %f = cast %n, f32
    %s = slice %f, axis = 1, size = 2
    %c = constant f32[5, 2] = 2.0
    %g = gather %c, %i
    %r = gather %s, %i
    %d = sub %g, %g
    %q = add %d, %r
    return %p, %q
  }
  // Pieces of what is made from nothing.
  // PIECES: a: f64[2] = [1, 2]
  // PIECES: b: f64[2] = [3, 4]
  // PIECES: c: f64[3] = [2, 2, 2]
  func @pieces(%x: f32[3], %y: f32[2, 3]) -> (a: f32[2], b: f32[2], c: f32[3]) {
    %i = iota %x
    %s = slice %i, axis = 0, start = 1, size = 2
    %a = cast %s, f32
    %l = constant f32[2, 2] = [[1.0, 2.0], [3.0, 4.0]]
    %b = select %l, axis = 0, index = 1
    %j = iota %y, axis = 0
    %t = select %j, axis = 0, index = 1
    %u = add %t, %t
    %c = cast %u, f32
    return %a, %b, %c
  }
  func @loss(%x: f32[batch, 5, 3, 3], %v: f32[batch, 5, 3, 7], %c: f32[16, 4]) -> (loss: f32) {
    %a = nn.linear "a" %v, 3
    %t = tanh %a
    %m = matmul %x, %t
    %p = param "p" f32[4, 4] = uniform(-0.9, 0.9)
    %k = clamp %c, min = -0.25
    %n = matmul %k, %p
    %o = mul %n, %k
    %s = sum %p, axes = [1]
    %l0 = mean %a
    %l1 = mean %m
    %l2 = mean %o
    %l3 = mean %s
    %l4 = add %l0, %l1
    %l5 = add %l2, %l3
    %loss = add %l4, %l5
    return %loss
  }
  train @t minimizes @loss {
    optimize "*" with @adam
  }
}
