// Math.cpp - elementary functions as vector code.
// SPDX-License-Identifier: Apache-2.0
//
// The code is the same on every target: additions, multiplications, divisions, fused multiply-adds where they are
// written as such, comparisons, selections and integer operations on the bits; no flag lets LLVM reorder or fuse.
// Nothing converts a float to an integer (out of range that would be poison): adding 1.5 * 2^23 (2^52 in f64)
// rounds to a whole number and leaves it in the low bits of the sum.
//
// The polynomials are minimax fits made for this file; fit_math.py prints them all. Their error is given
// relative to the function that they serve. Constants in parts (ln 2, pi / 2) are the exact values cut into doubles.
#include "compiler/loops/Math.h"
#include "compiler/loops/MathTables.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include <limits>

using namespace mlir;

namespace dlc {
namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();

class Lanes;

/// A value with the operators of arithmetic; those of floats, but for << >> & | ^, which are of integers (>> brings
/// in zeros).
struct Term {
  Lanes *lanes;
  Value value;
};

/// What a format looks like and the operations on values of that format, all of one shape.
class Lanes {
public:
  Lanes(ImplicitLocOpBuilder &b, Type type)
      : b(b), type(type), isSingle(getElementTypeOrSelf(type).isF32()), mantissa(isSingle ? 23 : 52),
        bias(isSingle ? 127 : 1023), intType(sameShape(b.getIntegerType(isSingle ? 32 : 64))) {}

  Type sameShape(Type element) const {
    auto vector = dyn_cast<VectorType>(type);
    return vector ? Type(vector.cloneWith(std::nullopt, element)) : element;
  }
  Term wrap(Value value) { return {this, value}; }
  Term number(double value) { return wrap(constant(type, b.getFloatAttr(getElementTypeOrSelf(type), value))); }
  /// One constant for f32, another for f64.
  Term number(double single, double twice) { return number(isSingle ? single : twice); }
  Term whole(int64_t value) {
    return wrap(constant(intType, b.getIntegerAttr(getElementTypeOrSelf(intType), value)));
  }
  Term bits(Term x) { return wrap(arith::BitcastOp::create(b, intType, x.value)); }
  Term fromBits(Term x) { return wrap(arith::BitcastOp::create(b, type, x.value)); }
  Term plus(Term x, Term y) { return wrap(arith::AddIOp::create(b, x.value, y.value)); }
  Term minus(Term x, Term y) { return wrap(arith::SubIOp::create(b, x.value, y.value)); }
  Term fma(Term x, Term y, Term z) { return wrap(math::FmaOp::create(b, x.value, y.value, z.value)); }
  Term abs(Term x) { return wrap(math::AbsFOp::create(b, x.value)); }
  Term round(Term x) { return wrap(math::RoundEvenOp::create(b, x.value)); }
  Term withSign(Term x, Term sign) { return wrap(math::CopySignOp::create(b, x.value, sign.value)); }
  Term is(arith::CmpFPredicate predicate, Term x, Term y) {
    return wrap(arith::CmpFOp::create(b, predicate, x.value, y.value));
  }
  Term isWhole(arith::CmpIPredicate predicate, Term x, Term y) {
    return wrap(arith::CmpIOp::create(b, predicate, x.value, y.value));
  }
  Term choose(Term condition, Term x, Term y) {
    return wrap(arith::SelectOp::create(b, condition.value, x.value, y.value));
  }
  /// NaN stays NaN.
  Term atMost(Term x, Term limit) { return choose(is(arith::CmpFPredicate::OGT, x, limit), limit, x); }
  Term atLeast(Term x, Term limit) { return choose(is(arith::CmpFPredicate::OLT, x, limit), limit, x); }

  /// The polynomial with these coefficients, constant first.
  Term polynomial(Term x, ArrayRef<double> coefficients) {
    Term sum = number(coefficients.back());
    for (double coefficient : llvm::reverse(coefficients.drop_back()))
      sum = fma(sum, x, number(coefficient));
    return sum;
  }
  Term polynomial(Term x, ArrayRef<double> single, ArrayRef<double> twice) {
    return polynomial(x, isSingle ? single : twice);
  }

