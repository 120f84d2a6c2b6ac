// MathPowTrig.cpp - sin, cos and powers as vector code.
// SPDX-License-Identifier: Apache-2.0
//
// What these have in common is that the format itself is too coarse for the steps between: angles are reduced with
// pi / 2 in parts, or, where they are large, with as many bits of 2 / pi as it takes; logarithms of a power's base are
// sums of two doubles. For f32, f64 does both.
#include "compiler/loops/Math.h"
#include "compiler/loops/MathLanes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dlc {
using namespace elementary;

namespace {
/// x = quarters * pi / 2 + high + low, |high| <= pi / 4 within rounding; the low two bits of `quarters` count.
struct Angle {
  Term quarters, high, low;
};

/// From here on, x has no bits left for what `reduceUsual` does.
constexpr double largeAngle = 0x1p50;

/// In f64, for |x| <= 2^50: n = x * 2 / pi is whole below 2^50, and x - n * (first part) is exact as a fused
/// operation, because both are multiples of 2^-53 and differ by less than 1.
Angle reduceUsual(Lanes &l, Term x) {
  Term rounded = l.fma(x, l.number(0x1.45f306dc9c883p-1), rounder(l));
  Term n = rounded - rounder(l);
  Term rest = l.fma(n, l.number(-0x1.921fb54442d18p+0), x);
  // rest - n * (second part), as a sum of two: near a multiple of pi / 2 they cancel.
  Term second = l.number(0x1.1a62633145c07p-54), product = n * second, lost = l.fma(n, second, -product);
  Term sum = rest - product, back = sum - rest;
  Term low = (rest - (sum - back)) - (product + back) - lost;
  low = l.fma(n, l.number(0x1.f1976b7ed8fbcp-110), low);
  Term high = sum + low;
  return {l.bits(rounded), high, low - (high - sum)};
}

/// A scalar x in f64, |x| > 2^50, exactly (Payne and Hanek). x is a whole number of 53 bits, `m`, times 2^s. Of its
/// product with 2 / pi, bits of weight 4 and more don't count; they come from the bits of 2 / pi before the 192 that
/// are multiplied here. What comes after those is below 2^-137.
Angle reduceLarge(Lanes &l, Term x) {
  ImplicitLocOpBuilder &b = l.b;
  Term bits = l.bits(l.abs(x)), m = (bits & l.whole((int64_t(1) << 52) - 1)) | l.whole(int64_t(1) << 52);
  // Where the 192 bits start. (What is not large comes here too, beside what is; its result is not used.)
  Term place = l.minus(bits >> 52, l.whole(1023 + 50));
  place = l.choose(l.isWhole(arith::CmpIPredicate::slt, place, l.whole(0)), l.whole(0), place);
  SmallVector<int64_t> table(std::begin(twoOverPi), std::end(twoOverPi));
  auto tableType = VectorType::get({int64_t(table.size())}, b.getI64Type());
  Value words = arith::ConstantOp::create(b, DenseElementsAttr::get(tableType, ArrayRef(table)));
  auto wordAt = [&](int64_t k) {
    Value index = arith::IndexCastOp::create(b, b.getIndexType(), l.plus(place >> 6, l.whole(k)).value);
    return l.wrap(vector::ExtractOp::create(b, words, OpFoldResult(index)));
  };
  Term shift = place & l.whole(63), back = l.minus(l.whole(63), shift);
  auto bitsAt = [&](int64_t k) {
    return combine<arith::ShLIOp>(wordAt(k), shift) | combine<arith::ShRUIOp>(wordAt(k + 1) >> 1, back);
  };
  auto product = [&](Term y) {
    auto both = arith::MulUIExtendedOp::create(b, m.value, y.value);
    return std::pair(l.wrap(both.getHigh()), l.wrap(both.getLow()));
  };
  auto isBelow = [&](Term y, Term z) { return l.isWhole(arith::CmpIPredicate::ult, y, z); };
  auto oneIf = [&](Term condition) { return l.choose(condition, l.whole(1), l.whole(0)); };
  // The product in 128 bits, of which two stand before the point.
  auto [middleHigh, middleLow] = product(bitsAt(1));
  Term low = l.plus(middleLow, product(bitsAt(2)).first);
  Term high = l.plus(l.plus(product(bitsAt(0)).second, middleHigh), oneIf(isBelow(low, middleLow)));
  // The nearest whole number, and how far it is, as a sign and a size.
  Term quarters = l.plus(high, l.whole(int64_t(1) << 61)) >> 62;
  high = l.minus(high, quarters << 62);
  Term isMinus = l.isWhole(arith::CmpIPredicate::slt, high, l.whole(0)), none = l.whole(0);
  Term isWhole = l.isWhole(arith::CmpIPredicate::eq, low, none);
  high = l.choose(isMinus, l.plus(high ^ l.whole(-1), oneIf(isWhole)), high);
  low = l.choose(isMinus, l.minus(none, low), low);
  // As a sum of two numbers; 32 bits fit one exactly.
  auto piece = [&](Term bits, double unit) {
    return l.wrap(arith::SIToFPOp::create(b, l.type, bits.value)) * l.number(unit);
  };
  Term mask = l.whole(0xffffffff), first = piece(high >> 32, 0x1p-30), second = piece(high & mask, 0x1p-62);
  Term sum = first + second;
  Term rest = (second - (sum - first)) + (piece(low >> 32, 0x1p-94) + piece(low & mask, 0x1p-126));
  Term whole = sum + rest;
  rest = rest - (whole - sum);
  // In units of pi / 2.
  Term half = l.number(0x1.921fb54442d18p+0);
  Term angle = whole * half;
  Term lost = l.fma(whole, half, -angle) + l.fma(whole, l.number(0x1.1a62633145c07p-54), rest * half);
  Term sign = l.withSign(l.number(1), x);
  sign = l.choose(isMinus, -sign, sign);
  Term result = angle + lost;
  lost = lost - (result - angle);
  quarters = l.choose(x < l.number(0), l.minus(none, quarters), quarters);
  return {quarters, result * sign + (x - x), lost * sign}; // infinity: NaN
}

/// The angle in f64 of what may be large where `isLarge` is set.
Angle reduceAngle(Lanes &l, Term x, Term isLarge) {
  ImplicitLocOpBuilder &b = l.b;
  Angle usual = reduceUsual(l, x);
  auto shape = dyn_cast<VectorType>(l.type);
  Value any = isLarge.value;
  if (shape)
    any = vector::ReductionOp::create(b, vector::CombiningKind::OR, any);
  SmallVector<Value> parts{usual.quarters.value, usual.high.value, usual.low.value};
  auto branch = scf::IfOp::create(b, ValueRange(parts).getTypes(), any, /*withElseRegion=*/true);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(branch.elseBlock());
    scf::YieldOp::create(b, parts);
    b.setInsertionPointToEnd(branch.thenBlock());
    if (shape) { // lane by lane: such numbers are rare
      Value none = arith::ConstantIndexOp::create(b, 0), one = arith::ConstantIndexOp::create(b, 1);
      Value count = arith::ConstantIndexOp::create(b, shape.getNumElements());
      auto loop = scf::ForOp::create(b, none, count, one, parts);
      OpBuilder::InsertionGuard inner(b);
      b.setInsertionPointToEnd(loop.getBody());
      OpFoldResult lane = loop.getInductionVar();
      Lanes scalar(b, b.getF64Type());
      Angle own = reduceLarge(scalar, scalar.wrap(vector::ExtractOp::create(b, x.value, lane)));
      SmallVector<Value> all(loop.getRegionIterArgs());
      for (auto [vector, value] : llvm::zip(all, SmallVector<Value>{own.quarters.value, own.high.value, own.low.value}))
        vector = vector::InsertOp::create(b, value, vector, lane);
      scf::YieldOp::create(b, all);
      b.setInsertionPointAfter(loop);
      SmallVector<Value> chosen;
      for (auto [large, value] : llvm::zip(loop.getResults(), parts))
        chosen.push_back(l.choose(isLarge, l.wrap(large), l.wrap(value)).value);
      scf::YieldOp::create(b, chosen);
    } else {
      Angle own = reduceLarge(l, x);
      scf::YieldOp::create(b, ValueRange{own.quarters.value, own.high.value, own.low.value});
    }
  }
  return {l.wrap(branch.getResult(0)), l.wrap(branch.getResult(1)), l.wrap(branch.getResult(2))};
}

