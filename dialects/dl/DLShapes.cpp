// DLShapes.cpp - what shape rules share, and those of elementwise ops and reductions.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/ShapeRules.h"
#include <cmath>

using namespace mlir;
using namespace dlc;
using llvm::Twine;

LogicalResult ShapeRule::report(Operation *op) {
  return problem.empty() ? success() : LogicalResult(complain(op, place) << problem);
}
bool ShapeRule::hasOperands() {
  if (operands.empty())
    fail("expected at least one value");
  return !operands.empty();
}
static bool isFraction(Attribute number) { return realOf(number) != std::trunc(realOf(number)); }

int64_t Shapes::axis(Value value, SizeAttr axis, int64_t otherwise, Place place) const {
  int64_t rank = (*this)[value].getRank(), i = number(axis, otherwise);
  i = i < 0 ? i + rank : i;
  if (i >= 0 && i < rank)
    return i;
  rule.fail("no axis " + Twine(number(axis, otherwise)) + " in " + show(value) +
                (rank ? "; expected -" + std::to_string(rank) + " to " + std::to_string(rank - 1) : ", which has none"),
            place);
  return -1;
}
bool Shapes::rank(Value value, int64_t rank, const char *what, Place place) const {
  if ((*this)[value].getRank() == rank)
    return true;
  rule.fail(Twine(what) + ": expected " + Twine(rank) + (rank == 1 ? " axis" : " axes") + ", found " + show(value),
            place);
  return false;
}
bool Shapes::floats(Value value, const char *what, Place place) const {
  if (isFloat(element(value)))
    return true;
  rule.fail(Twine(what) + ": expected floats, found " + show(value) + "; use `cast`", place);
  return false;
}
bool Shapes::numbers(Value value, const char *what, Place place) const {
  if (!element(value).isInteger(1))
    return true;
  rule.fail(Twine(what) + ": expected numbers, found " + show(value) + "; use `cast`", place);
  return false;
}
bool Shapes::integers(Value value, const char *what, Place place) const {
  if (element(value).isInteger() && !element(value).isInteger(1))
    return true;
  rule.fail(Twine(what) + ": expected integers, found " + show(value), place);
  return false;
}
bool Shapes::sameElements(Value a, Value b, Place place) const {
  if (element(a) == element(b))
    return true;
  rule.fail("element types differ: " + show(a) + " and " + show(b) + "; use `cast`", place);
  return false;
}
bool Shapes::fixed(SizeAttr size, const char *what, Place place) const {
  if (!size || !size.evaluate().isOpen())
    return true;
  rule.fail(Twine(what) + ": expected a number, found " + show(size.evaluate()), place);
  return false;
}
bool Shapes::held(Attribute number, Value value, const char *what, Place place) const {
  if (!number || holds(element(value), number))
    return true;
  rule.fail(Twine(what) + " = " + showNumber(number) + " is no number of " + show(element(value)) +
                ", as are the elements of " + show(value) + "; " +
                (isFraction(number) ? "take a whole number" : "take one within its range") + ", or `cast` them before",
            place);
  return false;
}
bool Shapes::isEpsilon(Attribute epsilon, Value value, const char *what) const {
  if (epsilon && !(realOf(epsilon) >= 0))
    return rule.fail(Twine(what) + ": epsilon: expected a number of at least 0, found " + showNumber(epsilon)), false;
  return held(epsilon, value, (Twine(what) + ": epsilon").str().c_str());
}
bool Shapes::hasAxis(Value value, const char *what) const {
  if ((*this)[value].getRank())
    return true;
  rule.fail(Twine(what) + ": expected at least one axis, found " + show(value));
  return false;
}
SmallVector<Dim> Shapes::picture(Value value) const {
  SmallVector<Dim> sizes = dims(value);
  if (channelsFirst && sizes.size() > 2)
    std::rotate(sizes.begin() + 1, sizes.begin() + 2, sizes.end());
  return sizes;
}
void Shapes::setPicture(SmallVector<Dim> dims, Type element) const {
  if (channelsFirst && dims.size() > 2)
    std::rotate(dims.begin() + 1, dims.end() - 1, dims.end());
  set(dims, element);
}
bool Shapes::isLaidOut(Value input, const char *what, Place place) const {
  if (!channelsFirst || (*this)[input].getRank() > 1)
    return true;
  rule.fail(Twine(what) + ": channels_first: expected an input " + layout("...") + ", found " + show(input), place);
  return false;
}
bool Shapes::vectorOf(Value value, Value like, const char *what) const {
  Dim width = picture(like).back();
  if ((*this)[value].getRank() == 1 && dims(value)[0].agrees(width))
    return sameElements(like, value);
  rule.fail(Twine(what) + ": expected " + show(makeTensor({width}, element(like))) + ", found " + show(value));
  return false;
}
SmallVector<Dim> dlc::sizesOf(ArrayAttr sizes) {
  return llvm::map_to_vector(sizes.getAsRange<SizeAttr>(), [](SizeAttr size) { return size.evaluate(); });
}
Dim dlc::product(ArrayRef<Dim> dims) {
  Dim all = 1;
  for (Dim dim : dims)
    all = all * dim;
  return all;
}
std::optional<llvm::SmallBitVector> Shapes::axes(Value value, ArrayAttr axes) const {
  llvm::SmallBitVector set((*this)[value].getRank(), !axes);
  if (axes)
    for (SizeAttr one : axes.getAsRange<SizeAttr>()) {
      int64_t i = axis(value, one);
      if (i < 0)
        return std::nullopt;
      if (set[i]) {
        rule.fail("axis " + Twine(i) + " stands twice in the list");
        return std::nullopt;
      }
      set.set(i);
    }
  return set;
}