  ImplicitLocOpBuilder &b;
  const Type type;
  const bool isSingle;
  const int mantissa, bias;
  const Type intType;

private:
  Value constant(Type of, TypedAttr element) {
    if (auto shaped = dyn_cast<ShapedType>(of))
      return arith::ConstantOp::create(b, DenseElementsAttr::get(shaped, Attribute(element)));
    return arith::ConstantOp::create(b, element);
  }
};

Term operator+(Term x, Term y) { return x.lanes->wrap(arith::AddFOp::create(x.lanes->b, x.value, y.value)); }
Term operator-(Term x, Term y) { return x.lanes->wrap(arith::SubFOp::create(x.lanes->b, x.value, y.value)); }
Term operator*(Term x, Term y) { return x.lanes->wrap(arith::MulFOp::create(x.lanes->b, x.value, y.value)); }
Term operator/(Term x, Term y) { return x.lanes->wrap(arith::DivFOp::create(x.lanes->b, x.value, y.value)); }
Term operator-(Term x) { return x.lanes->wrap(arith::NegFOp::create(x.lanes->b, x.value)); }
Term operator&(Term x, Term y) { return x.lanes->wrap(arith::AndIOp::create(x.lanes->b, x.value, y.value)); }
Term operator|(Term x, Term y) { return x.lanes->wrap(arith::OrIOp::create(x.lanes->b, x.value, y.value)); }
Term operator^(Term x, Term y) { return x.lanes->wrap(arith::XOrIOp::create(x.lanes->b, x.value, y.value)); }
Term operator<<(Term x, int64_t by) {
  return x.lanes->wrap(arith::ShLIOp::create(x.lanes->b, x.value, x.lanes->whole(by).value));
}
Term operator>>(Term x, int64_t by) {
  return x.lanes->wrap(arith::ShRUIOp::create(x.lanes->b, x.value, x.lanes->whole(by).value));
}
Term operator<(Term x, Term y) { return x.lanes->is(arith::CmpFPredicate::OLT, x, y); }
Term operator>(Term x, Term y) { return x.lanes->is(arith::CmpFPredicate::OGT, x, y); }
Term operator==(Term x, Term y) { return x.lanes->is(arith::CmpFPredicate::OEQ, x, y); }
/// x > y, or x or y is NaN
Term beyond(Term x, Term y) { return x.lanes->is(arith::CmpFPredicate::UGT, x, y); }

/// The largest finite and the smallest normal number.
Term largest(Lanes &l) { return l.number(std::numeric_limits<float>::max(), std::numeric_limits<double>::max()); }
Term smallest(Lanes &l) { return l.number(std::numeric_limits<float>::min(), std::numeric_limits<double>::min()); }

/// Adding it rounds to a whole number and leaves that in the low bits.
Term rounder(Lanes &l) { return l.number(0x1.8p23, 0x1.8p52); }

//===- Exponential and what is made of it -------------------------------------------------------------------===//

/// e^x = 2^n (1 + tail), |tail| < 0.42: n is in the low bits of `rounded`.
struct Exponential {
  Term rounded, tail;
};

/// x + rest, where rest (may be null) is what x lacks in precision.
Exponential splitExp(Lanes &l, Term x, std::optional<Term> rest = std::nullopt) {
  Term rounded = l.fma(x, l.number(0x1.715476p+0, 0x1.71547652b82fep+0), rounder(l));
  Term n = rounded - rounder(l);
  // The high part of ln 2 has so few bits that its product with n is exact.
  Term r = l.fma(n, l.number(-0x1.62e4p-1, -0x1.62e42fefa4p-1), x);
  r = l.fma(n, l.number(-0x1.7f7d1cp-20, 0x1.8432a1b0e2634p-43), r);
  if (rest)
    r = r + *rest;
  return {rounded, l.fma(r * r, l.polynomial(r, expTail32, expTail64), r)};
}

/// 2^n for the n of a splitExp, as long as that is a normal number.
Term powerOfTwo(Lanes &l, Term rounded) {
  return l.fromBits(l.plus(l.bits(rounded) << l.mantissa, l.whole(int64_t(l.bias) << l.mantissa)));
}

/// 1 + e^x, for x where 2^n is a normal number.
Term onePlusExp(Lanes &l, Term x) {
  Exponential e = splitExp(l, x);
  Term scale = powerOfTwo(l, e.rounded);
  return l.fma(scale, e.tail, scale + l.number(1)); // one rounding less than 1 + scale * (1 + tail)
}

/// e^x is 0 (or denormal) for x below this.
Term lowestExponent(Lanes &l) { return l.number(-0x1.5d589ep+6, -0x1.6232bdd7abcd2p+9); }

//===- Logarithms -------------------------------------------------------------------------------------------===//

/// A positive normal number as 2^k m, sqrt(1/2) <= m < sqrt(2).
struct Parts {
  Term biased; ///< k + bias, an integer
  Term k, m;
};

Parts splitNumber(Lanes &l, Term x) {
  int64_t one = int64_t(l.bias) << l.mantissa, rootHalf = l.isSingle ? 0x3f3504f3 : 0x3fe6a09e667f3bcd;
  // So moved, the exponent steps at m = sqrt(1/2) and not at 1.
  Term moved = l.plus(l.bits(x), l.whole(one - rootHalf));
  Term biased = moved >> l.mantissa;
  Term m = l.fromBits(l.plus(moved & l.whole((int64_t(1) << l.mantissa) - 1), l.whole(rootHalf)));
  // Put below the bits of 2^23 (2^52), an integer is that much above it.
  Term k = l.fromBits(biased | l.bits(l.number(0x1p23, 0x1p52))) - l.number(0x1p23 + 127, 0x1p52 + 1023);
  return {biased, k, m};
}

/// k ln 2 + ln(1 + f)
Term joinLog(Lanes &l, Term k, Term f) {
  Term lowLn2 = l.number(0x1.7f7d1cp-20, -0x1.8432a1b0e2634p-43), square = f * f;
  Term sum = k;
  if (l.isSingle) {
    sum = f * square * l.polynomial(f, logTail32);
    sum = f + l.fma(k, lowLn2, l.fma(square, l.number(-0.5), sum));
  } else {
    // ln(1 + f) = 2 s + s R(s^2) with s = f / (2 + f); 2 s = f - f^2 / 2 + s f^2 / 2 is where f comes in unrounded.
    Term half = square * l.number(0.5), s = f / (f + l.number(2)), z = s * s;
    sum = f - (half - l.fma(s, l.fma(z, l.polynomial(z, logTail64), half), k * lowLn2));
  }
  return l.fma(k, l.number(0x1.62e4p-1, 0x1.62e42fefa4p-1), sum);
}

/// What a logarithm is at 0, below it, at infinity and NaN; `result` elsewhere.
Term finishLog(Lanes &l, Term x, Term result) {
  Term below = l.choose(x > -smallest(l), l.number(-infinity), l.number(std::numeric_limits<double>::quiet_NaN()));
  return l.choose(beyond(x, largest(l)), x, l.choose(x < smallest(l), below, result));
}

} // namespace

