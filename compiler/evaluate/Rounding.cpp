// Rounding.cpp - bounds of single ops, and what they come to along a chain.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/evaluate/Rounding.h"
#include "compiler/evaluate/RoundingTiles.h"
#include "dialects/dl/Windows.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace dlc;

/// Half the distance of 1 to the next number: how far one rounding goes, relative to the result.
static double unitOf(dlc_dtype type) { return type == DLC_F32 ? 0x1p-24 : 0x1p-53; }
/// Numbers below this are zero while a model runs.
static double leastNormal(dlc_dtype type) { return type == DLC_F32 ? 0x1p-126 : 0x1p-1022; }
/// |a - b|; 0 for two NaNs and two equal infinities, infinite where only one is finite.
static double distance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b)))
    return 0;
  double off = std::fabs(a - b);
  return std::isnan(off) ? INFINITY : off;
}

//===--- One op -----------------------------------------------------------------------------------------===//

/// Elementary functions are right to two units in the last place, which are four of these.
static constexpr double elementary = 4;

/// The roundings that a sum of `count` terms meets: blocks of fixed size, then a tree.
static double depthOfSum(double count) { return 4 + std::log2(std::max(count, 1.0)); }

/// The op applied to the magnitudes of its operands: how large the terms are that it adds up.
static std::vector<double> magnitudes(OpResult value, Operands in, const Extents &extents) {
  std::vector<Array> sizes, out;
  for (const Array *one : in) {
    sizes.push_back(*one);
    for (double &x : sizes.back().reals)
      x = std::fabs(x);
  }
  for (Value result : value.getOwner()->getResults())
    out.push_back(zerosFor(result, extents));
  auto operands = llvm::map_to_vector(sizes, [](const Array &one) { return &one; });
  (void)evaluateOp(*value.getOwner(), operands, out, extents); // what fails has failed before
  return std::move(out[value.getResultNumber()].reals);
}

namespace {
/// A row that is centred and scaled.
struct Row {
  double mean, furthest = 0, scale, depth; ///< `furthest`: the largest |x - mean|
  Row(const Array &in, ArrayRef<int64_t> elements, double epsilon) : depth(depthOfSum(elements.size())) {
    long double total = 0, squares = 0;
    for (int64_t i : elements)
      total += in.reals[i];
    mean = (double)(total / elements.size());
    for (int64_t i : elements) {
      double off = in.reals[i] - mean;
      squares += off * off;
      furthest = std::max(furthest, std::fabs(off));
    }
    scale = 1 / std::sqrt((double)(squares / elements.size()) + epsilon);
  }
  /// Of the scale, relative to it: its sum of squares, and the mean that they are taken from.
  double ofScale() const { return 4 + depth + 2 * depth * furthest * scale; }
  /// Of an element: rows are centred before they are squared, so that a common offset costs nothing.
  double ofElement(double x) const { return scale * (depth * furthest + std::fabs(x - mean) * (1 + ofScale())); }
};
} // namespace
static double epsilonOf(std::optional<APFloat> value) { return value ? value->convertToDouble() : 1e-5; }

