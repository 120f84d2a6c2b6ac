// Points.cpp - reads, computes and writes at points of a kernel's domain.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/loops/Points.h"
#include "compiler/loops/Math.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "runtime/Philox.h"
#include "runtime/abi.h"

using namespace mlir;
using namespace dlc;

//===--- Indices ----------------------------------------------------------------------------------------===//

Value PointEmitter::size(Dim dim) {
  Value size = b.constant(dim.value);
  for (auto [name, extent] : extents)
    for (unsigned i = 0, power = dim.power(name); i < power; ++i)
      size = b.mul(extent, size);
  return size;
}
Value PointEmitter::spread(Value scalar, int64_t lanes) {
  if (isa<VectorType>(scalar.getType()))
    return scalar;
  return vector::BroadcastOp::create(b, VectorType::get({lanes}, scalar.getType()), scalar);
}

PointEmitter::Place PointEmitter::place(RankedTensorType type, AffineMap map, ArrayRef<int> dims, const Point &point) {
  if (point.flat)
    return isNumber(type) ? Place{b.constant(0), {}} : Place{point.index[0], point.lane == 0 ? b.constant(1) : Value()};
  Value at = b.constant(0), stride;
  ArrayRef<Value> index = isPlaced(type) && !point.apart.empty() ? point.apart : point.index;
  Dim axis; // at hand
  // What an expression adds to the place, times a number of elements.
  std::function<void(AffineExpr, Value)> add = [&](AffineExpr expr, Value times) {
    if (auto number = dyn_cast<AffineConstantExpr>(expr)) {
      at = b.add(at, b.mul(times, number.getValue()));
    } else if (isa<AffineSymbolExpr>(expr)) { // what makes the axis open
      at = b.add(at, b.mul(size(Dim(1, axis.open)), times));
    } else if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      int along = dims[dim.getPosition()];
      if (along < 0)
        return;
      at = b.add(at, b.mul(index[along], times));
      if (along == point.lane)
        stride = stride ? b.add(stride, times) : times;
    } else {
      auto both = cast<AffineBinaryOpExpr>(expr);
      if (expr.getKind() == AffineExprKind::Mul)
        return add(both.getLHS(), b.mul(times, cast<AffineConstantExpr>(both.getRHS()).getValue()));
      add(both.getRHS(), times);
      add(both.getLHS(), times);
    }
  };
  for (auto [expr, own, distance] : llvm::zip(map.getResults(), dimsOf(type), stridesOf(type))) {
    axis = own;
    add(expr, size(distance));
  }
  return {at, stride};
}

//===--- Memory -----------------------------------------------------------------------------------------===//

static Value fromMemory(ImplicitLocOpBuilder &b, Value value, Type element) {
  if (!element.isInteger(1))
    return value;
  Value zero = arith::ConstantOp::create(b, cast<TypedAttr>(b.getZeroAttr(value.getType())));
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, value, zero);
}
static Value toMemory(ImplicitLocOpBuilder &b, Value value, Type element) {
  if (!element.isInteger(1))
    return value;
  Type byte = b.getI8Type();
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    byte = VectorType::get(vector.getShape(), byte);
  return arith::ExtUIOp::create(b, byte, value);
}
static Value allLanes(ImplicitLocOpBuilder &b, int64_t lanes) {
  auto type = VectorType::get({lanes}, b.getI1Type());
  return arith::ConstantOp::create(b, DenseElementsAttr::get(type, true));
}
/// Lane i stands at i * stride.
static Value laneOffsets(LoopBuilder &b, int64_t lanes, Value stride) {
  std::optional<int64_t> known = getConstantIntValue(stride);
  SmallVector<int64_t> offsets =
      llvm::map_to_vector(llvm::seq<int64_t>(0, lanes), [&](int64_t i) { return i * known.value_or(1); });
  auto type = VectorType::get({lanes}, b.getIndexType());
  Value all = arith::ConstantOp::create(b, DenseElementsAttr::get(type, ArrayRef<int64_t>(offsets)));
  return known ? all : arith::MulIOp::create(b, all, vector::BroadcastOp::create(b, type, stride));
}

