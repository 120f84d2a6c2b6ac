// DLShapes.cpp - one shape rule an op: inference asks it for types, verification for the reason why not.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Windows.h"
#include "dialects/nn/NN.h"
#include <cmath>

using namespace mlir;
using namespace dlc;
using llvm::Twine;

LogicalResult ShapeRule::report(Operation *op) {
  return problem.empty() ? success() : LogicalResult(complain(op, place) << problem);
}
static bool isFraction(Attribute number) { return realOf(number) != std::trunc(realOf(number)); }
static Type unknown(Type like) { return UnrankedTensorType::get(cast<TensorType>(like).getElementType()); }
static int64_t number(SizeAttr size, int64_t otherwise) { return size ? size.number() : otherwise; }
static bool isFloat(Type type) { return isa<FloatType>(type); }

namespace {
/// The types of one op under a rule; complains at most once.
struct Shapes {
  ShapeRule &rule;
  RankedTensorType operator[](Value value) const { return typeOf(value); }
  Type element(Value value) const { return typeOf(value).getElementType(); }
  SmallVector<Dim> dims(Value value) const { return dimsOf(value); }
  /// An axis counted from either end; -1 if there is none.
  int64_t axis(Value value, SizeAttr axis, int64_t otherwise = -1, Place place = Place::current()) const {
    int64_t rank = (*this)[value].getRank(), i = number(axis, otherwise);
    i = i < 0 ? i + rank : i;
    if (i >= 0 && i < rank)
      return i;
    rule.fail(
        "no axis " + Twine(number(axis, otherwise)) + " in " + show(value) +
            (rank ? "; expected -" + std::to_string(rank) + " to " + std::to_string(rank - 1) : ", which has none"),
        place);
    return -1;
  }
  bool rank(Value value, int64_t rank, const char *what, Place place = Place::current()) const {
    if ((*this)[value].getRank() == rank)
      return true;
    rule.fail(Twine(what) + ": expected " + Twine(rank) + (rank == 1 ? " axis" : " axes") + ", found " + show(value),
              place);
    return false;
  }
  bool floats(Value value, const char *what, Place place = Place::current()) const {
    if (isFloat(element(value)))
      return true;
    rule.fail(Twine(what) + ": expected floats, found " + show(value) + "; use `cast`", place);
    return false;
  }
  bool numbers(Value value, const char *what, Place place = Place::current()) const {
    if (!element(value).isInteger(1))
      return true;
    rule.fail(Twine(what) + ": expected numbers, found " + show(value) + "; use `cast`", place);
    return false;
  }
  bool integers(Value value, const char *what, Place place = Place::current()) const {
    if (element(value).isInteger() && !element(value).isInteger(1))
      return true;
    rule.fail(Twine(what) + ": expected integers, found " + show(value), place);
    return false;
  }
  bool sameElements(Value a, Value b, Place place = Place::current()) const {
    if (element(a) == element(b))
      return true;
    rule.fail("element types differ: " + show(a) + " and " + show(b) + "; use `cast`", place);
    return false;
  }
  /// Options that are numbers of elements: a size that depends on the batch is none.
  bool fixed(SizeAttr size, const char *what, Place place = Place::current()) const {
    if (!size || !size.evaluate().isBatch())
      return true;
    rule.fail(Twine(what) + ": expected a number, found " + show(size.evaluate()), place);
    return false;
  }
  /// A number that is combined with elements of `value` must be one of their type.
  bool held(Attribute number, Value value, const char *what, Place place = Place::current()) const {
    if (!number || holds(element(value), number))
      return true;
    rule.fail(Twine(what) + " = " + showNumber(number) + " is no number of " + show(element(value)) +
                  ", as are the elements of " + show(value) + "; " +
                  (isFraction(number) ? "take a whole number" : "take one within its range") +
                  ", or `cast` them before",
              place);
    return false;
  }
  void set(ArrayRef<Dim> dims, Type element) const { rule.results = {makeTensor(dims, element)}; }
};
} // namespace

//===--- Elementwise ------------------------------------------------------------------------------------===//

template <typename Op> static void same(typename Op::Adaptor op, Shapes s) {
  s.rule.results = {op.getInput().getType()};
}
template <typename Op> static void sameFloats(typename Op::Adaptor op, Shapes s) {
  if (s.floats(op.getInput(), Op::getOperationName().data() + 3))
    same<Op>(op, s);
}
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
NUMBERS(NegOp)
NUMBERS(AbsOp)
NUMBERS(ReluOp)

