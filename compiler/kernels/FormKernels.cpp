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
#include "compiler/graph/Stored.h"
#include "compiler/kernels/Domain.h"
#include "compiler/kernels/OperandView.h"
#include "compiler/kernels/Places.h"
#include "compiler/kernels/Precedence.h"
#include "compiler/target/Target.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Threading.h"
#include "runtime/Philox.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/StringSet.h"
#include <deque>
#include <queue>
#include <set>

using namespace mlir;
using namespace dlc;

/// Code generation takes more than linear time in the ops of a kernel, and more registers than there are help nobody.
static constexpr size_t mostOps = 256;
/// How many of the groups that read a value an op tries to join: a value may be read by all of them.
static constexpr size_t mostTried = 256;

namespace {
/// A kernel in numbers, without the names and places of its values: equal kernels have equal ones.
using Signature = std::vector<intptr_t>;

/// What the kernels of all entry points share.
struct Known {
  std::map<Signature, std::string> kernels; ///< their names
  llvm::StringSet<> names;                  ///< of all items of the model
  llvm::StringMap<size_t> rules;            ///< and how many ops each rule has
};

/// What becomes of a group.
struct Outline {
  SmallVector<Operation *> ops; ///< in order, with the generators that they take along
  SetVector<Value> inputs;
  SmallVector<Value> outputs;
};

class KernelFormer {
public:
  KernelFormer(EntryOp entry, ModelOp model, bool fuse, Known &known)
      : entry(entry), model(model), fuse(fuse), known(known) {}
  /// Which ops run together, and in which order; asks nothing of other entry points.
  void group();
  /// Makes launches of the groups, and the kernels that are new.
  void emit();

private:
  bool isSeenThrough(Operation *op) { return isa<ReshapeOp>(op) || viewed.contains(op); }
  static Value sourceOf(Value value);
  void readViewed(OpOperand &use);
  /// The group that makes a value, seen through views; -1 if it is an argument or a constant.
  int makerOf(Value value);
  SmallVector<int> candidatesFor(Operation *op);
  void noteValues(int index, Operation *op);
  enum class Turn { None, Long, Short };
  Turn turnOf(Operation *op);
  bool updatesPieces(const Domain &group, Operation *op) const;
  bool isHeldUp(Operation *op, llvm::function_ref<bool(Operation *)> isBeside);
  bool mayMeet(ArrayRef<Operation *> ops) const;
  size_t opsOf(const Domain &group) const;
  bool join(Operation *op, int index);
  bool merge(int into, int other);
  void place(Operation *op);
  void holdUpdates();
  SmallVector<int> order();
  template <class Range> SmallVector<Operation *> inOrder(Range &&ops);
  void eachRead(Operation *op, llvm::function_ref<void(Value)> look);
  Outline outline(ArrayRef<Operation *> ops);
  StringRef kernelFor(const Outline &outline, ArrayRef<Operation *> ops, Location loc);
  LaunchOp launch(const Domain &domain);
  Operation *step(const Domain &domain);
  void liftStreams();

  EntryOp entry;
  ModelOp model;
  bool fuse;
  Known &known;
  std::shared_ptr<Accesses> accesses = std::make_shared<Accesses>();
  std::deque<Domain> groups; ///< which are costly to move
  Precedence precedence;     ///< of groups, by the same numbers
  DenseMap<Operation *, int> groupOf;
  DenseMap<Operation *, int> numberOf; ///< in the order of the entry
  DenseSet<Operation *> viewed;        ///< views that one product reads, and takes along
  /// Groups that may know where a value stands, with a dimension of theirs for one of its axes or without.
  struct Knowing {
    SmallVector<int, 2> placed, unplaced;
  };
  DenseMap<Value, Knowing> knowing;
  DenseSet<Value> replaced;       ///< stored tensors that the entry point updates
  SmallVector<int> loose;         ///< groups that may be of numbers that stand alone
  SmallVector<Operation *> views; ///< reshapes, which stay between launches
  SmallVector<int> sequence;      ///< of groups, as they run
};
} // namespace

