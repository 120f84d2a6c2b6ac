// Pipeline.cpp - the levels that a model passes through, in order.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/Pipeline.h"
#include "compiler/Passes.h"
#include "compiler/graph/Counts.h"
#include "compiler/graph/Extents.h"
#include "compiler/graph/Flatten.h"
#include "compiler/graph/Rows.h"
#include "compiler/import/ReadModel.h"
#include "dialects/nn/NN.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Threading.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringSet.h"
#include <atomic>

using namespace mlir;
using namespace dlc;

static ModelOp modelOf(ModuleOp module) {
  auto models = module.getOps<ModelOp>();
  return models.empty() ? ModelOp() : *models.begin();
}
/// Computes equal things once and drops what nothing reads; folds what is known, but not at -O0: the slow twin shares
/// no fold with what it is compared with.
static LogicalResult simplify(ModuleOp module, const CompileOptions &options) {
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  pm.enableVerifier(false); // once, in the end
  OpPassManager &items = pm.nest<ModelOp>();
  for (OpPassManager *bodies : {&items.nest<RuleOp>(), &items.nest<EntryOp>()}) {
    bodies->addPass(createCSEPass());
    bodies->addPass(options.optimize > 0 ? createCanonicalizerPass()
                                         : createCanonicalizerPass(GreedyRewriteConfig().enableFolding(false)));
    bodies->addPass(createCSEPass());
  }
  return success(succeeded(pm.run(module)) && succeeded(verify(module)));
}

/// How many parts of a batch a step works through: its inputs have the rows of all of them.
static int64_t partsOf(EntryOp entry) {
  auto parts = entry->getAttrOfType<IntegerAttr>("dl.accumulate");
  return parts ? parts.getInt() : 1;
}

/// No tensor may be larger than what can be addressed with room to spare.
static LogicalResult checkSizes(ModelOp model, const CompileOptions &options) {
  constexpr double mostElements = 1ull << 38;
  LogicalResult result = success();
  Extents most = capacitiesOf(model, options).back();
  auto sizeAt = [&](Dim dim) { // as a real, which does not overflow
    double size = (double)dim.value;
    for (auto [name, capacity] : most.list())
      size *= std::pow((double)capacity, dim.power(name));
    return size;
  };
  std::string atMost = show(most).substr(StringRef("batch ").size());
  DenseSet<Value> large; // what comes of them is as large, and not worth a message
  auto check = [&](Value value, bool follows, int64_t parts = 1) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    double count = (double)parts;
    if (type)
      for (Dim dim : dimsOf(type))
        count *= dim.isUnknown() ? std::numeric_limits<double>::infinity() // did not fit into 64 bits
                                 : sizeAt(dim);
    if (count <= mostElements || !large.insert(value).second || follows)
      return;
    if (llvm::any_of(dimsOf(value), [](Dim dim) { return dim.isUnknown(); }))
      result = complain(value.getLoc()) << show(value)
                                        << ": a size is neither a whole multiple of the batch nor a number "
                                        << "of 64 bits";
    else
      result = complain(value.getLoc()) << show(value) << " has more than 2^38 elements at a batch of " << atMost
                                        << "; make it smaller";
  };
  for (EntryOp entry : model.getBody().getOps<EntryOp>()) {
    for (auto [argument, attributes] :
         llvm::zip(entry.getBody().getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>()))
      check(argument, /*follows=*/attributes.contains("slot") || entry.getKind() == "apply", // parameters are as large
            attributes.contains("input") ? partsOf(entry) : 1);
    for (Operation &op : entry.getBody().front())
      for (Value value : op.getResults())
        check(value, llvm::any_of(op.getOperands(), [&](Value operand) { return large.contains(operand); }));
  }
  return result;
}

