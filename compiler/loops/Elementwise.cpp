// Elementwise.cpp - what each elementwise op and reduction computes, on scalars or vectors alike.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/loops/Math.h"
#include "compiler/loops/Points.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlc;

static Type like(Value value, Type element) {
  auto vector = dyn_cast<VectorType>(value.getType());
  return vector ? Type(VectorType::get(vector.getShape(), element)) : element;
}
static Value number(ImplicitLocOpBuilder &b, double value, Type type) {
  Type element = getElementTypeOrSelf(type);
  TypedAttr attr = isa<FloatType>(element) ? TypedAttr(b.getFloatAttr(element, value))
                                           : TypedAttr(b.getIntegerAttr(element, (int64_t)value));
  if (auto vector = dyn_cast<VectorType>(type))
    attr = DenseElementsAttr::get(vector, Attribute(attr));
  return arith::ConstantOp::create(b, attr);
}
static Value number(ImplicitLocOpBuilder &b, Attribute value, Type type) {
  if (isa<FloatType>(getElementTypeOrSelf(type)))
    return number(b, realOf(value), type);
  TypedAttr attr = b.getIntegerAttr(getElementTypeOrSelf(type), *wholeOf(value));
  if (auto vector = dyn_cast<VectorType>(type))
    attr = DenseElementsAttr::get(vector, Attribute(attr));
  return arith::ConstantOp::create(b, attr);
}
static bool isFloat(Value value) { return isa<FloatType>(getElementTypeOrSelf(value)); }
static Value add(ImplicitLocOpBuilder &b, Value x, Value y) { return arith::AddFOp::create(b, x, y); }
static Value mul(ImplicitLocOpBuilder &b, Value x, Value y) { return arith::MulFOp::create(b, x, y); }

static Value compare(ImplicitLocOpBuilder &b, Operation *op, Value x, Value y, bool isUnsigned) {
  using F = arith::CmpFPredicate;
  using I = arith::CmpIPredicate;
  auto [f, s, u] = llvm::TypeSwitch<Operation *, std::tuple<F, I, I>>(op)
                       .Case<EqOp>([](auto) { return std::tuple(F::OEQ, I::eq, I::eq); })
                       .Case<NeOp>([](auto) { return std::tuple(F::UNE, I::ne, I::ne); })
                       .Case<LtOp>([](auto) { return std::tuple(F::OLT, I::slt, I::ult); })
                       .Case<LeOp>([](auto) { return std::tuple(F::OLE, I::sle, I::ule); })
                       .Case<GtOp>([](auto) { return std::tuple(F::OGT, I::sgt, I::ugt); })
                       .Default([](auto) { return std::tuple(F::OGE, I::sge, I::uge); });
  if (isFloat(x))
    return arith::CmpFOp::create(b, f, x, y);
  return arith::CmpIOp::create(b, isUnsigned ? u : s, x, y);
}

/// Integers that divide by 0 give 0; the least number by -1 is itself.
static Value divideIntegers(ImplicitLocOpBuilder &b, Value x, Value y, bool isUnsigned) {
  Type type = x.getType();
  Value zero = number(b, 0, type), one = number(b, 1, type);
  Value byZero = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, y, zero);
  Value safe = arith::SelectOp::create(b, byZero, one, y), quotient;
  if (isUnsigned) {
    quotient = arith::DivUIOp::create(b, x, safe);
  } else {
    Value minus = number(b, -1, type);
    Value byMinus = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, safe, minus);
    Value other = arith::SelectOp::create(b, byMinus, one, safe);
    quotient =
        arith::SelectOp::create(b, byMinus, arith::SubIOp::create(b, zero, x), arith::DivSIOp::create(b, x, other));
  }
  return arith::SelectOp::create(b, byZero, zero, quotient);
}

