// KernelPlan.cpp - what is decided about a kernel before any of its code is emitted.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/loops/KernelPlan.h"
#include "compiler/kernels/Places.h"
#include "runtime/abi.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace dlc;

bool dlc::isReduction(Operation *op) { return hasKind(op, IterationKind::Reduction); }
bool dlc::addsFloats(Operation *op) {
  return isa<SumOp>(op) && isa<FloatType>(typeOf(op->getResult(0)).getElementType());
}
SmallVector<int64_t> dlc::blocksOfSum(int64_t terms) {
  SmallVector<int64_t> blocks;
  for (int64_t block = sumSteps; block < terms; block *= sumSteps)
    blocks.insert(blocks.begin(), block);
  return blocks;
}
MemRefType KernelPlan::deepBuffer(Operation *reduction) const {
  return MemRefType::get({deepBuffers * deepRows}, registerType(typeOf(reduction->getResult(0)).getElementType()));
}
bool KernelPlan::isRowLevel(Value value) const {
  return llvm::all_of(domain.axes.lookup(value), [&](int dim) { return dim < 0 || domain.isRow[dim]; });
}
int KernelPlan::passOfValue(Value value) const {
  Operation *op = value.getDefiningOp();
  return op ? passOf.lookup(op) : 0;
}
MemRefType dlc::outputType(const KernelPlan &plan, Value output) {
  if (output.getDefiningOp<CheckIndexOp>())
    return MemRefType::get({2}, IntegerType::get(output.getContext(), 64));
  return bufferType(plan.storedType(output), plan.capacity);
}
static Dim product(ArrayRef<Dim> sizes) {
  Dim all = 1;
  for (Dim size : sizes)
    all = all * size;
  return all;
}

namespace {
class KernelPlanner {
public:
  KernelPlanner(KernelOp kernel, const Extents &capacity, const CostModel &costs, bool vectorize);
  KernelPlan run();

private:
  void planSingle();
  void planRows();
  bool canFlatten();
  void flatten();
  void chooseLane();
  void findTurned();
  bool isStreamed(Value output);
  bool isStreamed(ConcatOp op);
  void stream(Value output);
  void chooseStreamed();
  bool isWrittenCrowded();
  void findPasses();
  void findKept();
  int64_t chooseUnroll();
  bool isShortInside();
  void chooseDeep();
  int64_t keptPoints();
  void makeKeptBuffers();
  void planProduct();
  void planRowsAndColumns(ArrayRef<Dim> sizes, int64_t elementBytes);
  bool lieInOrder(int outer, int inner);
  void findRowsAndColumns();
  void mergeRows();
  void mergeDepth(ArrayRef<Dim> sizes);
  void findFollowing();
  void takeScratch(int64_t bytes) { plan.scratchBytes += llvm::alignTo(bytes, 64); }
  void predict();

  KernelOp kernel;
  const CostModel &costs;
  bool vectorize;
  KernelPlan plan;
  Domain &domain = plan.domain;
};
} // namespace

KernelPlanner::KernelPlanner(KernelOp kernel, const Extents &capacity, const CostModel &costs, bool vectorize)
    : kernel(kernel), costs(costs), vectorize(vectorize) {
  plan.capacity = capacity;
  plan.outputs = llvm::to_vector(kernel.getBody().front().getTerminator()->getOperands());
  for (auto [output, type] : llvm::zip(plan.outputs, kernel.getResultTypes().getAsValueRange<TypeAttr>()))
    if (auto tensor = cast<RankedTensorType>(type); isPlaced(tensor))
      plan.placed[output] = tensor;
  domain.build(kernel);
}

KernelPlan KernelPlanner::run() {
  plan.lanes = vectorize ? vectorLanes : 1;
  switch (domain.kind) {
  case Domain::Kind::Single:
    planSingle();
    break;
  case Domain::Kind::Contraction:
    planProduct();
    break;
  case Domain::Kind::Map:
  case Domain::Kind::Rows:
    planRows();
    break;
  }
  predict();
  return std::move(plan);
}

