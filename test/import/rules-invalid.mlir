// rules-invalid.mlir - what is wrong with a rule, or with a map of one, in a printed level
// SPDX-License-Identifier: Apache-2.0
//
// RUN: rm -rf %t && mkdir %t && cd %t && dlc %s --emit=graph -o graph.mlir && dlc graph.mlir -o out.so
// RUN: sed 's/map @plain.rule/map @other.rule/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=ABOVE
// ABOVE: error: no rule @other.rule stands above this line
// RUN: sed 's/rule @plain.rule(%w: f32 /rule @plain.rule(%w: f32[4] /' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=SINGLE
// SINGLE: error: expected a rule whose arguments are single numbers
// RUN: sed 's/%m1 = add %m, %g : f32/%m1 = sum %m : f32/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=LINE
// LINE: error: `sum` is not element-wise; a rule holds what is
// RUN: sed 's/%m1 = add %m, %g : f32/%k = constant f32[2] = 1.0 %m1 = add %k, %g : f32[2]/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=VALUE
// VALUE: error: expected a single number in a rule, found f32[2]
// RUN: sed 's/map @plain.rule(%w, %gradient.w, %w.m,/map @plain.rule(%w, %gradient.w,/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=COUNT
// COUNT: error: rule @plain.rule has other arguments or results
// RUN: sed 's/map @plain.rule(%w, %gradient.w, %w.m, [^)]*)/map @plain.rule()/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: expected tensors for a rule of single numbers
// RUN: sed 's/%gradient.w: f32\[4\] {/%gradient.w: f32[5] {/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE: error: map: expected tensors of one shape, or single numbers as operands; found f32[4] and f32[5]
// RUN: sed 's/^      %w1, %m1 = map/      "dl.map"() {rule = @plain.rule} : () -> ()\n&/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: error: map: expected operands and results
// RUN: sed 's/^      %w1, %m1 = map.*/      %w1, %m1 = "dl.map"(%w, %gradient.w, %w.m, %0) {rule = @plain.rule} : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<f32>) -> (tensor<4xf32>, tensor<f32>)/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=RESULT
// RESULT: error: map: expected tensors of one shape, or single numbers as operands; found f32[4] and f32
// RUN: sed 's/map @plain.rule/map @step/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=ENTRY
// ENTRY: error: no rule @step stands above this line
dl.model @m {
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %w = param "w" f32[4] = ones
    %y = mul %x, %w
    %l = mean %y
    return %l
  }
  optimizer @plain(%w, %g) slots(%m = zeros) scalars(%lr = 0.5) {
    %m1 = add %m, %g
    %a = mul %m1, %lr
    %w1 = sub %w, %a
    return %w1, %m1
  }
  train @step minimizes @loss { optimize "*" with @plain }
}
