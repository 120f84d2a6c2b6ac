// LowerKernels.cpp - kernels as loops: element-wise maps, passes over rows, products.
// SPDX-License-Identifier: Apache-2.0
//
// A kernel with reductions works through its rows. Where lanes run along an inner dimension:
//
//   for each row:
//     pass 0: for c in 0..C step 16:  max = max(max, x[row, c..])       m = across lanes of max
//     pass 1: for c in 0..C step 16:  e = exp(x - m); keep e; sum += e  s = across lanes of sum
//     pass 2: for c in 0..C step 16:  y[row, c..] = e / s
//
// Where they run along the last of the rows, 16 rows go through the same passes at once.
//
// Sums of floats are added up in blocks: 32 steps of a loop make one sum, 32 such sums the next, and so on, as often as
// the length needs it. The error grows like the logarithm of the length. The order of a sum follows from the extent
// alone: a larger capacity only adds loops that run once, and those add to -0.0, which changes no bit.
#include "compiler/loops/LowerKernels.h"
#include "compiler/loops/Contraction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;

namespace {
using Body = llvm::function_ref<void(ValueRange indices)>;

class KernelLowering {
public:
  KernelLowering(KernelOp kernel, StringRef name, OpBuilder &at, const LoweringOptions &options);
  LoweredKernel run();

private:
  // Building blocks
  Value constant(int64_t value) { return e->constant(value); }
  Value floorDiv(Value x, int64_t by);
  void loop(Value from, Value to, int64_t step, ValueRange carried,
            llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body, SmallVectorImpl<Value> &results);
  void forEach(Value from, Value to, int64_t step, llvm::function_ref<void(Value)> body);
  void when(Value condition, llvm::function_ref<void()> body);
  Value less(Value x, Value y) { return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, x, y); }
  void forEachVector(Value from, Value to, Dim whole, Point &point, bool fixedLength, llvm::function_ref<void(Point &)> body);

  // Kinds of kernels
  void single();
  void rows();
  void contraction();
  bool canFlatten();
  void chooseLanes();
  void findLevels();
  void row(Point point);
  void store(ArrayRef<std::pair<Value, Value>> values, Point &point);
  void pass(int level, Point &point);
  SmallVector<Value> walkInner(ArrayRef<int> dims, Point point, SmallVector<Value> sums,
                               llvm::function_ref<SmallVector<Value>(Point &, SmallVector<Value>)> body);
  SmallVector<Value> walkLanes(int dim, Point point, SmallVector<Value> sums,
                               llvm::function_ref<SmallVector<Value>(Point &, SmallVector<Value>)> body);
  void makeKeptBuffers(bool lanesAreRows);
  SmallVector<Value> makeScratch(ArrayRef<MemRefType> types);
  void naiveProduct(const Contraction &c, Value from, Value to, int64_t width);
  using Walk = llvm::function_ref<SmallVector<Value>(Value from, Value to, SmallVector<Value> sums)>;
  SmallVector<Value> inBlocks(Value from, Value to, int64_t step, int64_t mostSteps, SmallVector<Value> sums, Walk walk);
  SmallVector<Value> onItsOwn(ValueRange sums, llvm::function_ref<SmallVector<Value>(SmallVector<Value>)> walk);
  bool addsFloats();
  void combineFour(SmallVector<Value> &sums, ArrayRef<Value> others);
  bool isRowLevel(Value value);
  int levelOf(Value value);
  void predict();

  KernelOp kernel;
  const LoweringOptions &options;
  LoweredKernel result;
  ImplicitLocOpBuilder b;
  Domain domain;
  std::optional<PointEmitter> e;
  Value extent, first, last;
  SmallVector<Value> outputs, outputBuffers;
  int64_t lanes;
  int lane = -1;
  bool flat = false;
  DenseMap<Operation *, int> levels;
  int passes = 0;
  SmallVector<SmallVector<Value>> kept; ///< by pass: values to be kept for later ones
  SmallVector<Operation *> current; ///< the reductions of the pass at hand
};
} // namespace