static size_t batchAxes(ArrayRef<Dim> dims) {
  return llvm::count_if(dims, [](Dim dim) { return dim.hasRows(); });
}
bool Shapes::rowsMeetTheirOwn(ArrayRef<Value> values, ArrayRef<Dim> result, size_t own, Place place) const {
  size_t most = 0;
  Value shorter, other;
  for (Value value : values) {
    SmallVector<Dim> dims = dimsOf(value);
    size_t count = batchAxes(ArrayRef<Dim>(dims).drop_back(own));
    most = std::max(most, count);
    if (count && dims.size() - own < result.size())
      shorter = value;
    else if (count)
      other = value;
  }
  if (!shorter || batchAxes(result) == most)
    return true;
  other = other ? other : values.front();
  SmallVector<Dim> dims = dimsOf(shorter), apart(result.size() + own - dims.size(), Dim(1)), together = dims;
  together.insert(together.end() - own, apart.begin(), apart.end());
  apart.append(dims);
  auto list = [&](ArrayRef<Dim> sizes) {
    return "[" + llvm::join(llvm::map_range(sizes, [](Dim dim) { return show(dim); }), ", ") + "]";
  };
  rule.fail("each row would meet each other row: " + show(other) + " and " + show(shorter) + " are stretched to " +
                list(result) + "; `reshape` the latter to " + list(together) +
                " so that each row meets its own, or to " + list(apart) + " if this is meant",
            place);
  return false;
}