Value emitExp(ImplicitLocOpBuilder &b, Value input) {
  Lanes l(b, input.getType());
  Term x = l.wrap(input);
  Exponential e = splitExp(l, x);
  // n is added to the exponent: no 2^n is needed, which need not be a number where e^x still is.
  Term result = l.fromBits(l.plus(l.bits(e.tail + l.number(1)), l.bits(e.rounded) << l.mantissa));
  // Infinity above, and NaN; the largest numbers whose exponential is finite.
  result = l.choose(beyond(x, l.number(0x1.62e42ep+6, 0x1.62e42fefa39efp+9)), x + l.number(infinity), result);
  return l.choose(x < lowestExponent(l), l.number(0), result).value;
}

Value emitLog(ImplicitLocOpBuilder &b, Value input) {
  Lanes l(b, input.getType());
  Term x = l.wrap(input);
  Parts p = splitNumber(l, x);
  return finishLog(l, x, joinLog(l, p.k, p.m - l.number(1))).value;
}

Value emitLog1p(ImplicitLocOpBuilder &b, Value input) {
  Lanes l(b, input.getType());
  Term x = l.wrap(input), one = l.number(1);
  // sum + lost is 1 + x exactly.
  Term sum = x + one, back = sum - one;
  Term lost = (one - (sum - back)) + (x - back);
  Parts p = splitNumber(l, sum);
  // Large numbers lose nothing that matters, and 2^-k might not be a normal number.
  Term scale = l.fromBits(l.minus(l.whole(2 * l.bias), p.biased) << l.mantissa);
  scale = l.choose(x > l.number(0x1p64), l.number(0), scale);
  Term f = l.fma(lost, scale, p.m - one);
  return l.withSign(finishLog(l, sum, joinLog(l, p.k, f)), x).value;
}

