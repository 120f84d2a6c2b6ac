// EvaluateStructure.cpp - the meaning of ops that move, make and sum up elements.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/evaluate/Evaluate.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace dlc;

static void copy(Array &out, int64_t to, const Array &in, int64_t from) {
  if (out.isFloat())
    out.reals[to] = in.reals[from];
  else
    out.integers[to] = in.integers[from];
}
/// Each element of the result is that of the input whose place `from` computes.
static LogicalResult move(Array &out, const Array &in, llvm::function_ref<void(SmallVectorImpl<int64_t> &)> from) {
  Odometer at(out.shape);
  SmallVector<int64_t> place;
  for (int64_t i = 0, n = out.size(); i < n; ++i, at.next()) {
    place.assign((*at).begin(), (*at).end());
    from(place);
    copy(out, i, in, offsetIn(in.shape, place));
  }
  return success();
}
static SmallVector<int64_t> numbers(ArrayAttr list, size_t count) {
  SmallVector<int64_t> result(count, 0);
  if (list)
    for (auto [to, from] : llvm::zip(result, list.getAsRange<SizeAttr>()))
      to = from.number();
  return result;
}

static LogicalResult concat(ConcatOp op, Operands in, Array &out) {
  int64_t axis = axisOf(op.getAxisAttr(), 0, out.shape.size()), start = 0;
  for (const Array *one : in) {
    Odometer at(one->shape);
    for (int64_t i = 0, n = one->size(); i < n; ++i, at.next()) {
      SmallVector<int64_t> place(*at);
      place[axis] += start;
      copy(out, offsetIn(out.shape, place), *one, i);
    }
    start += one->shape[axis];
  }
  return success();
}
static LogicalResult split(SplitOp op, const Array &in, MutableArrayRef<Array> out) {
  int64_t axis = axisOf(op.getAxisAttr(), -1, in.shape.size());
  for (auto [part, array] : llvm::enumerate(out))
    (void)move(array, in, [&](SmallVectorImpl<int64_t> &at) { at[axis] += part * out[0].shape[axis]; });
  return success();
}
static LogicalResult pad(PadOp op, const Array &in, Array &out) {
  StringRef mode = op.getMode().value_or("constant");
  if (mode != "constant") {
    SmallVector<int64_t> before = numbers(op.getLowAttr(), in.shape.size());
    return move(out, in, [&](SmallVectorImpl<int64_t> &at) {
      for (auto [axis, size] : llvm::enumerate(in.shape)) {
        int64_t place = at[axis] - before[axis], last = size - 1;
        at[axis] = mode == "reflect"     ? (place < 0      ? -place
                                            : place > last ? 2 * last - place
                                                           : place)
                   : mode == "replicate" ? std::min(std::max<int64_t>(place, 0), last)
                                         : (place + size) % size;
      }
    });
  }
  double real = op.getValue() ? realOf(*op.getValue()) : 0;
  llvm::fill(out.reals, out.type == DLC_F32 ? (double)(float)real : real);
  llvm::fill(out.integers, op.getValue() ? wholeOf(*op.getValue()).value_or(0) : 0);
  SmallVector<int64_t> low = numbers(op.getLowAttr(), in.shape.size());
  Odometer at(in.shape);
  for (int64_t i = 0, n = in.size(); i < n; ++i, at.next()) {
    SmallVector<int64_t> place(*at);
    for (size_t axis = 0; axis < place.size(); ++axis)
      place[axis] += low[axis];
    copy(out, offsetIn(out.shape, place), in, i);
  }
  return success();
}
static LogicalResult shift(ShiftOp op, const Array &in, Array &out) {
  int64_t axis = axisOf(op.getAxisAttr(), 0, in.shape.size());
  auto number = [](SizeAttr size) { return size ? size.number() : 0; };
  double real = op.getValue() ? realOf(*op.getValue()) : 0, fill = out.type == DLC_F32 ? (double)(float)real : real;
  int64_t whole = op.getValue() ? wholeOf(*op.getValue()).value_or(0) : 0;
  Odometer at(out.shape);
  for (int64_t i = 0, n = out.size(); i < n; ++i, at.next()) {
    SmallVector<int64_t> from(*at);
    from[axis] -= number(op.getByAttr());
    if (op.getStepAttr())
      from[axis] += from[axis + 1] * number(op.getStepAttr());
    if (op.getCountAttr())
      from[axis + 1] = 0;
    if (from[axis] >= 0 && from[axis] < in.shape[axis])
      copy(out, i, in, offsetIn(in.shape, from));
    else if (out.isFloat())
      out.reals[i] = fill;
    else
      out.integers[i] = whole;
  }
  return success();
}
static LogicalResult constant(ConstantOp op, Array &out) {
  for (int64_t i = 0, n = out.size(); i < n; ++i) {
    int64_t at = op.getCount() > 1 ? i : 0;
    if (out.isFloat())
      out.reals[i] = out.type == DLC_F32 ? (double)(float)op.getReal(at) : op.getReal(at);
    else
      out.integers[i] = op.getWhole(at);
  }
  return success();
}
static LogicalResult iota(IotaOp op, Operands in, Array &out) {
  int64_t axis = axisOf(op.getAxisAttr(), -1, out.shape.size()), start = in.size() > 1 ? in[1]->integers[0] : 0;
  Odometer at(out.shape);
  for (int64_t i = 0, n = out.size(); i < n; ++i, at.next())
    out.integers[i] = out.type == DLC_I32 ? (int32_t)(start + (*at)[axis]) : start + (*at)[axis];
  return success();
}

