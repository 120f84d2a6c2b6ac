// CheckLevel.cpp - what a printed level must hold so that the next levels may rely on it.
// SPDX-License-Identifier: Apache-2.0
//
// The verifiers of ops say what holds for each op; here stands what holds for a module that says which level it has reached.
#include "compiler/Passes.h"
#include "compiler/Pipeline.h"
#include "compiler/Types.h"
#include "compiler/graph/Extents.h"
#include "compiler/kernels/Domain.h"
#include "compiler/kernels/OperandView.h"
#include "compiler/kernels/Places.h"
#include "dialects/dl/Program.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace dlc;

/// The options that a level brings along are in the range of the command line's.
static LogicalResult checkOptions(ModuleOp module) {
  CompileOptions options = loadOptions(module);
  auto areCapacities = [](ArrayRef<int64_t> list) {
    return llvm::is_sorted(list) && llvm::all_of(list, [](int64_t one) { return one >= 1 && one <= largestBatch; });
  };
  bool isGood = options.optimize >= 0 && options.optimize <= 3 && areCapacities(options.batch) &&
                llvm::all_of(options.open, [&](const auto &one) { return areCapacities(one.second); });
  return isGood ? success()
                : LogicalResult(complain(module)
                                << "dl.options of this level: expected `batch` and `open` from 1 to 16777216, "
                                   "in ascending order, and `optimize` from 0 to 3");
}

/// A line of an entry point before level `kernels`, or of a loop in it.
static bool isValueOf(Operation &line, StringRef level, bool inLoop) {
  if (isa<ScanOp>(line))
    return level != "kernels";
  if (isa<MapOp>(line))
    return !inLoop;
  return isa<InferTypeOpInterface, ConstantOp>(line) && isa<DLDialect>(line.getDialect()) && !line.getNumRegions() &&
         ((level == "graph" && !inLoop) || !isa<GradientOp, TotalOp>(line)) &&
         (level == "graph" || !line.getAttr("channels_first")); // the level that follows puts channels last
}
/// How many rounds there are is known but for open sizes; rows of the batch are no rounds.
static bool isCounted(Dim rounds) { return !rounds.isUnknown() && rounds.value >= 1 && !rounds.hasRows(); }
/// From level `graph` on a scan runs along first axes, so many times as is known.
static LogicalResult checkScan(ScanOp scan, StringRef level) {
  bool isGood = !scan.getScope() && llvm::all_of(scan.getAxes(), [](int64_t axis) { return axis == 0; }) &&
                isCounted(scan.getRounds()) && isa<YieldOp>(scan.getBody().front().back());
  if (!isGood)
    return complain(scan)
           << "scan: from level `graph` on it runs along axis 0 of each tensor, a known number of times, and "
              "has no scope";
  for (Operation &line : scan.getBody().front().without_terminator()) {
    if (!isValueOf(line, level, /*inLoop=*/true))
      return complain(&line) << "`" << line.getName().stripDialect() << "` cannot stand in a scan of level `" << level
                             << "`";
    if (auto inner = dyn_cast<ScanOp>(line); inner && failed(checkScan(inner, level)))
      return failure();
  }
  return success();
}
/// A `repeat` gives its body what that takes, and yields what comes of it.
static LogicalResult checkRepeat(RepeatOp repeat, EntryOp body) {
  if (!body || body.getKind() != "loop")
    return complain(repeat) << "@" << repeat.getCallee() << " is no entry point of kind `loop`";
  Dim rounds = repeat.getCount().evaluate();
  SmallVector<Type> takes, results(repeat.getNumResults());
  auto number = [](DictionaryAttr about, StringRef name) {
    auto value = about.getAs<IntegerAttr>(name);
    return value ? std::optional(value.getInt()) : std::nullopt;
  };
  int64_t carried = llvm::count_if(body.getArgAttrs().getAsRange<DictionaryAttr>(),
                                   [](DictionaryAttr about) { return about.contains("carried"); });
  int64_t stacked = (int64_t)results.size() - carried;
  bool isGood = stacked >= 0 && isCounted(rounds);
  auto give = [&](int64_t place, Type type) {
    isGood &= place >= 0 && place < (int64_t)results.size() && !results[place];
    if (isGood)
      results[place] = type;
  };
  auto stack = [&](std::optional<int64_t> place, Type type) {
    if (place)
      give(*place < stacked ? *place : -1, stackOf(rounds, cast<RankedTensorType>(type)));
  };
  for (auto [argument, about] :
       llvm::zip(body.getBody().getArguments(), body.getArgAttrs().getAsRange<DictionaryAttr>())) {
    takes.push_back(about.contains("scanned") ? Type(stackOf(rounds, typeOf(argument))) : argument.getType());
    stack(number(about, "before"), argument.getType());
  }
  for (auto [type, about] :
       llvm::zip(body.getResultTypes().getAsValueRange<TypeAttr>(), body.getResAttrs().getAsRange<DictionaryAttr>())) {
    stack(number(about, "stacked"), type);
    if (auto next = number(about, "next"))
      give(*next < carried ? stacked + *next : -1, type);
  }
  isGood = isGood && llvm::equal(takes, repeat.getArgs().getTypes()) && llvm::equal(results, repeat.getResultTypes());
  return isGood ? success()
                : LogicalResult(complain(repeat) << "@" << repeat.getCallee() << " has other arguments or results");
}

