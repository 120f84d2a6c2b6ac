// MathLanes.h - what the elementary functions are written with, and the steps that several of them share.
// SPDX-License-Identifier: Apache-2.0
//
// Terms are values with operators, so that the functions read as formulas. Every operation is one of arith or math
// that LLVM turns into instructions, never into a call.
#ifndef DLC_COMPILER_LOOPS_MATHLANES_H
#define DLC_COMPILER_LOOPS_MATHLANES_H
#include "compiler/loops/MathTables.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include <limits>
#include <optional>

namespace dlc::elementary {
inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

class Lanes;

/// A value with operators: arithmetic and comparisons of floats; << >> & | ^ of integers (>> brings in zeros).
struct Term {
  Lanes *lanes;
  mlir::Value value;
};

/// What a format looks like and the operations on values of that format, all of one shape.
class Lanes {
public:
  Lanes(mlir::ImplicitLocOpBuilder &b, mlir::Type type)
      : b(b), type(type), isSingle(mlir::getElementTypeOrSelf(type).isF32()), mantissa(isSingle ? 23 : 52),
        bias(isSingle ? 127 : 1023), intType(sameShape(b.getIntegerType(isSingle ? 32 : 64))) {}

  mlir::Type sameShape(mlir::Type element) const {
    auto vector = llvm::dyn_cast<mlir::VectorType>(type);
    return vector ? mlir::Type(vector.cloneWith(std::nullopt, element)) : element;
  }
  Term wrap(mlir::Value value) { return {this, value}; }
  Term number(double value) { return wrap(constant(type, b.getFloatAttr(mlir::getElementTypeOrSelf(type), value))); }
  /// One constant for f32, another for f64.
  Term number(double single, double twice) { return number(isSingle ? single : twice); }
  Term whole(int64_t value) {
    return wrap(constant(intType, b.getIntegerAttr(mlir::getElementTypeOrSelf(intType), value)));
  }
  Term bits(Term x) { return wrap(mlir::arith::BitcastOp::create(b, intType, x.value)); }
  Term fromBits(Term x) { return wrap(mlir::arith::BitcastOp::create(b, type, x.value)); }
  Term plus(Term x, Term y) { return wrap(mlir::arith::AddIOp::create(b, x.value, y.value)); }
  Term minus(Term x, Term y) { return wrap(mlir::arith::SubIOp::create(b, x.value, y.value)); }
  Term fma(Term x, Term y, Term z) { return wrap(mlir::math::FmaOp::create(b, x.value, y.value, z.value)); }
  Term abs(Term x) { return wrap(mlir::math::AbsFOp::create(b, x.value)); }
  Term round(Term x) { return wrap(mlir::math::RoundEvenOp::create(b, x.value)); }
  Term withSign(Term x, Term sign) { return wrap(mlir::math::CopySignOp::create(b, x.value, sign.value)); }
  Term is(mlir::arith::CmpFPredicate predicate, Term x, Term y) {
    return wrap(mlir::arith::CmpFOp::create(b, predicate, x.value, y.value));
  }
  Term isWhole(mlir::arith::CmpIPredicate predicate, Term x, Term y) {
    return wrap(mlir::arith::CmpIOp::create(b, predicate, x.value, y.value));
  }
  Term choose(Term condition, Term x, Term y) {
    return wrap(mlir::arith::SelectOp::create(b, condition.value, x.value, y.value));
  }
  /// NaN stays NaN.
  Term atMost(Term x, Term limit) { return choose(is(mlir::arith::CmpFPredicate::OGT, x, limit), limit, x); }
  Term atLeast(Term x, Term limit) { return choose(is(mlir::arith::CmpFPredicate::OLT, x, limit), limit, x); }

  /// The polynomial with these coefficients, constant first.
  Term polynomial(Term x, llvm::ArrayRef<double> coefficients) {
    Term sum = number(coefficients.back());
    for (double coefficient : llvm::reverse(coefficients.drop_back()))
      sum = fma(sum, x, number(coefficient));
    return sum;
  }
  Term polynomial(Term x, llvm::ArrayRef<double> single, llvm::ArrayRef<double> twice) {
    return polynomial(x, isSingle ? single : twice);
  }