/// The place of a call along an axis of so many elements, of which `size` are meant.
static FailureOr<int64_t> placeOf(Operation *op, const Array &at, int64_t whole, int64_t size) {
  int64_t place = at.integers[0];
  if (failed(checkRange(op, 0, place, whole - size + 1)))
    return failure();
  return place;
}
static LogicalResult read(ReadOp op, const Array &in, const Array &at, Array &out) {
  int64_t axis = axisOf(op.getAxisAttr(), 0, in.shape.size());
  auto place = placeOf(op, at, in.shape[axis], out.shape[axis]);
  return failed(place) ? LogicalResult(failure())
                       : move(out, in, [&](SmallVectorImpl<int64_t> &from) { from[axis] += *place; });
}
static LogicalResult write(WriteOp op, const Array &in, const Array &value, const Array &at, Array &out) {
  int64_t axis = axisOf(op.getAxisAttr(), 0, in.shape.size());
  auto place = placeOf(op, at, in.shape[axis], value.shape[axis]);
  if (failed(place))
    return failure();
  out.reals = in.reals;
  out.integers = in.integers;
  Odometer from(value.shape);
  for (int64_t i = 0, n = value.size(); i < n; ++i, from.next()) {
    SmallVector<int64_t> to(*from);
    to[axis] += *place;
    copy(out, offsetIn(out.shape, to), value, i);
  }
  return success();
}

//===--- Tables -----------------------------------------------------------------------------------------===//

static LogicalResult gather(GatherOp op, const Array &table, const Array &index, Array &out) {
  int64_t tables = tableAxes(op), rows = table.shape[tables], width = table.shape.back();
  int64_t each = tables && index.shape[0] ? index.size() / index.shape[0] : index.size(); // indices into one table
  for (int64_t i = 0, n = index.size(); i < n; ++i) {
    int64_t row = index.integers[i];
    if (failed(checkRange(op, i, row, rows)))
      return failure();
    for (int64_t j = 0; j < width; ++j)
      copy(out, i * width + j, table, (i / each * rows + row) * width + j);
  }
  return success();
}
static LogicalResult scatterAdd(ScatterAddOp op, const Array &index, const Array &update, Array &out) {
  int64_t tables = tableAxes(op), rows = out.shape[tables], width = out.shape.back();
  int64_t each = tables && index.shape[0] ? index.size() / index.shape[0] : index.size(); // indices into one table
  for (int64_t i = 0, n = index.size(); i < n; ++i) {
    int64_t row = index.integers[i];
    if (failed(checkRange(op, i, row, rows)))
      return failure();
    row += i / each * rows;
    for (int64_t j = 0; j < width; ++j) {
      if (out.isFloat())
        out.reals[row * width + j] += update.reals[i * width + j];
      else
        out.integers[row * width + j] += update.integers[i * width + j];
    }
  }
  return success();
}
static LogicalResult oneHot(OneHotOp op, const Array &index, Array &out) {
  int64_t depth = out.shape.back();
  for (int64_t i = 0, n = index.size(); i < n; ++i) {
    if (failed(checkRange(op, i, index.integers[i], depth)))
      return failure();
    (out.isFloat() ? void(out.reals[i * depth + index.integers[i]] = 1)
                   : void(out.integers[i * depth + index.integers[i]] = 1));
  }
  return success();
}
static LogicalResult checkIndex(CheckIndexOp op, const Array &in, Array &out, const Extents &extents) {
  int64_t limit = numberOf(op.getLimit(), 0, extents);
  for (auto [i, value] : llvm::enumerate(in.integers))
    if (!(op.getIgnoreIndexAttr() && value == op.getIgnoreIndexAttr().number()) &&
        failed(checkRange(op, i, value, limit)))
      return failure();
  out.integers = in.integers;
  return success();
}