static void shape(LeakyReluOp::Adaptor op, Shapes s) {
  if (s.held(op.getSlopeAttr(), op.getInput(), "leaky_relu: slope"))
    sameFloats<LeakyReluOp>(op, s);
}
static bool isLess(Attribute a, Attribute b) {
  auto x = wholeOf(a), y = wholeOf(b);
  return x && y ? *x < *y : realOf(a) < realOf(b);
}
static void shape(ClampOp::Adaptor op, Shapes s) {
  if (!op.getMinAttr() && !op.getMaxAttr())
    return s.rule.fail("clamp: say min = ..., max = ..., or both");
  if (op.getMinAttr() && op.getMaxAttr() && isLess(op.getMaxAttr(), op.getMinAttr()))
    return s.rule.fail("clamp: min must not be above max");
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

static size_t batchAxes(ArrayRef<Dim> dims) {
  return llvm::count_if(dims, [](Dim dim) { return dim.isBatch(); });
}
/// Where a missing axis makes a batch meet another, as in [batch, 1] - [batch], each row would be combined with each
/// other row, which hardly anybody wants, and which shows in nothing but the result.
/// The last `own` axes are matched otherwise.
static bool rowsMeetTheirOwn(ArrayRef<Value> values, ArrayRef<Dim> result, Shapes s, size_t own = 0,
                             Place place = Place::current()) {
  size_t most = 0;
  Value shorter, other;
  for (Value value : values) {
    SmallVector<Dim> dims = s.dims(value);
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
  SmallVector<Dim> dims = s.dims(shorter), apart(result.size() + own - dims.size(), Dim(1)), together = dims;
  together.insert(together.end() - own, apart.begin(), apart.end());
  apart.append(dims);
  auto list = [&](ArrayRef<Dim> sizes) {
    return "[" + llvm::join(llvm::map_range(sizes, [](Dim dim) { return show(dim); }), ", ") + "]";
  };
  s.rule.fail("each row would meet each other row: " + show(other) + " and " + show(shorter) + " are stretched to " +
                  list(result) + "; `reshape` the latter to " + list(together) +
                  " so that each row meets its own, or to " + list(apart) + " if this is meant",
              place);
  return false;
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
  return rowsMeetTheirOwn(values, result, s, /*own=*/0, place);
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

/// Axes as numbers from 0 on, each once; all of them if none are given. Nothing (and a problem) if one is wrong.
static std::optional<llvm::SmallBitVector> axesOf(Value input, ArrayAttr axes, Shapes s) {
  llvm::SmallBitVector set(s[input].getRank(), !axes);
  if (axes)
    for (SizeAttr axis : axes.getAsRange<SizeAttr>()) {
      int64_t i = s.axis(input, axis);
      if (i < 0)
        return std::nullopt;
      if (set[i]) {
        s.rule.fail("axis " + Twine(i) + " stands twice in the list");
        return std::nullopt;
      }
      set.set(i);
    }
  return set;
}
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
  if (auto axes = axesOf(op.getInput(), op.getAxesAttr(), s))
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
  auto axes = axesOf(op.getLike(), op.getAxesAttr(), s);
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

//===--- Shape ------------------------------------------------------------------------------------------===//

static SmallVector<Dim> sizesOf(ArrayAttr sizes) {
  return llvm::map_to_vector(sizes.getAsRange<SizeAttr>(), [](SizeAttr size) { return size.evaluate(); });
}
/// The number of elements; unknown if that is not known.
static Dim product(ArrayRef<Dim> dims) {
  Dim all = 1;
  for (Dim dim : dims)
    all = all * dim;
  return all;
}
static void shape(ReshapeOp::Adaptor op, Shapes s) {
  SmallVector<Dim> dims = sizesOf(op.getShape());
  Dim in = product(s.dims(op.getInput()));
  Dim *open = nullptr, rest = 1;
  for (auto [dim, attr] : llvm::zip(dims, op.getShape().getAsRange<SizeAttr>())) {
    if (show(attr) != "?") {
      rest = rest * dim;
      continue;
    }
    if (open)
      return s.rule.fail("reshape: only one size may be `?`");
    open = &dim;
  }
  Dim out = product(dims);
  if (!open && in != out && !in.isUnknown() && !out.isUnknown())
    return s.rule.fail("reshape: " + show(op.getInput()) + " has " + show(in) + " elements, " +
                       show(makeTensor(dims, s.element(op.getInput()))) + " has " + show(out));
  if (open && !in.isUnknown() && !rest.isUnknown()) {
    if (in.power > rest.power + 1)
      return s.rule.fail("reshape: " + show(op.getInput()) + " has " + show(in) +
                         " elements; an axis may be a multiple of the batch, and of nothing else that is open");
    int64_t divisor = rest.coefficient();
    bool divides =
        divisor > 0 && in.coefficient() % divisor == 0 && (in.power == rest.power || in.power == rest.power + 1);
    if (!divides)
      return s.rule.fail("reshape: " + show(op.getInput()) + " has " + show(in) + " elements, not a multiple of " +
                         show(rest));
    int64_t quotient = in.coefficient() / divisor;
    *open = in.power > rest.power ? Dim::batch(quotient) : Dim(quotient);
  }
  s.set(dims, s.element(op.getInput()));
}
static void shape(TransposeOp::Adaptor op, Shapes s) {
  SmallVector<Dim> in = s.dims(op.getInput()), dims;
  llvm::SmallDenseSet<int64_t> seen;
  for (SizeAttr axis : op.getPermutation().getAsRange<SizeAttr>()) {
    int64_t i = s.axis(op.getInput(), axis);
    if (i < 0)
      return;
    seen.insert(i);
    dims.push_back(in[i]);
  }
  if (seen.size() != in.size() || dims.size() != in.size())
    return s.rule.fail("transpose: each axis of " + show(op.getInput()) + " must stand in the list once");
  s.set(dims, s.element(op.getInput()));
}
static void shape(BroadcastOp::Adaptor op, Shapes s) {
  SmallVector<Dim> in = s.dims(op.getInput()), dims = sizesOf(op.getShape());
  bool fits = in.size() <= dims.size();
  for (size_t i = 0; fits && i < in.size(); ++i)
    fits = in[i] == Dim(1) || in[i].agrees(dims[dims.size() - in.size() + i]);
  if (!fits)
    return s.rule.fail("broadcast: " + show(op.getInput()) + " cannot be stretched to " +
                       show(makeTensor(dims, s.element(op.getInput()))));
  s.set(dims, s.element(op.getInput()));
}
static void shape(SliceOp::Adaptor op, Shapes s) {
  if (!op.getAxisAttr() || !op.getSizeAttr())
    return s.rule.fail("slice: say axis = ..., size = ..., and start = ... where it is not 0");
  int64_t axis = s.axis(op.getInput(), op.getAxisAttr());
  if (axis < 0)
    return;
  SmallVector<Dim> dims = s.dims(op.getInput());
  Dim from = op.getStartAttr() ? op.getStartAttr().evaluate() : Dim(0);
  Dim size = op.getSizeAttr().evaluate(), whole = dims[axis];
  int64_t start = from.value;
  bool all = from == Dim(0) && size == whole;
  bool multiples = whole.isBatch() && size.isBatch() && (from.isBatch() || from == Dim(0)) &&
                   from.factor + size.factor <= whole.factor;
  bool isKnown = !whole.isUnknown() && !size.isUnknown() && !from.isUnknown();
  if (!all && !multiples && isKnown && (whole.isBatch() || size.isBatch() || from.isBatch()))
    return s.rule.fail("slice: axis " + Twine(axis) + " of " + show(op.getInput()) +
                       " depends on the batch, and can only be cut at multiples of it");
  if (!all && whole.isNumber() && size.isNumber() && !ShapedType::isDynamic(start) &&
      (start < 0 || size.value < 0 || start + size.value > whole.value))
    return s.rule.fail("slice: elements " + Twine(start) + " to " + Twine(start + size.value) +
                       " are not within axis " + Twine(axis) + " of " + show(op.getInput()));
  dims[axis] = size;
  s.set(dims, s.element(op.getInput()));
}
static void shape(SelectOp::Adaptor op, Shapes s) {
  if (!op.getAxisAttr() || !op.getIndexAttr())
    return s.rule.fail("select: say axis = ..., index = ...");
  int64_t axis = s.axis(op.getInput(), op.getAxisAttr()), index = op.getIndexAttr().number();
  if (axis < 0 || !s.fixed(op.getIndexAttr(), "select: index"))
    return;
  SmallVector<Dim> dims = s.dims(op.getInput());
  if (dims[axis].isBatch())
    return s.rule.fail("select: axis " + Twine(axis) + " of " + show(op.getInput()) +
                       " depends on the batch, and cannot be cut");
  if (dims[axis].isNumber() && !ShapedType::isDynamic(index) &&
      (index < -dims[axis].value || index >= dims[axis].value))
    return s.rule.fail("select: no element " + Twine(index) + " along axis " + Twine(axis) + " of " +
                       show(op.getInput()));
  dims.erase(dims.begin() + axis);
  s.set(dims, s.element(op.getInput()));
}
static void shape(ConcatOp::Adaptor op, Shapes s) {
  Value first = op.getInputs().front();
  int64_t axis = s.axis(first, op.getAxisAttr(), 0);
  if (axis < 0)
    return;
  SmallVector<Dim> dims = s.dims(first);
  bool open = false;
  for (Value input : op.getInputs().drop_front()) {
    if (!s.rank(input, dims.size(), "concat") || !s.sameElements(first, input))
      return;
    for (auto [i, size] : llvm::enumerate(s.dims(input))) {
      if ((int64_t)i != axis) {
        if (!dims[i].agrees(size))
          return s.rule.fail("concat: sizes differ: " + show(first) + " and " + show(input) + ", axis " + Twine(i));
        dims[i] = dims[i].isUnknown() ? size : dims[i];
        continue;
      }
      open |= dims[i].isUnknown() || size.isUnknown();
      bool known = !dims[i].isUnknown() && !size.isUnknown();
      dims[i] = open ? Dim() : dims[i] + size;
      if (known && dims[i].isUnknown())
        return s.rule.fail("concat: " + show(first) + " and " + show(input) + " along axis " + Twine(axis) +
                           ": the size is not a multiple of the batch");
    }
  }
  s.set(dims, s.element(first));
}
constexpr int64_t mostParts = 1 << 14; // each is a value with a name, or two
static void shape(SplitOp::Adaptor op, Shapes s) {
  int64_t axis = s.axis(op.getInput(), op.getAxisAttr()), count = op.getCount().number();
  if (axis < 0)
    return;
  if (count < 1)
    return s.rule.fail("split: expected the number of parts as a number, at least 1");
  if (count > mostParts)
    return s.rule.fail("split: expected at most " + Twine(mostParts) + " parts, found " + Twine(count) +
                       "; `slice` takes one");
  SmallVector<Dim> dims = s.dims(op.getInput());
  if (dims[axis].isBatch() && count > 1)
    return s.rule.fail("split: axis " + Twine(axis) + " of " + show(op.getInput()) +
                       " depends on the batch, and cannot be cut");
  if (dims[axis].isNumber()) {
    if (dims[axis].value % count)
      return s.rule.fail("split: " + show(dims[axis]) + " of " + show(op.getInput()) + " is not a multiple of " +
                         Twine(count));
    dims[axis] = dims[axis].value / count;
  }
  s.rule.results.assign(count, makeTensor(dims, s.element(op.getInput())));
}
static void shape(PadOp::Adaptor op, Shapes s) {
  SmallVector<Dim> dims = s.dims(op.getInput());
  for (ArrayAttr widths : {op.getLowAttr(), op.getHighAttr()}) {
    if (!widths)
      continue;
    if (widths.size() != dims.size())
      return s.rule.fail("pad: expected one number for each axis of " + show(op.getInput()) + ", found " +
                         Twine(widths.size()));
    for (auto [dim, width] : llvm::zip(dims, widths.getAsRange<SizeAttr>())) {
      int64_t count = width.number();
      if (!s.fixed(width, "pad: width"))
        return;
      if (count < 0 && !ShapedType::isDynamic(count))
        return s.rule.fail("pad: widths must be at least 0, found " + Twine(count));
      if (dim.isBatch() && count != 0)
        return s.rule.fail("pad: an axis that depends on the batch cannot be padded");
      dim = dim.isBatch() || ShapedType::isDynamic(count) ? (dim.isBatch() ? dim : Dim()) : dim + Dim(count);
    }
  }
  if (s.held(op.getValueAttr(), op.getInput(), "pad: value"))
    s.set(dims, s.element(op.getInput()));
}
static void shape(GatherOp::Adaptor op, Shapes s) {
  if (!s.integers(op.getIndex(), "gather: index") || !s.rank(op.getTable(), 2, "gather: table"))
    return;
  if (s.dims(op.getTable())[0].isBatch())
    return s.rule.fail("gather: expected a table whose number of rows does not depend on the batch, found " +
                       show(op.getTable()));
  SmallVector<Dim> dims = s.dims(op.getIndex());
  dims.push_back(s.dims(op.getTable())[1]);
  s.set(dims, s.element(op.getTable()));
}
static void shape(ScatterAddOp::Adaptor op, Shapes s) {
  SmallVector<Dim> index = s.dims(op.getIndex()), update = s.dims(op.getUpdate());
  bool fits = update.size() == index.size() + 1;
  for (size_t i = 0; fits && i < index.size(); ++i)
    fits = index[i].agrees(update[i]);
  if (!fits)
    return s.rule.fail("scatter_add: expected an index [...] and updates [..., features], found " +
                       show(op.getIndex()) + " and " + show(op.getUpdate()));
  if (s.integers(op.getIndex(), "scatter_add: index"))
    s.set({op.getCount().evaluate(), update.back()}, s.element(op.getUpdate()));
}
static void shape(CheckIndexOp::Adaptor op, Shapes s) {
  if (s.integers(op.getInput(), "check_index"))
    same<CheckIndexOp>(op, s);
}
static void shape(IotaOp::Adaptor op, Shapes s) {
  Type element = op.getTypeAttr() ? op.getTypeAttr().getValue() : IntegerType::get(op.getLike().getContext(), 32);
  if (!element.isSignlessInteger(32) && !element.isSignlessInteger(64))
    return s.rule.fail("iota: expected i32 or i64 as type, found " + show(element));
  if (op.getStart() && (s[op.getStart()].getRank() != 0 || s.element(op.getStart()) != element))
    return s.rule.fail("iota: expected start as one " + show(element) + ", found " + show(op.getStart()));
  int64_t axis = s.axis(op.getLike(), op.getAxisAttr());
  if (axis < 0)
    return;
  if (Dim size = s.dims(op.getLike())[axis]; !size.isUnknown() && !holds(element, size.at(largestBatch)))
    return s.rule.fail("iota: " + show(element) + " cannot count along axis " + Twine(axis) + " of " +
                       show(op.getLike()) + "; say type = i64");
  s.set(s.dims(op.getLike()), element);
}

//===--- Products, normalisation, losses ----------------------------------------------------------------===//

static void shape(MatmulOp::Adaptor op, Shapes s) {
  SmallVector<Dim> a = s.dims(op.getLhs()), b = s.dims(op.getRhs());
  size_t m = a.size(), n = b.size();
  if (m < 2 || n < 2)
    return s.rule.fail("matmul: expected matrices [..., rows, columns], found " + show(op.getLhs()) + " and " +
                       show(op.getRhs()));
  if (!s.sameElements(op.getLhs(), op.getRhs()) || !s.floats(op.getLhs(), "matmul"))
    return;
  bool ta = op.getTransposeA(), tb = op.getTransposeB();
  Dim ka = a[ta ? m - 2 : m - 1], kb = b[tb ? n - 1 : n - 2];
  if (!ka.agrees(kb))
    return s.rule.fail("matmul: " + show(op.getLhs()) + " has " + show(ka) + " to sum over, " + show(op.getRhs()) +
                       " has " + show(kb));
  SmallVector<Dim> dims(std::max(m, n) - 2, Dim(1));
  for (auto [side, value] : {std::pair(ArrayRef<Dim>(a), op.getLhs()), std::pair(ArrayRef<Dim>(b), op.getRhs())}) {
    ArrayRef<Dim> outer = side.drop_back(2);
    for (size_t i = 0; i < outer.size(); ++i) {
      Dim &sofar = dims[dims.size() - outer.size() + i];
      if (outer[i] == Dim(1))
        continue;
      if (sofar != Dim(1) && !sofar.agrees(outer[i]))
        return s.rule.fail("matmul: sizes differ before the last two axes: " + show(op.getLhs()) + " and " +
                           show(op.getRhs()));
      sofar = sofar == Dim(1) || sofar.isUnknown() ? outer[i] : sofar;
    }
  }
  if (!rowsMeetTheirOwn({op.getLhs(), op.getRhs()}, dims, s, /*own=*/2))
    return;
  dims.push_back(a[ta ? m - 1 : m - 2]);
  dims.push_back(b[tb ? n - 2 : n - 1]);
  s.set(dims, s.element(op.getLhs()));
}
/// A sum of dimensions with whole coefficients, and of a number.
static bool isAffineSum(AffineExpr expr) {
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return !isa<AffineSymbolExpr>(expr);
  if (expr.getKind() == AffineExprKind::Mul)
    return isAffineSum(binary.getLHS()) && isa<AffineConstantExpr>(binary.getRHS());
  return expr.getKind() == AffineExprKind::Add && isAffineSum(binary.getLHS()) && isAffineSum(binary.getRHS());
}
/// The least (or the greatest) value of such a sum where each dimension runs from 0 up to its size.
static __int128 boundOf(AffineExpr expr, ArrayRef<Dim> sizes, bool greatest) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return greatest ? sizes[dim.getPosition()].value - 1 : 0;
  if (auto number = dyn_cast<AffineConstantExpr>(expr))
    return number.getValue();
  auto binary = cast<AffineBinaryOpExpr>(expr);
  if (expr.getKind() == AffineExprKind::Add)
    return boundOf(binary.getLHS(), sizes, greatest) + boundOf(binary.getRHS(), sizes, greatest);
  int64_t factor = cast<AffineConstantExpr>(binary.getRHS()).getValue();
  return factor * boundOf(binary.getLHS(), sizes, greatest == factor > 0);
}
/// Is an axis of this size read within it?
static bool isWithin(AffineExpr expr, Dim size, ArrayRef<Dim> sizes) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr); dim && sizes[dim.getPosition()] == size)
    return true;
  bool isOpen = !size.isNumber();
  for (unsigned i = 0; i < sizes.size(); ++i)
    isOpen |= !sizes[i].isNumber() && expr.isFunctionOfDim(i);
  return !isOpen && boundOf(expr, sizes, false) >= 0 && boundOf(expr, sizes, true) < size.value;
}
static void shape(ContractOp::Adaptor op, Shapes s) {
  SmallVector<Dim> over = sizesOf(op.getOver());
  int64_t kept = op.getKept().number();
  if (!s.sameElements(op.getLhs(), op.getRhs()) || !s.floats(op.getLhs(), "contract"))
    return;
  if (kept < 0 || kept >= (int64_t)over.size() ||
      llvm::any_of(over, [](Dim dim) { return dim.isUnknown() || (dim.isNumber() && dim.value < 1); }))
    return s.rule.fail("contract: expected known sizes of at least 1 in `over`, and more of them than are kept");
  for (auto [operand, map] : {std::pair(op.getLhs(), op.getLhsMap()), std::pair(op.getRhs(), op.getRhsMap())}) {
    SmallVector<Dim> dims = s.dims(operand);
    bool fits = map.getNumDims() == over.size() && !map.getNumSymbols() && map.getNumResults() == dims.size() &&
                llvm::all_of(map.getResults(), isAffineSum);
    for (size_t i = 0; fits && i < dims.size(); ++i)
      fits = isWithin(map.getResult(i), dims[i], over);
    if (!fits) {
      std::string text;
      llvm::raw_string_ostream(text) << map;
      return s.rule.fail("contract: " + text + " is no affine map into " + show(operand));
    }
  }
  s.set(ArrayRef<Dim>(over).take_front(kept), s.element(op.getLhs()));
}
template <typename Op> static void softmaxLike(typename Op::Adaptor op, Shapes s) {
  if (s.axis(op.getInput(), op.getAxisAttr()) >= 0)
    sameFloats<Op>(op, s);
}
static void shape(SoftmaxOp::Adaptor op, Shapes s) { softmaxLike<SoftmaxOp>(op, s); }
static void shape(LogSoftmaxOp::Adaptor op, Shapes s) { softmaxLike<LogSoftmaxOp>(op, s); }