static std::vector<double> ofNormalize(NormalizeOp op, bool isScale, const Array &in, const Array &out) {
  std::vector<double> units(out.reals.size());
  size_t row = 0;
  forEachRow(in.shape, axesOf(op), [&](ArrayRef<int64_t> elements) {
    Row one(in, elements, epsilonOf(op.getEpsilon()));
    if (isScale)
      units[row++] = one.scale * one.ofScale();
    else
      for (int64_t i : elements)
        units[i] = one.ofElement(in.reals[i]);
  });
  return units;
}
/// `in`: what is normalised along these axes of `shape`, and a weight and a bias for each channel, if there are any.
static std::vector<double> ofNormal(Operands in, ArrayRef<int64_t> shape, const llvm::SmallBitVector &axes,
                                    std::optional<APFloat> epsilon, const Array &out) {
  std::vector<double> units(out.reals.size());
  forEachRow(shape, axes, [&](ArrayRef<int64_t> elements) {
    Row one(*in[0], elements, epsilonOf(epsilon));
    for (int64_t i : elements) {
      double x = in[0]->reals[i], weight = in.size() > 1 ? in[1]->reals[i % in[0]->shape.back()] : 1;
      units[i] = std::fabs(weight) * one.ofElement(x) + std::fabs((x - one.mean) * one.scale * weight) +
                 std::fabs(out.reals[i]);
    }
  });
  return units;
}
/// The bound of an op on pictures, from its tensors with the channels last.
static std::vector<double> ofPicture(bool channelsFirst, Operands in, const Array &out,
                                     llvm::function_ref<std::vector<double>(Operands, const Array &)> bound) {
  if (!channelsFirst)
    return bound(in, out);
  Array input = channelsLast(*in[0]), result = channelsLast(out);
  SmallVector<const Array *> operands(in);
  operands[0] = &input;
  result.reals = bound(operands, result);
  return dlc::channelsFirst(result).reals;
}
static llvm::SmallBitVector lastAxis(const Array &in) {
  llvm::SmallBitVector axes(in.shape.size());
  axes.set(in.shape.size() - 1);
  return axes;
}
/// Places, and channels of a group.
static llvm::SmallBitVector axesOfGroups() {
  llvm::SmallBitVector axes(4);
  axes.set(1).set(3);
  return axes;
}
/// Powers, their sum, and its root. `size`: the result of the magnitudes, whose powers are the terms of the sum; powers below
/// the least normal number are lost.
static std::vector<double> ofLpPool(LpPoolOp op, ArrayRef<double> size, const Array &out, double depth) {
  double norm = op.getNormType() ? op.getNormType()->convertToDouble() : 2, terms = 1;
  for (Dim one : eachOf(op.getKernel(), out.shape.size() - 2, 1))
    terms *= (double)one.value;
  double lost = terms * leastNormal(out.type), unit = unitOf(out.type);
  std::vector<double> units;
  for (auto [y, most] : llvm::zip(out.reals, size)) {
    double value = std::fabs(y), sum = std::pow(value, norm), far = (2 * elementary + 4 + depth) * std::pow(most, norm);
    units.push_back(norm == 1     ? far
                    : sum <= lost ? std::pow(lost, 1 / norm) / unit
                                  : value * (2 * elementary + (far + lost / unit) / (norm * sum)));
  }
  return units;
}
static std::vector<double> ofCrossEntropy(CrossEntropyOp op, Operands in, const Extents &extents) {
  double classes = in[0]->shape.back(), rows = classes > 0 ? in[0]->size() / classes : 0, weight = 1;
  if (in[1]->isFloat()) { // of probabilities that need not be any
    for (double share : in[1]->reals)
      weight += std::fabs(share) / std::max(rows, 1.0);
  }
  double size = magnitudes(op->getResult(0), in, extents)[0];
  return {size * (4 + depthOfSum(rows)) + weight * (2 + 2 * depthOfSum(classes))};
}

/// Where a value moves by several bounds that are about as large, half of all samples see next to nothing of them; as many as
/// these miss it for one element in sixteen million.
static constexpr uint64_t mostSamples = 24;

/// Up or down, the same for equal numbers: what is computed twice is rounded alike, and ties stay ties.
static double directionOf(double x, uint64_t sample) {
  uint64_t bits = llvm::bit_cast<uint64_t>(x) + sample * 0x9E3779B97F4A7C15; // SplitMix64's finish
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  return (bits ^ (bits >> 31)) & 1 ? 1 : -1;
}

/// Moves every value by its own bound. What a loop yields has moved already: so have the values of its body.
static Observer moveByRounding(uint64_t sample, const Extents &extents) {
  return [=](OpResult value, Operands in, Array &array) {
    if (isa<ScanOp>(value.getOwner()))
      return;
    for (auto [x, far] : llvm::zip(array.reals, rounding(value, in, array, extents)))
      if (std::isfinite(far))
        x += far * directionOf(x, sample);
  };
}

/// Of a loop, whose rounding goes from round to round: how far some samples go.
static std::vector<double> ofScan(ScanOp scan, unsigned result, Operands in, const Array &out, const Extents &extents) {
  std::vector<double> units(out.reals.size());
  for (uint64_t sample = 1; sample <= mostSamples; ++sample) {
    std::vector<Array> moved;
    for (Value one : scan.getResults())
      moved.push_back(zerosFor(one, extents));
    if (succeeded(evaluateScan(scan, in, moved, extents, moveByRounding(sample, extents))))
      for (auto [unit, was, now] : llvm::zip(units, out.reals, moved[result].reals))
        unit = std::max(unit, distance(was, now) / unitOf(out.type));
  }
  return units;
}

