// Permutation.h - orders of axes.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_PERMUTATION_H
#define DLC_COMPILER_PERMUTATION_H
#include "dialects/dl/DL.h"

namespace dlc {
/// Of each axis of a result, the axis of the operand that it is.
using Permutation = llvm::SmallVector<int64_t>;

inline Permutation permutationOf(TransposeOp op) {
  int64_t rank = op.getPermutation().size();
  return llvm::map_to_vector(op.getPermutation().getAsRange<SizeAttr>(),
                             [&](SizeAttr axis) { return axis.number() < 0 ? axis.number() + rank : axis.number(); });
}
inline Permutation inverse(llvm::ArrayRef<int64_t> permutation) {
  Permutation back(permutation.size());
  for (auto [i, axis] : llvm::enumerate(permutation))
    back[axis] = i;
  return back;
}
} // namespace dlc
#endif
