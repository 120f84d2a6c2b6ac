// Domain.cpp - the points that a fused group of ops runs over.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/kernels/Domain.h"
#include "compiler/CostModel.h"
#include "compiler/kernels/OperandView.h"

using namespace mlir;
using namespace dlc;

/// The dimensions that the axes of a tensor are read at; nothing if it is read elsewhere than at the point.
static std::optional<SmallVector<int>> plainAxes(AffineMap map) {
  SmallVector<int> axes;
  for (AffineExpr expr : map.getResults()) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      if (llvm::is_contained(axes, (int)dim.getPosition()))
        return std::nullopt;
      axes.push_back(dim.getPosition());
    } else if (auto constant = dyn_cast<AffineConstantExpr>(expr); constant && constant.getValue() == 0) {
      axes.push_back(-1);
    } else {
      return std::nullopt;
    }
  }
  return axes;
}

bool Domain::unify(Operation *op, SmallVectorImpl<int> &dims) {
  const Accesses::Access &access = *accesses->of(op);
  ArrayRef<Dim> own = access.sizes;
  dims.assign(own.size(), -1);
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    auto known = axes.find(operand);
    if (known == axes.end() || !access.maps[i])
      continue;
    const auto &read = access.plain[i];
    if (!read)
      return false;
    for (auto [at, dim] : llvm::zip(*read, known->second)) {
      if (at < 0) { // the first of several elements does not stand at the point
        if (dim >= 0 && sizes[dim] != Dim(1))
          return false;
        continue;
      }
      if (dim < 0 && own[at] != Dim(1))
        return false;
      if (dims[at] >= 0 && dim >= 0 && dims[at] != dim)
        return false;
      if (dim >= 0)
        dims[at] = dim;
    }
  }
  // What reads a result may have told where it stands.
  for (auto [i, result] : llvm::enumerate(op->getResults())) {
    auto known = axes.find(result);
    if (known == axes.end())
      continue;
    const auto &read = access.plain[op->getNumOperands() + i];
    for (auto [at, dim] : llvm::zip(*read, known->second)) {
      if (at < 0 || dim < 0)
        continue;
      if (dims[at] >= 0 && dims[at] != dim)
        return false;
      dims[at] = dim;
    }
  }
  // A slice from 0 on reads at the point, but has fewer points than what it is cut from.
  for (auto [size, dim] : llvm::zip(own, dims))
    if (dim >= 0 && size != sizes[dim])
      return false;
  SmallVector<int> used;
  for (int dim : dims)
    if (dim >= 0)
      used.push_back(dim);
  llvm::sort(used);
  return llvm::adjacent_find(used) == used.end();
}

static bool makesPoints(Operation *op, ArrayRef<AffineMap> maps);
const Accesses::Access *Accesses::of(Operation *op) {
  auto [it, isNew] = known.try_emplace(op);
  auto fusible = isNew ? dyn_cast<FusibleOpInterface>(op) : FusibleOpInterface();
  if (fusible) {
    Access access{fusible.getIterationKind(), fusible.getIterationSizes(), fusible.getAccessMaps(), {}, false};
    for (AffineMap map : access.maps)
      access.plain.push_back(map ? plainAxes(map) : std::nullopt);
    access.isGenerator = makesPoints(op, access.maps);
    it->second = std::make_unique<Access>(std::move(access));
  }
  return it->second.get();
}

bool Accesses::isGenerator(Operation *op) {
  const Access *access = op ? of(op) : nullptr;
  return access && access->isGenerator;
}

bool Accesses::needsMemory(OpOperand &use) {
  const Access *access = of(use.getOwner());
  if (!access)
    return !isa<ReturnOp>(use.getOwner());
  switch (access->kind) {
  case IterationKind::Contraction:
    return true;
  case IterationKind::Gather:
    return !access->maps[use.getOperandNumber()];
  case IterationKind::Elementwise: // a piece of what a generator makes is not made at the point
    if (Operation *maker = use.get().getDefiningOp(); isGenerator(maker)) {
      auto constant = dyn_cast<ConstantOp>(maker);
      unsigned i = use.getOperandNumber();
      return access->maps[i] && !access->plain[i] && !(constant && constant.getSplat());
    }
    return false;
  case IterationKind::Reduction:
    return false;
  }
  return false;
}