/// Lines along an axis are apart: those behind one place of the axes before it are a part. What is padded is apart from place
/// to place of the first axes, all but the last.
void KernelPlanner::planSingle() {
  Operation *op = domain.ops.front();
  if (isa<PadOp>(op)) {
    SmallVector<Dim> dims = dimsOf(op->getResult(0));
    size_t axes = std::min<size_t>(dims.size(), 3);
    plan.parts.assign(dims.begin(), dims.begin() + (axes ? axes - 1 : 0));
    return;
  }
  if (auto joined = dyn_cast<ConcatOp>(op)) {
    SmallVector<Dim> dims = dimsOf(op->getResult(0));
    bool copies = false;
    for (unsigned i = 0; i < joined.getInputs().size(); ++i)
      copies |= !liesInPlace(joined, i);
    plan.parts.assign(dims.begin(), dims.begin() + (copies ? joined.getAlong() : 0));
    if (isStreamed(joined))
      stream(joined.getResult());
    return;
  }
  if (isa<CumsumOp, TopkOp>(op)) {
    SmallVector<Dim> dims = dimsOf(op->getOperand(0));
    plan.parts.assign(dims.begin(), dims.begin() + cast<AlongAxisOpInterface>(op).getAlong());
  }
}

//===--- Element-wise maps and rows ---------------------------------------------------------------------===//

void KernelPlanner::planRows() {
  plan.flat = canFlatten();
  if (plan.flat)
    flatten();
  else if (!domain.sizes.empty())
    chooseLane();
  findTurned();
  for (int dim = 0; dim < (int)domain.sizes.size(); ++dim)
    if (dim != plan.lane && dim != plan.across)
      (domain.isRow[dim] ? plan.outer : plan.inner).push_back(dim);
  if (plan.lane >= 0 && !plan.lanesAreRows())
    plan.inner.push_back(plan.lane);
  findPasses();
  findKept();
  chooseStreamed();
  plan.unroll = chooseUnroll();
  plan.isWrittenOut = isShortInside();
  chooseDeep();
  makeKeptBuffers();

  if (!plan.outer.empty()) {
    for (int dim : plan.outer)
      plan.parts.push_back(domain.sizes[dim]);
  } else if (plan.across >= 0) {
    plan.parts = {domain.sizes[plan.acrossLanes ? plan.lane : plan.across]};
    plan.partSize = plan.acrossLanes ? plan.acrossLanes : plan.acrossRows;
  } else if (plan.lanesAreRows()) { // vectors of rows, in blocks
    Dim size = domain.sizes[plan.lane];
    plan.partSize = plan.flat ? costs.flatPart : std::max(costs.lanePart, plan.unroll * plan.lanes);
    if (plan.deepRows)
      plan.partSize = plan.deepRows;
    else if (size.isNumber())
      while (plan.partSize > costs.lanePart && size.value % plan.partSize)
        plan.partSize /= 2;
    plan.parts = {size};
  }
}

/// True if every tensor is read and written in the order in which it lies, or is one number.
bool KernelPlanner::canFlatten() {
  if (domain.kind != Domain::Kind::Map || domain.sizes.size() < 1)
    return false;
  size_t rank = domain.sizes.size();
  Dim all = product(domain.sizes);
  // A generator knows its place only where the dimensions are apart.
  if (all.isUnknown() || !kernel.getBody().getOps<IotaOp>().empty())
    return false;
  auto isApart = [](Value argument) { return isPlaced(typeOf(argument)); };
  if (!plan.placed.empty() || llvm::any_of(kernel.getBody().getArguments(), isApart))
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
    // Fewer elements than there are points, or more: a slice.
    return isNumber(type) ||
           (product(dimsOf(type)) == all && seen.size() == rank && llvm::equal(seen, llvm::seq<int>(0, rank)));
  };
  for (Operation *op : domain.ops) {
    auto fusible = cast<FusibleOpInterface>(op);
    if (isa<GatherOp, ShiftOp>(op)) // reads by its place
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

void KernelPlanner::flatten() {
  domain.sizes = {product(domain.sizes)};
  domain.isRow.resize(1);
  domain.isRow.set(0);
  for (auto &[value, axes] : domain.axes)
    axes.assign(axes.size(), 0);
  plan.lane = 0;
}

/// Lanes run along the dimension in which most of what is read and written lies contiguously.
void KernelPlanner::chooseLane() {
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
    if (llvm::is_contained(plan.outputs, op->getResult(0)))
      vote(op->getResult(0), maps.back(), dims);
  }
  int &lane = plan.lane;
  for (int i = (int)votes.size() - 1; i >= 0; --i)
    if (lane < 0 || votes[i] > votes[lane])
      lane = i;
  // Of the rows, lanes can only run along the last one.
  if (lane >= 0 && domain.isRow[lane])
    for (size_t i = lane + 1; i < domain.sizes.size(); ++i)
      if (domain.isRow[i] && votes[lane] <= votes[i])
        lane = i;
}

