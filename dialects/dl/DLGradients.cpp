// DLGradients.cpp - the gradient rules. c is the cotangent of the result, y the result.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/DL.h"
#include <cmath>

using namespace mlir;
using namespace dlc;
using Values = SmallVector<Value>;

static Value zeros(Ops &b, Value like) { return b.splat(0, typeOf(like)); }
/// c where the condition holds, else 0.
static Value pass(Ops &b, Value condition, Value c) { return b.where(condition, c, b.number(0, c)); }

//===--- One operand ------------------------------------------------------------------------------------===//

#define GRADIENT(Op) Values Op::vjp(Ops &b, ValueRange cotangents)
#define UNARY(Op, formula) \
  GRADIENT(Op) { \
    Value c = cotangents[0], x = getInput(), y = getResult(); \
    (void)x, (void)y; \
    return {formula}; \
  }
UNARY(NegOp, b.neg(c))
UNARY(AbsOp, b.where(b.binary("gt", x, b.number(0, x)), c, pass(b, b.binary("lt", x, b.number(0, x)), b.neg(c))))
UNARY(ExpOp, b.mul(c, y))
UNARY(LogOp, b.div(c, x))
UNARY(SinOp, b.mul(c, b.unary("cos", x)))
UNARY(CosOp, b.neg(b.mul(c, b.unary("sin", x))))
UNARY(ErfOp, b.mul(c, b.mul(b.exp(b.neg(b.mul(x, x))), 2 / std::sqrt(M_PI))))
UNARY(SqrtOp, b.div(b.mul(c, 0.5), y))
UNARY(RsqrtOp, b.mul(b.mul(c, -0.5), b.mul(y, b.mul(y, y))))
UNARY(TanhOp, b.mul(c, b.sub(1, b.mul(y, y))))
UNARY(SigmoidOp, b.mul(c, b.mul(y, b.sub(1, y))))
UNARY(ReluOp, pass(b, b.binary("gt", y, b.number(0, y)), c))
UNARY(SoftplusOp, b.mul(c, b.unary("sigmoid", x)))
UNARY(LeakyReluOp,
      b.where(b.binary("gt", x, b.number(0, x)), c, b.mul(c, getSlope() ? getSlope()->convertToDouble() : 0.01)))
UNARY(CastOp, isa<FloatType>(typeOf(y).getElementType()) ? b.cast(c, typeOf(x).getElementType()) : Value())

GRADIENT(SiluOp) {
  Value x = getInput(), s = b.unary("sigmoid", x);
  return {b.mul(cotangents[0], b.mul(s, b.add(b.mul(x, b.sub(1, s)), 1)))};
}
GRADIENT(GeluOp) {
  Value x = getInput(), slope;
  if (getTanh()) {
    double k = std::sqrt(2 / M_PI), a = 0.044715;
    Value x2 = b.mul(x, x), t = b.unary("tanh", b.mul(b.mul(x, b.add(b.mul(x2, a), 1)), k));
    Value inner = b.mul(b.add(b.mul(x2, 3 * a), 1), k);
    slope = b.mul(b.add(b.add(t, 1), b.mul(b.mul(x, b.sub(1, b.mul(t, t))), inner)), 0.5);
  } else {
    Value cdf = b.mul(b.add(b.unary("erf", b.mul(x, M_SQRT1_2)), 1), 0.5);
    Value pdf = b.mul(b.exp(b.mul(b.mul(x, x), -0.5)), 1 / std::sqrt(2 * M_PI));
    slope = b.add(cdf, b.mul(x, pdf));
  }
  return {b.mul(cotangents[0], slope)};
}
GRADIENT(ClampOp) {
  Value x = getInput(), c = cotangents[0];
  for (auto [limit, inside] : {std::pair(getMaxAttr(), "le"), std::pair(getMinAttr(), "ge")})
    if (limit && holds(typeOf(x).getElementType(), limit)) // another one limits nothing
      c = pass(b, b.binary(inside, x, b.number(limit, x)), c);
  return {c};
}

//===--- Two operands and more --------------------------------------------------------------------------===//

/// The operands may have been stretched.
static Values unstretched(Ops &b, Operation *op, Values cotangents) {
  for (auto [c, operand] : llvm::zip(cotangents, op->getOperands()))
    if (c)
      c = b.sumTo(c, typeOf(operand));
  return cotangents;
}
#define BINARY(Op, left, right) \
  GRADIENT(Op) { \
    Value c = b.broadcast(cotangents[0], dimsOf(getResult())), x = getLhs(), z = getRhs(), y = getResult(); \
    (void)x, (void)z, (void)y; \
    return unstretched(b, *this, {left, right}); \
  }
