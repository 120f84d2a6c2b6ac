// OrderOps.cpp - kernels that go along an axis in its order: running sums, and the k first elements of an order.
// SPDX-License-Identifier: Apache-2.0
//
// A part of the work is what has one index on all axes before that one: `length` times `inner` elements, of which those
// of a line lie `inner` apart.
#include "compiler/loops/KernelBody.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace dlc;

namespace {
/// The lines of a tensor along an axis.
struct Lines {
  Lines(PointEmitter &e, Value tensor, int64_t axis) {
    length = e.size(dimsOf(tensor)[axis]);
    inner = e.size(stridesOf(typeOf(tensor))[axis]);
  }
  Value length, inner;
};
} // namespace

//===--- Running sums -----------------------------------------------------------------------------------===//

static Type sameShape(Value value, Type element) {
  auto vector = dyn_cast<VectorType>(value.getType());
  return vector ? Type(VectorType::get(vector.getShape(), element)) : element;
}

/// One line, or as many as there are lanes, side by side: f32 is added up in f64.
static void sumLines(PointEmitter &e, CumsumOp op, ValueRange buffers, const Lines &lines, Value first, Value lane,
                     const Point &point) {
  LoopBuilder &b = e.b;
  Type element = typeOf(op.getResult()).getElementType(), wide = element.isF32() ? b.getF64Type() : element;
  Type sums = lane ? Type(VectorType::get({point.lanes}, wide)) : wide;
  Value zero = arith::ConstantOp::create(b, cast<TypedAttr>(b.getZeroAttr(sums)));
  b.loop(b.constant(0), lines.length, 1, zero, [&](Value i, ValueRange sum) {
    Value at = op.getReverse() ? b.sub(b.sub(lines.length, b.constant(1)), i) : i;
    PointEmitter::Place place{b.add(first, b.mul(at, lines.inner)), lane};
    Value x = e.load(buffers[0], element, place, point);
    if (element.isF32())
      x = arith::ExtFOp::create(b, sums, x);
    Value next = isa<FloatType>(element) ? Value(arith::AddFOp::create(b, sum[0], x))
                                         : Value(arith::AddIOp::create(b, sum[0], x));
    Value here = op.getExclusive() ? sum[0] : next;
    if (element.isF32())
      here = arith::TruncFOp::create(b, sameShape(here, element), here);
    e.write(here, buffers[1], element, place, point);
    return SmallVector<Value>{next};
  });
}
void dlc::emitCumsum(KernelBody &body, CumsumOp op, ValueRange buffers) {
  PointEmitter &e = body.e;
  LoopBuilder &b = body.b;
  Lines lines(e, op.getInput(), op.getAlong());
  bool sideBySide = e.plan.lanes > 1 && getConstantIntValue(lines.inner) != 1;
  b.forEach(body.first, body.last, 1, [&](Value part) {
    Value start = b.mul(part, b.mul(lines.length, lines.inner));
    int64_t lanes = sideBySide ? e.plan.lanes : 1;
    b.forEachVector(b.constant(0), lines.inner, {lanes}, [&](ArrayRef<LoopBuilder::Lanes> all) {
      Point point;
      point.lanes = lanes;
      point.mask = all[0].mask;
      sumLines(e, op, buffers, lines, b.add(start, all[0].at), sideBySide ? b.constant(1) : Value(), point);
    });
  });
}

//===--- The k first of an order ------------------------------------------------------------------------===//

namespace {
/// An element, and its place on the axis.
struct Item {
  Value value, place;
};

/// The k first elements of one line, in its two results: a heap whose root is the last of those that are in it, so that
/// another one that comes before the root takes its place; then the heap is sorted.
class Selection {
public:
  Selection(PointEmitter &e, TopkOp op, ValueRange buffers, Value inner)
      : e(e), b(e.b), op(op), buffers(buffers), inner(inner), element(typeOf(op.getInput()).getElementType()) {}
  void run(Value from, Value to, Value length);

private:
  Item input(Value i) { return {e.load(buffers[0], element, {b.add(source, b.mul(i, inner)), {}}, scalar), wide(i)}; }
  Item read(Value i) {
    Value at = b.add(target, b.mul(i, inner));
    return {e.load(buffers[1], element, {at, {}}, scalar), e.load(buffers[2], b.getI64Type(), {at, {}}, scalar)};
  }
  void write(Value i, Item item) {
    Value at = b.add(target, b.mul(i, inner));
    e.write(item.value, buffers[1], element, {at, {}}, scalar);
    e.write(item.place, buffers[2], b.getI64Type(), {at, {}}, scalar);
  }
  Value wide(Value index) { return arith::IndexCastOp::create(b, b.getI64Type(), index); }
  Value isAbove(Value x, Value y);
  Value isBefore(Item x, Item y);
  void sift(Item item, Value hole, Value count);