/// Of columns that do not lie side by side, a product copies what it reads for each matrix of its stack: too often, if it is
/// the same for all of them.
static bool isCopiedOften(OpOperand &use, const OperandView &view) {
  int kept = typeOf(use.getOwner()->getResult(0)).getRank();
  if (!isa<ContractOp>(use.getOwner()) || kept == 0)
    return false;
  int still = llvm::count(ArrayRef<Dim>(view.strides).take_front(kept), Dim(0));
  Dim column = view.strides[kept - 1];
  return still > 1 && column != Dim(0) && column != Dim(1);
}

/// Its affine places are known, and neighbours lie side by side along one of its two dimensions in the product: what is
/// gathered from far apart is better copied once.
static bool mayRead(OpOperand &use) {
  OperandView view = viewOf(use);
  return view.isKnown() && !isCopiedOften(use, view) &&
         llvm::is_contained(ArrayRef<Dim>(view.strides).take_back(3), Dim(1));
}

int KernelFormer::makerOf(Value value) {
  Operation *op = value.getDefiningOp();
  if (op && isSeenThrough(op))
    return makerOf(op->getOperand(0));
  auto it = groupOf.find(op);
  return op && it != groupOf.end() ? it->second : -1;
}

/// An op has come into a group, which now knows where its values stand.
void KernelFormer::noteValues(int index, Operation *op) {
  const Domain &domain = groups[index];
  auto note = [&](Value value) {
    auto axes = domain.axes.find(value);
    if (axes == domain.axes.end())
      return;
    bool isPlaced = llvm::any_of(axes->second, [](int dim) { return dim >= 0; });
    SmallVector<int, 2> &all = isPlaced ? knowing[value].placed : knowing[value].unplaced;
    if (!llvm::is_contained(ArrayRef(all).take_back(4), index))
      all.push_back(index);
  };
  llvm::for_each(op->getOperands(), note);
  llvm::for_each(op->getResults(), note);
  if (domain.sizes.empty() && (loose.empty() || loose.back() != index))
    loose.push_back(index);
}

/// The groups that an op may join, the last first: those that know where one of its operands stands; for a number, those
/// of numbers.
SmallVector<int> KernelFormer::candidatesFor(Operation *op) {
  SmallVector<int> all;
  auto take = [&](ArrayRef<int> some) { llvm::append_range(all, some.take_back(mostTried)); };
  // Where a number stands says nothing of where the points of an op are that has more than one.
  bool isNumber = llvm::all_of(accesses->of(op)->sizes, [](Dim size) { return size == Dim(1); });
  for (Value operand : op->getOperands())
    if (auto it = knowing.find(operand); it != knowing.end()) {
      take(it->second.placed);
      if (isNumber)
        take(it->second.unplaced);
    }
  if (typeOf(op->getResult(0)).getRank() == 0)
    take(loose);
  llvm::sort(all, std::greater<int>());
  all.erase(llvm::unique(all), all.end());
  return all;
}

/// What is computed again runs where it stands: nothing before it, and nothing that is computed again elsewhere, is in its
/// kernel. `ops`: in order.
bool KernelFormer::mayMeet(ArrayRef<Operation *> ops) const {
  Attribute place = ops.front()->getAttr(againName);
  return llvm::all_of(ops, [&](Operation *op) { return !op->hasAttr(againName) || op->getAttr(againName) == place; });
}

/// Are neighbours in its result none in what it reads, as of a transpose? And has the result fewer of them than lanes?
KernelFormer::Turn KernelFormer::turnOf(Operation *op) {
  if (!isStridedView(op))
    return Turn::None;
  const Accesses::Access &access = *accesses->of(op);
  if (!access.plain.front())
    return Turn::None;
  auto last = [&](const SmallVector<int> &axes) {
    auto it = llvm::find_if(llvm::reverse(axes), [&](int at) { return at >= 0 && access.sizes[at] != Dim(1); });
    return it == axes.rend() ? -1 : *it;
  };
  int read = last(*access.plain.front()), made = last(*access.plain.back());
  if (read == made || !llvm::is_contained(*access.plain.front(), made)) // in order, or stretched
    return Turn::None;
  return access.sizes[made].isNumber() && access.sizes[made].value < vectorLanes ? Turn::Short : Turn::Long;
}

/// Does the op read what is turned within its own kernel in squares that would be mostly masks? It is faster on a copy that
/// lies in one piece. `isBeside`: is in the kernel that the op would be in.
bool KernelFormer::isHeldUp(Operation *op, llvm::function_ref<bool(Operation *)> isBeside) {
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    Operation *maker = operand.getDefiningOp();
    return maker && turnOf(maker) == Turn::Short && isBeside(maker);
  });
}