KernelLowering::KernelLowering(KernelOp kernel, StringRef name, OpBuilder &at, const LoweringOptions &options)
    : kernel(kernel), options(options), b(kernel.getLoc(), at), lanes(options.vectorize ? 16 : 1) {
  Block &body = kernel.getBody().front();
  SmallVector<Type> types;
  for (BlockArgument argument : body.getArguments())
    types.push_back(bufferType(typeOf(argument), options.batch));
  // A check yields its operand; it has a report of two numbers (place and value) instead of a result.
  bool checks = llvm::any_of(body, [](Operation &op) { return isa<CheckIndexOp>(op); });
  for (Type type : kernel.getResultTypes().getAsValueRange<TypeAttr>())
    types.push_back(checks ? MemRefType::get({2}, b.getI64Type())
                           : bufferType(cast<RankedTensorType>(type), options.batch));
  types.append(3, b.getIndexType());
  result.function = func::FuncOp::create(
      b, name, b.getFunctionType(types, checks ? TypeRange(b.getIndexType()) : TypeRange()));
  result.function.setPrivate();
  Block *entry = result.function.addEntryBlock();
  b.setInsertionPointToEnd(entry);
  size_t count = entry->getNumArguments();
  extent = entry->getArgument(count - 3);
  first = entry->getArgument(count - 2);
  last = entry->getArgument(count - 1);
  SmallVector<Operation *> ops;
  for (Operation &op : body.without_terminator())
    if (!Domain::isGenerator(&op))
      ops.push_back(&op);
  domain.build(ops);
  e.emplace(b, domain, options.batch, extent);
  for (auto [argument, buffer] : llvm::zip(body.getArguments(), entry->getArguments()))
    e->buffers[argument] = buffer;
  for (auto [i, value] : llvm::enumerate(body.getTerminator()->getOperands())) {
    outputs.push_back(value);
    outputBuffers.push_back(entry->getArgument(body.getNumArguments() + i));
  }
  // Lists of numbers lie in the library.
  for (auto list : body.getOps<ConstantOp>()) {
    if (list.getSplat())
      continue;
    auto type = bufferType(typeOf(list.getResult()), options.batch);
    auto tensor = RankedTensorType::get(type.getShape(), type.getElementType());
    SmallVector<Attribute> numbers;
    for (size_t i = 0; i < list.getCount(); ++i)
      numbers.push_back(isa<FloatType>(type.getElementType())
                            ? Attribute(b.getFloatAttr(type.getElementType(), list.getReal(i)))
                            : Attribute(b.getIntegerAttr(type.getElementType(), list.getWhole(i))));
    std::string global = (name + "_constant" + Twine(numbers.size()) + "_" + Twine(e->buffers.size())).str();
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPoint(result.function);
      memref::GlobalOp::create(b, global, b.getStringAttr("private"), type, DenseElementsAttr::get(tensor, numbers),
                               /*constant=*/true, /*alignment=*/b.getI64IntegerAttr(64));
    }
    e->buffers[list.getResult()] = memref::GetGlobalOp::create(b, type, global);
  }
}

LoweredKernel KernelLowering::run() {
  switch (domain.kind) {
  case Domain::Kind::Single:
    single();
    break;
  case Domain::Kind::Contraction:
    contraction();
    break;
  case Domain::Kind::Map:
  case Domain::Kind::Rows:
    rows();
    break;
  }
  if (!b.getBlock()->mightHaveTerminator())
    func::ReturnOp::create(b);
  predict();
  return result;
}

//===--- Building blocks --------------------------------------------------------------------------------===//

Value KernelLowering::floorDiv(Value x, int64_t by) {
  return by == 1 ? x : b.createOrFold<arith::DivUIOp>(x, constant(by));
}
void KernelLowering::loop(Value from, Value to, int64_t step, ValueRange carried,
                          llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body,
                          SmallVectorImpl<Value> &results) {
  auto f = scf::ForOp::create(b, from, to, constant(step), carried);
  OpBuilder::InsertionGuard guard(b);
  if (carried.empty())
    f.getBody()->getTerminator()->erase();
  b.setInsertionPointToEnd(f.getBody());
  scf::YieldOp::create(b, body(f.getInductionVar(), f.getRegionIterArgs()));
  results.assign(f.getResults().begin(), f.getResults().end());
}
void KernelLowering::forEach(Value from, Value to, int64_t step, llvm::function_ref<void(Value)> body) {
  SmallVector<Value> none;
  loop(from, to, step, {}, [&](Value i, ValueRange) { body(i); return SmallVector<Value>(); }, none);
}
void KernelLowering::when(Value condition, llvm::function_ref<void()> body) {
  auto branch = scf::IfOp::create(b, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(branch.thenBlock()->getTerminator());
  body();
}

/// Whole vectors of 64, then of 16, then what is left. `whole`: the length where it is fixed.
void KernelLowering::forEachVector(Value from, Value to, Dim whole, Point &point, bool fixedLength,
                                   llvm::function_ref<void(Point &)> body) {
  // Long bodies gain nothing from being repeated.
  int64_t length = fixedLength && whole.isNumber() ? whole.value : -1, many = domain.ops.size() > 12 ? lanes : 4 * lanes;
  auto vectorAt = [&](Value at, int64_t offset, Value mask) {
    Point here = point;
    here.index[lane] = at;
    here.offset = offset;
    here.mask = mask;
    body(here);
  };
  if (lanes == 1) {
    forEach(from, to, 1, [&](Value i) { vectorAt(i, -1, {}); });
    return;
  }
  Value next = from;
  if (length < 0 || length >= many) {
    Value count = length < 0 ? b.createOrFold<arith::SubIOp>(to, from) : constant(length);
    Value end = length < 0 ? e->add(from, e->mul(floorDiv(count, many), constant(many)))
                           : e->add(from, constant(length / many * many));
    forEach(from, end, many, [&](Value i) {
      for (int u = 0; u < many / lanes; ++u)
        vectorAt(e->add(i, constant(u * lanes)), many == lanes ? -1 : u * lanes, {});
    });
    next = end;
  }
  if (length >= 0) { // the rest is known: no loop
    int64_t done = length / many * many;
    for (; done + lanes <= length; done += lanes)
      vectorAt(e->add(from, constant(done)), done % 64, {});
    if (done < length) {
      Value mask = vector::CreateMaskOp::create(b, VectorType::get({lanes}, b.getI1Type()),
                                                ValueRange{constant(length - done)});
      vectorAt(e->add(from, constant(done)), done % 64, mask);
    }
    return;
  }
  Value rest = b.createOrFold<arith::SubIOp>(to, next), end = e->add(next, e->mul(floorDiv(rest, lanes), constant(lanes)));
  if (many > lanes)
    forEach(next, end, lanes, [&](Value i) { vectorAt(i, -1, {}); });
  when(less(end, to), [&] {
    Value mask = vector::CreateMaskOp::create(b, VectorType::get({lanes}, b.getI1Type()),
                                              ValueRange{b.createOrFold<arith::SubIOp>(to, end)});
    vectorAt(end, -1, mask);
  });
}

//===--- Element-wise maps and rows ---------------------------------------------------------------------===//

/// True if every tensor is read and written in the order in which it lies, or is one number.
bool KernelLowering::canFlatten() {
  if (domain.kind != Domain::Kind::Map || domain.sizes.size() < 1)
    return false;
  size_t rank = domain.sizes.size();
  // Below the capacity only what the first axis leaves out lies at the end.
  for (Dim size : ArrayRef<Dim>(domain.sizes).drop_front())
    if (size.isBatch())
      return false;
  Dim all = 1;
  for (Dim size : domain.sizes)
    all = all * size;
  // A generator knows its place only where the dimensions are apart.
  if (all.isUnknown() || !kernel.getBody().getOps<IotaOp>().empty())
    return false;
  auto inOrder = [&](RankedTensorType type, AffineMap map, ArrayRef<int> dims) {
    SmallVector<int> seen;
    for (AffineExpr expr : map.getResults()) {
      if (isa<AffineConstantExpr>(expr))
        continue;
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim)
        return false;
      if (dims[dim.getPosition()] >= 0)
        seen.push_back(dims[dim.getPosition()]);
    }
    bool one = llvm::all_of(dimsOf(type), [](Dim dim) { return dim == Dim(1); });
    Dim elements = 1; // fewer than there are points, or more: a slice
    for (Dim dim : dimsOf(type))
      elements = elements * dim;
    return one || (elements == all && seen.size() == rank && llvm::equal(seen, llvm::seq<int>(0, rank)));
  };
  for (Operation *op : domain.ops) {
    auto fusible = cast<FusibleOpInterface>(op);
    if (isa<GatherOp>(op))
      return false;
    SmallVector<AffineMap> maps = fusible.getAccessMaps();
    for (auto [i, map] : llvm::enumerate(maps)) {
      Value value = i < op->getNumOperands() ? op->getOperand(i) : op->getResult(0);
      if (map && !value.getDefiningOp<ConstantOp>() && !inOrder(typeOf(value), map, domain.dimsOf.lookup(op)))
        return false;
      if (auto constant = value.getDefiningOp<ConstantOp>(); constant && !constant.getSplat())
        return false;
    }
  }
  return true;
}