void PointEmitter::streaming(ArrayRef<Value> outputBuffers, llvm::function_ref<void()> emit) {
  if (plan.streamed.empty())
    return emit();
  auto placeOf = [&](Value buffer) { return memref::ExtractAlignedPointerAsIndexOp::create(b, buffer); };
  Value good;
  auto require = [&](Value condition) { good = good ? Value(arith::AndIOp::create(b, good, condition)) : condition; };
  SmallVector<Value> buffers;
  for (auto [output, elements] : plan.streamed) {
    Value buffer = outputBuffers[llvm::find(plan.outputs, output) - plan.outputs.begin()], place = placeOf(buffer);
    buffers.push_back(buffer);
    Value count = size(elementsOf(plan.storedType(output)));
    require(arith::CmpIOp::create(b, arith::CmpIPredicate::uge, count, b.constant(elements)));
    require(b.equal(arith::AndIOp::create(b, place, b.constant(DLC_ALIGNMENT - 1)), b.constant(0)));
    // What is written over has been read: its lines are in the caches.
    for (Value read : cast<func::FuncOp>(b.getBlock()->getParentOp()).getArguments())
      if (read != buffer && read.getType() == buffer.getType())
        require(arith::CmpIOp::create(b, arith::CmpIPredicate::ne, placeOf(read), place));
  }
  auto branch = scf::IfOp::create(b, good, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(branch.thenBlock()->getTerminator());
  streamed = buffers;
  emit();
  streamed.clear();
  b.setInsertionPoint(branch.elseBlock()->getTerminator());
  emit();
}

Value PointEmitter::load(Value buffer, Type element, const Place &place, const Point &point) {
  auto [at, stride] = place;
  Type memory = memoryType(element);
  if (!stride)
    return fromMemory(b, memref::LoadOp::create(b, buffer, at), element);
  bool inOrder = getConstantIntValue(stride) == 1;
  auto type = VectorType::get({point.lanes}, memory);
  Value loaded;
  if (inOrder && !point.mask) {
    loaded = vector::LoadOp::create(b, type, buffer, ValueRange{at});
  } else {
    Value zero = arith::ConstantOp::create(b, cast<TypedAttr>(b.getZeroAttr(type)));
    if (inOrder)
      loaded = vector::MaskedLoadOp::create(b, type, buffer, ValueRange{at}, point.mask, zero);
    else
      loaded = vector::GatherOp::create(b, type, buffer, ValueRange{at}, laneOffsets(b, point.lanes, stride),
                                        point.mask ? point.mask : allLanes(b, point.lanes), zero);
  }
  return fromMemory(b, loaded, element);
}
void PointEmitter::write(Value what, Value buffer, Type element, const Place &place, const Point &point) {
  auto [at, stride] = place;
  what = toMemory(b, what, element);
  if (!stride) {
    if (isa<VectorType>(what.getType())) // a vector along a dimension of size 1
      what = vector::ExtractOp::create(b, what, ArrayRef<int64_t>{0});
    memref::StoreOp::create(b, what, buffer, at);
    return;
  }
  what = spread(what, point.lanes);
  bool inOrder = getConstantIntValue(stride) == 1;
  if (inOrder && !point.mask && llvm::is_contained(streamed, buffer))
    vector::StoreOp::create(b, what, buffer, ValueRange{at}, /*nontemporal=*/true, llvm::Align(DLC_ALIGNMENT));
  else if (inOrder && !point.mask)
    vector::StoreOp::create(b, what, buffer, ValueRange{at});
  else if (inOrder)
    vector::MaskedStoreOp::create(b, buffer, ValueRange{at}, point.mask, what);
  else
    vector::ScatterOp::create(b, Type(), buffer, ValueRange{at}, laneOffsets(b, point.lanes, stride),
                              point.mask ? point.mask : allLanes(b, point.lanes), what);
}

Value PointEmitter::fixed(Value buffer, Type element, int64_t place) {
  Value &known = fixedValues[{buffer, place}];
  if (!known) {
    OpBuilder::InsertionGuard guard(b);
    auto argument = dyn_cast<BlockArgument>(buffer);
    if (argument)
      b.setInsertionPointToStart(argument.getOwner());
    Value value = fromMemory(b, memref::LoadOp::create(b, buffer, b.constant(place)), element);
    if (!argument)
      return value;
    known = value;
  }
  return known;
}

//===--- Values -----------------------------------------------------------------------------------------===//

Value PointEmitter::operand(OpOperand &use, Point &point) {
  if (Value known = point.turned.lookup(&use))
    return known;
  Operation *op = use.getOwner();
  Value value = use.get();
  if (auto constant = value.getDefiningOp<ConstantOp>())
    if (constant.getSplat())
      return constantAt(constant, point);
  if (value.getDefiningOp() && !value.getDefiningOp<ConstantOp>())
    return at(value, point);
  AffineMap map = cast<FusibleOpInterface>(op).getAccessMaps()[use.getOperandNumber()];
  auto type = typeOf(value);
  if (isNumber(type))
    return fixed(buffers.lookup(value), type.getElementType(), 0);
  return load(buffers.lookup(value), type.getElementType(), place(type, map, domain.dimsOf.lookup(op), point), point);
}

PointEmitter::Place PointEmitter::keptPlace(const Point &point) {
  bool rows = point.lane >= 0 && domain.isRow[point.lane];
  int64_t step = rows ? point.lanes : 1;
  Value where = b.constant(point.slot * plan.keptPoints);
  for (int dim : llvm::reverse(plan.inner)) {
    where = b.add(where, b.mul(point.index[dim], step));
    int64_t size = domain.sizes[dim].at(capacity);
    step *= dim == plan.inner.back() ? paddedRow(size) : size;
  }
  return {where, point.lane >= 0 ? b.constant(1) : Value()};
}
void PointEmitter::keep(Value value, Point &point) {
  Place place = keptPlace(point);
  Point whole = point;
  whole.mask = {};
  write(at(value, point), rowBuffers.lookup(value), typeOf(value).getElementType(), place, whole);
}

Value PointEmitter::at(Value value, Point &point) {
  if (Value known = point.known.lookup(value))
    return known;
  Value result;
  Operation *op = value.getDefiningOp();
  if (auto constant = dyn_cast_or_null<ConstantOp>(op)) {
    result = constantAt(constant, point);
  } else if (Value kept = keptReady.contains(value) ? rowBuffers.lookup(value) : Value()) {
    Place place = keptPlace(point);
    Point whole = point;
    whole.mask = {};
    result = load(kept, typeOf(value).getElementType(), place, whole);
  } else if (Value buffer = buffers.lookup(value); buffer && !op && isNumber(typeOf(value))) {
    result = fixed(buffer, typeOf(value).getElementType(), 0);
  } else if (buffer) { // an argument, or kept by an earlier pass
    MLIRContext *context = value.getContext();
    SmallVector<AffineExpr> exprs;
    SmallVector<int> dims = domain.axes.lookup(value);
    for (unsigned i = 0; i < dims.size(); ++i)
      exprs.push_back(dims[i] < 0 ? getAffineConstantExpr(0, context) : getAffineDimExpr(i, context));
    Place here = place(plan.storedType(value), AffineMap::get(dims.size(), 0, exprs, context), dims, point);
    result = load(buffer, typeOf(value).getElementType(), here, point);
  } else {
    result = compute(op, point);
  }
  point.known[value] = result;
  return result;
}
Value PointEmitter::vectorAt(Value value, Point &point) { return spread(at(value, point), point.lanes); }

void PointEmitter::store(Value value, Value buffer, Point &point) {
  Value what = at(value, point);
  auto type = plan.storedType(value);
  SmallVector<int> dims = domain.axes.lookup(value);
  SmallVector<AffineExpr> exprs;
  for (unsigned i = 0; i < dims.size(); ++i)
    exprs.push_back(dims[i] < 0 ? getAffineConstantExpr(0, value.getContext())
                                : getAffineDimExpr(i, value.getContext()));
  Place here = place(type, AffineMap::get(dims.size(), 0, exprs, value.getContext()), dims, point);
  write(what, buffer, type.getElementType(), here, point);
}

void PointEmitter::store(ArrayRef<std::pair<Value, Value>> values, Point &point) {
  for (auto [value, buffer] : values)
    at(value, point);
  for (auto [value, buffer] : values)
    store(value, buffer, point);
}

/// Is an element read elsewhere along the axis than it is written? Else none comes in from outside.
static bool isMoved(ShiftOp op) {
  int64_t axis = shiftOf(op).axis;
  return op.getAccessMaps()[0].getResult(axis) != getAffineDimExpr(axis, op.getContext());
}
Value PointEmitter::compute(Operation *op, Point &point) {
  if (auto generator = dyn_cast<IotaOp>(op))
    return iota(generator, point);
  if (auto number = dyn_cast<CountOp>(op))
    return count(number);
  if (auto mask = dyn_cast<DropoutMaskOp>(op))
    return dropoutMask(mask, point);
  if (auto numbers = dyn_cast<DrawOp>(op))
    return draw(numbers, point);
  if (auto indirect = dyn_cast<GatherOp>(op))
    return gather(indirect, point);
  if (auto moved = dyn_cast<ShiftOp>(op); moved && isMoved(moved))
    return shift(moved, point);
  SmallVector<Value> operands;
  bool anyVector = false;
  for (OpOperand &use : op->getOpOperands()) {
    operands.push_back(operand(use, point));
    anyVector |= isa<VectorType>(operands.back().getType());
  }
  if (anyVector)
    for (Value &value : operands)
      value = spread(value, point.lanes);
  return emitElementwise(b, op, operands);
}

Value PointEmitter::constantAt(ConstantOp op, Point &point) {
  auto type = typeOf(op.getResult());
  if (std::optional<double> splat = op.getSplat()) {
    Type element = registerType(type.getElementType());
    return arith::ConstantOp::create(b, isa<FloatType>(element) ? TypedAttr(b.getFloatAttr(element, *splat))
                                                                : TypedAttr(b.getIntegerAttr(element, op.getWhole(0))));
  }
  Place here = place(type, op.getAccessMaps()[0], domain.axes.lookup(op.getResult()), point);
  return load(buffers.lookup(op.getResult()), type.getElementType(), here, point);
}

Value PointEmitter::iota(IotaOp op, Point &point) {
  int dim = domain.axes.lookup(op.getResult())[op.getAlong()];
  Type element = typeOf(op.getResult()).getElementType();
  Value result = arith::IndexCastOp::create(b, element, dim < 0 ? b.constant(0) : point.index[dim]);
  if (op.getStart())
    result = arith::AddIOp::create(b, result, operand(op->getOpOperand(1), point));
  if (dim < 0 || dim != point.lane)
    return result;
  auto steps = llvm::map_to_vector(llvm::seq<int64_t>(0, point.lanes),
                                   [&](int64_t i) -> Attribute { return b.getIntegerAttr(element, i); });
  Value lanes = arith::ConstantOp::create(b, DenseElementsAttr::get(VectorType::get({point.lanes}, element), steps));
  return arith::AddIOp::create(b, spread(result, point.lanes), lanes);
}

Value PointEmitter::count(CountOp op) {
  auto type = typeOf(op.getLike());
  llvm::SmallBitVector counted(type.getRank(), !op.getAxesAttr());
  if (op.getAxesAttr())
    for (SizeAttr axis : op.getAxesAttr().getAsRange<SizeAttr>())
      counted.set(axis.number() < 0 ? axis.number() + type.getRank() : axis.number());
  Value all = b.constant(1);
  for (unsigned i : counted.set_bits())
    all = b.mul(all, size(dimOf(type, i)));
  Type element = op.getType();
  Value whole = arith::IndexCastOp::create(b, b.getI64Type(), all);
  return isa<FloatType>(element) ? Value(arith::SIToFPOp::create(b, element, whole))
         : element.isInteger(64) ? whole
                                 : Value(arith::TruncIOp::create(b, element, whole));
}

/// The elements of what is drawn that belong to one row of the batch; 0 where it has no rows.
static Dim elementsOfRow(RandomOpInterface op) {
  SmallVector<Dim> dims = dimsOf(op->getResult(0));
  if (dims.empty() || !dims[0].hasRows())
    return 0;
  Dim count = withoutRows(dims[0]);
  for (Dim dim : ArrayRef<Dim>(dims).drop_front())
    count = count * dim;
  return count;
}
Value PointEmitter::masksAreAligned(ArrayRef<RandomOpInterface> masks) {
  Value all;
  for (RandomOpInterface mask : masks) {
    Dim count = elementsOfRow(mask);
    if (count.value % 64 == 0)
      continue;
    auto k = [&](int64_t value) -> Value { return arith::ConstantOp::create(b, b.getI64IntegerAttr(value)); };
    Value ofRow = arith::IndexCastOp::create(b, b.getI64Type(), size(count));
    Value start = arith::MulIOp::create(b, fixed(buffers.lookup(mask.getRandom()), b.getI64Type(), 2), ofRow);
    Value isAligned = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, arith::AndIOp::create(b, start, k(63)), k(0));
    all = all ? Value(arith::AndIOp::create(b, all, isAligned)) : isAligned;
  }
  return all;
}

