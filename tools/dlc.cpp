// dlc.cpp - the compiler: a model file in, a library out.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/Pipeline.h"
#include "compiler/import/ReadModel.h"
#include "compiler/target/Emit.h"
#include "compiler/target/Target.h"
#include "dialects/dl/DL.h"
#include "mlir/IR/MLIRContext.h"
#include "tools/Numbers.h"
#include "tools/Output.h"
#include "tools/diff/Diff.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <limits>
#include <list>

using namespace mlir;
namespace cl = llvm::cl;

namespace {
cl::OptionCategory category("Options of dlc"), comparing("Options of --diff");
cl::opt<std::string> input(cl::Positional, cl::desc("MODEL.mlir (or - for standard input)"), cl::cat(category));
cl::list<std::string> entries(cl::Positional, cl::desc("[ENTRY... of --diff]"), cl::cat(category));
cl::opt<std::string> output("o", cl::desc("Where the result goes: model.so unless given"), cl::value_desc("file"),
                            cl::cat(category));
cl::list<std::string> batch("batch",
                            cl::desc("The largest batch of a call (32 unless given); several capacities: 1,32"),
                            cl::value_desc("N[,N...]"), cl::CommaSeparated, cl::cat(category));
cl::list<std::string> sizes("size", cl::desc("Sizes of the model that differ from their defaults"),
                            cl::value_desc("name=N,..."), cl::CommaSeparated, cl::cat(category));
cl::list<std::string> openSizes("open",
                                cl::desc("Capacities of the model's open sizes that differ from their defaults; "
                                         "several: time=16,64"),
                                cl::value_desc("name=N[,N...],..."), cl::CommaSeparated, cl::cat(category));
cl::list<std::string>
    target("target",
           cl::desc("v3 (AVX2), v4 (AVX-512), or native: this processor's (default); v3,v4: code for both "
                    "in one library, which chooses when it is opened"),
           cl::value_desc("native|v3|v4[,...]"), cl::CommaSeparated, cl::cat(category));
cl::opt<std::string> floats("float", cl::desc("f64: every f32 of the model is f64 (to check gradients with)"),
                            cl::value_desc("f32|f64"), cl::init("f32"), cl::cat(category));
cl::opt<std::string> memoryBudget(
    "memory-budget",
    cl::desc(
        "The most that the workspace of a call may take, such as 64M: what a gradient needs is then computed again "
        "where it does not fit"),
    cl::value_desc("bytes[K|M|G]"), cl::cat(category));
cl::opt<std::string> optimize("O",
                              cl::desc("0: scalar and unfused, the slow twin to compare with; 1 to 3 (default: "
                                       "3)"),
                              cl::value_desc("0|1|2|3"), cl::Prefix, cl::init("3"), cl::cat(category));
cl::opt<bool> winograd("winograd",
                       cl::desc("Convolutions of 3 x 3 by fewer multiplications (Winograd) where that is faster; "
                                "rounding errors are up to some tens of times as large"),
                       cl::cat(category));
cl::opt<std::string> emit("emit",
                          cl::desc("Stop after a level and print it: import, graph, autodiff, layout, kernels, loops, "
                                   "plan, llvm, asm; or write obj (to link statically), header (C), lib (default). "
                                   "What is printed can be compiled on."),
                          cl::value_desc("level"), cl::init("lib"), cl::cat(category));
cl::opt<bool> memory("memory", cl::desc("Say how large the workspace of each entry point is, and what makes it so"),
                     cl::cat(category));
cl::opt<bool> timing("timing", cl::desc("Print how long each step took, on standard error"), cl::cat(category));
cl::opt<bool> trustBytecode("trust-bytecode",
                            cl::desc("Read MLIR bytecode too; a file of unknown origin can crash dlc, "
                                     "or make it do anything"),
                            cl::cat(category));
cl::opt<std::string> faultyRule("faulty-gradient", cl::desc("For tests: this op's gradient comes out 1 % too large"),
                                cl::value_desc("dl.op"), cl::Hidden, cl::cat(category));
cl::opt<bool> diff("diff",
                   cl::desc("Compile and run entry points (all unless named) and compare each value with what "
                            "it should be, in double precision; `dlc-run diff` does the same"),
                   cl::cat(category));
cl::list<std::string> extents(
    "batch-extent",
    cl::desc("Rows of the calls, or of each part of a step that accumulates (the capacity unless given); more than the "
             "capacity where a call can be cut"),
    cl::value_desc("N[,N...]"), cl::CommaSeparated, cl::cat(comparing));
cl::list<std::string> openExtents("extent",
                                  cl::desc("Open sizes of the calls beside the rows (their capacities unless given)"),
                                  cl::value_desc("name=N[,N...],..."), cl::CommaSeparated, cl::cat(comparing));
cl::list<std::string> libraries("library",
                                cl::desc("Compare these with the model, and their bits with each other, "
                                         "instead of compiling it"),
                                cl::value_desc("file"), cl::CommaSeparated, cl::cat(comparing));
cl::opt<std::string> steps("steps", cl::desc("How many training steps are compared (2 unless given)"),
                           cl::value_desc("N"), cl::init("2"), cl::cat(comparing));
cl::opt<bool> results("results", cl::desc("Compare what the library yields, not each value on the way"),
                      cl::cat(comparing));
cl::opt<std::string> seed("seed", cl::desc("Of the random arguments"), cl::value_desc("N"), cl::init("1"),
                          cl::cat(comparing));
cl::opt<std::string> tolerance("tolerance",
                               cl::desc("How far a value may depart, relative to its size (what rounding "
                                        "can explain unless given)"),
                               cl::value_desc("X"), cl::cat(comparing));
cl::opt<bool> quiet("quiet", cl::desc("One line an entry point"), cl::cat(comparing));
cl::opt<std::string> faultyOp("faulty-op",
                              cl::desc("For tests, with --diff: this op's compiled result comes out 1 % "
                                       "too large"),
                              cl::value_desc("dl.op"), cl::Hidden, cl::cat(category));
} // namespace

