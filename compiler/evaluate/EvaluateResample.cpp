// EvaluateResample.cpp - the meaning of ops that change the size of pictures.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/evaluate/Evaluate.h"

using namespace mlir;
using namespace dlc;

/// An axis of the input, and how much of each of its places an element of the result has.
using Shares = SmallVector<std::pair<int64_t, double>>;

/// The sum over the places that each axis gives, each times all the shares of them.
static void mixed(const Array &in, Array &out, llvm::function_ref<Shares(int64_t axis, int64_t place)> shares) {
  Odometer at(out.shape);
  for (int64_t i = 0, n = out.size(); i < n; ++i, at.next()) {
    SmallVector<Shares> each;
    SmallVector<int64_t> counts;
    int64_t terms = 1;
    for (size_t axis = 1; axis + 1 < in.shape.size(); ++axis) {
      each.push_back(shares(axis, (*at)[axis]));
      counts.push_back(each.back().size());
      terms *= counts.back();
    }
    long double sum = 0;
    Odometer term(counts);
    for (int64_t k = 0; k < terms; ++k, term.next()) {
      SmallVector<int64_t> there(*at);
      long double share = 1;
      for (auto [axis, one] : llvm::enumerate(each)) {
        there[axis + 1] = one[(*term)[axis]].first;
        share *= one[(*term)[axis]].second;
      }
      sum += share * in.reals[offsetIn(in.shape, there)];
    }
    out.reals[i] = (double)sum;
  }
}
static LogicalResult upsample(UpsampleOp op, const Array &in, Array &out) {
  bool isNearest = op.getMode().value_or("nearest") == "nearest";
  mixed(in, out, [&](int64_t axis, int64_t place) -> Shares {
    int64_t size = in.shape[axis], result = out.shape[axis];
    if (isNearest)
      return {{place * size / result, 1.0}};
    // The place is over / under, as whole numbers: the share of a neighbour is no difference of rounded ones.
    bool aligned = op.getAlignCorners();
    int64_t over = aligned ? place * (size - 1) : std::max<int64_t>((2 * place + 1) * size - result, 0);
    int64_t under = aligned ? std::max<int64_t>(result - 1, 1) : 2 * result;
    int64_t low = std::min(over / under, size - 1), high = std::min(low + 1, size - 1);
    double rest = double(over - low * under) / double(under);
    return {{low, 1 - rest}, {high, rest}};
  });
  return success();
}
static LogicalResult adaptiveAvgPool(const Array &in, Array &out) {
  mixed(in, out, [&](int64_t axis, int64_t place) {
    int64_t size = in.shape[axis], result = out.shape[axis];
    int64_t first = place * size / result, end = ((place + 1) * size + result - 1) / result;
    Shares shares;
    for (int64_t i = first; i < end; ++i)
      shares.push_back({i, 1 / double(end - first)});
    return shares;
  });
  return success();
}
static LogicalResult pixelShuffle(int64_t r, const Array &in, Array &out) {
  Odometer at(out.shape);
  for (int64_t i = 0, n = out.size(); i < n; ++i, at.next()) {
    int64_t channel = ((*at)[3] * r + (*at)[1] % r) * r + (*at)[2] % r;
    int64_t from = offsetIn(in.shape, {(*at)[0], (*at)[1] / r, (*at)[2] / r, channel});
    if (in.isFloat())
      out.reals[i] = in.reals[from];
    else
      out.integers[i] = in.integers[from];
  }
  return success();
}

Evaluated dlc::evaluateResample(Operation *op, Operands in, MutableArrayRef<Array> out) {
  return llvm::TypeSwitch<Operation *, Evaluated>(op)
      .Case([&](UpsampleOp one) { return upsample(one, *in[0], out[0]); })
      .Case([&](AdaptiveAvgPoolOp) { return adaptiveAvgPool(*in[0], out[0]); })
      .Case([&](PixelShuffleOp one) { return pixelShuffle(one.getUpscaleFactor().number(), *in[0], out[0]); })
      .Default([](Operation *) { return std::nullopt; });
}
