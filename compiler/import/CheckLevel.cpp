// CheckLevel.cpp - what a printed level must hold so that the next levels may rely on it.
// SPDX-License-Identifier: Apache-2.0
//
// The verifiers of ops say what holds for each op; here stands what holds for a module that says which level it has reached.
#include "compiler/Pipeline.h"
#include "compiler/kernels/Domain.h"
#include "dialects/dl/Program.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace dlc;

/// The options that a level brings along are in the range of the command line's.
static LogicalResult checkOptions(ModuleOp module) {
  CompileOptions options = loadOptions(module);
  bool isGood = options.optimize >= 0 && options.optimize <= 3 && llvm::is_sorted(options.batch) &&
                llvm::all_of(options.batch, [](int64_t one) { return one >= 1 && one <= (1 << 24); });
  return isGood ? success() : LogicalResult(complain(module) << "dl.options of this level: expected `batch` from 1 to 16777216, "
                                                                "in ascending order, and `optimize` from 0 to 3");
}

/// Levels `graph` to `kernels`: entry points, and kernels at the last.
static LogicalResult checkEntries(ModelOp model, StringRef level) {
  bool areKernels = level == "kernels";
  llvm::StringMap<KernelOp> kernels;
  for (Operation &item : model.getBody().front()) {
    auto kernel = dyn_cast<KernelOp>(item);
    if (!isa<EntryOp>(item) && !(areKernels && kernel))
      return complain(&item) << "`" << item.getName().stripDialect() << "` cannot stand here; level `" << level << "` holds "
                             << (areKernels ? "`kernel` and `entry`" : "`entry`");
    if (Attribute rows = item.getAttr("dl.rows_independent"); rows && !isa<BoolAttr>(rows))
      return complain(&item) << "dl.rows_independent: expected true or false, found " << rows;
    if (kernel)
      kernels[kernel.getSymName()] = kernel;
    for (Operation &line : item.getRegion(0).front().without_terminator()) {
      bool isValue = isa<InferTypeOpInterface, ConstantOp>(line) && isa<DLDialect>(line.getDialect()) && !line.getNumRegions();
      bool mayStand = areKernels && !kernel ? isa<LaunchOp, ReshapeOp>(line)
                                            : isValue && (level == "graph" || !isa<GradientOp>(line));
      if (!mayStand)
        return complain(&line) << "`" << line.getName().stripDialect() << "` cannot stand in "
                               << (kernel ? "a kernel" : "an entry point") << " of level `" << level << "`";
    }
  }
  for (const auto &[name, kernel] : kernels) {
    Domain domain;
    SmallVector<Operation *> ops;
    for (Operation &line : KernelOp(kernel).getBody().front().without_terminator())
      if (!Domain::isGenerator(&line))
        ops.push_back(&line);
    if (ops.empty() || !domain.build(ops))
      return complain(KernelOp(kernel)) << "the ops of kernel @" << name << " do not run over one space of points";
  }
  LogicalResult result = success();
  model.walk([&](LaunchOp launch) {
    KernelOp kernel = kernels.lookup(launch.getKernel());
    if (!kernel || !llvm::equal(kernel.getBody().getArgumentTypes(), launch.getArgs().getTypes()) ||
        !llvm::equal(kernel.getResultTypes().getAsValueRange<TypeAttr>(), launch->getResultTypes()))
      result = complain(launch) << "kernel @" << launch.getKernel() << (kernel ? " has other arguments or results" : " is missing");
  });
  return result;
}