static bool vectorOf(Value value, Value like, const char *what, Shapes s) {
  Dim width = s.dims(like).back();
  if (s[value].getRank() == 1 && s.dims(value)[0].agrees(width))
    return s.sameElements(like, value);
  s.rule.fail(Twine(what) + ": expected " + show(makeTensor({width}, s.element(like))) + ", found " + show(value));
  return false;
}
static bool hasAxis(Value value, const char *what, Shapes s) {
  if (s[value].getRank())
    return true;
  s.rule.fail(Twine(what) + ": expected at least one axis, found " + show(value));
  return false;
}
static void shape(LayerNormOp::Adaptor op, Shapes s) {
  if (hasAxis(op.getInput(), "layer_norm", s) && s.floats(op.getInput(), "layer_norm") &&
      vectorOf(op.getWeight(), op.getInput(), "layer_norm: weight", s) &&
      vectorOf(op.getBias(), op.getInput(), "layer_norm: bias", s) &&
      s.held(op.getEpsilonAttr(), op.getInput(), "layer_norm: epsilon"))
    same<LayerNormOp>(op, s);
}
static void shape(NormalizeOp::Adaptor op, Shapes s) {
  if (!hasAxis(op.getInput(), "normalize", s) || !s.floats(op.getInput(), "normalize") ||
      !s.held(op.getEpsilonAttr(), op.getInput(), "normalize: epsilon"))
    return;
  SmallVector<Dim> dims = s.dims(op.getInput());
  dims.back() = 1;
  s.rule.results = {op.getInput().getType(), makeTensor(dims, s.element(op.getInput()))};
}

