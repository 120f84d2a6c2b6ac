// DLActivation.cpp - activations that stand for several ops: what they become, and their gradients.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/DL.h"

using namespace mlir;
using namespace dlc;
using Values = SmallVector<Value>;

static Value isAbove(Ops &b, Value x, double limit) { return b.binary("gt", x, b.number(limit, x)); }
static Value isBelow(Ops &b, Value x, double limit) { return b.binary("lt", x, b.number(limit, x)); }
static Value limited(Ops &b, Value x, double min, double max) {
  return b.create<ClampOp>({x}, {b.real("min", min), b.real("max", max)}).getResult();
}
/// c where low < x < high, else 0.
static Value passBetween(Ops &b, Value x, double low, double high, Value c) {
  Value none = b.number(0, c);
  return b.where(isAbove(b, x, low), b.where(isBelow(b, x, high), c, none), none);
}
static double alphaOf(std::optional<APFloat> alpha) { return alpha ? alpha->convertToDouble() : 1; }

Values Relu6Op::decompose(Ops &b) { return {limited(b, getInput(), 0, 6)}; }
Values Relu6Op::vjp(Ops &b, ValueRange c) { return {passBetween(b, getInput(), 0, 6, c[0])}; }

static Value hardsigmoid(Ops &b, Value x) { return b.mul(limited(b, b.add(x, 3), 0, 6), 1.0 / 6); }
Values HardsigmoidOp::decompose(Ops &b) { return {hardsigmoid(b, getInput())}; }
Values HardsigmoidOp::vjp(Ops &b, ValueRange c) { return {passBetween(b, getInput(), -3, 3, b.mul(c[0], 1.0 / 6))}; }

Values HardswishOp::decompose(Ops &b) { return {b.mul(getInput(), hardsigmoid(b, getInput()))}; }
Values HardswishOp::vjp(Ops &b, ValueRange cotangents) {
  Value x = getInput(), c = cotangents[0], slope = b.add(b.mul(x, 1.0 / 3), 0.5);
  Value rising = b.where(isAbove(b, x, -3), b.mul(c, slope), b.number(0, c));
  return {b.where(isBelow(b, x, 3), rising, c)};
}

//===--- Exponential below 0 ----------------------------------------------------------------------------===//

/// exp(x) - 1 for x up to 0. The difference would lose the digits of small x; in 2 t / (1 - t) with t = tanh(x / 2),
/// nothing cancels.
static Value expm1(Ops &b, Value x) {
  Value t = b.unary("tanh", b.mul(x, 0.5));
  return b.div(b.add(t, t), b.sub(1, t));
}
/// scale * x where x > 0, else `below`.
static Value rectified(Ops &b, Value x, Value below, double scale = 1) {
  return b.where(isAbove(b, x, 0), scale == 1 ? x : b.mul(x, scale), below);
}
static Value slope(Ops &b, Value x, Value c, Value below, double scale = 1) {
  return b.where(isAbove(b, x, 0), scale == 1 ? c : b.mul(c, scale), b.mul(c, below));
}
static Value timesNumber(Ops &b, Value x, double factor) { return factor == 1 ? x : b.mul(x, factor); }

Values EluOp::decompose(Ops &b) {
  return {rectified(b, getInput(), timesNumber(b, expm1(b, getInput()), alphaOf(getAlpha())))};
}
Values EluOp::vjp(Ops &b, ValueRange c) {
  return {slope(b, getInput(), c[0], timesNumber(b, b.exp(getInput()), alphaOf(getAlpha())))};
}
Values CeluOp::decompose(Ops &b) {
  Value x = getInput();
  double alpha = alphaOf(getAlpha());
  Value scaled = alpha == 1 ? x : b.div(x, b.number(alpha, x));
  return {rectified(b, x, timesNumber(b, expm1(b, scaled), alpha))};
}
Values CeluOp::vjp(Ops &b, ValueRange c) {
  Value x = getInput();
  double alpha = alphaOf(getAlpha());
  return {slope(b, x, c[0], b.exp(alpha == 1 ? x : b.div(x, b.number(alpha, x))))};
}
static constexpr double seluAlpha = 1.6732632423543772, seluScale = 1.0507009873554805;
Values SeluOp::decompose(Ops &b) {
  return {rectified(b, getInput(), b.mul(expm1(b, getInput()), seluScale * seluAlpha), seluScale)};
}
Values SeluOp::vjp(Ops &b, ValueRange c) {
  return {slope(b, getInput(), c[0], b.mul(b.exp(getInput()), seluScale * seluAlpha), seluScale)};
}

//===--- Mish -------------------------------------------------------------------------------------------===//

/// tanh(log(1 + exp(x))) = n / (n + 2) with n = exp(x) * (exp(x) + 2), and above 0 with both divided by exp(2 x): one
/// exponential, which does not overflow, and no logarithm.
static Value tanhOfSoftplus(Ops &b, Value x) {
  Value e = b.exp(b.neg(b.unary("abs", x))), twice = b.add(e, e), square = b.mul(e, e), right = isAbove(b, x, 0);
  Value n = b.add(twice, b.where(right, b.number(1, x), square));
  return b.div(n, b.add(n, b.where(right, b.add(square, square), b.number(2, x))));
}
Values MishOp::decompose(Ops &b) { return {b.mul(getInput(), tanhOfSoftplus(b, getInput()))}; }
Values MishOp::vjp(Ops &b, ValueRange c) {
  Value x = getInput(), t = tanhOfSoftplus(b, x);
  return {b.mul(c[0], b.add(t, b.mul(b.mul(x, b.unary("sigmoid", x)), b.sub(1, b.mul(t, t)))))};
}

//===--- A weight below 0 -------------------------------------------------------------------------------===//

Values PreluOp::decompose(Ops &b) { return {rectified(b, getInput(), b.mul(getInput(), getWeight()))}; }
Values PreluOp::vjp(Ops &b, ValueRange cotangents) {
  Value x = getInput(), c = cotangents[0];
  Value below = b.where(isAbove(b, x, 0), b.number(0, c), b.mul(c, x));
  return {slope(b, x, c, getWeight()), b.sumTo(below, typeOf(getWeight()))};
}
