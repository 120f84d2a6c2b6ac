// EvaluateOrder.cpp - the meaning of running sums and of the order of elements.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/evaluate/Evaluate.h"
#include <cmath>
#include <numeric>

using namespace mlir;
using namespace dlc;

/// Calls `visit` with the offsets of the elements of each line along an axis.
static void lines(const Array &in, SizeAttr axis, llvm::function_ref<void(size_t, ArrayRef<int64_t>)> visit) {
  llvm::SmallBitVector along(in.shape.size());
  along.set(axisOf(axis, -1, in.shape.size()));
  size_t line = 0;
  forEachRow(in.shape, along, [&](ArrayRef<int64_t> elements) { visit(line++, elements); });
}

static LogicalResult cumsum(CumsumOp op, const Array &in, Array &out) {
  lines(in, op.getAxisAttr(), [&](size_t, ArrayRef<int64_t> line) {
    SmallVector<int64_t> order(line);
    if (op.getReverse())
      std::reverse(order.begin(), order.end());
    long double real = 0;
    uint64_t whole = 0;
    for (int64_t i : order) {
      long double realBefore = real;
      uint64_t wholeBefore = whole;
      (in.isFloat() ? void(real += in.reals[i]) : void(whole += (uint64_t)in.integers[i]));
      if (out.isFloat())
        out.reals[i] = (double)(op.getExclusive() ? realBefore : real);
      else
        out.integers[i] = (int64_t)(op.getExclusive() ? wholeBefore : whole);
    }
  });
  return success();
}

/// The places on the axis of all elements of a line, in their order.
static SmallVector<int64_t> orderOf(const Array &in, ArrayRef<int64_t> line, bool descending) {
  SmallVector<int64_t> order(line.size());
  std::iota(order.begin(), order.end(), 0);
  auto isLess = [&](int64_t i, int64_t j) { // NaN is the largest
    if (!in.isFloat())
      return in.integers[line[i]] < in.integers[line[j]];
    double x = in.reals[line[i]], y = in.reals[line[j]];
    return std::isnan(y) ? !std::isnan(x) : x < y;
  };
  llvm::sort(order, [&](int64_t i, int64_t j) {
    bool before = descending ? isLess(j, i) : isLess(i, j), behind = descending ? isLess(i, j) : isLess(j, i);
    return before || (!behind && i < j);
  });
  return order;
}
/// Of each line, as many as the results have; null are results that there are not.
static LogicalResult ordered(const Array &in, SizeAttr axis, bool descending, Array *values, Array &places) {
  SmallVector<SmallVector<int64_t>> to;
  lines(places, axis, [&](size_t, ArrayRef<int64_t> line) { to.emplace_back(line); });
  lines(in, axis, [&](size_t number, ArrayRef<int64_t> line) {
    SmallVector<int64_t> order = orderOf(in, line, descending);
    for (auto [i, place] : llvm::enumerate(to[number])) {
      places.integers[place] = order[i];
      if (values && values->isFloat())
        values->reals[place] = in.reals[line[order[i]]];
      else if (values)
        values->integers[place] = in.integers[line[order[i]]];
    }
  });
  return success();
}

Evaluated dlc::evaluateOrder(Operation *op, Operands in, MutableArrayRef<Array> out) {
  return llvm::TypeSwitch<Operation *, Evaluated>(op)
      .Case([&](CumsumOp one) { return cumsum(one, *in[0], out[0]); })
      .Case([&](TopkOp one) { return ordered(*in[0], one.getAxisAttr(), !one.getSmallest(), &out[0], out[1]); })
      .Case([&](SortOp one) { return ordered(*in[0], one.getAxisAttr(), one.getDescending(), &out[0], out[1]); })
      .Case([&](ArgsortOp one) { return ordered(*in[0], one.getAxisAttr(), one.getDescending(), nullptr, out[0]); })
      .Default([](Operation *) { return std::nullopt; });
}