BINARY(AddOp, c, c)
BINARY(SubOp, c, b.neg(c))
BINARY(MulOp, b.mul(c, z), b.mul(c, x))
BINARY(DivOp, b.div(c, z), b.neg(b.div(b.mul(c, y), z)))

/// c where a comes first, half of it at a tie.
static Value chosen(Ops &b, StringRef first, Value x, Value z, Value c) {
  return b.where(b.binary(first, x, z), c, pass(b, b.binary("eq", x, z), b.mul(c, 0.5)));
}
BINARY(MinOp, chosen(b, "lt", x, z, c), chosen(b, "lt", z, x, c))
BINARY(MaxOp, chosen(b, "gt", x, z, c), chosen(b, "gt", z, x, c))

GRADIENT(PowOp) { // at x^0 the slope in x is 0; at 0^z (z >= 0) the slope in z is 0, as in PyTorch
  Value c = b.broadcast(cotangents[0], dimsOf(getResult())), x = getLhs(), z = getRhs();
  Value none = b.number(0, x);
  Value dx = b.where(b.binary("eq", z, none), none, b.mul(b.mul(c, z), b.binary("pow", x, b.sub(z, b.number(1, z)))));
  Value dz = b.mul(c, b.mul(getResult(), b.log(x)));
  Value flat = b.where(b.binary("ge", z, none), b.where(b.binary("eq", x, none), none, dz), dz);
  return unstretched(b, *this, {dx, flat});
}
GRADIENT(WhereOp) {
  Value c = b.broadcast(cotangents[0], dimsOf(getResult())), none = b.number(0, c);
  return unstretched(b, *this, {Value(), b.where(getCondition(), c, none), b.where(getCondition(), none, c)});
}

//===--- Reductions -------------------------------------------------------------------------------------===//

static llvm::SmallBitVector reduced(Value input, ArrayAttr axes) {
  int64_t rank = typeOf(input).getRank();
  llvm::SmallBitVector set(rank, !axes);
  if (axes)
    for (SizeAttr axis : axes.getAsRange<SizeAttr>())
      set.set(axis.number() < 0 ? axis.number() + rank : axis.number());
  return set;
}
/// The shape of a reduction's result with its axes kept.
template <typename Op> static SmallVector<Dim> keptDims(Op op) {
  SmallVector<Dim> dims = dimsOf(op.getInput());
  llvm::SmallBitVector axes = reduced(op.getInput(), op.getAxesAttr());
  for (unsigned i : axes.set_bits())
    dims[i] = 1;
  return dims;
}
template <typename Op> static Value spread(Ops &b, Op op, Value value) {
  return b.broadcast(b.reshape(value, keptDims(op)), dimsOf(op.getInput()));
}
static SmallVector<int64_t> listOf(const llvm::SmallBitVector &set) {
  return SmallVector<int64_t>(set.set_bits_begin(), set.set_bits_end());
}
GRADIENT(SumOp) { return {spread(b, *this, cotangents[0])}; }
GRADIENT(MeanOp) {
  Value count = b.count(getInput(), listOf(reduced(getInput(), getAxesAttr())));
  return {spread(b, *this, b.div(cotangents[0], count))};
}
template <typename Op> static Values extremum(Ops &b, Op op, Value c) {
  SmallVector<Dim> kept = keptDims(op);
  Value hit = b.binary("eq", op.getInput(), b.reshape(op.getResult(), kept));
  Value ones = b.cast(hit, typeOf(op.getInput()).getElementType());
  Value ties = b.sum(ones, listOf(reduced(op.getInput(), op.getAxesAttr())), /*keepdim=*/true);
  return {b.mul(ones, b.div(b.reshape(c, kept), ties))};
}
GRADIENT(AmaxOp) { return extremum(b, *this, cotangents[0]); }
GRADIENT(AminOp) { return extremum(b, *this, cotangents[0]); }

//===--- Shape ------------------------------------------------------------------------------------------===//