/// The bound in units of the result's type.
static std::vector<double> unitsOf(OpResult value, Operands in, const Array &out, const Extents &extents) {
  Operation *op = value.getOwner();
  auto each = [&](auto bound) {
    std::vector<double> units(out.reals.size());
    for (size_t i = 0; i < units.size(); ++i)
      units[i] = bound(i, std::fabs(out.reals[i]));
    return units;
  };
  auto relative = [&](double count) { return each([=](size_t, double y) { return count * y; }); };
  auto added = [&](double count) {
    std::vector<double> units = magnitudes(value, in, extents);
    for (double &one : units)
      one *= count;
    return units;
  };
  auto axisSize = [&](SizeAttr axis) { return (double)in[0]->shape[axisOf(axis, -1, in[0]->shape.size())]; };
  auto inTiles = [&](std::vector<double> units) {
    if (mayBeInTiles(op))
      widenToTiles(op, in, extents, units);
    return units;
  };
  double ratio = in.empty() || out.reals.empty() ? 1 : (double)in[0]->size() / (double)out.reals.size();
  using Units = std::vector<double>;
  if (op->hasTrait<Exact>())
    return Units();
  return llvm::TypeSwitch<Operation *, Units>(op)
      .Case([&](CastOp) { return in[0]->type == out.type || in[0]->type == DLC_F32 ? Units() : relative(1); })
      .Case<AddOp, SubOp, MulOp, DivOp, SqrtOp, ClampOp>([&](auto) { return relative(1); }) // clamp: its limits
      .Case<PreluOp>([&](auto) { return relative(1); })
      .Case<HardsigmoidOp, HardswishOp>([&](auto) { return relative(elementary); })
      .Case<EluOp, CeluOp, SeluOp>([&](auto) { return relative(4 * elementary); })
      .Case([&](StandardizeOp one) { // the constants are rounded, too
        return each(
            [&](size_t i, double y) { return 4 * y + 2 * std::fabs(y != 0 ? in[0]->reals[i] / out.reals[i] : 0); });
      })
      .Case([&](MishOp) { return relative(6 * elementary); }) // the square of an exponential, in a quotient
      .Case([&](PowOp) { return relative(2 * elementary); })
      .Case<SigmoidOp, SiluOp, SoftplusOp>([&](auto) { return relative(2 * elementary); })
      .Case([&](GeluOp) { // 1 + erf cancels far to the left
        return each([&](size_t i, double y) { return elementary * (std::fabs(in[0]->reals[i]) + 2 * y); });
      })
      .Case<SumOp, MeanOp>([&](auto) { return added(depthOfSum(ratio)); })
      .Case([&](CumsumOp one) { return added(out.type == DLC_F32 ? 2 : depthOfChain(axisSize(one.getAxisAttr()))); })
      .Case([&](MatmulOp one) {
        ArrayRef<int64_t> shape = in[0]->shape;
        return added(depthOfChain((double)shape[shape.size() - (one.getTransposeA() ? 2 : 1)]));
      })
      .Case([&](ContractOp one) {
        double terms = 1;
        for (SizeAttr size : llvm::drop_begin(one.getOver().getAsRange<SizeAttr>(), out.shape.size()))
          terms *= (double)numberOf(size, 0, extents);
        // Elements that are only put elsewhere, as those of windows are before one is sought that equals their largest.
        if (terms <= 1 && llvm::all_of(in[1]->reals, [](double factor) { return factor == 1; }))
          return Units();
        return inTiles(added(depthOfChain(terms)));
      })
      .Case<Conv1dOp, Conv2dOp, Conv3dOp>([&](auto) {
        return inTiles(added(depthOfChain((double)in[1]->size() / (double)std::max<int64_t>(in[1]->shape[0], 1))));
      })
      .Case<Conv1dTransposeOp, Conv2dTransposeOp>([&](auto) {
        return inTiles(added(4 + depthOfChain((double)in[1]->size() / (double)std::max<int64_t>(in[1]->shape[1], 1))));
      })
      .Case([&](UpsampleOp one) { // two neighbours along an axis
        return one.getMode().value_or("nearest") == "nearest" ? Units() : added(4 * ((double)out.shape.size() - 2));
      })
      .Case([&](AdaptiveAvgPoolOp one) {
        double count = 0;
        for (size_t axis = 1; axis + 1 < out.shape.size(); ++axis)
          count += 4 + depthOfChain((double)in[0]->shape[axis + one.getChannelsFirst()]);
        return added(count);
      })
      .Case([&](AvgPoolOp) { return added(4 + depthOfChain(ratio * 1024)); })
      .Case(
          [&](LpPoolOp one) { return ofLpPool(one, magnitudes(value, in, extents), out, depthOfChain(ratio * 1024)); })
      .Case([&](ScatterAddOp) { return added(depthOfChain((double)in[0]->size())); })
      .Case([&](SoftmaxOp one) { // x - max is at most -log y
        double depth = depthOfSum(axisSize(one.getAxisAttr()));
        return each([&](size_t, double y) { return y > 0 ? y * (elementary + 2 * depth - std::log(y)) : 0; });
      })
      .Case([&](LogSoftmaxOp one) {
        double depth = depthOfSum(axisSize(one.getAxisAttr()));
        return each([&](size_t, double y) { return 3 * y + 2 * depth; });
      })
      .Case([&](MseLossOp) { return relative(4 + depthOfSum((double)std::max(in[0]->size(), in[1]->size()))); })
      .Case([&](NormalizeOp one) { return ofNormalize(one, value.getResultNumber() == 1, *in[0], out); })
      .Case([&](LayerNormOp one) { return ofNormal(in, out.shape, lastAxis(out), one.getEpsilon(), out); })
      .Case([&](GroupNormOp one) {
        return ofPicture(one.getChannelsFirst(), in, out, [&](Operands in, const Array &out) {
          return ofNormal(in, inGroups(out.shape, one.getGroups().number()), axesOfGroups(), one.getEpsilon(), out);
        });
      })
      .Case([&](InstanceNormOp one) {
        return ofPicture(one.getChannelsFirst(), in, out, [&](Operands in, const Array &out) {
          return ofNormal(in, inGroups(out.shape, out.shape.back()), axesOfGroups(), one.getEpsilon(), out);
        });
      })
      .Case([&](LocalResponseNormOp one) {
        return relative(4 * elementary + depthOfChain((double)one.getSize().number()));
      })
      .Case([&](RmsNormOp) { return relative(6 + depthOfSum((double)out.shape.back())); })
      .Case([&](ScanOp one) { return ofScan(one, value.getResultNumber(), in, out, extents); })
      .Case([&](CrossEntropyOp one) { return ofCrossEntropy(one, in, extents); })
      .Default([&](Operation *) { return relative(elementary); });
}

