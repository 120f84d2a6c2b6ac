// EvaluateElementwise.cpp - the meaning of ops that act on each element alone.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/evaluate/Evaluate.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace dlc;

static double nan() { return std::numeric_limits<double>::quiet_NaN(); }

//===--- Floats -----------------------------------------------------------------------------------------===//

static double realOr(std::optional<APFloat> value, double otherwise) {
  return value ? value->convertToDouble() : otherwise;
}
static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
static double gelu(double x, bool byTanh) {
  if (byTanh)
    return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
  // erfc keeps what 1 + erf(x) would lose far to the left.
  return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
}
static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

/// The function of one number that an op stands for, if it is one.
static std::function<double(double)> realFunction(Operation *op) {
  using Function = std::function<double(double)>;
  return llvm::TypeSwitch<Operation *, Function>(op)
      .Case([](NegOp) -> Function { return [](double x) { return -x; }; })
      .Case([](AbsOp) -> Function { return [](double x) { return std::fabs(x); }; })
      .Case([](ExpOp) -> Function { return [](double x) { return std::exp(x); }; })
      .Case([](LogOp) -> Function { return [](double x) { return std::log(x); }; })
      .Case([](SinOp) -> Function { return [](double x) { return std::sin(x); }; })
      .Case([](CosOp) -> Function { return [](double x) { return std::cos(x); }; })
      .Case([](ErfOp) -> Function { return [](double x) { return std::erf(x); }; })
      .Case([](SqrtOp) -> Function { return [](double x) { return std::sqrt(x); }; })
      .Case([](RsqrtOp) -> Function { return [](double x) { return 1 / std::sqrt(x); }; })
      .Case([](TanhOp) -> Function { return [](double x) { return std::tanh(x); }; })
      .Case([](SigmoidOp) -> Function { return sigmoid; })
      .Case([](ReluOp) -> Function { return [](double x) { return x < 0 ? 0 : x; }; })
      .Case([](SiluOp) -> Function { return [](double x) { return x * sigmoid(x); }; })
      .Case([](SoftplusOp) -> Function {
        return [](double x) { return x != x ? x : std::fmax(x, 0) + std::log1p(std::exp(-std::fabs(x))); };
      })
      .Case([](LeakyReluOp leaky) -> Function {
        double slope = realOr(leaky.getSlope(), 0.01);
        return [=](double x) { return x > 0 ? x : slope * x; };
      })
      .Case([](GeluOp op) -> Function {
        bool byTanh = op.getTanh();
        return [=](double x) { return gelu(x, byTanh); };
      })
      .Case([](Relu6Op) -> Function { return [](double x) { return clamp(x, 0, 6); }; })
      .Case([](HardsigmoidOp) -> Function { return [](double x) { return clamp(x + 3, 0, 6) / 6; }; })
      .Case([](HardswishOp) -> Function { return [](double x) { return x * clamp(x + 3, 0, 6) / 6; }; })
      .Case([](EluOp op) -> Function {
        double alpha = realOr(op.getAlpha(), 1);
        return [=](double x) { return x > 0 ? x : alpha * std::expm1(x); };
      })
      .Case([](CeluOp op) -> Function {
        double alpha = realOr(op.getAlpha(), 1);
        return [=](double x) { return x > 0 ? x : alpha * std::expm1(x / alpha); };
      })
      .Case([](SeluOp) -> Function {
        return [](double x) { return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * std::expm1(x)); };
      })
      .Case([](MishOp) -> Function { return [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }; })
      .Case([](ClampOp op) -> Function {
        double low = op.getMin() ? realOf(*op.getMin()) : -INFINITY,
               high = op.getMax() ? realOf(*op.getMax()) : INFINITY;
        return [=](double x) { return clamp(x, low, high); };
      })
      .Default([](Operation *) -> Function { return nullptr; });
}
static std::function<double(double, double)> realPair(Operation *op) {
  using Function = std::function<double(double, double)>;
  return llvm::TypeSwitch<Operation *, Function>(op)
      .Case([](AddOp) -> Function { return [](double a, double b) { return a + b; }; })
      .Case([](SubOp) -> Function { return [](double a, double b) { return a - b; }; })
      .Case([](MulOp) -> Function { return [](double a, double b) { return a * b; }; })
      .Case([](DivOp) -> Function { return [](double a, double b) { return a / b; }; })
      .Case([](PreluOp) -> Function { return [](double x, double weight) { return x > 0 ? x : weight * x; }; })
      .Case([](PowOp) -> Function { return [](double a, double b) { return std::pow(a, b); }; })
      .Case([](MinOp) -> Function {
        return [](double a, double b) { return a != a || b != b ? nan() : a < b ? a : b; };
      })
      .Case([](MaxOp) -> Function {
        return [](double a, double b) { return a != a || b != b ? nan() : a > b ? a : b; };
      })
      .Default([](Operation *) -> Function { return nullptr; });
}

//===--- Integers: exact, modulo 2^32, 2^64 or 2^8 ------------------------------------------------------===//

