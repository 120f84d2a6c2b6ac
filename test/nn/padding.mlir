// padding.mlir - no padding, said as a number: as an op takes it, a layer does
// RUN: dlc %s -o %t.so && dlc %s --emit=graph | FileCheck %s
// CHECK: conv2d {{.*}} padding = 0
// CHECK: conv2d_transpose {{.*}} output_padding = 0
dl.model @padding {
  func private @block<padding = 0>(%x: f32[batch, 5, 5, 3]) -> (y: f32[batch, 5, 5, 4]) {
    %y = nn.conv2d "c" %x, 4, kernel = 1, padding = padding
    return %y
  }
  func @f(%x: f32[batch, 5, 5, 3]) -> (y: f32[batch, 10, 10, 2]) {
    %a = call @block(%x)
    %y = nn.conv2d_transpose "d" %a, 2, kernel = 2, stride = 2, output_padding = 0
    return %y
  }
}
