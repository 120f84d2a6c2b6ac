// Recompute.cpp - level `kernels`, before kernels are formed: what a budget of memory does not let be kept is computed again.
// SPDX-License-Identifier: Apache-2.0
//
//   %h = gelu %z             read here                  %h = gelu %z
//   ...                      the fullest step     =>    ...
//   %d = mul %h, %e          and here                   %again = gelu %z {dl.again = 3}
//                                                       %d = mul %again, %e
//
// Nothing is guessed that can be asked: kernels are formed of a copy of the model, which tells what lies in memory at which
// step. Of what lies there at the fullest step and is read only later, that is computed again which frees most bytes for a
// FLOP, with all on the way to it from what lies there anyway. Then it is asked again, until the copy's memory plan keeps
// the budget. The same ops run on the same values. But a product that has others beside it in its kernel may add up in another
// order, so that results can differ by rounding from those without a budget.
//
// What a loop stacks up for another one can be computed again in the rounds of that (Rounds.cpp): all of it, or only what no
// product is needed for. It is weighed like a value; and done if the memory plan of a copy says that it helps.
//
// An op marked `dl.again` is in no kernel with ops that stand before it; else it would run when those do.
#include "compiler/CostModel.h"
#include "compiler/Passes.h"
#include "compiler/Types.h"
#include "compiler/graph/Extents.h"
#include "compiler/graph/Rows.h"
#include "compiler/kernels/Domain.h"
#include "compiler/kernels/OperandView.h"
#include "compiler/kernels/Rounds.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "runtime/abi.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace dlc;

namespace {
/// Which op a copied one is a copy of: its number in its entry point.
constexpr StringLiteral origin = "dl.origin";
/// Times that the model is looked at. Each goes half of what is left of the way, or all of it where that is little, so that
/// the last ones would free next to nothing.
constexpr int mostRounds = 24;
/// A part of what lies in memory, one in so many, that is freed at once.
constexpr int64_t partAtOnce = 16;
/// Ops that are computed again for the sake of one value, at most: a layer of a network, written out, has fewer.
constexpr size_t mostOps = 64;

/// What an entry point keeps in memory, step by step: a step is the run of a kernel or a loop.
struct Lives {
  struct Kept {
    Operation *op; ///< that makes it
    unsigned result;
    int64_t bytes;
    int made;
    SmallVector<int> read; ///< in order

    int last() const { return read.empty() ? made : read.back(); }
    /// The first step after `step` that reads it; -1 if there is none.
    int nextRead(int step) const {
      auto it = llvm::upper_bound(read, step);
      return it == read.end() ? -1 : *it;
    }
    /// It lies there at that step for later ones only.
    bool waits(int step) const { return made < step && last() > step && !llvm::is_contained(read, step); }
  };
  std::vector<Kept> kept;
  DenseMap<Value, size_t> keptOf;
  DenseMap<Operation *, SmallVector<int, 1>>
      stepsOf;                   ///< several where kernels take an op along; none of what only views
  std::vector<int64_t> within;   ///< of each step: what a loop keeps beside that
  SmallVector<StringRef> loopOf; ///< of each step: the loop; empty if it is none

  /// Bytes at each step.
  std::vector<int64_t> bytes() const;
};

class Recomputer {
public:
  Recomputer(ModuleOp module, const CompileOptions &options)
      : module(module), model(*module.getOps<ModelOp>().begin()), options(options),
        capacity(capacitiesOf(model, options).back()), costs(*findTarget(options.target)) {
    for (EntryOp entry : model.getBody().getOps<EntryOp>())
      entryOf[entry.getSymName()] = entry;
  }
  int64_t run(StringRef name, int64_t aim, bool inRounds);
  int64_t plannedBytes(ModuleOp module, StringRef name);
  void explain();

private:
  void look();
  Lives livesOf(EntryOp formed, ArrayRef<Operation *> ops);
  int64_t mostWithin(StringRef loop) const;

  struct Work {
    int64_t values = 0; ///< that are computed again
    double flops = 0, more = 0;
  };
  Work workOf(EntryOp entry) const;

  /// Stacked results that can be computed again in rounds, and how many bytes that seems to free for a FLOP.
  struct Rounds {
    std::optional<AgainInRounds> again;
    double bytesForFlop = 0;
  };
  Rounds bestRounds(EntryOp entry);
  void weigh(RepeatOp loop, double times, Rounds &best);
  bool helps(const AgainInRounds &again, StringRef name, int64_t planned);
  void compute(const AgainInRounds &again);