static int fail(const llvm::Twine &message, dlc::Place place = dlc::Place::current()) {
  dlc::logDiagnostic(place);
  llvm::errs() << "dlc: error: " << message << '\n';
  return 1;
}

/// False, and a message, where an option's text is not what was expected.
static bool isRead(llvm::StringRef option, llvm::StringRef text, const std::string &expected) {
  return expected.empty() || (fail(option + " " + text + ": " + expected), false);
}
/// A whole number of the command line, from `least` to `most`; false (and a message) if it is none.
template <class Number>
static bool readNumber(llvm::StringRef option, llvm::StringRef text, Number least, Number most, Number &number) {
  return isRead(option, text, dlc::readWhole(text, least, most, number));
}

/// `time=16,64,lines=8`: numbers for each name; false (and a message) if it is none.
static bool readLists(llvm::StringRef option, const cl::list<std::string> &texts,
                      std::map<std::string, std::vector<int64_t>> &lists) {
  std::string name;
  for (llvm::StringRef text : texts) {
    auto [before, number] = text.contains('=') ? text.split('=') : std::pair(llvm::StringRef(name), text);
    name = before.str();
    if (name.empty())
      return fail(option + " " + text + ": expected name=number, such as " + option + " time=64"), false;
    if (!isRead(option, name + "=" + number.str(),
                dlc::readWhole(number, int64_t(1), dlc::largestBatch, lists[name].emplace_back())))
      return false;
  }
  for (auto &[key, list] : lists) {
    llvm::sort(list);
    list.erase(llvm::unique(list), list.end());
  }
  return true;
}

/// How --diff compares; false (and a message) if it makes no sense.
static bool readOptions(dlc::DiffSettings &settings) {
  settings.entries = entries;
  settings.libraries = libraries;
  settings.results = results || !libraries.empty();
  settings.quiet = quiet;
  settings.faultyOp = faultyOp;
  for (const std::string &one : extents)
    if (!readNumber("--batch-extent", one, int64_t(1), dlc::largestCount, settings.extents.emplace_back()))
      return false;
  if (!readLists("--extent", openExtents, settings.open))
    return false;
  if (!readNumber("--steps", steps, int64_t(1), dlc::largestCount, settings.steps) ||
      !readNumber("--seed", seed, uint64_t(0), std::numeric_limits<uint64_t>::max(), settings.seed))
    return false;
  return tolerance.empty() ||
         isRead("--tolerance", tolerance, dlc::readReal(tolerance, dlc::positiveNumbers, settings.tolerance));
}

