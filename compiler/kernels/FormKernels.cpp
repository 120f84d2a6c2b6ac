// FormKernels.cpp - level `kernels`: fused groups of ops become kernels, an entry point becomes a schedule of them.
// SPDX-License-Identifier: Apache-2.0
//
//   %z = matmul %x, %w            launch @k0(%x, %w, %b)
//   %a = add %z, %b        =>
//   %r = relu %a                  kernel @k0(...) { matmul; add; relu }
//
// An op joins a group that already knows one of the values it reads if both run over the same points and no value
// would have to be ready before it is made. No op is asked for its name: domains decide (Domain.h).
#include "compiler/Passes.h"
#include "compiler/kernels/Domain.h"
#include "llvm/ADT/BitVector.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringSet.h"
#include <queue>
#include <set>

using namespace mlir;
using namespace dlc;

/// Code generation takes more than linear time in the ops of a kernel, and more registers than there are help nobody.
static constexpr size_t mostOps = 256;
/// How many of the groups that read a value an op tries to join: a value may be read by all of them.
static constexpr size_t mostTried = 256;

namespace {
/// What the kernels of all entry points share.
struct Known {
  std::map<std::string, std::string> kernels; ///< text to name
  llvm::StringSet<> names;                    ///< of all items of the model
};

struct Group {
  Domain domain;
  llvm::BitVector before; ///< groups that must run first, directly or not
};

class KernelFormer {
public:
  KernelFormer(EntryOp entry, ModelOp model, bool fuse, Known &known)
      : entry(entry), model(model), fuse(fuse), known(known) {}
  void run();

private:
  bool isView(Operation *op) { return isa<ReshapeOp>(op); }
  /// The group that makes a value, seen through views; -1 if it is an argument or a constant.
  int makerOf(Value value);
  SmallVector<int> candidatesFor(Operation *op);
  void noteValues(int index, Operation *op);
  bool join(Operation *op, int index);
  bool merge(int into, int other);
  void place(Operation *op);
  SmallVector<int> order();
  LaunchOp outline(Group &group);

  EntryOp entry;
  ModelOp model;
  bool fuse;
  Known &known;
  std::vector<Group> groups;
  DenseMap<Operation *, int> groupOf;
  DenseMap<Value, SmallVector<int, 2>> knowing; ///< groups that may know where a value stands, or that it is not theirs
  SmallVector<int> loose;                       ///< groups that may be of numbers that stand alone
};
} // namespace

int KernelFormer::makerOf(Value value) {
  Operation *op = value.getDefiningOp();
  if (op && isView(op))
    return makerOf(op->getOperand(0));
  auto it = groupOf.find(op);
  return op && it != groupOf.end() ? it->second : -1;
}

/// An op has come into a group, which now knows where its values stand.
void KernelFormer::noteValues(int index, Operation *op) {
  auto note = [&](Value value) {
    SmallVector<int, 2> &all = knowing[value];
    if (groups[index].domain.knows(value) && !llvm::is_contained(ArrayRef(all).take_back(4), index))
      all.push_back(index);
  };
  llvm::for_each(op->getOperands(), note);
  llvm::for_each(op->getResults(), note);
  if (groups[index].domain.sizes.empty() && (loose.empty() || loose.back() != index))
    loose.push_back(index);
}

/// The groups that an op may join, the last first: those that know one of its operands; for a number, those of numbers.
SmallVector<int> KernelFormer::candidatesFor(Operation *op) {
  SmallVector<int> all;
  auto take = [&](ArrayRef<int> some) { llvm::append_range(all, some.take_back(mostTried)); };
  for (Value operand : op->getOperands())
    if (auto it = knowing.find(operand); it != knowing.end())
      take(it->second);
  if (typeOf(op->getResult(0)).getRank() == 0)
    take(loose);
  llvm::sort(all, std::greater<int>());
  all.erase(llvm::unique(all), all.end());
  return all;
}

