// open-windows-bits.mlir - windows along an open size: the bits of a library that is compiled for just the size of the call.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: rm -rf %t && mkdir %t && cd %t && sed 's/ open(time = 40)//; s/, time, /, 37, /; s/\[time, /[37, /g' %s > fixed.mlir
// RUN: cd %t && dlc %s -o open.so && dlc %s --open time=37 -o just.so && dlc %s --target v3 -o v3.so && dlc fixed.mlir -o fixed.so
// RUN: cd %t && %python %S/Inputs/same-bits.py f x=37x24 just.so open.so v3.so fixed.so | FileCheck %s
// RUN: cd %t && %python %S/Inputs/same-bits.py step.gradients x=37x24 just.so open.so v3.so | FileCheck %s
// RUN: cd %t && dlc %s --open time=2 -o two.so && %python %S/Inputs/same-bits.py step.gradients x=2x24 two.so open.so v3.so | FileCheck %s
// CHECK: the same bits
dl.model @bits open(time = 40) {
  func private @net(%x: f32[time, 24]) {
    %a = reshape %x, [1, time, 24]
    %b = nn.conv1d "b" %a, 32, kernel = 5, padding = same
    %c = relu %b
    %d = nn.conv1d "d" %c, 16, kernel = 3, padding = [[4, 0]], dilation = 2
    %e = max_pool %d, 3, stride = 1, padding = same
    %f = avg_pool %e, 3, stride = 1, padding = same
    %g = reshape %f, [time, 16]
    return %g
  }
  func @f(%x: f32[time, 24]) -> (y: f32[time, 16]) {
    %y = call @net(%x)
    return %y
  }
  func @loss(%x: f32[time, 24]) -> (l: f32) {
    %y = call @net(%x)
    %s = mul %y, %y
    %l = mean %s
    return %l
  }
  train @step minimizes @loss { optimize "*" with @sgd }
}