/// Is the op made of one tensor, which others read, too, for a sum alone? The kernel that sums makes it as well, and a product
/// that would make it would store one tensor more. Not where it depends on rows: it would not be told any more which one is
/// not finite.
static bool isForSum(Operation *op) {
  Value whole;
  for (Value operand : op->getOperands())
    if (typeOf(operand).getRank() > 0) {
      if (whole && whole != operand)
        return false;
      whole = operand;
    }
  return whole && typeOf(whole).hasStaticShape() && !llvm::all_equal(whole.getUsers()) && op->hasOneUse() &&
         hasKind(*op->user_begin(), IterationKind::Reduction) &&
         !llvm::is_contained(dimsOf(op->getResult(0)), Dim(1)); // which a sum needs a dimension of its own for
}

/// Does the op read what it updates, with fewer columns than lanes, where a product makes them? Rows of such a tile are masks
/// for the most part, and a processor lets a load wait for a masked store beside it. In a kernel of its own the update runs
/// through flat memory: 512 x 10 with Adam, 32 rows, 5.0 and not 13.6 us on a Zen 5 (v3: 8.7 and 16.0).
bool KernelFormer::updatesPieces(const Domain &group, Operation *op) const {
  if (group.kind != Domain::Kind::Contraction)
    return false;
  SmallVector<Dim> dims = dimsOf(group.ops.front()->getResult(0));
  return !dims.empty() && dims.back().isNumber() && dims.back().value < vectorLanes &&
         llvm::any_of(
             op->getOperands(), [&](Value operand) { return replaced.contains(operand) && dimsOf(operand) == dims; });
}

/// How many there are once rules are written out.
size_t KernelFormer::opsOf(const Domain &group) const {
  size_t count = group.ops.size();
  for (Operation *op : group.ops)
    if (auto map = dyn_cast<MapOp>(op))
      count += known.rules.lookup(map.getRule());
  return count;
}

bool KernelFormer::join(Operation *op, int index) {
  if (opsOf(groups[index]) >= mostOps)
    return false;
  // What is turned is read in squares, but not where a kernel runs along rows to reduce them: it would gather each element.
  if (groups[index].kind == Domain::Kind::Rows && turnOf(op) != Turn::None)
    return false;
  if (hasKind(op, IterationKind::Reduction) &&
      llvm::any_of(groups[index].ops, [&](Operation *other) { return turnOf(other) != Turn::None; }))
    return false;
  if (groups[index].kind == Domain::Kind::Contraction && isForSum(op))
    return false;
  if (updatesPieces(groups[index], op))
    return false;
  if (isHeldUp(op, [&](Operation *maker) { return groups[index].ops.contains(maker); }))
    return false;
  if (op->hasAttr(againName) && groups[index].ops.front()->getAttr(againName) != op->getAttr(againName))
    return false;
  SmallVector<int, 4> makers;
  for (Value operand : op->getOperands()) {
    int maker = makerOf(operand);
    if (maker < 0)
      continue;
    bool throughView = maker == index && groupOf.lookup(operand.getDefiningOp()) != index;
    if (throughView || (maker == index && !groups[index].knows(operand)))
      return false;
    if (maker == index)
      continue;
    if (precedence.waits(maker, index))
      return false; // what it waits for waits for this group
    makers.push_back(maker);
  }
  if (!groups[index].add(op))
    return false;
  for (int maker : makers)
    precedence.wait(index, maker);
  groupOf[op] = index;
  noteValues(index, op);
  return true;
}

template <class Range> SmallVector<Operation *> KernelFormer::inOrder(Range &&ops) {
  SmallVector<Operation *> sorted(ops.begin(), ops.end());
  llvm::sort(sorted, [&](Operation *a, Operation *b) { return numberOf.lookup(a) < numberOf.lookup(b); });
  return sorted;
}

