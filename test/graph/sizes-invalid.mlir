// Sizes that are no numbers: too large, divided by 0, or a part of the batch.
// RUN: rm -rf %t && split-file %s %t
// RUN: not dlc %t/LARGE.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=LARGE
// RUN: not dlc %t/ZERO.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=ZERO
// RUN: not dlc %t/PART.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=PART
// LARGE: LARGE.mlir:2:11: error: argument %x of @f: size '2 * w' is no number of 64 bits; expected smaller sizes, and no division by 0
// ZERO: ZERO.mlir:2:11: error: argument %x of @f: size '4 / w' is no number of 64 bits; expected smaller sizes, and no division by 0
// PART: PART.mlir:3:10: error: %y : f32[?, 96]: a size is neither a whole multiple of the batch nor a number of 64 bits
//--- LARGE.mlir
dl.model @m sizes(w = 9223372036854775807) {
  func @f(%x: f32[batch, 2 * w]) -> (y: f32[batch, 2 * w]) {
    %y = relu %x
    return %y
  }
}
//--- ZERO.mlir
dl.model @m sizes(w = 0) {
  func @f(%x: f32[batch, 4 / w]) -> (y: f32[batch, 4 / w]) {
    %y = relu %x
    return %y
  }
}
//--- PART.mlir
dl.model @m {
  func @f(%x: f32[batch, 32]) -> (y: f32[batch, 32]) {
    %y = reshape %x, [batch / 3, 96]
    %z = reshape %y, [batch, 32]
    return %z
  }
}