/// sin(x + quarters * pi / 2)
Value emitTurned(ImplicitLocOpBuilder &b, Value input, int64_t quarters) {
  Lanes l(b, input.getType());
  Term x = l.wrap(input);
  Term turn = x, sine = x, cosine = x, isLarge = l.abs(x) > l.number(largeAngle);
  if (l.isSingle) {
    Lanes wide(b, l.sameShape(b.getF64Type()));
    Angle a = reduceAngle(wide, wide.wrap(arith::ExtFOp::create(b, wide.type, input)), isLarge);
    turn = l.wrap(arith::TruncIOp::create(b, l.intType, a.quarters.value));
    Term r = l.wrap(arith::TruncFOp::create(b, l.type, a.high.value)), square = r * r;
    sine = l.fma(r * square, l.polynomial(square, sinTail32), r);
    Term fourth = l.fma(square, l.polynomial(square, cosTail32), l.number(-0.5));
    cosine = l.fma(square, fourth, l.number(1));
  } else {
    Angle a = reduceAngle(l, x, isLarge);
    turn = a.quarters;
    Term r = a.high, square = r * r, half = square * l.number(0.5), one = l.number(1), start = one - half;
    // sin(r + low) = r + r^3 S + low cos(r); cos(r + low) = 1 - r^2 / 2 + r^4 C - low sin(r), with what
    // 1 - r^2 / 2 loses in rounding.
    sine = r + l.fma(r * square, l.polynomial(square, sinTail64), a.low * start);
    Term small = l.fma(square * square, l.polynomial(square, cosTail64), -(r * a.low));
    cosine = start + (((one - start) - half) + small);
  }
  if (quarters != 0)
    turn = l.plus(turn, l.whole(quarters));
  Term odd = l.isWhole(arith::CmpIPredicate::ne, turn & l.whole(1), l.whole(0));
  Term sign = (turn & l.whole(2)) << (l.mantissa + (l.isSingle ? 8 : 11) - 1);
  Term result = l.fromBits(l.bits(l.choose(odd, cosine, sine)) ^ sign);
  if (quarters == 0) // the sign of 0
    result = l.choose(l.abs(x) < l.number(0x1p-14, 0x1p-30), x, result);
  return result.value;
}