  PointEmitter &e;
  LoopBuilder &b;
  TopkOp op;
  ValueRange buffers;
  Value inner, source, target; ///< where the line begins in the input, and in the results
  Type element;
  Point scalar;
};
} // namespace

/// NaN is above all that are none.
Value Selection::isAbove(Value x, Value y) {
  if (isa<FloatType>(element))
    return arith::AndIOp::create(b, arith::CmpFOp::create(b, arith::CmpFPredicate::UGT, x, y),
                                 arith::CmpFOp::create(b, arith::CmpFPredicate::ORD, y, y));
  auto greater = element.isUnsignedInteger() ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::sgt;
  return arith::CmpIOp::create(b, greater, x, y);
}
/// Of equal ones, that whose place is the first.
Value Selection::isBefore(Item x, Item y) {
  Value above = isAbove(x.value, y.value), below = isAbove(y.value, x.value);
  if (op.getSmallest())
    std::swap(above, below);
  Value earlier = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, x.place, y.place);
  Value no = arith::ConstantOp::create(b, b.getBoolAttr(false)),
        yes = arith::ConstantOp::create(b, b.getBoolAttr(true));
  return arith::SelectOp::create(b, above, yes, arith::SelectOp::create(b, below, no, earlier));
}

/// Puts an item into a heap of `count` in which nothing lies at `hole`: below it, the later child moves up as long as it
/// comes after the item.
void Selection::sift(Item item, Value hole, Value count) {
  Type index = b.getIndexType(), i1 = b.getI1Type();
  auto down = scf::WhileOp::create(
      b, TypeRange(index), ValueRange(hole),
      [&](OpBuilder &, Location, ValueRange at) {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPointToEnd(at[0].getParentBlock());
        Value child = b.add(b.mul(at[0], 2), 1), other = b.add(child, 1);
        auto step = scf::IfOp::create(b, TypeRange{index, i1}, b.less(child, count), /*withElseRegion=*/true);
        b.setInsertionPointToStart(step.thenBlock());
        auto later = scf::IfOp::create(b, TypeRange(index), b.less(other, count), /*withElseRegion=*/true);
        b.setInsertionPointToStart(later.thenBlock());
        Value takesOther = isBefore(read(child), read(other));
        scf::YieldOp::create(b, ValueRange(arith::SelectOp::create(b, takesOther, other, child).getResult()));
        b.setInsertionPointToStart(later.elseBlock());
        scf::YieldOp::create(b, ValueRange(child));
        b.setInsertionPointAfter(later);
        Item up = read(later.getResult(0));
        Value moves = isBefore(item, up);
        b.when(moves, [&] { write(at[0], up); });
        scf::YieldOp::create(b, ValueRange{arith::SelectOp::create(b, moves, later.getResult(0), at[0]), moves});
        b.setInsertionPointToStart(step.elseBlock());
        scf::YieldOp::create(b, ValueRange{at[0], arith::ConstantOp::create(b, b.getBoolAttr(false))});
        b.setInsertionPointAfter(step);
        scf::ConditionOp::create(b, step.getResult(1), step.getResult(0));
      },
      [&](OpBuilder &builder, Location loc, ValueRange at) { scf::YieldOp::create(builder, loc, at); });
  write(down.getResult(0), item);
}

void Selection::run(Value from, Value to, Value length) {
  source = from;
  target = to;
  int64_t k = op.getK().number();
  Value zero = b.constant(0), size = b.constant(k);
  b.forEach(zero, size, 1, [&](Value i) { write(i, input(i)); });
  b.forEach(zero, b.constant(k / 2), 1, [&](Value i) {
    Value hole = b.sub(b.constant(k / 2 - 1), i);
    sift(read(hole), hole, size);
  });
  b.forEach(size, length, 1, [&](Value i) {
    Item next = input(i);
    b.when(isBefore(next, read(zero)), [&] { sift(next, zero, size); });
  });
  b.forEach(zero, b.constant(k - 1), 1, [&](Value i) { // the last one goes to the end
    Value end = b.sub(b.constant(k - 1), i);
    Item last = read(end);
    write(end, read(zero));
    sift(last, zero, end);
  });
}
void dlc::emitTopk(KernelBody &body, TopkOp op, ValueRange buffers) {
  LoopBuilder &b = body.b;
  Lines lines(body.e, op.getInput(), op.getAlong());
  Selection selection(body.e, op, buffers, lines.inner);
  b.forEach(body.first, body.last, 1, [&](Value part) {
    Value from = b.mul(part, b.mul(lines.length, lines.inner));
    Value to = b.mul(part, b.mul(lines.inner, op.getK().number()));
    b.forEach(b.constant(0), lines.inner, 1,
              [&](Value at) { selection.run(b.add(from, at), b.add(to, at), lines.length); });
  });
}