bool KernelFormer::join(Operation *op, int index) {
  if (groups[index].domain.ops.size() >= mostOps)
    return false;
  llvm::BitVector needed(groups.size());
  for (Value operand : op->getOperands()) {
    int maker = makerOf(operand);
    if (maker < 0)
      continue;
    bool throughView = maker == index && groupOf.lookup(operand.getDefiningOp()) != index;
    if (throughView || (maker == index && !groups[index].domain.knows(operand)))
      return false;
    if (maker == index)
      continue;
    if (groups[maker].before.test(index))
      return false; // what it waits for waits for this group
    needed.set(maker);
    needed |= groups[maker].before;
  }
  if (needed.test(index) || !groups[index].domain.add(op))
    return false;
  groups[index].before |= needed;
  for (Group &other : groups)
    if (other.before.test(index))
      other.before |= groups[index].before;
  groupOf[op] = index;
  noteValues(index, op);
  return true;
}

/// Two groups that one op has brought together become one, if all of their ops fit and no third group stands between.
bool KernelFormer::merge(int into, int other) {
  if (groups[into].domain.ops.size() + groups[other].domain.ops.size() > mostOps)
    return false;
  for (int i = 0; i < (int)groups.size(); ++i)
    if (i != into && i != other &&
        ((groups[i].before.test(into) && groups[other].before.test(i)) ||
         (groups[i].before.test(other) && groups[into].before.test(i))))
      return false;
  SmallVector<Operation *> ops(groups[into].domain.ops.begin(), groups[into].domain.ops.end());
  ops.append(groups[other].domain.ops.begin(), groups[other].domain.ops.end());
  llvm::sort(ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  // A value that is reshaped between the two must be whole first.
  for (Operation *op : ops)
    for (Value operand : op->getOperands())
      if (operand.getDefiningOp() && isView(operand.getDefiningOp()))
        if (int maker = makerOf(operand); maker == into || maker == other)
          return false;
  Domain both;
  if (!both.build(ops))
    return false;
  groups[into].domain = std::move(both);
  groups[into].before |= groups[other].before;
  for (Operation *op : ops)
    groupOf[op] = into;
  for (Operation *op : ops)
    noteValues(into, op);
  groups[other].domain = Domain();
  for (Group &one : groups)
    if (one.before.test(other) || one.before.test(into)) {
      one.before |= groups[into].before;
      one.before.set(into);
      one.before.reset(other);
    }
  groups[into].before.reset(into);
  groups[into].before.reset(other);
  groups[other].before.reset();
  return true;
}

void KernelFormer::place(Operation *op) {
  auto joinedTo = [&](int index) {
    for (Value operand : op->getOperands())
      if (int maker = makerOf(operand); maker >= 0 && maker != index)
        merge(index, maker);
  };
  if (fuse && isa<FusibleOpInterface>(op))
    for (int i : candidatesFor(op)) {
      bool related = llvm::any_of(op->getOperands(), [&](Value operand) { return groups[i].domain.knows(operand); });
      // Numbers that stand alone are computed together.
      bool alone = typeOf(op->getResult(0)).getRank() == 0 && groups[i].domain.kind == Domain::Kind::Map &&
                   groups[i].domain.sizes.empty() && groups[i].domain.ops.size();
      if ((related || alone) && join(op, i))
        return joinedTo(i);
    }
  int index = groups.size();
  Group &group = groups.emplace_back();
  for (Group &one : groups)
    one.before.resize(groups.size());
  group.domain.add(op);
  for (Value operand : op->getOperands())
    if (int maker = makerOf(operand); maker >= 0) {
      group.before.set(maker);
      group.before |= groups[maker].before;
    }
  groupOf[op] = index;
  noteValues(index, op);
}

/// Groups in the order in which they run: each after those it waits for, otherwise as they stand in the entry. What
/// replaces a stored tensor comes last, so that it can do so in place.
SmallVector<int> KernelFormer::order() {
  SmallVector<int> result;
  llvm::BitVector late(groups.size());
  Operation *end = entry.getBody().front().getTerminator();
  for (auto [operand, attrs] : llvm::zip(end->getOperands(), entry.getResAttrs().getAsRange<DictionaryAttr>()))
    if (int maker = makerOf(operand); maker >= 0 && attrs.contains("update"))
      late.set(maker);
  std::vector<SmallVector<int>> readers(groups.size());
  std::vector<int> open(groups.size());
  for (auto [i, group] : llvm::enumerate(groups)) {
    SmallVector<int> makers;
    for (Operation *op : group.domain.ops)
      for (Value operand : op->getOperands())
        if (int maker = makerOf(operand); maker >= 0 && maker != (int)i)
          makers.push_back(maker);
    llvm::sort(makers);
    makers.erase(llvm::unique(makers), makers.end());
    open[i] = makers.size();
    for (int maker : makers)
      readers[maker].push_back(i);
  }
  using Place = std::pair<bool, int>;
  std::priority_queue<Place, std::vector<Place>, std::greater<Place>> ready;
  for (auto [i, count] : llvm::enumerate(open))
    if (!count)
      ready.push({late.test(i), i});
  while (!ready.empty()) {
    int next = ready.top().second;
    ready.pop();
    result.push_back(next);
    for (int reader : readers[next])
      if (!--open[reader])
        ready.push({late.test(reader), reader});
  }
  return result;
}

/// The group as a kernel, and its launch in place.
LaunchOp KernelFormer::outline(Group &group) {
  SmallVector<Operation *> ops(group.domain.ops.begin(), group.domain.ops.end());
  llvm::sort(ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  DenseSet<Operation *> own(ops.begin(), ops.end());
  llvm::SetVector<Value> inputs;
  SmallVector<Value> outputs;
  for (Operation *op : ops) {
    for (Value operand : op->getOperands())
      if (Operation *maker = operand.getDefiningOp();
          !(maker && own.contains(maker)) && !Domain::isGenerator(maker))
        inputs.insert(operand);
      else if (maker && !own.contains(maker)) // what it draws on is an argument
        for (Value source : maker->getOperands())
          if (!Domain::isGenerator(source.getDefiningOp()))
            inputs.insert(source);
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUsers(), [&](Operation *user) { return !own.contains(user); }))
        outputs.push_back(result);
  }
  OpBuilder at(entry);
  Location loc = ops.size() == 1 ? unnamed(ops[0]->getLoc())
                                 : FusedLoc::get(at.getContext(), llvm::map_to_vector(ops, [](Operation *op) {
                                                   return Location(unnamed(op->getLoc()));
                                                 }));
  SmallVector<Attribute> types;
  for (Value output : outputs)
    types.push_back(TypeAttr::get(output.getType()));
  auto kernel = KernelOp::create(at, loc, "kernel", at.getArrayAttr(types));
  OpBuilder body(at.getContext());
  Block *block = body.createBlock(&kernel.getBody());
  IRMapping map;
  for (Value input : inputs)
    map.map(input, block->addArgument(input.getType(), input.getLoc()));
  std::function<void(Operation *)> takeAlong = [&](Operation *op) {
    if (!Domain::isGenerator(op) || own.contains(op) || map.contains(op->getResult(0)))
      return;
    for (Value operand : op->getOperands())
      takeAlong(operand.getDefiningOp());
    body.clone(*op, map);
  };
  for (Operation *op : ops) {
    for (Value operand : op->getOperands())
      takeAlong(operand.getDefiningOp());
    body.clone(*op, map);
  }
  ReturnOp::create(body, loc, llvm::map_to_vector(outputs, [&](Value value) { return map.lookup(value); }));

  // Equal kernels are one: compared without names and places.
  std::string text;
  llvm::raw_string_ostream os(text);
  kernel->print(os, OpPrintingFlags().printGenericOpForm().useLocalScope());
  auto [it, isNew] = known.kernels.try_emplace(text, "");
  if (isNew) {
    std::string stem;
    for (Operation *op : ops)
      if (stem.size() < 40 && !isa<ConstantOp>(op))
        stem += (stem.empty() ? "" : "_") + op->getName().stripDialect().str();
    it->second = "k" + std::to_string(known.kernels.size() - 1) + "_" + stem;
    while (!known.names.insert(it->second).second)
      it->second += "_"; // an entry point is called so
    kernel.setSymName(it->second);
  } else {
    kernel.erase();
  }
  at.setInsertionPoint(entry.getBody().front().getTerminator());
  std::string names;
  for (Value output : outputs)
    names += (names.empty() ? "" : " ") + (nameOf(output).empty() ? "_" : nameOf(output));
  bool named_ = llvm::any_of(outputs, [](Value output) { return !nameOf(output).empty(); });
  auto launch = LaunchOp::create(at, named_ ? named(loc, names) : loc, ValueRange(outputs).getTypes(),
                                 SymbolRefAttr::get(at.getContext(), it->second), inputs.getArrayRef());
  for (auto [output, result] : llvm::zip(outputs, launch.getResults()))
    output.replaceUsesWithIf(result, [&](OpOperand &use) { return !own.contains(use.getOwner()); });
  return launch;
}