/// Do rows of a result, one for each place across, share few sets of the caches, and is it so small that these matter?
bool KernelPlanner::isWrittenCrowded() {
  return llvm::any_of(plan.outputs, [&](Value output) {
    auto type = typeOf(output);
    int64_t bytes = type.getElementTypeBitWidth() / 8;
    if (bytesOf(bufferType(type, plan.capacity)) > costs.turnedCrowdedBytes)
      return false;
    ArrayRef<int> dims = domain.dimsOf.find(output.getDefiningOp())->second;
    AffineMap map = cast<FusibleOpInterface>(output.getDefiningOp()).getAccessMaps().back();
    return llvm::any_of(llvm::zip(map.getResults(), stridesOf(type)), [&](auto pair) {
      auto position = dyn_cast<AffineDimExpr>(std::get<0>(pair));
      return position && dims[position.getPosition()] == plan.across &&
             std::get<1>(pair).at(plan.capacity) * bytes % costs.crowdedStride == 0;
    });
  });
}

/// Operands of a map that are read more cheaply along another dimension than the one that lanes run along.
void KernelPlanner::findTurned() {
  if (domain.kind != Domain::Kind::Map || plan.flat || plan.lanes == 1 || plan.lane < 0)
    return;
  for (Operation *op : domain.ops) {
    if (isa<ShiftOp>(op)) // which lanes it reads differs from place to place
      continue;
    SmallVector<AffineMap> maps = cast<FusibleOpInterface>(op).getAccessMaps();
    ArrayRef<int> dims = domain.dimsOf.find(op)->second;
    for (OpOperand &use : op->getOpOperands()) {
      AffineMap map = maps[use.getOperandNumber()];
      auto type = typeOf(use.get());
      if (!isa<BlockArgument>(use.get()) || !map || type.getElementTypeBitWidth() < 32)
        continue;
      Dim step = 0;     // from lane to lane
      int inOrder = -1; // the dimension along which it lies in order
      for (auto [expr, stride] : llvm::zip(map.getResults(), stridesOf(type))) {
        auto sum = dyn_cast<AffineBinaryOpExpr>(expr);
        auto position = dyn_cast<AffineDimExpr>(sum ? sum.getLHS() : expr);
        int dim = position ? dims[position.getPosition()] : -1;
        if (dim < 0 || domain.sizes[dim] == Dim(1))
          continue;
        if (dim == plan.lane)
          step = stride;
        else if (stride == Dim(1))
          inOrder = dim;
      }
      if (step != Dim(0) && step != Dim(1) && inOrder >= 0 && (plan.across < 0 || plan.across == inOrder)) {
        plan.across = inOrder;
        plan.turned.push_back(&use);
      }
    }
  }
  plan.acrossRows = isWrittenCrowded() ? costs.turnedCrowdedPart : costs.turnedPart;
  auto isShort = [&](int dim) { return domain.sizes[dim].at(plan.capacity) < plan.lanes; };
  if (plan.across >= 0 && (isShort(plan.lane) || isShort(plan.across))) {
    plan.across = -1;
    plan.turned.clear();
  }
}

/// Is it too large for the caches, and is each vector of it whole lines, if the first one is?
bool KernelPlanner::isStreamed(Value output) {
  RankedTensorType type = plan.storedType(output);
  int64_t bits = type.getElementTypeBitWidth(), line = 8 * DLC_ALIGNMENT;
  // Where memory is not what a kernel waits for, they are in the way.
  bool isWork = domain.kind == Domain::Kind::Map &&
                llvm::any_of(domain.ops, [](Operation *op) { return op->hasTrait<Costly>(); });
  if (isWork || isPlaced(type) || plan.lane < 0 || plan.lanes * bits % line ||
      bytesOf(bufferType(type, plan.capacity)) < costs.streamedBytes)
    return false;
  if (plan.flat)
    return true;
  // Along lanes it lies in order, and everything else is whole lines apart.
  ArrayRef<int> axes = domain.axes.find(output)->second;
  bool inOrder = false;
  for (auto [dim, stride] : llvm::zip(axes, stridesOf(type))) {
    if (dim == plan.lane)
      inOrder = stride == Dim(1);
    else if (dim >= 0 && domain.sizes[dim] != Dim(1) && stride.value * bits % line)
      return false;
  }
  return inOrder;
}

