// LowerSchedules.cpp - level `loops`: kernels become functions over flat buffers, entry points a list of calls.
// SPDX-License-Identifier: Apache-2.0
//
//   entry train @t(%x: f32[batch, 4] {input = "x"}, ...)     func @t(%call, buffers..., %report, %extent) -> i32
//     %z = launch @k0(%x, %w)                            =>    %z = memref.alloc
//                                                              call @k0(%x, %w, %z, %extent, 0, parts)
//
// A function returns -1, or the number of the check that failed. What is stored is updated in place where no one
// still reads the old value, else by a copy at the end. Each value keeps a number, and each step says which values it
// reads and writes (`dl.values`): VerifySchedules.cpp checks that they are there.
#include "compiler/Passes.h"
#include "compiler/graph/Rows.h"
#include "compiler/graph/Stored.h"
#include "compiler/loops/LowerKernels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace dlc;

namespace {
class ScheduleLowering {
public:
  ScheduleLowering(ModelOp model, ModuleOp module, const CompileOptions &options)
      : model(model), module(module), options(options), target(*findTarget(options.target)),
        at(module.getBodyRegion()) {
    at.setInsertionPointToEnd(module.getBody());
  }
  void run();

private:
  void entry(EntryOp entry, int64_t batch, bool isFirst);
  LoweredKernel &kernel(StringRef name, int64_t batch);
  std::string variant(StringRef name, int64_t batch);
  bool mayOverwrite(LaunchOp launch, unsigned result, BlockArgument stored);

  ModelOp model;
  ModuleOp module;
  const CompileOptions &options;
  TargetDescription target;
  OpBuilder at;
  std::map<std::pair<std::string, int64_t>, LoweredKernel> kernels;
};
} // namespace

/// What one of several capacities is called. Entry points keep their names, whatever these are.
std::string ScheduleLowering::variant(StringRef name, int64_t batch) {
  std::string own = name.str() + ".b" + std::to_string(batch);
  while (SymbolTable::lookupSymbolIn(model, own) || module.lookupSymbol(own))
    own += "_";
  return own;
}

LoweredKernel &ScheduleLowering::kernel(StringRef name, int64_t batch) {
  auto [it, isNew] = kernels.try_emplace({name.str(), batch});
  if (!isNew)
    return it->second;
  auto op = cast<KernelOp>(SymbolTable::lookupSymbolIn(model, name));
  OpBuilder::InsertionGuard guard(at);
  at.setInsertionPointToEnd(module.getBody());
  std::string own = options.batch.size() > 1 ? variant(name, batch) : name.str();
  it->second = lowerKernel(op, own, at, {batch, target, options.optimize > 0});
  func::FuncOp function = it->second.function;
  // The floats that it writes: argument, elements where they do not depend on the batch, elements for each row.
  SmallVector<Attribute> written;
  size_t inputs = op.getBody().getNumArguments();
  for (auto [i, type] : llvm::enumerate(op.getResultTypes().getAsValueRange<TypeAttr>())) {
    auto tensor = cast<RankedTensorType>(type);
    if (!isa<FloatType>(tensor.getElementType()))
      continue;
    Dim count = 1;
    for (Dim dim : dimsOf(tensor))
      count = count * dim;
    if (count.isUnknown() || (count.isBatch() && !dimOf(tensor, 0).isBatch()))
      continue; // rows do not lie one after the other
    written.push_back(at.getDenseI64ArrayAttr({(int64_t)(inputs + i), count.isBatch() ? 0 : count.value, count.factor,
                                               tensor.getElementType().isF64()}));
  }
  function->setAttr("dl.written", at.getArrayAttr(written));
  function->setAttr("dl.inputs", at.getI64IntegerAttr(inputs)); // buffers that it reads; it writes the others
  function->setAttr("dl.kernel", at.getStringAttr(own));
  function->setAttr("dl.flops", at.getF64FloatAttr(it->second.flops));
  function->setAttr("dl.bytes", at.getF64FloatAttr(it->second.bytes));
  return it->second;
}

