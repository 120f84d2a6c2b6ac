// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: FileCheck %s < %t.1
// RUN: dlc %s --emit=import -o %t.3 && dlc %t.3 -o %t.3.so && dlc %s -o %t.so && cmp %t.so %t.3.so

// A number among the operands is a constant before the line, of the type of the value beside it.
dl.model @numbers {
  // CHECK-LABEL: func @f
  func @f(%x: f32[batch, 7], %n: i32[batch]) -> (y: f32[batch, 7], m: i32[batch]) {
    // CHECK: [[A:%[0-9]+]] = constant f32 = 2.0
    // CHECK-NEXT: %a = mul %x, [[A]] : f32[batch, 7]
    %a = mul %x, 2.0
    // CHECK: [[B:%[0-9]+]] = constant f32 = -1.0
    // CHECK-NEXT: %b = sub [[B]], %a : f32[batch, 7]
    %b = sub -1, %a
    // CHECK: [[C:%[0-9]+]] = constant i32 = 3
    // CHECK-NEXT: %m = max %n, [[C]] : i32[batch]
    %m = max %n, 3
    // CHECK: [[D:%[0-9]+]] = constant f32 = 0.5
    // CHECK-NEXT: %c = gt %b, [[D]] : i1[batch, 7]
    %c = gt %b, 0.5
    // CHECK: [[E:%[0-9]+]] = constant f32 = 0.0
    // CHECK-NEXT: %y = where %c, %x, [[E]] : f32[batch, 7]
    %y = where %c, %x, 0.0
    return %y, %m
  }
}