/// A `map` gives each element what its rule takes, and yields what comes of it.
static LogicalResult checkMap(MapOp map, RuleOp rule) {
  auto isOf = [](Type tensor, Type single) {
    return cast<RankedTensorType>(tensor).getElementType() == cast<RankedTensorType>(single).getElementType();
  };
  if (rule && llvm::equal(map.getArgs().getTypes(), rule.getBody().getArgumentTypes(), isOf) &&
      llvm::equal(map.getResultTypes(), rule.getResultTypes().getAsValueRange<TypeAttr>(), isOf))
    return success();
  return complain(map) << "rule @" << map.getRule() << " has other arguments or results";
}

/// Levels `graph` to `kernels`: entry points and the rules of their maps; at the last kernels, and no rules.
static LogicalResult checkEntries(ModelOp model, StringRef level) {
  bool areKernels = level == "kernels";
  llvm::StringMap<KernelOp> kernels;
  llvm::StringMap<RuleOp> rules;
  for (Operation &item : model.getBody().front()) {
    auto kernel = dyn_cast<KernelOp>(item);
    auto rule = dyn_cast<RuleOp>(item);
    if (!isa<EntryOp>(item) && !(areKernels ? bool(kernel) : bool(rule)))
      return complain(&item) << "`" << item.getName().stripDialect() << "` cannot stand here; level `" << level
                             << "` holds " << (areKernels ? "`kernel` and `entry`" : "`rule` and `entry`");
    if (Attribute rows = item.getAttr("dl.rows_independent"); rows && !isa<BoolAttr>(rows))
      return complain(&item) << "dl.rows_independent: expected true or false, found " << rows;
    if (kernel)
      kernels[kernel.getSymName()] = kernel;
    if (rule) {
      rules[rule.getSymName()] = rule;
      continue; // holds what its verifier lets
    }
    for (Operation &line : item.getRegion(0).front().without_terminator()) {
      bool mayStand = areKernels && !kernel ? isa<LaunchOp, ReshapeOp, LiftedOp, RepeatOp>(line)
                                            : isValueOf(line, level, /*inLoop=*/false);
      if (!mayStand)
        return complain(&line) << "`" << line.getName().stripDialect() << "` cannot stand in "
                               << (kernel ? "a kernel" : "an entry point") << " of level `" << level << "`";
      if (auto scan = dyn_cast<ScanOp>(line); scan && failed(checkScan(scan, level)))
        return failure();
      if (auto map = dyn_cast<MapOp>(line); map && failed(checkMap(map, rules.lookup(map.getRule()))))
        return failure();
    }
  }
  for (const auto &[name, kernel] : kernels) {
    Domain domain;
    auto isRead = [](Operation &line) {
      return !isProductView(&line) || llvm::all_of(line.getUses(), [](OpOperand &use) {
        return isStridedView(use.getOwner()) || viewOf(use).isKnown();
      });
    };
    if (!domain.build(KernelOp(kernel)) || !llvm::all_of(KernelOp(kernel).getBody().front(), isRead))
      return complain(KernelOp(kernel)) << "the ops of kernel @" << name << " do not run over one space of points";
  }
  LogicalResult result = success();
  llvm::StringMap<EntryOp> loops; // those above the line at hand: no loop holds itself
  for (EntryOp entry : model.getBody().getOps<EntryOp>()) {
    for (RepeatOp repeat : entry.getBody().getOps<RepeatOp>())
      if (failed(checkRepeat(repeat, loops.lookup(repeat.getCallee()))))
        result = failure();
    loops[entry.getSymName()] = entry;
  }
  model.walk([&](LaunchOp launch) {
    KernelOp kernel = kernels.lookup(launch.getKernel());
    if (!kernel || !llvm::equal(kernel.getBody().getArgumentTypes(), launch.getArgs().getTypes()) ||
        !llvm::equal(kernel.getResultTypes().getAsValueRange<TypeAttr>(), launch->getResultTypes()))
      result = complain(launch) << "kernel @" << launch.getKernel()
                                << (kernel ? " has other arguments or results" : " is missing");
  });
  return failed(result) || !areKernels ? result : checkPlacesOf(model);
}