/// `--float f64`.
static LogicalResult widenFloats(ModuleOp module, const CompileOptions &options) {
  if (!options.doubles)
    return success();
  Type f32 = Float32Type::get(module.getContext()), f64 = Float64Type::get(module.getContext());
  module.walk([&](nn::EmbeddingOp op) {
    if (!op.getTypeAttr())
      op.setTypeAttr(TypeAttr::get(f32));
  });
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](Type type) { return type == f32 ? std::optional(f64) : std::nullopt; });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true, /*replaceLocs=*/false, /*replaceTypes=*/true);
  return success();
}
static LogicalResult flattenAll(ModuleOp module, const CompileOptions &options) {
  return flattenModel(modelOf(module), options);
}
static LogicalResult checkAllSizes(ModuleOp module, const CompileOptions &options) {
  return checkSizes(modelOf(module), options);
}
static LogicalResult putAllChannelsLast(ModuleOp module, const CompileOptions &options) {
  for (EntryOp entry : modelOf(module).getBody().getOps<EntryOp>())
    putChannelsLast(entry, options.optimize > 0);
  return success();
}
static LogicalResult differentiateAll(ModuleOp module, const CompileOptions &options) {
  std::atomic<bool> areGood = true; // go on: all rules that are missing are reported together
  parallelForEach(module.getContext(), modelOf(module).getBody().getOps<EntryOp>(), [&](EntryOp entry) {
    if (failed(differentiate(entry, options.faultyRule)))
      areGood = false;
  });
  return success(areGood);
}
static LogicalResult moveOutOfAllScans(ModuleOp module, const CompileOptions &options) {
  bool any = false;
  module.walk([&](ScanOp) { any = true; });
  if (!any)
    return success();
  for (EntryOp entry : modelOf(module).getBody().getOps<EntryOp>())
    moveOutOfScans(entry, options.optimize > 0);
  return simplify(module, options);
}
static LogicalResult multiplyAllTables(ModuleOp module, const CompileOptions &options) {
  bool any = false;
  module.walk([&](GatherOp) { any = true; });
  if (!any || options.optimize == 0)
    return success();
  for (EntryOp entry : modelOf(module).getBody().getOps<EntryOp>())
    multiplyTables(entry, usualExtents(entry, options));
  return simplify(module, options);
}
static LogicalResult accumulateAll(ModuleOp module, const CompileOptions &options) {
  bool any = false;
  LogicalResult result = success();
  for (EntryOp entry : llvm::to_vector(modelOf(module).getBody().getOps<EntryOp>())) {
    any |= entry->hasAttr("dl.accumulate");
    if (failed(accumulate(entry)))
      result = failure();
  }
  return failed(result) || !any ? result : simplify(module, options);
}
static LogicalResult chooseAllLayouts(ModuleOp module, const CompileOptions &options) {
  chooseLayouts(modelOf(module), options.optimize > 0);
  return success();
}
static LogicalResult outlineAllScans(ModuleOp module, const CompileOptions &) {
  outlineScans(modelOf(module));
  return success();
}
static LogicalResult decomposeAll(ModuleOp module, const CompileOptions &options) {
  ModelOp model = modelOf(module);
  for (RuleOp rule : model.getBody().getOps<RuleOp>())
    decompose(rule);
  dropUnreadArguments(model);
  if (options.optimize == 0) // each op is a kernel
    writeOutMaps(model);
  parallelForEach(module.getContext(), model.getBody().getOps<EntryOp>(), [](EntryOp entry) { decompose(entry); });
  return success();
}
static LogicalResult cutAllProducts(ModuleOp module, const CompileOptions &options) {
  if (options.optimize > 0)
    for (EntryOp entry : modelOf(module).getBody().getOps<EntryOp>())
      cutProducts(entry);
  return success();
}
static LogicalResult useAllWinograd(ModuleOp module, const CompileOptions &options) {
  if (options.winograd && options.optimize > 0)
    for (EntryOp entry : modelOf(module).getBody().getOps<EntryOp>())
      useWinograd(entry, capacitiesOf(entry, options));
  return success();
}
static LogicalResult packAllWeights(ModuleOp module, const CompileOptions &options) {
  if (options.optimize > 0)
    packWeights(modelOf(module), options);
  return success();
}
static LogicalResult markRows(ModuleOp module, const CompileOptions &) {
  auto mark = [](EntryOp entry) {
    if (entry.getKind() == "loop")
      return; // is judged where it is repeated
    describeCounts(entry);
    bool areApart = rowsAreIndependent(entry) || partsMakeTheWhole(entry);
    entry->setAttr("dl.rows_independent", Builder(entry.getContext()).getBoolAttr(areApart));
  };
  parallelForEach(module.getContext(), modelOf(module).getBody().getOps<EntryOp>(), mark);
  return success();
}
static LogicalResult recomputeAll(ModuleOp module, const CompileOptions &options) { return recompute(module, options); }
static LogicalResult formAllKernels(ModuleOp module, const CompileOptions &options) {
  formKernels(modelOf(module), options.optimize > 0);
  return success();
}
static LogicalResult lowerKernels(ModuleOp module, const CompileOptions &options) {
  lowerSchedules(module, options);
  return success();
}
static LogicalResult shareValues(ModuleOp module, const CompileOptions &) {
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  pm.enableVerifier(false);                    // once, in the end
  pm.addNestedPass<ModuleOp>(createCSEPass()); // of each kernel
  return success(succeeded(pm.run(module)) && succeeded(verify(module)));
}
static LogicalResult verifyAllSchedules(ModuleOp module, const CompileOptions &) { return verifySchedules(module); }
static LogicalResult planAllMemory(ModuleOp module, const CompileOptions &options) {
  return planMemory(module, options.explainMemory);
}