/// Integers [...] for scores [..., classes].
static bool scored(Value score, Value target, const char *what, bool probabilities, Shapes s,
                   Place place = Place::current()) {
  SmallVector<Dim> a = s.dims(score), b = s.dims(target);
  bool integers = s.element(target).isInteger() && !s.element(target).isInteger(1);
  bool fits = isFloat(s.element(score)) && !a.empty() &&
              (integers ? a.size() == b.size() + 1
                        : probabilities && a.size() == b.size() && s.element(score) == s.element(target));
  for (size_t i = 0; fits && i < b.size(); ++i)
    fits = a[i].agrees(b[i]);
  if (!fits)
    s.rule.fail(Twine(what) + ": expected scores [..., classes] and integers [...]" +
                    (probabilities ? " or probabilities [..., classes]" : "") + "; found " + show(score) + " and " +
                    show(target),
                place);
  return fits;
}
static void shape(CrossEntropyOp::Adaptor op, Shapes s) {
  if (!scored(op.getScore(), op.getTarget(), "cross_entropy", true, s))
    return;
  if (!s.fixed(op.getIgnoreIndexAttr(), "cross_entropy: ignore_index"))
    return;
  if (op.getIgnoreIndexAttr() && isFloat(s.element(op.getTarget())))
    return s.rule.fail("cross_entropy: ignore_index needs integers as target, found " + show(op.getTarget()));
  double smoothing = op.getLabelSmoothing() ? op.getLabelSmoothing()->convertToDouble() : 0;
  if (!(smoothing >= 0 && smoothing <= 1))
    return s.rule.fail("cross_entropy: label_smoothing must be in [0, 1], found " + std::to_string(smoothing));
  s.set({}, s.element(op.getScore()));
}
static void shape(MseLossOp::Adaptor op, Shapes s) {
  SmallVector<Dim> a = s.dims(op.getLhs()), b = s.dims(op.getRhs());
  bool fits = a.size() == b.size();
  for (size_t i = 0; fits && i < a.size(); ++i)
    fits = a[i].agrees(b[i]);
  if (!fits)
    return s.rule.fail("mse_loss: expected two tensors of one shape, found " + show(op.getLhs()) + " and " +
                       show(op.getRhs()));
  if (s.floats(op.getLhs(), "mse_loss") && s.sameElements(op.getLhs(), op.getRhs()))
    s.set({}, s.element(op.getLhs()));
}
static void shape(AccuracyOp::Adaptor op, Shapes s) {
  int64_t k = number(op.getKAttr(), 1);
  if (!s.fixed(op.getKAttr(), "accuracy: k") || !s.fixed(op.getIgnoreIndexAttr(), "accuracy: ignore_index"))
    return;
  if (k < 1 && !ShapedType::isDynamic(k))
    return s.rule.fail("accuracy: k must be at least 1, found " + Twine(k));
  if (scored(op.getScore(), op.getTarget(), "accuracy", false, s))
    s.set({}, s.element(op.getScore()));
}