  void relieve(EntryOp entry, int64_t target, double leastForFlop);
  bool isThere(Value value, int step, const Lives &lives);
  bool count(Operation *op, int step, const Lives &lives, SetVector<Operation *> &ops, double &flops);
  double flopsOf(Operation *op) const;
  bool isLater(Operation *op, int step, const Lives &lives);
  void gatherLater(Value value, int step, const Lives &lives, SmallVectorImpl<Operation *> &users);
  Operation *again(Operation *op, Operation *before, int step, int later, const Lives &lives);
  void redirect(Operation *op, Operation *clone, int step, const Lives &lives);

  ModuleOp module;
  ModelOp model;
  const CompileOptions &options;
  Extents capacity; ///< the largest
  CostModel costs;
  Accesses accesses;
  llvm::StringMap<Lives> livesOfEntry;
  llvm::StringMap<EntryOp> entryOf;
  DenseMap<Operation *, Operation *> cloneOf, originalOf;
  std::set<std::pair<Operation *, SmallVector<unsigned>>>
      refused;                                  ///< loops, and results that do not help in their rounds
  bool changed = false;                         ///< in the round at hand
  DenseMap<Operation *, int64_t> numberOfPlace; ///< of the ops before which something is computed again
};
} // namespace

std::vector<int64_t> Lives::bytes() const {
  std::vector<int64_t> all(within);
  for (const Kept &one : kept)
    for (int step = one.made; step <= one.last(); ++step)
      all[step] += one.bytes;
  return all;
}

/// Whatever is said of a copy is said again of the model itself.
static void quietly(MLIRContext *context, llvm::function_ref<void()> run) {
  ScopedDiagnosticHandler silent(context, [](Diagnostic &) { return success(); });
  run();
}

/// Ops that nothing reads any more, since all that did read what is computed again.
static void dropUnread(ModuleOp module) {
  for (EntryOp entry : (*module.getOps<ModelOp>().begin()).getBody().getOps<EntryOp>())
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(entry.getBody().front())))
      if (isOpTriviallyDead(&op))
        op.erase();
}

/// Bytes of the workspace of an entry point of the model, or of a copy of it, planned: the most of all targets. What is chosen
/// is the same for each of them, and so are the bits of results.
int64_t Recomputer::plannedBytes(ModuleOp module, StringRef name) {
  int64_t most = 0;
  for (StringRef target : {"v3", "v4"}) {
    CompileOptions own = options;
    own.target = findTarget(target)->name;
    OwningOpRef<ModuleOp> copy(module.clone());
    auto copied = *copy->getOps<ModelOp>().begin();
    for (EntryOp entry : llvm::make_early_inc_range(copied.getBody().getOps<EntryOp>()))
      if (entry.getKind() != "loop" && entry.getSymName() != name)
        entry.erase();
    dropUnread(*copy);
    quietly(module.getContext(), [&] {
      formKernels(copied, options.optimize > 0);
      lowerSchedules(*copy, own);
      if (failed(planMemory(*copy)))
        return; // is told when the model itself is planned
      for (auto schedule : copy->getOps<ScheduleOp>())
        most = std::max(most, schedule->getAttrOfType<IntegerAttr>("dl.workspace").getInt());
    });
  }
  return most;
}

static int64_t bytesOfValue(Value value, const Extents &capacity) {
  RankedTensorType type = typeOf(value);
  int64_t bytes = bytesOf(type.getElementType());
  for (Dim dim : dimsOf(type))
    bytes *= dim.at(capacity);
  return llvm::alignTo(std::max<int64_t>(bytes, 1), DLC_ALIGNMENT);
}

/// What a reshape shows.
static Value rootOf(Value value) {
  while (auto view = value.getDefiningOp<ReshapeOp>())
    value = view.getInput();
  return value;
}

