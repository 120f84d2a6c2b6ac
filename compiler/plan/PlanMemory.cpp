// PlanMemory.cpp - level `plan`: each buffer of a schedule gets its place.
// SPDX-License-Identifier: Apache-2.0
//
//   %x = buffer argument[0] : memref<128xf32>      =>   %x = place input[0] : memref<128xf32>
//   %w = buffer argument[1] : memref<16xf32>       =>   %w = place params + 64 : memref<16xf32>
//   %z = buffer temporary : memref<64xf32>         =>   %z = place workspace + 256 : memref<64xf32>
//
// A workspace holds the numbers of the call (runtime/abi.h), then the temporary buffers, then scratch memory of one thread.
// Temporary buffers whose lives do not meet share memory: the largest are placed first, each at the lowest offset that is
// free while it lives. The result is checked, not assumed.
#include "compiler/Passes.h"
#include "compiler/Types.h"
#include "compiler/graph/Extents.h"
#include "compiler/plan/StoredTensors.h"

using namespace mlir;
using namespace dlc;

namespace {
struct Temporary {
  BufferOp op;
  int64_t bytes;
  int64_t first = INT64_MAX, last = -1; ///< the steps of the schedule that use it
  int64_t offset = -1;

  bool lives(const Temporary &other) const { return first <= other.last && other.first <= last; }
  int64_t end() const { return offset + bytes; }
};

class MemoryPlan {
public:
  MemoryPlan(ScheduleOp schedule, const StoredTensors &stored, const llvm::StringMap<ModuleOp> &kernels, bool explains)
      : schedule(schedule), stored(stored), kernels(kernels), explains(explains) {}
  LogicalResult run();

private:
  void countSteps(Block &block);
  void uses(Temporary &temporary);
  int64_t placeTemporaries();
  LogicalResult verify();
  void explain(int64_t workspace);
  void replace(BufferOp buffer, StringRef base, std::optional<int64_t> index, int64_t offset);
  void placeArgument(BufferOp buffer, int64_t index);
  LogicalResult placeSlot(SlotOp slot);
  LogicalResult wrong(Operation *op) {
    return op->emitError("the memory plan cannot say where a slot lies: this is a mistake in dlc");
  }
  ArrayAttr argumentAttrs() {
    return schedule->getAttrOfType<DictionaryAttr>("dl.entry").getAs<ArrayAttr>("arg_attrs");
  }

  ScheduleOp schedule;
  const StoredTensors &stored;
  const llvm::StringMap<ModuleOp> &kernels;
  bool explains;
  DenseMap<Operation *, std::pair<int64_t, int64_t>> steps; ///< of each step the first and the last: a loop's are many
  int64_t nextStep = 0;
  SmallVector<int64_t> ordinals; ///< of each argument: its number among the inputs, or among the scalars
  std::vector<Temporary> temporaries;
};
} // namespace

/// In whole lines.
static int64_t bytesOfBuffer(BufferOp buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  return llvm::alignTo(std::max<int64_t>(type.getNumElements() * bytesOf(type.getElementType()), 1), DLC_ALIGNMENT);
}

void MemoryPlan::countSteps(Block &block) {
  for (Operation &op : block) {
    int64_t first = nextStep++;
    for (Region &region : op.getRegions())
      countSteps(region.front());
    steps[&op] = {first, nextStep - 1};
  }
}

/// What is used in a loop lives as long as the loop runs, unless it belongs to the loop.
void MemoryPlan::uses(Temporary &temporary) {
  // A slot of it is the buffer itself.
  SmallVector<Operation *> users(temporary.op->getUsers());
  for (size_t i = 0; i < users.size(); ++i)
    if (isa<SlotOp>(users[i]))
      llvm::append_range(users, users[i]->getUsers());
  for (Operation *user : users) {
    Operation *step = temporary.op->getBlock()->findAncestorOpInBlock(*user);
    auto [first, last] = steps.lookup(step);
    temporary.first = std::min(temporary.first, first);
    temporary.last = std::max(temporary.last, last);
  }
}

/// Returns where the last one ends.
int64_t MemoryPlan::placeTemporaries() {
  std::vector<Temporary *> order, placed; // placed: by offset
  for (Temporary &one : temporaries)
    order.push_back(&one);
  llvm::stable_sort(order, [](Temporary *a, Temporary *b) { return a->bytes > b->bytes; });
  int64_t total = 0;
  for (Temporary *one : order) {
    one->offset = 0;
    for (Temporary *other : placed) {
      if (other->offset >= one->end())
        break;
      if (one->lives(*other))
        one->offset = std::max(one->offset, other->end());
    }
    total = std::max(total, one->end());
    placed.insert(llvm::upper_bound(placed, one, [](Temporary *a, Temporary *b) { return a->offset < b->offset; }),
                  one);
  }
  return total;
}

