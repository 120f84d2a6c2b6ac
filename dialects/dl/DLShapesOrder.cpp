// DLShapesOrder.cpp - the shape rules of running sums and of the order of elements.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/ShapeRules.h"

using namespace mlir;
using llvm::Twine;

namespace dlc {
static void shape(CumsumOp::Adaptor op, Shapes s) {
  Value x = op.getInput();
  if (!s.hasAxis(x, "cumsum") || !s.numbers(x, "cumsum") || s.axis(x, op.getAxisAttr()) < 0)
    return;
  bool widens = isa<IntegerType>(s.element(x));
  s.set(s.dims(x), widens ? IntegerType::get(x.getContext(), 64) : s.element(x));
}

/// The axis along which elements are put in order; -1 (and a problem) if it cannot be.
static int64_t orderedAxis(Value x, SizeAttr axis, const char *what, Shapes s) {
  if (!s.hasAxis(x, what) || !s.numbers(x, what))
    return -1;
  int64_t along = s.axis(x, axis);
  if (along >= 0 && s.dims(x)[along].isOpen()) {
    s.rule.fail(Twine(what) + ": axis " + Twine(along) + " of " + show(x) + " depends on " +
                openPart(s.dims(x)[along]) + "; expected one whose size is known when the model is compiled");
    return -1;
  }
  if (along >= 0 && s.dims(x)[along] == Dim(0)) {
    s.rule.fail(Twine(what) + ": there is no element along axis " + Twine(along) + " of " + show(x));
    return -1;
  }
  return along;
}
static void setOrdered(Value x, int64_t axis, Dim size, Shapes s) {
  SmallVector<Dim> dims = s.dims(x);
  dims[axis] = size;
  s.rule.results = {makeTensor(dims, s.element(x)), makeTensor(dims, IntegerType::get(x.getContext(), 64))};
}
static void shape(TopkOp::Adaptor op, Shapes s) {
  Value x = op.getInput();
  int64_t axis = orderedAxis(x, op.getAxisAttr(), "topk", s), k = op.getK().number();
  if (axis < 0 || !s.fixed(op.getK(), "topk: k"))
    return;
  Dim size = s.dims(x)[axis];
  if (!ShapedType::isDynamic(k) && (k < 1 || (size.isNumber() && k > size.value)))
    return s.rule.fail("topk: expected k from 1 to " + show(size) + ", the size of axis " + Twine(axis) + " of " +
                       show(x) + "; found " + Twine(k));
  setOrdered(x, axis, op.getK().evaluate(), s);
}
static void shape(SortOp::Adaptor op, Shapes s) {
  Value x = op.getInput();
  if (int64_t axis = orderedAxis(x, op.getAxisAttr(), "sort", s); axis >= 0)
    setOrdered(x, axis, s.dims(x)[axis], s);
}
static void shape(ArgsortOp::Adaptor op, Shapes s) {
  Value x = op.getInput();
  if (orderedAxis(x, op.getAxisAttr(), "argsort", s) >= 0)
    s.set(s.dims(x), IntegerType::get(x.getContext(), 64));
}

RULE(CumsumOp)
RULE(TopkOp)
RULE(SortOp)
RULE(ArgsortOp)
} // namespace dlc
