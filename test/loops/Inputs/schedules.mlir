// schedules.mlir - right ones, as level `loops` prints them, for verify-schedules.test to plant faults in
// SPDX-License-Identifier: Apache-2.0
module attributes {dl.level = "loops", dl.model = "m"} {
  module @k attributes {dl.inputs = 2 : i64, dl.scratch = 0 : i64} {
    func.func private @k(%w: memref<16xf32>, %s: memref<16xf32>, %w1: memref<16xf32>, %s1: memref<16xf32>, %extent: index, %first: index, %last: index) {
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
  }
  module @add attributes {dl.inputs = 2 : i64, dl.scratch = 0 : i64} {
    func.func private @add(%x: memref<16xf32>, %y: memref<16xf32>, %z: memref<16xf32>, %extent: index, %first: index, %last: index) {
      return
    }
  }
  module @copy attributes {dl.inputs = 1 : i64, dl.scratch = 0 : i64} {
    func.func private @copy(%x: memref<16xf32>, %y: memref<16xf32>, %extent: index, %first: index, %last: index) {
      return
    }
  }
  module @total attributes {dl.inputs = 1 : i64, dl.scratch = 0 : i64} {
    func.func private @total(%x: memref<1xf32>, %y: memref<1xf32>, %extent: index, %first: index, %last: index) {
      %c0 = arith.constant 0 : index
      %a = memref.load %x[%c0] : memref<1xf32>
      %some = arith.cmpi slt, %first, %last : index
      scf.if %some {
        memref.store %a, %y[%c0] : memref<1xf32>
      }
      return
    }
  }
  // Two stored tensors, both replaced where they lie; then something is made of the new ones.
  dl.schedule @step attributes {dl.entry = {arg_attrs = [{input = "w"}, {input = "s"}], arg_types = [tensor<16xf32>, tensor<16xf32>]}, dl.values = array<i64: 0, 1>} {
    %w = buffer argument[0] : memref<16xf32>
    %s = buffer argument[1] : memref<16xf32>
    %new = buffer temporary : memref<16xf32>
    run @k(%w, %s) -> (%w, %s) parts 16 {dl.values = array<i64: 0, 1, 2, 3>} : (memref<16xf32>, memref<16xf32>) -> (memref<16xf32>, memref<16xf32>)
    run @add(%w, %s) -> (%new) parts 16 {dl.values = array<i64: 2, 3, 4>} : (memref<16xf32>, memref<16xf32>) -> memref<16xf32>
    end {dl.values = array<i64: 2, 3>}
  }
  // One number, replaced where it lies.
  dl.schedule @number attributes {dl.entry = {arg_attrs = [{input = "x"}], arg_types = [tensor<1xf32>]}, dl.values = array<i64: 0>} {
    %sum = buffer argument[0] : memref<1xf32>
    run @total(%sum) -> (%sum) parts 1 {dl.values = array<i64: 0, 1>} : (memref<1xf32>) -> memref<1xf32>
    end {dl.values = array<i64: 1>}
  }
  // Copies when all else is done.
  dl.schedule @copies attributes {dl.entry = {arg_attrs = [{input = "w"}, {input = "s"}], arg_types = [tensor<16xf32>, tensor<16xf32>]}, dl.values = array<i64: 0, 1>} {
    %w = buffer argument[0] : memref<16xf32>
    %old = buffer argument[1] : memref<16xf32>
    %made = buffer temporary : memref<16xf32>
    run @add(%w, %old) -> (%made) parts 16 {dl.values = array<i64: 0, 1, 2>} : (memref<16xf32>, memref<16xf32>) -> memref<16xf32>
    run @copy(%old) -> (%w) parts 16 {dl.values = array<i64: 1, 1>} : (memref<16xf32>) -> memref<16xf32>
    run @copy(%made) -> (%old) parts 16 {dl.values = array<i64: 2, 2>} : (memref<16xf32>) -> memref<16xf32>
    end {dl.values = array<i64: 1, 2>}
  }
}
