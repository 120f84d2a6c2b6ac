// SingleOps.cpp - kernels of one op that fuses with nothing.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/kernels/Places.h"
#include "compiler/loops/KernelBody.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;

/// Vectors over [0, count): whole ones, then a masked one.
static void forEachVector(PointEmitter &e, Value count, llvm::function_ref<void(Value at, const Point &point)> body) {
  e.b.forEachVector(e.b.constant(0), count, {e.plan.lanes}, [&](ArrayRef<LoopBuilder::Lanes> all) {
    Point point;
    point.lanes = e.plan.lanes;
    point.lane = 0;
    point.mask = all[0].mask;
    body(all[0].at, point);
  });
}
/// How far apart lanes lie in a row.
static Value unit(PointEmitter &e) { return e.plan.lanes == 1 ? Value() : e.b.constant(1); }

namespace {
/// How the elements of a tensor lie from a place on: how many there are along each axis, and how far apart.
struct Lying {
  SmallVector<Dim> dims, strides;

  explicit Lying(RankedTensorType type) : dims(dimsOf(type)), strides(stridesOf(type)) {}
  /// All that stands at one place of an axis lies without a gap.
  bool isWholeBehind(unsigned axis) const {
    Dim size = 1;
    for (unsigned i = dims.size(); i-- > axis + 1; size = size * dims[i])
      if (strides[i] != size)
        return false;
    return axis >= dims.size() || strides[axis] == size;
  }
};
} // namespace

/// Goes through `count` places of an axis and all places of those behind it, by pieces without a gap in any of these tensors;
/// they have the same sizes behind the axis. `at`: where each begins.
static void eachPiece(PointEmitter &e, ArrayRef<Lying> all, unsigned axis, Value count, ArrayRef<Value> at,
                      llvm::function_ref<void(ArrayRef<Value> at, Value count)> body) {
  const Lying &first = all.front();
  if (llvm::all_of(all, [&](const Lying &one) { return one.isWholeBehind(axis); })) {
    for (Dim dim : ArrayRef(first.dims).drop_front(std::min<size_t>(axis + 1, first.dims.size())))
      count = e.b.mul(count, e.size(dim));
    return body(at, count);
  }
  e.b.forEach(e.b.constant(0), count, 1, [&](Value i) {
    SmallVector<Value> here;
    for (auto [one, start] : llvm::zip(all, at))
      here.push_back(e.b.add(start, e.b.mul(i, e.size(one.strides[axis]))));
    eachPiece(e, all, axis + 1, e.size(first.dims[axis + 1]), here, body);
  });
}
/// Copies `count` places of an axis, and all that stands behind them.
static void copyBehind(PointEmitter &e, Type element, unsigned axis, Value count, const Lying &from, Value source,
                       Value first, const Lying &to, Value target, Value offset) {
  eachPiece(e, {from, to}, axis, count, {first, offset}, [&](ArrayRef<Value> starts, Value size) {
    forEachVector(e, size, [&](Value at, const Point &point) {
      Value x = e.load(source, element, {e.b.add(starts[0], at), unit(e)}, point);
      e.write(x, target, element, {e.b.add(starts[1], at), unit(e)}, point);
    });
  });
}
/// Copies a part of a tensor of this type into another, from so many elements of each on.
static void copyPart(PointEmitter &e, RankedTensorType part, RankedTensorType from, Value source, Value first,
                     RankedTensorType to, Value target, Value offset) {
  Lying in(from), out(to);
  in.dims = out.dims = dimsOf(part);
  Value count = in.dims.empty() ? e.b.constant(1) : e.size(in.dims[0]);
  copyBehind(e, from.getElementType(), 0, count, in, source, first, out, target, offset);
}
/// Copies a tensor into a larger one, `offset` elements in.
static void copyInto(PointEmitter &e, RankedTensorType from, Value source, RankedTensorType to, Value target,
                     Value offset) {
  copyPart(e, from, from, source, e.b.constant(0), to, target, offset);
}
/// `count` elements from a place on become this number.
static void fill(PointEmitter &e, Type element, Value buffer, Value first, Value count, Value value) {
  forEachVector(e, count, [&](Value at, const Point &point) {
    e.write(e.plan.lanes == 1 ? value : e.spread(value, e.plan.lanes), buffer, element, {e.b.add(first, at), unit(e)},
            point);
  });
}
static void fill(PointEmitter &e, RankedTensorType type, Value buffer, Value value) {
  fill(e, type.getElementType(), buffer, e.b.constant(0), e.size(elementsOf(type)), value);
}
/// 0 where there is no number.
static Value number(PointEmitter &e, Type element, Attribute value = {}) {
  Type type = registerType(element);
  return arith::ConstantOp::create(e.b, isa<FloatType>(type)
                                            ? TypedAttr(e.b.getFloatAttr(type, value ? realOf(value) : 0))
                                            : TypedAttr(e.b.getIntegerAttr(type, value ? *wholeOf(value) : 0)));
}

