// Diff.cpp - dlc --diff: compiled code against the evaluator, value by value.
// SPDX-License-Identifier: Apache-2.0
//
// Each entry point is compiled a second time with every value on its way as a further output, and run in this process
// with random arguments. Each op is then evaluated in double precision from the operands that compiled code had, so
// that what departs is that op's own doing: neither rounding further up nor a choice that rounding tipped. Further
// outputs change what is fused, so the results of the entry point as it is compiled for use are compared as well.
#include "tools/diff/Diff.h"
#include "compiler/Pipeline.h"
#include "compiler/evaluate/Entries.h"
#include "compiler/evaluate/Evaluate.h"
#include "compiler/target/Emit.h"
#include "tools/diff/Library.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include <cmath>

using namespace mlir;
using namespace dlc;

namespace {
/// How far values depart.
struct Deviation {
  double worst = 0; ///< relative to the larger of the value, its tensor's root mean square, and `floor`
  int64_t at = 0;
};
/// A value that is compared: an op's result, in the entry point and in the instrumented one.
struct Probe {
  OpResult value;
  std::string output; ///< its name among the outputs
  Array found, expected;
  Deviation off;
};
} // namespace

static Deviation compare(const Array &found, const Array &expected, double floor) {
  double squares = 0;
  for (double x : expected.reals)
    squares += std::isfinite(x) ? x * x : 0;
  floor = std::max({floor, std::sqrt(squares / std::max<size_t>(1, expected.reals.size())), 1e-300});
  Deviation result;
  for (int64_t i = 0, n = expected.size(); i < n; ++i) {
    double a = found.real(i), b = expected.real(i);
    if (expected.type == DLC_F32)
      b = (float)b; // beyond its range it is infinite
    double off = (std::isnan(a) && std::isnan(b)) || a == b ? 0 : std::fabs(a - b) / std::max(std::fabs(b), floor);
    if (std::isnan(off))
      off = INFINITY;
    if (off > result.worst)
      result = {off, i};
  }
  return result;
}

static std::string placeOf(Location loc) {
  std::string place = "unknown place";
  loc->walk([&](Location inner) {
    auto file = dyn_cast<FileLineColLoc>(inner);
    if (!file)
      return WalkResult::advance();
    StringRef name = llvm::sys::path::filename(file.getFilename());
    place = (name + ":" + Twine(file.getLine()) + ":" + Twine(file.getColumn())).str();
    return WalkResult::interrupt();
  });
  return place;
}
static std::string textOf(OpResult value) {
  std::string name = nameOf(value.getOwner()->getLoc());
  return (value.getOwner()->getName().stripDialect() + (name.empty() ? "" : " %" + name)).str();
}
static std::string elementText(const Array &array, int64_t at) {
  SmallVector<int64_t> index;
  for (int64_t size : llvm::reverse(array.shape)) {
    index.push_back(at % size);
    at /= size;
  }
  std::string text = "[";
  for (int64_t i : llvm::reverse(index))
    text += (text.size() > 1 ? ", " : "") + std::to_string(i);
  return text + "]";
}