/// Lanes run along the dimension in which most of what is read and written lies contiguously.
void KernelLowering::chooseLanes() {
  SmallVector<int> votes(domain.sizes.size());
  auto vote = [&](Value value, AffineMap map, ArrayRef<int> dims) {
    if (!map || map.getNumResults() == 0 || value.getDefiningOp<ConstantOp>())
      return;
    SmallVector<Dim> sizes = dimsOf(value);
    for (int axis = (int)sizes.size() - 1; axis >= 0; --axis) {
      AffineExpr expr = map.getResult(axis);
      if (sizes[axis] == Dim(1))
        continue;
      if (auto sum = dyn_cast<AffineBinaryOpExpr>(expr))
        expr = sum.getLHS();
      if (auto dim = dyn_cast<AffineDimExpr>(expr); dim && dims[dim.getPosition()] >= 0)
        votes[dims[dim.getPosition()]] += sizes.size();
      return;
    }
  };
  for (Operation *op : domain.ops) {
    SmallVector<AffineMap> maps = cast<FusibleOpInterface>(op).getAccessMaps();
    ArrayRef<int> dims = domain.dimsOf.find(op)->second;
    for (auto [operand, map] : llvm::zip(op->getOperands(), maps))
      if (isa<BlockArgument>(operand))
        vote(operand, map, dims);
    if (auto lookup = dyn_cast<GatherOp>(op); lookup && dims.back() >= 0)
      votes[dims.back()] += 2;
    if (llvm::is_contained(outputs, op->getResult(0)))
      vote(op->getResult(0), maps.back(), dims);
  }
  for (int i = (int)votes.size() - 1; i >= 0; --i)
    if (lane < 0 || votes[i] > votes[lane])
      lane = i;
  // Of the rows, lanes can only run along the last one.
  if (lane >= 0 && domain.isRow[lane])
    for (size_t i = lane + 1; i < domain.sizes.size(); ++i)
      if (domain.isRow[i] && votes[lane] <= votes[i])
        lane = i;
}

bool KernelLowering::isRowLevel(Value value) {
  return llvm::all_of(domain.axes.lookup(value), [&](int dim) { return dim < 0 || domain.isRow[dim]; });
}
int KernelLowering::levelOf(Value value) {
  Operation *op = value.getDefiningOp();
  return op ? levels.lookup(op) : 0;
}
static bool isReduction(Operation *op) {
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  return fusible && fusible.getIterationKind() == IterationKind::Reduction;
}