//===--- Windows ---------------------------------------------------------------------------------------===//

/// The sizes of the axes between the first and the last one; where windows stand on them.
static std::optional<SmallVector<Dim>> windowed(Value input, ArrayRef<Dim> kernel, const WindowOptions &options,
                                                const char *what, Shapes s) {
  SmallVector<Dim> dims = s.dims(input);
  if (llvm::is_contained(dims, Dim(0))) {
    s.rule.fail(Twine(what) + ": there is nothing in " + show(input));
    return std::nullopt;
  }
  std::optional<SmallVector<Window>> windows;
  std::string problem;
  if (!readWindows(ArrayRef<Dim>(dims).drop_front().drop_back(), kernel, options, windows, problem)) {
    s.rule.fail(Twine(what) + ": " + problem);
    return std::nullopt;
  }
  for (size_t i = 0; i < kernel.size(); ++i)
    dims[i + 1] = windows ? Dim((*windows)[i].places(dims[i + 1].value)) : Dim();
  return dims;
}
static constexpr StringRef pictureAxes[] = {"length", "height, width", "depth, height, width"};
static bool isPicture(Value input, int64_t axes, const char *what, Shapes s) {
  if (s[input].getRank() == axes + 2)
    return s.floats(input, what);
  s.rule.fail(Twine(what) + ": expected an input [batch, " + pictureAxes[axes - 1] + ", channels], found " +
              show(input));
  return false;
}
template <typename Op> static void convolution(typename Op::Adaptor op, int64_t axes, const char *what, Shapes s) {
  if (!isPicture(op.getInput(), axes, what, s))
    return;
  if (s[op.getWeight()].getRank() != axes + 2)
    return s.rule.fail(Twine(what) + ": expected filters [features, channels / groups, " + pictureAxes[axes - 1] +
                       "], found " + show(op.getWeight()));
  if (!s.sameElements(op.getInput(), op.getWeight()) || !s.fixed(op.getGroupsAttr(), "groups"))
    return;
  SmallVector<Dim> filters = s.dims(op.getWeight());
  Dim channels = s.dims(op.getInput()).back(), features = filters[0], own = filters[1];
  int64_t groups = number(op.getGroupsAttr(), 1);
  if (groups < 1 && !ShapedType::isDynamic(groups))
    return s.rule.fail(Twine(what) + ": groups: expected a number of at least 1, found " + Twine(groups));
  if (channels.isBatch() || features.isBatch() || own.isBatch())
    return s.rule.fail(Twine(what) + ": channels and features cannot depend on the batch");
  if (features == Dim(0))
    return s.rule.fail(Twine(what) + ": there are no filters in " + show(op.getWeight()));
  if (channels.isNumber() && own.isNumber() && !ShapedType::isDynamic(groups)) {
    if (channels.value % groups)
      return s.rule.fail(Twine(what) + ": " + Twine(channels.value) + " channels cannot be parted into " +
                         Twine(groups) + " groups");
    if (own.value != channels.value / groups)
      return s.rule.fail(Twine(what) + ": " + show(op.getInput()) + " has " + Twine(channels.value) + " channels" +
                         (groups == 1 ? "" : " in " + std::to_string(groups) + " groups") + ", but " +
                         show(op.getWeight()) + " reads " + Twine(own.value) + "; expected filters [features, " +
                         Twine(channels.value / groups) + ", ...]");
  }
  if (features.isNumber() && !ShapedType::isDynamic(groups) && features.value % groups)
    return s.rule.fail(Twine(what) + ": " + Twine(features.value) + " features cannot be parted into " + Twine(groups) +
                       " groups");
  auto dims = windowed(op.getInput(), ArrayRef<Dim>(filters).drop_front(2),
                       {op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr()}, what, s);
  if (!dims)
    return;
  dims->back() = features;
  s.set(*dims, s.element(op.getInput()));
}
static void shape(Conv1dOp::Adaptor op, Shapes s) { convolution<Conv1dOp>(op, 1, "conv1d", s); }
static void shape(Conv2dOp::Adaptor op, Shapes s) { convolution<Conv2dOp>(op, 2, "conv2d", s); }
static void shape(Conv3dOp::Adaptor op, Shapes s) { convolution<Conv3dOp>(op, 3, "conv3d", s); }