ArrayRef<Level> dlc::levels() {
  static const Step simplifying = {"simplify", "equal ops are one, what is known is folded, what nothing reads is gone",
                                   simplify};
  static const Step toGraph[] = {
      {"widen-floats", "f32 is f64 where --float f64 asks for it", widenFloats},
      {"flatten", "calls and layers are inlined, optimizers become rules, sizes filled in", flattenAll},
      {"check-sizes", "no tensor is larger than what can be addressed", checkAllSizes},
      simplifying,
  };
  static const Step toAutodiff[] = {
      {"channels-last", "what was written with `channels_first` runs with channels last", putAllChannelsLast},
      {"differentiate", "each `gradient` becomes plain ops", differentiateAll},
      simplifying,
      {"move-out-of-scans", "what needs nothing that a loop carries is computed for all its rounds at once",
       moveOutOfAllScans},
      {"multiply-tables", "products of looked-up rows are those of the table, where it has fewer", multiplyAllTables},
      {"accumulate", "a step that accumulates is a loop over the parts of its batch", accumulateAll},
  };
  static const Step toLayout[] = {
      {"choose-layouts", "stored matrices lie as their products read them, and transposes sink", chooseAllLayouts},
      simplifying,
  };
  static const Step toKernels[] = {
      {"outline-scans", "the body of each loop is an entry point of kind `loop`", outlineAllScans},
      {"decompose", "ops that stand for several are written out", decomposeAll},
      {"cut-products", "of what a product makes, and of the borders that it reads, only what is needed is made",
       cutAllProducts},
      {"winograd", "convolutions of 3 x 3 are products of tiles, where --winograd allows it and it is faster",
       useAllWinograd},
      simplifying,
      {"pack-weights", "weights that products alone read lie in blocks of columns", packAllWeights},
      {"mark-rows", "numbers say what they are means over, entry points whether their rows are independent", markRows},
      {"recompute", "what a budget of memory does not let be kept is computed again", recomputeAll},
      {"form-kernels", "groups of ops become kernels", formAllKernels},
  };
  static const Step toLoops[] = {
      {"lower-kernels", "kernels become loops, and entry points schedules of their runs", lowerKernels},
      {"share-values", "equal values are computed once", shareValues},
  };
  static const Step toPlan[] = {
      {"verify-schedules", "each step is proved to find the values that it is meant to read", verifyAllSchedules},
      {"plan-memory", "each buffer gets its place", planAllMemory},
  };
  static const Step toLLVM[] = {
      {"lower-to-llvm", "kernels become functions of the LLVM dialect, each on its own", lowerToLLVM},
  };
  static const Level table[] = {
      {"import", "the model as it was written, checked, with the shape of every line", {}},
      {"graph", "each entry point is one pure function; layers expanded, calls inlined, sizes known", toGraph},
      {"autodiff", "gradients are plain ops", toAutodiff},
      {"layout", "each stored tensor has one physical layout; conversions are explicit", toLayout},
      {"kernels", "fused groups are kernels; an entry point is a schedule of them", toKernels},
      {"loops", "kernels are vectorised loops over flat buffers, entry points schedules of their runs", toLoops},
      {"plan", "every buffer has its place: in an arena, an input or an output", toPlan},
      {"llvm", "kernels are functions of the LLVM dialect, all of one form", toLLVM},
  };
  return table;
}