/// In which pass each op is computed, and what must be kept for later ones.
void KernelLowering::findLevels() {
  for (Operation *op : domain.ops) {
    int level = 0;
    for (Value operand : op->getOperands())
      level = std::max(level, levelOf(operand));
    levels[op] = level + isReduction(op);
    passes = std::max(passes, level + 1);
  }
  for (Value output : outputs)
    if (!isRowLevel(output))
      passes = std::max(passes, levelOf(output) + 1);
  kept.resize(passes + 1);
  DenseSet<Value> marked;
  // What a pass reads of earlier ones is kept if it is dear, or stored anyway; else computed again.
  std::function<void(Value, int)> need = [&](Value value, int pass) {
    Operation *op = value.getDefiningOp();
    if (!op || isa<ConstantOp>(op) || isRowLevel(value))
      return;
    int own = levelOf(value);
    if (own < pass && (isExpensive(op) || llvm::is_contained(outputs, value))) {
      if (marked.insert(value).second)
        kept[own].push_back(value);
      need(value, own);
      return;
    }
    for (Value operand : op->getOperands())
      need(operand, pass);
  };
  for (Operation *op : domain.ops)
    if (isReduction(op))
      need(op->getOperand(0), levelOf(op->getOperand(0)));
  for (Value output : outputs)
    if (!isRowLevel(output))
      need(output, levelOf(output));
}