void KernelFormer::run() {
  Block &block = entry.getBody().front();
  Operation *done = block.getTerminator();
  // What is returned must be made by a kernel, each value for itself.
  DenseSet<Value> returned;
  for (OpOperand &operand : done->getOpOperands()) {
    Value value = operand.get(), root = value;
    while (root.getDefiningOp<ReshapeOp>())
      root = root.getDefiningOp()->getOperand(0);
    bool isMade = !isa<BlockArgument>(root) && !isa<CheckIndexOp>(root.getDefiningOp()) &&
                  !Domain::isGenerator(root.getDefiningOp());
    if (isMade && returned.insert(root).second)
      continue;
    OpBuilder builder(done);
    operand.set(CastOp::create(builder, value.getLoc(), value.getType(), value,
                               TypeAttr::get(typeOf(value).getElementType())));
  }
  // What reads nothing is part of the kernels that read it point by point; where it must lie in memory, it needs one of
  // its own.
  for (Operation &op : llvm::make_early_inc_range(block))
    if (Domain::isGenerator(&op)) {
      SmallVector<OpOperand *> others;
      for (OpOperand &use : op.getUses())
        if (Domain::needsMemory(use))
          others.push_back(&use);
      if (others.empty())
        continue;
      OpBuilder builder(&op);
      builder.setInsertionPointAfter(&op);
      Value copy = CastOp::create(builder, op.getLoc(), op.getResult(0).getType(), op.getResult(0),
                                  TypeAttr::get(typeOf(op.getResult(0)).getElementType()));
      for (OpOperand *use : others)
        use->set(copy);
    }
  SmallVector<Operation *> views;
  for (Operation &op : block.without_terminator()) {
    if (Domain::isGenerator(&op))
      continue;
    if (isView(&op))
      views.push_back(&op);
    else
      place(&op);
  }
  SmallVector<Operation *> old;
  for (Operation &op : block.without_terminator())
    if (!isView(&op))
      old.push_back(&op);
  // Launches go to the end in their order; a view moves behind what it reads.
  DenseMap<Operation *, int> numberOf;
  for (auto [i, view] : llvm::enumerate(views))
    numberOf[view] = i;
  auto moveViews = [&](std::set<int> ready) {
    while (!ready.empty()) {
      Operation *view = views[*ready.begin()];
      ready.erase(ready.begin());
      view->moveBefore(done);
      for (Operation *user : view->getUsers())
        if (auto it = numberOf.find(user); it != numberOf.end())
          ready.insert(it->second);
    }
  };
  std::set<int> first;
  for (auto [i, view] : llvm::enumerate(views))
    if (!view->getOperand(0).getDefiningOp())
      first.insert(i);
  moveViews(first);
  for (int i : order()) {
    if (groups[i].domain.ops.empty())
      continue; // merged into another
    LaunchOp launch = outline(groups[i]);
    std::set<int> ready;
    for (Operation *user : launch->getUsers())
      if (auto it = numberOf.find(user); it != numberOf.end())
        ready.insert(it->second);
    moveViews(ready);
  }
  for (Operation *op : llvm::reverse(old))
    if (op->use_empty())
      op->erase();
}

void dlc::formKernels(ModelOp model, bool fuse) {
  Known known;
  for (Operation &item : model.getBody().front())
    if (auto name = item.getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName()))
      known.names.insert(name.getValue());
  for (EntryOp entry : llvm::to_vector(model.getBody().getOps<EntryOp>()))
    KernelFormer(entry, model, fuse, known).run();
}