LogicalResult Level::run(ModuleOp module, const CompileOptions &options, Timing *timing) const {
  for (const Step &step : steps)
    if (failed(measured(timing, name, step.name, module, [&] { return step.run(module, options); })))
      return failure();
  module->setAttr("dl.level", StringAttr::get(module.getContext(), name));
  return success();
}

StringRef dlc::levelOf(ModuleOp module) {
  auto level = module->getAttrOfType<StringAttr>("dl.level");
  return level ? level.getValue() : "import";
}

static const Level *find(StringRef name) {
  return llvm::find_if(levels(), [&](const Level &level) { return level.name == name; });
}
LogicalResult dlc::checkLevel(StringRef goal, ModuleOp module) {
  const Level *now = find(levelOf(module));
  if (now == levels().end()) {
    InFlightDiagnostic error = complain(module) << "found level `" << levelOf(module) << "`; there are ";
    for (const Level &level : levels())
      error << (&level == levels().begin() ? "" : ", ") << level.name;
    return error;
  }
  if (now > find(goal))
    return complain(module) << "this is level `" << now->name << "`, and what is asked for is made at level `" << goal
                            << "`, before it; start from the model itself";
  bool isLowered = now >= find("loops");
  if (isLowered == bool(modelOf(module)) || isLowered != bool(module->getAttrOfType<StringAttr>("dl.model")))
    return complain(module) << "this is not what level `" << now->name << "` looks like: expected "
                            << (isLowered ? "schedules and kernels of a model, and no dl.model" : "a dl.model");
  return module->hasAttr("dl.level") ? checkContents(module) : success();
}
/// Says what is wrong with gradients of the entry points that could be made.
static void checkGradients(ModuleOp module, const CompileOptions &options) {
  (void)putAllChannelsLast(module, options);
  (void)differentiateAll(module, options);
}
LogicalResult dlc::runTo(StringRef goal, ModuleOp module, const CompileOptions &options, Timing *timing) {
  auto now = find(levelOf(module)), end = find(goal);
  for (; now < end;) {
    ++now;
    if (!module.getContext()->isMultithreadingEnabled())
      module.getContext()->enableMultithreading(); // from here on entry points are apart, and kernels
    if (failed(now->run(module, options, timing))) {
      if (now->name == "graph") // the entry points that could be made are checked on
        checkGradients(module, options);
      return failure();
    }
  }
  if (now->name == "kernels")
    notePlans(modelOf(module), options);
  return success();
}

void dlc::checkPart(ModuleOp module, const CompileOptions &options) {
  (void)flattenModel(modelOf(module), options, /*isPart=*/true);
  checkGradients(module, options);
}

//===--- Options ----------------------------------------------------------------------------------------===//

