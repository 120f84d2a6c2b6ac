// VerifySchedules.cpp - between `loops` and `plan`: each reader finds what it is to read.
// SPDX-License-Identifier: Apache-2.0
//
//   func @step(..., %w, %m, %out, ...) attributes {dl.values = [0, 1, -1, ...]}
//     call @k0(%x, %w, %m, %w, %m, ...)           {dl.values = [2, 0, 1, 3, 4]}      inputs, then outputs
//     memref.copy %new, %out                      {dl.value = 5}
//     return                                      {dl.values = [3, 4, 5, ...]}
//
// An entry point is pure until it becomes a schedule; there buffers are written over. Each value of the pure function
// keeps a number. This check goes through the schedule as it would run, notes which value each buffer holds, and
// compares that with the value that each step is to read and the end is to leave.
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
  ScheduleVerifier(ModuleOp module) : symbols(module) {}
  LogicalResult verify(func::FuncOp schedule);

private:
  LogicalResult step(func::CallOp call, ArrayRef<int64_t> values);
  LogicalResult finds(Operation *reader, Value buffer, int64_t value);
  LogicalResult shares(func::CallOp call, func::FuncOp kernel, unsigned input, unsigned output);
  LogicalResult wrong(Operation *op, const Twine &what);

  SymbolTable symbols;
  DenseMap<Value, int64_t> held; ///< by a buffer: the number of a value
  DenseSet<std::tuple<Operation *, unsigned, unsigned, int>> right; ///< what `shares` has found right
};
} // namespace

static constexpr int64_t nothing = -1;

/// The buffers among these that hold values: scratch memory (the last one, where there is any) holds nothing between steps.
static SmallVector<Value> buffersOf(ValueRange values, Operation *function) {
  SmallVector<Value> buffers(llvm::make_filter_range(values, llvm::IsaPred<TypedValue<MemRefType>>));
  if (function->hasAttr("dl.scratch"))
    buffers.pop_back();
  return buffers;
}

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

/// The kernel may be called with one buffer for this input and this output.
LogicalResult ScheduleVerifier::shares(func::CallOp call, func::FuncOp kernel, unsigned input, unsigned output) {
  bool onePart = isConstantIntValue(call.getOperands().back(), 1);
  if (!right.insert({kernel, input, output, onePart}).second)
    return success();
  SmallVector<Access> loads, stores;
  for (Operation *user : kernel.getArgument(input).getUsers()) {
    auto access = loaded(user);
    if (!access)
      return wrong(call, "gives @" + kernel.getSymName() + " a buffer to write over that it reads as a whole");
    loads.push_back(*access);
  }
  for (Operation *user : kernel.getArgument(output).getUsers()) {
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

LogicalResult ScheduleVerifier::finds(Operation *reader, Value buffer, int64_t value) {
  auto it = held.find(buffer);
  if (value == nothing || (it != held.end() && it->second == value))
    return success();
  return wrong(reader, it == held.end() || it->second == nothing ? "reads a buffer that nothing has been written to"
                                                                  : "reads a buffer that has been written over");
}

LogicalResult ScheduleVerifier::step(func::CallOp call, ArrayRef<int64_t> values) {
  auto kernel = symbols.lookup<func::FuncOp>(call.getCallee());
  auto inputs = kernel ? kernel->getAttrOfType<IntegerAttr>("dl.inputs") : IntegerAttr();
  SmallVector<Value> buffers = kernel ? buffersOf(call.getOperands(), kernel) : SmallVector<Value>();
  if (!inputs || buffers.size() != values.size() || inputs.getInt() > (int64_t)buffers.size())
    return wrong(call, "does not say which values the buffers of a call hold");
  unsigned reads = inputs.getInt();
  for (unsigned i = 0; i < reads; ++i)
    if (failed(finds(call, buffers[i], values[i])))
      return failure();
  for (unsigned output = reads; output < buffers.size(); ++output) {
    for (unsigned other = 0; other < output; ++other) {
      if (buffers[other] != buffers[output])
        continue;
      if (other >= reads)
        return wrong(call, "lets @" + kernel.getSymName() + " write two values to one buffer");
      if (failed(shares(call, kernel, other, output)))
        return failure();
    }
    held[buffers[output]] = values[output];
  }
  return success();
}

LogicalResult ScheduleVerifier::verify(func::FuncOp schedule) {
  held.clear();
  auto initial = schedule->getAttrOfType<DenseI64ArrayAttr>("dl.values");
  SmallVector<Value> buffers = buffersOf(schedule.getArguments(), schedule);
  Value scratch = schedule->hasAttr("dl.scratch") ? schedule.getArguments().back() : Value();
  if (!initial || initial.size() != (int64_t)buffers.size())
    return wrong(schedule, "does not say which values its buffers hold");
  for (auto [buffer, value] : llvm::zip(buffers, initial.asArrayRef()))
    held[buffer] = value;
  bool ended = false;
  // Blocks stand in the order in which they run; what leaves early after a failed check reads nothing.
  for (Operation &op : schedule.getOps()) {
    if (auto call = dyn_cast<func::CallOp>(op)) {
      auto values = call->getAttrOfType<DenseI64ArrayAttr>("dl.values");
      if (failed(step(call, values ? values.asArrayRef() : ArrayRef<int64_t>())))
        return failure();
    } else if (auto copy = dyn_cast<memref::CopyOp>(op)) {
      auto value = copy->getAttrOfType<IntegerAttr>("dl.value");
      if (!value)
        return wrong(copy, "does not say which value a copy takes");
      if (failed(finds(copy, copy.getSource(), value.getInt())))
        return failure();
      held[copy.getTarget()] = value.getInt();
    } else if (auto end = dyn_cast<func::ReturnOp>(op)) {
      auto last = end->getAttrOfType<DenseI64ArrayAttr>("dl.values");
      for (auto [buffer, value] : llvm::zip(buffers, last ? last.asArrayRef() : ArrayRef<int64_t>()))
        if (value != nothing && held.lookup(buffer) != value)
          return wrong(end, "leaves another value in a buffer than the one that belongs there");
      ended |= last && last.size() == (int64_t)buffers.size();
    } else if (auto view = dyn_cast<memref::ViewOp>(op); view && view.getSource() == scratch) {
      continue; // as large as its kernel wants
    } else if (!isa<memref::AllocOp>(op) && llvm::any_of(op.getOperandTypes(), llvm::IsaPred<MemRefType>)) {
      return wrong(&op, "uses a buffer in a way that is not known");
    }
  }
  return ended ? success() : wrong(schedule, "does not say which values it leaves in its buffers");
}

LogicalResult dlc::verifySchedules(ModuleOp module) {
  ScheduleVerifier verifier(module);
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr("dl.entry") && failed(verifier.verify(function)))
      return failure();
  return success();
}