/// Two groups that one op has brought together become one, if all of their ops fit and no third group stands between.
bool KernelFormer::merge(int into, int other) {
  if (opsOf(groups[into]) + opsOf(groups[other]) > mostOps || !groups[into].mayTakeIn(groups[other]))
    return false;
  if (precedence.waitsThroughOthers(into, other) || precedence.waitsThroughOthers(other, into))
    return false;
  SmallVector<Operation *> ops = inOrder(llvm::concat<Operation *const>(groups[into].ops, groups[other].ops));
  if (!mayMeet(ops))
    return false;
  // A value that is reshaped between the two must be whole first.
  for (Operation *op : ops)
    for (Value operand : op->getOperands())
      if (operand.getDefiningOp() && isSeenThrough(operand.getDefiningOp()))
        if (int maker = makerOf(operand); maker == into || maker == other)
          return false;
  Domain both(accesses);
  if (!both.build(ops))
    return false;
  if (llvm::any_of(ops, [&](Operation *op) {
        return (both.kind == Domain::Kind::Rows && turnOf(op) != Turn::None) || updatesPieces(both, op) ||
               isHeldUp(op, [&](Operation *maker) { return both.ops.contains(maker); });
      }))
    return false;
  groups[into] = std::move(both);
  groups[other] = Domain(accesses);
  precedence.merge(into, other);
  for (Operation *op : ops)
    groupOf[op] = into;
  for (Operation *op : ops)
    noteValues(into, op);
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
      bool related = llvm::any_of(op->getOperands(), [&](Value operand) { return groups[i].knows(operand); });
      // Numbers that stand alone are computed together.
      bool alone = typeOf(op->getResult(0)).getRank() == 0 && groups[i].kind == Domain::Kind::Map &&
                   groups[i].sizes.empty() && groups[i].ops.size();
      if ((related || alone) && join(op, i))
        return joinedTo(i);
    }
  int index = precedence.add();
  groups.emplace_back(accesses).add(op);
  for (Value operand : op->getOperands())
    if (int maker = makerOf(operand); maker >= 0)
      precedence.wait(index, maker);
  groupOf[op] = index;
  noteValues(index, op);
}

/// What replaces a stored tensor runs after all that reads the old value, so that it can lie in its place, and after all
/// checks, so that a call that fails has changed nothing that is stored. Two updates that read each other's old value
/// cannot both wait: the value of one is copied in the end.
void KernelFormer::holdUpdates() {
  DenseMap<Value, SmallVector<int>> readers; // of arguments
  SmallVector<int> checks;
  for (auto [i, group] : llvm::enumerate(groups))
    for (Operation *op : group.ops) {
      if (isa<CheckIndexOp>(op))
        checks.push_back(i);
      eachRead(op, [&](Value value) {
        while (auto view = value.getDefiningOp<ReshapeOp>())
          value = view.getInput();
        if (isa<BlockArgument>(value))
          readers[value].push_back(i);
      });
    }
  Block &block = entry.getBody().front();
  DenseMap<StoredKey, Value> stored;
  for (auto [argument, about] : llvm::zip(block.getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>()))
    stored[storedKey(about)] = argument;
  Operation *end = block.getTerminator();
  for (auto [value, about] : llvm::zip(end->getOperands(), entry.getResAttrs().getAsRange<DictionaryAttr>()))
    if (int maker = makerOf(value); maker >= 0 && replacesStored(about))
      for (int earlier : llvm::concat<int>(checks, readers[stored.lookup(storedKey(about))]))
        if (earlier != maker && !precedence.waits(earlier, maker))
          precedence.wait(maker, earlier);
}

