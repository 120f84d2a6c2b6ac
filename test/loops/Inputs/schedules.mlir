// schedules.mlir - right ones, as level `loops` prints them, for verify-schedules.test to plant faults in
// SPDX-License-Identifier: Apache-2.0
module attributes {dl.level = "loops", dl.model = "m"} {
  func.func private @k(%w: memref<16xf32>, %s: memref<16xf32>, %w1: memref<16xf32>, %s1: memref<16xf32>, %extent: index, %first: index, %last: index) attributes {dl.inputs = 2 : i64} {
    %c1 = arith.constant 1 : index
    scf.for %i = %first to %last step %c1 {
      %a = memref.load %w[%i] : memref<16xf32>
      %b = memref.load %s[%i] : memref<16xf32>
      %p = arith.mulf %a, %b : f32
      %q = arith.addf %a, %b : f32
      memref.store %p, %w1[%i] : memref<16xf32>
      memref.store %q, %s1[%i] : memref<16xf32>
    }
    return
  }
  func.func private @add(%x: memref<16xf32>, %y: memref<16xf32>, %z: memref<16xf32>, %extent: index, %first: index, %last: index) attributes {dl.inputs = 2 : i64} {
    return
  }
  func.func private @total(%x: memref<1xf32>, %y: memref<1xf32>, %extent: index, %first: index, %last: index) attributes {dl.inputs = 1 : i64} {
    %c0 = arith.constant 0 : index
    %a = memref.load %x[%c0] : memref<1xf32>
    %some = arith.cmpi slt, %first, %last : index
    scf.if %some {
      memref.store %a, %y[%c0] : memref<1xf32>
    }
    return
  }
  // Two stored tensors, both replaced where they lie; then something is made of the new ones.
  func.func @step(%call: !llvm.ptr, %w: memref<16xf32>, %s: memref<16xf32>, %report: memref<2xi64>, %extent: index) -> i32 attributes {dl.entry = {}, dl.values = array<i64: 0, 1, -1>} {
    %c0 = arith.constant 0 : index
    %c16 = arith.constant 16 : index
    call @k(%w, %s, %w, %s, %extent, %c0, %c16) {dl.values = array<i64: 0, 1, 2, 3>} : (memref<16xf32>, memref<16xf32>, memref<16xf32>, memref<16xf32>, index, index, index) -> ()
    %new = memref.alloc() : memref<16xf32>
    call @add(%w, %s, %new, %extent, %c0, %c16) {dl.values = array<i64: 2, 3, 4>} : (memref<16xf32>, memref<16xf32>, memref<16xf32>, index, index, index) -> ()
    %done = arith.constant -1 : i32
    return {dl.values = array<i64: 2, 3, -1>} %done : i32
  }
  // One number, replaced where it lies.
  func.func @number(%call: !llvm.ptr, %sum: memref<1xf32>, %report: memref<2xi64>, %extent: index) -> i32 attributes {dl.entry = {}, dl.values = array<i64: 0, -1>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c16 = arith.constant 16 : index
    call @total(%sum, %sum, %extent, %c0, %c1) {dl.values = array<i64: 0, 1>} : (memref<1xf32>, memref<1xf32>, index, index, index) -> ()
    %done = arith.constant -1 : i32
    return {dl.values = array<i64: 1, -1>} %done : i32
  }
  // Copies when all else is done.
  func.func @copies(%call: !llvm.ptr, %w: memref<16xf32>, %old: memref<16xf32>, %report: memref<2xi64>, %extent: index) -> i32 attributes {dl.entry = {}, dl.values = array<i64: 0, 1, -1>} {
    %c0 = arith.constant 0 : index
    %c16 = arith.constant 16 : index
    %made = memref.alloc() : memref<16xf32>
    call @add(%w, %old, %made, %extent, %c0, %c16) {dl.values = array<i64: 0, 1, 2>} : (memref<16xf32>, memref<16xf32>, memref<16xf32>, index, index, index) -> ()
    memref.copy %old, %w {dl.value = 1 : i64} : memref<16xf32> to memref<16xf32>
    memref.copy %made, %old {dl.value = 2 : i64} : memref<16xf32> to memref<16xf32>
    %done = arith.constant -1 : i32
    return {dl.values = array<i64: 1, 2, -1>} %done : i32
  }
}
