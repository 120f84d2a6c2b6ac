// Repeats.h - where the items of a list come again.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_TARGET_REPEATS_H
#define DLC_COMPILER_TARGET_REPEATS_H
#include "llvm/ADT/STLFunctionalExtras.h"
#include <cstddef>

namespace dlc {
/// So many items, so many times, one round after the other.
struct Repeat {
  size_t items = 0, rounds = 0;
};
/// Of the repeats that begin at `first`, the one that saves the most items; of no rounds where there is none of three rounds or
/// more. `isAlike`: whether an item comes again so many items times so many rounds later, changed as often as it is after one
/// round; false where the list ends before.
Repeat findRepeat(size_t first, llvm::function_ref<bool(size_t item, size_t items, size_t rounds)> isAlike);
} // namespace dlc
#endif
