// EmitDescriptor.cpp - the read-only description of a model (runtime/abi.h): its tables of tensors, kernels, entry points
// and their schedules, and the functions that walk these.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/Passes.h"
#include "compiler/Types.h"
#include "compiler/graph/Extents.h"
#include "compiler/plan/StoredTensors.h"
#include "compiler/target/Emit.h"
#include "compiler/target/FoldRounds.h"
#include "compiler/target/FoldRows.h"
#include "compiler/target/Tables.h"
#include "dialects/dl/Program.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/IRBuilder.h"

using namespace mlir;
using namespace dlc;

namespace {
class DescriptorEmitter {
public:
  DescriptorEmitter(ModuleOp module, const CompileOptions &options, llvm::Module &code)
      : module(module), target(*findTarget(options.target)), stored(module), code(code), constants(code),
        folded(constants) {}
  void run(StringRef query);

private:
  llvm::GlobalVariable *tensorTable();
  llvm::GlobalVariable *kernelTable();
  llvm::GlobalVariable *portTable(DictionaryAttr about, StringRef attrs, StringRef types, StringRef kind,
                                  uint32_t &count);
  llvm::GlobalVariable *scalarTable(DictionaryAttr about, uint32_t &count);
  void entry(Table<dlc_entry> &entries, ScheduleOp schedule, llvm::Function *function);
  void steps(Block &block, ScheduleTables &schedule, Table<dlc_check> &checks);
  dlc_operand operand(Value buffer, Table<dlc_move> &moves);
  dlc_factors factorsOf(Dim dim);
  uint32_t flagsOf(DictionaryAttr about, uint32_t &arenas);
  llvm::GlobalVariable *numbers(ArrayRef<int64_t> values);
  llvm::GlobalVariable *words(ArrayRef<uint32_t> values);
  llvm::Function *function(llvm::Type *result, ArrayRef<llvm::Type *> arguments, StringRef name,
                           llvm::GlobalValue::LinkageTypes linkage);
  uint64_t hash();

  ModuleOp module;
  TargetDescription target;
  StoredTensors stored;
  llvm::Module &code;
  Constants constants;
  FoldedTables folded; ///< what grows with a network, and repeats
  llvm::StringMap<uint32_t> kernelNumber;
  std::vector<KernelOperands> kernelOperands; ///< by number
  uint64_t workspace = 0;                     ///< the largest of all entry points
  Extents extents;                            ///< the open sizes in their order
};
} // namespace

//===--- Names and places -------------------------------------------------------------------------------===//

/// The first place in the model file, "mnist.mlir:17:10: "; empty if none is known.
static std::string placeOf(Location where) {
  std::string place;
  where->walk([&](Location loc) {
    auto file = dyn_cast<FileLineColLoc>(loc);
    if (!file || file.getFilename() == "-")
      return WalkResult::advance();
    place = (file.getFilename().getValue() + ":" + Twine(file.getLine()) + ":" + Twine(file.getColumn()) + ": ").str();
    return WalkResult::interrupt();
  });
  return place;
}
/// All lines of the model file that a kernel comes from, separated by blanks.
static std::string sourceOf(Location where) {
  std::string text;
  llvm::StringSet<> seen;
  where->walk([&](Location loc) {
    if (auto file = dyn_cast<FileLineColLoc>(loc); file && file.getFilename() != "-") {
      std::string one = (file.getFilename().getValue() + ":" + Twine(file.getLine())).str();
      if (seen.insert(one).second)
        text += (text.empty() ? "" : " ") + one;
    }
    return WalkResult::advance();
  });
  return text;
}

llvm::GlobalVariable *DescriptorEmitter::numbers(ArrayRef<int64_t> values) {
  SmallVector<int64_t> some(values);
  if (some.empty())
    some.push_back(0); // a pointer to something
  return constants.global(
      llvm::ConstantDataArray::get(code.getContext(), ArrayRef<uint64_t>((const uint64_t *)some.data(), some.size())),
      8);
}

llvm::GlobalVariable *DescriptorEmitter::words(ArrayRef<uint32_t> values) {
  SmallVector<uint32_t> some(values);
  if (some.empty())
    some.push_back(0);
  return constants.global(llvm::ConstantDataArray::get(code.getContext(), ArrayRef<uint32_t>(some)), 4);
}
/// Which open sizes are factors of a size, and how often.
dlc_factors DescriptorEmitter::factorsOf(Dim dim) {
  dlc_factors factors = 0;
  for (auto [i, one] : llvm::enumerate(extents.list()))
    factors |= dim.power(one.first) << 4 * i;
  return factors;
}

