// DLFolds.cpp - folders: what an op is when its operands are known.
// SPDX-License-Identifier: Apache-2.0
//
// A fold changes no bit of a result, whatever the other operand is: -0.0, an infinity, NaN. So x * 0, x - x and x / x
// stay as they are. At -O0 nothing is folded, so that the two can be compared.
#include "dialects/dl/DL.h"
#include <cmath>

using namespace mlir;
using namespace dlc;

/// Every element is this value.
static bool isSplat(Value value, double expected) {
  auto constant = value.getDefiningOp<ConstantOp>();
  std::optional<double> splat = constant ? constant.getSplat() : std::nullopt;
  return splat && *splat == expected;
}
/// Every element is this zero, or any where the elements are integers: x + -0.0 and x - 0.0 are x, but -0.0 + 0.0 and
/// -0.0 - -0.0 are 0.0.
static bool isZero(Value value, bool negative) {
  if (!isSplat(value, 0))
    return false;
  bool isFloat = isa<FloatType>(typeOf(value).getElementType());
  return !isFloat || std::signbit(*value.getDefiningOp<ConstantOp>().getSplat()) == negative;
}
/// `value` stands for the result of `op` if it needs no stretching.
static OpFoldResult unstretched(Operation *op, Value value) {
  return value.getType() == op->getResult(0).getType() ? OpFoldResult(value) : OpFoldResult();
}

OpFoldResult NegOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<NegOp>();
  return inner ? OpFoldResult(inner.getInput()) : OpFoldResult();
}
OpFoldResult CastOp::fold(FoldAdaptor) { return unstretched(*this, getInput()); }
OpFoldResult AddOp::fold(FoldAdaptor) {
  return isZero(getRhs(), /*negative=*/true)   ? unstretched(*this, getLhs())
         : isZero(getLhs(), /*negative=*/true) ? unstretched(*this, getRhs())
                                               : OpFoldResult();
}
OpFoldResult SubOp::fold(FoldAdaptor) {
  return isZero(getRhs(), /*negative=*/false) ? unstretched(*this, getLhs()) : OpFoldResult();
}
OpFoldResult MulOp::fold(FoldAdaptor) {
  return isSplat(getRhs(), 1)   ? unstretched(*this, getLhs())
         : isSplat(getLhs(), 1) ? unstretched(*this, getRhs())
                                : OpFoldResult();
}
OpFoldResult DivOp::fold(FoldAdaptor) { return isSplat(getRhs(), 1) ? unstretched(*this, getLhs()) : OpFoldResult(); }
OpFoldResult WhereOp::fold(FoldAdaptor) {
  if (getLhs() == getRhs())
    return unstretched(*this, getLhs());
  return isSplat(getCondition(), 1)   ? unstretched(*this, getLhs())
         : isSplat(getCondition(), 0) ? unstretched(*this, getRhs())
                                      : OpFoldResult();
}

/// Reshapes in a row are one; one that changes nothing is none.
OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto inner = getInput().getDefiningOp<ReshapeOp>()) {
    if (inner.getInput().getType() == getType())
      return inner.getInput();
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return {};
}
static SmallVector<int64_t> permutationOf(TransposeOp op) {
  int64_t rank = op.getPermutation().size();
  return llvm::map_to_vector(op.getPermutation().getAsRange<SizeAttr>(),
                             [&](SizeAttr axis) { return axis.number() < 0 ? axis.number() + rank : axis.number(); });
}
OpFoldResult TransposeOp::fold(FoldAdaptor) {
  SmallVector<int64_t> own = permutationOf(*this);
  auto isIdentity = [](ArrayRef<int64_t> permutation) {
    return llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size()));
  };
  if (isIdentity(own))
    return getInput();
  auto inner = getInput().getDefiningOp<TransposeOp>();
  if (!inner)
    return {};
  SmallVector<int64_t> first = permutationOf(inner);
  SmallVector<Attribute> both;
  for (int64_t &axis : own) {
    axis = first[axis];
    both.push_back(SizeAttr::get(getContext(), axis));
  }
  if (isIdentity(own))
    return inner.getInput();
  setPermutationAttr(ArrayAttr::get(getContext(), both));
  getInputMutable().assign(inner.getInput());
  return getResult();
}
OpFoldResult BroadcastOp::fold(FoldAdaptor) { return unstretched(*this, getInput()); }
OpFoldResult SliceOp::fold(FoldAdaptor) { return unstretched(*this, getInput()); }
/// An axis of one element has one order; twice is not at all.
OpFoldResult FlipOp::fold(FoldAdaptor) {
  SmallVector<Dim> dims = dimsOf(getInput());
  llvm::SmallBitVector own = flippedAxes(*this);
  if (llvm::all_of(own.set_bits(), [&](unsigned axis) { return dims[axis] == Dim(1); }))
    return getInput();
  auto inner = getInput().getDefiningOp<FlipOp>();
  return inner && flippedAxes(inner) == own ? OpFoldResult(inner.getInput()) : OpFoldResult();
}
/// What is not moved stays as it is.
OpFoldResult ShiftOp::fold(FoldAdaptor) {
  Shift shift = shiftOf(*this);
  bool isOne = !shift.hasSteps || dimsOf(getResult())[shift.axis + 1] == Dim(1);
  return shift.by == 0 && isOne ? OpFoldResult(getInput()) : OpFoldResult();
}
OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? OpFoldResult(getInputs()[0]) : OpFoldResult();
}