/// The kernel writes a stored tensor's new value where the old one lies: right if it reads each old element only
/// where it writes the new one, and no later kernel reads the old.
bool ScheduleLowering::mayOverwrite(LaunchOp launch, unsigned result, BlockArgument stored) {
  SmallVector<Value> aliases{stored};
  for (size_t i = 0; i < aliases.size(); ++i)
    for (Operation *user : aliases[i].getUsers())
      if (isa<ReshapeOp>(user))
        aliases.push_back(user->getResult(0));
  for (Value alias : aliases)
    for (Operation *user : alias.getUsers())
      if (isa<LaunchOp>(user) && user != launch && launch->isBeforeInBlock(user))
        return false;
  auto op = cast<KernelOp>(SymbolTable::lookupSymbolIn(model, launch.getKernel()));
  Domain domain;
  SmallVector<Operation *> ops;
  for (Operation &inner : op.getBody().front().without_terminator())
    if (!Domain::isGenerator(&inner))
      ops.push_back(&inner);
  domain.build(ops);
  Value written = op.getBody().front().getTerminator()->getOperand(result);
  for (auto [argument, given] : llvm::zip(op.getBody().getArguments(), launch.getArgs())) {
    if (!llvm::is_contained(aliases, given))
      continue;
    if (given != stored || (domain.kind != Domain::Kind::Map && domain.kind != Domain::Kind::Contraction))
      return false;
    for (OpOperand &use : argument.getUses()) {
      auto fusible = dyn_cast<FusibleOpInterface>(use.getOwner());
      if (!fusible || fusible.getIterationKind() != IterationKind::Elementwise)
        return false;
      AffineMap map = fusible.getAccessMaps()[use.getOperandNumber()];
      if (!map || !map.isIdentity() || domain.axes.lookup(argument) != domain.axes.lookup(written))
        return false;
    }
  }
  return true;
}