//===--- Stored tensors ---------------------------------------------------------------------------------===//

/// Of parameters and slots: a checkpoint of another hash does not fit.
uint64_t DescriptorEmitter::hash() {
  uint64_t value = 0xcbf29ce484222325u; // FNV-1a
  auto mix = [&](StringRef text) {
    for (unsigned char c : text)
      value = (value ^ c) * 0x100000001b3u;
    value = (value ^ 0xff) * 0x100000001b3u;
  };
  for (const StoredTensor &one : stored.all()) {
    mix(one.name);
    mix(show(one.type));
    mix(std::to_string(one.kind));
  }
  return value;
}

static dlc_init initOf(StringRef kind) {
  static const llvm::StringMap<dlc_init> kinds = {{"zeros", DLC_INIT_ZEROS},
                                                  {"ones", DLC_INIT_ONES},
                                                  {"constant", DLC_INIT_CONSTANT},
                                                  {"normal", DLC_INIT_NORMAL},
                                                  {"uniform", DLC_INIT_UNIFORM},
                                                  {"kaiming_uniform", DLC_INIT_KAIMING_UNIFORM},
                                                  {"fan_in_uniform", DLC_INIT_FAN_IN_UNIFORM},
                                                  {"xavier_uniform", DLC_INIT_XAVIER_UNIFORM},
                                                  {"xavier_normal", DLC_INIT_XAVIER_NORMAL},
                                                  {"kaiming_normal", DLC_INIT_KAIMING_NORMAL}};
  return kinds.lookup(kind);
}

llvm::GlobalVariable *DescriptorEmitter::tensorTable() {
  Table<dlc_tensor> table;
  for (const StoredTensor &one : stored.all()) {
    ArrayRef<int64_t> shape = one.type.getShape();
    dlc_tensor row{};
    row.dtype = dtypeOf(one.type.getElementType());
    row.kind = one.kind;
    row.arena = one.arena;
    row.rank = shape.size();
    row.offset = one.offset;
    row.bytes = one.bytes;
    row.split = one.split;
    row.split_stride = one.splitStride;
    row.split_axis = one.split ? one.layout.front() : 0;
    row.init = initOf(one.init.getKind().getValue());
    for (auto [value, number] : llvm::zip(row.values, one.init.getValues().getAsRange<FloatAttr>()))
      value = number.getValueAsDouble();
    // PyTorch's fans: the weight is [out, in, ...].
    int64_t field = 1;
    for (int64_t size : shape.drop_front(std::min<size_t>(2, shape.size())))
      field *= size;
    row.fan_in = shape.size() > 1 ? shape[1] * field : shape.empty() ? 1 : shape[0];
    row.fan_out = shape.empty() ? 1 : shape[0] * field;
    table.add(row);
    table.point(&dlc_tensor::name, constants.string(one.name));
    table.point(&dlc_tensor::shape, numbers(shape));
    table.point(&dlc_tensor::strides, numbers(one.strides));
    table.point(&dlc_tensor::parameter, constants.string(one.parameter));
    table.point(&dlc_tensor::slot, constants.string(one.slot));
    table.point(&dlc_tensor::group, constants.string(one.group));
  }
  return folded.emit(table);
}

//===--- Kernels ----------------------------------------------------------------------------------------===//

llvm::Function *DescriptorEmitter::function(llvm::Type *result, ArrayRef<llvm::Type *> arguments, StringRef name,
                                            llvm::GlobalValue::LinkageTypes linkage) {
  return llvm::Function::Create(llvm::FunctionType::get(result, arguments, false), linkage, name, code);
}