SmallVector<Value> KernelLowering::walkLanes(
    int dim, Point point, SmallVector<Value> sums,
    llvm::function_ref<SmallVector<Value>(Point &, SmallVector<Value>)> body) {
  Dim size = domain.sizes[dim];
  int64_t capacity = size.at(options.batch), many = 4 * lanes;
  point.lane = dim;
  point.lanes = lanes;
  auto step = [&](Value at, int64_t offset, Value mask, SmallVector<Value> carried) {
    Point here = point;
    here.index[dim] = at;
    here.offset = offset;
    here.mask = mask;
    return body(here, carried);
  };
  Value whole = e->size(size), next = constant(0);
  if (lanes == 1) {
    point.lane = -1;
    return inBlocks(next, whole, 1, capacity, sums, [&](Value from, Value to, SmallVector<Value> own) {
      SmallVector<Value> results;
      loop(from, to, 1, own, [&](Value i, ValueRange carried) { return step(i, -1, {}, llvm::to_vector(carried)); },
           results);
      return results;
    });
  }
  bool isStatic = size.isNumber();
  if (capacity >= many) {
    Value end = isStatic ? constant(capacity / many * many) : e->mul(floorDiv(whole, many), constant(many));
    // Four vectors at a time, with sums of their own, which are combined at the end of a block, in a fixed order.
    sums = inBlocks(next, end, many, capacity / many, sums, [&](Value from, Value to, SmallVector<Value> own) {
      SmallVector<Value> all, results;
      for (int u = 0; u < 4; ++u)
        for (auto [sum, reduction] : llvm::zip(own, current))
          all.push_back(u == 0 ? sum : emitIdentity(b, reduction, sum.getType()));
      size_t count = own.size();
      loop(from, to, many, all, [&](Value i, ValueRange carried) {
        SmallVector<Value> yields;
        for (int u = 0; u < 4; ++u) {
          SmallVector<Value> one(carried.begin() + u * count, carried.begin() + (u + 1) * count);
          yields.append(step(e->add(i, constant(u * lanes)), u * lanes, {}, one));
        }
        return yields;
      }, results);
      own.assign(results.begin(), results.begin() + count);
      SmallVector<Value> rest(results.begin() + count, results.end());
      combineFour(own, rest);
      return own;
    });
    next = end;
  }
  if (isStatic) {
    int64_t done = capacity >= many ? capacity / many * many : 0;
    for (; done + lanes <= capacity; done += lanes)
      sums = step(constant(done), done % 64, {}, sums);
    if (done < capacity)
      sums = step(constant(done), done % 64,
                  vector::CreateMaskOp::create(b, VectorType::get({lanes}, b.getI1Type()),
                                               ValueRange{constant(capacity - done)}),
                  sums);
    return sums;
  }
  SmallVector<Value> results;
  Value rest = b.createOrFold<arith::SubIOp>(whole, next);
  Value end = e->add(next, e->mul(floorDiv(rest, lanes), constant(lanes)));
  loop(next, end, lanes, sums, [&](Value i, ValueRange carried) { return step(i, -1, {}, llvm::to_vector(carried)); },
       results);
  sums = results;
  // A vector of no lanes changes nothing, but must not be read.
  auto branch = scf::IfOp::create(b, ValueRange(sums).getTypes(), less(end, whole), /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  if (sums.empty())
    b.setInsertionPoint(branch.thenBlock()->getTerminator());
  else
    b.setInsertionPointToEnd(branch.thenBlock());
  SmallVector<Value> masked = step(end, -1,
                                   vector::CreateMaskOp::create(b, VectorType::get({lanes}, b.getI1Type()),
                                                                ValueRange{b.createOrFold<arith::SubIOp>(whole, end)}),
                                   sums);
  if (sums.empty())
    return sums;
  scf::YieldOp::create(b, masked);
  b.setInsertionPointToEnd(branch.elseBlock());
  scf::YieldOp::create(b, sums);
  return llvm::to_vector(ValueRange(branch.getResults()));
}

/// Do the reductions of this pass round?
bool KernelLowering::addsFloats() {
  return llvm::any_of(current, [](Operation *op) {
    return isa<SumOp>(op) && isa<FloatType>(typeOf(op->getResult(0)).getElementType());
  });
}

/// What a walk makes of nothing, added to the sums so far.
SmallVector<Value> KernelLowering::onItsOwn(ValueRange sums,
                                            llvm::function_ref<SmallVector<Value>(SmallVector<Value>)> walk) {
  SmallVector<Value> fresh;
  for (auto [sum, reduction] : llvm::zip(sums, current))
    fresh.push_back(emitIdentity(b, reduction, sum.getType()));
  SmallVector<Value> own = walk(fresh);
  for (auto [sum, one, reduction] : llvm::zip(sums, own, current))
    one = emitCombine(b, reduction, sum, one);
  return own;
}

/// Walks over [from, to), a multiple of `step` and at most `mostSteps` of them, so that no sum has more than `block`
/// terms.
SmallVector<Value> KernelLowering::inBlocks(Value from, Value to, int64_t step, int64_t mostSteps,
                                            SmallVector<Value> sums, Walk walk) {
  constexpr int64_t block = 32;
  if (mostSteps <= block || !addsFloats())
    return walk(from, to, sums);
  int64_t steps = block; // of one term: the largest power of `block` that is shorter than the whole
  while (steps * block < mostSteps)
    steps *= block;
  std::optional<int64_t> first = getConstantIntValue(from), end = getConstantIntValue(to);
  bool isWhole = first && end && (*end - *first) % (steps * step) == 0;
  SmallVector<Value> results;
  loop(from, to, steps * step, sums, [&](Value i, ValueRange carried) {
    Value stop = e->add(i, constant(steps * step));
    if (!isWhole)
      stop = arith::MinSIOp::create(b, stop, to);
    return onItsOwn(carried, [&](SmallVector<Value> own) { return inBlocks(i, stop, step, steps, own, walk); });
  }, results);
  return results;
}

/// (a + b) + (c + d), for each reduction.
void KernelLowering::combineFour(SmallVector<Value> &sums, ArrayRef<Value> others) {
  size_t count = sums.size();
  for (auto [i, sum, reduction] : llvm::enumerate(sums, current)) {
    Value low = emitCombine(b, reduction, sum, others[i]);
    sum = emitCombine(b, reduction, low, emitCombine(b, reduction, others[count + i], others[2 * count + i]));
  }
}

SmallVector<Value> KernelLowering::walkInner(
    ArrayRef<int> dims, Point point, SmallVector<Value> sums,
    llvm::function_ref<SmallVector<Value>(Point &, SmallVector<Value>)> body) {
  if (dims.empty())
    return body(point, sums);
  int dim = dims.front();
  if (dim == lane)
    return walkLanes(dim, point, sums, body);
  bool isLast = dims.size() == 1;
  return inBlocks(constant(0), e->size(domain.sizes[dim]), 1, domain.sizes[dim].at(options.batch), sums,
                  [&](Value from, Value to, SmallVector<Value> own) {
    SmallVector<Value> results;
    loop(from, to, 1, own, [&](Value i, ValueRange carried) {
      Point here = point;
      here.index[dim] = i;
      auto inside = [&](SmallVector<Value> inner) { return walkInner(dims.drop_front(), here, inner, body); };
      return isLast || !addsFloats() ? inside(llvm::to_vector(carried)) : onItsOwn(carried, inside);
    }, results);
    return results;
  });
}

/// One pass over the inner dimensions of a row: what is summed up, stored, and kept at this level.
void KernelLowering::pass(int level, Point &point) {
  current.clear();
  for (Operation *op : domain.ops)
    if (isReduction(op) && levels.lookup(op) == level + 1)
      current.push_back(op);
  SmallVector<std::pair<Value, Value>> stores;
  for (auto [output, buffer] : llvm::zip(outputs, outputBuffers))
    if (!isRowLevel(output) && levelOf(output) == level)
      stores.push_back({output, buffer});
  SmallVector<int> inner;
  for (size_t i = 0; i < domain.sizes.size(); ++i)
    if (domain.isInner(i) && (int)i != lane)
      inner.push_back(i);
  bool across = lane >= 0 && domain.isInner(lane);
  if (across)
    inner.push_back(lane);
  auto vectorType = [&](Operation *reduction) {
    Type element = registerType(typeOf(reduction->getResult(0)).getElementType());
    bool wide = lanes > 1 && (across || point.lane >= 0);
    return wide ? Type(VectorType::get({lanes}, element)) : element;
  };
  SmallVector<Value> sums;
  for (Operation *reduction : current)
    sums.push_back(emitIdentity(b, reduction, vectorType(reduction)));
  if (current.empty() && stores.empty() && kept[level].empty())
    return;
  SmallVector<Value> done = walkInner(inner, point, sums, [&](Point &here, SmallVector<Value> carried) {
    for (Value value : kept[level])
      if (!llvm::is_contained(outputs, value))
        e->keep(value, here);
    store(stores, here);
    for (auto [i, reduction] : llvm::enumerate(current)) {
      Value x = e->at(reduction->getOperand(0), here);
      if (auto type = dyn_cast<VectorType>(carried[i].getType())) {
        x = e->spread(x, type.getNumElements());
        if (across && here.mask)
          x = arith::SelectOp::create(b, here.mask, x, emitIdentity(b, reduction, x.getType()));
      }
      carried[i] = emitCombine(b, reduction, carried[i], x);
    }
    return carried;
  });
  for (auto [reduction, sum] : llvm::zip(current, done)) {
    if (across && isa<VectorType>(sum.getType()))
      sum = emitAcross(b, reduction, sum);
    point.known[reduction->getResult(0)] = emitFinished(b, reduction, sum);
  }
  // From now on these are read back.
  for (Value value : kept[level])
    if (auto it = llvm::find(outputs, value); it != outputs.end())
      e->buffers[value] = outputBuffers[it - outputs.begin()];
    else
      e->keptReady.insert(value);
}

/// Values at a point go to their buffers when all of them are known: a buffer may be that of an old value, which others
/// of the new ones are made from.
void KernelLowering::store(ArrayRef<std::pair<Value, Value>> values, Point &point) {
  for (auto [value, buffer] : values)
    e->at(value, point);
  for (auto [value, buffer] : values)
    e->store(value, buffer, point);
}

/// All passes of one row, or of a vector of rows.
void KernelLowering::row(Point point) {
  SmallVector<Value> read;
  for (int level = 0; level < passes; ++level) {
    // What each row needs once is computed before the pass that reads it.
    for (Operation *op : domain.ops)
      if (!isReduction(op) && levels.lookup(op) == level && isRowLevel(op->getResult(0)))
        e->at(op->getResult(0), point);
    pass(level, point);
  }
  for (Operation *op : domain.ops)
    if (!isReduction(op) && levels.lookup(op) == passes && isRowLevel(op->getResult(0)))
      e->at(op->getResult(0), point);
  SmallVector<std::pair<Value, Value>> stores;
  for (auto [output, buffer] : llvm::zip(outputs, outputBuffers))
    if (isRowLevel(output))
      stores.push_back({output, buffer});
  store(stores, point);
  for (auto &values : kept) // the next row starts anew
    for (Value value : values) {
      e->buffers.erase(value);
      e->keptReady.erase(value);
    }
}

void KernelLowering::rows() {
  flat = canFlatten();
  Point point;
  if (flat) {
    Dim all = 1;
    for (Dim size : domain.sizes)
      all = all * size;
    domain.sizes = {all};
    domain.isRow.resize(1);
    domain.isRow.set(0);
    for (auto &[value, axes] : domain.axes)
      axes.assign(axes.size(), 0);
    point.flat = true;
    lane = 0;
  } else if (!domain.sizes.empty()) {
    chooseLanes();
  }
  point.index.resize(domain.sizes.size());
  for (auto [index, size] : llvm::zip(point.index, domain.sizes))
    if (size == Dim(1)) // a row reads the one element of an inner dimension too
      index = constant(0);
  point.lanes = lanes;
  findLevels();
  bool lanesAreRows = lane >= 0 && domain.isRow[lane];
  makeKeptBuffers(lanesAreRows);
  SmallVector<int> outer;
  for (size_t i = 0; i < domain.sizes.size(); ++i)
    if (domain.isRow[i] && (int)i != lane)
      outer.push_back(i);
  if (outer.empty() && !lanesAreRows) { // one row, or one number
    when(less(first, last), [&] { row(point); });
    return;
  }
  if (outer.empty()) { // vectors of rows, in blocks
    Dim size = domain.sizes[lane];
    int64_t capacity = size.at(options.batch), block = flat && domain.ops.size() ? 1024 : 64;
    if (size.isNumber())
      while (block > 64 && capacity % block)
        block /= 2;
    result.parts = {size};
    result.partSize = block;
    bool whole = size.isNumber() && capacity % block == 0;
    point.lane = lanes > 1 ? lane : -1;
    auto blocks = [&] {
      forEach(first, last, 1, [&](Value part) {
        Value from = e->mul(part, constant(block)), end = e->add(from, constant(block));
        Value to = whole ? end : Value(arith::MinSIOp::create(b, end, e->size(size)));
        bool onePart = size.isNumber() && capacity <= block;
        forEachVector(from, onePart ? constant(capacity) : to, onePart ? Dim(capacity) : Dim(block), point,
                      whole || onePart, [&](Point &here) { row(here); });
      });
    };
    // Where a piece of a larger call may begin amid 64 elements, vectors do not take whole counters of a mask.
    Value aligned = flat && lanes > 1 ? e->masksAreAligned(llvm::to_vector(kernel.getBody().getOps<DropoutMaskOp>())) : Value();
    if (!aligned)
      return blocks();
    auto branch = scf::IfOp::create(b, aligned, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(branch.thenBlock()->getTerminator());
    blocks();
    b.setInsertionPoint(branch.elseBlock()->getTerminator());
    e->rowsAreAligned = false;
    blocks();
    return;
  }
  for (int dim : outer)
    result.parts.push_back(domain.sizes[dim]);
  forEach(first, last, 1, [&](Value part) {
    Value rest = part;
    for (int dim : llvm::reverse(outer)) {
      if (dim == outer.front()) {
        point.index[dim] = rest;
        break;
      }
      Value size = e->size(domain.sizes[dim]);
      point.index[dim] = arith::RemUIOp::create(b, rest, size);
      rest = arith::DivUIOp::create(b, rest, size);
    }
    if (!lanesAreRows)
      return row(point);
    point.lane = lanes > 1 ? lane : -1;
    forEachVector(constant(0), e->size(domain.sizes[lane]), domain.sizes[lane], point,
                  domain.sizes[lane].isNumber(), [&](Point &here) { row(here); });
  });
}

/// Buffers of these types in memory that the thread has for itself.
SmallVector<Value> KernelLowering::makeScratch(ArrayRef<MemRefType> types) {
  SmallVector<Value> buffers;
  SmallVector<int64_t> offsets;
  int64_t bytes = 0;
  for (MemRefType type : types) {
    offsets.push_back(bytes);
    bytes += llvm::alignTo(type.getNumElements() * type.getElementTypeBitWidth() / 8, 64);
  }
  if (!bytes)
    return buffers;
  unsigned index = result.function.getNumArguments() - 3;
  auto own = b.getDictionaryAttr(b.getNamedAttr("llvm.noalias", b.getUnitAttr()));
  (void)result.function.insertArgument(index, MemRefType::get({bytes}, b.getI8Type()), own, b.getLoc());
  result.function->setAttr("dl.scratch", b.getI64IntegerAttr(bytes));
  for (auto [type, offset] : llvm::zip(types, offsets))
    buffers.push_back(memref::ViewOp::create(b, type, result.function.getArgument(index), constant(offset), ValueRange{}));
  return buffers;
}

/// Scratch memory for what a pass keeps for the next: one row, or 16 of them.
void KernelLowering::makeKeptBuffers(bool lanesAreRows) {
  for (size_t i = 0; i < domain.sizes.size(); ++i)
    if (domain.isInner(i) && (int)i != lane)
      e->innerDims.push_back(i);
  if (!lanesAreRows && lane >= 0)
    e->innerDims.push_back(lane);
  int64_t points = e->rowPoints(lanesAreRows ? lanes : 1), bytes = 0;
  SmallVector<Value> own;
  SmallVector<MemRefType> types;
  for (auto &values : kept)
    llvm::erase_if(values, [&](Value value) {
      if (llvm::is_contained(outputs, value))
        return false;
      auto type = MemRefType::get({points}, memoryType(typeOf(value).getElementType()));
      int64_t more = points * type.getElementTypeBitWidth() / 8;
      if (bytes + more > options.target.l2Bytes)
        return true;
      bytes += more;
      own.push_back(value);
      types.push_back(type);
      return false;
    });
  for (auto [value, buffer] : llvm::zip(own, makeScratch(types)))
    e->rowBuffers[value] = buffer;
}

//===--- Products ---------------------------------------------------------------------------------------===//

void KernelLowering::contraction() {
  Operation *root = nullptr;
  for (Operation *op : domain.ops)
    if (cast<FusibleOpInterface>(op).getIterationKind() == IterationKind::Contraction)
      root = op;
  auto fusible = cast<FusibleOpInterface>(root);
  SmallVector<Dim> sizes = fusible.getIterationSizes();
  SmallVector<AffineMap> maps = fusible.getAccessMaps();
  unsigned rank = sizes.size() - 1, m = rank - 2, n = rank - 1, k = rank;
  auto bound = [&](Dim dim) {
    return LoopBound{dim.at(options.batch), dim.isBatch() ? e->size(dim) : Value()};
  };
  Contraction c;
  c.element = typeOf(root->getResult(0)).getElementType();
  c.m = bound(sizes[m]);
  c.n = bound(sizes[n]);
  c.k = bound(sizes[k]);
  c.lhs = e->buffers.lookup(root->getOperand(0));
  c.rhs = e->buffers.lookup(root->getOperand(1));
  int64_t width = contractionLanes(c.element);
  SmallVector<std::pair<Value, Value>> stores;
  for (auto [output, buffer] : llvm::zip(outputs, outputBuffers))
    stores.push_back({output, buffer});
  // The dimensions before the last two are a loop around everything.
  Point point;
  point.index.resize(domain.sizes.size());
  auto bases = [&](unsigned operand, ArrayRef<unsigned> own) {
    auto type = typeOf(root->getOperand(operand));
    SmallVector<int64_t> strides = stridesOf(type, options.batch);
    Value base = constant(0);
    std::array<int64_t, 2> inner{0, 0};
    for (auto [expr, stride] : llvm::zip(maps[operand].getResults(), strides)) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim)
        continue;
      if (dim.getPosition() == own[0])
        inner[0] = stride;
      else if (dim.getPosition() == own[1])
        inner[1] = stride;
      else
        base = e->add(base, e->mul(point.index[dim.getPosition()], constant(stride)));
    }
    return std::pair(base, inner);
  };
  auto emit = [&](Value from, Value to) {
    std::tie(c.lhsBase, c.lhsStride) = bases(0, {m, k});
    std::tie(c.rhsBase, c.rhsStride) = bases(1, {k, n});
    c.finish = [&](ImplicitLocOpBuilder &inner, Value row, Value column, Value sums, Value mask) {
      OpBuilder::InsertionGuard guard(b);
      b.restoreInsertionPoint(inner.saveInsertionPoint());
      Point here = point;
      here.index[m] = row;
      here.index[n] = column;
      here.lane = n;
      here.lanes = width;
      here.mask = mask;
      here.known[root->getResult(0)] = sums;
      store(stores, here);
      inner.restoreInsertionPoint(b.saveInsertionPoint());
    };
    if (options.vectorize)
      emitContraction(b, c, options.target, from, to);
    else
      naiveProduct(c, from, to, width);
  };
  // Strides decide on the schedule; bases follow where the outer dimensions are known.
  for (Value &index : point.index)
    index = constant(0);
  c.lhsStride = bases(0, {m, k}).second;
  c.rhsStride = bases(1, {k, n}).second;
  if (int64_t scratch = options.vectorize ? contractionScratch(c, options.target) : 0)
    c.scratch = makeScratch(MemRefType::get({scratch}, c.element)).front();
  int64_t inner = options.vectorize ? contractionParts(c, options.target) : 1;
  if (m == 0) {
    result.parts = {Dim(inner)};
    emit(first, last);
    return;
  }
  result.parts.assign(sizes.begin(), sizes.begin() + m);
  forEach(first, last, 1, [&](Value part) {
    Value rest = part;
    for (int dim = m - 1; dim >= 0; --dim) {
      Value size = e->size(sizes[dim]);
      point.index[dim] = dim == 0 ? rest : Value(arith::RemUIOp::create(b, rest, size));
      rest = dim == 0 ? rest : Value(arith::DivUIOp::create(b, rest, size));
    }
    emit(constant(0), constant(inner));
  });
}

