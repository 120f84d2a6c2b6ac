// MoveOutOfScans.cpp - what needs no carried value is computed for all rounds at once.
// SPDX-License-Identifier: Apache-2.0
//
//   scan (%xt in %x) carry (%h) {             %X = matmul %x, %w                        before: one product
//     %a = matmul %xt, %w              =>     scan (%a in %X) carry (%h) {
//     %b = matmul %h, %u                        %b = matmul %h, %u
//     ...                                       ...
//
// Behind the loop likewise: a product that no carried value waits for. And a sum over all rounds of a product, as the
// gradient of a weight is, is one product that sums over the rounds, too:
//
//   scan (...) carry (%dw = 0) { %p = matmul %dz, %h, transpose_a ; yield carry (add %dw, %p) }
//
// What moves is products and lookups, what they are made of and what is made of them. The rest of a round stays in it: it
// would have to be stored.
#include "compiler/Passes.h"
#include "compiler/Permutation.h"
#include "compiler/autodiff/Scans.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace dlc;

namespace {
/// A value for one round, or (`isStacked`) for all of them, along a further first axis.
struct Operand {
  Value value;
  bool isStacked = false;
};

class ScanMover {
public:
  explicit ScanMover(ScanOp scan) : scan(scan), rounds(scan.getRounds()) {}
  void run();

private:
  void moveInvariants();
  void moveBefore();
  void moveBehind();
  bool canSum(Value value, bool isRoot);
  AddOp accumulatorOf(Value argument, Value next);
  SmallVector<Value> leavesOf(Value value);
  Value sumOf(OpBuilder &b, Value value);
  DenseSet<Value> dependents(ValueRange roots);
  DenseSet<Value> sources(ValueRange values);
  Operand operandOf(Value value, const DenseMap<Value, Value> &moved);
  bool isInside(Value value) { return value.getParentBlock() == &scan.getBody().front(); }
  std::optional<unsigned> scannedAt(Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    return argument && isInside(value) && argument.getArgNumber() < scan.getScanned().size()
               ? std::optional(argument.getArgNumber())
               : std::nullopt;
  }

  ScanOp scan;
  Dim rounds;
  DenseMap<Value, Value> after; ///< of values of the body: all rounds, behind the scan
};
} // namespace

//===--- One op for all rounds --------------------------------------------------------------------------===//

static bool isProduct(Operation *op) { return hasKind(op, IterationKind::Contraction); }
/// Tables that each row has are not those of a round.
static bool hasOwnTables(Operation *op) {
  auto lookup = dyn_cast<GatherOp>(op);
  auto scatter = dyn_cast<ScatterAddOp>(op);
  return (lookup && tableAxes(lookup)) || (scatter && tableAxes(scatter));
}
static bool canBeStacked(Operation *op) {
  if (hasOwnTables(op))
    return false;
  bool isAlongAxis = isa<AlongAxisOpInterface>(op) && op->getNumOperands() == 1 && op->getNumResults() == 1;
  return op->hasTrait<Pointwise>() || op->hasTrait<View>() || op->hasTrait<Reduction>() ||
         (isAlongAxis && !op->hasTrait<Generator>()) || isa<MatmulOp, GatherOp>(op);
}
/// Its place does not depend on a round, as that of a gathered table does not.
static bool mayBeStacked(OpOperand &use) { return !isa<GatherOp>(use.getOwner()) || use.getOperandNumber() == 1; }

/// An axis of a value, counted from the last, so that a further first axis does not move it.
static int64_t fromEnd(int64_t axis, int64_t rank) { return axis < 0 ? axis : axis - rank; }

