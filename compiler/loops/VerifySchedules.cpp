// VerifySchedules.cpp - between `loops` and `plan`: each reader finds what it is to read.
// SPDX-License-Identifier: Apache-2.0
//
//   dl.schedule @step attributes {dl.values = [0, 1, -1, ...]} {            arguments, then outputs
//     run @k0(%x, %w, %m) -> (%w, %m) parts ...  {dl.values = [2, 0, 1, 3, 4]}      inputs, then outputs
//     end                                        {dl.values = [3, 4, 5, ...]}
//
// An entry point is pure until it becomes a schedule; there buffers are written over. Each value of the pure function
// keeps a number. This check goes through the schedule as it would run, notes which value each buffer holds, and
// compares that with the value that each step is to read and the end is to leave.
//
// A loop is gone through once. Slots of buffers say which values they hold when a round begins and when it ends, and which
// value the whole buffer holds before and behind the loop (SlotOp): what round i + 1 begins with is what round i leaves.
//
// A part of a joined tensor is a slot of its buffer, with a value of its own. What is written to the whole ends those of its
// parts, but for parts that the kernel is given and does not touch: it fills what is around them.
//
// Where a step reads and writes one buffer, its kernel must read an element only where it writes it, and before: a load
// is followed by the store to the same place, in one block. Different points write different elements: every op of a
// kernel stands on all dimensions of its domain, or on all of its rows (Domain.cpp).
#include "compiler/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;

namespace {
/// One load or store of a kernel: of a vector, or of one element.
struct Access {
  Operation *op;
  SmallVector<Value> place; ///< base, and for each lane an offset
  Value mask;               ///< null: all lanes
  Type type;

  bool sameElements(const Access &other) const {
    return place == other.place && mask == other.mask && type == other.type;
  }
};

class ScheduleVerifier {
public:
  ScheduleVerifier(ModuleOp module) : kernels(kernelsOf(module)) {}
  LogicalResult verify(ScheduleOp schedule);

private:
  LogicalResult step(RunOp run, ArrayRef<int64_t> values);
  LogicalResult steps(Block &block);
  LogicalResult loop(LoopOp loop);
  LogicalResult finds(Operation *reader, Value buffer, int64_t value);
  LogicalResult writesOver(RunOp run, func::FuncOp kernel, Value buffer);
  LogicalResult shares(RunOp run, func::FuncOp kernel, unsigned input, unsigned output);
  LogicalResult wrong(Operation *op, const Twine &what);

  llvm::StringMap<ModuleOp> kernels;
  DenseMap<Value, int64_t> held;                                    ///< by a buffer: the number of a value
  DenseMap<Value, SmallVector<Value>> partsOf;                      ///< of a buffer: slots of it that hold parts
  DenseSet<std::tuple<Operation *, unsigned, unsigned, int>> right; ///< what `shares` has found right
};
} // namespace

static constexpr int64_t nothing = -1;

LogicalResult ScheduleVerifier::wrong(Operation *op, const Twine &what) {
  return complain(op) << "the schedule " << what << ": this is a mistake in dlc";
}

static std::optional<Access> loaded(Operation *op) {
  if (auto load = dyn_cast<memref::LoadOp>(op))
    return Access{op, llvm::to_vector(load.getIndices()), {}, load.getType()};
  if (auto load = dyn_cast<vector::LoadOp>(op))
    return Access{op, llvm::to_vector(load.getIndices()), {}, load.getType()};
  if (auto load = dyn_cast<vector::MaskedLoadOp>(op))
    return Access{op, llvm::to_vector(load.getIndices()), load.getMask(), load.getType()};
  if (auto load = dyn_cast<vector::GatherOp>(op)) {
    Access access{op, llvm::to_vector(load.getOffsets()), load.getMask(), load.getType()};
    access.place.push_back(load.getIndices());
    return access;
  }
  return std::nullopt;
}
static std::optional<Access> stored(Operation *op, Value buffer) {
  if (auto store = dyn_cast<memref::StoreOp>(op); store && store.getMemRef() == buffer)
    return Access{op, llvm::to_vector(store.getIndices()), {}, store.getValue().getType()};
  if (auto store = dyn_cast<vector::StoreOp>(op))
    return Access{op, llvm::to_vector(store.getIndices()), {}, store.getValueToStore().getType()};
  if (auto store = dyn_cast<vector::MaskedStoreOp>(op))
    return Access{op, llvm::to_vector(store.getIndices()), store.getMask(), store.getValueToStore().getType()};
  if (auto store = dyn_cast<vector::ScatterOp>(op)) {
    Access access{op, llvm::to_vector(store.getOffsets()), store.getMask(), store.getValueToStore().getType()};
    access.place.push_back(store.getIndices());
    return access;
  }
  return std::nullopt;
}

