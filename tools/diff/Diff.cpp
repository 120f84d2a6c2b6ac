// Diff.cpp - dlc --diff: compiled code against the evaluator, value by value.
// SPDX-License-Identifier: Apache-2.0
//
// Two comparisons, with random arguments and run in this process. The results of the library as it is made for use are
// compared with those of the evaluator, for each step of a training. To say which op is to blame, each entry point is
// compiled a second time with every value on its way as a further output, and each op evaluated from the operands that
// compiled code had: what departs is that op's own doing, neither rounding further up nor a choice that it tipped.
#include "tools/diff/Diff.h"
#include "compiler/Passes.h"
#include "compiler/Pipeline.h"
#include "compiler/evaluate/Entries.h"
#include "compiler/evaluate/Evaluate.h"
#include "compiler/evaluate/Rounding.h"
#include "compiler/graph/Extents.h"
#include "compiler/graph/Rows.h"
#include "compiler/target/Emit.h"
#include "compiler/target/MemoryFile.h"
#include "mlir/IR/OwningOpRef.h"
#include "tools/diff/Library.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include <cmath>
#include <optional>

using namespace mlir;
using namespace dlc;

namespace {
/// How far values depart.
struct Deviation {
  double worst = 0;    ///< relative to the larger of the value, its tensor's root mean square, and `floor`
  int64_t at = 0;      ///< where
  int64_t beyond = -1; ///< the element that is further off than it may be, if one is
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
    if (!expected.isFloat() && found.integers[i] != expected.integers[i] && a == b)
      a = std::nextafter(b, INFINITY); // beyond 2^53 two integers may be one double
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

/// Which update a call is: bias corrections of optimizers have become something else than 1.
static constexpr int64_t firstStep = 3;

/// For an integer argument: one more than the largest index that may be drawn for it.
static int64_t indexLimit(Value value, const Extents &extents, int64_t limit = 1 << 30) {
  for (OpOperand &use : value.getUses()) {
    Operation *op = use.getOwner();
    unsigned number = use.getOperandNumber();
    if (auto check = dyn_cast<CheckIndexOp>(op))
      limit = std::min(limit, numberOf(check.getLimit(), limit, extents));
    else if (isa<CrossEntropyOp, AccuracyOp>(op) && number == 1)
      limit = std::min(limit, dimsOf(op->getOperand(0)).back().at(extents));
    else if (auto lookup = dyn_cast<GatherOp>(op); lookup && number == 1)
      limit = std::min(limit, dimsOf(lookup.getTable())[tableAxes(lookup)].at(extents));
    else if (auto scatter = dyn_cast<ScatterAddOp>(op); scatter && number == 0)
      limit = std::min(limit, numberOf(scatter.getCount(), limit, extents));
    else if (auto hot = dyn_cast<OneHotOp>(op))
      limit = std::min(limit, numberOf(hot.getDepth(), limit, extents));
    else if (auto scan = dyn_cast<ScanOp>(op); scan && number < scan.getScanned().size())
      limit = std::min(limit, indexLimit(scan.getBody().getArgument(number), extents, limit));
    else if (isa<CastOp>(op) || op->hasTrait<View>())
      limit = std::min(limit, indexLimit(op->getResult(0), extents, limit));
  }
  return limit;
}
static Array drawArgument(const Argument &argument, const Extents &extents, const DiffSettings &settings) {
  std::vector<int64_t> shape = shapeOf(argument.value, extents);
  std::string stream = "diff." + argument.name;
  auto init = argument.about.getAs<InitAttr>("init");
  if ((argument.isKept() || argument.kind == "session") && init) {
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
    int64_t limit = argument.type == DLC_I1 ? 2 : indexLimit(argument.value, extents);
    limit = limit == 1 << 30 ? 3 : std::max<int64_t>(limit, 1); // no index at all, or one of an empty table
    return randomArray(argument.type, shape, settings.seed, stream, 0, 1, limit);
  }
  return defaultValue(argument, shape, (int64_t)settings.seed, firstStep);
}

/// The value with the fault that a test asks for, if its op is to have one; what reads it reads that.
static Value faulty(OpResult result, const DiffSettings &settings) {
  Operation *op = result.getOwner();
  if (op->getName().getStringRef() != settings.faultyOp || !isa<FloatType>(typeOf(result).getElementType()))
    return result;
  OpBuilder b(op->getContext());
  b.setInsertionPointAfter(op);
  Ops ops(b, op->getLoc());
  Value wrong = ops.mul(result, ops.number(1.01, result));
  result.replaceAllUsesExcept(wrong, wrong.getDefiningOp());
  return wrong;
}

/// Makes each value on the way an output, under names of its own, where `probes` are asked for; puts in the fault that a
/// test asks for.
static void instrument(EntryOp entry, EntryOp copy, const DiffSettings &settings, std::vector<Probe> *probes) {
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
      Value probed = faulty(result, settings);
      if (!probes)
        continue;
      std::string name = "value." + std::to_string(probes->size());
      probes->push_back({value, name, {}, {}, {}});
      more.push_back(probed);
      attrs.push_back(b.getDictionaryAttr(b.getNamedAttr("output", b.getStringAttr(name))));
      types.push_back(TypeAttr::get(probed.getType()));
    }
  }
  done->insertOperands(done->getNumOperands(), more);
  copy.setResAttrsAttr(b.getArrayAttr(attrs));
  copy.setResultTypesAttr(b.getArrayAttr(types));
}