namespace dlc {
//===--- Elementwise ------------------------------------------------------------------------------------===//

template <typename Op> static void sameNumbers(typename Op::Adaptor op, Shapes s) {
  if (s.numbers(op.getInput(), Op::getOperationName().data() + 3))
    same<Op>(op, s);
}
#define FLOATS(Op) \
  static void shape(Op::Adaptor op, Shapes s) { sameFloats<Op>(op, s); }
#define NUMBERS(Op) \
  static void shape(Op::Adaptor op, Shapes s) { sameNumbers<Op>(op, s); }
FLOATS(ExpOp)
FLOATS(LogOp)
FLOATS(SinOp)
FLOATS(CosOp)
FLOATS(ErfOp)
FLOATS(SqrtOp)
FLOATS(RsqrtOp)
FLOATS(TanhOp)
FLOATS(SigmoidOp)
FLOATS(SiluOp)
FLOATS(SoftplusOp)
FLOATS(GeluOp)
FLOATS(Relu6Op)
FLOATS(HardsigmoidOp)
FLOATS(HardswishOp)
FLOATS(SeluOp)
FLOATS(MishOp)
NUMBERS(NegOp)
NUMBERS(AbsOp)
NUMBERS(ReluOp)

static void shape(LeakyReluOp::Adaptor op, Shapes s) {
  if (s.held(op.getSlopeAttr(), op.getInput(), "leaky_relu: slope"))
    sameFloats<LeakyReluOp>(op, s);
}
static void shape(EluOp::Adaptor op, Shapes s) {
  if (s.held(op.getAlphaAttr(), op.getInput(), "elu: alpha"))
    sameFloats<EluOp>(op, s);
}
static void shape(CeluOp::Adaptor op, Shapes s) {
  if (op.getAlphaAttr() && realOf(op.getAlphaAttr()) == 0)
    return s.rule.fail("celu: alpha: x is divided by it; expected another number than 0");
  if (s.held(op.getAlphaAttr(), op.getInput(), "celu: alpha"))
    sameFloats<CeluOp>(op, s);
}
static void shape(PreluOp::Adaptor op, Shapes s) {
  if (!s.floats(op.getInput(), "prelu") || !s.sameElements(op.getInput(), op.getWeight()) ||
      !s.isLaidOut(op.getInput(), "prelu"))
    return;
  SmallVector<Dim> dims = s.picture(op.getInput()), weight = s.dims(op.getWeight());
  Dim channels = dims.empty() ? Dim(1) : dims.back();
  if (weight.size() > 1 || weight.size() > dims.size() ||
      (weight.size() == 1 && weight[0] != Dim(1) && (channels.isOpen() || !weight[0].agrees(channels))))
    return s.rule.fail("prelu: weight: expected one number, or one for each channel of " + show(op.getInput()) +
                       ", found " + show(op.getWeight()));
  same<PreluOp>(op, s);
}
static bool isLess(Attribute a, Attribute b) {
  auto x = wholeOf(a), y = wholeOf(b);
  return x && y ? *x < *y : realOf(a) < realOf(b);
}
static void shape(ClampOp::Adaptor op, Shapes s) {
  if (!op.getMinAttr() && !op.getMaxAttr())
    return s.rule.fail("clamp: say min = ..., max = ..., or both");
  if (op.getMinAttr() && op.getMaxAttr() && isLess(op.getMaxAttr(), op.getMinAttr()))
    return s.rule.fail("clamp: min must not be above max, found " + showNumber(op.getMinAttr()) + " and " +
                       showNumber(op.getMaxAttr()));
  // A limit beyond all numbers of the type, on the side that it leaves open, limits nothing.
  auto isGood = [&](Attribute limit, bool isLow, const char *what) {
    bool isOpen = limit && !isFraction(limit) && (realOf(limit) < 0) == isLow;
    return isOpen && !holds(s.element(op.getInput()), limit) ? true : s.held(limit, op.getInput(), what);
  };
  if (s.numbers(op.getInput(), "clamp") && isGood(op.getMinAttr(), true, "clamp: min") &&
      isGood(op.getMaxAttr(), false, "clamp: max"))
    same<ClampOp>(op, s);
}
static void shape(CastOp::Adaptor op, Shapes s) {
  if (!isElement(op.getType()))
    return s.rule.fail("cast: expected f32, f64, i32, i64, ui8 or i1, found " + show(op.getType()));
  s.set(s.dims(op.getInput()), op.getType());
}

/// Sizes are matched from the last axis on; 1 stretches. False (and a problem) if they do not fit.
static bool broadcast(ArrayRef<Value> values, Shapes s, SmallVectorImpl<Dim> &result, Place place) {
  size_t rank = 0;
  for (Value value : values)
    rank = std::max<size_t>(rank, s[value].getRank());
  result.assign(rank, Dim(1));
  for (Value value : values) {
    SmallVector<Dim> dims = s.dims(value);
    for (size_t i = 0; i < dims.size(); ++i) {
      Dim &sofar = result[rank - dims.size() + i], dim = dims[i];
      if (dim == Dim(1) || sofar == dim)
        continue;
      if (sofar != Dim(1) && !sofar.agrees(dim)) {
        s.rule.fail("sizes differ: " + show(values.front()) + " and " + show(value) + ": " + show(sofar) + " against " +
                        show(dim) + ", axis -" + Twine(dims.size() - i),
                    place);
        return false;
      }
      sofar = sofar == Dim(1) || sofar.isUnknown() ? dim : sofar;
    }
  }
  return s.rowsMeetTheirOwn(values, result, /*own=*/0, place);
}
template <typename Op> static void binary(Op op, Shapes s, bool numbers, Type element, Place place = Place::current()) {
  SmallVector<Dim> dims;
  if ((numbers && !s.numbers(op.getLhs(), "arithmetic")) || !s.sameElements(op.getLhs(), op.getRhs()) ||
      !broadcast({op.getLhs(), op.getRhs()}, s, dims, place))
    return;
  s.set(dims, element ? element : s.element(op.getLhs()));
}
#define ARITHMETIC(Op) \
  static void shape(Op::Adaptor op, Shapes s) { binary(op, s, true, {}); }
#define COMPARISON(Op) \
  static void shape(Op::Adaptor op, Shapes s) { binary(op, s, false, IntegerType::get(op.getLhs().getContext(), 1)); }
ARITHMETIC(AddOp)
ARITHMETIC(SubOp)
ARITHMETIC(MulOp)
ARITHMETIC(DivOp)
ARITHMETIC(MinOp)
ARITHMETIC(MaxOp)
COMPARISON(EqOp)
COMPARISON(NeOp)
COMPARISON(LtOp)
COMPARISON(LeOp)
COMPARISON(GtOp)
COMPARISON(GeOp)
static void shape(PowOp::Adaptor op, Shapes s) {
  if (s.floats(op.getLhs(), "pow"))
    binary(op, s, true, {});
}
static void shape(WhereOp::Adaptor op, Shapes s) {
  SmallVector<Dim> dims;
  if (!s.element(op.getCondition()).isInteger(1))
    return s.rule.fail("where: expected a condition of i1, as `lt` yields it, found " + show(op.getCondition()));
  if (s.sameElements(op.getLhs(), op.getRhs()) &&
      broadcast({op.getLhs(), op.getRhs(), op.getCondition()}, s, dims, Place::current()))
    s.set(dims, s.element(op.getLhs()));
}

//===--- Reductions -------------------------------------------------------------------------------------===//

static void reduce(Value input, const llvm::SmallBitVector &axes, bool keep, Type element, Shapes s) {
  SmallVector<Dim> dims;
  for (auto [i, dim] : llvm::enumerate(s.dims(input)))
    if (!axes[i])
      dims.push_back(dim);
    else if (keep)
      dims.push_back(1);
  s.set(dims, element);
}
template <typename Op> static void reduction(typename Op::Adaptor op, Shapes s) {
  if (!s.numbers(op.getInput(), Op::getOperationName().data() + 3))
    return;
  if (auto axes = s.axes(op.getInput(), op.getAxesAttr()))
    reduce(op.getInput(), *axes, op.getKeepdim(), s.element(op.getInput()), s);
}
static void shape(SumOp::Adaptor op, Shapes s) {
  reduction<SumOp>(op, s);
  if (!s.rule.results.empty() && s.element(op.getInput()).isInteger()) // many small ones are a large one
    s.set(dimsOf(cast<RankedTensorType>(s.rule.results[0])), IntegerType::get(op.getInput().getContext(), 64));
}
static void shape(AmaxOp::Adaptor op, Shapes s) { reduction<AmaxOp>(op, s); }
static void shape(AminOp::Adaptor op, Shapes s) { reduction<AminOp>(op, s); }
static void shape(MeanOp::Adaptor op, Shapes s) {
  if (s.floats(op.getInput(), "mean"))
    reduction<MeanOp>(op, s);
}
static void shape(ArgmaxOp::Adaptor op, Shapes s) {
  int64_t axis = s.axis(op.getInput(), op.getAxisAttr());
  if (axis < 0 || !s.numbers(op.getInput(), "argmax"))
    return;
  if (s.dims(op.getInput())[axis] == Dim(0))
    return s.rule.fail("argmax: there is nothing along axis " + Twine(axis) + " of " + show(op.getInput()));
  llvm::SmallBitVector axes(s[op.getInput()].getRank());
  axes.set(axis);
  reduce(op.getInput(), axes, op.getKeepdim(), IntegerType::get(op.getInput().getContext(), 64), s);
}
static void shape(CountOp::Adaptor op, Shapes s) {
  auto axes = s.axes(op.getLike(), op.getAxesAttr());
  if (!axes)
    return;
  if (!isElement(op.getType()) || op.getType().isInteger(1) || op.getType().isInteger(8))
    return s.rule.fail("count: expected f32, f64, i32 or i64, found " + show(op.getType()));
  Dim count = 1;
  for (unsigned axis : axes->set_bits())
    count = count * s.dims(op.getLike())[axis];
  if (count.isNumber() && !holds(op.getType(), count.value))
    return s.rule.fail("count: the " + show(count) + " elements of " + show(op.getLike()) + " are no number of " +
                       show(op.getType()) + "; use i64");
  s.set({}, op.getType());
}

RULE(NegOp)
RULE(AbsOp)
RULE(ExpOp)
RULE(LogOp)
RULE(SinOp)
RULE(CosOp)
RULE(ErfOp)
RULE(SqrtOp)
RULE(RsqrtOp)
RULE(TanhOp)
RULE(SigmoidOp)
RULE(ReluOp)
RULE(SiluOp)
RULE(SoftplusOp)
RULE(LeakyReluOp)
RULE(GeluOp)
RULE(Relu6Op)
RULE(HardsigmoidOp)
RULE(HardswishOp)
RULE(EluOp)
RULE(CeluOp)
RULE(SeluOp)
RULE(MishOp)
RULE(PreluOp)
RULE(ClampOp)
RULE(CastOp)
RULE(AddOp)
RULE(SubOp)
RULE(MulOp)
RULE(DivOp)
RULE(PowOp)
RULE(MinOp)
RULE(MaxOp)
RULE(EqOp)
RULE(NeOp)
RULE(LtOp)
RULE(LeOp)
RULE(GtOp)
RULE(GeOp)
RULE(WhereOp)
RULE(SumOp)
RULE(MeanOp)
RULE(AmaxOp)
RULE(AminOp)
RULE(ArgmaxOp)
RULE(CountOp)
} // namespace dlc
