// Math.cpp - exponentials, logarithms, erf and random numbers as vector code.
// SPDX-License-Identifier: Apache-2.0
//
// The code is the same on every target: additions, multiplications, divisions, fused multiply-adds where they are
// written as such, comparisons, selections and integer operations on the bits; no flag lets LLVM reorder or fuse.
// Nothing converts a float to an integer (out of range that would be poison): adding 1.5 * 2^23 (2^52 in f64)
// rounds to a whole number and leaves it in the low bits of the sum.
//
// The polynomials are minimax fits; fit_math.py makes them all. Constants in parts (ln 2, pi / 2) are the exact
// values cut into numbers of the format.
#include "compiler/loops/Math.h"
#include "compiler/loops/MathLanes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dlc {
using namespace elementary;

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
  Term large = l.number(1) - l.number(2) / onePlusExp(l, doubled, /*isFine=*/false);
  return l.withSign(l.choose(size < l.number(0.5625), small, large), x).value;
}

Value emitSigmoid(ImplicitLocOpBuilder &b, Value input) {
  Lanes l(b, input.getType());
  Term x = l.wrap(input);
  Term limited = l.atMost(l.atLeast(-x, l.number(-40)), l.number(88, 709));
  return l.choose(x < lowestExponent(l), l.number(0), l.number(1) / onePlusExp(l, limited, /*isFine=*/true)).value;
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