/// A library of these entry points alone; of one with `probes`, each value on its way is an output.
static LogicalResult compile(ModuleOp module, const CompileOptions &options, const DiffSettings &settings,
                             ArrayRef<EntryOp> entries, std::optional<MemoryFile> &library,
                             std::vector<Probe> *probes) {
  OwningOpRef<ModuleOp> twin(module.clone());
  for (ModelOp model : twin->getOps<ModelOp>()) {
    for (RuleOp rule : model.getBody().getOps<RuleOp>())
      for (Operation &op : llvm::make_early_inc_range(rule.getBody().front().without_terminator()))
        for (OpResult result : op.getResults())
          (void)faulty(result, settings);
    for (EntryOp copy : llvm::make_early_inc_range(model.getBody().getOps<EntryOp>())) {
      auto entry = llvm::find_if(entries, [&](EntryOp one) { return one.getSymName() == copy.getSymName(); });
      if (entry == entries.end())
        copy.erase();
      else
        instrument(*entry, copy, settings, probes);
    }
  }
  SmallVector<char> linked;
  if (failed(runTo("llvm", *twin, options)))
    return failure();
  llvm::Error error = emitModel({{*twin, options}}, /*isStatic=*/false, linked);
  if (!error && library.emplace("dlc.so", linked).error())
    error = llvm::createStringError("cannot hold the library in memory: " + library->error().message());
  return error ? LogicalResult(complain(entries.front()) << llvm::toString(std::move(error))) : success();
}

namespace {
/// Compares one entry point.
class Differ {
public:
  Differ(ModuleOp module, const CompileOptions &options, const DiffSettings &settings, EntryOp entry)
      : module(module), options(options), settings(settings), entry(entry), arguments(argumentsOf(entry)) {}
  /// 0: all agree; 1: something departs; failure: it could not be done, and a diagnostic says why.
  FailureOr<int> run(ArrayRef<std::string> libraries);

private:
  FailureOr<std::vector<Extents>> openExtents();
  void drawArguments(int64_t rows, const Extents &open);
  FailureOr<std::vector<CallResults>> call(StringRef library, int64_t count, unsigned threads);
  LogicalResult compareValues();
  LogicalResult compareResults(ArrayRef<std::string> libraries);
  LogicalResult compareSteps(ArrayRef<CallResults> steps);
  void compareUntouched(const CallResults &step, StringRef when);
  void depart(StringRef what, StringRef when, const Array &found, const Array &expected, int64_t at);
  /// Of a stored tensor as a step left it; null of anything else.
  const Array *storedIn(const CallResults &step, const Argument &argument) const;
  void printValues() const;
  int64_t beyond(const Deviation &off) const { return settings.tolerance < off.worst ? off.at : -1; }

  ModuleOp module;
  const CompileOptions &options;
  const DiffSettings &settings;
  EntryOp entry;
  std::vector<Argument> arguments;
  std::vector<Array> values; ///< of the arguments
  int64_t batch = 1;
  Extents extents; ///< of the call, or of a part of it
  std::vector<Probe> probes;
  double worst = 0;
  std::string departed; ///< the first of the results to depart
};
} // namespace