void KernelPlanner::stream(Value output) {
  int64_t bytes = bytesOf(MemRefType::get({1}, memoryType(typeOf(output).getElementType())));
  plan.streamed.push_back({output, costs.streamedBytes / bytes});
}

void KernelPlanner::chooseStreamed() {
  for (Value output : plan.outputs) {
    bool isReadAgain =
        llvm::any_of(plan.kept, [&](ArrayRef<Value> values) { return llvm::is_contained(values, output); });
    if (!isReadAgain && isStreamed(output))
      stream(output);
  }
  if (plan.across < 0 || plan.streamed.empty())
    return;
  // What is turned is read in its order then. What may be written over would want another one.
  bool mayBeInPlace = llvm::any_of(kernel.getBody().getArguments(), [&](Value argument) {
    return llvm::any_of(plan.streamed, [&](auto one) { return typeOf(argument) == plan.storedType(one.first); }) &&
           llvm::none_of(plan.turned, [&](OpOperand *use) { return use->get() == argument; });
  });
  if (mayBeInPlace)
    return plan.streamed.clear();
  plan.acrossRows = domain.sizes[plan.across].at(plan.capacity);
  if (plan.outer.empty())
    plan.acrossLanes = costs.streamedLanes;
}

/// The same of what is joined: each input is whole lines, behind each place of the axes before.
bool KernelPlanner::isStreamed(ConcatOp op) {
  RankedTensorType type = plan.storedType(op.getResult());
  int64_t bits = type.getElementTypeBitWidth(), line = 8 * DLC_ALIGNMENT;
  Dim behind = 1; // elements at one place of the axis
  SmallVector<Dim> dims = dimsOf(op.getResult());
  for (Dim dim : ArrayRef(dims).drop_front(op.getAlong() + 1))
    behind = behind * dim;
  return plan.lanes * bits % line == 0 && !isPlaced(type) &&
         bytesOf(bufferType(type, plan.capacity)) >= costs.streamedBytes &&
         llvm::all_of(op.getInputs(),
                      [&](Value input) { return (dimsOf(input)[op.getAlong()] * behind).value * bits % line == 0; });
}

void KernelPlanner::findPasses() {
  for (Operation *op : domain.ops) {
    int pass = 0;
    for (Value operand : op->getOperands())
      pass = std::max(pass, plan.passOfValue(operand));
    plan.passOf[op] = pass + isReduction(op);
    plan.passes = std::max(plan.passes, pass + 1);
  }
  for (Value output : plan.outputs)
    if (!plan.isRowLevel(output))
      plan.passes = std::max(plan.passes, plan.passOfValue(output) + 1);
}

/// What a pass reads of earlier ones is kept if it is expensive, or stored anyway; else computed again.
void KernelPlanner::findKept() {
  plan.kept.resize(plan.passes + 1);
  DenseSet<Value> marked;
  std::function<void(Value, int)> need = [&](Value value, int pass) {
    Operation *op = value.getDefiningOp();
    if (!op || isa<ConstantOp>(op) || plan.isRowLevel(value))
      return;
    int own = plan.passOfValue(value);
    if (own < pass && (op->hasTrait<Costly>() || llvm::is_contained(plan.outputs, value))) {
      if (marked.insert(value).second)
        plan.kept[own].push_back(value);
      need(value, own);
      return;
    }
    for (Value operand : op->getOperands())
      need(operand, pass);
  };
  for (Operation *op : domain.ops)
    if (isReduction(op))
      need(op->getOperand(0), plan.passOfValue(op->getOperand(0)));
  for (Value output : plan.outputs)
    if (!plan.isRowLevel(output))
      need(output, plan.passOfValue(output));
}