/// The kernel may run with one buffer for this input and this output.
LogicalResult ScheduleVerifier::shares(RunOp call, func::FuncOp kernel, unsigned input, unsigned output) {
  Dim count = call.getCount().evaluate();
  bool onePart = count.isNumber() && count.value <= (int64_t)call.getUnit();
  if (!right.insert({kernel, input, output, onePart}).second)
    return success();
  SmallVector<Access> loads, stores;
  for (Operation *user : kernel.getArgument(input).getUsers()) {
    if (isa<memref::PrefetchOp, memref::ExtractAlignedPointerAsIndexOp>(user))
      continue; // no element
    auto access = loaded(user);
    if (!access)
      return wrong(call, "gives @" + kernel.getSymName() + " a buffer to write over that it reads as a whole");
    loads.push_back(*access);
  }
  for (Operation *user : kernel.getArgument(output).getUsers()) {
    if (isa<memref::ExtractAlignedPointerAsIndexOp>(user))
      continue;
    auto access = stored(user, kernel.getArgument(output));
    if (!access)
      return wrong(call, "gives @" + kernel.getSymName() + " a buffer to write over that it reads again");
    stores.push_back(*access);
  }
  for (const Access &load : loads) {
    // One element that is read at the kernel's entry: there must be one point.
    bool once = onePart && !load.op->getParentOfType<scf::ForOp>();
    bool found = false;
    for (const Access &store : stores) {
      bool here = load.op->getBlock() == store.op->getBlock();
      bool later = here ? load.op->isBeforeInBlock(store.op)
                        : once && !store.op->getParentOfType<scf::ForOp>() &&
                              load.op->getBlock()->findAncestorOpInBlock(*store.op);
      if (!load.sameElements(store))
        continue;
      if (!later)
        return wrong(call, "lets @" + kernel.getSymName() + " read an element that it has written over");
      found = true;
    }
    if (!found)
      return wrong(call, "lets @" + kernel.getSymName() + " read elements in another place than it writes over them");
  }
  return success();
}

/// The buffer itself, of a slot that is the same in each round.
static Value rootOf(Value buffer) {
  for (auto slot = buffer.getDefiningOp<SlotOp>();
       slot && slot.getIndices().empty() && !slot->hasAttr("dl.values") && !slot->hasAttr("dl.part");
       slot = buffer.getDefiningOp<SlotOp>())
    buffer = slot.getWhole();
  return buffer;
}

/// The buffer that a part of a joined tensor lies in; null if this is none.
static Value wholeOf(Value buffer) {
  auto slot = buffer.getDefiningOp<SlotOp>();
  return slot && slot->hasAttr("dl.part") ? rootOf(slot.getWhole()) : Value();
}

LogicalResult ScheduleVerifier::finds(Operation *reader, Value buffer, int64_t value) {
  auto it = held.find(rootOf(buffer));
  if (value == nothing || (it != held.end() && it->second == value))
    return success();
  return wrong(reader, it == held.end() || it->second == nothing ? "reads a buffer that nothing has been written to"
                                                                 : "reads a buffer that has been written over");
}

LogicalResult ScheduleVerifier::step(RunOp run, ArrayRef<int64_t> values) {
  ModuleOp home = kernels.lookup(run.getKernel());
  auto kernel = home ? home.lookupSymbol<func::FuncOp>(run.getKernel()) : func::FuncOp();
  size_t reads = run.getInputs().size();
  if (!kernel || values.size() != reads + run.getOutputs().size())
    return wrong(run, "does not say which values the buffers of a run hold");
  for (auto [buffer, value] : llvm::zip(run.getInputs(), values))
    if (failed(finds(run, buffer, value)))
      return failure();
  for (auto [i, buffer] : llvm::enumerate(run.getOutputs())) {
    if (llvm::is_contained(run.getOutputs().take_front(i), buffer))
      return wrong(run, "lets @" + kernel.getSymName() + " write two values to one buffer");
    for (auto [input, read] : llvm::enumerate(run.getInputs()))
      if (read == buffer && failed(shares(run, kernel, input, reads + i)))
        return failure();
    if (auto around = run->getParentOfType<LoopOp>(); around && values[reads + i] != nothing)
      if (!around.getBody().isAncestor(buffer.getParentRegion()))
        return wrong(run, "writes to a buffer from outside of its loop that is no slot");
    if (failed(writesOver(run, kernel, rootOf(buffer))))
      return failure();
    held[rootOf(buffer)] = values[reads + i];
  }
  return success();
}