/// `ops`: those of the entry point that `formed` is a copy of, before kernels were formed, by their numbers.
Lives Recomputer::livesOf(EntryOp formed, ArrayRef<Operation *> ops) {
  Lives lives;
  Block &block = formed.getBody().front();
  DenseMap<Value, size_t> index;
  SymbolTable symbols(formed->getParentOp());
  auto originOf = [&](Operation *op) -> Operation * {
    auto number = op ? op->getAttrOfType<IntegerAttr>(origin) : IntegerAttr();
    return number ? ops[number.getInt()] : nullptr;
  };
  DenseSet<Value> elsewhere; // with the caller, where it is stored, or in a buffer of the loop
  for (Value value : block.getTerminator()->getOperands())
    elsewhere.insert(rootOf(value));
  for (Operation &op : block.without_terminator()) {
    auto launch = dyn_cast<LaunchOp>(op);
    auto repeat = dyn_cast<RepeatOp>(op);
    if (!launch && !repeat)
      continue;
    int step = lives.within.size();
    lives.within.push_back(repeat ? mostWithin(repeat.getCallee()) : 0);
    lives.loopOf.push_back(repeat ? repeat.getCallee() : StringRef());
    SmallVector<Value> made(op.getResults()); // in the kernel
    if (launch) {
      auto kernel = symbols.lookup<KernelOp>(launch.getKernel());
      for (Operation &one : kernel.getBody().front().without_terminator())
        if (Operation *of = originOf(&one))
          lives.stepsOf[of].push_back(step);
      made.assign(kernel.getBody().front().getTerminator()->operand_begin(),
                  kernel.getBody().front().getTerminator()->operand_end());
    } else if (Operation *of = originOf(&op)) {
      lives.stepsOf[of].push_back(step);
    }
    for (Value operand : op.getOperands())
      if (auto it = index.find(rootOf(operand)); it != index.end())
        if (SmallVector<int> &read = lives.kept[it->second].read; read.empty() || read.back() != step)
          read.push_back(step);
    for (auto [result, value] : llvm::zip(op.getResults(), made)) {
      Operation *of = originOf(value.getDefiningOp());
      unsigned number = of ? cast<OpResult>(value).getResultNumber() : 0;
      index[result] = lives.kept.size();
      if (of)
        lives.keptOf[of->getResult(number)] = lives.kept.size();
      lives.kept.push_back({of, number, elsewhere.contains(result) ? 0 : bytesOfValue(result, capacity), step, {}});
    }
  }
  return lives;
}

int64_t Recomputer::mostWithin(StringRef loop) const {
  auto it = livesOfEntry.find(loop);
  if (it == livesOfEntry.end())
    return 0;
  std::vector<int64_t> bytes = it->second.bytes();
  return bytes.empty() ? 0 : *llvm::max_element(bytes);
}

/// Forms the kernels of a copy, and notes what lies in memory when.
void Recomputer::look() {
  livesOfEntry.clear();
  Builder b(module.getContext());
  llvm::StringMap<std::vector<Operation *>> ops;
  for (EntryOp entry : model.getBody().getOps<EntryOp>()) {
    for (Operation &op : entry.getBody().front()) {
      op.setAttr(origin, b.getI64IntegerAttr(ops[entry.getSymName()].size()));
      ops[entry.getSymName()].push_back(&op);
    }
  }
  OwningOpRef<ModuleOp> copy(module.clone());
  for (auto &[name, all] : ops)
    for (Operation *op : all)
      op->removeAttr(origin);
  dropUnread(*copy);
  quietly(module.getContext(), [&] { formKernels(*copy->getOps<ModelOp>().begin(), options.optimize > 0); });
  llvm::StringMap<EntryOp> formed;
  auto copied = *copy->getOps<ModelOp>().begin();
  for (EntryOp entry : copied.getBody().getOps<EntryOp>())
    formed[entry.getSymName()] = entry;
  // A loop before what repeats it.
  std::function<void(EntryOp)> visit = [&](EntryOp entry) {
    if (livesOfEntry.contains(entry.getSymName()))
      return;
    for (auto repeat : entry.getBody().getOps<RepeatOp>())
      visit(formed.at(repeat.getCallee()));
    livesOfEntry[entry.getSymName()] = livesOf(entry, ops[entry.getSymName()]);
  };
  for (EntryOp entry : copied.getBody().getOps<EntryOp>())
    visit(entry);
  for (auto &[name, lives] : livesOfEntry) // names of the copy are gone with it
    for (StringRef &loop : lives.loopOf)
      if (!loop.empty())
        loop = entryOf.lookup(loop).getSymName();
}