Value emitTanh(ImplicitLocOpBuilder &b, Value input) {
  Lanes l(b, input.getType());
  Term x = l.wrap(input), size = l.abs(x), square = x * x;
  Term small = l.fma(x * square, l.polynomial(square, tanhTail32, tanhTail64), x);
  // 1 - 2 / (1 + e^(2 |x|)); at the limit that is 1.
  Term doubled = l.atMost(size + size, l.number(20, 40));
  Term large = l.number(1) - l.number(2) / onePlusExp(l, doubled);
  return l.withSign(l.choose(size < l.number(0.5625), small, large), x).value;
}

Value emitSigmoid(ImplicitLocOpBuilder &b, Value input) {
  Lanes l(b, input.getType());
  Term x = l.wrap(input);
  Term limited = l.atMost(l.atLeast(-x, l.number(-40)), l.number(88, 709));
  return l.choose(x < lowestExponent(l), l.number(0), l.number(1) / onePlusExp(l, limited)).value;
}

Value emitErf(ImplicitLocOpBuilder &b, Value input) {
  Lanes l(b, input.getType());
  Term x = l.wrap(input), size = l.abs(x);
  Term small = l.fma(x, l.polynomial(x * x, erfSmall32, erfSmall64), x);
  // 1 - e^q with q = ln(1 - erf(|x|)); at the limit that is 1.
  Exponential e = splitExp(l, l.polynomial(l.atMost(size, l.number(4, 6)), erfLarge32, erfLarge64));
  Term scale = powerOfTwo(l, e.rounded);
  Term large = l.fma(-scale, e.tail, l.number(1) - scale);
  return l.withSign(l.choose(size < l.number(0.875, 1), small, large), x).value;
}

SmallVector<Value, 4> emitPhilox(ImplicitLocOpBuilder &b, ValueRange counter, Value keyLow, Value keyHigh) {
  // All take the shape of whichever is a vector.
  Type shape = keyLow.getType();
  for (Value value : {counter[0], counter[1], counter[2], counter[3], keyHigh})
    if (isa<VectorType>(value.getType()))
      shape = value.getType();
  auto spread = [&](Value value) -> Value {
    return value.getType() == shape ? value : vector::BroadcastOp::create(b, shape, value);
  };
  auto constant = [&](Type type, int64_t value) -> Value {
    TypedAttr attribute = b.getI64IntegerAttr(value);
    if (auto vector = dyn_cast<VectorType>(type))
      attribute = DenseElementsAttr::get(vector, Attribute(attribute));
    return arith::ConstantOp::create(b, attribute);
  };
  Value low = constant(shape, 0xffffffff), half = constant(shape, 32);
  auto product = [&](Value word, int64_t factor) -> Value {
    return arith::MulIOp::create(b, arith::AndIOp::create(b, word, low), constant(shape, factor));
  };
  SmallVector<Value, 4> words;
  for (Value word : counter)
    words.push_back(spread(word));
  for (int round = 0; round != 10; ++round) {
    if (round != 0) { // the keys step as scalars where they are scalars
      keyLow = arith::AddIOp::create(b, keyLow, constant(keyLow.getType(), 0x9e3779b9));
      keyHigh = arith::AddIOp::create(b, keyHigh, constant(keyHigh.getType(), 0xbb67ae85));
    }
    Value first = product(words[0], 0xd2511f53), second = product(words[2], 0xcd9e8d57);
    auto mix = [&](Value product, Value word, Value key) -> Value {
      Value high = arith::ShRUIOp::create(b, product, half);
      return arith::XOrIOp::create(b, arith::XOrIOp::create(b, high, word), spread(key));
    };
    words = {mix(second, words[1], keyLow), second, mix(first, words[3], keyHigh), first};
  }
  return words;
}
} // namespace dlc