/// The op on operands of which some have all rounds along a first axis. Its result has them, too.
static Value stacked(OpBuilder &b, Operation *op, ArrayRef<Operand> operands, Dim rounds) {
  Ops ops(b, op->getLoc());
  int64_t rank = typeOf(op->getResult(0)).getRank();
  auto wide = [&](Operand operand, int64_t own) { // as many axes as the result has
    SmallVector<Dim> dims = dimsOf(operand.value);
    if (!operand.isStacked || own >= rank)
      return operand.value;
    dims.insert(dims.begin() + 1, rank - own, Dim(1));
    return ops.reshape(operand.value, dims);
  };
  auto ownRank = [&](unsigned i) { return typeOf(op->getOperand(i)).getRank(); };
  if (op->hasTrait<Pointwise>() || isa<MatmulOp>(op)) { // a further first axis changes nothing
    OperationState state(op->getLoc(), op->getName());
    for (auto [i, operand] : llvm::enumerate(operands))
      state.operands.push_back(wide(operand, ownRank(i)));
    state.addAttributes(op->getAttrs());
    return createInferred(b, state)->getResult(0);
  }
  Value in = operands[0].value;
  if (isa<GatherOp>(op))
    return ops.create<GatherOp>({in, operands[1].value}, op->getAttrs()).getResult();
  if (auto swap = dyn_cast<TransposeOp>(op)) {
    Permutation order{0};
    for (int64_t axis : permutationOf(swap))
      order.push_back(axis + 1);
    return ops.transpose(in, order);
  }
  if (isa<ReshapeOp, BroadcastOp>(op)) {
    SmallVector<Dim> dims = dimsOf(op->getResult(0));
    dims.insert(dims.begin(), rounds);
    return isa<ReshapeOp>(op) ? ops.reshape(in, dims) : ops.broadcast(wide(operands[0], ownRank(0)), dims);
  }
  OperationState state(op->getLoc(), op->getName());
  state.operands.push_back(in);
  NamedAttrList attributes(op->getAttrs());
  if (auto axis = dyn_cast_or_null<SizeAttr>(attributes.get("axis")))
    attributes.set("axis", SizeAttr::get(b.getContext(), fromEnd(axis.number(), ownRank(0))));
  if (op->hasTrait<Reduction>() || isa<FlipOp>(op)) {
    SmallVector<Attribute> axes;
    if (auto own = dyn_cast_or_null<ArrayAttr>(attributes.get("axes")))
      for (SizeAttr axis : own.getAsRange<SizeAttr>())
        axes.push_back(SizeAttr::get(b.getContext(), fromEnd(axis.number(), ownRank(0))));
    else
      for (int64_t axis = 0; axis < ownRank(0); ++axis)
        axes.push_back(SizeAttr::get(b.getContext(), axis - ownRank(0)));
    attributes.set("axes", b.getArrayAttr(axes));
    if (axes.empty())
      return ops.cast(in, typeOf(op->getResult(0)).getElementType());
  }
  state.addAttributes(attributes);
  return createInferred(b, state)->getResult(0);
}

/// A product whose sum also runs over the rounds.
static Value summedProduct(OpBuilder &b, Operation *op, ArrayRef<Operand> operands, Dim rounds) {
  auto product = cast<FusibleOpInterface>(op);
  Ops ops(b, op->getLoc());
  MLIRContext *context = op->getContext();
  auto plain = dyn_cast<MatmulOp>(op);
  if (plain && plain.getTransposeA() && !plain.getTransposeB() && operands[0].isStacked && operands[1].isStacked &&
      typeOf(op->getOperand(0)).getRank() == 2 && typeOf(op->getOperand(1)).getRank() == 2) {
    auto flat = [&](Value value) {
      SmallVector<Dim> dims = dimsOf(value);
      return ops.reshape(value, {dims[0] * dims[1], dims[2]});
    };
    return ops.matmul(flat(operands[0].value), flat(operands[1].value), true, false);
  }
  SmallVector<Dim> sizes = product.getIterationSizes();
  unsigned kept = typeOf(op->getResult(0)).getRank(), all = sizes.size() + 1;
  sizes.insert(sizes.begin() + kept, rounds);
  auto mapOf = [&](unsigned i) {
    AffineMap map = product.getAccessMaps()[i];
    map = map.shiftDims(1, kept);
    SmallVector<AffineExpr> exprs(map.getResults());
    if (operands[i].isStacked)
      exprs.insert(exprs.begin(), getAffineDimExpr(kept, context));
    return AffineMapAttr::get(AffineMap::get(all, 0, exprs, context));
  };
  return ops
      .create<ContractOp>({operands[0].value, operands[1].value},
                          {ops.sizes("over", sizes), ops.size("kept", kept), ops.set("lhs_map", mapOf(0)),
                           ops.set("rhs_map", mapOf(1))})
      .getResult();
}

//===--- Before the loop --------------------------------------------------------------------------------===//

/// Values of the body that depend on these.
DenseSet<Value> ScanMover::dependents(ValueRange roots) {
  DenseSet<Value> all(roots.begin(), roots.end());
  for (Operation &op : scan.getBody().front())
    if (llvm::any_of(readBy(&op), [&](Value value) { return all.contains(value); }))
      all.insert_range(op.getResults());
  return all;
}
/// Values of the body that these depend on.
DenseSet<Value> ScanMover::sources(ValueRange values) {
  DenseSet<Value> all(values.begin(), values.end());
  for (Operation &op : llvm::reverse(scan.getBody().front().without_terminator()))
    if (llvm::any_of(op.getResults(), [&](Value value) { return all.contains(value); }))
      all.insert_range(readBy(&op));
  return all;
}

/// What is the same in each round.
void ScanMover::moveInvariants() {
  for (Operation &op : llvm::make_early_inc_range(scan.getBody().front().without_terminator()))
    if (llvm::none_of(readBy(&op), [&](Value value) { return isInside(value); }))
      op.moveBefore(scan);
}

