// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: dlc %s --emit=graph -o graph.mlir && dlc %s --emit=kernels -o kernels.mlir && dlc %s --emit=loops -o loops.mlir && dlc %s --emit=plan -o plan.mlir
// RUN: dlc %s -o all.so && dlc graph.mlir -o graph.so && cmp graph.so all.so && dlc kernels.mlir -o kernels.so && cmp kernels.so all.so
// RUN: dlc loops.mlir -o loops.so && cmp loops.so all.so && dlc plan.mlir -o plan.so && cmp plan.so all.so

// A loop in a printed level: it is read back to the same library, and checked before the next levels rely on it.
// RUN: dlc-opt --mlir-print-op-generic graph.mlir > generic.mlir
// RUN: sed 's/in %u along 0)/in %u along 1)/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=AXIS
// AXIS: error: scan: from level `graph` on it runs along axis 0 of each tensor, a known number of times, and has no scope
// RUN: sed 's/%n = add %arg0, %arg1 : f32.4, 4./%n = param "p" f32[4, 4] = zeros/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=GRADIENT
// GRADIENT: error: `param` cannot stand in a scan of level `graph`
// RUN: sed 's/repeat 3 @/repeat 4 @/' kernels.mlir > wrong.mlir && not cmp -s wrong.mlir kernels.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=ROUNDS
// ROUNDS: error: @{{.*}} has other arguments or results
// RUN: sed 's/repeat 3 @f.loop0/repeat 3 @f/' kernels.mlir > wrong.mlir && not cmp -s wrong.mlir kernels.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=BODY
// BODY: error: @f is no entry point of kind `loop`
// RUN: sed 's/{scanned}/{captured, scanned}/' kernels.mlir > wrong.mlir && not cmp -s wrong.mlir kernels.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=GIVEN
// GIVEN: error: the body of a loop: expected arguments that are scanned, captured or carried (numbered from 0), and results that are stacked or `next`
// RUN: sed 's/ of 4 \* batch/ of -4 * batch/' loops.mlir > wrong.mlir && not cmp -s wrong.mlir loops.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=SLOT
// SLOT: error: expected one step for each index, a size of at least 0 with at most 8 open sizes, and the elements of the whole
// RUN: sed 's/ by .16 \* batch./ by [16 * batch * batch * batch * batch * batch * batch * batch * batch * batch]/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=TIMES
// TIMES: error: expected an offset of at least 0, one step for each index, and at most 8 open sizes in each
// RUN: sed 's/axes = array<i64: 0>/axes = array<i64: 7>/' generic.mlir > wrong.mlir && not cmp -s wrong.mlir generic.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=NOAXIS
// NOAXIS: error: scan: no axis 7 in f32[3, batch, 4]
// RUN: sed 's/axes = array<i64: 0>/axes = array<i64: 0, 0>/' generic.mlir > wrong.mlir && not cmp -s wrong.mlir generic.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=AXES
// AXES: error: scan: expected an axis and an argument for each tensor that it runs along
dl.model @m {
  func @f(%x: f32[3, batch, 4], %z: f32[batch, 4]) -> (y: f32[3, batch, 4], l: f32[batch, 4]) {
    %y, %l = scan (%a in %x along 0) carry (%c = %z) {
      %n = add %a, %c
      yield %n carry %n
    }
    return %y, %l
  }
  func @g(%u: f32[4, 4, 4], %z: f32[4, 4]) -> (l: f32[4, 4]) {
    %l = scan (%a in %u along 0) carry (%c = %z) {
      %n = add %a, %c
      yield carry %n
    }
    return %l
  }
}