/// A number as the sum of two.
struct Pair {
  Term high, low;
};

/// ln x to about 2^-68 of itself, for positive normal x.
Pair exactLog(Lanes &l, Term x) {
  // With s = (m - 1) / (m + 1): ln m = s (2 + s^2 (2 / 3 + s^2 P(s^2))), all but s^2 P as sums of two.
  Parts p = splitNumber(l, x);
  Term one = l.number(1), two = l.number(2);
  Term f = p.m - one, sum = p.m + one, sumLow = p.m - (sum - one), inverse = one / sum;
  Term s = f * inverse, sLow = l.fma(-s, sumLow, l.fma(-s, sum, f)) * inverse;
  Term z = s * s, zLow = l.fma(s + s, sLow, l.fma(s, s, -z));
  Term tail = z * l.polynomial(z, powTail64), third = l.number(0x1.5555555555555p-1);
  Term v = third + tail, vLow = (third - v) + tail + l.number(0x1.5555555555555p-55);
  Term t = z * v, tLow = l.fma(z, vLow, l.fma(zLow, v, l.fma(z, v, -t)));
  Term u = two + t, uLow = (two - u) + t + tLow;
  Term log = s * u, logLow = l.fma(s, uLow, l.fma(sLow, u, l.fma(s, u, -log)));
  Term whole = p.k * l.number(0x1.62e42fefa4p-1), high = whole + log;
  return {high, (whole - high) + log + l.fma(p.k, l.number(-0x1.8432a1b0e2634p-43), logLow)};
}

/// x^y in f64; `exact`: for a result in f64, not in f32.
Term power(Lanes &l, Term x, Term y, bool exact) {
  Term zero = l.number(0), one = l.number(1), size = l.abs(x), limit = l.number(infinity);
  Pair log = {x, zero};
  if (exact) {
    log = exactLog(l, size);
  } else {
    Parts p = splitNumber(l, size);
    log.high = joinLog(l, p.k, p.m - one);
  }
  Term logSize = l.choose(size < smallest(l), -limit, l.choose(beyond(size, largest(l)), size, log.high));

  Term exponent = y * logSize;
  std::optional<Term> rest;
  if (exact)
    rest = l.fma(y, log.low, l.fma(y, logSize, -exponent));
  // e^-746 and e^710 are 0 and infinity. 2^n in two steps, because n goes beyond the exponents of numbers.
  Term low = l.number(-746), high = l.number(710);
  Exponential e = splitExp(l, l.atMost(l.atLeast(exponent, low), high), rest);
  Term bias = l.whole(int64_t(l.bias) << 1), n = l.plus(l.minus(l.bits(e.rounded), l.bits(rounder(l))), bias);
  Term first = n >> 1, second = l.minus(n, first);
  Term result = (e.tail + one) * l.fromBits(first << l.mantissa) * l.fromBits(second << l.mantissa);
  result = l.choose(beyond(exponent, high), exponent + limit, l.choose(exponent < low, zero, result));

  // A negative base: its sign stays if y is odd; if y is not whole there is no power.
  Term half = y * l.number(0.5), isWhole = l.round(y) == y;
  Term isOdd = isWhole & l.is(arith::CmpFPredicate::UNE, l.round(half), half);
  Term isMinus = l.isWhole(arith::CmpIPredicate::slt, l.bits(x), l.whole(0));
  result = l.choose(isMinus & isOdd, -result, result);
  Term isBroken = l.is(arith::CmpFPredicate::UNE, l.round(y), y);
  result = l.choose((x < zero) & (x > -limit) & isBroken, l.number(notANumber), result);
  // 1 whatever the other is, NaN included; and -1 to an infinite power.
  Term isOne = (y == zero) | (x == one) | ((x == -one) & (l.abs(y) == limit));
  return l.choose(isOne, one, result);
}
} // namespace

Value emitSin(ImplicitLocOpBuilder &b, Value x) { return emitTurned(b, x, 0); }

Value emitCos(ImplicitLocOpBuilder &b, Value x) { return emitTurned(b, x, 1); }

Value emitPow(ImplicitLocOpBuilder &b, Value x, Value y) {
  Lanes l(b, x.getType());
  if (!l.isSingle)
    return power(l, l.wrap(x), l.wrap(y), /*exact=*/true).value;
  Lanes wide(b, l.sameShape(b.getF64Type()));
  auto extend = [&](Value value) { return wide.wrap(arith::ExtFOp::create(b, wide.type, value)); };
  Term base = extend(x), exponent = extend(y);
  return arith::TruncFOp::create(b, l.type, power(wide, base, exponent, /*exact=*/false).value);
}
} // namespace dlc