double Recomputer::flopsOf(Operation *op) const {
  double points = 1;
  if (auto repeat = dyn_cast<RepeatOp>(op)) {
    double round = 0;
    for (Operation &one : entryOf.lookup(repeat.getCallee()).getBody().front().without_terminator())
      round += flopsOf(&one);
    return round * (double)repeat.getCount().evaluate().at(capacity);
  }
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  for (Dim size : fusible ? fusible.getIterationSizes() : dimsOf(typeOf(op->getResult(0))))
    points *= (double)size.at(capacity);
  bool isProduct = hasKind(op, IterationKind::Contraction);
  return points * (isProduct ? 2 : op->hasTrait<Costly>() ? costs.expensiveFlops : 1);
}

/// The value need not be computed again to be read at that step.
bool Recomputer::isThere(Value value, int step, const Lives &lives) {
  if (auto it = lives.keptOf.find(value); it != lives.keptOf.end())
    return lives.kept[it->second].last() >= step;
  Operation *op = value.getDefiningOp();
  if (!op || accesses.isGenerator(op) || isa<LiftedOp>(op))
    return true;
  return isStridedView(op) && isThere(op->getOperand(0), step, lives);
}

/// All that is computed again so that the op's results are there at that step. False if that cannot be.
bool Recomputer::count(Operation *op, int step, const Lives &lives, SetVector<Operation *> &ops, double &flops) {
  if (!ops.insert(op))
    return true;
  if (ops.size() > mostOps || !isMemoryEffectFree(op) || isa<CheckIndexOp>(op))
    return false;
  if (!cloneOf.contains(op))
    flops += flopsOf(op);
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    return isThere(operand, step, lives) ||
           (!originalOf.contains(operand.getDefiningOp()) && count(operand.getDefiningOp(), step, lives, ops, flops));
  });
}

/// No kernel makes it: it is read through, or copies of it are taken along.
static bool isSeenThrough(Operation *op, const Lives &lives) {
  auto steps = lives.stepsOf.find(op);
  return isStridedView(op) && (steps == lives.stepsOf.end() || steps->second.size() != 1);
}
/// It runs after that step; so does what is computed again, in this round as in those before.
bool Recomputer::isLater(Operation *op, int step, const Lives &lives) {
  auto steps = lives.stepsOf.find(op);
  return steps == lives.stepsOf.end() ? originalOf.contains(op)
                                      : llvm::all_of(steps->second, [&](int one) { return one > step; });
}
/// Ops that run after that step and read the value, itself or through views.
void Recomputer::gatherLater(Value value, int step, const Lives &lives, SmallVectorImpl<Operation *> &users) {
  for (Operation *user : value.getUsers())
    if (isSeenThrough(user, lives))
      gatherLater(user->getResult(0), step, lives, users);
    else if (isLater(user, step, lives))
      users.push_back(user);
}

/// What reads the op's results after `step` reads those of its clone, if that stands before it.
void Recomputer::redirect(Operation *op, Operation *clone, int step, const Lives &lives) {
  for (auto [result, other] : llvm::zip(op->getResults(), clone->getResults()))
    for (OpOperand &use : llvm::make_early_inc_range(result.getUses())) {
      Operation *user = use.getOwner();
      if (user == clone || !clone->isBeforeInBlock(user))
        continue;
      SmallVector<Operation *> users;
      if (isSeenThrough(user, lives))
        gatherLater(user->getResult(0), step, lives, users);
      if (users.empty() && (isSeenThrough(user, lives) || !isLater(user, step, lives)))
        continue;
      use.set(other);
      changed = true;
    }
  // Views that stand before the clone are shown again behind it: of the clone, whatever lies between.
  for (auto [result, other] : llvm::zip(op->getResults(), clone->getResults()))
    for (Operation *user : llvm::to_vector(result.getUsers())) {
      if (!isSeenThrough(user, lives) || originalOf.contains(user) || clone->isBeforeInBlock(user))
        continue;
      SmallVector<Operation *> users;
      gatherLater(user->getResult(0), step, lives, users);
      llvm::erase_if(users, [&](Operation *one) { return !clone->isBeforeInBlock(one); });
      if (users.empty() || cloneOf.contains(user))
        continue;
      Operation *shown = user->clone();
      shown->replaceUsesOfWith(result, other);
      shown->setAttr(againName, clone->getAttr(againName));
      OpBuilder(clone->getBlock(), std::next(clone->getIterator())).insert(shown);
      cloneOf[user] = shown;
      originalOf[shown] = user;
      changed = true;
      redirect(user, shown, step, lives);
    }
}

