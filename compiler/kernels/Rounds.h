// Rounds.h - what a loop stacks up for another one can be computed again there, round by round.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_KERNELS_ROUNDS_H
#define DLC_COMPILER_KERNELS_ROUNDS_H
#include "dialects/dl/DL.h"

namespace dlc {
/// Stacked results of a loop that are computed again where they are read.
struct AgainInRounds {
  RepeatOp loop;
  llvm::SmallVector<unsigned> results;

  llvm::SmallVector<mlir::Operation *> ops; ///< of a round, that make them; in order
  llvm::SmallVector<unsigned> carried;      ///< by their numbers: what they are made of, and is not stacked up yet
};

/// What it takes to compute these results again in each round of the loops that read them. Nothing if that cannot be.
std::optional<AgainInRounds> againInRounds(RepeatOp loop, llvm::ArrayRef<unsigned> results);
/// The stacked results of the loop that only loops read, a slice in each round; but for what is carried.
llvm::SmallVector<unsigned> readInRounds(RepeatOp loop);
/// Has them computed again. The loop is another op from then on, which stacks them up no more.
void computeInRounds(const AgainInRounds &again);
/// What a loop repeats.
EntryOp bodyOf(RepeatOp loop);
} // namespace dlc
#endif