GRADIENT(ReshapeOp) { return {b.reshape(cotangents[0], dimsOf(getInput()))}; }
GRADIENT(TransposeOp) {
  SmallVector<int64_t> inverse(getPermutation().size());
  for (auto [i, axis] : llvm::enumerate(getPermutation().getAsRange<SizeAttr>()))
    inverse[axis.number() < 0 ? axis.number() + inverse.size() : axis.number()] = i;
  return {b.transpose(cotangents[0], inverse)};
}
GRADIENT(BroadcastOp) { return {b.sumTo(cotangents[0], typeOf(getInput()))}; }

/// Puts a piece back at `start` along an axis, among zeros.
static Value putBack(Ops &b, Value piece, Value whole, int64_t axis, Dim start) {
  Dim all = dimsOf(whole)[axis], own = dimsOf(piece)[axis];
  if (own == all)
    return piece;
  if (all.isOpen()) {
    auto none = [&](Dim size) {
      SmallVector<Dim> dims = dimsOf(whole);
      dims[axis] = size;
      return b.splat(0, makeTensor(dims, typeOf(whole).getElementType()));
    };
    Values parts;
    if (start.isOpen())
      parts.push_back(none(start));
    parts.push_back(piece);
    if (int64_t rest = all.value - start.value - own.value)
      parts.push_back(none(Dim(rest, all.open)));
    return b.create<ConcatOp>(parts, {b.size("axis", axis)}).getResult();
  }
  SmallVector<int64_t> low(typeOf(whole).getRank(), 0), high(low);
  low[axis] = start.value;
  high[axis] = all.value - own.value - start.value;
  return b.create<PadOp>({piece}, {b.sizes("low", low), b.sizes("high", high)}).getResult();
}
GRADIENT(SliceOp) {
  int64_t axis = getAlong();
  return {putBack(b, cotangents[0], getInput(), axis, getStartAttr() ? getStartAttr().evaluate() : Dim(0))};
}
GRADIENT(SelectOp) {
  int64_t axis = getAlong(), index = getIndexAttr().number();
  if (index < 0)
    index += typeOf(getInput()).getDimSize(axis);
  return {putBack(b, b.unsqueeze(cotangents[0], axis), getInput(), axis, index)};
}
GRADIENT(FlipOp) { return {b.create<FlipOp>({cotangents[0]}, (*this)->getAttrs()).getResult()}; }
GRADIENT(ShiftOp) {
  Shift shift = shiftOf(*this);
  SmallVector<NamedAttribute> back{b.size("axis", shift.axis), b.size("by", -shift.by)};
  if (shift.hasSteps)
    back.push_back(b.size("step", -shift.step));
  Value moved = b.create<ShiftOp>({cotangents[0]}, back).getResult();
  return {shift.stretches ? b.sum(moved, {shift.axis + 1}, /*keepdim=*/true) : moved};
}
GRADIENT(ReadOp) {
  Value zeros = b.splat(0, typeOf(getInput()));
  return {b.create<WriteOp>({zeros, cotangents[0], getAt()}, {b.size("axis", getAlong())}).getResult(), Value()};
}
GRADIENT(WriteOp) {
  int64_t axis = getAlong();
  auto along = b.size("axis", axis);
  Value zeros = b.splat(0, typeOf(getValue()));
  return {
      b.create<WriteOp>({cotangents[0], zeros, getAt()}, {along}).getResult(),
      b.create<ReadOp>({cotangents[0], getAt()}, {along, b.size("size", dimsOf(getValue())[axis].value)}).getResult(),
      Value()};
}
GRADIENT(ConcatOp) {
  int64_t axis = getAlong();
  Dim start = 0;
  if (getInputs().size() == 1)
    return {cotangents[0]};
  Values result;
  for (Value input : getInputs()) {
    Dim size = dimsOf(input)[axis];
    result.push_back(b.slice(cotangents[0], axis, start, size));
    start = start == Dim(0) ? size : start + size;
  }
  return result;
}
GRADIENT(SplitOp) {
  Values parts;
  for (auto [c, part] : llvm::zip(cotangents, getParts()))
    parts.push_back(c ? c : zeros(b, part));
  SmallVector<NamedAttribute, 1> axis{b.size("axis", getAlong())};
  return {b.create<ConcatOp>(parts, axis).getResult()};
}
GRADIENT(PadOp) {
  Value c = cotangents[0];
  if (getLowAttr() || getHighAttr())
    for (auto [axis, dim] : llvm::enumerate(dimsOf(getInput())))
      if (dimsOf(c)[axis] != dim)
        c = b.slice(c, axis, getLowAttr() ? cast<SizeAttr>(getLowAttr()[axis]).number() : 0, dim);
  return {c};
}
/// In other modes than `constant`: along each axis, what lies before, the whole, and what lies behind.
Values PadOp::augment(Ops &b) {
  StringRef mode = getMode().value_or("constant");
  if (mode == "constant")
    return {};
  Value x = getInput();
  for (int64_t axis = 0, rank = typeOf(x).getRank(); axis < rank; ++axis) {
    auto widthOf = [&](ArrayAttr widths) { return widths ? cast<SizeAttr>(widths[axis]).number() : 0; };
    int64_t low = widthOf(getLowAttr()), high = widthOf(getHighAttr()), size = dimsOf(x)[axis].value;
    auto piece = [&](int64_t count, int64_t start) -> Value {
      if (mode == "reflect")
        return b.create<FlipOp>({b.slice(x, axis, start, count)}, {b.sizes("axes", ArrayRef<int64_t>{axis})})
            .getResult();
      if (mode == "circular")
        return b.slice(x, axis, start, count);
      SmallVector<Dim> dims = dimsOf(x);
      dims[axis] = count;
      return b.broadcast(b.slice(x, axis, start, 1), dims);
    };
    bool reflects = mode == "reflect", turns = mode == "circular";
    Values parts;
    if (low)
      parts.push_back(piece(low, reflects ? 1 : turns ? size - low : 0));
    parts.push_back(x);
    if (high)
      parts.push_back(piece(high, reflects ? size - 1 - high : turns ? 0 : size - 1));
    if (parts.size() > 1)
      x = b.create<ConcatOp>(parts, {b.size("axis", axis)}).getResult();
  }
  return {x};
}
Values PadOp::decompose(Ops &b) { return augment(b); }
GRADIENT(GatherOp) {
  int64_t tables = tableAxes(*this);
  SmallVector<NamedAttribute, 2> options{b.size("count", dimsOf(getTable())[tables].value)};
  if (tables)
    options.push_back(b.size("batch_dims", tables));
  return {b.create<ScatterAddOp>({getIndex(), cotangents[0]}, options).getResult(), Value()};
}

