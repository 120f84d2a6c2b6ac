// StackPlan.h - how a stack of products is to be computed whose lanes run along the stack.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_LOOPS_STACKPLAN_H
#define DLC_COMPILER_LOOPS_STACKPLAN_H
#include "compiler/CostModel.h"
#include "compiler/kernels/OperandView.h"
#include "compiler/loops/ProductPlan.h"

namespace dlc {
/// Products that stand side by side: neighbours in the result, and in both operands, are elements of different products. So
/// each lane has a product of its own, as each channel of a depthwise convolution has.
///
///   y[n, o, c] = sum over i of x[n, o + i, c] * w[i, c]         lanes along c, tiles along o
///   w'[i, c]   = sum over n, o of x[n, o + i, c] * y'[n, o, c]  lanes along c, tiles along i
struct StackPlan {
  int lane = -1;                ///< the dimension that lanes run along
  int64_t lanes = 0;            ///< of a vector
  int64_t vectors = 0, all = 0; ///< of a tile, and of the whole dimension at the capacity
  /// Dimensions of the result whose points make a tile: whole, but for the first, which `tiles` divides.
  llvm::SmallVector<int> tile;
  RowTiles tiles;
  llvm::SmallVector<int> outer; ///< loops around the tiles
  llvm::SmallVector<int> sums;  ///< what is summed, outermost first
  int64_t rows = 1;             ///< points of a tile
  int64_t unroll = 1;           ///< steps of the innermost sum that are written out

  int64_t panels() const { return vectors ? (all + vectors - 1) / vectors : 0; }
  void print(llvm::raw_ostream &os) const;
};

/// Nothing, if the result's neighbours are no stack that lies in order in both operands. `sizes` are those of all
/// dimensions, the first `kept` of them those of the result.
std::optional<StackPlan> planStack(llvm::ArrayRef<Dim> sizes, int kept, const OperandView &lhs, const OperandView &rhs,
                                   int64_t elementBytes, const Extents &capacity, const CostModel &costs);
} // namespace dlc
#endif
