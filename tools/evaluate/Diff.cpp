// Diff.cpp - dlc --diff: compiled code against the evaluator, value by value.
// SPDX-License-Identifier: Apache-2.0
//
// Each entry point is compiled a second time with every float on its way as a further output, run in this process with
// random arguments, and evaluated in double precision. The first op whose value departs is where to look. Further
// outputs change what is fused, so the entry point as it is compiled for use is compared as well.
#include "compiler/Pipeline.h"
#include "compiler/evaluate/Evaluate.h"
#include "compiler/target/Emit.h"
#include "tools/evaluate/Commands.h"
#include "tools/evaluate/Entries.h"
#include "tools/evaluate/Library.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include <cmath>

using namespace mlir;
using namespace dlc;

namespace {
/// A value that is compared: an op's result, in the entry point and in the instrumented one.
struct Probe {
  OpResult value;
  std::string output; ///< its name among the outputs
  Array expected;
  double largest = 0; ///< among the elements of its operands: what rounding is measured by
};
/// How far values depart.
struct Deviation {
  double worst = 0; ///< relative to the larger of the value, its tensor's root mean square, and `floor`
  int64_t at = 0;
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
    place = (llvm::sys::path::filename(file.getFilename()) + ":" + Twine(file.getLine()) + ":" + Twine(file.getColumn())).str();
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
    return randomArray(argument.type, shape, settings.seed, stream, 0, 1, limit == 1 << 30 ? 3 : std::max<int64_t>(limit, 1));
  }
  return defaultValue(argument, shape, (int64_t)settings.seed, step);
}

/// Makes each float on the way an output, under names of its own; puts in the fault that a test asks for.
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
      if (!isa<FloatType>(typeOf(value).getElementType()) || isa<ConstantOp, CountOp>(original))
        continue;
      Value probed = result;
      if (original->getName().getStringRef() == settings.faultyOp) {
        b.setInsertionPointAfter(twin);
        Ops ops(b, twin->getLoc());
        Value factor = ops.number(1.01, result);
        probed = ops.mul(result, factor);
        result.replaceAllUsesExcept(probed, probed.getDefiningOp());
      }
      if (!outputs)
        continue;
      std::string name = "value." + std::to_string(probes.size());
      probes.push_back({value, name, {}, 0});
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
  LibraryCall call{path.str(), entry.getSymName().str(), {}, {}, {}, settings.seed, step, batch, entry.getKind() == "train" || entry.getKind() == "apply"};
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

FailureOr<int> Differ::run(EntryOp entry) {
  batch = settings.extent ? settings.extent : options.batch.back();
  for (const Argument &argument : argumentsOf(entry))
    values.push_back(drawArgument(argument, batch, settings, step));

  SmallString<128> folder;
  if (std::error_code error = llvm::sys::fs::createUniqueDirectory("dlc-diff", folder))
    return LogicalResult(complain(entry) << "cannot make a temporary folder: " << error.message());
  std::string plain = (folder + "/plain.so").str(), full = (folder + "/full.so").str();
  llvm::FileRemover removePlain(plain), removeFull(full);
  FailureOr<std::vector<NamedArray>> used = failure(), probed = failure();
  if (succeeded(compile(entry, false, plain)) && succeeded(compile(entry, true, full))) {
    used = call(entry, plain);
    probed = succeeded(used) ? call(entry, full) : failure();
  }
  removePlain.releaseFile();
  removeFull.releaseFile();
  llvm::sys::fs::remove(plain);
  llvm::sys::fs::remove(full);
  llvm::sys::fs::remove(folder);
  if (failed(used) || failed(probed))
    return failure();

  // What the evaluator says, and how large the operands are that it is made of.
  DenseMap<Value, double> largest;
  auto note = [&](Value value, const Array &array) {
    double &most = largest[value];
    for (double x : array.reals)
      most = std::isfinite(x) ? std::max(most, std::fabs(x)) : most;
  };
  for (auto [argument, array] : llvm::zip(entry.getBody().getArguments(), values))
    note(argument, array);
  auto next = probes.begin();
  auto results = evaluate(entry, values, batch, [&](OpResult value, const Array &array) {
    note(value, array);
    if (next == probes.end() || next->value != value)
      return;
    for (Value operand : value.getOwner()->getOperands())
      next->largest = std::max(next->largest, largest.lookup(operand));
    (next++)->expected = array;
  });
  if (failed(results))
    return failure();

  auto find = [](const std::vector<NamedArray> &list, StringRef name) -> const Array * {
    for (const NamedArray &one : list)
      if (one.name == name)
        return &one.value;
    return nullptr;
  };
  llvm::raw_ostream &os = llvm::outs();
  const Probe *first = nullptr;
  double worst = 0;
  for (const Probe &probe : probes) {
    const Array &found = *find(*probed, probe.output);
    Deviation off = compare(found, probe.expected, probe.largest / 100);
    bool departs = off.worst > toleranceFor(probe.expected);
    worst = std::max(worst, off.worst);
    if (!settings.quiet)
      os << "  " << llvm::format("%-9.1e", off.worst) << (departs ? "departs  " : "         ")
         << llvm::left_justify(placeOf(probe.value.getOwner()->getLoc()), 22) << ' ' << textOf(probe.value) << " : "
         << show(probe.value.getType()) << '\n';
    if (departs && !first)
      first = &probe;
  }
  size_t count = probes.size(), outputs = 0;
  std::string departed;
  for (auto [name, expected] : llvm::zip(resultNames(entry), *results))
    for (auto [list, what] : {std::pair(&*used, ""), std::pair(&*probed, " (every value kept)")}) {
      const Array &found = *find(*list, name);
      Deviation off = compare(found, expected, 0);
      worst = std::max(worst, off.worst);
      ++outputs;
      if (off.worst > toleranceFor(expected) && departed.empty())
        departed = llvm::formatv("result '{0}'{1} departs by {2:e}: at {3} it is {4}, expected {5}", name, what,
                                 off.worst, elementText(expected, off.at), found.real(off.at), expected.real(off.at))
                       .str();
    }
  if (first) {
    const Array &found = *find(*probed, first->output);
    Deviation off = compare(found, first->expected, first->largest / 100);
    os << "@" << entry.getSymName() << ": the first value that departs is that of `" << textOf(first->value) << "` at "
       << placeOf(first->value.getOwner()->getLoc()) << ": at " << elementText(found, off.at) << " it is "
       << llvm::format("%.9g", found.real(off.at)) << ", expected "
       << llvm::format("%.9g", first->expected.real(off.at)) << '\n';
  } else if (!departed.empty()) {
    os << "@" << entry.getSymName() << ": no value departs where every one is kept, but " << departed << '\n';
  } else {
    os << "@" << entry.getSymName() << ": " << count << " values and " << outputs << " results agree, batch " << batch
       << "; largest deviation " << llvm::format("%.1e", worst) << '\n';
  }
  return first || !departed.empty() ? 1 : 0;
}

int dlc::runDiff(ModuleOp module, const CompileOptions &options, const DiffSettings &settings) {
  if (failed(runTo("autodiff", module, options)))
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