static Value convert(ImplicitLocOpBuilder &b, Value x, Type from, Type to) {
  if (from == to)
    return x;
  Type type = like(x, registerType(to));
  if (to.isInteger(1)) {
    Value zero = number(b, 0, x.getType());
    return isFloat(x) ? Value(arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, x, zero))
                      : Value(arith::CmpIOp::create(b, arith::CmpIPredicate::ne, x, zero));
  }
  bool fromUnsigned = from.isUnsignedInteger() || from.isInteger(1);
  if (isa<FloatType>(from) && isa<FloatType>(to))
    return to.isF64() ? Value(arith::ExtFOp::create(b, type, x)) : Value(arith::TruncFOp::create(b, type, x));
  if (isa<FloatType>(to))
    return fromUnsigned ? Value(arith::UIToFPOp::create(b, type, x)) : Value(arith::SIToFPOp::create(b, type, x));
  if (isa<FloatType>(from)) {
    // Out of range: the nearest; NaN: 0. The limits are floats that are still within.
    int width = to.getIntOrFloatBitWidth();
    bool isUnsigned = to.isUnsignedInteger();
    double low = isUnsigned ? 0 : -std::ldexp(1.0, width - 1);
    double high = std::ldexp(1.0, isUnsigned ? width : width - 1);
    Type wide = like(x, b.getI64Type()), own = x.getType();
    Value isNumber = arith::CmpFOp::create(b, arith::CmpFPredicate::ORD, x, x);
    Value above = arith::CmpFOp::create(b, arith::CmpFPredicate::OGE, x, number(b, high, own));
    Value below = arith::CmpFOp::create(b, arith::CmpFPredicate::OLE, x, number(b, low, own));
    Value inside = arith::SelectOp::create(b, isNumber, x, number(b, 0, own));
    inside = arith::SelectOp::create(b, above, number(b, 0, own), inside);
    inside = arith::SelectOp::create(b, below, number(b, 0, own), inside);
    // A byte, a word of 32 bits: by way of the narrowest signed conversion that holds it.
    Value whole = width == 64 ? Value(arith::FPToSIOp::create(b, wide, inside))
                              : Value(arith::FPToSIOp::create(b, like(x, b.getI32Type()), inside));
    if (width < 32)
      whole = arith::TruncIOp::create(b, type, whole);
    auto limit = [&](bool top) {
      APInt value = isUnsigned ? (top ? APInt::getMaxValue(width) : APInt::getMinValue(width))
                               : (top ? APInt::getSignedMaxValue(width) : APInt::getSignedMinValue(width));
      TypedAttr attr = b.getIntegerAttr(registerType(to), value);
      if (auto vector = dyn_cast<VectorType>(type))
        attr = DenseElementsAttr::get(vector, Attribute(attr));
      return arith::ConstantOp::create(b, attr).getResult();
    };
    whole = arith::SelectOp::create(b, above, limit(true), whole);
    return arith::SelectOp::create(b, below, limit(false), whole);
  }
  int source = registerType(from).getIntOrFloatBitWidth(), target = registerType(to).getIntOrFloatBitWidth();
  if (source == target)
    return x;
  if (target < source)
    return arith::TruncIOp::create(b, type, x);
  return fromUnsigned ? Value(arith::ExtUIOp::create(b, type, x)) : Value(arith::ExtSIOp::create(b, type, x));
}

static Value negative(ImplicitLocOpBuilder &b, Value x) {
  return isFloat(x) ? Value(arith::NegFOp::create(b, x))
                    : Value(arith::SubIOp::create(b, number(b, 0, x.getType()), x));
}
static Value smaller(ImplicitLocOpBuilder &b, Value x, Value y, bool isUnsigned) {
  return isFloat(x)   ? Value(arith::MinimumFOp::create(b, x, y))
         : isUnsigned ? Value(arith::MinUIOp::create(b, x, y))
                      : Value(arith::MinSIOp::create(b, x, y));
}
static Value larger(ImplicitLocOpBuilder &b, Value x, Value y, bool isUnsigned) {
  return isFloat(x)   ? Value(arith::MaximumFOp::create(b, x, y))
         : isUnsigned ? Value(arith::MaxUIOp::create(b, x, y))
                      : Value(arith::MaxSIOp::create(b, x, y));
}
static Value where(ImplicitLocOpBuilder &b, Value condition, Value x, Value y) {
  return arith::SelectOp::create(b, condition, x, y);
}
static Value isPositive(ImplicitLocOpBuilder &b, Value x) {
  return arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x, number(b, 0, x.getType()));
}