/// Words of Philox4x32-10 by logical position, in i64: see `dropout_mask`. Neighbouring vectors of 64 share their counters.
Value PointEmitter::wordOf(RandomOpInterface op, Point &point) {
  auto type = typeOf(op->getResult(0));
  SmallVector<Dim> dims = dimsOf(type);
  SmallVector<int> axes = domain.axes.lookup(op->getResult(0));
  Type i64 = b.getI64Type();
  auto k = [&](uint64_t value) -> Value { return arith::ConstantOp::create(b, b.getI64IntegerAttr((int64_t)value)); };
  Value random = buffers.lookup(op.getRandom());
  auto drawn = [&](int64_t i) { return fixed(random, i64, i); };
  // The position of the point, or of its first lane: row-major over what the call has, from the first row on.
  Value position = b.constant(0), inRow = b.constant(0), rowSize = b.constant(1);
  Value laneStride;
  Dim known = 1;
  bool aligned = true;
  if (point.flat) {
    inRow = point.index[0];
    laneStride = point.lane == 0 ? b.constant(1) : Value();
    for (Dim dim : ArrayRef<Dim>(dims).drop_front())
      rowSize = b.mul(rowSize, size(dim));
    if (!dims.empty() && dims[0].hasRows())
      rowSize = b.mul(rowSize, size(withoutRows(dims[0])));
    aligned = rowsAreAligned || elementsOfRow(op).value % 64 == 0;
  } else {
    for (int i = (int)dims.size() - 1; i >= 0; --i) {
      if (axes[i] >= 0) {
        Value step = b.mul(point.index[axes[i]], rowSize);
        if (axes[i] == point.lane) {
          laneStride = rowSize;
          inRow = step;
        } else {
          position = b.add(position, step);
          aligned &= known.value % 64 == 0;
        }
      }
      Dim here = i == 0 && dims[i].hasRows() ? withoutRows(dims[i]) : dims[i];
      known = known * here;
      rowSize = size(known);
    }
    aligned &= known.value % 64 == 0;
  }
  // The start of the row, and the place within it.
  Value start = arith::IndexCastOp::create(b, i64, position), within = arith::IndexCastOp::create(b, i64, inRow);
  if (!dims.empty() && dims[0].hasRows()) {
    Value rows = arith::IndexCastOp::create(b, i64, rowSize);
    start = arith::AddIOp::create(b, start, arith::MulIOp::create(b, drawn(2), rows));
  }
  bool vector = bool(laneStride);
  Type lanesType = vector ? Type(VectorType::get({point.lanes}, i64)) : i64;
  auto wide = [&](Value value) { return vector ? spread(value, point.lanes) : value; };
  auto lanes = [&](Value step) -> Value {
    return arith::IndexCastOp::create(b, lanesType, laneOffsets(b, point.lanes, step));
  };
  // Vectors of 16 lanes start at multiples of 16; where rows start at multiples of 64, all lanes of a vector take the
  // same word of 16 counters, and four vectors in a row share the counters.
  bool direct = vector && getConstantIntValue(laneStride) == 1 && point.lanes == 16 && aligned;
  Value counter, word;
  if (direct) {
    if (point.offset < 0)
      word = arith::AndIOp::create(b, arith::ShRUIOp::create(b, within, k(4)), k(3));
    Value block =
        arith::AddIOp::create(b, arith::ShRUIOp::create(b, start, k(6)), arith::ShRUIOp::create(b, within, k(6)));
    counter = arith::AddIOp::create(b, wide(arith::ShLIOp::create(b, block, k(4))), lanes(b.constant(1)));
  } else {
    Value first = arith::AddIOp::create(b, start, within);
    Value p = vector ? Value(arith::AddIOp::create(b, wide(first), lanes(laneStride))) : first;
    counter = arith::AddIOp::create(b, arith::ShLIOp::create(b, arith::ShRUIOp::create(b, p, wide(k(6))), wide(k(4))),
                                    arith::AndIOp::create(b, p, wide(k(15))));
    word = arith::AndIOp::create(b, arith::ShRUIOp::create(b, p, wide(k(4))), wide(k(3)));
  }
  Value hash = op.getKey() ? fixed(buffers.lookup(op.getKey()), i64, 0) : k(fnv1a(op.getStream().value_or("")));
  Value key = arith::XOrIOp::create(b, drawn(0), hash), step = drawn(1);
  auto low = [&](Value value) -> Value {
    return arith::AndIOp::create(b, value,
                                 vector && isa<VectorType>(value.getType()) ? wide(k(0xffffffff)) : k(0xffffffff));
  };
  auto high = [&](Value value) -> Value {
    return arith::ShRUIOp::create(b, value, vector && isa<VectorType>(value.getType()) ? wide(k(32)) : k(32));
  };
  SmallVector<Value, 4> words =
      emitPhilox(b, {low(counter), high(counter), wide(low(step)), wide(high(step))}, low(key), high(key));
  Value drawnWord;
  if (direct && point.offset >= 0) {
    drawnWord = words[point.offset / 16 % 4];
  } else {
    drawnWord = words[0];
    for (int i = 1; i < 4; ++i) {
      Value own = direct ? k(i) : wide(k(i));
      drawnWord = arith::SelectOp::create(b, arith::CmpIOp::create(b, arith::CmpIPredicate::eq, word, own), words[i],
                                          drawnWord);
    }
  }
  return low(drawnWord);
}
static Value likeWord(LoopBuilder &b, Value word, TypedAttr number) {
  auto vector = dyn_cast<VectorType>(word.getType());
  if (vector)
    number = DenseElementsAttr::get(VectorType::get(vector.getShape(), number.getType()), Attribute(number));
  return arith::ConstantOp::create(b, number);
}
Value PointEmitter::dropoutMask(DropoutMaskOp op, Point &point) {
  Value word = wordOf(op, point);
  double rate = op.getRate().convertToDouble();
  Value limit = likeWord(b, word, b.getI64IntegerAttr((int64_t)std::floor(rate * 4294967296.0)));
  Value kept = arith::CmpIOp::create(b, arith::CmpIPredicate::uge, word, limit);
  Type element = typeOf(op.getResult()).getElementType();
  auto real = [&](double value) { return likeWord(b, word, b.getFloatAttr(element, value)); };
  return arith::SelectOp::create(b, kept, real(1 / (1 - rate)), real(0));
}
/// 24 bits of a word: no more than f32 holds.
Value PointEmitter::draw(DrawOp op, Point &point) {
  Value word = wordOf(op, point);
  Type element = typeOf(op.getResult()).getElementType();
  auto vector = dyn_cast<VectorType>(word.getType());
  auto like = [&](Type one) { return vector ? Type(VectorType::get(vector.getShape(), one)) : one; };
  Value bits = arith::ShRUIOp::create(b, word, likeWord(b, word, b.getI64IntegerAttr(8)));
  bits = arith::TruncIOp::create(b, like(b.getI32Type()), bits);
  Value whole = arith::SIToFPOp::create(b, like(element), bits);
  return arith::MulFOp::create(b, whole, likeWord(b, word, b.getFloatAttr(element, 0x1p-24)));
}