/// The op once more, before another one; what reads its results after `step` reads it. `later`: the step that first does.
Operation *Recomputer::again(Operation *op, Operation *before, int step, int later, const Lives &lives) {
  auto [number, isNew] = numberOfPlace.try_emplace(before, numberOfPlace.size());
  int64_t place = number->second;
  Operation *clone = cloneOf.lookup(op);
  auto operandFor = [&](Value operand) -> Value {
    Operation *maker = operand.getDefiningOp();
    if (!maker)
      return operand;
    Operation *original = originalOf.lookup(maker); // of what was computed again already
    if (!original && !cloneOf.contains(maker) && isThere(operand, later, lives))
      return operand;
    Operation *made = again(original ? original : maker, before, step, later, lives);
    return made->getResult(cast<OpResult>(operand).getResultNumber());
  };
  if (clone && clone->isBeforeInBlock(before)) {
    redirect(op, clone, step, lives);
    return clone;
  }
  if (clone) {
    for (Value operand : clone->getOperands())
      if (Operation *maker = operand.getDefiningOp(); maker && !maker->isBeforeInBlock(before))
        operandFor(operand);
    clone->moveBefore(before);
    changed = true;
  } else {
    SmallVector<Value> operands = llvm::map_to_vector(op->getOperands(), operandFor);
    clone = op->clone();
    clone->setOperands(operands);
    OpBuilder(before).insert(clone);
    cloneOf[op] = clone;
    originalOf[clone] = op;
    changed = true;
  }
  clone->setAttr(againName, IntegerAttr::get(IntegerType::get(op->getContext(), 64), place));
  redirect(op, clone, step, lives);
  return clone;
}

/// Has values of the entry point computed again, until it seems to need no more than `target` bytes, or no value frees more
/// than that for a FLOP.
void Recomputer::relieve(EntryOp entry, int64_t target, double leastForFlop) {
  const Lives &lives = livesOfEntry.at(entry.getSymName());
  std::vector<int64_t> bytes = lives.bytes();
  struct Choice {
    size_t kept;
    int step;
  };
  SmallVector<Choice> choices;
  DenseSet<size_t> taken;
  SmallVector<int> order = llvm::to_vector(llvm::seq<int>(0, bytes.size()));
  llvm::BitVector isStuck(bytes.size());
  auto fullest = [&] {
    return *llvm::max_element(
        order, [&](int a, int b) { return std::pair(!isStuck[a], bytes[a]) < std::pair(!isStuck[b], bytes[b]); });
  };
  while (!bytes.empty() && !isStuck.all()) {
    int step = fullest();
    if (bytes[step] <= target)
      break;
    std::optional<size_t> best;
    double most = leastForFlop;
    for (auto [i, one] : llvm::enumerate(lives.kept)) {
      if (!one.op || !one.bytes || !one.waits(step) || taken.contains(i) || originalOf.contains(one.op))
        continue;
      SetVector<Operation *> ops;
      double flops = 1;
      if (!count(one.op, one.nextRead(step), lives, ops, flops) || (double)one.bytes / flops <= most)
        continue;
      most = (double)one.bytes / flops;
      best = i;
    }
    if (!best) {
      // What the loop itself keeps can still become less.
      if (!lives.loopOf[step].empty() && lives.within[step] > 0)
        relieve(entryOf.lookup(lives.loopOf[step]), target - (bytes[step] - lives.within[step]), leastForFlop);
      isStuck.set(step);
      continue;
    }
    const Lives::Kept &one = lives.kept[*best];
    taken.insert(*best);
    choices.push_back({*best, step});
    int from = one.made;
    for (int read : one.read)
      from = read < step ? read : from;
    for (int i = from + 1; i < one.nextRead(step); ++i)
      bytes[i] -= one.bytes;
  }
  for (auto [index, step] : choices) {
    const Lives::Kept &one = lives.kept[index];
    SmallVector<Operation *> users;
    gatherLater(one.op->getResult(one.result), step, lives, users);
    llvm::erase_if(users, [&](Operation *user) { return !one.op->isBeforeInBlock(user); });
    if (users.empty())
      continue;
    Operation *first =
        *llvm::min_element(users, [](Operation *a, Operation *b) { return a != b && a->isBeforeInBlock(b); });
    again(one.op, first, step, one.nextRead(step), lives);
  }
}

