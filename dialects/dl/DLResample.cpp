// DLResample.cpp - what ops become that change the size of a picture: moves, or one product along each axis.
// SPDX-License-Identifier: Apache-2.0
//
// size / result = q / p in lowest terms. Then p places of the result read a window of the input that moves on by q:
//
//   y[u * p + j] = sum over t of x[u * q + start + t] * weights[j, t]
#include "dialects/dl/Contract.h"
#include "dialects/dl/Rewritten.h"
#include "dialects/dl/Windows.h"
#include <numeric>

using namespace mlir;
using namespace dlc;
using Values = SmallVector<Value>;

namespace {
/// An axis whose size changes.
struct Resized {
  int64_t axis, size, result;
  int64_t periods = std::gcd(size, result), p = result / periods, q = size / periods;
  int64_t start = 0;                        ///< the first place of the first window
  SmallVector<SmallVector<double>> weights; ///< of each of p places, for each place of a window
};
} // namespace

/// An axis of n * m as two.
static Value split(Ops &b, Value x, int64_t axis, int64_t n, int64_t m) {
  SmallVector<Dim> dims = dimsOf(x);
  dims[axis] = n;
  dims.insert(dims.begin() + axis + 1, Dim(m));
  return b.reshape(x, dims);
}
static Value joined(Ops &b, Value x, int64_t axis) {
  SmallVector<Dim> dims = dimsOf(x);
  dims[axis] = dims[axis] * dims[axis + 1];
  dims.erase(dims.begin() + axis + 1);
  return b.reshape(x, dims);
}
static Value concat(Ops &b, ArrayRef<Value> parts, int64_t axis) {
  return b.create<ConcatOp>(parts, {b.size("axis", axis)}).getResult();
}

/// The first and the last place again, so often.
static Value withEdges(Ops &b, Value x, int64_t axis, int64_t low, int64_t high) {
  int64_t size = dimsOf(x)[axis].value;
  Values parts(low, low ? b.slice(x, axis, 0, 1) : Value());
  parts.push_back(x);
  parts.append(high, high ? b.slice(x, axis, size - 1, 1) : Value());
  return parts.size() == 1 ? x : concat(b, parts, axis);
}
static Value weighed(Ops &b, Value x, const Resized &r) {
  int64_t taps = r.weights.front().size(), last = (r.periods - 1) * r.q + r.start + taps - 1;
  int64_t low = std::max<int64_t>(-r.start, 0), high = std::max<int64_t>(last - r.size + 1, 0);
  x = withEdges(b, x, r.axis, low, high);
  SmallVector<double> numbers;
  for (ArrayRef<double> row : r.weights)
    numbers.append(row.begin(), row.end());
  Value weights = b.values(numbers, RankedTensorType::get({r.p, taps}, typeOf(x).getElementType()));
  Contraction product(b);
  AffineExpr place;
  for (auto [axis, size] : llvm::enumerate(dimsOf(x))) {
    if ((int64_t)axis != r.axis) {
      product.lhs.push_back(product.add(size));
      continue;
    }
    product.lhs.push_back(product.add(r.periods) * r.q + (r.start + low));
    product.rhs.push_back(product.add(r.p));
  }
  int64_t kept = product.over.size();
  product.rhs.push_back(product.add(taps));
  product.lhs[r.axis] = product.lhs[r.axis] + product.rhs.back();
  return joined(b, product.build(x, weights, kept), r.axis);
}

//===--- Upsampling -------------------------------------------------------------------------------------===//

/// Place i reads place floor(i * size / result).
static Value nearest(Ops &b, Value x, const Resized &r) {
  if (r.q == 1) { // each place p times
    x = b.unsqueeze(x, r.axis + 1);
    SmallVector<Dim> dims = dimsOf(x);
    dims[r.axis + 1] = r.p;
    return joined(b, b.broadcast(x, dims), r.axis);
  }
  x = split(b, x, r.axis, r.periods, r.q);
  Values parts;
  for (int64_t j = 0; j < r.p; ++j)
    parts.push_back(b.slice(x, r.axis + 1, j * r.q / r.p, 1));
  return joined(b, r.p == 1 ? parts[0] : concat(b, parts, r.axis + 1), r.axis);
}
/// Place i reads between floor(at) and floor(at) + 1, where `at` = numerator / denominator.
static Value linear(Ops &b, Value x, Resized r, bool alignCorners) {
  if (alignCorners) // the pattern does not repeat
    r.q = r.size, r.p = r.result, r.periods = 1;
  int64_t denominator = alignCorners ? std::max<int64_t>(r.result - 1, 1) : 2 * r.p;
  auto numerator = [&](int64_t j) { return alignCorners ? j * (r.size - 1) : (2 * j + 1) * r.q - r.p; };
  auto floorOf = [&](int64_t j) { return llvm::divideFloorSigned(numerator(j), denominator); };
  r.start = floorOf(0);
  int64_t last = llvm::divideCeilSigned(numerator(r.p - 1), denominator);
  for (int64_t j = 0; j < r.p; ++j) {
    int64_t low = floorOf(j);
    double rest = double(numerator(j) - low * denominator) / double(denominator);
    SmallVector<double> &row = r.weights.emplace_back(last - r.start + 1, 0);
    row[low - r.start] = 1 - rest;
    if (rest > 0)
      row[low - r.start + 1] = rest;
  }
  return weighed(b, x, r);
}
Values UpsampleOp::augment(Ops &b) {
  Value x = getInput();
  SmallVector<Dim> result = dimsOf(getResult());
  for (int64_t axis = 1; axis + 1 < (int64_t)result.size(); ++axis) {
    Resized r{axis, dimsOf(x)[axis].value, result[axis].value};
    if (r.size != r.result)
      x = getMode().value_or("nearest") == "nearest" ? nearest(b, x, r) : linear(b, x, r, getAlignCorners());
  }
  return {x};
}

//===--- Adaptive pooling, pixel shuffle ----------------------------------------------------------------===//

Values AdaptiveAvgPoolOp::augment(Ops &b) {
  Value x = getInput();
  SmallVector<Dim> result = dimsOf(getResult());
  for (int64_t axis = 1; axis + 1 < (int64_t)result.size(); ++axis) {
    Resized r{axis, dimsOf(x)[axis].value, result[axis].value};
    if (r.p == 1) { // parts of one length
      x = b.reduce("mean", split(b, x, axis, r.periods, r.q), {axis + 1});
      continue;
    }
    for (int64_t j = 0; j < r.p; ++j) {
      int64_t first = j * r.q / r.p, end = llvm::divideCeil((j + 1) * r.q, r.p);
      SmallVector<double> &row = r.weights.emplace_back(r.q, 0);
      std::fill(row.begin() + first, row.begin() + end, 1.0 / double(end - first));
    }
    x = weighed(b, x, r);
  }
  return {x};
}
Values PixelShuffleOp::augment(Ops &b) {
  int64_t r = getUpscaleFactor().number();
  SmallVector<Dim> d = dimsOf(getInput()), result = dimsOf(getResult());
  Value squares = b.reshape(getInput(), {d[0], d[1], d[2], result[3], Dim(r), Dim(r)});
  return {b.reshape(b.transpose(squares, {0, 1, 4, 2, 5, 3}), result)};
}
REWRITTEN(UpsampleOp)
REWRITTEN(AdaptiveAvgPoolOp)
REWRITTEN(PixelShuffleOp)