void ScheduleLowering::entry(EntryOp entry, int64_t batch, bool isFirst) {
  Block &block = entry.getBody().front();
  Operation *done = block.getTerminator();
  Location loc = entry.getLoc();
  MLIRContext *context = at.getContext();
  DenseMap<Value, Value> buffers;
  DenseMap<Value, int64_t> numbers; // of values; a view has that of what it views
  SmallVector<int64_t> held; // for each buffer of the function: the value in it, -1 for none
  SmallVector<Type> types{LLVM::LLVMPointerType::get(context)};
  for (BlockArgument argument : block.getArguments())
    types.push_back(bufferType(typeOf(argument), batch));
  SmallVector<Attribute> argTypes, resTypes;
  for (BlockArgument argument : block.getArguments())
    argTypes.push_back(TypeAttr::get(argument.getType()));
  for (auto [value, attrs] : llvm::zip(done->getOperands(), entry.getResAttrs())) {
    resTypes.push_back(TypeAttr::get(value.getType()));
    if (cast<DictionaryAttr>(attrs).contains("output"))
      types.push_back(bufferType(typeOf(value), batch));
  }
  types.push_back(MemRefType::get({2}, at.getI64Type()));
  types.push_back(at.getIndexType());
  std::string name = isFirst ? entry.getSymName().str() : variant(entry.getSymName(), batch);
  auto function = func::FuncOp::create(at, loc, name, at.getFunctionType(types, at.getI32Type()));
  OpBuilder::InsertionGuard guard(at);
  Block *body = function.addEntryBlock();
  at.setInsertionPointToEnd(body);
  size_t next = 1;
  for (BlockArgument argument : block.getArguments()) {
    numbers[argument] = held.size();
    held.push_back(held.size());
    buffers[argument] = body->getArgument(next++);
  }
  held.resize(types.size() - 2, -1); // outputs and the report
  function->setAttr("dl.values", at.getDenseI64ArrayAttr(held));
  // Where each returned value goes: an output of the caller's, or what is stored.
  DenseMap<Value, Value> destination;
  SmallVector<std::pair<Value, BlockArgument>> ends; // all of them: value, where it goes
  SmallVector<std::pair<Value, Value>> copies; // at the end: from, to
  auto root = [](Value value) {
    while (auto view = value.getDefiningOp<ReshapeOp>())
      value = view.getInput();
    return value;
  };
  DenseMap<StoredKey, BlockArgument> storedArguments;
  for (auto [argument, about] : llvm::zip(block.getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>()))
    if (StoredKey key = storedKey(about); key.second)
      storedArguments[key] = argument;
  for (auto [value, attrs] : llvm::zip(done->getOperands(), entry.getResAttrs().getAsRange<DictionaryAttr>())) {
    Value made = root(value);
    if (attrs.contains("output")) {
      ends.push_back({made, body->getArgument(next++)});
      destination[made] = ends.back().second;
      continue;
    }
    BlockArgument stored = storedArguments.lookup(storedKey(attrs));
    ends.push_back({made, cast<BlockArgument>(buffers[stored])});
    auto launch = made.getDefiningOp<LaunchOp>();
    if (launch && made == value && mayOverwrite(launch, cast<OpResult>(made).getResultNumber(), stored))
      destination[made] = buffers[stored];
    else
      copies.push_back({made, buffers[stored]});
  }
  Value report = body->getArgument(next++), extent = body->getArgument(next++);
  auto constant = [&](int64_t value) -> Value { return arith::ConstantIndexOp::create(at, loc, value); };
  SmallVector<std::pair<func::CallOp, MemRefType>> needy; // calls of kernels that want scratch memory
  int64_t scratch = 0;             // the most that one of them wants, in bytes
  Block *failed = nullptr;
  SmallVector<Attribute> checks;
  for (Operation &op : block.without_terminator()) {
    if (auto view = dyn_cast<ReshapeOp>(op)) {
      buffers[view.getResult()] = buffers.lookup(view.getInput());
      numbers[view.getResult()] = numbers.lookup(view.getInput());
      continue;
    }
    auto launch = cast<LaunchOp>(op);
    LoweredKernel &lowered = kernel(launch.getKernel(), batch);
    bool isCheck = lowered.function.getNumResults();
    SmallVector<Value> operands;
    SmallVector<int64_t> values;
    for (Value argument : launch.getArgs()) {
      operands.push_back(buffers.lookup(argument));
      values.push_back(numbers.lookup(argument));
    }
    for (Value result : launch.getResults()) {
      if (isCheck) {
        buffers[result] = buffers.lookup(launch.getArgs()[0]);
        numbers[result] = numbers.lookup(launch.getArgs()[0]);
        operands.push_back(report);
        values.push_back(-1);
        continue;
      }
      values.push_back(numbers[result] = numbers.size());
      Value buffer = destination.lookup(result);
      if (!buffer)
        buffer = memref::AllocOp::create(at, launch.getLoc(), bufferType(typeOf(result), batch));
      buffers[result] = buffer;
      operands.push_back(buffer);
    }
    int64_t known = 1;
    Value rows; // what depends on the batch
    for (Dim part : lowered.parts) {
      known *= part.isBatch() ? part.factor : part.value;
      if (part.isBatch())
        rows = rows ? Value(arith::MulIOp::create(at, loc, rows, extent)) : extent;
    }
    Value parts;
    if (!rows) {
      parts = constant(llvm::divideCeil(known, lowered.partSize));
    } else {
      parts = arith::MulIOp::create(at, loc, rows, constant(known));
      if (lowered.partSize != 1)
        parts = arith::CeilDivUIOp::create(at, loc, parts, constant(lowered.partSize));
    }
    operands.append({extent, constant(0), parts});
    auto call = func::CallOp::create(at, launch.getLoc(), lowered.function, operands);
    call->setAttr("dl.values", at.getDenseI64ArrayAttr(values));
    if (auto bytes = lowered.function->getAttrOfType<IntegerAttr>("dl.scratch")) {
      needy.push_back({call, MemRefType::get({bytes.getInt()}, at.getI8Type())});
      scratch = std::max(scratch, bytes.getInt());
    }
    if (!isCheck)
      continue;
    auto op_ = cast<KernelOp>(SymbolTable::lookupSymbolIn(model, launch.getKernel()));
    auto check = *op_.getBody().getOps<CheckIndexOp>().begin();
    auto dims = dimsOf(check.getInput());
    int64_t rowSize = 1;
    for (Dim dim : llvm::drop_begin(dims, dims.empty() ? 0 : 1))
      rowSize *= dim.at(batch);
    checks.push_back(at.getDictionaryAttr(
        {at.getNamedAttr("op", check.getOpAttr() ? check.getOpAttr() : at.getStringAttr("check_index")),
         at.getNamedAttr("loc", LocationAttr(launch.getLoc())),
         at.getNamedAttr("limit", at.getI64IntegerAttr(check.getLimit().number())),
         at.getNamedAttr("row_size", at.getI64IntegerAttr(rowSize))}));
    if (!failed) {
      failed = new Block();
      failed->addArgument(at.getI32Type(), loc);
    }
    Value wrong = arith::CmpIOp::create(at, loc, arith::CmpIPredicate::ne, call.getResult(0), constant(0));
    Value number = arith::ConstantOp::create(at, loc, at.getI32IntegerAttr(checks.size() - 1));
    Block *go = new Block();
    function.getBody().push_back(go);
    cf::CondBranchOp::create(at, loc, wrong, failed, ValueRange{number}, go, ValueRange{});
    at.setInsertionPointToEnd(go);
  }
  for (auto [from, to] : copies) {
    auto copy = memref::CopyOp::create(at, loc, buffers.lookup(from), to);
    copy->setAttr("dl.value", at.getI64IntegerAttr(numbers.lookup(from)));
  }
  for (auto [value, to] : ends)
    held[to.getArgNumber() - 1] = numbers.lookup(value);
  Value allGood = arith::ConstantOp::create(at, loc, at.getI32IntegerAttr(-1));
  func::ReturnOp::create(at, loc, allGood)->setAttr("dl.values", at.getDenseI64ArrayAttr(held));
  if (failed) {
    function.getBody().push_back(failed);
    at.setInsertionPointToEnd(failed);
    func::ReturnOp::create(at, loc, ValueRange{failed->getArgument(0)});
  }
  if (scratch) { // steps run one after the other, in the same memory
    (void)function.insertArgument(function.getNumArguments(), MemRefType::get({scratch}, at.getI8Type()), {}, loc);
    function->setAttr("dl.scratch", at.getI64IntegerAttr(scratch));
    for (auto [call, type] : needy) {
      at.setInsertionPoint(call);
      Value own = memref::ViewOp::create(at, loc, type, function.getArguments().back(), constant(0), ValueRange{});
      call->insertOperands(call.getNumOperands() - 3, own);
    }
  }
  function->setAttr("dl.entry", at.getDictionaryAttr({
      at.getNamedAttr("name", at.getStringAttr(entry.getSymName())),
      at.getNamedAttr("kind", entry.getKindAttr()),
      at.getNamedAttr("capacity", at.getI64IntegerAttr(hasBatch(entry) ? batch : 1)),
      at.getNamedAttr("has_batch", at.getBoolAttr(hasBatch(entry))),
      at.getNamedAttr("rows_independent", entry->getAttr("dl.rows_independent")
                                              ? entry->getAttr("dl.rows_independent")
                                              : at.getBoolAttr(false)),
      at.getNamedAttr("arg_attrs", entry.getArgAttrs()),
      at.getNamedAttr("arg_types", at.getArrayAttr(argTypes)),
      at.getNamedAttr("res_attrs", entry.getResAttrs()),
      at.getNamedAttr("res_types", at.getArrayAttr(resTypes)),
      at.getNamedAttr("checks", at.getArrayAttr(checks)),
  }));
}

void ScheduleLowering::run() {
  for (EntryOp op : model.getBody().getOps<EntryOp>()) {
    bool isFirst = true;
    for (int64_t batch : hasBatch(op) ? options.batch : std::vector<int64_t>{options.batch[0]}) {
      entry(op, batch, isFirst);
      isFirst = false;
    }
  }
  module->setAttr("dl.model", model.getSymNameAttr());
  model.erase();
}

void dlc::lowerSchedules(ModuleOp module, const CompileOptions &options) {
  ScheduleLowering(*module.getOps<ModelOp>().begin(), module, options).run();
}