//===--- Rounds -----------------------------------------------------------------------------------------===//

static bool isProductOrLoop(Operation *op) { return isa<RepeatOp>(op) || hasKind(op, IterationKind::Contraction); }

/// The loop runs that many times in a call.
void Recomputer::weigh(RepeatOp loop, double times, Rounds &best) {
  auto consider = [&](ArrayRef<unsigned> results) {
    auto again = againInRounds(loop, results);
    if (results.empty() || !again || refused.count({loop, SmallVector<unsigned>(results)}))
      return;
    double bytes = 0, flops = 1;
    for (unsigned result : results)
      bytes += (double)bytesOfValue(loop.getResult(result), capacity);
    EntryOp body = bodyOf(loop);
    for (auto [i, attrs] : llvm::enumerate(body.getArgAttrs().getAsRange<DictionaryAttr>()))
      if (auto number = attrs.getAs<IntegerAttr>("carried");
          number && llvm::is_contained(again->carried, number.getInt()))
        bytes -= (double)bytesOfValue(loop.getArgs()[i], capacity) * (double)loop.getCount().evaluate().at(capacity);
    for (Operation *op : again->ops)
      flops += flopsOf(op) * times * (double)loop.getCount().evaluate().at(capacity);
    if (bytes / flops <= best.bytesForFlop)
      return;
    best.bytesForFlop = bytes / flops;
    best.again = std::move(again);
  };
  SmallVector<unsigned> all, cheap;
  for (unsigned result : readInRounds(loop))
    if (againInRounds(loop, result))
      all.push_back(result);
  for (unsigned result : llvm::reverse(all)) {
    cheap.push_back(result);
    if (llvm::any_of(againInRounds(loop, cheap)->ops, isProductOrLoop))
      cheap.pop_back();
  }
  consider(cheap);
  consider(all);
}

Recomputer::Rounds Recomputer::bestRounds(EntryOp entry) {
  Rounds best;
  std::function<void(EntryOp, double)> visit = [&](EntryOp entry, double times) {
    for (auto loop : entry.getBody().getOps<RepeatOp>()) {
      weigh(loop, times, best);
      visit(bodyOf(loop), times * (double)loop.getCount().evaluate().at(capacity));
    }
  };
  visit(entry, 1);
  return best;
}

/// What more lies in memory then, as slices that are read for longer, may outweigh what does not.
bool Recomputer::helps(const AgainInRounds &again, StringRef name, int64_t planned) {
  IRMapping map;
  OwningOpRef<ModuleOp> copy(cast<ModuleOp>(module->clone(map)));
  Operation *loop = RepeatOp(again.loop);
  computeInRounds(*againInRounds(cast<RepeatOp>(map.lookup(loop)), again.results));
  return plannedBytes(*copy, name) < planned;
}

void Recomputer::compute(const AgainInRounds &again) {
  // The loop has other results than what it is a copy of, or what is one of it.
  if (Operation *original = originalOf.lookup(again.loop))
    cloneOf.erase(original);
  if (Operation *clone = cloneOf.lookup(again.loop))
    originalOf.erase(clone);
  originalOf.erase(again.loop);
  cloneOf.erase(again.loop);
  numberOfPlace.erase(again.loop);
  computeInRounds(again);
  entryOf.clear();
  for (EntryOp entry : model.getBody().getOps<EntryOp>())
    entryOf[entry.getSymName()] = entry;
}

//===------------------------------------------------------------------------------------------------------===//

Recomputer::Work Recomputer::workOf(EntryOp entry) const {
  Work all;
  for (Operation &op : entry.getBody().front().without_terminator()) {
    auto loop = dyn_cast<RepeatOp>(op);
    if (op.hasAttr(againName)) {
      ++all.values;
      all.more += flopsOf(&op);
    } else if (loop) {
      Work round = workOf(bodyOf(loop));
      double rounds = (double)loop.getCount().evaluate().at(capacity);
      all.values += round.values;
      all.flops += round.flops * rounds;
      all.more += round.more * rounds;
    } else if (op.getNumResults()) {
      all.flops += flopsOf(&op);
    }
  }
  return all;
}