/// `dl.entry` of a schedule: what an entry point was, once its values are buffers.
static LogicalResult checkEntry(ScheduleOp op, ArrayAttr extents) {
  auto about = op->getAttrOfType<DictionaryAttr>("dl.entry");
  auto sizes = about ? about.getAs<ArrayAttr>("extents") : ArrayAttr();
  bool areExtents = sizes && !sizes.empty() && sizes.size() <= DLC_MAX_EXTENTS;
  llvm::StringSet<> names;
  for (Attribute one : sizes ? sizes.getValue() : ArrayRef<Attribute>()) {
    auto size = dyn_cast<DictionaryAttr>(one);
    auto name = size ? size.getAs<StringAttr>("name") : StringAttr();
    auto capacity = size ? size.getAs<IntegerAttr>("capacity") : IntegerAttr();
    areExtents &= name && capacity && capacity.getInt() >= 0 && capacity.getInt() <= largestBatch &&
                  (names.empty() ? name == "batch" : true) && names.insert(name).second;
  }
  auto has = [&]<typename Attr>(Attr, auto... names) { return (... && about.template getAs<Attr>(names)); };
  if (!about || !has(StringAttr(), "name", "kind") || !has(BoolAttr(), "rows_independent") ||
      !has(IntegerAttr(), "parts") || !areExtents ||
      !has(ArrayAttr(), "arg_attrs", "arg_types", "res_attrs", "res_types") ||
      about.getAs<IntegerAttr>("parts").getInt() < 1)
    return complain(op)
           << "dl.entry: expected name, kind, extents, parts, rows_independent, arg_attrs, arg_types, res_attrs "
              "and res_types of an entry point";
  auto nameOf = [](Attribute size) { return cast<DictionaryAttr>(size).get("name"); };
  if (!llvm::equal(llvm::map_range(sizes, nameOf), llvm::map_range(extents, nameOf)))
    return complain(op) << "dl.entry: expected the extents of one model, in one order, in all its entry points";
  WalkResult isKnown = op->walk([&](Operation *line) {
    AttrTypeWalker walker;
    bool good = true;
    auto look = [&](Dim dim) {
      for (Attribute name : dim.open ? dim.open.getValue() : ArrayRef<Attribute>())
        good &= names.contains(cast<StringAttr>(name).getValue());
    };
    walker.addWalk([&](SizeAttr size) { look(size.evaluate()); });
    walker.addWalk([&](OpenAttr sizes) { llvm::for_each(sizes.getDims(), look); });
    walker.walk(line->getAttrDictionary());
    return good ? WalkResult::advance()
                : WalkResult(complain(line) << "there is an open size here that the entry point "
                                            << "does not have; see `extents` of dl.entry");
  });
  if (isKnown.wasInterrupted())
    return failure();
  auto types = [&](StringRef name) { return about.getAs<ArrayAttr>(name); };
  for (StringRef name : {"arg_types", "res_types"})
    if (!llvm::all_of(types(name), llvm::IsaPred<TypeAttr>))
      return complain(op) << "dl.entry: expected types in " << name;
  auto args = llvm::to_vector(types("arg_types").getAsValueRange<TypeAttr>());
  auto results = llvm::to_vector(types("res_types").getAsValueRange<TypeAttr>());
  return verifyPorts(op, types("arg_attrs"), args, types("res_attrs"), results);
}