/// Ops may come in before those that make what they read: then it is only known in the end that they read it where the
/// point is.
bool Domain::readsItsOwn() const {
  for (Operation *op : ops)
    for (OpOperand &use : op->getOpOperands()) {
      if (!ops.contains(use.get().getDefiningOp()))
        continue;
      if (accesses->needsMemory(use))
        return false;
      const Accesses::Access &access = *accesses->of(op);
      if (!access.maps[use.getOperandNumber()])
        continue;
      const auto &read = access.plain[use.getOperandNumber()];
      if (!read)
        return false;
      ArrayRef<int> dims = dimsOf.find(op)->second;
      for (auto [at, dim] : llvm::zip(*read, axes.find(use.get())->second)) {
        int here = at < 0 ? -1 : dims[at];
        bool one = dim < 0 || sizes[dim] == Dim(1);
        if (here != dim && !(one && (here < 0 || sizes[here] == Dim(1))))
          return false;
      }
    }
  return true;
}

/// Each kernel that reads a generator computes it again: it is made of no more ops than this.
static constexpr int mostGenerated = 8;

static bool isNumber(Value value) {
  return llvm::all_of(dimsOf(value), [](Dim dim) { return dim == Dim(1); });
}
/// What an op reads lies as its result does, but for axes that are missing or of size 1.
static bool isAligned(Value operand, AffineMap map, Value result) {
  SmallVector<Dim> own = dimsOf(operand), all = dimsOf(result);
  if (own.size() > all.size() || map.getNumResults() != own.size())
    return false;
  size_t missing = all.size() - own.size();
  for (auto [axis, size] : llvm::enumerate(own))
    if (size != Dim(1) &&
        (size != all[missing + axis] || map.getResult(axis) != getAffineDimExpr(missing + axis, map.getContext())))
      return false;
  return true;
}

namespace {
/// What is cheap to compute again wherever it is read: ops on places, on numbers known here, and on one number that is
/// given.
struct Recipe {
  int ops = 0;
  SetVector<Value> given;

  /// False if the value is made of more than that. `maps`: those of its op, where they are known.
  bool follow(Value value, ArrayRef<AffineMap> maps = {});
};
} // namespace

bool Recipe::follow(Value value, ArrayRef<AffineMap> maps) {
  Operation *op = value.getDefiningOp();
  if (!op) {
    given.insert(value);
    return isNumber(value) && given.size() == 1;
  }
  if (auto constant = dyn_cast<ConstantOp>(op))
    return constant.getSplat().has_value();
  if (!hasKind(op, IterationKind::Elementwise) || op->getNumResults() != 1 || op->hasTrait<Costly>() ||
      ++ops > mostGenerated)
    return false;
  auto same = dyn_cast<CastOp>(op);
  if (same && same.getInput().getType() == same.getResult().getType())
    return false; // makes a value of its own
  SmallVector<AffineMap> own;
  if (maps.empty())
    maps = own = cast<FusibleOpInterface>(op).getAccessMaps();
  if (!maps.back().isIdentity())
    return false;
  for (auto [operand, map] : llvm::zip(op->getOperands(), maps))
    if (map && !(isAligned(operand, map, value) && follow(operand)))
      return false;
  return true;
}

bool Domain::isGenerator(Operation *op) {
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  return fusible && makesPoints(op, fusible.getAccessMaps());
}
/// See Domain::isGenerator. `maps`: the op's.
static bool makesPoints(Operation *op, ArrayRef<AffineMap> maps) {
  if (!hasKind(op, IterationKind::Elementwise))
    return false;
  if (llvm::none_of(maps.drop_back(op->getNumResults()), [](AffineMap map) { return bool(map); }))
    return true;
  Value value = op->getResult(0);
  Recipe recipe;
  if (!recipe.follow(value, maps) || (!recipe.given.empty() && !isNumber(value)))
    return false;
  // What a kernel yields is computed there.
  return !isa<KernelOp>(op->getParentOp()) || llvm::none_of(value.getUsers(), llvm::IsaPred<ReturnOp>);
}