static void pool(Value input, Attribute kernel, WindowOptions options, const char *what, Shapes s) {
  int64_t axes = s[input].getRank() - 2;
  if (axes < 1 || axes > 3)
    return s.rule.fail(Twine(what) +
                       ": expected an input [batch, ..., channels] with one to three axes between, found " +
                       show(input));
  if (!s.floats(input, what))
    return;
  SmallVector<Dim> each = eachOf(kernel, axes, 1);
  if (each.empty())
    return s.rule.fail(Twine(what) + ": kernel: expected a number, or one for each of " + Twine(axes) +
                       (axes == 1 ? " axis" : " axes"));
  if (!options.stride)
    options.stride = kernel;
  auto dims = windowed(input, each, options, what, s);
  if (!dims)
    return;
  std::optional<SmallVector<Window>> windows;
  std::string problem;
  (void)readWindows(ArrayRef<Dim>(s.dims(input)).drop_front().drop_back(), each, options, windows, problem);
  for (const Window &window : windows.value_or(SmallVector<Window>()))
    if (std::max(window.low, options.ceil ? 0 : window.high) > window.span() / 2)
      return s.rule.fail(Twine(what) + ": padding: expected at most half of a window of " + Twine(window.span()) +
                         ", found " + Twine(std::max(window.low, window.high)));
  s.set(*dims, s.element(input));
}
static void shape(MaxPoolOp::Adaptor op, Shapes s) {
  pool(op.getInput(), op.getKernel(), {op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr(), op.getCeilMode()},
       "max_pool", s);
}
static void shape(AvgPoolOp::Adaptor op, Shapes s) {
  pool(op.getInput(), op.getKernel(), {op.getStrideAttr(), op.getPaddingAttr(), {}}, "avg_pool", s);
}
static void shape(FlattenOp::Adaptor op, Shapes s) {
  int64_t axis = s.axis(op.getInput(), op.getAxisAttr(), 1);
  if (axis < 0)
    return;
  SmallVector<Dim> dims = s.dims(op.getInput());
  Dim all = 1;
  for (Dim dim : ArrayRef<Dim>(dims).drop_front(axis))
    all = all * dim;
  if (all.power > 1)
    return s.rule.fail("flatten: " + show(op.getInput()) + " has more than one axis that depends on the batch");
  dims.resize(axis);
  dims.push_back(all);
  s.set(dims, s.element(op.getInput()));
}