/// A part is what stands behind one place of the axes before the one along which the inputs follow each other.
static void concat(KernelBody &body, ConcatOp op, ValueRange buffers) {
  PointEmitter &e = body.e;
  RankedTensorType type = body.plan.storedType(op.getResult());
  Lying whole(type);
  SmallVector<int> outer = llvm::to_vector(llvm::seq<int>(0, op.getAlong()));
  SmallVector<Value> index(outer.size());
  auto start = [&](const Lying &lying) {
    Value at = e.b.constant(0);
    for (auto [place, stride] : llvm::zip(index, lying.strides))
      at = e.b.add(at, e.b.mul(place, e.size(stride)));
    return at;
  };
  auto copy = [&](Value part) {
    if (!outer.empty())
      body.setIndices(index, part, outer, whole.dims);
    Value target = start(whole);
    for (auto [i, input, buffer] : llvm::enumerate(op.getInputs(), buffers.drop_back())) {
      Lying own(typeOf(input));
      Value count = e.size(own.dims[outer.size()]);
      Lying there = whole;
      there.dims = own.dims;
      if (!liesInPlace(op, i))
        copyBehind(e, type.getElementType(), outer.size(), count, own, buffer, start(own), there, buffers.back(),
                   target);
      target = e.b.add(target, e.b.mul(count, e.size(whole.strides[outer.size()])));
    }
  };
  e.streaming(body.outputBuffers, [&] { e.b.forEach(body.first, body.last, 1, copy); });
}