  mlir::ImplicitLocOpBuilder &b;
  const mlir::Type type;
  const bool isSingle;
  const int mantissa, bias;
  const mlir::Type intType;

private:
  mlir::Value constant(mlir::Type of, mlir::TypedAttr element) {
    if (auto shaped = llvm::dyn_cast<mlir::ShapedType>(of))
      return mlir::arith::ConstantOp::create(b, mlir::DenseElementsAttr::get(shaped, mlir::Attribute(element)));
    return mlir::arith::ConstantOp::create(b, element);
  }
};

template <typename Operation> Term combine(Term x, Term y) {
  return x.lanes->wrap(Operation::create(x.lanes->b, x.value, y.value));
}
inline Term operator+(Term x, Term y) { return combine<mlir::arith::AddFOp>(x, y); }
inline Term operator-(Term x, Term y) { return combine<mlir::arith::SubFOp>(x, y); }
inline Term operator*(Term x, Term y) { return combine<mlir::arith::MulFOp>(x, y); }
inline Term operator/(Term x, Term y) { return combine<mlir::arith::DivFOp>(x, y); }
inline Term operator&(Term x, Term y) { return combine<mlir::arith::AndIOp>(x, y); }
inline Term operator|(Term x, Term y) { return combine<mlir::arith::OrIOp>(x, y); }
inline Term operator^(Term x, Term y) { return combine<mlir::arith::XOrIOp>(x, y); }
inline Term operator-(Term x) { return x.lanes->wrap(mlir::arith::NegFOp::create(x.lanes->b, x.value)); }
inline Term operator<<(Term x, int64_t by) { return combine<mlir::arith::ShLIOp>(x, x.lanes->whole(by)); }
inline Term operator>>(Term x, int64_t by) { return combine<mlir::arith::ShRUIOp>(x, x.lanes->whole(by)); }
inline Term operator<(Term x, Term y) { return x.lanes->is(mlir::arith::CmpFPredicate::OLT, x, y); }
inline Term operator>(Term x, Term y) { return x.lanes->is(mlir::arith::CmpFPredicate::OGT, x, y); }
inline Term operator==(Term x, Term y) { return x.lanes->is(mlir::arith::CmpFPredicate::OEQ, x, y); }
/// x > y, or x or y is NaN
inline Term beyond(Term x, Term y) { return x.lanes->is(mlir::arith::CmpFPredicate::UGT, x, y); }

/// The largest finite and the smallest normal number.
inline Term largest(Lanes &l) { return l.number(0x1.fffffep+127, 0x1.fffffffffffffp+1023); }
inline Term smallest(Lanes &l) { return l.number(0x1p-126, 0x1p-1022); }

/// Adding it rounds to a whole number and leaves that in the low bits.
inline Term rounder(Lanes &l) { return l.number(0x1.8p23, 0x1.8p52); }

//===- Exponential and what is made of it -------------------------------------------------------------------===//

/// e^x = 2^n (1 + tail), |tail| < 0.42: n is in the low bits of `rounded`.
struct Exponential {
  Term rounded, tail;
};

/// For e^(x + rest): rest, if given, is what x lacks in precision.
inline Exponential splitExp(Lanes &l, Term x, std::optional<Term> rest = std::nullopt) {
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
inline Term powerOfTwo(Lanes &l, Term rounded) {
  return l.fromBits(l.plus(l.bits(rounded) << l.mantissa, l.whole(int64_t(l.bias) << l.mantissa)));
}

/// 1 + e^x, for x where 2^n is a normal number. `isFine`: also where 1 is lost beside e^x, to every bit.
inline Term onePlusExp(Lanes &l, Term x, bool isFine) {
  Exponential e = splitExp(l, x);
  Term scale = powerOfTwo(l, e.rounded), one = l.number(1);
  // One rounding less than 1 + scale * (1 + tail): scale + 1 is exact, unless one of them is much smaller.
  if (!isFine)
    return l.fma(scale, e.tail, scale + one);
  Term isLarge = scale > l.number(0x1p23, 0x1p52);
  return l.fma(scale, e.tail, l.choose(isLarge, one, scale + one)) + l.choose(isLarge, scale, l.number(0));
}

/// e^x is 0 (or denormal) for x below this.
inline Term lowestExponent(Lanes &l) { return l.number(-0x1.5d589ep+6, -0x1.6232bdd7abcd2p+9); }

//===- Logarithms -------------------------------------------------------------------------------------------===//

/// A positive normal number as 2^k m, sqrt(1/2) <= m < sqrt(2).
struct Parts {
  Term biased; ///< k + bias, an integer
  Term k, m;
};

inline Parts splitNumber(Lanes &l, Term x) {
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
inline Term joinLog(Lanes &l, Term k, Term f) {
  Term lowLn2 = l.number(0x1.7f7d1cp-20, -0x1.8432a1b0e2634p-43), square = f * f;
  Term sum = k;
  if (l.isSingle) {
    sum = f * square * l.polynomial(f, logTail32);
    sum = f + l.fma(k, lowLn2, l.fma(square, l.number(-0.5), sum));
  } else {
    // ln(1 + f) = 2 s + s R(s^2) with s = f / (2 + f); through 2 s = f - f^2 / 2 + s f^2 / 2, f comes in unrounded.
    Term half = square * l.number(0.5), s = f / (f + l.number(2)), z = s * s;
    sum = f - (half - l.fma(s, l.fma(z, l.polynomial(z, logTail64), half), k * lowLn2));
  }
  return l.fma(k, l.number(0x1.62e4p-1, 0x1.62e42fefa4p-1), sum);
}

/// What a logarithm is at 0, below it, at infinity and NaN; `result` elsewhere.
inline Term finishLog(Lanes &l, Term x, Term result) {
  Term below = l.choose(x > -smallest(l), l.number(-infinity), l.number(notANumber));
  return l.choose(beyond(x, largest(l)), x, l.choose(x < smallest(l), below, result));
}

} // namespace dlc::elementary
#endif
