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
  for (Value operand : op->getOperands()) // in (x, y) and in a piece of it the rows of a cut call lie elsewhere
    if (depends(operand) && isa<ConcatOp, SliceOp>(op) && dimsOf(operand)[0] != dimsOf(op->getResult(0))[0])
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

/// The elements before the first axis that depends on the batch, in its own words; nothing if none does.
static std::optional<int64_t> outerSize(Value value) {
  int64_t outer = 1;
  for (Dim dim : dimsOf(value)) {
    if (dim.isBatch())
      return outer;
    outer *= dim.value;
  }
  return std::nullopt;
}
static int64_t batchAxes(Value value) {
  return llvm::count_if(dimsOf(value), [](Dim dim) { return dim.isBatch(); });
}
/// The same axes, but for those of size 1.
static bool sameButForOnes(Value a, Value b) {
  auto counts = [](Value value) {
    SmallVector<Dim> dims = dimsOf(value);
    llvm::erase_if(dims, [](Dim dim) { return dim == Dim(1); });
    return dims;
  };
  return counts(a) == counts(b);
}

LogicalResult dlc::checkBatchAxes(EntryOp entry) {
  LogicalResult result = success();
  for (Operation &op : entry.getBody().front()) {
    if (auto view = dyn_cast<ReshapeOp>(op)) {
      Value in = view.getInput(), out = view.getResult();
      bool single = batchAxes(in) <= 1 && batchAxes(out) <= 1;
      if (!sameButForOnes(in, out) && !(single && outerSize(in) == outerSize(out)))
        result = complain(&op) << "reshape: the batch is not the first axis of " << show(in) << " or of "
                               << show(out.getType())
                               << ", and this version cannot reshape across it; `transpose` the batch to the front "
                                  "before, and back after";
    }
    if (isa<CheckIndexOp, ScatterAddOp>(op))
      if (Value index = op.getOperand(0); !isLeading(index))
        result = complain(&op) << "indices must have the batch as their first axis, found " << show(index)
                               << "; `transpose` them before";
  }
  return result;
}