namespace {
/// The elements of a padded tensor, from an axis on: what stands before and behind the input becomes the number, what stands
/// between is copied, unless it lies there already.
class Padder {
public:
  Padder(PointEmitter &e, PadOp op, ValueRange buffers)
      : e(e), b(e.b), source(buffers[0]), target(buffers[1]), inner(typeOf(op.getInput())),
        outer(e.plan.storedType(op.getResult())), isInPlace(liesInPlace(op, 0)),
        element(typeOf(op.getResult()).getElementType()), value(number(e, element, op.getValueAttr())) {
    auto numbers = [&](ArrayAttr sizes) {
      SmallVector<int64_t> all(outer.dims.size(), 0);
      for (size_t i = 0; sizes && i < all.size(); ++i)
        all[i] = cast<SizeAttr>(sizes[i]).number();
      return all;
    };
    low = numbers(op.getLowAttr());
    high = numbers(op.getHighAttr());
  }
  /// What stands behind these places of the first axes of the result.
  void part(ArrayRef<Value> places) {
    Value from = b.constant(0), to = b.constant(0), isInside;
    for (auto [axis, place] : llvm::enumerate(places)) {
      Value own = b.add(place, -low[axis]);
      to = b.add(to, b.mul(place, e.size(outer.strides[axis])));
      from = b.add(from, b.mul(own, e.size(inner.strides[axis])));
      if (!low[axis] && !high[axis])
        continue;
      Value inside =
          arith::CmpIOp::create(b, arith::CmpIPredicate::ult, own, e.size(inner.dims[axis])); // below 0 is large
      isInside = isInside ? arith::AndIOp::create(b, isInside, inside).getResult() : inside;
    }
    unsigned axis = places.size();
    if (!isInside)
      return fillFrom(axis, from, to);
    auto branch = scf::IfOp::create(b, isInside, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    fillFrom(axis, from, to);
    b.setInsertionPointToStart(branch.elseBlock());
    border(axis, to, axis < outer.dims.size() ? e.size(outer.dims[axis]) : b.constant(1));
  }

private:
  /// So many places of an axis, and all that stands behind them.
  void border(unsigned axis, Value to, Value count) {
    eachPiece(e, outer, axis, count, to,
              [&](ArrayRef<Value> at, Value size) { fill(e, element, target, at[0], size, value); });
  }
  void fillFrom(unsigned axis, Value from, Value to) {
    auto hasBorder = [&](unsigned i) { return low[i] || high[i]; };
    unsigned rank = outer.dims.size();
    if (llvm::none_of(llvm::seq<unsigned>(std::min(axis, rank), rank), hasBorder)) {
      if (!isInPlace)
        copy(axis, from, to);
      return;
    }
    Value step = e.size(outer.strides[axis]), count = e.size(inner.dims[axis]);
    if (low[axis])
      border(axis, to, b.constant(low[axis]));
    Value start = b.add(to, b.mul(step, low[axis]));
    if (llvm::any_of(llvm::seq<unsigned>(axis + 1, rank), hasBorder))
      b.forEach(b.constant(0), count, 1, [&](Value i) {
        fillFrom(axis + 1, b.add(from, b.mul(i, e.size(inner.strides[axis]))), b.add(start, b.mul(i, step)));
      });
    else if (!isInPlace)
      copy(axis, from, start);
    if (high[axis])
      border(axis, b.add(start, b.mul(count, step)), b.constant(high[axis]));
  }
  /// All of the input from an axis on.
  void copy(unsigned axis, Value from, Value to) {
    Lying there = outer;
    there.dims = inner.dims;
    Value count = axis < inner.dims.size() ? e.size(inner.dims[axis]) : b.constant(1);
    copyBehind(e, element, axis, count, inner, source, from, there, target, to);
  }

  PointEmitter &e;
  LoopBuilder &b;
  Value source, target;
  Lying inner, outer;
  bool isInPlace;
  SmallVector<int64_t> low, high;
  Type element;
  Value value;
};
} // namespace

/// A part is a line or a picture's row: what stands behind one place of the axes that the plan counts.
static void pad(KernelBody &body, PadOp op, ValueRange buffers) {
  Padder padder(body.e, op, buffers);
  size_t axes = body.plan.parts.size();
  if (axes == 0)
    return padder.part({});
  SmallVector<Value> index(axes, body.b.constant(0));
  SmallVector<int> dims = llvm::to_vector(llvm::seq<int>(0, axes));
  body.b.forEach(body.first, body.last, 1, [&](Value part) {
    body.setIndices(index, part, dims, body.plan.parts);
    padder.part(index);
  });
}
/// Rows are added in their order, so that the sum is the same whoever computes it.
static void scatterAdd(PointEmitter &e, ScatterAddOp op, ValueRange buffers) {
  auto type = typeOf(op.getResult()), indexType = typeOf(op.getIndex());
  Type element = type.getElementType();
  fill(e, type, buffers[2], number(e, element));
  int64_t tables = tableAxes(op);
  Dim features = dimsOf(type).back();
  Value width = e.size(features), rows = e.size(elementsOf(indexType));
  Value each = tables ? e.size(stridesOf(indexType)[0]) : rows; // updates of one table
  Point scalar;
  bool isUnsigned = indexType.getElementType().isUnsignedInteger();
  auto addRow = [&](Value row, Value table) {
    Value target = e.load(buffers[0], indexType.getElementType(), {row, {}}, scalar);
    target = isUnsigned ? Value(arith::IndexCastUIOp::create(e.b, e.b.getIndexType(), target))
                        : Value(arith::IndexCastOp::create(e.b, e.b.getIndexType(), target));
    Value from = e.b.mul(row, width), to = e.b.mul(e.b.add(table, target), width);
    forEachVector(e, e.size(features), [&](Value at, const Point &point) {
      Value x = e.load(buffers[1], element, {e.b.add(from, at), unit(e)}, point);
      Value sum = e.load(buffers[2], element, {e.b.add(to, at), unit(e)}, point);
      sum = isa<FloatType>(element) ? Value(arith::AddFOp::create(e.b, sum, x))
                                    : Value(arith::AddIOp::create(e.b, sum, x));
      e.write(sum, buffers[2], element, {e.b.add(to, at), unit(e)}, point);
    });
  };
  if (!tables)
    return e.b.forEach(e.b.constant(0), rows, 1, [&](Value row) { addRow(row, e.b.constant(0)); });
  e.b.forEach(e.b.constant(0), e.size(dimOf(indexType, 0)), 1, [&](Value i) {
    Value table = e.b.mul(i, op.getCount().number()), first = e.b.mul(i, each);
    e.b.forEach(e.b.constant(0), each, 1, [&](Value row) { addRow(e.b.add(first, row), table); });
  });
}
/// Where the elements from a place of the call on begin, along an axis of a tensor of this type.
static Value offsetOf(PointEmitter &e, RankedTensorType type, int64_t along, Value place, Value buffer) {
  Type element = typeOf(place).getElementType();
  Value at = e.load(buffer, element, {e.b.constant(0), {}}, Point());
  at = element.isUnsignedInteger() ? Value(arith::IndexCastUIOp::create(e.b, e.b.getIndexType(), at))
                                   : Value(arith::IndexCastOp::create(e.b, e.b.getIndexType(), at));
  return e.b.mul(at, e.size(stridesOf(type)[along]));
}
static void read(PointEmitter &e, ReadOp op, ValueRange buffers) {
  auto from = typeOf(op.getInput()), to = typeOf(op.getResult());
  copyPart(e, to, from, buffers[0], offsetOf(e, from, op.getAlong(), op.getAt(), buffers[1]), to, buffers[2],
           e.b.constant(0));
}
/// Where the result lies in the operand's place, all but the value is there already.
static void write(PointEmitter &e, WriteOp op, ValueRange buffers) {
  auto type = typeOf(op.getResult());
  auto address = [&](Value buffer) { return memref::ExtractAlignedPointerAsIndexOp::create(e.b, buffer); };
  Value apart = arith::CmpIOp::create(e.b, arith::CmpIPredicate::ne, address(buffers[0]), address(buffers[3]));
  auto branch = scf::IfOp::create(e.b, apart, false);
  {
    OpBuilder::InsertionGuard guard(e.b);
    e.b.setInsertionPoint(branch.thenBlock()->getTerminator());
    copyInto(e, type, buffers[0], type, buffers[3], e.b.constant(0));
  }
  copyInto(e, typeOf(op.getValue()), buffers[1], type, buffers[3],
           offsetOf(e, type, op.getAlong(), op.getAt(), buffers[2]));
}
/// Yields 1 where an element is out of range, and reports the first such element; else 0.
static void checkIndex(PointEmitter &e, CheckIndexOp op, ValueRange buffers) {
  auto type = typeOf(op.getInput());
  Type i64 = e.b.getI64Type();
  Value count = e.size(elementsOf(type));
  auto k = [&](int64_t value) -> Value { return arith::ConstantOp::create(e.b, e.b.getI64IntegerAttr(value)); };
  Point scalar;
  auto loop = scf::ForOp::create(e.b, e.b.constant(0), count, e.b.constant(1), ValueRange{e.b.constant(0)});
  {
    OpBuilder::InsertionGuard guard(e.b);
    e.b.setInsertionPointToEnd(loop.getBody());
    Value value = e.load(buffers[0], type.getElementType(), {loop.getInductionVar(), {}}, scalar);
    if (value.getType() != i64)
      value = type.getElementType().isUnsignedInteger() ? Value(arith::ExtUIOp::create(e.b, i64, value))
                                                        : Value(arith::ExtSIOp::create(e.b, i64, value));
    Value wrong = arith::CmpIOp::create(e.b, arith::CmpIPredicate::uge, value, k(op.getLimit().number()));
    if (op.getIgnoreIndexAttr()) {
      Value counts = arith::CmpIOp::create(e.b, arith::CmpIPredicate::ne, value, k(op.getIgnoreIndexAttr().number()));
      wrong = arith::AndIOp::create(e.b, wrong, counts);
    }
    Value clean = arith::CmpIOp::create(e.b, arith::CmpIPredicate::eq, loop.getRegionIterArg(0), e.b.constant(0));
    Value first = arith::AndIOp::create(e.b, wrong, clean);
    auto branch = scf::IfOp::create(e.b, first, false);
    {
      OpBuilder::InsertionGuard inner(e.b);
      e.b.setInsertionPoint(branch.thenBlock()->getTerminator());
      Value place = arith::IndexCastOp::create(e.b, i64, loop.getInductionVar());
      memref::StoreOp::create(e.b, place, buffers[1], e.b.constant(0));
      memref::StoreOp::create(e.b, value, buffers[1], e.b.constant(1));
    }
    scf::YieldOp::create(e.b,
                         ValueRange{arith::SelectOp::create(e.b, wrong, e.b.constant(1), loop.getRegionIterArg(0))});
  }
  func::ReturnOp::create(e.b, loop.getResult(0));
}

void dlc::emitSingle(KernelBody &body) {
  Operation *op = body.plan.domain.ops.front();
  SmallVector<Value> buffers; // of operands, then of results
  for (Value operand : op->getOperands())
    buffers.push_back(body.e.buffers.lookup(operand));
  buffers.append(body.outputBuffers);
  if (auto check = dyn_cast<CheckIndexOp>(op))
    checkIndex(body.e, check, buffers);
  else if (auto joined = dyn_cast<ConcatOp>(op))
    concat(body, joined, buffers);
  else if (auto padded = dyn_cast<PadOp>(op))
    pad(body, padded, buffers);
  else if (auto part = dyn_cast<ReadOp>(op))
    read(body.e, part, buffers);
  else if (auto written = dyn_cast<WriteOp>(op))
    write(body.e, written, buffers);
  else if (auto sums = dyn_cast<CumsumOp>(op))
    emitCumsum(body, sums, buffers);
  else if (auto order = dyn_cast<TopkOp>(op))
    emitTopk(body, order, buffers);
  else
    scatterAdd(body.e, cast<ScatterAddOp>(op), buffers);
}