Operand ScanMover::operandOf(Value value, const DenseMap<Value, Value> &moved) {
  if (Value known = moved.lookup(value))
    return {known, true};
  if (auto place = scannedAt(value))
    return {scan.getScanned()[*place], true};
  return {value, false};
}

void ScanMover::moveBefore() {
  DenseSet<Value> late = dependents(scan.getCarriedArguments());
  llvm::SetVector<Operation *> able, chosen;
  for (Operation &op : scan.getBody().front().without_terminator()) {
    auto isKnown = [&](OpOperand &use) {
      Value value = use.get();
      return !isInside(value) || (mayBeStacked(use) && (scannedAt(value) || able.contains(value.getDefiningOp())));
    };
    if (canBeStacked(&op) && llvm::none_of(op.getOperands(), [&](Value value) { return late.contains(value); }) &&
        llvm::all_of(op.getOpOperands(), isKnown))
      able.insert(&op);
  }
  DenseSet<Value> wanted; // by what is chosen
  for (Operation *op : llvm::reverse(able))
    if (isProduct(op) || isa<GatherOp>(op) || wanted.contains(op->getResult(0))) {
      chosen.insert(op);
      wanted.insert_range(op->getOperands());
    }
  for (Operation *op : able) // what is made of them
    if (llvm::any_of(op->getOperands(), [&](Value value) { return chosen.contains(value.getDefiningOp()); }))
      chosen.insert(op);
  DenseMap<Value, Value> moved;
  OpBuilder b(scan);
  SmallVector<Operation *> order;
  for (Operation &op : scan.getBody().front())
    if (chosen.contains(&op))
      order.push_back(&op);
  for (Operation *op : order) {
    auto operands = llvm::map_to_vector(op->getOperands(), [&](Value value) { return operandOf(value, moved); });
    moved[op->getResult(0)] = stacked(b, op, operands, rounds);
  }
  for (Operation *op : llvm::reverse(order)) {
    Value result = op->getResult(0);
    if (!result.use_empty())
      result.replaceAllUsesWith(addScanned(scan, moved[result]));
    op->erase();
  }
}

//===--- Behind the loop --------------------------------------------------------------------------------===//

/// What is added up over the rounds can be had as a sum over all of them, without a tensor of each round's.
bool ScanMover::canSum(Value value, bool isRoot) {
  Operation *op = isInside(value) ? value.getDefiningOp() : nullptr;
  if (!op || !(isRoot || op->hasOneUse()) || hasOwnTables(op))
    return false;
  if (isProduct(op) || isa<SumOp>(op))
    return llvm::any_of(op->getOperands(), [&](Value operand) { return isInside(operand); });
  if (isa<ScatterAddOp>(op))
    return llvm::all_of(op->getOperands(), [&](Value operand) { return isInside(operand); });
  if (isa<AddOp, SubOp>(op))
    return llvm::all_of(op->getOperands(),
                        [&](Value operand) { return operand.getType() == value.getType() && canSum(operand, false); });
  return (op->hasTrait<View>() || isa<NegOp>(op)) && canSum(op->getOperand(0), false);
}
/// The values of the body that such a sum is made of.
SmallVector<Value> ScanMover::leavesOf(Value value) {
  Operation *op = value.getDefiningOp();
  if (isProduct(op) || isa<SumOp, ScatterAddOp>(op))
    return llvm::filter_to_vector(op->getOperands(), [&](Value operand) { return isInside(operand); });
  SmallVector<Value> all;
  for (Value operand : op->getOperands())
    llvm::append_range(all, leavesOf(operand));
  return all;
}
Value ScanMover::sumOf(OpBuilder &b, Value value) {
  Operation *op = value.getDefiningOp();
  if (isProduct(op) || isa<SumOp, ScatterAddOp>(op)) {
    auto operands = llvm::map_to_vector(op->getOperands(), [&](Value operand) { return operandOf(operand, after); });
    if (isProduct(op))
      return summedProduct(b, op, operands, rounds);
    Ops ops(b, op->getLoc());
    if (isa<ScatterAddOp>(op)) // adds up the rows of all rounds
      return ops.create<ScatterAddOp>({operands[0].value, operands[1].value}, op->getAttrs()).getResult();
    // One sum over the rounds and over what the op sums.
    auto sum = cast<SumOp>(op);
    int64_t rank = typeOf(sum.getInput()).getRank();
    SmallVector<int64_t> axes{0};
    if (auto own = sum.getAxesAttr())
      for (SizeAttr axis : own.getAsRange<SizeAttr>())
        axes.push_back(1 + (axis.number() < 0 ? axis.number() + rank : axis.number()));
    else
      llvm::append_range(axes, llvm::seq<int64_t>(1, rank + 1));
    return ops.reshape(ops.sum(operands[0].value, axes), dimsOf(value));
  }
  OperationState state(op->getLoc(), op->getName());
  for (Value operand : op->getOperands())
    state.operands.push_back(sumOf(b, operand));
  state.addAttributes(op->getAttrs());
  return createInferred(b, state)->getResult(0);
}