/// Two that live at one time lie apart: goes through the steps, and knows what lies where at each.
LogicalResult MemoryPlan::verify() {
  std::vector<std::pair<int64_t, Temporary *>> events; // twice the step, one more where a life ends
  for (Temporary &one : temporaries)
    if (one.last >= one.first) {
      events.push_back({2 * one.first, &one});
      events.push_back({2 * one.last + 1, &one});
    }
  llvm::stable_sort(events, llvm::less_first());
  std::map<int64_t, Temporary *> living; // by offset
  for (auto [time, one] : events) {
    if (time % 2) {
      living.erase(one->offset);
      continue;
    }
    auto next = living.lower_bound(one->offset);
    bool isFree = (next == living.end() || next->first >= one->end()) &&
                  (next == living.begin() || std::prev(next)->second->end() <= one->offset);
    if (!isFree)
      return schedule.emitError("the memory plan lets two living buffers share memory: this is a mistake in dlc");
    living[one->offset] = one;
  }
  return success();
}

/// Of a kernel's ops the last, which makes what the kernel is for.
static Location lastOf(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return lastOf(name.getChildLoc());
  auto fused = dyn_cast<FusedLoc>(loc);
  return fused && !fused.getLocations().empty() ? lastOf(fused.getLocations().back()) : loc;
}

/// Says what lies in the workspace where most lies there, the largest first.
void MemoryPlan::explain(int64_t workspace) {
  constexpr size_t mostTold = 8;
  std::vector<int64_t> bytes(nextStep);
  for (const Temporary &one : temporaries)
    for (int64_t step = one.first; step <= one.last; ++step)
      bytes[step] += one.bytes;
  int64_t fullest = bytes.empty() ? 0 : llvm::max_element(bytes) - bytes.begin();
  SmallVector<Temporary *> there;
  for (Temporary &one : temporaries)
    if (one.first <= fullest && one.last >= fullest)
      there.push_back(&one);
  llvm::stable_sort(there, [](Temporary *a, Temporary *b) { return a->bytes > b->bytes; });
  auto entry = schedule->getAttrOfType<DictionaryAttr>("dl.entry");
  InFlightDiagnostic remark = mlir::emitRemark(schedule.getLoc());
  remark << "`" << entry.getAs<StringAttr>("name").getValue() << "` has a workspace of " << withCommas(workspace)
         << " bytes";
  Extents capacities = extentsOf(entry);
  for (auto [name, capacity] : capacities.list())
    if (capacity)
      remark << (name == "batch" ? " at a batch of " : ", " + name.str() + " ") << capacity;
  if (there.empty())
    return;
  int64_t rest = bytes[fullest];
  remark << "; " << withCommas(rest) << " hold values at its fullest step";
  for (Temporary *one : ArrayRef(there).take_front(mostTold)) {
    rest -= one->bytes;
    std::string name = nameOf(one->op.getBuffer());
    remark.attachNote(lastOf(one->op.getLoc()))
        << withCommas(one->bytes) << " bytes" << (name.empty() ? "" : " of %") << name;
  }
  if (rest)
    remark << ", " << withCommas(rest) << " of them in " << there.size() - mostTold << " smaller ones than these:";
}

void MemoryPlan::replace(BufferOp buffer, StringRef base, std::optional<int64_t> index, int64_t offset) {
  OpBuilder b(buffer);
  auto place = PlaceOp::create(b, buffer.getLoc(), buffer.getType(), b.getStringAttr(base),
                               index ? b.getI64IntegerAttr(*index) : IntegerAttr(), b.getI64IntegerAttr(offset),
                               SizeAttr(), b.getArrayAttr({}), ValueRange{});
  buffer.replaceAllUsesWith(place.getBuffer());
  buffer.erase();
}

/// Where a slot lies: in the place of the whole, which may be a slot itself.
LogicalResult MemoryPlan::placeSlot(SlotOp slot) {
  auto whole = slot.getWhole().getDefiningOp<PlaceOp>();
  auto type = cast<MemRefType>(slot.getBuffer().getType());
  Dim size = slot.getSize().evaluate() * Dim(bytesOf(type.getElementType()));
  Dim first = (whole.getFirst() ? whole.getFirst()->evaluate() : Dim(0)) + Dim((int64_t)slot.getFirst()) * size;
  if (first.isUnknown())
    return wrong(slot);
  int64_t offset = whole.getOffset();
  SmallVector<Attribute> steps(whole.getSteps().getValue());
  for (int64_t step : slot.getSteps())
    steps.push_back(SizeAttr::get(slot.getContext(), Dim(step) * size));
  if (first.isNumber())
    offset += std::exchange(first, Dim(0)).value;
  SmallVector<Value> indices(whole.getIndices());
  llvm::append_range(indices, slot.getIndices());
  OpBuilder b(slot);
  auto place = PlaceOp::create(
      b, slot.getLoc(), type, whole.getBaseAttr(), whole.getIndexAttr(), b.getI64IntegerAttr(offset),
      first == Dim(0) ? SizeAttr() : SizeAttr::get(slot.getContext(), first), b.getArrayAttr(steps), indices);
  slot.replaceAllUsesWith(place.getBuffer());
  slot.erase();
  return success();
}

