// DLStructure.cpp - the iteration space of each op, and what it reads and writes at each point.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/DL.h"

using namespace mlir;
using namespace dlc;

static AffineExpr dimension(MLIRContext *context, unsigned i) { return getAffineDimExpr(i, context); }
static AffineExpr zero(MLIRContext *context) { return getAffineConstantExpr(0, context); }
static AffineMap identity(MLIRContext *context, unsigned dims, unsigned rank) {
  return AffineMap::get(
      dims, 0, llvm::map_to_vector(llvm::seq(0u, rank), [&](unsigned i) { return dimension(context, i); }), context);
}
/// An operand stretched to the shape of a result with `dims` axes: matched from the last axis on.
static AffineMap stretched(Value operand, ArrayRef<Dim> result) {
  MLIRContext *context = operand.getContext();
  SmallVector<Dim> own = dimsOf(operand);
  SmallVector<AffineExpr> exprs;
  for (size_t i = 0; i < own.size(); ++i)
    exprs.push_back(own[i] == Dim(1) ? zero(context) : dimension(context, result.size() - own.size() + i));
  return AffineMap::get(result.size(), 0, exprs, context);
}

//===--- Elementwise ------------------------------------------------------------------------------------===//

SmallVector<AffineMap> dlc::pointwiseMaps(Operation *op) {
  SmallVector<Dim> result = dimsOf(op->getResult(0));
  SmallVector<AffineMap> maps(op->getNumOperands());
  AffineMap same = identity(op->getContext(), result.size(), result.size());
  bool isStretched = llvm::is_contained(result, Dim(1)); // what is 1 is read at 0
  if (!op->hasTrait<Generator>())
    for (auto [operand, map] : llvm::zip(op->getOperands(), maps))
      map = !isStretched && operand.getType() == op->getResult(0).getType() ? same : stretched(operand, result);
  maps.append(op->getNumResults(), same);
  return maps;
}
bool dlc::hasKind(Operation *op, IterationKind kind) {
  auto fusible = dyn_cast_or_null<FusibleOpInterface>(op);
  return fusible && fusible.getIterationKind() == kind;
}
int64_t dlc::axisOf(SizeAttr axis, int64_t otherwise, Value value) {
  int64_t i = axis ? axis.number() : otherwise;
  return i < 0 ? i + typeOf(value).getRank() : i;
}

SmallVector<AffineMap> BroadcastOp::getAccessMaps() { return pointwiseMaps(*this); }
SmallVector<AffineMap> IotaOp::getAccessMaps() {
  SmallVector<AffineMap> maps = pointwiseMaps(*this);
  if (getStart())
    maps[1] = AffineMap::get(dimsOf(getResult()).size(), 0, getContext());
  return maps;
}

SmallVector<AffineMap> TransposeOp::getAccessMaps() {
  unsigned rank = dimsOf(getResult()).size();
  SmallVector<AffineExpr> exprs(rank);
  for (auto [i, axis] : llvm::enumerate(getPermutation().getAsRange<SizeAttr>())) {
    int64_t from = axis.number();
    exprs[from < 0 ? from + rank : from] = dimension(getContext(), i);
  }
  return {AffineMap::get(rank, 0, exprs, getContext()), identity(getContext(), rank, rank)};
}
static int64_t positive(int64_t axis, int64_t rank) { return axis < 0 ? axis + rank : axis; }

SmallVector<AffineMap> SliceOp::getAccessMaps() {
  unsigned rank = dimsOf(getResult()).size();
  AffineMap all = identity(getContext(), rank, rank);
  SmallVector<AffineExpr> exprs(all.getResults());
  AffineExpr &cut = exprs[getAlong()];
  Dim start = getStartAttr() ? getStartAttr().evaluate() : Dim(0);
  // The symbol is what the sizes of the axis are multiples of.
  cut = cut + (start.isOpen() ? getAffineSymbolExpr(0, getContext()) * start.value
                              : getAffineConstantExpr(start.value, getContext()));
  return {AffineMap::get(rank, start.isOpen(), exprs, getContext()), all};
}
SmallVector<AffineMap> SelectOp::getAccessMaps() {
  SmallVector<Dim> in = dimsOf(getInput());
  int64_t axis = getAlong();
  int64_t index = positive(getIndexAttr().number(), in[axis].value);
  SmallVector<AffineExpr> exprs;
  for (int64_t i = 0; i < (int64_t)in.size(); ++i)
    exprs.push_back(i == axis ? getAffineConstantExpr(index, getContext())
                              : dimension(getContext(), i < axis ? i : i - 1));
  unsigned rank = in.size() - 1;
  return {AffineMap::get(rank, 0, exprs, getContext()), identity(getContext(), rank, rank)};
}

SmallVector<AffineMap> FlipOp::getAccessMaps() {
  SmallVector<Dim> dims = dimsOf(getResult());
  unsigned rank = dims.size();
  AffineMap all = identity(getContext(), rank, rank);
  SmallVector<AffineExpr> exprs(all.getResults());
  llvm::SmallBitVector axes = flippedAxes(*this);
  bool isOpen = false;
  for (unsigned i : axes.set_bits()) { // the last one first
    AffineExpr last = getAffineConstantExpr(dims[i].value - 1, getContext());
    if (dims[i].isOpen()) // the symbol is what the axis is a multiple of
      last = getAffineSymbolExpr(0, getContext()) * dims[i].value - 1;
    isOpen |= dims[i].isOpen();
    exprs[i] = last - exprs[i];
  }
  return {AffineMap::get(rank, isOpen, exprs, getContext()), all};
}

