// StackPlan.cpp - how a stack of products is to be computed whose lanes run along the stack.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/loops/StackPlan.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace dlc;

/// Pieces of at most `most`: of one height if that is more than half of it, else balanced.
static RowTiles divide(int64_t size, int64_t most) {
  for (int64_t height = most; 2 * height > most; --height)
    if (size % height == 0)
      return {height, size / height, 0, 0};
  int64_t count = llvm::divideCeil(size, most);
  return {size / count, count, size % count, 0};
}

std::optional<StackPlan> dlc::planStack(ArrayRef<Dim> sizes, int kept, const OperandView &lhs, const OperandView &rhs,
                                        int64_t elementBytes, const Extents &capacity, const CostModel &costs) {
  StackPlan plan;
  for (int dim = 0; dim < kept; ++dim)
    if (sizes[dim] != Dim(1))
      plan.lane = dim;
  if (plan.lane < 0 || lhs.strides[plan.lane] != Dim(1) || rhs.strides[plan.lane] != Dim(1))
    return std::nullopt;
  bool wide = costs.isWide(elementBytes);
  plan.lanes = productLanes(elementBytes);
  plan.all = llvm::divideCeil(sizes[plan.lane].at(capacity), plan.lanes);

  // What one operand alone moves along is a tile, from the innermost dimension on: the other one is read once for it.
  int64_t most = std::max<int64_t>(costs.stackSums(wide) / std::min(plan.all, costs.stackVectors(wide)), 1);
  bool isFull = false;
  for (int dim = plan.lane - 1; dim >= 0; --dim) {
    if (sizes[dim] == Dim(1))
      continue;
    bool isShared = (lhs.strides[dim] == Dim(0)) != (rhs.strides[dim] == Dim(0));
    int64_t room = most / plan.rows;
    if (isFull || !isShared || !sizes[dim].isNumber() || room < 2) {
      isFull = true; // what is further out lies further away
      plan.outer.insert(plan.outer.begin(), dim);
      continue;
    }
    plan.tiles = divide(sizes[dim].value, std::min(room, sizes[dim].value));
    plan.rows *= plan.tiles.tallCount ? plan.tiles.tallHeight() : plan.tiles.height;
    plan.tile.insert(plan.tile.begin(), dim);
    isFull = plan.tiles.count > 1;
  }
  int64_t width = std::clamp<int64_t>(costs.stackSums(wide) / plan.rows, 1, costs.mostStackVectors);
  int64_t panels = llvm::divideCeil(plan.all, width);
  plan.vectors = llvm::divideCeil(plan.all, panels);

  for (int dim = kept; dim < (int)sizes.size(); ++dim)
    if (sizes[dim] != Dim(1))
      plan.sums.push_back(dim);
  if (!plan.sums.empty() && wide) {
    Dim innermost = sizes[plan.sums.back()];
    bool isShort = innermost.isNumber() && innermost.value <= costs.wholeStackSum;
    plan.unroll = isShort ? innermost.value : costs.stackUnroll;
  }
  return plan;
}

void StackPlan::print(llvm::raw_ostream &os) const {
  os << "a stack side by side, tiles of " << rows << " x " << vectors * lanes;
}