/// Where argument `index` of the entry point lies: with the caller, in an arena, or among the numbers of the call.
void MemoryPlan::placeArgument(BufferOp buffer, int64_t index) {
  auto about = cast<DictionaryAttr>(argumentAttrs()[index]);
  static constexpr StringRef arenas[] = {"params", "buffers", "training", "session"};
  if (const StoredTensor *tensor = stored.find(about))
    replace(buffer, arenas[tensor->arena], {}, tensor->offset);
  else if (about.contains("input"))
    replace(buffer, "input", ordinals[index], 0);
  else if (about.contains("random"))
    replace(buffer, "workspace", {}, 0);
  else if (about.contains("step"))
    replace(buffer, "workspace", {}, 8 * (DLC_FIRST_SCALAR - 1));
  else
    replace(buffer, "workspace", {}, 8 * (DLC_FIRST_SCALAR + ordinals[index]));
}

LogicalResult MemoryPlan::run() {
  countSteps(schedule.getBody().front());
  int64_t inputs = 0, scalars = 0;
  for (auto about : argumentAttrs().getAsRange<DictionaryAttr>())
    ordinals.push_back(about.contains("input") ? inputs++ : about.contains("scalar") ? scalars++ : 0);
  int64_t mostOperands = 0, scratch = 0;
  schedule.walk([&](RunOp run) {
    mostOperands = std::max<int64_t>(mostOperands, run.getInputs().size() + run.getOutputs().size());
    scratch = std::max(scratch, kernels.at(run.getKernel())->getAttrOfType<IntegerAttr>("dl.scratch").getInt());
  });
  // The numbers of the call, and the operands of the run at hand.
  int64_t numbers = llvm::alignTo(8 * (DLC_FIRST_SCALAR + scalars + mostOperands), DLC_ALIGNMENT);
  SmallVector<BufferOp> named;
  SmallVector<std::pair<BufferOp, int64_t>> constants;
  schedule.walk([&](BufferOp buffer) {
    if (buffer.getIndex())
      named.push_back(buffer);
    else if (buffer.getValue())
      constants.push_back({buffer, *buffer.getValue()});
    else
      temporaries.push_back({buffer, bytesOfBuffer(buffer)});
  });
  for (Temporary &one : temporaries)
    uses(one);
  int64_t total = placeTemporaries();
  if (failed(verify()))
    return failure();
  scratch = llvm::alignTo(scratch, DLC_ALIGNMENT);
  if (explains)
    explain(numbers + total + scratch);
  for (Temporary &one : temporaries)
    replace(one.op, "workspace", {}, numbers + one.offset);
  for (BufferOp buffer : named)
    if (buffer.getRole() == "output")
      replace(buffer, "output", buffer.getIndex(), 0);
    else
      placeArgument(buffer, *buffer.getIndex());
  for (auto [i, constant] : llvm::enumerate(constants))
    replace(constant.first, "constants", {}, 8 * i);
  SmallVector<SlotOp> slots;
  schedule.walk<WalkOrder::PreOrder>([&](SlotOp slot) { slots.push_back(slot); });
  for (SlotOp slot : slots)
    if (failed(placeSlot(slot)))
      return failure();
  Builder b(schedule.getContext());
  if (!constants.empty())
    schedule->setAttr("dl.constants", b.getDenseI64ArrayAttr(llvm::to_vector(llvm::make_second_range(constants))));
  schedule->setAttr("dl.workspace", b.getI64IntegerAttr(numbers + total + scratch));
  schedule->setAttr("dl.scratch", b.getI64IntegerAttr(scratch));
  return success();
}

LogicalResult dlc::planMemory(ModuleOp module, bool explain) {
  StoredTensors stored(module);
  llvm::StringMap<ModuleOp> kernels = kernelsOf(module);
  for (auto schedule : module.getOps<ScheduleOp>())
    if (failed(MemoryPlan(schedule, stored, kernels, explain).run()))
      return failure();
  return success();
}