/// A step that accumulates is called with the rows of all its parts.
static int64_t partsOf(EntryOp entry) {
  auto parts = entry->getAttrOfType<IntegerAttr>("dl.parts");
  return parts ? parts.getInt() : 1;
}

void Differ::drawArguments(int64_t rows, const Extents &open) {
  batch = rows / partsOf(entry);
  extents = Extents();
  extents.add(StringAttr::get(module.getContext(), "batch"), batch);
  for (auto [name, extent] : open.list())
    extents.add(name, extent);
  values.clear();
  for (const Argument &argument : arguments)
    values.push_back(drawArgument(argument, extents, settings));
}

FailureOr<std::vector<CallResults>> Differ::call(StringRef library, int64_t count, unsigned threads) {
  LibraryCall call{library.str(), entry.getSymName().str(), {},    {},     settings.seed,
                   firstStep,     batch * partsOf(entry),   count, threads};
  for (auto [argument, value] : llvm::zip(arguments, values))
    if (auto *list = argument.kind == "input"     ? &call.inputs
                     : argument.isKept()          ? &call.stored.parameters
                     : argument.kind == "slot"    ? &call.stored.slots
                     : argument.kind == "session" ? &call.stored.sessions
                                                  : nullptr)
      list->push_back({argument.name, value});
  std::vector<CallResults> results;
  if (std::string problem = callLibrary(call, results); !problem.empty())
    return LogicalResult(complain(entry) << "@" << entry.getSymName() << ": " << problem);
  return results;
}

/// The largest magnitude among the operands: what the rounding of a difference or a sum is shown relative to.
static double magnitude(Operands operands) {
  double largest = 0;
  for (const Array *array : operands)
    for (double x : array->reals)
      largest = std::isfinite(x) ? std::max(largest, std::fabs(x)) : largest;
  return largest;
}
static const Array *find(const std::vector<NamedArray> &list, StringRef name) {
  auto found = llvm::find_if(list, [&](const NamedArray &one) { return one.name == name; });
  return found == list.end() ? nullptr : &found->value;
}

LogicalResult Differ::compareValues() {
  std::optional<MemoryFile> library;
  if (failed(compile(module, options, settings, entry, library, &probes)))
    return failure();
  auto called = call(library->path, 1, 0);
  if (failed(called))
    return failure();
  auto next = probes.begin();
  return evaluate(entry, values, extents, [&](OpResult value, Operands in, Array &array) {
    if (next == probes.end() || next->value != value)
      return;
    next->found = *find(called->front().outputs, next->output);
    next->expected = array;
    next->off = compare(next->found, next->expected, magnitude(in) / 100);
    next->off.beyond = settings.tolerance
                           ? beyond(next->off)
                           : firstBeyond(next->found, next->expected, rounding(value, in, array, extents),
                                         fixesSignOfZero(value.getOwner()));
    array = next->found;
    ++next;
  });
}

/// A result of a call: an output, or what is stored after it.
static const Array &resultOf(const CallResults &step, StringRef name, DictionaryAttr about) {
  if (about.contains("output"))
    return *find(step.outputs, name);
  if (about.contains("of"))
    return *find(step.stored.slots, name);
  const Array *session = find(step.stored.sessions, name);
  return session ? *session : *find(step.stored.parameters, name);
}
const Array *Differ::storedIn(const CallResults &step, const Argument &argument) const {
  return argument.isKept()            ? find(step.stored.parameters, argument.name)
         : argument.kind == "slot"    ? find(step.stored.slots, argument.name)
         : argument.kind == "session" ? find(step.stored.sessions, argument.name)
                                      : nullptr;
}
void Differ::depart(StringRef what, StringRef when, const Array &found, const Array &expected, int64_t at) {
  if (departed.empty())
    departed = llvm::formatv("result '{0}' departs{1}: at {2} it is {3:e9}, expected {4:e9}", what, when,
                             elementText(expected, at), found.real(at), expected.real(at))
                   .str();
}