/// For an integer argument: one more than the largest index that may be drawn for it.
static int64_t indexLimit(Value value, int64_t limit = 1 << 30) {
  for (OpOperand &use : value.getUses()) {
    Operation *op = use.getOwner();
    unsigned number = use.getOperandNumber();
    if (auto check = dyn_cast<CheckIndexOp>(op))
      limit = std::min(limit, check.getLimit().number());
    else if (isa<CrossEntropyOp, AccuracyOp>(op) && number == 1)
      limit = std::min(limit, dimsOf(op->getOperand(0)).back().value);
    else if (isa<GatherOp>(op) && number == 1)
      limit = std::min(limit, dimsOf(op->getOperand(0))[0].value);
    else if (auto scatter = dyn_cast<ScatterAddOp>(op); scatter && number == 0)
      limit = std::min(limit, scatter.getCount().number());
    else if (isa<CastOp, ReshapeOp, BroadcastOp, TransposeOp, SliceOp, SelectOp>(op))
      limit = std::min(limit, indexLimit(op->getResult(0), limit));
  }
  return limit;
}
static Array drawArgument(const Argument &argument, int64_t batch, const DiffSettings &settings, int64_t step) {
  std::vector<int64_t> shape = shapeOf(argument.value, batch);
  std::string stream = "diff." + argument.name;
  auto init = argument.about.getAs<InitAttr>("init");
  if (argument.kind == "parameter" && init) {
    // Around what it begins with; matrices so that products keep the size of their inputs.
    double mean = init.getKind() == "ones" ? 1 : 0;
    double scale = shape.size() < 2 ? 0.1 : 1 / std::sqrt((double)std::max<int64_t>(1, shape.back()));
    return randomArray(argument.type, shape, settings.seed, stream, mean, scale, 2);
  }
  if (argument.kind == "slot") { // running means of squares are not negative
    Array array = randomArray(argument.type, shape, settings.seed, stream, 0, 0.01, 2);
    for (double &value : array.reals)
      value = std::fabs(value);
    return array;
  }
  if (argument.kind == "input") {
    int64_t limit = argument.type == DLC_I1 ? 2 : indexLimit(argument.value);
    limit = limit == 1 << 30 ? 3 : std::max<int64_t>(limit, 1); // no index at all, or one of an empty table
    return randomArray(argument.type, shape, settings.seed, stream, 0, 1, limit);
  }
  return defaultValue(argument, shape, (int64_t)settings.seed, step);
}

/// Makes each value on the way an output, under names of its own; puts in the fault that a test asks for.
static void instrument(EntryOp entry, EntryOp copy, const DiffSettings &settings, bool outputs,
                       std::vector<Probe> &probes) {
  Operation *done = copy.getBody().front().getTerminator();
  OpBuilder b(done);
  SmallVector<Attribute> attrs(copy.getResAttrs().getValue()), types(copy.getResultTypes().getValue());
  auto originals = llvm::to_vector(llvm::make_pointer_range(entry.getBody().front().without_terminator()));
  auto copies = llvm::to_vector(llvm::make_pointer_range(copy.getBody().front().without_terminator()));
  SmallVector<Value> more;
  for (auto [original, twin] : llvm::zip(originals, copies)) {
    for (auto [value, result] : llvm::zip(original->getResults(), twin->getResults())) {
      if (isa<ConstantOp, CountOp>(original))
        continue;
      Value probed = result;
      bool isFloat = isa<FloatType>(typeOf(value).getElementType());
      if (isFloat && original->getName().getStringRef() == settings.faultyOp) {
        b.setInsertionPointAfter(twin);
        Ops ops(b, twin->getLoc());
        Value factor = ops.number(1.01, result);
        probed = ops.mul(result, factor);
        result.replaceAllUsesExcept(probed, probed.getDefiningOp());
      }
      if (!outputs)
        continue;
      std::string name = "value." + std::to_string(probes.size());
      probes.push_back({value, name, {}, {}, {}});
      more.push_back(probed);
      attrs.push_back(b.getDictionaryAttr(b.getNamedAttr("output", b.getStringAttr(name))));
      types.push_back(TypeAttr::get(probed.getType()));
    }
  }
  done->insertOperands(done->getNumOperands(), more);
  copy.setResAttrsAttr(b.getArrayAttr(attrs));
  copy.setResultTypesAttr(b.getArrayAttr(types));
}

namespace {
class Differ {
public:
  Differ(ModuleOp module, const CompileOptions &options, const DiffSettings &settings)
      : module(module), options(options), settings(settings) {}
  /// 0: all agree; 1: some value departs; failure: it could not be done, and a diagnostic says why.
  FailureOr<int> run(EntryOp entry);

private:
  LogicalResult compile(EntryOp entry, bool outputs, StringRef path);
  FailureOr<std::vector<NamedArray>> call(EntryOp entry, StringRef path);
  LogicalResult compareValues(EntryOp entry, const std::vector<NamedArray> &probed);
  double toleranceFor(const Array &array) const {
    return settings.tolerance ? settings.tolerance : array.type == DLC_F32 ? 1e-4 : array.type == DLC_F64 ? 1e-9 : 0;
  }

