// RowKernels.cpp - kernels that run over points: element-wise maps, and passes over rows.
// SPDX-License-Identifier: Apache-2.0
//
// A kernel with reductions works through its rows. Where lanes run along an inner dimension:
//
//   for each row:
//     pass 0: for c in 0..C step 16:  max = max(max, x[row, c..])       m = across lanes of max
//     pass 1: for c in 0..C step 16:  e = exp(x - m); keep e; sum += e  s = across lanes of sum
//     pass 2: for c in 0..C step 16:  y[row, c..] = e / s
//
// Where they run along the last of the rows, 16 rows go through the same passes at once, and several such vectors of rows
// together: what a step reads then lies in order.
//
// Sums of floats are added up in blocks: 32 steps of a loop make one sum, 32 such sums the next, and so on, as often as
// the length needs it. The error grows like the logarithm of the length. The order of a sum follows from the extent
// alone: a larger capacity only adds loops that run once, and those add to -0.0, which changes no bit.
#include "compiler/loops/Contraction.h"
#include "compiler/loops/KernelBody.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;

namespace {
class RowEmitter {
public:
  explicit RowEmitter(KernelBody &body)
      : body(body), plan(body.plan), domain(plan.domain), b(body.b), e(body.e), lanes(plan.lanes), lane(plan.lane) {}
  void emit();

private:
  using Values = SmallVector<Value>;
  using Points = SmallVector<Point, 0>; ///< a row, a vector of rows, or several that go through their passes together
  using Stores = SmallVector<std::pair<Value, Value>>;
  using Step = llvm::function_ref<Values(Points &, Values)>;
  using Walk = llvm::function_ref<Values(Value from, Value to, Values sums)>;

  void parts(Point point);
  void blocksOfRows(const Point &point);
  using EachOfRows = llvm::function_ref<void(Points &)>;
  void vectorsOfRows(Value from, Value to, int64_t length, const Point &point, EachOfRows each);
  void partOfRows(Value from, Value to, int64_t length, const Point &point);
  void turnedPart(Value from, Value start, Value length, const Point &point);
  void turnedBlock(Value across, Value along, const Point &point);
  void rows(Points &points);
  void pass(int number, Points &points);
  Stores startPass(int number);
  void visit(Points &points, Values &sums, const Stores &stores, ArrayRef<Value> kept);
  void prepare(int pass, Points &points);
  void finish(Points &points);
  Values walkInner(ArrayRef<int> dims, Points points, Values sums, Step step);
  Values walkLanes(Points points, Values sums, Step step);
  Values inBlocks(Value from, Value to, int64_t step, int64_t mostSteps, Values sums, Walk walk);
  Values onItsOwn(ValueRange sums, llvm::function_ref<Values(Values)> walk);
  bool addsFloats();
  void combineFour(Values &sums, ArrayRef<Value> others);
  /// Of the sums of all points: those of the first one come first.
  Operation *reductionOf(size_t sum) { return current[sum % current.size()]; }

  KernelBody &body;
  const KernelPlan &plan;
  const Domain &domain;
  LoopBuilder &b;
  PointEmitter &e;
  int64_t lanes;
  int lane;
  SmallVector<Operation *> current; ///< the reductions of the pass at hand
  Values deepSums;                  ///< buffers of each
  friend class DeepPart;
};

/// The one pass of a part of rows whose sums lie in scratch memory: level 0 are the sums themselves, behind them those of blocks,
/// of blocks of these, and so on. The order is that of `walkInner`.
class DeepPart {
public:
  DeepPart(RowEmitter &rows, Value from, Value to, int64_t length, const Point &point)
      : rows(rows), plan(rows.plan), b(rows.b), from(from), to(to), length(length), point(point),
        stores(rows.startPass(0)) {}
  void emit();

private:
  using Values = RowEmitter::Values;
  using Points = RowEmitter::Points;
  void each(RowEmitter::EachOfRows body) { rows.vectorsOfRows(from, to, length, point, body); }
  Value place(int level, const Point &at);
  VectorType typeOfSum(size_t buffer);
  Values load(int level, const Points &points);
  void save(int level, const Points &points, ValueRange sums);
  void clear(int level);
  void onItsOwn(int level, llvm::function_ref<void()> walk);
  void walk(ArrayRef<int> dims, int level);
  void blocks(ArrayRef<int> dims, Value first, Value last, ArrayRef<int64_t> sizes, int level);
  void places(Value at, int64_t many, int level);