//===--- Reductions -------------------------------------------------------------------------------------===//

static SmallVector<bool> reduced(ArrayAttr axes, size_t rank) {
  SmallVector<bool> set(rank, !axes);
  if (axes)
    for (SizeAttr axis : axes.getAsRange<SizeAttr>())
      set[axisOf(axis, 0, rank)] = true;
  return set;
}
/// Calls `visit` with the place in the result and in the input, in the input's order.
static void overAxes(const Array &in, ArrayRef<bool> axes, llvm::function_ref<void(int64_t, int64_t)> visit) {
  SmallVector<int64_t> kept, shape;
  for (auto [size, gone] : llvm::zip(in.shape, axes))
    if (!gone)
      shape.push_back(size);
  Odometer at(in.shape);
  for (int64_t i = 0, n = in.size(); i < n; ++i, at.next()) {
    kept.clear();
    for (auto [index, gone] : llvm::zip(*at, axes))
      if (!gone)
        kept.push_back(index);
    visit(offsetIn(shape, kept), i);
  }
}
static LogicalResult sum(const Array &in, ArrayRef<bool> axes, Array &out, bool mean) {
  std::vector<long double> totals(out.reals.size(), 0); // so that doubles are summed better than compiled code can
  overAxes(in, axes, [&](int64_t to, int64_t from) {
    if (out.isFloat()) {
      totals[to] += in.reals[from];
    } else {
      uint64_t total = (uint64_t)out.integers[to] + (uint64_t)in.integers[from];
      out.integers[to] = out.type == DLC_I32   ? (int64_t)(int32_t)total
                         : out.type == DLC_UI8 ? (int64_t)(uint8_t)total
                                               : (int64_t)total;
    }
  });
  double count = 1;
  for (auto [size, gone] : llvm::zip(in.shape, axes))
    count *= gone && mean ? size : 1;
  for (auto [value, total] : llvm::zip(out.reals, totals))
    value = (double)(total / count);
  return success();
}
static LogicalResult extreme(const Array &in, ArrayRef<bool> axes, Array &out, bool largest) {
  auto limits = [&]() -> std::pair<int64_t, int64_t> {
    return out.type == DLC_UI8   ? std::pair<int64_t, int64_t>(0, 255)
           : out.type == DLC_I32 ? std::pair<int64_t, int64_t>(INT32_MIN, INT32_MAX)
                                 : std::pair<int64_t, int64_t>(INT64_MIN, INT64_MAX);
  };
  llvm::fill(out.reals, largest ? -INFINITY : INFINITY);
  llvm::fill(out.integers, largest ? limits().first : limits().second);
  overAxes(in, axes, [&](int64_t to, int64_t from) {
    if (out.isFloat()) {
      double x = in.reals[from], &best = out.reals[to];
      if (best == best && (x != x || (largest ? x > best : x < best)))
        best = x;
    } else {
      int64_t x = in.integers[from], &best = out.integers[to];
      best = (largest ? x > best : x < best) ? x : best;
    }
  });
  return success();
}
static LogicalResult argmax(ArgmaxOp op, const Array &in, Array &out) {
  int64_t axis = axisOf(op.getAxisAttr(), -1, in.shape.size());
  SmallVector<bool> axes(in.shape.size(), false);
  axes[axis] = true;
  std::vector<int64_t> best(out.size(), -1), seen(out.size(), 0); // offsets, and how many were seen
  overAxes(in, axes, [&](int64_t to, int64_t from) {
    double x = in.isFloat() ? in.reals[from] : 0, old = best[to] >= 0 && in.isFloat() ? in.reals[best[to]] : 0;
    bool better = best[to] < 0 ||
                  (in.isFloat() ? (old == old && (x != x || x > old)) : in.integers[from] > in.integers[best[to]]);
    if (better) {
      best[to] = from;
      out.integers[to] = seen[to];
    }
    ++seen[to];
  });
  return success();
}
static LogicalResult count(CountOp op, const Array &like, Array &out) {
  int64_t number = 1;
  for (auto [size, counted] : llvm::zip(like.shape, reduced(op.getAxesAttr(), like.shape.size())))
    number *= counted ? size : 1;
  if (out.isFloat())
    out.reals[0] = number;
  else
    out.integers[0] = number;
  return success();
}