  ModuleOp module;
  const CompileOptions &options;
  const DiffSettings &settings;
  int64_t batch = 1;
  static constexpr int64_t step = 3;
  std::vector<Probe> probes;
  std::vector<Array> values;
};
} // namespace

/// A library of this entry point alone.
LogicalResult Differ::compile(EntryOp entry, bool outputs, StringRef path) {
  OwningOpRef<ModuleOp> twin(module.clone());
  EntryOp copy;
  for (ModelOp model : twin->getOps<ModelOp>())
    for (EntryOp one : llvm::make_early_inc_range(model.getBody().getOps<EntryOp>())) {
      if (one.getSymName() == entry.getSymName())
        copy = one;
      else
        one.erase();
    }
  instrument(entry, copy, settings, outputs, probes);
  SmallVector<char> object;
  if (failed(runTo("llvm", *twin, options)))
    return failure();
  llvm::Error error = emitObject(*twin, options, object);
  if (!error)
    error = linkShared(object, path);
  return error ? LogicalResult(complain(entry) << llvm::toString(std::move(error))) : success();
}

FailureOr<std::vector<NamedArray>> Differ::call(EntryOp entry, StringRef path) {
  bool trains = entry.getKind() == "train" || entry.getKind() == "apply";
  LibraryCall call{path.str(), entry.getSymName().str(), {}, {}, {}, settings.seed, step, batch, trains};
  for (auto [argument, value] : llvm::zip(argumentsOf(entry), values))
    if (auto *list = argument.kind == "input"       ? &call.inputs
                     : argument.kind == "parameter" ? &call.parameters
                     : argument.kind == "slot"      ? &call.slots
                                                    : nullptr)
      list->push_back({argument.name, value});
  std::vector<NamedArray> results;
  if (std::string problem = callLibrary(call, results); !problem.empty())
    return LogicalResult(complain(entry) << "@" << entry.getSymName() << ": " << problem);
  return results;
}

/// The largest magnitude among the operands: what the rounding of a difference or a sum is measured by.
static double magnitude(ArrayRef<const Array *> operands) {
  double largest = 0;
  for (const Array *array : operands)
    for (double x : array->reals)
      largest = std::isfinite(x) ? std::max(largest, std::fabs(x)) : largest;
  return largest;
}
static const Array &find(const std::vector<NamedArray> &list, StringRef name) {
  return llvm::find_if(list, [&](const NamedArray &one) { return one.name == name; })->value;
}

LogicalResult Differ::compareValues(EntryOp entry, const std::vector<NamedArray> &probed) {
  DenseMap<Value, const Array *> known;
  for (auto [argument, array] : llvm::zip(entry.getBody().getArguments(), values))
    known[argument] = &array;
  auto next = probes.begin();
  return evaluate(entry, values, batch, [&](OpResult value, Array &array) {
    if (next == probes.end() || next->value != value)
      return;
    SmallVector<const Array *> operands;
    for (Value operand : value.getOwner()->getOperands())
      if (const Array *array = known.lookup(operand))
        operands.push_back(array);
    next->found = find(probed, next->output);
    next->expected = array;
    next->off = compare(next->found, next->expected, magnitude(operands) / 100);
    array = next->found;
    known[value] = &next->found;
    ++next;
  });
}

