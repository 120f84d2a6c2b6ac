// LoopBuilder.cpp - index arithmetic, loops and branches.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/loops/LoopBuilder.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;

static constexpr auto noWrap = arith::IntegerOverflowFlags::nsw;

//===--- Indices ----------------------------------------------------------------------------------------===//

Value LoopBuilder::add(Value x, Value y) {
  std::optional<int64_t> cx = getConstantIntValue(x), cy = getConstantIntValue(y);
  if (cx && cy)
    return constant(*cx + *cy);
  if (cx == 0)
    return y;
  if (cy == 0)
    return x;
  return arith::AddIOp::create(*this, x, y, noWrap);
}
Value LoopBuilder::add(Value x, int64_t y) { return y == 0 ? x : add(x, constant(y)); }

Value LoopBuilder::mul(Value x, Value y) {
  std::optional<int64_t> cx = getConstantIntValue(x), cy = getConstantIntValue(y);
  if (cx)
    std::swap(x, y), std::swap(cx, cy);
  if (cx)
    return constant(*cx * *cy);
  if (cy == 0)
    return constant(0);
  if (cy == 1)
    return x;
  return arith::MulIOp::create(*this, x, y, noWrap);
}
Value LoopBuilder::mul(Value x, int64_t factor) {
  if (std::optional<int64_t> known = getConstantIntValue(x))
    return constant(*known * factor);
  return factor == 0 ? constant(0) : factor == 1 ? x : mul(x, constant(factor));
}
Value LoopBuilder::sub(Value x, Value y) { return createOrFold<arith::SubIOp>(x, y); }
Value LoopBuilder::floorDiv(Value x, int64_t by) { return by == 1 ? x : createOrFold<arith::DivUIOp>(x, constant(by)); }

Value LoopBuilder::smaller(Value x, Value y) {
  std::optional<int64_t> cx = getConstantIntValue(x), cy = getConstantIntValue(y);
  return cx && cy ? constant(std::min(*cx, *cy)) : arith::MinSIOp::create(*this, x, y);
}
Value LoopBuilder::larger(Value x, Value y) {
  std::optional<int64_t> cx = getConstantIntValue(x), cy = getConstantIntValue(y);
  return cx && cy ? constant(std::max(*cx, *cy)) : arith::MaxSIOp::create(*this, x, y);
}
Value LoopBuilder::less(Value x, Value y) { return arith::CmpIOp::create(*this, arith::CmpIPredicate::slt, x, y); }
Value LoopBuilder::equal(Value x, Value y) { return arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, x, y); }

//===--- Loops ------------------------------------------------------------------------------------------===//

SmallVector<Value> LoopBuilder::loop(Value from, Value to, int64_t step, ValueRange carried, Step body) {
  auto loop = scf::ForOp::create(*this, from, to, constant(step), carried);
  OpBuilder::InsertionGuard guard(*this);
  if (carried.empty())
    loop.getBody()->getTerminator()->erase();
  setInsertionPointToEnd(loop.getBody());
  scf::YieldOp::create(*this, body(loop.getInductionVar(), loop.getRegionIterArgs()));
  return llvm::to_vector(ValueRange(loop.getResults()));
}
void LoopBuilder::forEach(Value from, Value to, int64_t step, llvm::function_ref<void(Value)> body) {
  loop(from, to, step, {}, [&](Value i, ValueRange) {
    body(i);
    return SmallVector<Value>();
  });
}
void LoopBuilder::enterIf(Value condition) {
  setInsertionPointToStart(scf::IfOp::create(*this, condition, /*withElseRegion=*/false).thenBlock());
}
void LoopBuilder::when(Value condition, llvm::function_ref<void()> body) {
  OpBuilder::InsertionGuard guard(*this);
  enterIf(condition);
  body();
}

Value LoopBuilder::mask(int64_t lanes, Value count) {
  return vector::CreateMaskOp::create(*this, VectorType::get({lanes}, getI1Type()), ValueRange{count});
}

void LoopBuilder::forEachVector(Value from, Value to, const Cover &cover,
                                llvm::function_ref<void(ArrayRef<Lanes>)> body) {
  int64_t lanes = cover.lanes, many = cover.unroll * lanes, period = 4 * lanes, length = cover.length;
  if (lanes == 1)
    return forEach(from, to, 1, [&](Value i) { body(Lanes{i, {}}); });
  Value next = from;
  if (length < 0 || length >= many) {
    next = length < 0 ? add(from, mul(floorDiv(sub(to, from), many), many)) : add(from, length / many * many);
    forEach(from, next, many, [&](Value i) {
      SmallVector<Lanes> all;
      for (int64_t u = 0; u < cover.unroll; ++u)
        all.push_back({add(i, u * lanes), {}, cover.unroll % 4 ? -1 : u * lanes % period});
      body(all);
    });
  }
  if (length >= 0) { // the rest is known: no loop
    SmallVector<Lanes> rest;
    for (int64_t done = length / many * many; done < length; done += lanes)
      rest.push_back(
          {add(from, done), done + lanes <= length ? Value() : mask(lanes, constant(length - done)), done % period});
    if (!rest.empty())
      body(rest);
    return;
  }
  Value end = add(next, mul(floorDiv(sub(to, next), lanes), lanes));
  if (many > lanes)
    forEach(next, end, lanes, [&](Value i) { body(Lanes{i, {}}); });
  when(less(end, to), [&] { body(Lanes{end, mask(lanes, sub(to, end))}); });
}