std::vector<double> dlc::rounding(OpResult value, Operands in, const Array &out, const Extents &extents) {
  if (!out.isFloat())
    return {};
  std::vector<double> bound = unitsOf(value, in, out, extents);
  for (auto [one, y] : llvm::zip(bound, out.reals)) {
    one *= unitOf(out.type);
    if (y != 0) // what is not a normal number may become 0
      one = std::max(one, std::min(std::fabs(y), leastNormal(out.type)));
  }
  return bound;
}
bool dlc::fixesSignOfZero(Operation *op) {
  return op->hasTrait<MovesElements>() || isa<NegOp, AbsOp, AddOp, SubOp, MulOp, DivOp>(op); // as IEEE 754 says
}

int64_t dlc::firstBeyond(const Array &found, const Array &exact, ArrayRef<double> far, bool signs) {
  for (int64_t at = 0, n = exact.size(); at < n; ++at) {
    double bound = far.empty() ? 0 : far[at];
    if (!exact.isFloat()) {
      int64_t off = found.integers[at] - exact.integers[at]; // a choice that rounding tips may be another
      if (off && std::fabs((double)off) > bound)
        return at;
      continue;
    }
    double a = found.reals[at], b = exact.reals[at];
    if (exact.type == DLC_F32)
      b = (float)b; // beyond its range it is infinite
    bool isOtherZero = signs && a == 0 && exact.reals[at] == 0 && bound == 0 && std::signbit(a) != std::signbit(b);
    double toType = std::isfinite(b) ? unitOf(exact.type) * std::fabs(b) : 0;
    if (isOtherZero || distance(a, b) > roundingAllowance * bound + toType)
      return at;
  }
  return -1;
}

//===--- A chain of ops ---------------------------------------------------------------------------------===//

FailureOr<Expectation> Expectation::make(EntryOp entry, std::vector<Array> arguments, const Extents &extents) {
  Expectation result(entry, std::move(arguments), extents);
  auto exact = evaluate(entry, result.arguments, extents);
  if (failed(exact))
    return failure();
  result.exact = std::move(*exact);
  for (const Array &one : result.exact)
    result.spread.emplace_back(one.size(), 0);
  DenseSet<Value> unknown; // the sign of a zero in these
  for (Operation &op : entry.getBody().front())
    if (!fixesSignOfZero(&op) || llvm::any_of(op.getOperands(), [&](Value in) { return unknown.contains(in); }))
      unknown.insert(op.result_begin(), op.result_end());
  for (Value value : entry.getBody().front().getTerminator()->getOperands())
    result.signs.push_back(!unknown.contains(value));
  return result;
}

void Expectation::sample() {
  ++samples;
  ScopedDiagnosticHandler quiet(entry.getContext(), [](Diagnostic &) { return success(); });
  auto moved = evaluate(entry, arguments, extents, moveByRounding(samples, extents));
  if (failed(moved)) // an index that rounding moved out of its range: nothing can be said
    return;
  for (auto [was, now, wide] : llvm::zip(exact, *moved, spread))
    for (int64_t i = 0, n = was.size(); i < n; ++i)
      wide[i] = std::max(wide[i], distance(was.real(i), now.real(i)));
}

int64_t Expectation::firstDeparture(size_t i, const Array &found) {
  // Most agree at once. Where rounding is larger than usual, more samples find it; where there is a fault, none does.
  int64_t at = firstBeyond(found, exact[i], spread[i], signs[i]);
  while (at >= 0 && samples < mostSamples) {
    sample();
    at = firstBeyond(found, exact[i], spread[i], signs[i]);
  }
  return at;
}
