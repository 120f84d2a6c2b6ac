// OperandView.cpp - where a product reads an operand.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/kernels/OperandView.h"

using namespace mlir;
using namespace dlc;

bool dlc::isStridedView(Operation *op) {
  return isa_and_nonnull<FusibleOpInterface>(op) && op->hasTrait<View>() && !isa<FlipOp>(op);
}
bool dlc::isProductView(Operation *op) {
  auto isRead = [](Operation *user) { return hasKind(user, IterationKind::Contraction) || isProductView(user); };
  return isStridedView(op) && !op->use_empty() && llvm::all_of(op->getUsers(), isRead);
}

/// What a map of one result is at a point, where what makes the axis open is 0 or 1: its numbers and coefficients are
/// differences of these.
static int64_t valueAt(AffineExpr expr, ArrayRef<int64_t> point, int64_t open) {
  MLIRContext *context = expr.getContext();
  SmallVector<AffineExpr> dims =
      llvm::map_to_vector(point, [&](int64_t at) { return getAffineConstantExpr(at, context); });
  return cast<AffineConstantExpr>(expr.replaceDimsAndSymbols(dims, getAffineConstantExpr(open, context))).getValue();
}
/// A stride, taken so many times; no size of a tensor, which is never negative.
static Dim times(Dim stride, int64_t number) {
  return stride.isOpen() && number ? Dim(stride.value * number, stride.open) : stride * Dim(number);
}
bool OperandView::isKnown() const {
  return llvm::none_of(strides, [](Dim stride) { return stride.isUnknown(); }) &&
         llvm::none_of(offsets, [](Dim offset) { return offset.isUnknown(); });
}
OperandView dlc::viewOf(Value tensor, AffineMap map) {
  OperandView view = viewOf(typeOf(tensor), map);
  view.buffer = tensor;
  return view;
}
OperandView dlc::viewOf(RankedTensorType type, AffineMap map) {
  OperandView view{{}, SmallVector<Dim>(map.getNumDims(), 0), {}};
  SmallVector<int64_t> origin(map.getNumDims(), 0);
  for (auto [expr, axis, stride] : llvm::zip(map.getResults(), dimsOf(type), stridesOf(type))) {
    if (expr.getKind() == AffineExprKind::FloorDiv) {
      view.blockStride = stride;
      continue; // its places within a block are another axis
    }
    int64_t start = valueAt(expr, origin, 0), open = valueAt(expr, origin, 1) - start;
    if (start)
      view.offsets.push_back(times(stride, start));
    if (open)
      view.offsets.push_back(stride * Dim(open, axis.open));
    for (unsigned i = 0; i < map.getNumDims(); ++i) {
      SmallVector<int64_t> next(origin);
      next[i] = 1;
      if (int64_t step = valueAt(expr, next, 0) - start)
        view.strides[i] = view.strides[i] + times(stride, step);
    }
  }
  return view;
}
OperandView dlc::viewOf(OpOperand &use) {
  AffineMap map = cast<FusibleOpInterface>(use.getOwner()).getAccessMaps()[use.getOperandNumber()];
  Value buffer = use.get();
  AffineExpr open = getAffineSymbolExpr(0, map.getContext()); // of an axis, and of what it is a part of
  for (Operation *op = buffer.getDefiningOp(); op && isProductView(op); op = buffer.getDefiningOp()) {
    AffineMap inner = cast<FusibleOpInterface>(op).getAccessMaps()[0];
    SmallVector<AffineExpr> composed = llvm::map_to_vector(
        inner.getResults(), [&](AffineExpr expr) { return expr.replaceDimsAndSymbols(map.getResults(), open); });
    map = AffineMap::get(map.getNumDims(), 1, composed, map.getContext());
    buffer = op->getOperand(0);
  }
  return viewOf(buffer, map);
}