llvm::GlobalVariable *DescriptorEmitter::kernelTable() {
  llvm::Type *pointer = llvm::PointerType::get(code.getContext(), 0), *i64 = llvm::Type::getInt64Ty(code.getContext());
  Table<dlc_kernel> table;
  for (auto home : module.getOps<ModuleOp>()) {
    StringRef name = *home.getSymName();
    auto *kernel = function(llvm::Type::getVoidTy(code.getContext()), {pointer, pointer, pointer, i64, i64},
                            symbolOf(home), llvm::GlobalValue::ExternalLinkage);
    kernel->setVisibility(llvm::GlobalValue::HiddenVisibility);
    Table<dlc_kernel_operand> operands;
    for (auto about : home->getAttrOfType<ArrayAttr>("dl.operands").getAsRange<DictionaryAttr>()) {
      Dim elements = OpenAttr::numberOf(about.getAs<OpenAttr>("elements")),
          row = OpenAttr::numberOf(about.getAs<OpenAttr>("row_elements"));
      operands.add({(uint64_t)about.getAs<IntegerAttr>("bytes").getInt(),
                    about.getAs<BoolAttr>("written").getValue() ? (uint32_t)DLC_WRITTEN : 0,
                    (uint32_t)about.getAs<IntegerAttr>("dtype").getInt(), elements.value, row.value,
                    factorsOf(elements), factorsOf(row)});
    }
    kernelNumber[name] = table.size();
    bool readsApart = false;
    for (size_t i = 0; i < operands.size(); ++i)
      readsApart |= !operands[i].elements && !(operands[i].flags & DLC_WRITTEN);
    kernelOperands.push_back({(uint32_t)operands.size(), readsApart});
    dlc_kernel row{};
    row.flops = home->getAttrOfType<FloatAttr>("dl.flops").getValueAsDouble();
    row.bytes = home->getAttrOfType<FloatAttr>("dl.bytes").getValueAsDouble();
    row.operand_count = operands.size();
    row.scratch_bytes = home->getAttrOfType<IntegerAttr>("dl.scratch").getInt();
    table.add(row);
    table.point(&dlc_kernel::name, constants.string(name));
    table.point(&dlc_kernel::source, constants.string(sourceOf(home.getLoc())));
    table.point(&dlc_kernel::place, constants.string(placeOf(home.getLoc()) + name.str()));
    table.point(&dlc_kernel::function, kernel);
    table.point(&dlc_kernel::operands, operands.emit(constants));
  }
  return table.emit(constants);
}

//===--- Entry points -----------------------------------------------------------------------------------===//

static uint32_t combineOf(DictionaryAttr about) {
  auto word = about.getAs<StringAttr>("combine");
  return !word                        ? DLC_COMBINE_UNKNOWN
         : word.getValue() == "rows"  ? DLC_COMBINE_ROWS
         : word.getValue() == "count" ? DLC_COMBINE_COUNT
                                      : DLC_COMBINE_SUM;
}

llvm::GlobalVariable *DescriptorEmitter::portTable(DictionaryAttr about, StringRef attrs, StringRef types,
                                                   StringRef kind, uint32_t &count) {
  Extents capacity = extentsOf(about);
  int64_t parts = about.getAs<IntegerAttr>("parts").getInt();
  std::vector<std::pair<DictionaryAttr, RankedTensorType>> ports;
  for (auto [one, type] : llvm::zip(about.getAs<ArrayAttr>(attrs).getAsRange<DictionaryAttr>(),
                                    about.getAs<ArrayAttr>(types).getAsValueRange<TypeAttr>()))
    if (one.contains(kind))
      ports.push_back({one, cast<RankedTensorType>(type)});
  Table<dlc_port> table;
  for (auto [one, type] : ports) {
    SmallVector<int64_t> shape, sizes;
    SmallVector<uint32_t> factors;
    for (Dim dim : dimsOf(type)) {
      shape.push_back(dim.at(capacity));
      // The rows of a call are those of all parts; what has those of one has its size in the largest call.
      bool isPart = dim.hasRows() && dim.value % parts;
      sizes.push_back(isPart ? dim.at(capacity) : dim.hasRows() ? dim.value / parts : dim.value);
      factors.push_back(isPart ? 0 : factorsOf(dim));
    }
    dlc_port row{};
    row.dtype = dtypeOf(type.getElementType());
    row.rank = shape.size();
    row.combine = combineOf(one);
    if (auto counter = one.getAs<StringAttr>("count"))
      row.count = llvm::find_if(ports, [&](auto &other) { return other.first.get(kind) == counter; }) - ports.begin();
    table.add(row);
    table.point(&dlc_port::name, constants.string(one.getAs<StringAttr>(kind)));
    table.point(&dlc_port::shape, numbers(shape));
    table.point(&dlc_port::sizes, numbers(sizes));
    table.point(&dlc_port::factors, words(factors));
  }
  count = ports.size();
  return folded.emit(table);
}