/// Breaks the lines of the help so that they fit a terminal of 80 columns. The widest option gives the place of all texts.
static void wrapHelp() {
  auto &options = cl::getRegisteredOptions();
  size_t column = 0;
  for (auto &[name, option] : options)
    if (option->getOptionHiddenFlag() == cl::NotHidden)
      column = std::max(column, option->getOptionWidth());
  size_t width = 80 - column - 3;      // " - "
  static std::list<std::string> texts; // options refer to them
  for (auto &[name, option] : options) {
    std::string &text = texts.emplace_back();
    size_t used = 0;
    for (llvm::StringRef word : llvm::split(option->HelpStr, ' ')) {
      bool fits = used + 1 + word.size() <= width;
      text += !used ? "" : fits ? " " : "\n";
      used = (used && fits ? used + 1 : 0) + word.size();
      text += word;
    }
    option->setDescription(text);
  }
}

/// What the command line asks for; false (and a message) if it makes no sense.
static bool readOptions(dlc::CompileOptions &options, llvm::SmallVectorImpl<dlc::TargetDescription> &targets) {
  if (!batch.empty())
    options.batch.clear();
  for (const std::string &one : batch)
    if (!readNumber("--batch", one, int64_t(1), dlc::largestBatch, options.batch.emplace_back()))
      return false;
  llvm::sort(options.batch);
  options.batch.erase(llvm::unique(options.batch), options.batch.end());
  if (!readLists("--open", openSizes, options.open))
    return false;
  for (const std::string &size : sizes) {
    auto [name, value] = llvm::StringRef(size).split('=');
    if (name.empty() || !llvm::StringRef(size).contains('='))
      return fail("--size " + size + ": expected name=number, such as --size width=64"), false;
    int64_t &number = options.sizes[name.str()];
    if (!isRead("--size", size, dlc::readWhole(value, int64_t(1), dlc::largestCount, number)))
      return false;
  }
  std::vector<std::string> names = target;
  if (names.empty())
    names.push_back("native");
  for (const std::string &name : names) {
    auto found = dlc::findTarget(name);
    if (!found)
      return fail(name == "native" ? llvm::Twine("this processor has no AVX2 and FMA, which compiled models need; say "
                                                 "--target v3 or v4 to compile for another")
                                   : "--target " + llvm::Twine(name) + ": expected native, v3 or v4"),
             false;
    if (llvm::none_of(targets, [&](const auto &one) { return one.level == found->level; }))
      targets.push_back(*found);
  }
  llvm::sort(targets, [](const auto &a, const auto &b) { return a.level < b.level; });
  options.target = targets.front().name;
  if (floats != "f32" && floats != "f64")
    return fail("--float " + llvm::Twine(floats) + ": expected f32 or f64"), false;
  options.doubles = floats == "f64";
  options.winograd = winograd;
  if (!dlc::readWhole(optimize, 0, 3, options.optimize).empty())
    return fail("-O" + optimize + ": expected -O0 to -O3"), false;
  options.explainMemory = memory;
  options.faultyRule = faultyRule;
  return memoryBudget.empty() ||
         isRead("--memory-budget", memoryBudget, dlc::readBytes(memoryBudget, options.memoryBudget));
}