/// The module of a kernel: one function, and what the runtime is told of it.
static LogicalResult checkKernel(ModuleOp home, bool isLLVM, size_t extents) {
  StringRef name = home.getSymName().value_or("");
  auto function = dyn_cast_if_present<FunctionOpInterface>(home.lookupSymbol(name));
  if (!function || function.isExternal() || isa<LLVM::LLVMFuncOp>(function) != isLLVM)
    return complain(home) << "expected a module @name that holds the function of a kernel, @name";
  auto operands = home->getAttrOfType<ArrayAttr>("dl.operands");
  auto number = [&](StringRef name) {
    auto value = home->getAttrOfType<IntegerAttr>(name);
    return value ? value.getInt() : -1;
  };
  int64_t inputs = number("dl.inputs"), scratch = number("dl.scratch");
  bool isGood = operands && inputs >= 0 && inputs <= (int64_t)operands.size() && scratch >= 0 &&
                home->getAttrOfType<FloatAttr>("dl.flops") && home->getAttrOfType<FloatAttr>("dl.bytes");
  for (Attribute one : operands ? operands.getValue() : ArrayRef<Attribute>()) {
    auto about = dyn_cast<DictionaryAttr>(one);
    auto isNumber = [&](StringRef name, int64_t most) {
      auto value = about ? about.getAs<IntegerAttr>(name) : IntegerAttr();
      return value && value.getInt() >= 0 && value.getInt() <= most;
    };
    auto isSize = [&](StringRef name) {
      Dim dim = about ? OpenAttr::numberOf(about.getAs<OpenAttr>(name)) : Dim();
      return !dim.isUnknown() && dim.value >= 0 && (!dim.isOpen() || dim.open.size() <= 8);
    };
    isGood &= isNumber("bytes", INT64_MAX) && isNumber("dtype", DLC_I1) && about.getAs<BoolAttr>("written") &&
              isSize("elements") && isSize("row_elements");
  }
  if (!isGood)
    return complain(home) << "@" << name
                          << ": expected a kernel with dl.inputs, dl.scratch, dl.flops, dl.bytes, and in dl.operands "
                             "what is to be known of each of its buffers";
  size_t arguments = isLLVM ? 5 : operands.size() + (scratch ? 1 : 0) + extents + 2;
  if (function.getNumArguments() != arguments)
    return complain(home) << "@" << name << ": expected a function of " << arguments << " arguments, found "
                          << function.getNumArguments();
  return success();
}

/// A run of a kernel: its buffers are as the kernel expects them.
static LogicalResult checkRun(RunOp run, ModuleOp home) {
  if (!home)
    return complain(run) << "kernel @" << run.getKernel() << " is missing";
  SmallVector<Type> types(run.getInputs().getTypes());
  types.append(run.getOutputs().getTypes().begin(), run.getOutputs().getTypes().end());
  auto operands = home->getAttrOfType<ArrayAttr>("dl.operands");
  bool isSame = (int64_t)run.getInputs().size() == home->getAttrOfType<IntegerAttr>("dl.inputs").getInt() &&
                types.size() == operands.size();
  for (auto [type, operand] : llvm::zip(types, operands.getAsRange<DictionaryAttr>())) {
    auto buffer = dyn_cast<MemRefType>(type);
    isSame &=
        buffer && buffer.hasStaticShape() && buffer.getLayout().isIdentity() &&
        buffer.getElementType().isIntOrFloat() &&
        buffer.getNumElements() * bytesOf(buffer.getElementType()) == operand.getAs<IntegerAttr>("bytes").getInt();
  }
  if (auto function = home.lookupSymbol<func::FuncOp>(run.getKernel()))
    isSame = isSame && llvm::equal(types, function.getArgumentTypes().take_front(types.size())) &&
             run.getCheck().has_value() == (function.getNumResults() > 0);
  return isSame ? success() : LogicalResult(complain(run) << "kernel @" << run.getKernel() << " has other buffers");
}