/// Groups in the order in which they run: each after those it waits for, and as they stand in the entry, but for updates.
/// An update runs as soon as it may, so that what only it reads need not live on; so do the numbers that it waits for. What
/// the backward pass hands on serves nothing but updates either, but stays where it stands.
SmallVector<int> KernelFormer::order() {
  holdUpdates();
  std::vector<SmallVector<int>> makers(groups.size()), readers(groups.size());
  llvm::BitVector isServed(groups.size()), ///< makes what an output or a check needs
      isUpdate(groups.size());             ///< replaces a stored tensor
  SmallVector<int> time;                   ///< when a group is due
  for (auto [i, group] : llvm::enumerate(groups)) {
    time.push_back(i);
    if (group.ops.empty())
      continue; // merged into another
    makers[i] = llvm::map_to_vector(precedence.makersOf(i), [&](int maker) { return precedence.find(maker); });
    llvm::sort(makers[i]);
    makers[i].erase(llvm::unique(makers[i]), makers[i].end());
    llvm::erase(makers[i], i);
    for (int maker : makers[i])
      readers[maker].push_back(i);
    if (isa<CheckIndexOp>(group.ops.front()))
      isServed.set(i);
  }
  auto sorted = [&] {
    using Place = std::pair<int, int>;
    std::priority_queue<Place, std::vector<Place>, std::greater<Place>> ready;
    SmallVector<int> result, open;
    for (auto [i, own] : llvm::enumerate(makers)) {
      open.push_back(own.size());
      if (own.empty() && !groups[i].ops.empty())
        ready.push({time[i], i});
    }
    while (!ready.empty()) {
      int next = ready.top().second;
      ready.pop();
      result.push_back(next);
      for (int reader : readers[next])
        if (!--open[reader])
          ready.push({time[reader], reader});
    }
    return result;
  };
  SmallVector<int> all = sorted();
  Operation *end = entry.getBody().front().getTerminator();
  for (auto [value, about] : llvm::zip(end->getOperands(), entry.getResAttrs().getAsRange<DictionaryAttr>()))
    if (int maker = makerOf(value); maker >= 0)
      (about.contains("update") ? isUpdate : isServed).set(maker);
  for (int group : llvm::reverse(all))
    if (isServed.test(group))
      for (int maker : makers[group])
        isServed.set(maker);
  for (int group : all)
    if (!isServed.test(group)) {
      int ready = -1;
      for (int maker : makers[group])
        ready = std::max(ready, time[maker]);
      if (isUpdate.test(group) || ready < 0)
        time[group] = ready;
    }
  // What reads stored tensors alone is due when it is first needed.
  for (int group : llvm::reverse(all))
    if (time[group] < 0 && !readers[group].empty())
      time[group] = time[*llvm::min_element(readers[group], [&](int a, int b) { return time[a] < time[b]; })];
  return sorted();
}

/// What an op reads, and what the generators and views that it takes along are made of.
void KernelFormer::eachRead(Operation *op, llvm::function_ref<void(Value)> look) {
  for (Value operand : op->getOperands())
    if (Operation *maker = operand.getDefiningOp(); viewed.contains(maker) || accesses->isGenerator(maker))
      eachRead(maker, look);
    else
      look(operand);
}

Outline KernelFormer::outline(ArrayRef<Operation *> ops) {
  Outline result;
  DenseSet<Operation *> own(ops.begin(), ops.end()), taken;
  for (Operation *op : ops) {
    eachRead(op, [&](Value value) {
      if (!own.contains(value.getDefiningOp()))
        result.inputs.insert(value);
    });
    bool worksInResults = isa<TopkOp>(op); // in both of them, whichever is read
    for (Value value : op->getResults())
      if (worksInResults || llvm::any_of(value.getUsers(), [&](Operation *user) { return !own.contains(user); }))
        result.outputs.push_back(value);
  }
  std::function<void(Operation *)> takeAlong = [&](Operation *op) {
    if (own.contains(op) || taken.contains(op) || !(viewed.contains(op) || accesses->isGenerator(op)))
      return;
    for (Value operand : op->getOperands())
      takeAlong(operand.getDefiningOp());
    taken.insert(op);
    result.ops.push_back(op);
  };
  for (Operation *op : ops) {
    for (Value operand : op->getOperands())
      takeAlong(operand.getDefiningOp());
    result.ops.push_back(op);
  }
  return result;
}

/// Names, types and attributes stand for themselves: MLIR has one of each. Values are counted.
static Signature signatureOf(const Outline &outline) {
  Signature all;
  DenseMap<Value, intptr_t> numbers;
  auto define = [&](Value value) {
    numbers.try_emplace(value, numbers.size());
    all.push_back((intptr_t)value.getType().getAsOpaquePointer());
  };
  all.push_back(outline.inputs.size());
  llvm::for_each(outline.inputs, define);
  for (Operation *op : outline.ops) {
    all.push_back((intptr_t)op->getName().getAsOpaquePointer());
    all.push_back((intptr_t)op->getAttrDictionary().getAsOpaquePointer());
    all.push_back(op->getNumOperands());
    for (Value operand : op->getOperands())
      all.push_back(numbers.lookup(operand));
    all.push_back(op->getNumResults());
    llvm::for_each(op->getResults(), define);
  }
  for (Value output : outline.outputs)
    all.push_back(numbers.lookup(output));
  return all;
}

