// in-place-slices.mlir - what a loop stacks up lies where slices lay that nothing reads any more
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --emit=loops -o %t.mlir && FileCheck %s < %t.mlir
// RUN: dlc %s --diff --quiet | FileCheck %s --check-prefix=DIFF
// A round must not read what another round has written over: planted, that is found.
// RUN: sed 's/slot [%]6 by \(.*\)-1, 4, -1/slot %%5 by \1-1, 3, -1/' %t.mlir > %t.wrong.mlir
// RUN: not dlc-opt --dl-to-plan %t.wrong.mlir 2>&1 | FileCheck %s --check-prefix=WRONG
// WRONG: error: the schedule writes over slices of a buffer that its loop uses elsewhere: this is a mistake in dlc
dl.model @m {
  func @f(%x: f32[4, 16], %y: f32[4, 16], %h0: f32[16]) -> (a: f32[4, 16], l: f32[16]) {
    %e = sin %x
    %g = exp %y
    %a, %l = scan (%p in %e along 0, %q in %g along 0) carry (%h = %h0) {
      %s = amax %h
      %n = mul %p, %s
      %m = add %n, %q
      yield %n carry %m
    }
    %o = amax %a
    %b = mul %a, %o
    return %b, %l
  }
  // Each slice is read after the round's result is made, or when the loop is over: no place for it.
  func @late(%x: f32[4, 16], %y: f32[4, 16], %h0: f32[16]) -> (b: f32[4, 16], l: f32[16]) {
    %e = sin %x
    %g = exp %y
    %a, %l = scan reverse (%p in %e along 0, %q in %g along 0) carry (%h = %h0) {
      %s = amax %h
      %n = mul %q, %s
      %t = amax %n
      %u = mul %p, %t
      %m = add %u, %q
      yield %n carry %m
    }
    %o = amax %a
    %b = mul %a, %o
    %c = add %b, %e
    return %c, %l
  }
}
// CHECK-LABEL: dl.schedule @f
// CHECK: run @{{k[0-9]+}}_sin(%{{.*}}) -> ([[E:%[0-9]+]])
// CHECK: loop
// CHECK-NEXT: [[P:%[0-9]+]] = slot [[E]] by [1]
// CHECK: run @{{k[0-9]+}}_mul_add([[P]], %{{.*}}) -> ([[P]], %{{.*}})
// CHECK: run @{{k[0-9]+}}_amax_mul([[E]])
// CHECK-LABEL: dl.schedule @late
// CHECK: loop
// CHECK-NEXT: [[P:%[0-9]+]] = slot
// CHECK-NEXT: [[Q:%[0-9]+]] = slot
// CHECK: [[N:%[0-9]+]] = slot %{{[0-9]+}} by [1](%arg0) of 16 {dl.values = array<i64: -1,
// CHECK: run @{{.*}}([[Q]]{{.*}}) -> ([[N]]
// DIFF: @f: {{.*}} agree
// DIFF: @late: {{.*}} agree