int64_t KernelPlanner::chooseUnroll() {
  int64_t ops = domain.ops.size();
  if (plan.lanes == 1)
    return 1;
  if (domain.kind == Domain::Kind::Map || !plan.lanesAreRows())
    return ops > costs.longBody ? 1 : 4;
  int64_t vectors = llvm::divideCeil(domain.sizes[plan.lane].at(plan.capacity), plan.lanes);
  int64_t most = std::clamp<int64_t>(vectors, 1, costs.rowVectors), kept = 0;
  for (auto &values : plan.kept)
    for (Value value : values)
      if (!llvm::is_contained(plan.outputs, value))
        kept += keptPoints() * bytesOf(MemRefType::get({1}, memoryType(typeOf(value).getElementType())));
  while (most > 1 && (most * ops > costs.rowOps || most * kept > costs.keptBytes))
    most /= 2;
  return most;
}

/// Are the inner dimensions few places, as the window of a pooling is? Lanes run along rows then.
bool KernelPlanner::isShortInside() {
  if (plan.lanes == 1 || !plan.lanesAreRows() || plan.inner.empty())
    return false;
  int64_t places = 1;
  for (int dim : plan.inner)
    places *= domain.sizes[dim].isNumber() ? domain.sizes[dim].value : costs.writtenPlaces + 1;
  return places <= costs.writtenPlaces &&
         places * plan.passes * (plan.goTogether() ? plan.unroll : 1) * (int64_t)domain.ops.size() <= costs.writtenOps;
}

/// What comes from beyond the second cache is read in pieces as long as a part.
void KernelPlanner::chooseDeep() {
  if (!plan.goTogether() || plan.passes != 1 || plan.isWrittenOut || plan.inner.empty() ||
      !domain.sizes[plan.lane].isNumber())
    return;
  int64_t columns = domain.sizes[plan.lane].value, together = plan.unroll * plan.lanes, points = columns;
  int64_t elementBytes = 0;
  for (int dim : plan.inner)
    points *= domain.sizes[dim].at(plan.capacity);
  for (int dim : plan.outer)
    points *= domain.sizes[dim].at(plan.capacity);
  for (BlockArgument argument : kernel.getBody().getArguments())
    if (!plan.isRowLevel(argument))
      elementBytes += bytesOf(MemRefType::get({1}, memoryType(typeOf(argument).getElementType())));
  // Where other rows are parts, it goes along all columns, as all lies in memory; else columns are parts.
  int64_t rows = columns, steps = 1;
  if (plan.outer.empty()) {
    for (rows = costs.deepRows; rows > together && columns < costs.deepParts * rows;)
      rows /= 2;
    for (steps = costs.deepSteps; steps > 1 && steps * plan.unroll * (int64_t)domain.ops.size() > costs.rowOps;)
      steps /= 2;
    if (rows < costs.leastDeepRows || steps < costs.deepSteps / 2)
      return;
  }
  if (columns <= together || rows > costs.mostDeepRows || points * elementBytes < costs.deepBytes ||
      domain.sizes[plan.inner.back()].at(plan.capacity) < costs.deepSteps)
    return;
  plan.deepSteps = steps;
  plan.deepRows = llvm::alignTo(rows, plan.lanes);
  plan.deepBuffers = 1;
  if (llvm::any_of(domain.ops, addsFloats))
    for (int dim : plan.inner)
      plan.deepBuffers += blocksOfSum(domain.sizes[dim].at(plan.capacity)).size() + (dim != plan.inner.back());
  for (Operation *op : domain.ops)
    if (isReduction(op))
      takeScratch(bytesOf(plan.deepBuffer(op)));
}

/// How many points of a value one row has, or one vector of rows.
int64_t KernelPlanner::keptPoints() {
  int64_t points = plan.lanesAreRows() ? plan.lanes : 1;
  for (int dim : plan.inner) {
    int64_t size = domain.sizes[dim].at(plan.capacity);
    points *= dim == plan.inner.back() ? paddedRow(size) : size;
  }
  return points;
}

/// Scratch memory for what a pass keeps for the next: of all rows that go through the passes at once, and not more than
/// there is room for.
void KernelPlanner::makeKeptBuffers() {
  plan.keptPoints = keptPoints();
  int64_t points = plan.keptPoints * (plan.goTogether() ? plan.unroll : 1), bytes = 0;
  for (auto &values : plan.kept)
    llvm::erase_if(values, [&](Value value) {
      if (llvm::is_contained(plan.outputs, value))
        return false;
      auto type = MemRefType::get({points}, memoryType(typeOf(value).getElementType()));
      if (bytes + bytesOf(type) > costs.keptBytes)
        return true;
      bytes += bytesOf(type);
      takeScratch(bytesOf(type));
      plan.keptBuffers.push_back({value, type});
      return false;
    });
}

