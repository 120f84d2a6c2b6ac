// Repeats.cpp - where the items of a list come again.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/target/Repeats.h"

using namespace dlc;

/// So many items make a round at the most, and so many rounds a repeat at the least.
static constexpr size_t mostItems = 256, fewestRounds = 3;

Repeat dlc::findRepeat(size_t first, llvm::function_ref<bool(size_t item, size_t items, size_t rounds)> isAlike) {
  auto roundsOf = [&](size_t items) {
    for (size_t rounds = 1;; ++rounds)
      for (size_t i = 0; i < items; ++i)
        if (!isAlike(first + i, items, rounds))
          return rounds;
  };
  Repeat best;
  for (size_t items = 1; items <= mostItems; ++items)
    if (size_t rounds = roundsOf(items);
        rounds >= fewestRounds && (!best.rounds || (rounds - 1) * items > (best.rounds - 1) * best.items))
      best = {items, rounds};
  return best;
}