/// The first option of the command line that a printed level was not made with, and what it was made with; empty if there is
/// none.
static std::string contradiction(const dlc::CompileOptions &asked, const dlc::CompileOptions &made) {
  auto numbers = [](const std::vector<int64_t> &all) {
    return llvm::join(llvm::map_range(all, [](int64_t n) { return std::to_string(n); }), ",");
  };
  auto said = [](const llvm::Twine &option, const llvm::Twine &level) {
    return (option + ": this level was made with " + level).str();
  };
  if (batch.getNumOccurrences() && asked.batch != made.batch)
    return said("--batch " + numbers(asked.batch), "--batch " + numbers(made.batch));
  for (const auto &[name, size] : asked.sizes) {
    auto it = made.sizes.find(name);
    if (it == made.sizes.end() || it->second != size)
      return said("--size " + name + "=" + llvm::Twine(size),
                  it == made.sizes.end() ? "another size" : "--size " + name + "=" + llvm::Twine(it->second));
  }
  for (const auto &[name, list] : asked.open)
    if (auto it = made.open.find(name); it == made.open.end() || it->second != list)
      return said("--open " + name + "=" + numbers(list),
                  it == made.open.end() ? "other capacities" : "--open " + name + "=" + numbers(it->second));
  if (target.getNumOccurrences() && (asked.target != made.target || target.size() > 1))
    return said("--target " + llvm::join(target, ","), llvm::Twine("--target ") + made.target);
  if (optimize.getNumOccurrences() && (asked.optimize > 0) != (made.optimize > 0))
    return said("-O" + optimize, "-O" + llvm::Twine(made.optimize));
  if (memoryBudget.getNumOccurrences() && asked.memoryBudget != made.memoryBudget)
    return said("--memory-budget " + memoryBudget,
                made.memoryBudget ? "--memory-budget " + std::to_string(made.memoryBudget) : "no --memory-budget");
  if (floats.getNumOccurrences() && asked.doubles != made.doubles)
    return said("--float " + floats, made.doubles ? "--float f64" : "--float f32");
  if (winograd.getNumOccurrences() && asked.winograd != made.winograd)
    return said("--winograd", made.winograd ? "it" : "direct convolutions");
  return "";
}

static int write(const std::string &path, llvm::StringRef content, bool isLibrary = false) {
  std::string problem = dlc::writeOutput(path, content, isLibrary);
  return problem.empty() ? 0 : fail(problem);
}