/// What an entry point does not return it does not change.
void Differ::compareUntouched(const CallResults &step, StringRef when) {
  std::vector<const Array *> changed;
  for (auto [name, about] : llvm::zip(resultNames(entry), entry.getResAttrs().getAsRange<DictionaryAttr>()))
    changed.push_back(&resultOf(step, name, about));
  for (auto [argument, value] : llvm::zip(arguments, values))
    if (const Array *now = storedIn(step, argument); now && !llvm::is_contained(changed, now))
      if (int64_t at = firstBeyond(*now, value, {}, true); at >= 0)
        depart(argument.name, when, *now, value, at);
}

/// Each step is evaluated from what the one before left in the library.
LogicalResult Differ::compareSteps(ArrayRef<CallResults> steps) {
  for (auto [i, step] : llvm::enumerate(steps)) {
    std::string when = steps.size() > 1 ? (" in step " + Twine(i + 1)).str() : "";
    for (auto [argument, value] : llvm::zip(arguments, values))
      if (argument.kind == "step" || argument.kind == "random")
        value = defaultValue(argument, value.shape, (int64_t)settings.seed, firstStep + i);
    auto expected = Expectation::make(entry, values, extents);
    if (failed(expected))
      return failure();
    auto about = entry.getResAttrs().getAsRange<DictionaryAttr>();
    for (auto [number, name, attributes] : llvm::enumerate(resultNames(entry), about)) {
      const Array &found = resultOf(step, name, attributes);
      const Array &exact = expected->results()[number];
      Deviation off = compare(found, exact, 0);
      worst = std::max(worst, settings.results ? off.worst : 0);
      int64_t at = settings.tolerance ? beyond(off) : expected->firstDeparture(number, found);
      if (at >= 0)
        depart(name, when, found, exact, at);
    }
    compareUntouched(step, when);
    for (auto [argument, value] : llvm::zip(arguments, values))
      if (const Array *now = storedIn(step, argument))
        value = *now;
  }
  return success();
}

/// The first element whose bits differ, -0.0 and 0.0 told apart; -1 if none does.
static int64_t firstOtherBits(const Array &a, const Array &b) {
  for (int64_t i = 0, n = a.size(); i < n; ++i) {
    bool isSame = !a.isFloat() ? a.integers[i] == b.integers[i]
                  : std::isnan(a.reals[i])
                      ? std::isnan(b.reals[i])
                      : a.reals[i] == b.reals[i] && std::signbit(a.reals[i]) == std::signbit(b.reals[i]);
    if (!isSame)
      return i;
  }
  return -1;
}
static std::vector<NamedArray> all(const CallResults &step) {
  std::vector<NamedArray> list = step.outputs;
  llvm::append_range(list, step.stored.parameters);
  llvm::append_range(list, step.stored.slots);
  llvm::append_range(list, step.stored.sessions);
  return list;
}

LogicalResult Differ::compareResults(ArrayRef<std::string> libraries) {
  bool goesOn = llvm::is_contained({"train", "apply", "session"}, entry.getKind());
  std::vector<CallResults> first;
  for (const std::string &library : libraries)
    for (unsigned threads : {1, 2}) { // the bits do not depend on their number
      auto steps = call(library, goesOn ? settings.steps : 1, threads);
      if (failed(steps))
        return failure();
      if (first.empty())
        first = std::move(*steps);
      else
        for (auto [i, before, now] : llvm::enumerate(first, *steps))
          for (auto [a, b] : llvm::zip_equal(all(before), all(now)))
            if (int64_t at = firstOtherBits(a.value, b.value); at >= 0)
              depart(a.name,
                     (" from itself, with " + Twine(threads) + " threads" +
                      (settings.libraries.empty() ? "" : " of " + llvm::sys::path::filename(library)))
                         .str(),
                     b.value, a.value, at);
    }
  return compareSteps(first);
}

void Differ::printValues() const {
  for (const Probe &probe : probes)
    llvm::outs() << "  " << llvm::format("%-9.1e", probe.off.worst)
                 << (probe.off.beyond >= 0 ? "departs  " : "         ")
                 << llvm::left_justify(placeOf(probe.value.getOwner()->getLoc()), 22) << ' ' << textOf(probe.value)
                 << " : " << show(probe.value.getType()) << '\n';
}