llvm::GlobalVariable *DescriptorEmitter::scalarTable(DictionaryAttr about, uint32_t &count) {
  Table<dlc_scalar> table;
  for (auto attrs : about.getAs<ArrayAttr>("arg_attrs").getAsRange<DictionaryAttr>()) {
    auto name = attrs.getAs<StringAttr>("scalar");
    if (!name)
      continue;
    auto text = attrs.getAs<StringAttr>("range");
    std::optional<Range> range = text ? readRange(text) : std::nullopt;
    dlc_scalar row{};
    row.value = cast<FloatAttr>(attrs.get("value")).getValueAsDouble();
    if (range) {
      row.low = range->low;
      row.high = range->high;
      row.limits = (range->withLow ? DLC_FROM_LOW : DLC_ABOVE_LOW) | (range->withHigh ? DLC_TO_HIGH : DLC_BELOW_HIGH);
    }
    table.add(row);
    table.point(&dlc_scalar::name, constants.string(name));
  }
  count = table.size();
  return table.emit(constants);
}

uint32_t DescriptorEmitter::flagsOf(DictionaryAttr about, uint32_t &arenas) {
  static constexpr uint32_t writes[] = {DLC_WRITES_PARAMS, DLC_WRITES_BUFFERS, DLC_WRITES_TRAINING, DLC_WRITES_SESSION};
  uint32_t flags = 0;
  arenas = 1 << DLC_WORKSPACE;
  for (auto attrs : about.getAs<ArrayAttr>("arg_attrs").getAsRange<DictionaryAttr>()) {
    if (attrs.get("parameter"))
      arenas |= 1 << DLC_PARAMS;
    if (attrs.get("buffer"))
      arenas |= 1 << DLC_BUFFERS;
    if (attrs.get("session"))
      arenas |= 1 << DLC_SESSION;
    if (attrs.get("slot"))
      arenas |= 1 << DLC_TRAINING;
    if (attrs.get("random"))
      flags |= DLC_USES_RANDOM;
    if (attrs.get("step"))
      flags |= DLC_USES_STEP;
  }
  for (auto attrs : about.getAs<ArrayAttr>("res_attrs").getAsRange<DictionaryAttr>())
    if (attrs.contains("update"))
      flags |= writes[stored.find(attrs)->arena];
  if (about.getAs<BoolAttr>("rows_independent").getValue())
    flags |= DLC_ROWS_INDEPENDENT;
  return flags;
}

dlc_operand DescriptorEmitter::operand(Value buffer, Table<dlc_move> &moves) {
  auto place = buffer.getDefiningOp<PlaceOp>();
  dlc_operand row{arenaOf(place.getBase()), (uint32_t)place.getIndex().value_or(0), (int64_t)place.getOffset(), 0, 0};
  // One step for each loop around the run, the outermost first.
  SmallVector<Operation *> loops;
  for (Operation *outer = place->getParentOp(); isa<LoopOp>(outer); outer = outer->getParentOp())
    loops.insert(loops.begin(), outer);
  if (place.getIndices().empty() && !place.getFirst())
    return row;
  row.moves = moves.size() + 1;
  auto add = [&](Dim bytes) { moves.add({bytes.value, factorsOf(bytes), 0}); };
  add(place.getFirst() ? place.getFirst()->evaluate() : Dim(0));
  for (Operation *loop : loops) {
    Dim step = 0;
    for (auto [index, bytes] : llvm::zip(place.getIndices(), place.getSteps().getAsRange<SizeAttr>()))
      if (cast<BlockArgument>(index).getOwner()->getParentOp() == loop)
        step = step + bytes.evaluate();
    add(step);
  }
  while (moves.size() < row.moves + DLC_MAX_LOOPS) // a run may stand in further loops
    add(0);
  return row;
}