Value PointEmitter::gather(GatherOp op, Point &point) {
  auto type = typeOf(op.getTable());
  Value index = operand(op->getOpOperand(1), point);
  int feature = domain.axes.lookup(op.getResult()).back();
  Value width = size(dimsOf(type).back()), column = feature < 0 ? b.constant(0) : point.index[feature];
  Value table = buffers.lookup(op.getTable()), perTable = b.constant(0);
  // Where the elements of the first axis have a table each, its own begins so far on; `perTable`: from lane to lane.
  if (tableAxes(op)) {
    int dim = domain.axes.lookup(op.getResult())[0];
    Value step = b.mul(size(dimOf(type, 1)), width);
    if (dim >= 0)
      column = b.add(column, b.mul(point.index[dim], step));
    if (dim >= 0 && dim == point.lane)
      perTable = step;
  }
  bool isUnsigned = typeOf(op.getIndex()).getElementType().isUnsignedInteger();
  auto toIndex = [&](Value value) -> Value {
    Type target = b.getIndexType();
    if (auto vector = dyn_cast<VectorType>(value.getType()))
      target = VectorType::get(vector.getShape(), target);
    return isUnsigned ? Value(arith::IndexCastUIOp::create(b, target, value))
                      : Value(arith::IndexCastOp::create(b, target, value));
  };
  if (!isa<VectorType>(index.getType())) {
    Value where = b.add(b.mul(toIndex(index), width), column);
    Value stride = feature >= 0 && feature == point.lane ? b.constant(1) : perTable;
    return load(table, type.getElementType(), {where, getConstantIntValue(stride) == 0 ? Value() : stride}, point);
  }
  // Lanes run along the index: each reads a row of its own.
  Value offsets = arith::MulIOp::create(b, toIndex(index), spread(width, point.lanes));
  if (getConstantIntValue(perTable) != 0)
    offsets = arith::AddIOp::create(b, offsets, laneOffsets(b, point.lanes, perTable));
  auto result = VectorType::get({point.lanes}, memoryType(type.getElementType()));
  Value zero = arith::ConstantOp::create(b, cast<TypedAttr>(b.getZeroAttr(result)));
  Value loaded = vector::GatherOp::create(b, result, table, ValueRange{column}, offsets,
                                          point.mask ? point.mask : allLanes(b, point.lanes), zero);
  return fromMemory(b, loaded, type.getElementType());
}