Shift dlc::shiftOf(ShiftOp op) {
  auto number = [](SizeAttr size, int64_t otherwise) { return size ? size.number() : otherwise; };
  return {axisOf(op.getAxisAttr(), 0, op.getInput()), number(op.getByAttr(), 0), number(op.getStepAttr(), 0),
          op.getStepAttr() || op.getCountAttr(), bool(op.getCountAttr())};
}
SmallVector<AffineMap> ShiftOp::getAccessMaps() {
  Shift shift = shiftOf(*this);
  unsigned rank = dimsOf(getResult()).size();
  AffineMap all = identity(getContext(), rank, rank);
  SmallVector<AffineExpr> exprs(all.getResults());
  exprs[shift.axis] = exprs[shift.axis] - shift.by;
  if (shift.hasSteps)
    exprs[shift.axis] = exprs[shift.axis] + dimension(getContext(), shift.axis + 1) * shift.step;
  if (shift.stretches)
    exprs[shift.axis + 1] = zero(getContext());
  return {AffineMap::get(rank, 0, exprs, getContext()), all};
}

//===--- Reductions -------------------------------------------------------------------------------------===//

static llvm::SmallBitVector reduced(Value input, ArrayAttr axes) {
  int64_t rank = dimsOf(input).size();
  llvm::SmallBitVector set(rank, !axes);
  if (axes)
    for (SizeAttr axis : axes.getAsRange<SizeAttr>())
      set.set(positive(axis.number(), rank));
  return set;
}
llvm::SmallBitVector dlc::flippedAxes(FlipOp op) { return reduced(op.getInput(), op.getAxesAttr()); }
template <typename Op> static SmallVector<Dim> reductionSizes(Op op) {
  SmallVector<Dim> sizes = dimsOf(op.getResult());
  llvm::SmallBitVector axes = reduced(op.getInput(), op.getAxesAttr());
  for (auto [i, dim] : llvm::enumerate(dimsOf(op.getInput())))
    if (axes[i])
      sizes.push_back(dim);
  return sizes;
}
template <typename Op> static SmallVector<AffineMap> reductionMaps(Op op) {
  MLIRContext *context = op.getContext();
  llvm::SmallBitVector axes = reduced(op.getInput(), op.getAxesAttr());
  unsigned kept = 0, rank = dimsOf(op.getResult()).size(), summed = rank;
  SmallVector<AffineExpr> exprs;
  for (unsigned i = 0; i < axes.size(); ++i) {
    if (axes[i]) {
      exprs.push_back(dimension(context, summed++));
      kept += op.getKeepdim();
    } else {
      exprs.push_back(dimension(context, kept++));
    }
  }
  return {AffineMap::get(summed, 0, exprs, context), identity(context, summed, rank)};
}
#define REDUCTION(Op) \
  IterationKind Op::getIterationKind() { return IterationKind::Reduction; } \
  SmallVector<Dim> Op::getIterationSizes() { return reductionSizes(*this); } \
  SmallVector<AffineMap> Op::getAccessMaps() { return reductionMaps(*this); }
REDUCTION(SumOp)
REDUCTION(AmaxOp)
REDUCTION(AminOp)

//===--- Contraction and gather -------------------------------------------------------------------------===//

IterationKind MatmulOp::getIterationKind() { return IterationKind::Contraction; }
SmallVector<Dim> MatmulOp::getIterationSizes() {
  SmallVector<Dim> sizes = dimsOf(getResult()), lhs = dimsOf(getLhs());
  sizes.push_back(lhs[lhs.size() - (getTransposeA() ? 2 : 1)]);
  return sizes;
}
SmallVector<AffineMap> MatmulOp::getAccessMaps() {
  MLIRContext *context = getContext();
  unsigned rank = dimsOf(getResult()).size();
  auto map = [&](Value operand, unsigned first, unsigned second) {
    SmallVector<Dim> own = dimsOf(operand);
    SmallVector<AffineExpr> exprs;
    for (size_t i = 0; i + 2 < own.size(); ++i)
      exprs.push_back(own[i] == Dim(1) ? zero(context) : dimension(context, rank - own.size() + i));
    exprs.push_back(dimension(context, first));
    exprs.push_back(dimension(context, second));
    return AffineMap::get(rank + 1, 0, exprs, context);
  };
  unsigned m = rank - 2, n = rank - 1, k = rank;
  return {getTransposeA() ? map(getLhs(), k, m) : map(getLhs(), m, k),
          getTransposeB() ? map(getRhs(), n, k) : map(getRhs(), k, n), identity(context, rank + 1, rank)};
}

IterationKind ContractOp::getIterationKind() { return IterationKind::Contraction; }
SmallVector<Dim> ContractOp::getIterationSizes() {
  return llvm::map_to_vector(getOver().getAsRange<SizeAttr>(), [](SizeAttr size) { return size.evaluate(); });
}
SmallVector<AffineMap> ContractOp::getAccessMaps() {
  return {getLhsMap(), getRhsMap(), identity(getContext(), getOver().size(), dimsOf(getResult()).size())};
}

IterationKind GatherOp::getIterationKind() { return IterationKind::Gather; }
SmallVector<Dim> GatherOp::getIterationSizes() { return dimsOf(getResult()); }
SmallVector<AffineMap> GatherOp::getAccessMaps() {
  unsigned rank = dimsOf(getResult()).size();
  return {AffineMap(), identity(getContext(), rank, rank - 1), identity(getContext(), rank, rank)};
}