/// Says of each entry point how much of it is computed again, what it repeats included.
void Recomputer::explain() {
  for (EntryOp entry : model.getBody().getOps<EntryOp>()) {
    if (entry.getKind() == "loop")
      continue;
    Work work = workOf(entry);
    if (work.values)
      mlir::emitRemark(entry.getLoc()) << "`" << entry.getSymName() << "` computes " << work.values
                                       << " values again, which is "
                                       << llvm::formatv("{0:F1}", 100 * work.more / std::max(work.flops, 1.0)).str()
                                       << " % more work";
  }
}

/// Has as much of the entry point computed again as the budget asks for. Returns the bytes of workspace that it can do with.
int64_t Recomputer::run(StringRef name, int64_t aim, bool inRounds) {
  int64_t least = INT64_MAX; // that was reached
  for (int round = 0;; round += changed) {
    int64_t planned = plannedBytes(module, name);
    least = std::min(least, planned);
    if (planned <= options.memoryBudget) {
      dropUnread(module);
      return planned;
    }
    look();
    EntryOp entry = entryOf.at(name);
    Rounds rounds = inRounds ? bestRounds(entry) : Rounds();
    changed = false;
    // What the plan has beside what lies in memory at the fullest step: numbers, scratch memory, gaps. Half of the way is
    // gone at once: what is chosen reads what lies in memory now, and not what has been chosen with it.
    int64_t most = mostWithin(name), goal = aim - (planned - most), excess = most - goal;
    if (round < mostRounds)
      relieve(entry, excess > most / partAtOnce ? most - excess / 2 : goal, rounds.bytesForFlop);
    if (changed) {
      refused.clear();
    } else if (!rounds.again) {
      return least;
    } else if (helps(*rounds.again, name, planned)) {
      compute(*rounds.again);
      refused.clear();
    } else {
      refused.insert({rounds.again->loop, rounds.again->results});
    }
  }
}

/// What is freed first decides what can be freed later. So where the budget is not kept, all is tried again with a lower aim,
/// in the end with none, from which the least that is told does not depend on the budget; and with whole loops alone.
LogicalResult dlc::recompute(ModuleOp module, const CompileOptions &options) {
  if (!options.memoryBudget)
    return success();
  auto entries = [&] { return (*module.getOps<ModelOp>().begin()).getBody().getOps<EntryOp>(); };
  SmallVector<std::string> names;
  for (EntryOp entry : entries())
    if (entry.getKind() != "loop")
      names.push_back(entry.getSymName().str());
  LogicalResult result = success();
  auto plannedOf = [&](StringRef name) { return Recomputer(module, options).plannedBytes(module, name); };
  if (llvm::any_of(names, [&](StringRef name) { return plannedOf(name) > options.memoryBudget; }))
    writeOutMaps(*module.getOps<ModelOp>().begin()); // what lies in memory when is followed op by op
  for (StringRef name : names) {
    int64_t least = plannedOf(name);
    for (auto [aim, inRounds] :
         {std::pair(options.memoryBudget, true), {options.memoryBudget / 2, true}, {0, true}, {0, false}}) {
      if (least <= options.memoryBudget)
        break;
      OwningOpRef<ModuleOp> copy(module.clone());
      int64_t reached = Recomputer(*copy, options).run(name, aim, inRounds);
      least = std::min(least, reached);
      if (reached <= options.memoryBudget)
        module.getBodyRegion().takeBody(copy->getBodyRegion());
    }
    if (least <= options.memoryBudget)
      continue;
    EntryOp entry = *llvm::find_if(entries(), [&](EntryOp one) { return one.getSymName() == name; });
    result = complain(entry) << "`" << name << "` needs " << withCommas(least) << " bytes of workspace, "
                             << withCommas(least - options.memoryBudget) << " more than --memory-budget "
                             << options.memoryBudget
                             << ", though all is computed again that helps; expected a larger budget"
                             << (!hasBatch(entry)             ? ""
                                 : entry.getKind() == "train" ? ", a smaller --batch, or a step that accumulates"
                                                              : ", or a smaller --batch");
  }
  if (succeeded(result) && options.explainMemory)
    Recomputer(module, options).explain();
  return result;
}