/// The oracle's form: element by element, k by k, in the same blocks.
void KernelLowering::naiveProduct(const Contraction &c, Value from, Value to, int64_t width) {
  auto size = [&](const LoopBound &bound) { return bound.size ? bound.size : constant(bound.capacity); };
  forEach(from, to, 1, [&](Value) {
    forEach(constant(0), size(c.m), 1, [&](Value row) {
      forEach(constant(0), size(c.n), width, [&](Value column) {
        auto type = VectorType::get({width}, c.element);
        Value zero = arith::ConstantOp::create(b, cast<TypedAttr>(b.getZeroAttr(type)));
        Value rest = b.createOrFold<arith::SubIOp>(size(c.n), column);
        Value mask = vector::CreateMaskOp::create(b, VectorType::get({width}, b.getI1Type()), ValueRange{rest});
        Value last = arith::SubIOp::create(b, size(c.n), constant(1));
        auto product = [&](Value k, ValueRange carried) {
          Value x = memref::LoadOp::create(b, c.lhs, e->add(c.lhsBase, e->add(e->mul(row, constant(c.lhsStride[0])),
                                                                             e->mul(k, constant(c.lhsStride[1])))));
          Value y = arith::ConstantOp::create(b, cast<TypedAttr>(b.getZeroAttr(type)));
          for (int64_t i = 0; i < width; ++i) {
            Value here = arith::MinSIOp::create(b, e->add(column, constant(i)), last);
            Value one = memref::LoadOp::create(b, c.rhs, e->add(c.rhsBase, e->add(e->mul(k, constant(c.rhsStride[0])),
                                                                                 e->mul(here, constant(c.rhsStride[1])))));
            y = vector::InsertOp::create(b, one, y, ArrayRef<int64_t>{i});
          }
          return SmallVector<Value>{vector::FMAOp::create(b, e->spread(x, width), y, carried[0])};
        };
        SmallVector<Value> results;
        loop(constant(0), size(c.k), sumBlock, zero, [&](Value start, ValueRange before) {
          SmallVector<Value> own;
          loop(start, arith::MinSIOp::create(b, e->add(start, constant(sumBlock)), size(c.k)), 1, zero, product, own);
          return SmallVector<Value>{arith::AddFOp::create(b, before[0], own[0])};
        }, results);
        c.finish(b, row, column, results[0], mask);
      });
    });
  });
}

