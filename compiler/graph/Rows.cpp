// Rows.cpp - whether a row of the outputs depends on that row of the inputs alone.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph/Rows.h"

using namespace mlir;
using namespace dlc;

/// The batch is the first axis, and no other.
static bool isLeading(Value value) {
  SmallVector<Dim> dims = dimsOf(value);
  for (auto [i, dim] : llvm::enumerate(dims))
    if (dim.isBatch() != (i == 0 && !dims.empty() && dims[0].isBatch()))
      return false;
  return true;
}
static bool depends(Value value) {
  return llvm::any_of(dimsOf(value), [](Dim dim) { return dim.isBatch(); });
}

static bool keepsRows(Operation *op) {
  if (auto count = dyn_cast<CountOp>(op)) { // a number that every row reads
    SmallVector<Dim> dims = dimsOf(count.getLike());
    if (!count.getAxesAttr())
      return !depends(count.getLike());
    return llvm::none_of(count.getAxesAttr().getAsRange<SizeAttr>(), [&](SizeAttr axis) {
      return dims[axis.number() < 0 ? axis.number() + dims.size() : axis.number()].isBatch();
    });
  }
  if (auto iota = dyn_cast<IotaOp>(op)) { // the number of a row differs where a call is cut
    SmallVector<Dim> dims = dimsOf(iota.getLike());
    int64_t axis = iota.getAxisAttr() ? iota.getAxisAttr().number() : -1;
    if (!dims.empty() && dims[axis < 0 ? axis + dims.size() : axis].isBatch())
      return false;
  }
  auto values = llvm::concat<Value>(op->getOperands(), llvm::to_vector_of<Value>(op->getResults()));
  for (Value value : values)
    if (!isLeading(value))
      return false;
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  if (!fusible)
    return isa<ReshapeOp, ConcatOp, PadOp, CheckIndexOp, ReturnOp>(op); // the first axis stays the first
  SmallVector<Dim> sizes = fusible.getIterationSizes();
  for (auto [i, size] : llvm::enumerate(sizes))
    if (size.isBatch() && i > 0)
      return false; // summed over, or not the first axis of the result
  SmallVector<AffineMap> maps = fusible.getAccessMaps();
  for (auto [operand, map] : llvm::zip(op->getOperands(), maps))
    if (map && depends(operand) && map.getResult(0) != getAffineDimExpr(0, op->getContext()))
      return false;
  return !(isa<GatherOp>(op) && depends(op->getOperand(0)));
}

bool dlc::hasBatch(EntryOp entry) {
  return llvm::any_of(entry.getBody().getArguments(), depends) ||
         llvm::any_of(entry.getBody().front().getTerminator()->getOperands(), depends);
}
bool dlc::rowsAreIndependent(EntryOp entry) {
  Block &block = entry.getBody().front();
  if (!hasBatch(entry) || entry.getKind() != "function")
    return false;
  for (Value value : block.getTerminator()->getOperands())
    if (!depends(value))
      return false;
  return llvm::all_of(block, [](Operation &op) { return keepsRows(&op); });
}
