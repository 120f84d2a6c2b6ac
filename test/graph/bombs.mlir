// RUN: rm -rf %t && split-file %s %t
// RUN: %python %S/Inputs/bombs.py doubling 40 > %t/doubling.mlir && not dlc %t/doubling.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=DOUBLING
// RUN: %python %S/Inputs/bombs.py deep 300 > %t/deep.mlir && not dlc %t/deep.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=DEEP
// RUN: not dlc %t/ITSELF.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=ITSELF

// What calls would be inlined to is counted before it is made.
// DOUBLING: error: @f15 becomes 163837 ops where its calls are inlined; expected at most 131072: call fewer functions, or each less often
// DOUBLING-NEXT: note: @f14 is 81917 of them each time it is called
// DOUBLING: note: @f0 is 2 of them each time it is called
// DOUBLING-NOT: error
// DEEP: error: @f257 calls functions that call others, 257 deep; expected at most 256
// ITSELF: ITSELF.mlir:3:5: error: @f does not stand above this line; define a function before it is called

//--- ITSELF.mlir
dl.model @m {
  func @f(%x: f32[4]) -> (y: f32[4]) {
    "dl.call"(%x) {callee = @f} : (tensor<4xf32>) -> tensor<4xf32>
    return %x
  }
}