static Value gelu(ImplicitLocOpBuilder &b, Value x, bool byTanh) {
  auto k = [&](double value) { return number(b, value, x.getType()); };
  Value share;
  if (byTanh) {
    // Step by step as its gradient writes it (DLGradients.cpp): the compiler then finds one tanh, not two.
    Value cube = add(b, mul(b, mul(b, x, x), k(0.044715)), k(1));
    share = emitTanh(b, mul(b, mul(b, x, cube), k(std::sqrt(2 / M_PI))));
  } else {
    share = emitErf(b, mul(b, x, k(M_SQRT1_2)));
  }
  return mul(b, mul(b, x, k(0.5)), add(b, share, k(1)));
}
/// max(x, 0) + log(1 + exp(-|x|))
static Value softplus(ImplicitLocOpBuilder &b, Value x) {
  Value zero = number(b, 0, x.getType());
  Value small = emitLog1p(b, emitExp(b, arith::NegFOp::create(b, math::AbsFOp::create(b, x))));
  return add(b, arith::MaximumFOp::create(b, x, zero), small);
}

Value dlc::emitElementwise(ImplicitLocOpBuilder &b, Operation *op, ValueRange x) {
  Type element = op->getNumOperands() ? typeOf(op->getOperand(0)).getElementType() : Type();
  bool isUnsigned = element && element.isUnsignedInteger();
  bool floats = x.size() && isFloat(x[0]);
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<NegOp>([&](auto) { return negative(b, x[0]); })
      .Case<AbsOp>([&](auto) -> Value {
        if (floats)
          return math::AbsFOp::create(b, x[0]);
        return isUnsigned ? x[0] : larger(b, x[0], negative(b, x[0]), false);
      })
      .Case<ExpOp>([&](auto) { return emitExp(b, x[0]); })
      .Case<LogOp>([&](auto) { return emitLog(b, x[0]); })
      .Case<SinOp>([&](auto) { return emitSin(b, x[0]); })
      .Case<CosOp>([&](auto) { return emitCos(b, x[0]); })
      .Case<ErfOp>([&](auto) { return emitErf(b, x[0]); })
      .Case<TanhOp>([&](auto) { return emitTanh(b, x[0]); })
      .Case<SigmoidOp>([&](auto) { return emitSigmoid(b, x[0]); })
      .Case<SiluOp>([&](auto) { return mul(b, x[0], emitSigmoid(b, x[0])); })
      .Case<SoftplusOp>([&](auto) { return softplus(b, x[0]); })
      .Case<GeluOp>([&](GeluOp gelu_) { return gelu(b, x[0], gelu_.getTanh()); })
      .Case<SqrtOp>([&](auto) { return math::SqrtOp::create(b, x[0]); })
      .Case<RsqrtOp>(
          [&](auto) { return arith::DivFOp::create(b, number(b, 1, x[0].getType()), math::SqrtOp::create(b, x[0])); })
      .Case<ReluOp>([&](auto) { return larger(b, x[0], number(b, 0, x[0].getType()), isUnsigned); })
      .Case<LeakyReluOp>([&](LeakyReluOp leaky) {
        double slope = leaky.getSlope() ? leaky.getSlope()->convertToDouble() : 0.01;
        return where(b, isPositive(b, x[0]), x[0], mul(b, x[0], number(b, slope, x[0].getType())));
      })
      .Case<ClampOp>([&](ClampOp clamp) {
        Value y = x[0]; // a limit that no element can be limits nothing
        if (Attribute min = clamp.getMinAttr(); min && holds(element, min))
          y = larger(b, y, number(b, min, y.getType()), isUnsigned);
        if (Attribute max = clamp.getMaxAttr(); max && holds(element, max))
          y = smaller(b, y, number(b, max, y.getType()), isUnsigned);
        return y;
      })
      .Case<CastOp>([&](CastOp cast) { return convert(b, x[0], element, cast.getType()); })
      .Case<AddOp>(
          [&](auto) -> Value { return floats ? add(b, x[0], x[1]) : Value(arith::AddIOp::create(b, x[0], x[1])); })
      .Case<SubOp>([&](auto) -> Value {
        return floats ? Value(arith::SubFOp::create(b, x[0], x[1])) : Value(arith::SubIOp::create(b, x[0], x[1]));
      })
      .Case<MulOp>(
          [&](auto) -> Value { return floats ? mul(b, x[0], x[1]) : Value(arith::MulIOp::create(b, x[0], x[1])); })
      .Case<DivOp>([&](auto) -> Value {
        return floats ? Value(arith::DivFOp::create(b, x[0], x[1])) : divideIntegers(b, x[0], x[1], isUnsigned);
      })
      .Case<PowOp>([&](auto) { return emitPow(b, x[0], x[1]); })
      .Case<MinOp>([&](auto) { return smaller(b, x[0], x[1], isUnsigned); })
      .Case<MaxOp>([&](auto) { return larger(b, x[0], x[1], isUnsigned); })
      .Case<EqOp, NeOp, LtOp, LeOp, GtOp, GeOp>(
          [&](Operation *compared) { return compare(b, compared, x[0], x[1], isUnsigned || element.isInteger(1)); })
      .Case<WhereOp>([&](auto) { return where(b, x[0], x[1], x[2]); })
      .Case<BroadcastOp, TransposeOp, SliceOp, SelectOp, FlipOp, ShiftOp>([&](auto) { return x[0]; })
      .Default([](auto) { return Value(); });
}

