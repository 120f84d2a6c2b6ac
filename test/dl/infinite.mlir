// Numbers that are written as words, and printed so.
// RUN: dlc %s --emit=graph | FileCheck %s
// RUN: dlc %s --emit=graph -o %t.mlir && dlc %t.mlir -o %t.so && dlc %s -o %t.2.so && cmp %t.so %t.2.so
dl.model @m {
  func @f(%x: f32[batch, 2]) -> (y: f32[batch, 2], z: f32[batch, 2]) {
    %low = constant f32 = -inf
    %none = constant f32 = nan
    %p = gt %x, 0
    // CHECK-DAG: constant f32 = -inf
    // CHECK-DAG: constant f32 = nan
    %a = where %p, %x, %low
    // CHECK: clamp {{.*}}, max = inf
    %b = clamp %x, min = -3.0, max = inf
    %c = where %p, %b, %none
    return %a, %c
  }
}