int main(int argc, char **argv) {
  cl::HideUnrelatedOptions({&category, &comparing});
  wrapHelp();
  cl::SetVersionPrinter([](llvm::raw_ostream &os) { os << "dlc 0.1.0, model language 1, LLVM 22\n"; });
  cl::ParseCommandLineOptions(argc, argv,
                              "dlc compiles a model, its gradients and its training step into one library\n\n"
                              "  dlc mnist.mlir -o mnist.so\n"
                              "  dlc gpt.mlir --size width=384,layers=6 --batch 1,32 -o gpt.so\n"
                              "  dlc mnist.mlir --emit=kernels        what becomes of it on the way\n");
  if (input.empty())
    return fail("no model file given; try: dlc model.mlir -o model.so (or dlc --help)");
  dlc::CompileOptions options;
  llvm::SmallVector<dlc::TargetDescription> targets;
  if (!readOptions(options, targets))
    return 1;
  if (!entries.empty() && !diff)
    return fail("unexpected '" + entries.front() +
                "': dlc compiles one model file; entry points are named with --diff");
  dlc::DiffSettings comparison;
  if (!readOptions(comparison))
    return 1;
  static const llvm::StringRef kinds[] = {"lib", "obj", "asm", "header"};
  bool isLevel = llvm::any_of(dlc::levels(), [](const dlc::Level &level) { return level.name == emit; });
  if (!isLevel && !llvm::is_contained(kinds, llvm::StringRef(emit)))
    return fail("--emit=" + emit +
                ": expected import, graph, autodiff, layout, kernels, loops, plan, llvm, asm, obj, "
                "header or lib");
  if (targets.size() > 1 && (diff || (emit != "lib" && emit != "obj")))
    return fail("--target " + llvm::join(target, ",") + ": several targets are for a library or an object; " +
                (diff ? "--diff" : "--emit=" + emit) + " takes one of them");
  // Copied before LLD runs: it resets every option.
  std::string kind = emit, path = output;
  bool isDiff = diff, isTimed = timing;
  if (path.empty()) {
    llvm::StringRef stem = input == "-" ? "model" : llvm::sys::path::stem(input);
    path = isLevel || kind == "asm" || kind == "header" ? "-" : (stem + (kind == "obj" ? ".o" : ".so")).str();
  }
  if (std::string problem = isDiff ? "" : dlc::checkOutput(path, input); !problem.empty())
    return fail(problem);

  DialectRegistry registry;
  dlc::registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  context.loadAllAvailableDialects();
  dlc::Reporter reporter(context);
  dlc::Timing times;
  dlc::Timing *timed = isTimed ? &times : nullptr;
  auto done = [&](int code) {
    code = reporter.show(llvm::errs()) ? 1 : code;
    if (isTimed)
      times.print(llvm::errs());
    return code;
  };

  auto [isRight, module] =
      dlc::measured(timed, "import", "read", {}, [&] { return dlc::readModel(input, context, trustBytecode); });
  if (!isRight) {
    if (module)
      dlc::checkPart(*module, options);
    return done(1);
  }
  if (!module->getOperation()->hasAttr("dl.level")) {
    auto models = module->getOps<dlc::ModelOp>();
    if (models.empty())
      return done(fail(input + ": there is no model in this file; expected `dl.model @name { ... }`"));
    if (std::next(models.begin()) != models.end()) {
      dlc::complain(*std::next(models.begin()))
          << "expected one dl.model in a file, found several; move it to a file of its own";
      return done(1);
    }
    dlc::storeOptions(*module, options);
  } else { // a printed level brings its options along
    dlc::CompileOptions made = dlc::loadOptions(*module);
    if (std::string other = contradiction(options, made); !other.empty())
      return done(fail(other + "; give it to the dlc that prints the level"));
    options = made;
  }
  if (isDiff)
    return done(dlc::runDiff(*module, options, comparison));
  std::vector<OwningOpRef<ModuleOp>> others; // the same for each further target
  for (const dlc::TargetDescription &one : llvm::ArrayRef(targets).drop_front()) {
    dlc::CompileOptions own = options;
    own.target = one.name;
    dlc::storeOptions(*others.emplace_back(module->clone()), own);
  }
  std::string goal = isLevel ? kind : kind == "header" ? "plan" : "llvm";
  auto isLowered = [&](ModuleOp one) {
    return succeeded(dlc::checkLevel(goal, one)) && succeeded(dlc::runTo(goal, one, dlc::loadOptions(one), timed));
  };
  if (!isLowered(*module) || !llvm::all_of(others, [&](auto &one) { return isLowered(*one); })) {
    if (!reporter.hasErrors())
      return done(fail("the model could not be compiled, and no reason was given: this is a mistake in dlc"));
    return done(1);
  }
  if (reporter.hasErrors())
    return done(1);
  if (isLevel) {
    std::string text;
    llvm::raw_string_ostream os(text);
    (*module)->setAttr("dl.level", StringAttr::get(&context, goal));
    return done(dlc::measured(timed, "output", "print", {}, [&] {
      module->print(os, OpPrintingFlags().enableDebugInfo(true, false));
      return write(path, text + "\n");
    }));
  }
  if (kind == "header")
    return done(write(path, dlc::emitHeader(*module)));
  if (kind == "asm") {
    dlc::Objects objects;
    if (llvm::Error error =
            dlc::emitObjects(*module, options, dlc::querySymbol(*module, false), objects, /*assembly=*/true))
      return done(fail("no code could be written, which is a mistake in dlc: " + llvm::toString(std::move(error))));
    std::string text;
    for (const auto &one : objects)
      text.append(one.begin(), one.end());
    return done(write(path, text));
  }
  llvm::SmallVector<dlc::Lowered> all{{*module, options}};
  for (OwningOpRef<ModuleOp> &one : others)
    all.push_back({*one, dlc::loadOptions(*one)});
  llvm::SmallVector<char> result;
  if (llvm::Error error = dlc::emitModel(all, kind == "obj", result, timed))
    return done(fail(llvm::toString(std::move(error))));
  return done(write(path, llvm::StringRef(result.data(), result.size()), /*isLibrary=*/kind == "lib"));
}
