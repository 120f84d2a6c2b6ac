// generators.mlir - what is made of places and numbers alone is made where it is read, and never stored.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --emit=kernels | FileCheck %s
// RUN: dlc-run diff %s --batch 3 --quiet | FileCheck %s --check-prefix=SAME
// RUN: dlc-run diff %s --batch 3 --batch-extent 2 -O0 --quiet | FileCheck %s --check-prefix=SAME
// SAME: @attend: {{.*}}agree
// SAME: @stored: {{.*}}agree
// SAME: @numbers: {{.*}}agree
// SAME: @two_places: {{.*}}agree
dl.model @generators {
  // A causal mask that two kernels read: each makes it, it is no argument of them, and no launch yields it.
  // CHECK-LABEL: kernel @k0
  // CHECK: iota
  // CHECK: iota
  // CHECK: le
  // CHECK: where
  // CHECK-LABEL: kernel @k1
  // CHECK: iota
  // CHECK: iota
  // CHECK: le
  // CHECK: where
  // CHECK-LABEL: entry function @attend
  // CHECK-NOT: i1[
  // CHECK: launch @k0
  // CHECK-NOT: i1[
  // CHECK: launch @k1
  // CHECK-NOT: i1[
  // CHECK: return
  func @attend(%s: f32[batch, 6, 6], %t: f32[batch, 6, 6]) -> (a: f32[batch, 6, 6]) {
    %column = iota %s, axis = 2
    %row = iota %s, axis = 1
    %seen = le %column, %row
    %u = where %seen, %s, -1.0e9
    %p = softmax %u
    %v = matmul %p, %t
    %y = where %seen, %v, 0.0
    return %y
  }

  // Where it must lie in memory it is stored, once.
  // CHECK-LABEL: entry function @stored
  // CHECK: %m, %z = launch @k{{[0-9]+}}_cast_mul(%x) : f32[6, 6], f32[6, 6]
  // CHECK: launch @k{{[0-9]+}}_matmul(%x, %m)
  func @stored(%x: f32[6, 6]) -> (y: f32[6, 6], z: f32[6, 6]) {
    %column = iota %x, axis = 1
    %row = iota %x, axis = 0
    %seen = le %column, %row
    %m = cast %seen, f32
    %y = matmul %x, %m
    %z = mul %x, %m
    return %y, %z
  }

  // A number that is given is converted by the kernel that reads it.
  // CHECK-LABEL: entry function @numbers
  // CHECK: launch
  // CHECK-NOT: launch
  // CHECK: return
  func @numbers(%x: f32[batch, 5], %a: f64) -> (y: f32[batch, 5]) {
    %b = sub 1.0, %a
    %c = cast %b, f32
    %y = mul %x, %c
    return %y
  }

  // One generator that is read at two places, itself and transposed: each is made where it is right.
  func @two_places(%x: f32[4, 4]) -> (y: f32[4, 4]) {
    %i = iota %x, axis = 0
    %j = mul %i, 2
    %k = transpose %j, [1, 0]
    %f = cast %j, f32
    %g = cast %k, f32
    %h = sub %f, %g
    %y = mul %x, %h
    return %y
  }
}