/// Levels `loops` to `llvm`: modules of kernels, and schedules.
static LogicalResult checkSchedules(ModuleOp module, StringRef level) {
  bool isPlanned = level != "loops";
  ArrayAttr extents; // the open sizes of all schedules
  for (auto schedule : module.getOps<ScheduleOp>())
    if (auto about = schedule->getAttrOfType<DictionaryAttr>("dl.entry"); about && !extents)
      if (auto sizes = about.getAs<ArrayAttr>("extents"); sizes && llvm::all_of(sizes, llvm::IsaPred<DictionaryAttr>))
        extents = sizes;
  for (Operation &op : *module.getBody()) {
    if (auto home = dyn_cast<ModuleOp>(op)) {
      if (failed(checkKernel(home, level == "llvm", extents ? extents.size() : 1)))
        return failure();
    } else if (!isa<ScheduleOp>(op)) {
      return complain(&op) << "`" << op.getName() << "` cannot stand here; level `" << level
                           << "` holds modules of kernels and schedules";
    }
  }
  llvm::StringMap<ModuleOp> kernels = kernelsOf(module);
  for (auto schedule : module.getOps<ScheduleOp>()) {
    auto about = schedule->getAttrOfType<DictionaryAttr>("dl.entry");
    if (failed(checkEntry(schedule, extents)))
      return failure();
    for (StringRef name : {"dl.workspace", "dl.scratch"}) {
      auto bytes = schedule->getAttrOfType<IntegerAttr>(name);
      if (isPlanned ? !bytes || bytes.getInt() < 0 : schedule->hasAttr(name))
        return complain(schedule) << "@" << schedule.getSymName() << (isPlanned ? " needs " : " cannot have ") << name
                                  << ", a number of bytes, at level `" << level << "`";
    }
    LogicalResult result = success();
    auto count = [&](StringRef list, StringRef kind) {
      return llvm::count_if(about.getAs<ArrayAttr>(list).getAsRange<DictionaryAttr>(),
                            [&](DictionaryAttr attrs) { return attrs.contains(kind); });
    };
    schedule.walk([&](Operation *op) {
      if (auto run = dyn_cast<RunOp>(op); run && failed(checkRun(run, kernels.lookup(run.getKernel()))))
        result = failure();
      if (isPlanned ? isa<BufferOp, SlotOp>(op) : isa<PlaceOp>(op))
        result = complain(op) << "`" << op->getName() << "` cannot stand in a schedule of level `" << level << "`";
      auto buffer = dyn_cast<BufferOp>(op);
      auto place = dyn_cast<PlaceOp>(op);
      std::optional<uint64_t> index = buffer ? buffer.getIndex() : place ? place.getIndex() : std::nullopt;
      if (!index)
        return;
      size_t there = buffer && buffer.getRole() == "argument" ? about.getAs<ArrayAttr>("arg_attrs").size()
                     : place && place.getBase() == "input"    ? count("arg_attrs", "input")
                                                              : count("res_attrs", "output");
      if (*index >= there)
        result = complain(op) << "there is no " << (buffer ? buffer.getRole() : place.getBase()) << "[" << *index
                              << "]; @" << schedule.getSymName() << " has " << there;
    });
    if (failed(result))
      return failure();
  }
  return success();
}

LogicalResult dlc::checkContents(ModuleOp module) {
  StringRef level = levelOf(module);
  if (failed(checkPlaces(module, level)))
    return failure();
  if (level == "import")
    return success();
  if (failed(checkOptions(module)))
    return failure();
  if (level == "loops" || level == "plan" || level == "llvm")
    return checkSchedules(module, level);
  auto model = *module.getOps<ModelOp>().begin();
  auto names = model.getOpenNames(), sizes = model.getOpenSizes();
  auto isCapacity = [](SizeAttr size) { return size.number() >= 1 && size.number() <= largestBatch; };
  if (names.size() != sizes.size() || names.size() > mostOpenSizes ||
      !llvm::all_of(sizes.getAsRange<SizeAttr>(), isCapacity))
    return complain(model) << "expected a capacity from 1 to " << largestBatch << " for each open size, and at most "
                           << mostOpenSizes << " of them";
  return checkEntries(model, level);
}