void dlc::storeOptions(ModuleOp module, const CompileOptions &options) {
  Builder b(module.getContext());
  SmallVector<NamedAttribute> sizes;
  for (const auto &[name, value] : options.sizes)
    sizes.push_back(b.getNamedAttr(name, b.getI64IntegerAttr(value)));
  module->setAttr("dl.version", b.getI64IntegerAttr(languageVersion));
  SmallVector<NamedAttribute> open;
  for (const auto &[name, capacities] : options.open)
    open.push_back(b.getNamedAttr(name, b.getDenseI64ArrayAttr(capacities)));
  SmallVector<NamedAttribute> all{
      b.getNamedAttr("batch", b.getDenseI64ArrayAttr(options.batch)),
      b.getNamedAttr("sizes", b.getDictionaryAttr(sizes)),
      b.getNamedAttr("target", b.getStringAttr(options.target)),
      b.getNamedAttr("optimize", b.getI64IntegerAttr(options.optimize)),
      b.getNamedAttr("doubles", b.getBoolAttr(options.doubles)),
      b.getNamedAttr("faulty_rule", b.getStringAttr(options.faultyRule)),
  };
  if (!open.empty())
    all.push_back(b.getNamedAttr("open", b.getDictionaryAttr(open)));
  if (options.memoryBudget)
    all.push_back(b.getNamedAttr("memory_budget", b.getI64IntegerAttr(options.memoryBudget)));
  if (options.explainMemory)
    all.push_back(b.getNamedAttr("explain_memory", b.getBoolAttr(true)));
  if (options.winograd)
    all.push_back(b.getNamedAttr("winograd", b.getBoolAttr(true)));
  module->setAttr("dl.options", b.getDictionaryAttr(all));
}
CompileOptions dlc::loadOptions(ModuleOp module) {
  CompileOptions options;
  if (auto target = findTarget("native"))
    options.target = target->name;
  auto stored = module->getAttrOfType<DictionaryAttr>("dl.options");
  if (!stored)
    return options;
  if (auto batch = stored.getAs<DenseI64ArrayAttr>("batch"); batch && !batch.empty())
    options.batch.assign(batch.asArrayRef().begin(), batch.asArrayRef().end());
  if (auto sizes = stored.getAs<DictionaryAttr>("sizes"))
    for (NamedAttribute one : sizes)
      if (auto value = dyn_cast<IntegerAttr>(one.getValue()))
        options.sizes[one.getName().str()] = value.getInt();
  if (auto open = stored.getAs<DictionaryAttr>("open"))
    for (NamedAttribute one : open)
      if (auto capacities = dyn_cast<DenseI64ArrayAttr>(one.getValue()); capacities && !capacities.empty())
        options.open[one.getName().str()].assign(capacities.asArrayRef().begin(), capacities.asArrayRef().end());
  if (auto target = stored.getAs<StringAttr>("target"); target && findTarget(target))
    options.target = findTarget(target)->name;
  if (auto optimize = stored.getAs<IntegerAttr>("optimize"))
    options.optimize = optimize.getInt();
  if (auto doubles = stored.getAs<BoolAttr>("doubles"))
    options.doubles = doubles.getValue();
  if (auto budget = stored.getAs<IntegerAttr>("memory_budget"))
    options.memoryBudget = std::max<int64_t>(budget.getInt(), 0);
  if (auto explain = stored.getAs<BoolAttr>("explain_memory"))
    options.explainMemory = explain.getValue();
  if (auto winograd = stored.getAs<BoolAttr>("winograd"))
    options.winograd = winograd.getValue();
  if (auto rule = stored.getAs<StringAttr>("faulty_rule"))
    options.faultyRule = rule.str();
  return options;
}

//===--- Registration -----------------------------------------------------------------------------------===//

void dlc::registerDialects(DialectRegistry &registry) {
  registry.insert<DLDialect, nn::NNDialect, affine::AffineDialect, arith::ArithDialect, cf::ControlFlowDialect,
                  func::FuncDialect, LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect, scf::SCFDialect,
                  ub::UBDialect, vector::VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}

namespace {
/// A level or a step as a pass; options are the module's own.
template <class Part> class PartPass : public PassWrapper<PartPass<Part>, OperationPass<ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PartPass)
  PartPass(StringRef argument, const Part &part, bool needsModel)
      : argument(argument), part(part), needsModel(needsModel) {}
  StringRef getArgument() const override { return argument; }
  StringRef getDescription() const override { return part.summary; }
  void getDependentDialects(DialectRegistry &registry) const override { registerDialects(registry); }
  void runOnOperation() override {
    ModuleOp module = this->getOperation();
    if (needsModel && !modelOf(module)) {
      complain(module) << "there is no dl.model in this file";
      return this->signalPassFailure();
    }
    if (failed(part.run(module, loadOptions(module))))
      return this->signalPassFailure();
  }

private:
  std::string argument;
  const Part &part;
  bool needsModel; ///< the level that is left holds one
};
} // namespace

void dlc::registerPasses() {
  auto add = [](StringRef prefix, const auto &part, bool needsModel) {
    using Part = std::decay_t<decltype(part)>;
    registerPass([=, &part]() -> std::unique_ptr<Pass> {
      return std::make_unique<PartPass<Part>>((prefix + part.name).str(), part, needsModel);
    });
  };
  llvm::StringSet<> known; // a step that several levels take is one pass
  for (const Level &level : levels().drop_front()) {
    bool needsModel = level.name != "plan" && level.name != "llvm";
    add("dl-to-", level, needsModel);
    for (const Step &step : level.steps)
      if (known.insert(step.name).second)
        add("dl-", step, needsModel);
  }
}