/// The kernel that does this, by name; a new one where there is none yet. It is named after the group's own ops.
StringRef KernelFormer::kernelFor(const Outline &outline, ArrayRef<Operation *> own, Location loc) {
  auto [it, isNew] = known.kernels.try_emplace(signatureOf(outline), "");
  std::string &name = it->second;
  if (!isNew)
    return name;
  std::string stem;
  for (Operation *op : own)
    if (stem.size() < 40 && !isa<ConstantOp>(op)) {
      auto map = dyn_cast<MapOp>(op);
      stem += (stem.empty() ? "" : "_") + (map ? map.getRule().split('.').first : op->getName().stripDialect()).str();
    }
  name = "k" + std::to_string(known.kernels.size() - 1) + "_" + stem;
  while (!known.names.insert(name).second)
    name += "_"; // an entry point is called so
  OpBuilder at(entry);
  SmallVector<Attribute> types;
  for (Value output : outline.outputs)
    types.push_back(TypeAttr::get(output.getType()));
  auto kernel = KernelOp::create(at, loc, name, at.getArrayAttr(types));
  OpBuilder body(at.getContext());
  Block *block = body.createBlock(&kernel.getBody());
  IRMapping map;
  for (Value input : outline.inputs)
    map.map(input, block->addArgument(input.getType(), input.getLoc()));
  for (Operation *op : outline.ops)
    body.clone(*op, map);
  ReturnOp::create(body, loc, llvm::map_to_vector(outline.outputs, [&](Value value) { return map.lookup(value); }));
  for (MapOp map : llvm::to_vector(block->getOps<MapOp>()))
    writeOutMap(map);
  return name;
}

/// What runs a group, at the end of the entry: its launch, or the `repeat` that it is.
Operation *KernelFormer::step(const Domain &domain) {
  auto repeat = dyn_cast<RepeatOp>(domain.ops.front());
  if (!repeat)
    return launch(domain);
  repeat->moveBefore(entry.getBody().front().getTerminator());
  return repeat;
}

/// The launch of a group, in place.
LaunchOp KernelFormer::launch(const Domain &domain) {
  SmallVector<Operation *> ops = inOrder(domain.ops);
  for (Operation *op : ops)
    op->removeAttr(againName); // kernels that are equal otherwise are one
  Outline parts = outline(ops);
  OpBuilder at(entry.getBody().front().getTerminator());
  Location loc = ops.size() == 1 ? unnamed(ops[0]->getLoc())
                                 : FusedLoc::get(at.getContext(), llvm::map_to_vector(ops, [](Operation *op) {
                                                   return Location(unnamed(op->getLoc()));
                                                 }));
  StringRef kernel = kernelFor(parts, ops, loc);
  std::string names;
  for (Value output : parts.outputs)
    names += (names.empty() ? "" : " ") + (nameOf(output).empty() ? "_" : nameOf(output));
  bool isNamed = llvm::any_of(parts.outputs, [](Value output) { return !nameOf(output).empty(); });
  auto launch = LaunchOp::create(at, isNamed ? named(loc, names) : loc, ValueRange(parts.outputs).getTypes(),
                                 SymbolRefAttr::get(at.getContext(), kernel), parts.inputs.getArrayRef());
  DenseSet<Operation *> own(ops.begin(), ops.end());
  for (auto [output, result] : llvm::zip(parts.outputs, launch.getResults()))
    output.replaceUsesWithIf(result, [&](OpOperand &use) { return !own.contains(use.getOwner()); });
  return launch;
}