//===--- Random, gradients ------------------------------------------------------------------------------===//

static bool rateIsGood(double rate, const char *what, Shapes s, Place place = Place::current()) {
  if (rate >= 0 && rate < 1)
    return true;
  s.rule.fail(Twine(what) + ": the rate must be in [0, 1), found " + show(rate), place);
  return false;
}
static void shape(DropoutOp::Adaptor op, Shapes s) {
  if (rateIsGood(op.getRate().convertToDouble(), "dropout", s))
    sameFloats<DropoutOp>(op, s);
}
static void shape(DropoutMaskOp::Adaptor op, Shapes s) {
  RankedTensorType random = s[op.getRandom()];
  if (random.getRank() != 1 || random.getDimSize(0) != 3 || !random.getElementType().isInteger(64))
    return s.rule.fail("dropout_mask: expected i64[3] (seed, step, row), found " + show(op.getRandom()));
  if (bool(op.getKey()) == bool(op.getStream()))
    return s.rule.fail("dropout_mask: expected either a stream or a key");
  if (op.getKey() && (s[op.getKey()].getRank() || !s[op.getKey()].getElementType().isInteger(64)))
    return s.rule.fail("dropout_mask: expected an i64 number as key, found " + show(op.getKey()));
  if (rateIsGood(op.getRate().convertToDouble(), "dropout_mask", s))
    s.rule.results = {op.getLike().getType()};
}
static void shape(GradientOp::Adaptor op, Shapes s) {
  Value loss = op.getInputs().front();
  if (s[loss].getRank() || !isFloat(s.element(loss)))
    return s.rule.fail("gradient: expected a loss of one number, found " + show(loss));
  for (Value value : op.getInputs().drop_front())
    s.rule.results.push_back(value.getType());
}

//===--- Layers -----------------------------------------------------------------------------------------===//