/// What lies within the axis is read, and what is outside is not touched.
Value PointEmitter::shift(ShiftOp op, Point &point) {
  Shift shift = shiftOf(op);
  Value input = op.getInput();
  auto type = typeOf(input);
  Type element = type.getElementType(), inRegister = registerType(element);
  Attribute given = op.getValueAttr();
  Value outside = arith::ConstantOp::create(
      b, isa<FloatType>(inRegister) ? TypedAttr(b.getFloatAttr(inRegister, given ? realOf(given) : 0))
                                    : TypedAttr(b.getIntegerAttr(inRegister, given ? *wholeOf(given) : 0)));
  // Where the point, or its first lane, is read along the axis, and how far apart lanes are there.
  ArrayRef<int> dims = domain.dimsOf.find(op)->second;
  Value first = b.constant(-shift.by);
  int64_t apart = 0;
  auto move = [&](int64_t axis, int64_t times) {
    int dim = dims[axis];
    if (dim >= 0)
      first = b.add(first, b.mul(point.index[dim], times));
    if (dim >= 0 && dim == point.lane)
      apart += times;
  };
  move(shift.axis, 1);
  if (shift.hasSteps)
    move(shift.axis + 1, shift.step);
  Value length = size(dimOf(type, shift.axis)), places = first;
  if (apart) {
    places = arith::AddIOp::create(b, spread(first, point.lanes), laneOffsets(b, point.lanes, b.constant(apart)));
    length = spread(length, point.lanes);
  }
  // What is below 0 is a large number without a sign.
  Value isInside = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, places, length);
  Value read;
  if (auto constant = input.getDefiningOp<ConstantOp>()) {
    read = constantAt(constant, point);
  } else {
    Place here = place(type, op.getAccessMaps()[0], dims, point);
    Point there = point;
    if (apart)
      there.mask = point.mask ? Value(arith::AndIOp::create(b, point.mask, isInside)) : isInside;
    else // all lanes are inside, or none is: then it reads the first place for nothing
      here.at = b.add(here.at, b.mul(arith::SelectOp::create(b, isInside, b.constant(0), b.mul(first, -1)),
                                     size(stridesOf(type)[shift.axis])));
    read = load(buffers.lookup(input), element, here, there);
  }
  bool isVector = apart || isa<VectorType>(read.getType());
  return arith::SelectOp::create(b, isInside, isVector ? spread(read, point.lanes) : read,
                                 isVector ? spread(outside, point.lanes) : outside);
}