FailureOr<int> Differ::run(EntryOp entry) {
  auto hasBatch = [](Value value) { return llvm::any_of(dimsOf(value), [](Dim dim) { return dim.isBatch(); }); };
  // A step of the optimizer alone has no batch.
  if (llvm::any_of(entry.getBody().getArguments(), hasBatch))
    batch = settings.extent ? settings.extent : options.batch.back();
  for (const Argument &argument : argumentsOf(entry))
    values.push_back(drawArgument(argument, batch, settings, step));

  SmallString<128> folder;
  if (std::error_code error = llvm::sys::fs::createUniqueDirectory("dlc-diff", folder))
    return LogicalResult(complain(entry) << "cannot make a temporary folder: " << error.message());
  llvm::scope_exit clean([&] { llvm::sys::fs::remove_directories(folder); });
  std::string plain = (folder + "/plain.so").str(), full = (folder + "/full.so").str();
  if (failed(compile(entry, false, plain)) || failed(compile(entry, true, full)))
    return failure();
  FailureOr<std::vector<NamedArray>> used = call(entry, plain);
  if (failed(used))
    return failure();
  FailureOr<std::vector<NamedArray>> probed = call(entry, full);
  if (failed(probed) || failed(compareValues(entry, *probed)))
    return failure();
  auto results = evaluate(entry, values, batch);
  if (failed(results))
    return failure();

  llvm::raw_ostream &os = llvm::outs();
  const Probe *first = nullptr;
  double worst = 0;
  for (const Probe &probe : probes) {
    bool departs = probe.off.worst > toleranceFor(probe.expected);
    worst = std::max(worst, probe.off.worst);
    if (!settings.quiet)
      os << "  " << llvm::format("%-9.1e", probe.off.worst) << (departs ? "departs  " : "         ")
         << llvm::left_justify(placeOf(probe.value.getOwner()->getLoc()), 22) << ' ' << textOf(probe.value) << " : "
         << show(probe.value.getType()) << '\n';
    if (departs && !first)
      first = &probe;
  }
  std::string departed;
  for (auto [result, about, expected] :
       llvm::zip(resultNames(entry), entry.getResAttrs().getAsRange<DictionaryAttr>(), *results)) {
    std::string name = (!about.contains("update") ? "" : about.contains("of") ? "slot " : "parameter ") + result;
    const Array &found = find(*used, name);
    Deviation off = compare(found, expected, 0);
    // Where terms cancel each other, rounding alone goes far: what it did where every value was kept is the measure.
    double rounding = compare(find(*probed, name), expected, 0).worst;
    if (off.worst > std::max(toleranceFor(expected), 10 * rounding) && departed.empty())
      departed = llvm::formatv("result '{0}' departs by {1:e}: at {2} it is {3}, expected {4}", name, off.worst,
                               elementText(expected, off.at), found.real(off.at), expected.real(off.at))
                     .str();
  }
  os << '@' << entry.getSymName() << ": ";
  if (first)
    os << "the first value that departs is that of `" << textOf(first->value) << "` at "
       << placeOf(first->value.getOwner()->getLoc()) << ": at " << elementText(first->found, first->off.at)
       << " it is " << llvm::format("%.9g", first->found.real(first->off.at)) << ", expected "
       << llvm::format("%.9g", first->expected.real(first->off.at)) << '\n';
  else if (!departed.empty())
    os << "no value departs where every one is kept, but " << departed << '\n';
  else
    os << probes.size() << " values and " << results->size() << " results agree, batch " << batch
       << "; largest deviation " << llvm::format("%.1e", worst) << '\n';
  return first || !departed.empty() ? 1 : 0;
}

int dlc::runDiff(ModuleOp module, const CompileOptions &options, const DiffSettings &settings) {
  if (failed(checkLevel("autodiff", module)) || failed(runTo("autodiff", module, options)))
    return 1;
  SmallVector<EntryOp> entries;
  for (const std::string &name : settings.entries) {
    entries.push_back(findEntry(module, name));
    if (!entries.back())
      return 1;
  }
  if (entries.empty())
    for (ModelOp model : module.getOps<ModelOp>())
      llvm::append_range(entries, model.getBody().getOps<EntryOp>());
  int code = 0;
  for (EntryOp entry : entries) {
    FailureOr<int> result = Differ(module, options, settings).run(entry);
    if (failed(result))
      return 1;
    code |= *result;
  }
  return code;
}