//===--- Products and softmax ---------------------------------------------------------------------------===//

/// The rows of a stack of matrices as those of one, if there are several matrices and an axis can count them.
static std::optional<Value> asOneMatrix(Ops &b, Value stack) {
  SmallVector<Dim> dims = dimsOf(stack);
  Dim rows = 1;
  for (Dim dim : ArrayRef<Dim>(dims).drop_back())
    rows = rows * dim;
  if (dims.size() < 3 || rows.isUnknown() || !rows.fitsAxis())
    return std::nullopt;
  return b.reshape(stack, {rows, dims.back()});
}
GRADIENT(MatmulOp) {
  Value c = cotangents[0], x = getLhs(), z = getRhs();
  bool ta = getTransposeA(), tb = getTransposeB();
  Value dx = ta ? b.matmul(z, c, tb, true) : b.matmul(c, z, false, !tb);
  // What all matrices of a stack are multiplied by has one product for its gradient, and not a sum over many.
  std::optional<Value> rows, columns;
  if (typeOf(z).getRank() == 2 && !ta && (rows = asOneMatrix(b, x)) && (columns = asOneMatrix(b, c)))
    x = *rows, c = *columns;
  Value dz = tb ? b.matmul(c, x, true, ta) : b.matmul(x, c, !ta, false);
  return unstretched(b, *this, {dx, dz});
}
GRADIENT(SoftmaxOp) {
  int64_t axis = getAlong();
  Value c = cotangents[0], y = getResult();
  return {b.mul(y, b.sub(c, b.sum(b.mul(c, y), {axis}, true)))};
}
GRADIENT(LogSoftmaxOp) {
  int64_t axis = getAlong();
  Value c = cotangents[0];
  Value y = b.exp(getResult()), sum = b.sum(c, {axis}, true); // in this order, whatever compiler builds us
  return {b.sub(c, b.mul(y, sum))};
}

//===--- What is rewritten before it is differentiated --------------------------------------------------===//

Values CrossEntropyOp::augment(Ops &b) { return decompose(b); }
Values MseLossOp::augment(Ops &b) { return decompose(b); }
// Never asked: these are rewritten first.
GRADIENT(CrossEntropyOp) { return {}; }
GRADIENT(MseLossOp) { return {}; }