//===--- Reductions -------------------------------------------------------------------------------------===//

Value dlc::emitIdentity(ImplicitLocOpBuilder &b, Operation *reduction, Type type) {
  Type element = getElementTypeOrSelf(type);
  if (isa<SumOp>(reduction)) // x + 0.0 is not x where x is -0.0
    return number(b, isa<FloatType>(element) ? -0.0 : 0, type);
  bool low = isa<AmaxOp>(reduction);
  TypedAttr attr;
  if (auto real = dyn_cast<FloatType>(element)) {
    attr = b.getFloatAttr(element, APFloat::getInf(real.getFloatSemantics(), low));
  } else {
    unsigned width = element.getIntOrFloatBitWidth();
    bool isUnsigned = typeOf(reduction->getOperand(0)).getElementType().isUnsignedInteger();
    APInt value = isUnsigned ? (low ? APInt::getMinValue(width) : APInt::getMaxValue(width))
                             : (low ? APInt::getSignedMinValue(width) : APInt::getSignedMaxValue(width));
    attr = b.getIntegerAttr(element, value);
  }
  if (auto vector = dyn_cast<VectorType>(type))
    attr = DenseElementsAttr::get(vector, Attribute(attr));
  return arith::ConstantOp::create(b, attr);
}
Value dlc::emitCombine(ImplicitLocOpBuilder &b, Operation *reduction, Value x, Value y) {
  bool isUnsigned = typeOf(reduction->getOperand(0)).getElementType().isUnsignedInteger();
  if (isa<SumOp>(reduction))
    return isFloat(x) ? add(b, x, y) : Value(arith::AddIOp::create(b, x, y));
  bool highest = isa<AmaxOp>(reduction);
  if (!isFloat(x))
    return highest ? larger(b, x, y, isUnsigned) : smaller(b, x, y, isUnsigned);
  // Which zero comes out where both are there does not matter (emitFinished), and to mind it takes as long again.
  auto anyZero = arith::FastMathFlags::nsz;
  return highest ? Value(arith::MaximumFOp::create(b, x, y, anyZero))
                 : Value(arith::MinimumFOp::create(b, x, y, anyZero));
}
/// Lane i with lane i + half, then the halves' halves: the tree depends on nothing but the number of lanes.
Value dlc::emitAcross(ImplicitLocOpBuilder &b, Operation *reduction, Value vector) {
  int64_t lanes = cast<VectorType>(vector.getType()).getNumElements();
  while (lanes > 1) {
    lanes /= 2;
    SmallVector<int64_t> low = llvm::to_vector(llvm::seq<int64_t>(0, lanes)),
                         high = llvm::to_vector(llvm::seq<int64_t>(lanes, 2 * lanes));
    vector = emitCombine(b, reduction, vector::ShuffleOp::create(b, vector, vector, low),
                         vector::ShuffleOp::create(b, vector, vector, high));
  }
  return vector::ExtractOp::create(b, vector, ArrayRef<int64_t>{0});
}
/// The sum of nothing is 0.0, and so is that of negative zeros, and the largest of zeros of both signs, in whatever order.
Value dlc::emitFinished(ImplicitLocOpBuilder &b, Value combined) {
  return isFloat(combined) ? add(b, combined, number(b, 0, combined.getType())) : combined;
}