/// `dl.entry` of a function: what an entry point was, once its values are buffers.
static LogicalResult checkEntry(func::FuncOp op, DictionaryAttr about) {
  auto has = [&]<typename Attr>(Attr, auto... names) { return (... && about.template getAs<Attr>(names)); };
  if (!about || !has(StringAttr(), "name", "kind") || !has(BoolAttr(), "has_batch", "rows_independent") ||
      !has(IntegerAttr(), "capacity") || !has(ArrayAttr(), "arg_attrs", "arg_types", "res_attrs", "res_types", "checks") ||
      about.getAs<IntegerAttr>("capacity").getInt() < 1)
    return complain(op) << "dl.entry: expected name, kind, capacity, has_batch, rows_independent, arg_attrs, arg_types, "
                           "res_attrs, res_types and checks of an entry point";
  auto types = [&](StringRef name) { return about.getAs<ArrayAttr>(name); };
  for (StringRef name : {"arg_types", "res_types"})
    if (!llvm::all_of(types(name), llvm::IsaPred<TypeAttr>))
      return complain(op) << "dl.entry: expected types in " << name;
  for (Attribute one : about.getAs<ArrayAttr>("checks")) {
    auto check = dyn_cast<DictionaryAttr>(one);
    if (!check || !check.getAs<StringAttr>("op") || !check.getAs<LocationAttr>("loc") || !check.getAs<IntegerAttr>("limit") ||
        !check.getAs<IntegerAttr>("row_size") || check.getAs<IntegerAttr>("row_size").getInt() < 1)
      return complain(op) << "dl.entry: expected op, loc, limit and row_size of a check";
  }
  auto args = llvm::to_vector(types("arg_types").getAsValueRange<TypeAttr>());
  auto results = llvm::to_vector(types("res_types").getAsValueRange<TypeAttr>());
  if (failed(verifyPorts(op, types("arg_attrs"), args, types("res_attrs"), results)))
    return failure();
  size_t outputs = llvm::count_if(types("res_attrs").getAsRange<DictionaryAttr>(),
                                  [](DictionaryAttr attrs) { return attrs.contains("output"); });
  // The call; the report and the extent; memory for threads, and for buffers.
  size_t needed = 1 + args.size() + outputs + 2 + op->hasAttr("dl.scratch") + op->hasAttr("dl.workspace");
  if (op.getNumArguments() != needed)
    return complain(op) << "dl.entry: expected a function of " << needed << " arguments, found " << op.getNumArguments();
  return success();
}
/// `dl.kernel` of a function: its name, and beside it what the runtime is told.
static LogicalResult checkKernel(func::FuncOp op) {
  auto written = op->getAttrOfType<ArrayAttr>("dl.written");
  if (op.getNumArguments() < 3 || !op->getAttrOfType<FloatAttr>("dl.flops") ||
      !op->getAttrOfType<FloatAttr>("dl.bytes") || !written)
    return complain(op) << "dl.kernel: expected a function with dl.flops, dl.bytes and dl.written";
  for (Attribute one : written) {
    auto numbers = dyn_cast<DenseI64ArrayAttr>(one);
    if (!numbers || numbers.size() != 4 || numbers[0] < 0 || numbers[0] + 3 >= (int64_t)op.getNumArguments())
      return complain(op) << "dl.written: expected four numbers, the first of them that of an argument";
  }
  return success();
}

/// Levels `loops` and `plan`: functions, some of which are entry points.
static LogicalResult checkFunctions(ModuleOp module, StringRef level) {
  for (auto function : module.getOps<func::FuncOp>()) {
    auto workspace = function->getAttrOfType<IntegerAttr>("dl.workspace");
    bool needsWorkspace = level == "plan" && function->hasAttr("dl.entry");
    if (needsWorkspace ? !workspace || workspace.getInt() < 0 : function->hasAttr("dl.workspace"))
      return complain(function) << "@" << function.getSymName() << (needsWorkspace ? " needs" : " cannot have")
                                << " a size of its workspace, dl.workspace, at level `" << level << "`";
    if (Attribute about = function->getAttr("dl.entry"); about && failed(checkEntry(function, dyn_cast<DictionaryAttr>(about))))
      return failure();
    if (function->hasAttr("dl.kernel") && failed(checkKernel(function)))
      return failure();
    if (function.isExternal())
      return complain(function) << "@" << function.getSymName() << " has no body";
  }
  return success();
}

LogicalResult dlc::checkContents(ModuleOp module) {
  StringRef level = levelOf(module);
  if (level == "import" || level == "llvm")
    return success();
  if (failed(checkOptions(module)))
    return failure();
  if (level == "loops" || level == "plan")
    return checkFunctions(module, level);
  return checkEntries(*module.getOps<ModelOp>().begin(), level);
}