  RowEmitter &rows;
  const KernelPlan &plan;
  LoopBuilder &b;
  Value from, to;
  int64_t length;
  Point point; ///< with the places of inner dimensions that are known so far
  RowEmitter::Stores stores;
};
} // namespace

//===--- Walks over what is reduced ---------------------------------------------------------------------===//

/// Do the reductions of this pass round?
bool RowEmitter::addsFloats() { return llvm::any_of(current, dlc::addsFloats); }

/// What a walk makes of nothing, added to the sums so far.
RowEmitter::Values RowEmitter::onItsOwn(ValueRange sums, llvm::function_ref<Values(Values)> walk) {
  Values fresh;
  for (auto [i, sum] : llvm::enumerate(sums))
    fresh.push_back(emitIdentity(b, reductionOf(i), sum.getType()));
  Values own = walk(fresh);
  for (auto [i, sum, one] : llvm::enumerate(sums, own))
    one = emitCombine(b, reductionOf(i), sum, one);
  return own;
}

/// Walks over [from, to), a multiple of `step` and at most `mostSteps` of them, so that no sum has more than `sumSteps`
/// terms.
RowEmitter::Values RowEmitter::inBlocks(Value from, Value to, int64_t step, int64_t mostSteps, Values sums, Walk walk) {
  SmallVector<int64_t> blocks = blocksOfSum(mostSteps);
  if (blocks.empty() || !addsFloats())
    return walk(from, to, sums);
  int64_t steps = blocks.front(); // of one term
  std::optional<int64_t> first = getConstantIntValue(from), end = getConstantIntValue(to);
  bool isWhole = first && end && (*end - *first) % (steps * step) == 0;
  return b.loop(from, to, steps * step, sums, [&](Value i, ValueRange carried) {
    Value stop = b.add(i, steps * step);
    if (!isWhole)
      stop = arith::MinSIOp::create(b, stop, to);
    return onItsOwn(carried, [&](Values own) { return inBlocks(i, stop, step, steps, own, walk); });
  });
}

/// (a + b) + (c + d), for each reduction.
void RowEmitter::combineFour(Values &sums, ArrayRef<Value> others) {
  size_t count = sums.size();
  for (auto [i, sum] : llvm::enumerate(sums)) {
    Operation *reduction = reductionOf(i);
    Value low = emitCombine(b, reduction, sum, others[i]);
    sum = emitCombine(b, reduction, low, emitCombine(b, reduction, others[count + i], others[2 * count + i]));
  }
}

/// All points of some inner dimensions, for one row or several at once; sums pass through.
RowEmitter::Values RowEmitter::walkInner(ArrayRef<int> dims, Points points, Values sums, Step step) {
  if (dims.empty())
    return step(points, sums);
  int dim = dims.front();
  if (dim == lane)
    return walkLanes(points, sums, step);
  bool isLast = dims.size() == 1;
  if (plan.isWrittenOut) { // shorter than a block
    for (int64_t i = 0; i < domain.sizes[dim].value; ++i) {
      Points here = points;
      for (Point &point : here)
        point.index[dim] = b.constant(i);
      auto inside = [&](Values inner) { return walkInner(dims.drop_front(), here, inner, step); };
      sums = isLast || !addsFloats() ? inside(sums) : onItsOwn(sums, inside);
    }
    return sums;
  }
  return inBlocks(b.constant(0), e.size(domain.sizes[dim]), 1, domain.sizes[dim].at(plan.capacity), sums,
                  [&](Value from, Value to, Values own) {
                    return b.loop(from, to, 1, own, [&](Value i, ValueRange carried) {
                      Points here = points;
                      for (Point &point : here)
                        point.index[dim] = i;
                      auto inside = [&](Values inner) { return walkInner(dims.drop_front(), here, inner, step); };
                      return isLast || !addsFloats() ? inside(llvm::to_vector(carried)) : onItsOwn(carried, inside);
                    });
                  });
}

