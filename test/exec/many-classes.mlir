// many-classes.mlir - labels of one byte, and more classes than a byte can tell apart.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s --batch 2 -O3 -o %t.so && dlc-run call %t.so f --input l=[1,3] | FileCheck %s
// RUN: dlc %s --batch 2 -O0 -o %t.0.so && dlc-run call %t.0.so f --input l=[1,3] | FileCheck %s
dl.model @many {
  // Class 257, which is 1 in a byte, is not what the label 1 means.
  // CHECK: accuracy: f32[] = 0.5
  // CHECK: loss: f32[] = 4.93851
  func @f(%l: ui8[batch]) -> (accuracy: f32, loss: f32) {
    %z = constant f32[batch, 600] = 0.0
    %p = iota %z
    %c = constant i32 = 257
    %h = eq %p, %c
    %d = constant i32 = 3
    %three = eq %p, %d
    %low = constant f32 = 0.0
    %high = constant f32 = 2.0
    %top = constant f32 = 3.0
    %a = where %h, %high, %low
    %s = where %three, %top, %a
    %acc = accuracy %s, %l
    %loss = cross_entropy %s, %l
    return %acc, %loss
  }
}