void DescriptorEmitter::steps(Block &block, ScheduleTables &schedule, Table<dlc_check> &checks) {
  auto &[table, operands, moves] = schedule;
  for (Operation &op : block) {
    if (auto loop = dyn_cast<LoopOp>(op)) {
      dlc_step row{};
      row.kind = DLC_LOOP;
      Dim rounds = loop.getCount().evaluate();
      row.count = rounds.value;
      row.factors = factorsOf(rounds);
      row.unit = loop.getReverse() ? -1 : 1;
      size_t begin = table.size();
      table.add(row);
      steps(loop.getBody().front(), schedule, checks);
      table[begin].operand = table.size();
      table.add().kind = DLC_END_LOOP;
    }
    auto run = dyn_cast<RunOp>(op);
    if (!run)
      continue;
    dlc_step row{};
    row.kernel = kernelNumber.lookup(run.getKernel());
    row.operand = operands.size();
    Dim count = run.getCount().evaluate();
    row.count = count.value;
    row.factors = factorsOf(count);
    row.unit = run.getUnit();
    for (Value buffer : run.getInputs())
      operands.add(operand(buffer, moves));
    for (Value buffer : run.getOutputs())
      operands.add(operand(buffer, moves));
    if (DictionaryAttr check = run.getCheckAttr()) {
      Dim size = OpenAttr::numberOf(check.getAs<OpenAttr>("row_size"));
      checks.add({nullptr, check.getAs<IntegerAttr>("limit").getInt(), size.value, factorsOf(size), 0});
      checks.point(&dlc_check::op, constants.string(placeOf(run.getLoc()) + check.getAs<StringAttr>("op").str()));
      row.check = checks.size();
    }
    table.add(row);
  }
}

void DescriptorEmitter::entry(Table<dlc_entry> &entries, ScheduleOp schedule, llvm::Function *function) {
  auto about = schedule->getAttrOfType<DictionaryAttr>("dl.entry");
  ScheduleTables tables;
  Table<dlc_check> checks;
  steps(schedule.getBody().front(), tables, checks);
  if (about.getAs<IntegerAttr>("parts").getInt() == 1) // else the outermost loop counts the parts
    foldRounds(tables, kernelOperands);
  auto &[stepTable, operands, moves] = tables;
  StringRef kind = about.getAs<StringAttr>("kind").getValue();
  dlc_entry row{};
  row.kind = kind == "train"       ? DLC_TRAIN
             : kind == "gradients" ? DLC_GRADIENTS
             : kind == "apply"     ? DLC_APPLY
             : kind == "session"   ? DLC_SESSION_CALL
                                   : DLC_FUNCTION;
  row.flags = flagsOf(about, row.arenas);
  row.parts = about.getAs<IntegerAttr>("parts").getInt();
  Table<dlc_extent> sizes;
  Extents own = extentsOf(about);
  for (auto [name, capacity] : own.list()) {
    sizes.add({nullptr, name == "batch" ? capacity * row.parts : capacity});
    sizes.point(&dlc_extent::name, constants.string(name));
  }
  row.extent_count = sizes.size();
  row.workspace_bytes = schedule->getAttrOfType<IntegerAttr>("dl.workspace").getInt();
  row.scratch_bytes = schedule->getAttrOfType<IntegerAttr>("dl.scratch").getInt();
  row.step_count = stepTable.size();
  row.operand_count = operands.size();
  row.move_count = moves.size();
  row.check_count = checks.size();
  auto lifted = schedule->getAttrOfType<DenseI64ArrayAttr>("dl.constants");
  row.constant_count = lifted ? lifted.size() : 0;
  workspace = std::max(workspace, row.workspace_bytes);
  auto *inputs = portTable(about, "arg_attrs", "arg_types", "input", row.input_count);
  auto *outputs = portTable(about, "res_attrs", "res_types", "output", row.output_count);
  auto *scalars = scalarTable(about, row.scalar_count);
  entries.add(row);
  entries.point(&dlc_entry::name, constants.string(about.getAs<StringAttr>("name")));
  entries.point(&dlc_entry::inputs, inputs);
  entries.point(&dlc_entry::outputs, outputs);
  entries.point(&dlc_entry::scalars, scalars);
  entries.point(&dlc_entry::function, function);
  entries.point(&dlc_entry::steps, stepTable.emit(constants));
  entries.point(&dlc_entry::operands, operands.emit(constants));
  entries.point(&dlc_entry::moves, moves.emit(constants));
  entries.point(&dlc_entry::extents, sizes.emit(constants));
  entries.point(&dlc_entry::checks, checks.emit(constants));
  entries.point(&dlc_entry::constants, lifted ? numbers(lifted.asArrayRef()) : nullptr);
}

//===--- The model --------------------------------------------------------------------------------------===//