namespace {
/// A generator, and the dimensions that the axes of its result stand for.
struct Standing {
  Operation *generator;
  SmallVector<int> axes;
};
} // namespace

/// The generators that an op reads, and those that they are made of, if the op's own dimensions are these. A number that is
/// known here stands anywhere.
static void findGenerators(Accesses &accesses, Operation *op, ArrayRef<int> dims, SmallVectorImpl<Standing> &all) {
  const Accesses::Access &access = *accesses.of(op);
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    Operation *maker = operand.getDefiningOp();
    auto constant = dyn_cast_or_null<ConstantOp>(maker);
    if (!access.plain[i] || !accesses.isGenerator(maker) || (constant && constant.getSplat()))
      continue;
    SmallVector<int> axes = llvm::map_to_vector(*access.plain[i], [&](int at) { return at < 0 ? -1 : dims[at]; });
    all.push_back({maker, axes});
    findGenerators(accesses, maker, axes, all);
  }
}

bool Domain::generatorsFit(Operation *op, ArrayRef<int> dims) const {
  SmallVector<Standing> all;
  findGenerators(*accesses, op, dims, all);
  auto isOne = [&](int dim) { return dim < 0 || sizes[dim] == Dim(1); };
  return llvm::all_of(all, [&](const Standing &one) {
    auto known = axes.find(one.generator->getResult(0));
    return known == axes.end() || llvm::equal(known->second, one.axes, [&](int there, int here) {
             return there == here || (isOne(there) && isOne(here));
           });
  });
}

/// Remembers where the values of an op stand.
void Domain::enter(Operation *op, ArrayRef<int> dims) {
  const Accesses::Access &access = *accesses->of(op);
  auto note = [&](Value value, unsigned i, bool isResult) {
    const auto &read = access.plain[i];
    if (!read || (!isResult && axes.contains(value)))
      return;
    axes[value] = llvm::map_to_vector(*read, [&](int at) { return at < 0 ? -1 : dims[at]; });
  };
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    auto number = operand.getDefiningOp<ConstantOp>();
    if (!number || !number.getSplat())
      note(operand, i, false);
  }
  SmallVector<Standing> generators;
  findGenerators(*accesses, op, dims, generators);
  for (const Standing &one : generators) {
    dimsOf[one.generator] = axes.try_emplace(one.generator->getResult(0), one.axes).first->second;
    for (auto [value, read] : llvm::zip(one.generator->getOperands(), accesses->of(one.generator)->plain))
      if (read && isa<BlockArgument>(value)) // the number that it is made of
        axes.try_emplace(value, llvm::map_to_vector(*read, [&](int at) { return at < 0 ? -1 : one.axes[at]; }));
  }
  for (auto [i, result] : llvm::enumerate(op->getResults()))
    note(result, op->getNumOperands() + i, true);
  dimsOf[op] = llvm::to_vector(dims);
  ops.insert(op);
}

bool Domain::start(Operation *op) {
  const Accesses::Access *access = accesses->of(op);
  ops.insert(op);
  if (!access) {
    kind = Kind::Single;
    return true;
  }
  SmallVector<int> dims;
  size_t outer = typeOf(op->getResult(0)).getRank();
  bool contraction = access->kind == IterationKind::Contraction;
  kind = contraction ? Kind::Contraction : access->kind == IterationKind::Reduction ? Kind::Rows : Kind::Map;
  for (auto [i, size] : llvm::enumerate(access->sizes)) {
    // A product keeps its dimensions even where they are 1: its last two are rows and columns.
    bool counts = contraction ? i < outer : size != Dim(1) || i >= outer;
    dims.push_back(counts ? sizes.size() : -1);
    if (counts)
      sizes.push_back(size);
  }
  isRow.resize(sizes.size(), true);
  for (auto [i, dim] : llvm::enumerate(dims))
    if (dim >= 0 && i >= outer)
      isRow.reset(dim);
  dimsOf[op] = dims;
  if (contraction)
    axes[op->getResult(0)] = SmallVector<int>(dims.begin(), dims.begin() + outer);
  else
    enter(op, dims);
  return true;
}