static int64_t wrap(dlc_dtype type, uint64_t value) {
  switch (type) {
  case DLC_I32:
    return (int32_t)value;
  case DLC_UI8:
    return (uint8_t)value;
  case DLC_I1:
    return value & 1;
  default:
    return (int64_t)value;
  }
}
static int64_t divide(int64_t a, int64_t b) {
  if (b == 0)
    return 0;
  return b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b; // the least by -1 wraps
}
static std::function<int64_t(int64_t)> integerFunction(Operation *op) {
  using Function = std::function<int64_t(int64_t)>;
  return llvm::TypeSwitch<Operation *, Function>(op)
      .Case([](NegOp) -> Function { return [](int64_t x) { return (int64_t)(0 - (uint64_t)x); }; })
      .Case([](AbsOp) -> Function { return [](int64_t x) { return x < 0 ? (int64_t)(0 - (uint64_t)x) : x; }; })
      .Case([](ReluOp) -> Function { return [](int64_t x) { return x < 0 ? 0 : x; }; })
      .Case([](ClampOp op) -> Function {
        // A limit beyond 64 bits limits nothing.
        auto limit = [](std::optional<Attribute> value, int64_t otherwise) {
          return value ? wholeOf(*value).value_or(otherwise) : otherwise;
        };
        int64_t low = limit(op.getMin(), INT64_MIN), high = limit(op.getMax(), INT64_MAX);
        return [=](int64_t x) { return x < low ? low : x > high ? high : x; };
      })
      .Default([](Operation *) -> Function { return nullptr; });
}
static std::function<int64_t(int64_t, int64_t)> integerPair(Operation *op) {
  using Function = std::function<int64_t(int64_t, int64_t)>;
  return llvm::TypeSwitch<Operation *, Function>(op)
      .Case([](AddOp) -> Function { return [](int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }; })
      .Case([](SubOp) -> Function { return [](int64_t a, int64_t b) { return (int64_t)((uint64_t)a - (uint64_t)b); }; })
      .Case([](MulOp) -> Function { return [](int64_t a, int64_t b) { return (int64_t)((uint64_t)a * (uint64_t)b); }; })
      .Case([](DivOp) -> Function { return divide; })
      .Case([](MinOp) -> Function { return [](int64_t a, int64_t b) { return a < b ? a : b; }; })
      .Case([](MaxOp) -> Function { return [](int64_t a, int64_t b) { return a > b ? a : b; }; })
      .Default([](Operation *) -> Function { return nullptr; });
}

//===--- Comparisons, choice, conversion ----------------------------------------------------------------===//

template <typename T> static std::optional<bool> compare(Operation *op, T a, T b) {
  return llvm::TypeSwitch<Operation *, std::optional<bool>>(op)
      .Case([&](EqOp) { return a == b; })
      .Case([&](NeOp) { return a != b; })
      .Case([&](LtOp) { return a < b; })
      .Case([&](LeOp) { return a <= b; })
      .Case([&](GtOp) { return a > b; })
      .Case([&](GeOp) { return a >= b; })
      .Default([](Operation *) { return std::nullopt; });
}
/// Towards zero; out of range: the nearest integer; NaN: 0.
static int64_t toInteger(dlc_dtype type, double x) {
  if (x != x)
    return 0;
  auto within = [&](double low, double high, int64_t least, int64_t most) {
    return x <= low ? least : x >= high ? most : (int64_t)x;
  };
  switch (type) {
  case DLC_I1:
    return x != 0;
  case DLC_I32:
    return within(INT32_MIN, INT32_MAX, INT32_MIN, INT32_MAX);
  case DLC_UI8:
    return within(0, 255, 0, 255);
  default:
    return within(-0x1p63, 0x1p63, INT64_MIN, INT64_MAX);
  }
}
static void cast(const Array &in, Array &out) {
  for (int64_t i = 0, n = out.size(); i < n; ++i) {
    if (out.isFloat())
      out.reals[i] = out.type == DLC_F32 && in.type != DLC_F32 ? (double)(float)in.real(i) : in.real(i);
    else if (in.isFloat())
      out.integers[i] = out.type == DLC_I1 ? in.reals[i] != 0 : toInteger(out.type, in.reals[i]);
    else
      out.integers[i] = out.type == DLC_I1 ? in.integers[i] != 0 : wrap(out.type, in.integers[i]);
  }
}
static void choose(Operands in, Array &out) {
  Odometer at(out.shape);
  for (int64_t i = 0, n = out.size(); i < n; ++i, at.next()) {
    const Array &from = in[0]->integers[offsetIn(in[0]->shape, *at)] ? *in[1] : *in[2];
    int64_t offset = offsetIn(from.shape, *at);
    if (out.isFloat())
      out.reals[i] = from.reals[offset];
    else
      out.integers[i] = from.integers[offset];
  }
}
static void binary(Operation *op, const Array &a, const Array &b, Array &out) {
  auto reals = realPair(op);
  auto integers = integerPair(op);
  Odometer at(out.shape);
  for (int64_t i = 0, n = out.size(); i < n; ++i, at.next()) {
    int64_t x = offsetIn(a.shape, *at), y = offsetIn(b.shape, *at);
    if (reals && out.isFloat())
      out.reals[i] = reals(a.reals[x], b.reals[y]);
    else if (integers)
      out.integers[i] = wrap(out.type, integers(a.integers[x], b.integers[y]));
    else
      out.integers[i] = a.isFloat() ? *compare(op, a.reals[x], b.reals[y]) : *compare(op, a.integers[x], b.integers[y]);
  }
}

Evaluated dlc::evaluateElementwise(Operation *op, Operands in, MutableArrayRef<Array> out) {
  if (isa<CastOp>(op))
    return cast(*in[0], out[0]), success();
  if (isa<WhereOp>(op))
    return choose(in, out[0]), success();
  if (in.size() == 2 && (realPair(op) || compare(op, 0, 0)))
    return binary(op, *in[0], *in[1], out[0]), success();
  if (in.size() != 1 || !realFunction(op))
    return std::nullopt;
  if (in[0]->isFloat())
    llvm::transform(in[0]->reals, out[0].reals.begin(), realFunction(op));
  else
    llvm::transform(in[0]->integers, out[0].integers.begin(),
                    [&, function = integerFunction(op)](int64_t x) { return wrap(out[0].type, function(x)); });
  return success();
}