//===--- One op -----------------------------------------------------------------------------------------===//

void KernelLowering::single() {
  Operation *op = domain.ops.front();
  SmallVector<Value> buffers;
  for (Value operand : op->getOperands())
    buffers.push_back(e->buffers.lookup(operand));
  buffers.append(outputBuffers);
  lowerSingle(*e, op, buffers, first, last, lanes);
}

/// Work and traffic, for the profile and for what is worth splitting.
void KernelLowering::predict() {
  double work = 0;
  for (Operation *op : domain.ops) {
    if (auto fusible = dyn_cast<FusibleOpInterface>(op)) {
      double own = 1;
      for (Dim size : fusible.getIterationSizes())
        own *= size.at(options.batch);
      work += fusible.getIterationKind() == IterationKind::Contraction ? 2 * own
                                                                           : own * (isExpensive(op) ? 10 : 1);
    }
  }
  result.flops = work;
  size_t buffers = kernel.getBody().getNumArguments() + outputs.size();
  for (Type type : result.function.getArgumentTypes().take_front(buffers)) {
    auto buffer = cast<MemRefType>(type);
    result.bytes += buffer.getNumElements() * buffer.getElementTypeBitWidth() / 8.0;
  }
}

LoweredKernel dlc::lowerKernel(KernelOp kernel, StringRef name, OpBuilder &at, const LoweringOptions &options) {
  return KernelLowering(kernel, name, at, options).run();
}