/// Where a buffer is written to, what it is a part of is whole no more, and its parts are gone: but for those that the kernel is
/// given and leaves alone.
LogicalResult ScheduleVerifier::writesOver(RunOp run, func::FuncOp kernel, Value buffer) {
  for (Value whole = wholeOf(buffer); whole; whole = wholeOf(whole))
    held[whole] = nothing;
  DenseSet<Value> kept;
  for (auto [input, read] : llvm::enumerate(run.getInputs())) {
    SmallVector<Value> path{rootOf(read)}; // from the part to the whole
    while (path.back() != buffer && wholeOf(path.back()))
      path.push_back(wholeOf(path.back()));
    if (path.size() < 2 || path.back() != buffer)
      continue;
    if (!kernel.getArgument(input).use_empty())
      return wrong(run, "lets @" + kernel.getSymName() + " read a part of the buffer that it writes");
    kept.insert(path.begin(), path.end());
  }
  std::function<void(Value)> end = [&](Value whole) {
    for (Value part : partsOf.lookup(whole))
      if (kept.contains(part) && part != buffer) {
        if (llvm::none_of(partsOf.lookup(part), [&](Value inner) { return kept.contains(inner); }))
          continue; // with all of its own parts
        end(part);
      } else {
        held[part] = nothing;
        end(part);
      }
  };
  end(buffer);
  return success();
}

static ArrayRef<int64_t> numbersOf(Operation *op) {
  auto values = op->getAttrOfType<DenseI64ArrayAttr>("dl.values");
  return values ? values.asArrayRef() : ArrayRef<int64_t>();
}

LogicalResult ScheduleVerifier::loop(LoopOp loop) {
  SmallVector<SlotOp> slots;
  for (SlotOp slot : loop.getBody().getOps<SlotOp>())
    if (slot->hasAttr("dl.values"))
      slots.push_back(slot);
  for (SlotOp slot : slots) {
    ArrayRef<int64_t> values = numbersOf(slot);
    if (values.size() != 4)
      return wrong(slot, "does not say which values a slot holds");
    if (failed(finds(slot, slot.getWhole(), values[2])))
      return failure();
    if (values[0] != nothing && values[1] != nothing && !slot.getIndices().empty())
      for (Operation *user : slot.getWhole().getUsers())
        if (user != slot && loop->isAncestor(user))
          return wrong(slot, "writes over slices of a buffer that its loop uses elsewhere");
    held[slot] = values[0];
  }
  if (failed(steps(loop.getBody().front())))
    return failure();
  for (SlotOp slot : slots) {
    ArrayRef<int64_t> values = numbersOf(slot);
    if (values[1] != nothing && held.lookup(slot) != values[1])
      return wrong(slot, "leaves another value in a slot than the one that the next round begins with");
    if (values[3] != nothing)
      held[rootOf(slot.getWhole())] = values[3];
  }
  return success();
}

LogicalResult ScheduleVerifier::steps(Block &block) {
  for (Operation &op : block) {
    if (auto buffer = dyn_cast<BufferOp>(op)) {
      if (buffer.getRole() == "constant" && numbersOf(buffer).size() == 1)
        held[buffer] = numbersOf(buffer)[0];
    } else if (auto run = dyn_cast<RunOp>(op)) {
      if (failed(step(run, numbersOf(run))))
        return failure();
    } else if (auto inner = dyn_cast<LoopOp>(op)) {
      if (failed(loop(inner)))
        return failure();
    } else if (!isa<SlotOp, EndOp>(op)) {
      return wrong(&op, "has a step that is not known here");
    }
  }
  return success();
}

LogicalResult ScheduleVerifier::verify(ScheduleOp schedule) {
  held.clear();
  partsOf.clear();
  schedule.walk([&](SlotOp slot) {
    if (Value whole = wholeOf(slot))
      partsOf[whole].push_back(slot);
  });
  ArrayRef<int64_t> given = numbersOf(schedule);
  auto about = schedule->getAttrOfType<DictionaryAttr>("dl.entry");
  auto arguments = about ? about.getAs<ArrayAttr>("arg_attrs") : ArrayAttr();
  size_t count = arguments ? arguments.size() : 0;
  SmallVector<Value> places(given.size()); // the buffers of arguments, then of outputs
  for (auto buffer : schedule.getBody().getOps<BufferOp>()) {
    if (!buffer.getIndex())
      continue;
    size_t place = *buffer.getIndex() + (buffer.getRole() == "output" ? count : 0);
    if (place >= given.size() || places[place])
      return wrong(buffer, "does not say which values its buffers hold");
    places[place] = buffer;
    held[buffer] = given[place];
  }
  if (failed(steps(schedule.getBody().front())))
    return failure();
  Operation *end = schedule.getBody().front().getTerminator();
  ArrayRef<int64_t> left = numbersOf(end);
  if (left.size() != given.size())
    return wrong(schedule, "does not say which values it leaves in its buffers");
  for (auto [buffer, value] : llvm::zip(places, left))
    if (value != nothing && (!buffer || held.lookup(buffer) != value))
      return wrong(end, "leaves another value in a buffer than the one that belongs there");
  return success();
}

LogicalResult dlc::verifySchedules(ModuleOp module) {
  ScheduleVerifier verifier(module);
  for (auto schedule : module.getOps<ScheduleOp>())
    if (failed(verifier.verify(schedule)))
      return failure();
  return success();
}