/// What is reshaped.
static Value rootOf(Value value) {
  while (auto view = value.getDefiningOp<ReshapeOp>())
    value = view.getInput();
  return value;
}
/// What a view is a view of.
Value KernelFormer::sourceOf(Value value) {
  while (isStridedView(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  return value;
}

/// A product reads what its operand is a view of, where it lies: the view becomes the product's own.
void KernelFormer::readViewed(OpOperand &use) {
  Value view = use.get(), source = sourceOf(view);
  if (source == view || (source.getDefiningOp() && Domain::isGenerator(source.getDefiningOp())))
    return;
  OpBuilder builder(use.getOwner());
  SmallVector<Operation *> own;
  for (OpOperand *next = &use; next->get() != source; next = &own.back()->getOpOperand(0)) {
    own.push_back(builder.clone(*next->get().getDefiningOp()));
    next->set(own.back()->getResult(0));
    builder.setInsertionPoint(own.back());
  }
  if (mayRead(use))
    return viewed.insert(own.begin(), own.end());
  use.set(view);
  for (Operation *op : own)
    op->erase();
}

/// Equal layers draw from streams of their own: what tells these apart is given to kernels.
void KernelFormer::liftStreams() {
  llvm::StringMap<Value> keys;
  OpBuilder at = OpBuilder::atBlockBegin(&entry.getBody().front());
  entry.walk([&](RandomOpInterface op) {
    std::optional<StringRef> stream = op.getStream();
    if (!stream)
      return;
    Value &key = keys[*stream];
    if (!key)
      key = LiftedOp::create(at, unnamed(op.getLoc()), RankedTensorType::get({}, at.getI64Type()), fnv1a(*stream));
    op.giveKey(key);
  });
}

void KernelFormer::group() {
  Block &block = entry.getBody().front();
  DenseSet<StoredKey> updated;
  for (auto about : entry.getResAttrs().getAsRange<DictionaryAttr>())
    if (replacesStored(about))
      updated.insert(storedKey(about));
  for (auto [argument, about] : llvm::zip(block.getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>()))
    if (updated.contains(storedKey(about)))
      replaced.insert(argument);
  Operation *done = block.getTerminator();
  liftStreams();
  if (fuse) {
    for (Operation &op : llvm::make_early_inc_range(block))
      if (hasKind(&op, IterationKind::Contraction))
        for (OpOperand &operand : op.getOpOperands())
          readViewed(operand);
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isStridedView(&op) && op.use_empty())
        op.erase();
  }
  // What is returned must be made by a kernel, each value for itself.
  DenseSet<Value> returned;
  for (OpOperand &operand : done->getOpOperands()) {
    Value value = operand.get(), root = value;
    while (root.getDefiningOp<ReshapeOp>())
      root = root.getDefiningOp()->getOperand(0);
    bool isMade = !isa<BlockArgument>(root) && !isa<CheckIndexOp, RepeatOp>(root.getDefiningOp()) &&
                  !accesses->isGenerator(root.getDefiningOp());
    if (isMade && returned.insert(root).second)
      continue;
    OpBuilder builder(done);
    operand.set(
        CastOp::create(builder, value.getLoc(), value.getType(), value, TypeAttr::get(typeOf(value).getElementType())));
  }
  // What reads nothing is part of the kernels that read it point by point; where it must lie in memory, it needs one of
  // its own.
  for (Operation &op : llvm::make_early_inc_range(block))
    if (accesses->isGenerator(&op) && !viewed.contains(&op)) {
      SmallVector<OpOperand *> others;
      for (OpOperand &use : op.getUses())
        if (accesses->needsMemory(use))
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
  auto number = [&] {
    for (auto [i, op] : llvm::enumerate(block))
      numberOf[&op] = i;
  };
  number();
  // Where what is given is turned costs nothing: it stands where it is first read turned, to join what reads it so.
  SmallVector<Operation *> all = llvm::to_vector(llvm::make_pointer_range(block.without_terminator()));
  for (Operation *op : llvm::reverse(all))
    if (turnOf(op) != Turn::None && !viewed.contains(op) && !op->use_empty() &&
        !rootOf(op->getOperand(0)).getDefiningOp()) {
      Operation *reader = *llvm::min_element(
          op->getUsers(), [&](Operation *a, Operation *b) { return numberOf.lookup(a) < numberOf.lookup(b); });
      op->moveBefore(reader);
      numberOf[op] = numberOf.lookup(reader);
    }
  number();
  for (Operation &op : block.without_terminator()) {
    if (isa<LiftedOp>(op) || accesses->isGenerator(&op) || viewed.contains(&op))
      continue;
    if (isa<ReshapeOp>(op))
      views.push_back(&op);
    else
      place(&op);
  }
  sequence = order();
}

void KernelFormer::emit() {
  Block &block = entry.getBody().front();
  Operation *done = block.getTerminator();
  SmallVector<Operation *> old;
  for (Operation &op : block.without_terminator())
    if (!isa<ReshapeOp, LiftedOp, RepeatOp>(op))
      old.push_back(&op);
  // Launches go to the end in their order; a view moves behind what it reads.
  DenseMap<Operation *, int> viewNumber;
  for (auto [i, view] : llvm::enumerate(views))
    viewNumber[view] = i;
  auto moveViews = [&](std::set<int> ready) {
    while (!ready.empty()) {
      Operation *view = views[*ready.begin()];
      ready.erase(ready.begin());
      view->moveBefore(done);
      for (Operation *user : view->getUsers())
        if (auto it = viewNumber.find(user); it != viewNumber.end())
          ready.insert(it->second);
    }
  };
  std::set<int> first;
  for (auto [i, view] : llvm::enumerate(views))
    if (!view->getOperand(0).getDefiningOp())
      first.insert(i);
  moveViews(first);
  for (int i : sequence) {
    if (groups[i].ops.empty())
      continue; // merged into another
    std::set<int> ready;
    for (Operation *user : step(groups[i])->getUsers())
      if (auto it = viewNumber.find(user); it != viewNumber.end())
        ready.insert(it->second);
    moveViews(ready);
  }
  for (Operation *op : llvm::reverse(old))
    if (op->use_empty())
      op->erase();
}

/// Do the ops of a map's rule share tensors, so that what one of them stands at tells where all do? A result that is what the
/// rule was given, or is no tensor, is made by an op of its own.
static bool hangsTogether(MapOp map) {
  auto rule = SymbolTable::lookupNearestSymbolFrom<RuleOp>(map, map.getRuleAttr());
  Block &body = rule.getBody().front();
  if (llvm::any_of(body.getArguments(), [](Value argument) { return argument.use_empty(); }))
    return false;
  DenseSet<Value> tensors;
  for (auto [operand, argument] : llvm::zip(map.getArgs(), body.getArguments()))
    if (typeOf(operand).getRank() > 0)
      tensors.insert(argument);
  SmallVector<SmallVector<Value>> open; // what each op reads and makes
  for (Operation &op : body) {
    SmallVector<Value> own(
        llvm::make_filter_range(op.getOperands(), [&](Value value) { return tensors.contains(value); }));
    if (isa<ReturnOp>(op)) {
      DenseSet<Value> seen;
      for (Value value : op.getOperands())
        if (!tensors.contains(value) || isa<BlockArgument>(value) || !seen.insert(value).second)
          open.push_back({value});
    } else if (!own.empty()) {
      tensors.insert(op.result_begin(), op.result_end());
      llvm::append_range(own, op.getResults());
      open.push_back(own);
    }
  }
  DenseSet<Value> reached(open.front().begin(), open.front().end());
  for (bool changed = true; changed;) {
    changed = false;
    for (SmallVector<Value> &own : open)
      if (!own.empty() && llvm::any_of(own, [&](Value value) { return reached.contains(value); })) {
        reached.insert(own.begin(), own.end());
        own.clear();
        changed = true;
      }
  }
  return llvm::all_of(open, [](ArrayRef<Value> own) { return own.empty(); });
}

void dlc::formKernels(ModelOp model, bool fuse) {
  dropUnreadArguments(model);
  for (EntryOp entry : model.getBody().getOps<EntryOp>())
    for (MapOp map : llvm::to_vector(entry.getBody().getOps<MapOp>()))
      if (!hangsTogether(map))
        writeOutMap(map);
  Known known;
  for (Operation &item : model.getBody().front())
    if (auto name = item.getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName())) {
      known.names.insert(name.getValue());
      if (isa<RuleOp>(item))
        known.rules[name.getValue()] = llvm::range_size(item.getRegion(0).front());
    }
  std::deque<KernelFormer> formers;
  for (EntryOp entry : model.getBody().getOps<EntryOp>())
    formers.emplace_back(entry, model, fuse, known);
  parallelForEach(model.getContext(), formers, [](KernelFormer &former) { former.group(); });
  // One after the other: which is the first to have a kernel decides what that is called, and where it stands.
  for (KernelFormer &former : formers)
    former.emit();
  writeOutMaps(model); // none is left: only their rules go
  if (fuse)
    placeParts(model);
}