bool Domain::build(ArrayRef<Operation *> all) {
  auto isProduct = [&](Operation *op) {
    const Accesses::Access *access = accesses->of(op);
    return access && access->kind == IterationKind::Contraction;
  };
  SmallVector<Operation *> waiting; // a product starts its domain
  llvm::copy_if(all, std::back_inserter(waiting), isProduct);
  llvm::copy_if(all, std::back_inserter(waiting), [&](Operation *op) { return !isProduct(op); });
  for (bool changed = true; changed && !waiting.empty();) {
    changed = false;
    for (auto it = waiting.begin(); it != waiting.end();)
      if (add(*it)) {
        it = waiting.erase(it);
        changed = true;
      } else {
        ++it;
      }
  }
  ops.clear();
  for (Operation *op : all)
    ops.insert(op);
  return waiting.empty() && readsItsOwn();
}

bool Domain::build(KernelOp kernel) {
  SmallVector<Operation *> all;
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (!isGenerator(&op) && !isProductView(&op))
      all.push_back(&op);
  return !all.empty() && build(all);
}

bool Domain::add(Operation *op) {
  if (ops.empty())
    return start(op);
  const Accesses::Access *access = accesses->of(op);
  if (kind == Kind::Single || !access)
    return false;
  for (OpOperand &use : op->getOpOperands())
    if (ops.contains(use.get().getDefiningOp()) && accesses->needsMemory(use))
      return false;
  switch (access->kind) {
  case IterationKind::Elementwise:
  case IterationKind::Gather:
    return addElementwise(op);
  case IterationKind::Reduction:
    return addReduction(op);
  case IterationKind::Contraction:
    return false;
  }
  return false;
}

bool Domain::mayTakeIn(const Domain &other) const {
  auto either = [&](Kind one) { return kind == one || other.kind == one; };
  if (either(Kind::Single))
    return false;
  return !either(Kind::Contraction) || (kind != other.kind && !either(Kind::Rows));
}

bool Domain::addElementwise(Operation *op) {
  SmallVector<int> dims;
  if (!unify(op, dims))
    return false;
  llvm::SmallBitVector covered(sizes.size());
  for (auto [size, dim] : llvm::zip(accesses->of(op)->sizes, dims)) {
    if (dim < 0 && size != Dim(1))
      return false; // a dimension that nothing here has
    if (dim >= 0)
      covered.set(dim);
  }
  if (kind == Kind::Contraction) // a product's dimensions of size 1 need not show
    for (size_t i = 0; i < sizes.size(); ++i)
      covered[i] = covered[i] || sizes[i] == Dim(1);
  if (!covered.all() && !(kind == Kind::Rows && covered == isRow))
    return false;
  if (!generatorsFit(op, dims))
    return false;
  enter(op, dims);
  return true;
}

bool Domain::addReduction(Operation *op) {
  if (kind == Kind::Contraction)
    return false;
  SmallVector<int> dims;
  if (!unify(op, dims))
    return false;
  size_t outer = typeOf(op->getResult(0)).getRank();
  llvm::SmallBitVector kept(sizes.size()), summed(sizes.size());
  for (auto [i, size] : llvm::enumerate(accesses->of(op)->sizes)) {
    int dim = dims[i];
    if (dim < 0) {
      if (size != Dim(1))
        return false;
      if (i >= outer)
        return false; // a sum over one element needs a dimension of its own
      continue;
    }
    (i < outer ? kept : summed).set(dim);
  }
  llvm::SmallBitVector both = kept;
  both |= summed;
  if (!both.all() || summed.none() || !generatorsFit(op, dims))
    return false;
  if (kind == Kind::Map) {
    kind = Kind::Rows;
    isRow = kept;
  } else if (kept != isRow) {
    return false;
  }
  enter(op, dims);
  return true;
}