/// The addition, of a carried value that does nothing but add something up; null for others.
AddOp ScanMover::accumulatorOf(Value argument, Value next) {
  auto add = next.getDefiningOp<AddOp>();
  bool adds = add && isInside(next) && argument.hasOneUse() && *argument.user_begin() == add && next.hasOneUse();
  return adds ? add : AddOp();
}

void ScanMover::moveBehind() {
  YieldOp yield = scan.getYield();
  // Carried values that only add something up.
  struct Sum {
    unsigned carry;
    Value added;
  };
  SmallVector<Sum> sums;
  SmallVector<Value> next;
  DenseSet<Operation *> additions;
  for (auto [argument, value] : llvm::zip(scan.getCarriedArguments(), yield.getCarried()))
    if (AddOp add = accumulatorOf(argument, value))
      additions.insert(add);
  for (auto [j, argument, value] : llvm::enumerate(scan.getCarriedArguments(), yield.getCarried())) {
    AddOp add = accumulatorOf(argument, value);
    Value added = add ? add->getOperand(add->getOperand(0) == argument) : Value();
    if (add && added.getType() == argument.getType() &&
        llvm::all_of(added.getUsers(), [&](Operation *user) { return additions.contains(user); }) &&
        canSum(added, true))
      sums.push_back({(unsigned)j, added});
    else
      next.push_back(value);
  }
  DenseSet<Value> early = sources(next);
  llvm::SetVector<Operation *> able, chosen; // the last first
  for (Operation &op : llvm::reverse(scan.getBody().front().without_terminator())) {
    auto isLater = [&](Operation *user) {
      return user == yield.getOperation() || (able.contains(user) && !isa<GatherOp>(user));
    };
    if (canBeStacked(&op) && !isa<GatherOp>(op) && !early.contains(op.getResult(0)) &&
        llvm::all_of(op.getUsers(), isLater) &&
        llvm::any_of(op.getOperands(), [&](Value one) { return isInside(one); }) &&
        !llvm::is_contained(yield.getCarried(), op.getResult(0)))
      able.insert(&op);
  }
  for (Operation *op : llvm::reverse(able))
    if (isProduct(op) ||
        llvm::any_of(op->getOperands(), [&](Value value) { return chosen.contains(value.getDefiningOp()); }))
      chosen.insert(op);
  if (sums.empty() && chosen.empty())
    return;
  // What they read of each round is stacked up.
  llvm::SetVector<Value> read;
  auto reads = [&](Value value) {
    if (isInside(value) && !scannedAt(value) && !chosen.contains(value.getDefiningOp()))
      read.insert(value);
  };
  for (Operation *op : chosen)
    llvm::for_each(op->getOperands(), reads);
  for (const Sum &sum : sums)
    llvm::for_each(leavesOf(sum.added), reads);
  size_t before = scan.getStackedResults().size();
  scan = addStacked(scan, read.getArrayRef());
  yield = scan.getYield();
  for (auto [value, result] : llvm::zip(read, scan.getStackedResults().drop_front(before)))
    after[value] = result;
  OpBuilder b(scan);
  b.setInsertionPointAfter(scan);
  for (Operation *op : chosen) {
    auto operands = llvm::map_to_vector(op->getOperands(), [&](Value value) { return operandOf(value, after); });
    after[op->getResult(0)] = stacked(b, op, operands, rounds);
  }
  for (const Sum &sum : sums) {
    Value last = scan.getLastResults()[sum.carry], begins = scan.getInitial()[sum.carry];
    auto zero = begins.getDefiningOp<ConstantOp>();
    Value added = sumOf(b, sum.added);
    last.replaceAllUsesWith(zero && zero.getSplat() == 0.0 ? added : Ops(b, unnamed(last.getLoc())).add(begins, added));
  }
  for (auto [i, value] : llvm::enumerate(yield.getStacked().take_front(before)))
    if (chosen.contains(value.getDefiningOp()))
      scan.getStackedResults()[i].replaceAllUsesWith(after[value]);
}

void ScanMover::run() {
  moveInvariants();
  moveBefore();
  moveBehind();
  prune(scan);
}

void dlc::moveOutOfScans(EntryOp entry, bool move) {
  SmallVector<ScanOp> scans;
  entry.walk([&](ScanOp scan) { scans.push_back(scan); }); // inner ones first
  // A later one may read more of an earlier one than it needs.
  for (ScanOp scan : llvm::reverse(scans))
    if (ScanOp left = prune(scan); left && move)
      ScanMover(left).run();
}