void DescriptorEmitter::run(StringRef queryName) {
  llvm::LLVMContext &context = code.getContext();
  llvm::Type *pointer = llvm::PointerType::get(context, 0), *i32 = llvm::Type::getInt32Ty(context);
  for (auto schedule : module.getOps<ScheduleOp>()) // all have the same
    extents = extentsOf(schedule->getAttrOfType<DictionaryAttr>("dl.entry"));
  llvm::GlobalVariable *kernels = kernelTable(), *tensors = tensorTable();
  Table<dlc_entry> entries;
  SmallVector<llvm::Function *> functions;
  for (auto schedule : module.getOps<ScheduleOp>()) {
    functions.push_back(function(i32, {pointer}, "enter", llvm::GlobalValue::InternalLinkage));
    entry(entries, schedule, functions.back());
  }
  llvm::GlobalVariable *entryTable = entries.emit(constants);

  std::string features;
  for (char c : target.features)
    if (c != '+')
      features += c;
  dlc_model row{};
  row.magic = DLC_MAGIC;
  row.abi_version = DLC_ABI_VERSION;
  row.struct_size = sizeof(dlc_model);
  row.tensor_size = sizeof(dlc_tensor);
  row.port_size = sizeof(dlc_port);
  row.scalar_size = sizeof(dlc_scalar);
  row.entry_size = sizeof(dlc_entry);
  row.kernel_size = sizeof(dlc_kernel);
  row.hash = hash();
  row.tensor_count = stored.all().size();
  row.entry_count = entries.size();
  row.kernel_count = kernelNumber.size();
  for (unsigned arena = 0; arena < DLC_ARENA_COUNT; ++arena)
    row.arena_bytes[arena] = arena == DLC_WORKSPACE ? workspace : stored.bytes(arena);
  Table<dlc_model> table;
  table.add(row);
  table.point(&dlc_model::name, constants.string(module->getAttrOfType<StringAttr>("dl.model")));
  table.point(&dlc_model::producer, constants.string("dlc 0.1.0"));
  table.point(&dlc_model::language, constants.string("1"));
  table.point(&dlc_model::target, constants.string(target.name));
  table.point(&dlc_model::cpu_features, constants.string(features));
  table.point(&dlc_model::tensors, tensors);
  table.point(&dlc_model::entries, entryTable);
  table.point(&dlc_model::kernels, kernels);
  llvm::GlobalVariable *model = table.emit(constants);

  // int32_t enter(dlc_call *call) { return dlc_run_schedule(&model, &entries[i], call); }
  auto *walk = function(i32, {pointer, pointer, pointer}, "dlc_run_schedule", llvm::GlobalValue::ExternalLinkage);
  walk->setVisibility(llvm::GlobalValue::HiddenVisibility);
  llvm::IRBuilder<> b(context);
  for (auto [i, enter] : llvm::enumerate(functions)) {
    b.SetInsertPoint(llvm::BasicBlock::Create(context, "", enter));
    llvm::Value *own = b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), entryTable, i * sizeof(dlc_entry));
    llvm::CallInst *result = b.CreateCall(walk, {model, own, enter->getArg(0)});
    result->setTailCall();
    b.CreateRet(result);
  }
  auto *query = function(pointer, {i32}, queryName, llvm::GlobalValue::ExternalLinkage);
  b.SetInsertPoint(llvm::BasicBlock::Create(context, "", query));
  llvm::Value *fits = b.CreateICmpEQ(query->getArg(0), b.getInt32(DLC_ABI_VERSION));
  // A loader that does not know packed relocations passes over them, and leaves the pointers of the tables as they are in
  // the file. What holds them cannot be used then.
  llvm::Value *known = b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), model, offsetof(dlc_model, entries));
  llvm::Value *loaded = b.CreateICmpEQ(b.CreateLoad(pointer, known, /*isVolatile=*/true), entryTable);
  auto *refuse = llvm::BasicBlock::Create(context, "", query), *serve = llvm::BasicBlock::Create(context, "", query);
  b.CreateCondBr(b.CreateAnd(fits, loaded), serve, refuse);
  b.SetInsertPoint(refuse);
  b.CreateRet(llvm::ConstantPointerNull::get(llvm::PointerType::get(context, 0)));
  b.SetInsertPoint(serve);
  if (!folded.empty())
    folded.writeOut(b);
  b.CreateRet(model);
}

void dlc::emitDescriptor(ModuleOp module, const CompileOptions &options, StringRef query, llvm::Module &code) {
  DescriptorEmitter(module, options, code).run(query);
}