//===--- Products ---------------------------------------------------------------------------------------===//

/// Two dimensions can be counted through as one: whatever the kernel reads and writes lies evenly along both. (Two axes side
/// by side are not enough: of a longer one a slice from 0 on is read.) What is read or written with each element within a larger
/// tensor need not: its places are found from the index.
bool KernelPlanner::lieInOrder(int outer, int inner) {
  auto isEven = [&](const OperandView &view, ArrayRef<int> dims) {
    Dim along[2] = {0, 0};
    for (auto [stride, dim] : llvm::zip(view.strides, dims))
      for (int i : {0, 1})
        if (dim == (i ? inner : outer))
          along[i] = along[i] + stride;
    return along[0] == along[1] * domain.sizes[inner];
  };
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    auto dims = domain.dimsOf.find(&op);
    if (dims == domain.dimsOf.end() || &op == plan.root) // a number, or what is looked at below
      continue;
    if (auto places = dyn_cast<IotaOp>(op)) { // it counts along one of them
      int dim = dims->second[places.getAlong()];
      if (dim == outer || dim == inner)
        return false;
    }
    SmallVector<Value> values(op.getOperands());
    llvm::append_range(values, op.getResults());
    for (auto [value, map] : llvm::zip(values, cast<FusibleOpInterface>(op).getAccessMaps()))
      if (map && !isEven(viewOf(unplaced(typeOf(value)), map), dims->second))
        return false;
  }
  SmallVector<int> own = llvm::to_vector(llvm::seq<int>(0, plan.lhs.strides.size()));
  return isEven(plan.lhs, own) && isEven(plan.rhs, own);
}

/// Which dimensions of the result are columns and rows: lanes run along the last one, if one operand alone has it.
void KernelPlanner::findRowsAndColumns() {
  auto has = [](const OperandView &view, int dim) { return view.strides[dim] != Dim(0); };
  int last = (int)domain.sizes.size() - 1;
  if (last < 0)
    return;
  if (has(plan.lhs, last) && !has(plan.rhs, last))
    std::swap(plan.lhs, plan.rhs);
  if (!has(plan.lhs, last))
    plan.columnDim = last;
  // A dimension of one place has one row: another one makes a tile.
  for (bool mayBeOne : {false, true})
    for (int dim = last; dim >= 0 && plan.rowDim < 0; --dim)
      if (dim != plan.columnDim && !has(plan.rhs, dim) && (mayBeOne || domain.sizes[dim] != Dim(1)))
        plan.rowDim = dim;
}

/// The matrices of a stack are one, as far as their rows lie one after the other in all that the kernel reads and writes:
/// the index of a dimension of the stack is then 0, and that of the rows runs on.
void KernelPlanner::mergeRows() {
  int inner = plan.rowDim;
  plan.rows = inner < 0 ? Dim(1) : domain.sizes[inner];
  if (inner >= 0)
    plan.merged = {inner};
  for (int dim = (int)domain.sizes.size() - 1; dim >= 0; --dim) {
    if (dim == plan.rowDim || dim == plan.columnDim)
      continue;
    if (inner >= 0 && inner == dim + 1 && lieInOrder(dim, inner)) {
      plan.rows = plan.rows * domain.sizes[dim];
      plan.merged.insert(plan.merged.begin(), dim);
      inner = dim;
    } else {
      plan.outer.insert(plan.outer.begin(), dim);
    }
  }
}

/// What is summed is one dimension, as far as it lies evenly in both operands. Those of one place are none.
void KernelPlanner::mergeDepth(ArrayRef<Dim> sizes) {
  int &inner = plan.depthDim, kept = domain.sizes.size();
  inner = sizes.size() - 1;
  while (inner > kept && sizes[inner] == Dim(1))
    --inner;
  plan.depth = sizes[inner];
  for (int dim = inner - 1; dim >= kept; --dim) {
    if (sizes[dim] == Dim(1))
      continue;
    auto isEven = [&](const OperandView &view) { return view.strides[dim] == view.strides[inner] * plan.depth; };
    if (plan.runs.empty() && isEven(plan.lhs) && isEven(plan.rhs))
      plan.depth = plan.depth * sizes[dim];
    else
      plan.runs.insert(plan.runs.begin(), dim);
  }
}