/// Of the calls: the open sizes beside the rows, at their capacities unless something else was asked for.
FailureOr<std::vector<Extents>> Differ::openExtents() {
  std::vector<Extents> all(1);
  Extents most = capacitiesOf(entry, options).back();
  for (auto [name, capacity] : most.list().drop_front()) {
    if (!dependsOn(entry, name))
      continue;
    auto given = settings.open.find(name.str());
    std::vector<int64_t> wanted = given != settings.open.end() ? given->second : std::vector<int64_t>{capacity};
    std::vector<Extents> longer;
    for (const Extents &one : all)
      for (int64_t extent : wanted) {
        if (extent > capacity)
          return LogicalResult(complain(entry)
                               << "@" << entry.getSymName() << " cannot be called with " << name.getValue() << " = "
                               << extent << ": it is compiled for " << capacity << "; give --extent " << name.getValue()
                               << "=... at most that");
        longer.push_back(one);
        longer.back().add(name, extent);
      }
    all = std::move(longer);
  }
  return all;
}

FailureOr<int> Differ::run(ArrayRef<std::string> libraries) {
  int64_t capacity = 1, most = 1; // a step of the optimizer alone has no batch
  SmallVector<int64_t> extents{1};
  if (hasBatch(entry)) {
    std::string problem = findCapacity(libraries.front(), entry.getSymName().str(), capacity, most);
    if (!problem.empty())
      return LogicalResult(complain(entry) << "@" << entry.getSymName() << ": " << problem);
    extents = llvm::map_to_vector<1>(settings.extents, [&](int64_t rows) { return rows * partsOf(entry); });
    if (extents.empty())
      extents.push_back(capacity);
    llvm::erase_if(extents, [&](int64_t extent) { return extent > most; });
    if (extents.empty())
      return LogicalResult(complain(entry) << "@" << entry.getSymName() << " cannot be called with "
                                           << settings.extents.front() << " rows: it is compiled for " << most
                                           << ", and its rows depend on each other; give --batch-extent at most that");
  }
  FailureOr<std::vector<Extents>> open = openExtents();
  if (failed(open))
    return failure();
  if (!settings.results) {
    // A value of a part has its shape at the full batch alone: a call does not know how long a part is.
    drawArguments(partsOf(entry) > 1 ? capacity : std::min(extents.front(), capacity), open->front());
    if (failed(compareValues()))
      return failure();
  }
  for (int64_t extent : extents)
    for (const Extents &others : *open) {
      drawArguments(extent, others);
      if (failed(compareResults(libraries)))
        return failure();
    }
  if (!settings.quiet)
    printValues();
  auto first = llvm::find_if(probes, [](const Probe &probe) { return probe.off.beyond >= 0; });
  for (const Probe &probe : probes)
    worst = std::max(worst, probe.off.worst);
  llvm::raw_ostream &os = llvm::outs();
  os << '@' << entry.getSymName() << ": ";
  if (first != probes.end()) {
    int64_t at = first->off.beyond;
    os << "the first value that departs is that of `" << textOf(first->value) << "` at "
       << placeOf(first->value.getOwner()->getLoc()) << ": at " << elementText(first->found, at) << " it is "
       << llvm::format("%.9g", first->found.real(at)) << ", expected " << llvm::format("%.9g", first->expected.real(at))
       << '\n';
  } else if (!departed.empty()) {
    os << (settings.results ? "" : "no value departs where every one is kept, but ") << departed << '\n';
  } else {
    if (!settings.results)
      os << probes.size() << " values and ";
    os << entry.getResAttrs().size() << " results agree, batch ";
    llvm::interleaveComma(extents, os);
    for (const auto &[name, list] : settings.open) {
      os << ", " << name << ' ';
      llvm::interleaveComma(list, os);
    }
    os << "; largest deviation " << llvm::format("%.1e", worst) << '\n';
  }
  return first != probes.end() || !departed.empty() ? 1 : 0;
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

  std::vector<std::string> libraries = settings.libraries;
  std::optional<MemoryFile> used;
  if (libraries.empty()) {
    if (failed(compile(module, options, settings, entries, used, nullptr)))
      return 1;
    libraries.push_back(used->path);
  }
  for (ModelOp model : module.getOps<ModelOp>())
    writeOutMaps(model); // each op of a rule is a value to look at
  int code = 0;
  for (EntryOp entry : entries) {
    FailureOr<int> result = Differ(module, options, settings, entry).run(libraries);
    if (failed(result))
      return 1;
    code |= *result;
  }
  return code;
}