static void lastAxis(Value input, Dim size, Shapes s, const char *what) {
  if (!hasAxis(input, what, s) || !s.floats(input, what))
    return;
  SmallVector<Dim> dims = s.dims(input);
  dims.back() = size;
  s.set(dims, s.element(input));
}
static void shape(nn::LinearOp::Adaptor op, Shapes s) {
  if (StringAttr order = op.getWeightAttr(); order && order != "in_out" && order != "out_in")
    s.rule.fail("linear: weight is in_out or out_in, found " + order.getValue());
  lastAxis(op.getInput(), op.getFeatures().evaluate(), s, "linear");
}
/// The filters are those of the layer: what is wrong with groups and windows, the op says of them.
template <typename Layer> static void layer(typename Layer::Adaptor op, int64_t axes, const char *what, Shapes s) {
  if (!isPicture(op.getInput(), axes, what, s) || !s.fixed(op.getGroupsAttr(), "groups"))
    return;
  SmallVector<Dim> kernel = eachOf(op.getKernelAttr(), axes, 1);
  if (!op.getKernelAttr() || kernel.empty())
    return s.rule.fail(Twine(what) + ": expected `kernel = ` with a number, or one for each of " + Twine(axes) +
                       (axes == 1 ? " axis" : " axes"));
  int64_t groups = number(op.getGroupsAttr(), 1);
  Dim channels = s.dims(op.getInput()).back(), features = op.getFeatures().evaluate();
  if (features.isBatch() || (features.isNumber() && features.value < 1))
    return s.rule.fail(Twine(what) + ": features: expected a number of at least 1, found " + show(features));
  if (groups < 1 && !ShapedType::isDynamic(groups))
    return s.rule.fail(Twine(what) + ": groups: expected a number of at least 1, found " + Twine(groups));
  for (Dim dim : {channels, features})
    if (dim.isNumber() && !ShapedType::isDynamic(groups) && dim.value % groups)
      return s.rule.fail(Twine(what) + ": " + show(channels) + " channels and " + show(features) +
                         " features cannot be parted into " + Twine(groups) + " groups");
  auto dims = windowed(op.getInput(), kernel, {op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr()}, what, s);
  if (!dims)
    return;
  dims->back() = features;
  s.set(*dims, s.element(op.getInput()));
}
static void shape(nn::Conv1dOp::Adaptor op, Shapes s) { layer<nn::Conv1dOp>(op, 1, "conv1d", s); }
static void shape(nn::Conv2dOp::Adaptor op, Shapes s) { layer<nn::Conv2dOp>(op, 2, "conv2d", s); }
static void shape(nn::EmbeddingOp::Adaptor op, Shapes s) {
  if (!s.integers(op.getInput(), "embedding"))
    return;
  Type element = op.getTypeAttr() ? op.getTypeAttr().getValue() : Float32Type::get(op.getInput().getContext());
  if (!isFloat(element))
    return s.rule.fail("embedding: type must be f32 or f64, found " + show(element));
  SmallVector<Dim> dims = s.dims(op.getInput());
  dims.push_back(op.getFeatures().evaluate());
  s.set(dims, element);
}
static void shape(nn::LayerNormOp::Adaptor op, Shapes s) {
  if (hasAxis(op.getInput(), "layer_norm", s) && s.held(op.getEpsilonAttr(), op.getInput(), "layer_norm: epsilon"))
    sameFloats<nn::LayerNormOp>(op, s);
}

//===--- The frame of all rules -------------------------------------------------------------------------===//

template <typename Op> static size_t resultCount(typename Op::Adaptor op) {
  if constexpr (std::is_same_v<Op, SplitOp>)
    return op.getCount().number() > mostParts ? 1 : std::max<int64_t>(op.getCount().number(), 1);
  if constexpr (std::is_same_v<Op, GradientOp>)
    return op.getInputs().size() - 1;
  return std::is_same_v<Op, NormalizeOp> ? 2 : 1;
}
template <typename Op> void ShapeRule::run(typename Op::Adaptor op) {
  // Unranked: any shape (an optimizer's), or the result of a line that is already known to be wrong.
  bool open = llvm::any_of(operands.getTypes(), [](Type type) { return !isa<RankedTensorType>(type); });
  if (operands.empty())
    return fail("expected at least one value");
  if (!open)
    shape(op, Shapes{*this});
  if (results.empty())
    results.assign(resultCount<Op>(op), unknown(operands.front().getType()));
}
#define RULE(Op) template void ShapeRule::run<Op>(Op::Adaptor);
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
RULE(ReshapeOp)
RULE(TransposeOp)
RULE(BroadcastOp)
RULE(SliceOp)
RULE(SelectOp)
RULE(ConcatOp)
RULE(SplitOp)
RULE(PadOp)
RULE(GatherOp)
RULE(ScatterAddOp)
RULE(CheckIndexOp)
RULE(IotaOp)
RULE(MatmulOp)
RULE(ContractOp)
RULE(Conv1dOp)
RULE(Conv2dOp)
RULE(Conv3dOp)
RULE(MaxPoolOp)
RULE(AvgPoolOp)
RULE(FlattenOp)
RULE(SoftmaxOp)
RULE(LogSoftmaxOp)
RULE(LayerNormOp)
RULE(NormalizeOp)
RULE(CrossEntropyOp)
RULE(MseLossOp)
RULE(AccuracyOp)
RULE(DropoutOp)
RULE(DropoutMaskOp)
RULE(GradientOp)
RULE(nn::LinearOp)
RULE(nn::Conv1dOp)
RULE(nn::Conv2dOp)
RULE(nn::EmbeddingOp)
RULE(nn::LayerNormOp)