void KernelPlanner::planProduct() {
  for (Operation *op : domain.ops)
    if (cast<FusibleOpInterface>(op).getIterationKind() == IterationKind::Contraction)
      plan.root = op;
  SmallVector<Dim> sizes = cast<FusibleOpInterface>(plan.root).getIterationSizes();
  plan.lhs = viewOf(plan.root->getOpOperand(0));
  plan.rhs = viewOf(plan.root->getOpOperand(1));
  int64_t elementBytes = typeOf(plan.root->getResult(0)).getElementTypeBitWidth() / 8;
  if (vectorize)
    plan.stack = planStack(sizes, domain.sizes.size(), plan.lhs, plan.rhs, elementBytes, plan.capacity, costs);
  if (!plan.stack)
    return planRowsAndColumns(sizes, elementBytes);
  plan.outer = plan.stack->outer;
  for (int dim : plan.outer)
    plan.parts.push_back(sizes[dim]);
  if (plan.outer.empty())
    plan.parts = {Dim(plan.stack->panels())};
}

/// Operands that are read element by element with the result of the product: a weight and its slots with its gradient.
void KernelPlanner::findFollowing() {
  auto type = typeOf(plan.root->getResult(0));
  if (!plan.outer.empty() || plan.columnDim != type.getRank() - 1)
    return; // else an element lies at row * columns + column
  for (BlockArgument argument : kernel.getBody().getArguments())
    if (typeOf(argument) == type && llvm::any_of(argument.getUses(), [&](OpOperand &use) {
          auto fusible = dyn_cast<FusibleOpInterface>(use.getOwner());
          AffineMap map =
              fusible && use.getOwner() != plan.root ? fusible.getAccessMaps()[use.getOperandNumber()] : AffineMap();
          return map && map.isIdentity();
        }))
      plan.following.push_back(argument);
}

void KernelPlanner::planRowsAndColumns(ArrayRef<Dim> sizes, int64_t elementBytes) {
  findRowsAndColumns();
  mergeRows();
  findFollowing();
  mergeDepth(sizes);
  int k = plan.depthDim;
  ProductShape shape;
  shape.elementBytes = elementBytes;
  shape.m = plan.rows.at(plan.capacity);
  shape.n = plan.columnDim < 0 ? 1 : sizes[plan.columnDim].at(plan.capacity);
  shape.k = plan.depth.at(plan.capacity);
  for (int dim : plan.runs)
    shape.runs *= sizes[dim].at(plan.capacity);
  auto stride = [&](const OperandView &view, int dim) { return dim < 0 ? 0 : view.strides[dim].at(plan.capacity); };
  shape.lhsStride = {stride(plan.lhs, plan.rowDim), stride(plan.lhs, k)};
  shape.rhsStride = {stride(plan.rhs, k), stride(plan.rhs, plan.columnDim)};
  shape.followers = domain.ops.size() - 1;
  for (Operation &op : domain.ops.front()->getBlock()->without_terminator()) // generators, too
    if (!isa<ConstantOp>(op))
      shape.followWork += op.hasTrait<Costly>() ? costs.expensiveFlops : 1;
  bool isLong = shape.followers >= costs.longBody;
  shape.followBytes = (plan.following.size() + (isLong ? plan.outputs.size() : 0)) * shape.m * shape.n * elementBytes;
  shape.isShared =
      !plan.outer.empty() && llvm::all_of(plan.outer, [&](int dim) { return plan.rhs.strides[dim] == Dim(0); });
  shape.isPacked = plan.rhs.blockStride.has_value();
  for (int dim : plan.outer)
    shape.outer *= sizes[dim].isNumber() ? sizes[dim].value : 0;
  if (!plan.rows.isNumber())
    shape.outer = 0;
  shape.isAlone = plan.outer.empty();
  shape.mayTurn =
      !shape.isPacked && plan.rowDim >= 0 && plan.columnDim >= 0 && sizes[plan.columnDim].isNumber() && shape.runs == 1;
  int64_t inner = 1;
  if (vectorize) {
    plan.product = dlc::planProduct(shape, costs);
    takeScratch(plan.product->scratchElements() * shape.elementBytes);
    inner = plan.product->parts();
    if (plan.product->panelsOutside)
      plan.parts.push_back(plan.product->panels);
  }
  for (int dim : plan.outer)
    plan.parts.push_back(sizes[dim]);
  if (plan.outer.empty())
    plan.parts = {Dim(inner)};
  else if (plan.product && !plan.product->panelsOutside && plan.product->panels > 1 &&
           product(plan.parts).at(plan.capacity) < costs.leastParts) {
    plan.panelsAreParts = true;
    plan.parts.push_back(plan.product->panels);
  }
  // A thread that takes some rows of a picture copies their panel: it takes so many that this is worth it.
  if (plan.product && plan.product->panelsOutside && plan.product->rhs == ProductPlan::RightHandSide::Copied) {
    int64_t rows = 1;
    for (int dim : llvm::reverse(plan.outer)) {
      if (!sizes[dim].isNumber())
        break;
      rows *= sizes[dim].value;
    }
    plan.partSize = llvm::divideCeil(rows, llvm::divideCeil(costs.leastParts, plan.product->panels));
  }
}

