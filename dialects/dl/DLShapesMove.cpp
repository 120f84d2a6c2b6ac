// DLShapesMove.cpp - the shape rules of ops that move elements.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/ShapeRules.h"

using namespace mlir;
using llvm::Twine;

namespace dlc {
static void shape(ReshapeOp::Adaptor op, Shapes s) {
  SmallVector<Dim> dims = sizesOf(op.getShape());
  Dim in = product(s.dims(op.getInput()));
  Dim *open = nullptr, rest = 1;
  for (auto [dim, attr] : llvm::zip(dims, op.getShape().getAsRange<SizeAttr>())) {
    if (dim.isNumber() && dim.value < 0)
      return s.rule.fail("reshape: sizes must be at least 0, found " + show(dim) +
                         "; the one that follows from the others is written `?`");
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
    Dim quotient = in / rest;
    if (quotient.isUnknown())
      return s.rule.fail("reshape: " + show(op.getInput()) + " has " + show(in) + " elements, not a multiple of " +
                         show(rest));
    if (!quotient.fitsAxis())
      return s.rule.fail("reshape: " + show(op.getInput()) + " has " + show(in) +
                         " elements; an axis may have each open size once as a factor, found " + show(quotient));
    *open = quotient;
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
  bool multiples = whole.isOpen() && size.open == whole.open && (from.open == whole.open || from == Dim(0)) &&
                   from.value + size.value <= whole.value;
  bool isKnown = !whole.isUnknown() && !size.isUnknown() && !from.isUnknown();
  if (!all && !multiples && isKnown && (whole.isOpen() || size.isOpen() || from.isOpen()))
    return s.rule.fail("slice: axis " + Twine(axis) + " of " + show(op.getInput()) + " depends on " +
                       openPart(whole.isOpen()  ? whole
                                : size.isOpen() ? size
                                                : from) +
                       ", and can only be cut at multiples of it");
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
  if (dims[axis].isOpen())
    return s.rule.fail("select: axis " + Twine(axis) + " of " + show(op.getInput()) + " depends on " +
                       openPart(dims[axis]) + ", and cannot be cut");
  if (dims[axis].isNumber() && !ShapedType::isDynamic(index) &&
      (index < -dims[axis].value || index >= dims[axis].value))
    return s.rule.fail("select: no element " + Twine(index) + " along axis " + Twine(axis) + " of " +
                       show(op.getInput()));
  dims.erase(dims.begin() + axis);
  s.set(dims, s.element(op.getInput()));
}
static void shape(FlipOp::Adaptor op, Shapes s) {
  if (s.axes(op.getInput(), op.getAxesAttr()))
    same<FlipOp>(op, s);
}
static void shape(ShiftOp::Adaptor op, Shapes s) {
  if (!op.getAxisAttr())
    return s.rule.fail("shift: say axis = ..., and by = ...");
  int64_t axis = s.axis(op.getInput(), op.getAxisAttr());
  if (axis < 0)
    return;
  SmallVector<Dim> dims = s.dims(op.getInput());
  if (dims[axis].hasRows())
    return s.rule.fail("shift: axis " + Twine(axis) + " of " + show(op.getInput()) +
                       " depends on the batch, whose rows stay where they are");
  for (auto [name, number, least] :
       {std::tuple("by", op.getByAttr(), -largestBatch), std::tuple("step", op.getStepAttr(), -largestBatch),
        std::tuple("count", op.getCountAttr(), int64_t(1))})
    if (number) {
      Dim given = number.evaluate();
      if (given.isOpen() || (given.isNumber() && (given.value < least || given.value > largestBatch)))
        return s.rule.fail(Twine("shift: ") + name + ": expected a number from " + Twine(least) + " to " +
                           Twine(largestBatch) + ", found " + show(given));
    }
  if (op.getStepAttr() || op.getCountAttr()) {
    Dim behind = axis + 1 < (int64_t)dims.size() ? dims[axis + 1] : Dim(0);
    bool fits =
        op.getCountAttr() ? behind.agrees(Dim(1)) : behind.isUnknown() || (behind.isNumber() && behind.value > 0);
    if (!fits || behind == Dim(0))
      return s.rule.fail("shift: expected an axis behind axis " + Twine(axis) +
                         (op.getCountAttr() ? " that has 1 element" : ", of a size that is a number") + ", found " +
                         show(op.getInput()));
  }
  if (op.getCountAttr())
    dims[axis + 1] = op.getCountAttr().evaluate();
  if (s.held(op.getValueAttr(), op.getInput(), "shift: value"))
    s.set(dims, s.element(op.getInput()));
}
static void shape(OneHotOp::Adaptor op, Shapes s) {
  if (!s.integers(op.getIndex(), "one_hot: index") || !s.fixed(op.getDepth(), "one_hot: depth"))
    return;
  if (int64_t depth = op.getDepth().number(); depth < 1 && !ShapedType::isDynamic(depth))
    return s.rule.fail("one_hot: expected a depth of at least 1, found " + Twine(depth));
  SmallVector<Dim> dims = s.dims(op.getIndex());
  dims.push_back(op.getDepth().evaluate());
  s.set(dims, op.getType());
}
static void shape(ConcatOp::Adaptor op, Shapes s) {
  Value first = op.getInputs().front();
  int64_t axis = s.axis(first, op.getAxisAttr(), ConcatOp::defaultAxis);
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
                           ": the size is no number, and no multiple of an open size");
    }
  }
  s.set(dims, s.element(first));
}
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
  if (dims[axis].isOpen() && count > 1)
    return s.rule.fail("split: axis " + Twine(axis) + " of " + show(op.getInput()) + " depends on " +
                       openPart(dims[axis]) + ", and cannot be cut");
  if (dims[axis].isNumber()) {
    if (dims[axis].value % count)
      return s.rule.fail("split: " + show(dims[axis]) + " of " + show(op.getInput()) + " is not a multiple of " +
                         Twine(count));
    dims[axis] = dims[axis].value / count;
  }
  s.rule.results.assign(count, makeTensor(dims, s.element(op.getInput())));
}
/// What is padded with elements of the input has them.
static bool readsWithin(PadOp::Adaptor op, Shapes s) {
  StringRef mode = op.getMode().value_or("constant");
  if (mode == "constant")
    return true;
  if (mode != "reflect" && mode != "replicate" && mode != "circular")
    return s.rule.fail("pad: mode: expected constant, reflect, replicate or circular, found " + mode), false;
  if (op.getValueAttr())
    return s.rule.fail("pad: a value is for mode = constant alone, found mode = " + mode), false;
  for (ArrayAttr widths : {op.getLowAttr(), op.getHighAttr()})
    for (auto [axis, width] : llvm::enumerate(widths ? widths.getValue() : ArrayRef<Attribute>())) {
      Dim size = s.dims(op.getInput())[axis];
      int64_t count = cast<SizeAttr>(width).number();
      if (!size.isNumber() || ShapedType::isDynamic(count) || count == 0)
        continue;
      int64_t most = mode == "reflect" ? size.value - 1 : mode == "circular" ? size.value : size.value ? count : 0;
      if (count > most)
        return s.rule.fail("pad: mode = " + mode + " has at most " + Twine(std::max<int64_t>(most, 0)) +
                           " elements for axis " + Twine(axis) + " of " + show(op.getInput()) + ", found " +
                           Twine(count)),
               false;
    }
  return true;
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
      if (dim.isOpen() && count != 0)
        return s.rule.fail(
            "pad: an axis that depends on " + openPart(dim) + " cannot be padded" +
            (dim.hasRows() ? "" : "; `shift` moves its elements, and convolutions have their own padding"));
      dim = dim.isOpen() || ShapedType::isDynamic(count) ? (dim.isOpen() ? dim : Dim()) : dim + Dim(count);
    }
  }
  if (s.held(op.getValueAttr(), op.getInput(), "pad: value") && readsWithin(op, s))
    s.set(dims, s.element(op.getInput()));
}
/// A place of the call along an axis, of which so many elements are meant: the axis, or -1.
static int64_t placeOf(Value x, SizeAttr along, Value at, Dim size, const char *what, Shapes s) {
  int64_t axis = s.axis(x, along ? along : SizeAttr::get(x.getContext(), 0));
  if (axis < 0)
    return -1;
  Dim whole = s.dims(x)[axis];
  if (!at || s[at].getRank() != 0 || !s.element(at).isIntOrIndex() || s.element(at).isInteger(1)) {
    s.rule.fail(Twine(what) + ": expected at = %place, one integer, found " + (at ? show(at) : std::string("none")));
    return -1;
  }
  if (whole.isOpen() || size.isOpen()) {
    s.rule.fail(Twine(what) + ": axis " + Twine(axis) + " of " + show(x) + " depends on " +
                openPart(whole.isOpen() ? whole : size) +
                "; expected one whose size is known when the model is compiled");
    return -1;
  }
  if (size.isNumber() && (size.value < 1 || (whole.isNumber() && size.value > whole.value))) {
    s.rule.fail(Twine(what) + ": expected 1 to " + show(whole) + " elements along axis " + Twine(axis) + " of " +
                show(x) + ", found " + show(size));
    return -1;
  }
  return axis;
}
static void shape(ReadOp::Adaptor op, Shapes s) {
  if (!op.getSizeAttr())
    return s.rule.fail("read: say size = ..., and axis = ... where it is not 0");
  Dim size = op.getSizeAttr().evaluate();
  int64_t axis = placeOf(op.getInput(), op.getAxisAttr(), op.getAt(), size, "read", s);
  if (axis < 0)
    return;
  SmallVector<Dim> dims = s.dims(op.getInput());
  dims[axis] = size;
  s.set(dims, s.element(op.getInput()));
}
static void shape(WriteOp::Adaptor op, Shapes s) {
  SmallVector<Dim> dims = s.dims(op.getInput()), part = s.dims(op.getValue());
  int64_t rank = dims.size(), own = number(op.getAxisAttr(), 0);
  own = own < 0 ? own + rank : own;
  bool fits = (int64_t)part.size() == rank && s.element(op.getInput()) == s.element(op.getValue());
  for (int64_t i = 0; fits && i < rank; ++i)
    fits = i == own || dims[i].agrees(part[i]);
  if (!fits)
    return s.rule.fail("write: expected a value that has the type and, but along the axis, the sizes of " +
                       show(op.getInput()) + ", found " + show(op.getValue()));
  Dim size = own >= 0 && own < rank ? part[own] : Dim();
  if (placeOf(op.getInput(), op.getAxisAttr(), op.getAt(), size, "write", s) >= 0)
    same<WriteOp>(op, s);
}
/// `batch_dims` is 0 or 1, and the index has such axes.
static bool hasTables(SizeAttr tables, Value index, const char *what, Shapes s) {
  int64_t count = number(tables, 0);
  if ((count == 0 || count == 1) && s[index].getRank() >= count)
    return true;
  s.rule.fail(Twine(what) + ": batch_dims: expected 0, or 1 and an index [batch, ...], found " + show(index) +
              " and batch_dims = " + show(tables.evaluate()));
  return false;
}
static void shape(GatherOp::Adaptor op, Shapes s) {
  int64_t tables = number(op.getBatchDimsAttr(), 0);
  Value table = op.getTable(), index = op.getIndex();
  if (!s.integers(index, "gather: index") || !hasTables(op.getBatchDimsAttr(), index, "gather", s) ||
      !s.rank(table, 2 + tables, "gather: table"))
    return;
  if (s.dims(table)[tables].isOpen())
    return s.rule.fail("gather: expected a table whose number of rows does not depend on " +
                       openPart(s.dims(table)[tables]) + ", found " + show(table));
  if (tables && !s.dims(table)[0].agrees(s.dims(index)[0]))
    return s.rule.fail("gather: expected a table for each element of the first axis of the index, found " +
                       show(table) + " and " + show(index));
  SmallVector<Dim> dims = s.dims(index);
  dims.push_back(s.dims(table).back());
  s.set(dims, s.element(table));
}
static void shape(ScatterAddOp::Adaptor op, Shapes s) {
  SmallVector<Dim> index = s.dims(op.getIndex()), update = s.dims(op.getUpdate());
  bool fits = update.size() == index.size() + 1;
  for (size_t i = 0; fits && i < index.size(); ++i)
    fits = index[i].agrees(update[i]);
  if (!fits)
    return s.rule.fail("scatter_add: expected an index [...] and updates [..., features], found " +
                       show(op.getIndex()) + " and " + show(op.getUpdate()));
  if (!s.integers(op.getIndex(), "scatter_add: index") ||
      !hasTables(op.getBatchDimsAttr(), op.getIndex(), "scatter_add", s))
    return;
  SmallVector<Dim> dims(index.begin(), index.begin() + number(op.getBatchDimsAttr(), 0));
  dims.append({op.getCount().evaluate(), update.back()});
  s.set(dims, s.element(op.getUpdate()));
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
  if (Dim size = s.dims(op.getLike())[axis]; !size.isUnknown() && !holds(element, size.at(Extents(largestBatch))))
    return s.rule.fail("iota: " + show(element) + " cannot count along axis " + Twine(axis) + " of " +
                       show(op.getLike()) + "; say type = i64");
  s.set(s.dims(op.getLike()), element);
}

RULE(ReshapeOp)
RULE(TransposeOp)
RULE(BroadcastOp)
RULE(SliceOp)
RULE(SelectOp)
RULE(FlipOp)
RULE(ShiftOp)
RULE(OneHotOp)
RULE(ConcatOp)
RULE(SplitOp)
RULE(PadOp)
RULE(ReadOp)
RULE(WriteOp)
RULE(GatherOp)
RULE(ScatterAddOp)
RULE(CheckIndexOp)
RULE(IotaOp)
} // namespace dlc
