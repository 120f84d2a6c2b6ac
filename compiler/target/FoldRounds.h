// FoldRounds.h - steps of a schedule that repeat, as a loop.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_TARGET_FOLDROUNDS_H
#define DLC_COMPILER_TARGET_FOLDROUNDS_H
#include "compiler/target/Tables.h"
#include "runtime/abi.h"

namespace dlc {
/// What a schedule must know of a kernel to be folded.
struct KernelOperands {
  uint32_t count;
  bool readsApart; ///< one that it reads lies between other numbers, as the inside of a border does
};
/// The tables that say what an entry point runs.
struct ScheduleTables {
  Table<dlc_step> steps;
  Table<dlc_operand> operands;
  Table<dlc_move> moves;
};
/// Layers that are alike run the same kernels, at places that are evenly apart: such steps become one loop. It runs the same
/// kernels in the same order on the same places. `kernels`: by number.
void foldRounds(ScheduleTables &schedule, llvm::ArrayRef<KernelOperands> kernels);
} // namespace dlc
#endif