/// The inner dimension that lanes run along.
RowEmitter::Values RowEmitter::walkLanes(Points points, Values sums, Step step) {
  Dim size = domain.sizes[lane];
  int64_t capacity = size.at(plan.capacity), many = 4 * lanes;
  auto vector = [&](Value at, int64_t offset, Value mask, ValueRange carried) {
    Points here = points;
    for (Point &point : here) {
      point.lane = lanes > 1 ? lane : -1;
      point.index[lane] = at;
      point.offset = offset;
      point.mask = mask;
    }
    return step(here, llvm::to_vector(carried));
  };
  Value whole = e.size(size), next = b.constant(0);
  if (lanes == 1)
    return inBlocks(next, whole, 1, capacity, sums, [&](Value from, Value to, Values own) {
      return b.loop(from, to, 1, own, [&](Value i, ValueRange carried) { return vector(i, -1, {}, carried); });
    });
  if (capacity >= many) {
    Value end = size.isNumber() ? b.constant(capacity / many * many) : b.mul(b.floorDiv(whole, many), many);
    // Four vectors at a time, with sums of their own, which are combined at the end of a block, in a fixed order.
    sums = inBlocks(next, end, many, capacity / many, sums, [&](Value from, Value to, Values own) {
      size_t count = own.size();
      Values all = own;
      for (int u = 1; u < 4; ++u)
        for (auto [i, sum] : llvm::enumerate(own))
          all.push_back(emitIdentity(b, reductionOf(i), sum.getType()));
      all = b.loop(from, to, many, all, [&](Value i, ValueRange carried) {
        Values yields;
        for (int u = 0; u < 4; ++u)
          yields.append(vector(b.add(i, u * lanes), u * lanes, {}, carried.slice(u * count, count)));
        return yields;
      });
      own.assign(all.begin(), all.begin() + count);
      combineFour(own, ArrayRef(all).drop_front(count));
      return own;
    });
    next = end;
  }
  if (size.isNumber()) {
    for (int64_t done = capacity / many * many; done < capacity; done += lanes) {
      Value mask = done + lanes <= capacity ? Value() : b.mask(lanes, b.constant(capacity - done));
      sums = vector(b.constant(done), done % many, mask, sums);
    }
    return sums;
  }
  Value end = b.add(next, b.mul(b.floorDiv(b.sub(whole, next), lanes), lanes));
  sums = b.loop(next, end, lanes, sums, [&](Value i, ValueRange carried) { return vector(i, -1, {}, carried); });
  // A vector of no lanes changes nothing, but must not be read.
  auto branch = scf::IfOp::create(b, ValueRange(sums).getTypes(), b.less(end, whole), /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  if (sums.empty())
    b.setInsertionPoint(branch.thenBlock()->getTerminator());
  else
    b.setInsertionPointToEnd(branch.thenBlock());
  Values masked = vector(end, -1, b.mask(lanes, b.sub(whole, end)), sums);
  if (sums.empty())
    return sums;
  scf::YieldOp::create(b, masked);
  b.setInsertionPointToEnd(branch.elseBlock());
  scf::YieldOp::create(b, sums);
  return llvm::to_vector(ValueRange(branch.getResults()));
}

//===--- Rows -------------------------------------------------------------------------------------------===//

/// What a pass reduces, and what it stores.
RowEmitter::Stores RowEmitter::startPass(int number) {
  current.clear();
  for (Operation *op : domain.ops)
    if (isReduction(op) && plan.passOf.lookup(op) == number + 1)
      current.push_back(op);
  Stores stores;
  for (auto [output, buffer] : llvm::zip(plan.outputs, body.outputBuffers))
    if (!plan.isRowLevel(output) && plan.passOfValue(output) == number)
      stores.push_back({output, buffer});
  return stores;
}

/// One place of the inner dimensions.
void RowEmitter::visit(Points &points, Values &sums, const Stores &stores, ArrayRef<Value> kept) {
  for (auto [p, point] : llvm::enumerate(points)) {
    for (Value value : kept)
      if (!llvm::is_contained(plan.outputs, value))
        e.keep(value, point);
    e.store(stores, point);
    for (size_t r = 0; r < current.size(); ++r) {
      Value x = e.at(current[r]->getOperand(0), point), &sum = sums[p * current.size() + r];
      if (auto vector = dyn_cast<VectorType>(sum.getType())) {
        x = e.spread(x, lanes);
        if (point.mask && domain.isInner(lane))
          x = arith::SelectOp::create(b, point.mask, x, emitIdentity(b, current[r], vector));
      }
      sum = emitCombine(b, current[r], sum, x);
    }
  }
}

/// One pass over the inner dimensions: what is summed up, stored, and kept by it.
void RowEmitter::pass(int number, Points &points) {
  Stores stores = startPass(number);
  ArrayRef<Value> kept = plan.kept[number];
  if (current.empty() && stores.empty() && kept.empty())
    return;
  bool across = lane >= 0 && domain.isInner(lane);
  bool areVectors = lanes > 1 && (across || points[0].lane >= 0);
  Values sums;
  for (size_t i = 0; i < points.size() * current.size(); ++i) {
    Type element = registerType(typeOf(reductionOf(i)->getResult(0)).getElementType());
    sums.push_back(emitIdentity(b, reductionOf(i), areVectors ? Type(VectorType::get({lanes}, element)) : element));
  }
  sums = walkInner(plan.inner, points, sums, [&](Points &here, Values carried) {
    visit(here, carried, stores, kept);
    return carried;
  });
  for (auto [i, sum] : llvm::enumerate(sums)) {
    Operation *reduction = reductionOf(i);
    if (across && areVectors)
      sum = emitAcross(b, reduction, sum);
    points[i / current.size()].known[reduction->getResult(0)] = emitFinished(b, sum);
  }
  // From now on these are read back.
  for (Value value : kept)
    if (auto it = llvm::find(plan.outputs, value); it != plan.outputs.end())
      e.buffers[value] = body.outputBuffers[it - plan.outputs.begin()];
    else
      e.keptReady.insert(value);
}

/// What each row needs once is computed before the pass that reads it.
void RowEmitter::prepare(int pass, Points &points) {
  for (Point &point : points)
    for (Operation *op : domain.ops)
      if (!isReduction(op) && plan.passOf.lookup(op) == pass && plan.isRowLevel(op->getResult(0)))
        e.at(op->getResult(0), point);
}

/// What rows make of their reductions.
void RowEmitter::finish(Points &points) {
  prepare(plan.passes, points);
  Stores stores;
  for (auto [output, buffer] : llvm::zip(plan.outputs, body.outputBuffers))
    if (plan.isRowLevel(output))
      stores.push_back({output, buffer});
  for (Point &point : points)
    e.store(stores, point);
}

/// All passes of one row, or of a vector of rows, or of several such vectors at once.
void RowEmitter::rows(Points &points) {
  for (int number = 0; number < plan.passes; ++number) {
    prepare(number, points);
    pass(number, points);
  }
  finish(points);
  for (auto &values : plan.kept) // the next row starts anew
    for (Value value : values) {
      e.buffers.erase(value);
      e.keptReady.erase(value);
    }
}

/// Lanes run along the rows from `from` on.
void RowEmitter::vectorsOfRows(Value from, Value to, int64_t length, const Point &point, EachOfRows each) {
  b.forEachVector(from, to, {lanes, plan.unroll, length}, [&](ArrayRef<LoopBuilder::Lanes> all) {
    Points points;
    for (const LoopBuilder::Lanes &one : all) {
      Point here = point;
      here.lane = lanes > 1 ? lane : -1;
      here.index[lane] = one.at;
      here.mask = one.mask;
      here.offset = one.offset;
      here.slot = points.size();
      points.push_back(here);
      if (plan.goTogether())
        continue;
      each(points);
      points.clear();
    }
    if (!points.empty())
      each(points);
  });
}
void RowEmitter::partOfRows(Value from, Value to, int64_t length, const Point &point) {
  if (plan.deepRows)
    return DeepPart(*this, from, to, length, point).emit();
  vectorsOfRows(from, to, length, point, [&](Points &points) { rows(points); });
}

//===--- Sums in scratch memory -------------------------------------------------------------------------===//

Value DeepPart::place(int level, const Point &at) {
  return b.add(b.sub(at.index[rows.lane], from), level * plan.deepRows);
}
VectorType DeepPart::typeOfSum(size_t buffer) {
  return VectorType::get({rows.lanes}, cast<MemRefType>(rows.deepSums[buffer].getType()).getElementType());
}
DeepPart::Values DeepPart::load(int level, const Points &points) {
  Values sums;
  for (const Point &at : points)
    for (auto [i, buffer] : llvm::enumerate(rows.deepSums))
      sums.push_back(vector::LoadOp::create(b, typeOfSum(i), buffer, place(level, at)));
  return sums;
}
void DeepPart::save(int level, const Points &points, ValueRange sums) {
  size_t count = rows.deepSums.size();
  for (auto [i, sum] : llvm::enumerate(sums))
    vector::StoreOp::create(b, sum, rows.deepSums[i % count], place(level, points[i / count]));
}
void DeepPart::clear(int level) {
  each([&](Points &points) {
    Values none;
    for (size_t i = 0; i < points.size() * rows.current.size(); ++i)
      none.push_back(emitIdentity(b, rows.reductionOf(i), typeOfSum(i % rows.current.size())));
    save(level, points, none);
  });
}
void DeepPart::onItsOwn(int level, llvm::function_ref<void()> walk) {
  clear(level + 1);
  walk();
  each([&](Points &points) {
    Values sums = load(level, points);
    for (auto [i, own] : llvm::enumerate(load(level + 1, points)))
      sums[i] = emitCombine(b, rows.reductionOf(i), sums[i], own);
    save(level, points, sums);
  });
}

/// Some places of the last inner dimension are added to each vector of rows.
void DeepPart::places(Value at, int64_t many, int level) {
  each([&](Points &points) {
    rows.prepare(0, points);
    Values sums = load(level, points);
    for (int64_t i = 0; i < many; ++i) {
      Points here = points;
      for (Point &one : here)
        one.index[plan.inner.back()] = b.add(at, i);
      rows.visit(here, sums, stores, {});
    }
    save(level, points, sums);
  });
}

/// Places of a dimension, in blocks of blocks of these sizes, and all of those behind it.
void DeepPart::blocks(ArrayRef<int> dims, Value first, Value last, ArrayRef<int64_t> sizes, int level) {
  if (!sizes.empty())
    return b.forEach(first, last, sizes.front(), [&](Value at) {
      Value end = arith::MinSIOp::create(b, b.add(at, sizes.front()), last);
      onItsOwn(level, [&] { blocks(dims, at, end, sizes.drop_front(), level + 1); });
    });
  if (dims.size() > 1)
    return b.forEach(first, last, 1, [&](Value at) {
      point.index[dims.front()] = at;
      if (rows.addsFloats())
        onItsOwn(level, [&] { walk(dims.drop_front(), level + 1); });
      else
        walk(dims.drop_front(), level);
    });
  Value whole = b.add(first, b.mul(b.floorDiv(b.sub(last, first), plan.deepSteps), plan.deepSteps));
  b.forEach(first, whole, plan.deepSteps, [&](Value at) { places(at, plan.deepSteps, level); });
  if (plan.deepSteps > 1)
    b.forEach(whole, last, 1, [&](Value at) { places(at, 1, level); });
}
void DeepPart::walk(ArrayRef<int> dims, int level) {
  Dim size = plan.domain.sizes[dims.front()];
  SmallVector<int64_t> sizes;
  if (rows.addsFloats())
    sizes = blocksOfSum(size.at(plan.capacity));
  blocks(dims, b.constant(0), rows.e.size(size), sizes, level);
}

void DeepPart::emit() {
  Point start = point;
  clear(0);
  walk(plan.inner, 0);
  point = start; // no inner place is known any more
  each([&](Points &points) {
    for (auto [i, sum] : llvm::enumerate(load(0, points)))
      points[i / rows.current.size()].known[rows.reductionOf(i)->getResult(0)] = emitFinished(b, sum);
    rows.finish(points);
  });
}

//===--- Parts ------------------------------------------------------------------------------------------===//

/// Blocks of the one dimension of rows that there is.
void RowEmitter::blocksOfRows(const Point &point) {
  Dim size = domain.sizes[lane];
  int64_t block = plan.partSize;
  if (plan.goTogether() && size.isNumber() && size.value > block && size.value % block) { // the last part is shorter
    int64_t whole = size.value / block;
    b.forEach(body.first, b.smaller(body.last, b.constant(whole)), 1, [&](Value part) {
      Value from = b.mul(part, block);
      partOfRows(from, b.add(from, block), block, point);
    });
    b.forEach(b.larger(body.first, b.constant(whole)), body.last, 1, [&](Value) { // once or never
      partOfRows(b.constant(whole * block), b.constant(size.value), size.value % block, point);
    });
    return;
  }
  b.forEach(body.first, body.last, 1, [&](Value part) {
    Value from = b.mul(part, block), end = b.add(from, block);
    if (size.isNumber() && size.value <= block)
      partOfRows(from, b.constant(size.value), size.value, point);
    else if (size.isNumber() && size.value % block == 0)
      partOfRows(from, end, block, point);
    else
      partOfRows(from, arith::MinSIOp::create(b, end, e.size(size)), -1, point);
  });
}

/// A block of the dimensions that lanes run across and along: whole blocks of lanes x lanes, and what is left of them.
void RowEmitter::turnedPart(Value from, Value start, Value length, const Point &point) {
  Value to = arith::MinSIOp::create(b, b.add(from, plan.acrossRows), e.size(domain.sizes[plan.across]));
  Value wholeRows = b.add(from, b.mul(b.floorDiv(b.sub(to, from), lanes), lanes));
  Value wholeLanes = b.add(start, b.mul(b.floorDiv(b.sub(length, start), lanes), lanes));
  b.forEach(start, wholeLanes, lanes, [&](Value along) {
    b.forEach(from, wholeRows, lanes, [&](Value across) { turnedBlock(across, along, point); });
  });
  auto plain = [&](Value first, Value last, Value start) {
    b.forEach(first, last, 1, [&](Value row) {
      Point here = point;
      here.index[plan.across] = row;
      partOfRows(start, length, -1, here);
    });
  };
  plain(from, wholeRows, wholeLanes);
  plain(wholeRows, to, start);
}

/// A block whose turned operands are read along the other dimension.
void RowEmitter::turnedBlock(Value across, Value along, const Point &point) {
  SmallVector<Values> blocks;
  for (OpOperand *use : plan.turned) {
    Values vectors;
    for (int64_t l = 0; l < lanes; ++l) {
      Point there = point;
      there.lane = plan.across;
      there.index[plan.across] = across;
      there.index[lane] = b.add(along, l);
      vectors.push_back(e.operand(*use, there));
    }
    blocks.push_back(transposeSquare(b, vectors));
  }
  for (int64_t r = 0; r < lanes; ++r) {
    Point here = point;
    here.lane = lane;
    here.index[plan.across] = b.add(across, r);
    here.index[lane] = along;
    for (auto [use, block] : llvm::zip(plan.turned, blocks))
      here.turned[use] = block[r];
    Points points = {here};
    rows(points);
  }
}

void RowEmitter::emit() {
  for (auto [value, type] : plan.keptBuffers)
    if (type.getNumElements()) // else no point is ever kept
      e.rowBuffers[value] = body.takeScratch(type);
  if (plan.deepRows)
    for (Operation *op : domain.ops)
      if (isReduction(op))
        deepSums.push_back(body.takeScratch(plan.deepBuffer(op)));
  Point point;
  point.flat = plan.flat;
  point.lanes = lanes;
  point.index.resize(domain.sizes.size());
  for (auto [index, size] : llvm::zip(point.index, domain.sizes))
    if (size == Dim(1)) // a row reads the one element of an inner dimension too
      index = b.constant(0);
  e.streaming(body.outputBuffers, [&] { parts(point); });
}

void RowEmitter::parts(Point point) {
  Value none = b.constant(0);
  if (!plan.outer.empty())
    return b.forEach(body.first, body.last, 1, [&](Value part) {
      body.setIndices(point.index, part, plan.outer,
                      llvm::map_to_vector(plan.outer, [&](int dim) { return domain.sizes[dim]; }));
      if (plan.across >= 0)
        return b.forEach(none, e.size(domain.sizes[plan.across]), plan.acrossRows,
                         [&](Value from) { turnedPart(from, none, e.size(domain.sizes[lane]), point); });
      if (!plan.lanesAreRows()) {
        Points points = {point};
        return rows(points);
      }
      Dim size = domain.sizes[lane];
      partOfRows(b.constant(0), e.size(size), size.isNumber() ? size.value : -1, point);
    });
  if (plan.across >= 0)
    return b.forEach(body.first, body.last, 1, [&](Value part) {
      Value length = e.size(domain.sizes[lane]), from = b.mul(part, plan.partSize);
      if (!plan.acrossLanes)
        return turnedPart(from, none, length, point);
      turnedPart(none, from, arith::MinSIOp::create(b, b.add(from, plan.acrossLanes), length), point);
    });
  if (!plan.lanesAreRows()) // one row, or one number
    return b.when(b.less(body.first, body.last), [&] {
      Points points = {point};
      rows(points);
    });
  // Where a piece of a larger call may begin amid 64 elements, vectors do not take whole counters of a mask.
  Value aligned = plan.flat && lanes > 1
                      ? e.masksAreAligned(llvm::to_vector(body.kernel.getBody().getOps<RandomOpInterface>()))
                      : Value();
  if (!aligned)
    return blocksOfRows(point);
  auto branch = scf::IfOp::create(b, aligned, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(branch.thenBlock()->getTerminator());
  blocksOfRows(point);
  b.setInsertionPoint(branch.elseBlock()->getTerminator());
  e.rowsAreAligned = false;
  blocksOfRows(point);
  e.rowsAreAligned = true;
}

void dlc::emitRows(KernelBody &body) { RowEmitter(body).emit(); }