//===--- All --------------------------------------------------------------------------------------------===//

/// Work and traffic, for the profile and for what is worth splitting.
void KernelPlanner::predict() {
  for (Operation *op : domain.ops)
    if (auto fusible = dyn_cast<FusibleOpInterface>(op)) {
      double points = 1;
      for (Dim size : fusible.getIterationSizes())
        points *= size.at(plan.capacity);
      bool isProduct = fusible.getIterationKind() == IterationKind::Contraction;
      plan.flops += points * (isProduct ? 2 : op->hasTrait<Costly>() ? costs.expensiveFlops : 1);
    }
  auto bytesOfTensor = [&](Value value) { return bytesOf(bufferType(unplaced(typeOf(value)), plan.capacity)); };
  // What lies in its place is not touched.
  for (BlockArgument argument : kernel.getBody().getArguments())
    plan.bytes += liesInPlace(argument) ? -bytesOfTensor(argument) : bytesOfTensor(argument);
  for (Value output : plan.outputs)
    plan.bytes += bytesOf(outputType(plan, output));
}

KernelPlan dlc::planKernel(KernelOp kernel, const Extents &capacity, const CostModel &costs, bool vectorize) {
  return KernelPlanner(kernel, capacity, costs, vectorize).run();
}

static void printDims(llvm::raw_ostream &os, const Domain &domain, ArrayRef<int> dims) {
  os << "[";
  llvm::interleaveComma(dims, os, [&](int dim) { os << show(domain.sizes[dim]); });
  os << "]";
}

void KernelPlan::print(llvm::raw_ostream &os) const {
  switch (domain.kind) {
  case Domain::Kind::Single:
    os << "single";
    break;
  case Domain::Kind::Contraction:
    os << "product: ";
    if (product)
      product->print(os);
    else if (stack)
      stack->print(os);
    else
      os << "one element after the other";
    if (!runs.empty()) {
      SmallVector<Dim> sizes = cast<FusibleOpInterface>(root).getIterationSizes();
      os << ", sums of [";
      llvm::interleaveComma(runs, os, [&](int dim) { os << show(sizes[dim]); });
      os << "]";
    }
    break;
  case Domain::Kind::Map:
  case Domain::Kind::Rows:
    os << (domain.kind == Domain::Kind::Map ? "map" : "rows");
    if (flat)
      os << ", flat";
    if (!outer.empty())
      printDims(os << " of ", domain, outer);
    if (lane >= 0)
      os << ", " << (goTogether() ? std::to_string(unroll) + " x " : std::string()) << lanes << " lanes along "
         << (lanesAreRows() ? "rows " : "") << show(domain.sizes[lane]);
    if (deepRows)
      os << ", " << deepRows << " at once, " << deepSteps << " deep";
    if (across >= 0)
      os << ", turned from " << show(domain.sizes[across]);
    if (!inner.empty())
      printDims(os << ", reduced over ", domain, inner);
    if (passes > 1)
      os << ", " << passes << " passes";
    if (!keptBuffers.empty())
      os << ", " << keptBuffers.size() << " kept";
    break;
  }
  if (!streamed.empty())
    os << ", " << streamed.size() << " past the caches";
  os << "; parts ";
  if (parts.empty())
    os << 1;
  llvm::interleave(parts, os, [&](Dim part) { os << show(part); }, " x ");
  if (partSize > 1)
    os << " / " << partSize;
  if (scratchBytes)
    os << "; scratch " << scratchBytes << " bytes";
  os << "; " << llvm::format("%.3g FLOPs, %.3g bytes", flops, bytes);
}
