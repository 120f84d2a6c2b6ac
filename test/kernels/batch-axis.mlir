// RUN: dlc %s --batch 5 -o %t.so && dlc-run call %t.so port --input x=[[[1,2],[3,4]],[[5,6],[7,8]]] | FileCheck %s --check-prefix=PORT
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run call %t.0.so port --input x=[[[1,2],[3,4]],[[5,6],[7,8]]] | FileCheck %s --check-prefix=PORT
// RUN: dlc-run call %t.so back --input x=[[1,2,3],[4,5,6]] | FileCheck %s --check-prefix=BACK
// The batch need not be the first axis: two of five rows, which lie as they would for a capacity of two.
dl.model @axis {
  // PORT: -1
  // PORT-SAME: -2
  // PORT: -3
  // PORT-SAME: -4
  // PORT: -5
  // PORT-SAME: -6
  // PORT: -7
  // PORT-SAME: -8
  func @port(%x: f32[2, batch, 2]) -> (y: f32[2, batch, 2]) {
    %y = neg %x
    return %y
  }
  // BACK: [1, 2, 3, 4, 5, 6]
  func @back(%x: f32[batch, 3]) -> (y: f32[3 * batch]) {
    %t = transpose %x, [1, 0]
    %n = neg %t
    %m = neg %n
    %u = transpose %m, [1, 0]
    %y = reshape %u, [3 * batch]
    return %y
  }
}