Evaluated dlc::evaluateStructure(Operation *op, Operands in, MutableArrayRef<Array> out, const Extents &extents) {
  auto all = [&](auto reduce) { return reduced(reduce.getAxesAttr(), in[0]->shape.size()); };
  return llvm::TypeSwitch<Operation *, Evaluated>(op)
      .Case([&](ReshapeOp) {
        out[0].reals = in[0]->reals;
        out[0].integers = in[0]->integers;
        return success();
      })
      .Case([&](TransposeOp transpose) {
        SmallVector<int64_t> from(out[0].shape.size());
        return move(out[0], *in[0], [&](SmallVectorImpl<int64_t> &at) {
          for (auto [i, axis] : llvm::enumerate(transpose.getPermutation().getAsRange<SizeAttr>()))
            from[axisOf(axis, 0, from.size())] = at[i];
          at.assign(from.begin(), from.end());
        });
      })
      .Case([&](BroadcastOp) { return move(out[0], *in[0], [](SmallVectorImpl<int64_t> &) {}); })
      .Case([&](SliceOp slice) {
        int64_t axis = axisOf(slice.getAxisAttr(), 0, out[0].shape.size());
        int64_t start = numberOf(slice.getStartAttr(), 0, extents);
        return move(out[0], *in[0], [&](SmallVectorImpl<int64_t> &at) { at[axis] += start; });
      })
      .Case([&](SelectOp select) {
        int64_t axis = axisOf(select.getAxisAttr(), 0, in[0]->shape.size());
        int64_t index = axisOf(select.getIndexAttr(), 0, in[0]->shape[axis]);
        return move(out[0], *in[0], [&](SmallVectorImpl<int64_t> &at) { at.insert(at.begin() + axis, index); });
      })
      .Case([&](FlipOp flip) {
        SmallVector<bool> axes = reduced(flip.getAxesAttr(), out[0].shape.size());
        return move(out[0], *in[0], [&](SmallVectorImpl<int64_t> &at) {
          for (size_t axis = 0; axis < at.size(); ++axis)
            at[axis] = axes[axis] ? out[0].shape[axis] - 1 - at[axis] : at[axis];
        });
      })
      .Case([&](ShiftOp one) { return shift(one, *in[0], out[0]); })
      .Case([&](OneHotOp one) { return oneHot(one, *in[0], out[0]); })
      .Case([&](ConcatOp one) { return concat(one, in, out[0]); })
      .Case([&](SplitOp one) { return split(one, *in[0], out); })
      .Case([&](PadOp one) { return pad(one, *in[0], out[0]); })
      .Case([&](ConstantOp one) { return constant(one, out[0]); })
      .Case([&](IotaOp one) { return iota(one, in, out[0]); })
      .Case([&](ReadOp one) { return read(one, *in[0], *in[1], out[0]); })
      .Case([&](WriteOp one) { return write(one, *in[0], *in[1], *in[2], out[0]); })
      .Case([&](GatherOp one) { return gather(one, *in[0], *in[1], out[0]); })
      .Case([&](ScatterAddOp one) { return scatterAdd(one, *in[0], *in[1], out[0]); })
      .Case([&](CheckIndexOp one) { return checkIndex(one, *in[0], out[0], extents); })
      .Case([&](SumOp one) { return sum(*in[0], all(one), out[0], false); })
      .Case([&](MeanOp one) { return sum(*in[0], all(one), out[0], true); })
      .Case([&](AmaxOp one) { return extreme(*in[0], all(one), out[0], true); })
      .Case([&](AminOp one) { return extreme(*in[0], all(one), out[0], false); })
      .Case([&](ArgmaxOp one) { return argmax(one, *in[0], out[0]); })
      .Case([&](CountOp one) { return count(one, *in[0], out[0]); })
      .Default([](Operation *) { return std::nullopt; });
}
