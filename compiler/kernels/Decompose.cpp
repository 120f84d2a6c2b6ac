// Decompose.cpp - ops that stand for several simpler ones are written out, so that fusion sees those.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/Passes.h"
#include "dialects/dl/DL.h"

using namespace mlir;
using namespace dlc;

/// What only knows its shape from an operand gets a constant of that shape instead: it waits for nothing.
static void detachShapes(EntryOp entry) {
  entry.walk([](Operation *op) {
    if (!op->hasTrait<Generator>() || op->getNumOperands() == 0 || op->getOperand(0).getDefiningOp<ConstantOp>())
      return;
    OpBuilder builder(op);
    op->setOperand(0, Ops(builder, op->getLoc()).splat(0, typeOf(op->getOperand(0))));
  });
}

/// Integers are summed in the type of the sum.
static void widenSums(EntryOp entry) {
  entry.walk([](Operation *sum) {
    if (!isa<SumOp, CumsumOp>(sum))
      return;
    OpBuilder builder(sum);
    Ops ops(builder, unnamed(sum->getLoc()));
    sum->setOperand(0, ops.cast(sum->getOperand(0), typeOf(sum->getResult(0)).getElementType()));
  });
}

/// An index that is limited to what there is: the compiler makes such ones of places.
static bool isKnownBelow(Value index, int64_t limit) {
  while (auto view = index.getDefiningOp<ReshapeOp>())
    index = view.getInput();
  auto limited = index.getDefiningOp<ClampOp>();
  return limited && limited.getMin() && limited.getMax() && realOf(*limited.getMin()) >= 0 &&
         realOf(*limited.getMax()) < (double)limit;
}
/// An operand that is used as an index, and what it must be below.
struct Index {
  unsigned operand = 0;
  int64_t limit = 0;
  StringRef name; ///< of the op, as a person wrote it
};
static std::optional<Index> indexOf(Operation *op) {
  auto placesOf = [](Value whole, Value part, int64_t along) { // at which the part lies within the whole
    return typeOf(whole).getDimSize(along) - typeOf(part).getDimSize(along) + 1;
  };
  if (auto lookup = dyn_cast<GatherOp>(op))
    return Index{1, typeOf(lookup.getTable()).getDimSize(tableAxes(lookup)), "gather"};
  if (auto scatter = dyn_cast<ScatterAddOp>(op))
    return Index{0, scatter.getCount().number(), "gather"};
  if (auto read = dyn_cast<ReadOp>(op))
    return Index{1, placesOf(read.getInput(), read.getResult(), read.getAlong()), "read"};
  if (auto write = dyn_cast<WriteOp>(op))
    return Index{2, placesOf(write.getInput(), write.getValue(), write.getAlong()), "write"};
  return std::nullopt;
}
/// Elements are looked up only after their indices are known to be good; what was checked once need not be again.
static void checkIndices(EntryOp entry) {
  for (Operation &op : llvm::make_early_inc_range(entry.getBody().front())) {
    auto found = indexOf(&op);
    if (!found)
      continue;
    OpOperand &index = op.getOpOperand(found->operand);
    if (isKnownBelow(index.get(), found->limit))
      continue;
    OpBuilder builder(&op);
    Ops ops(builder, unnamed(op.getLoc()));
    index.set(ops.create<CheckIndexOp>({index.get()}, {ops.size("limit", found->limit),
                                                       ops.set("op", builder.getStringAttr(found->name))})
                  .getResult());
  }
  DenseMap<std::tuple<Value, Attribute, Attribute>, CheckIndexOp> seen;
  for (Operation &op : llvm::make_early_inc_range(entry.getBody().front())) {
    auto check = dyn_cast<CheckIndexOp>(op);
    if (!check)
      continue;
    auto [same, isFirst] =
        seen.try_emplace({check.getInput(), check.getLimitAttr(), check.getIgnoreIndexAttr()}, check);
    if (isFirst)
      continue;
    check.replaceAllUsesWith(same->second.getResult());
    check.erase();
  }
}

/// Puts what `make` makes in the place of an op; false if that is nothing.
static bool replace(Operation *op, function_ref<SmallVector<Value>(Ops &)> make) {
  OpBuilder builder(op);
  Ops ops(builder, unnamed(op->getLoc()));
  SmallVector<Value> values = make(ops);
  if (values.empty())
    return false;
  for (auto [value, result] : llvm::zip(values, op->getResults()))
    if (Operation *made = value.getDefiningOp(); made && nameOf(value).empty())
      made->setLoc(op->getLoc()); // bears the author's name
  op->replaceAllUsesWith(values);
  op->erase();
  return true;
}

bool dlc::writeOut(Operation *op) {
  return replace(op, [&](Ops &ops) { return cast<DecomposableOpInterface>(op).decompose(ops); });
}
void dlc::writeOutMap(MapOp map) {
  replace(map, [&](Ops &ops) { return map.writtenOut(ops); });
}

static void writeOutAll(Block &block) {
  for (bool changed = true; changed;) {
    changed = false;
    for (Operation &op : llvm::make_early_inc_range(block))
      if (isa<DecomposableOpInterface>(op))
        changed |= writeOut(&op);
  }
}
void dlc::writeOutMaps(ModelOp model) {
  for (EntryOp entry : model.getBody().getOps<EntryOp>())
    for (MapOp map : llvm::to_vector(entry.getBody().getOps<MapOp>()))
      writeOutMap(map);
  for (RuleOp rule : llvm::to_vector(model.getBody().getOps<RuleOp>()))
    rule.erase();
}
void dlc::dropUnreadArguments(ModelOp model) {
  llvm::StringMap<llvm::BitVector> unread;
  for (RuleOp rule : model.getBody().getOps<RuleOp>()) {
    llvm::BitVector own;
    for (BlockArgument argument : rule.getBody().getArguments())
      own.push_back(argument.use_empty() && argument.getArgNumber() > 0); // the first tells the shape
    rule.getBody().front().eraseArguments(own);
    unread[rule.getSymName()] = own;
  }
  for (EntryOp entry : model.getBody().getOps<EntryOp>())
    for (MapOp map : entry.getBody().getOps<MapOp>())
      map->eraseOperands(unread.lookup(map.getRule()));
}
void dlc::decompose(RuleOp rule) { writeOutAll(rule.getBody().front()); }
void dlc::decompose(EntryOp entry) {
  writeOutAll(entry.getBody().front());
  widenSums(entry);
  checkIndices(entry);
  detachShapes(entry);
}
