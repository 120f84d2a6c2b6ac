// RUN: dlc %s -o %t.so && dlc-run call %t.so f --input x=[[1,2,3],[4,5,6]] --input w=[[1],[10],[100]] | FileCheck %s
// RUN: dlc %s -O0 -o %t.0.so && dlc-run call %t.0.so f --input x=[[1,2,3],[4,5,6]] --input w=[[1],[10],[100]] | FileCheck %s
// A product of one column, with something done to it.
dl.model @column {
  func @f(%x: f32[batch, 3], %w: f32[3, 1]) -> (y: f32[batch, 1]) {
    %p = matmul %x, %w
    %n = neg %p
    %y = add %n, %p
    %z = sub %y, %p
    return %z
  }
}
// CHECK: -321
// CHECK: -654
