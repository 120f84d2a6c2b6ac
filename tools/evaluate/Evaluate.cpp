// Evaluate.cpp - dlc --evaluate: an entry point by the evaluator, from file to file.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/Pipeline.h"
#include "compiler/evaluate/Evaluate.h"
#include "tools/evaluate/Commands.h"
#include "tools/evaluate/Entries.h"
#include "tools/evaluate/Library.h"

using namespace mlir;
using namespace dlc;

/// The member `name`, made to fit an argument.
static FailureOr<Array> fit(const Array &given, Argument argument, const std::vector<int64_t> &shape, Location loc) {
  if (given.shape != shape || given.isFloat() != Array{argument.type, {}, {}, {}}.isFloat()) {
    std::string found;
    for (int64_t size : given.shape)
      found += (found.empty() ? "" : ", ") + std::to_string(size);
    return LogicalResult(complain(loc) << "'" << argument.name << "': expected " << show(argument.value.getType())
                                       << ", found " << (given.isFloat() ? "floats" : "integers") << " [" << found
                                       << "] in the file");
  }
  Array array = given;
  array.type = argument.type;
  if (argument.type == DLC_F32)
    for (double &value : array.reals)
      value = (float)value;
  return array;
}

int dlc::runEvaluate(ModuleOp module, const CompileOptions &options, const EvaluateSettings &settings) {
  if (failed(runTo("graph", module, options)))
    return 1;
  EntryOp entry = findEntry(module, settings.entry);
  if (!entry)
    return 1;
  if (!entry.getBody().getOps<GradientOp>().empty() && failed(runTo("autodiff", module, options)))
    return 1;
  std::vector<NamedArray> members;
  if (std::string problem = settings.inputs.empty() ? "" : readArchive(settings.inputs, members); !problem.empty())
    return complain(module.getLoc()) << problem, 1;
  auto find = [&](StringRef name) -> const Array * {
    for (const NamedArray &one : members)
      if (one.name == name)
        return &one.value;
    return nullptr;
  };
  auto whole = [&](StringRef name, int64_t otherwise) {
    const Array *found = find(name);
    return found && found->size() == 1 ? (int64_t)found->real(0) : otherwise;
  };

  int64_t batch = settings.extent ? settings.extent : options.batch.back();
  std::vector<Argument> arguments = argumentsOf(entry);
  for (const Argument &one : arguments)
    if (const Array *given = one.kind == "input" ? find(one.name) : nullptr)
      for (auto [axis, dim] : llvm::enumerate(dimsOf(one.value)))
        if (dim.isBatch() && axis < given->shape.size())
          batch = given->shape[axis] / dim.factor;
  std::vector<Array> values;
  bool good = true;
  for (const Argument &one : arguments) {
    std::vector<int64_t> shape = shapeOf(one.value, batch);
    if (const Array *given = one.kind == "random" ? nullptr : find(one.name)) {
      auto array = fit(*given, one, shape, one.value.getLoc());
      good &= succeeded(array);
      values.push_back(good ? *array : Array());
    } else if (one.kind == "input" || one.kind == "parameter" || one.kind == "slot") {
      complain(one.value.getLoc()) << "no value for '" << one.name << "' (" << show(one.value.getType())
                                   << ") in --inputs " << settings.inputs;
      good = false;
    } else {
      values.push_back(defaultValue(one, shape, whole("seed", 0), whole("step", 1)));
    }
  }
  if (!good)
    return 1;
  auto results = evaluate(entry, values, batch);
  if (failed(results))
    return 1;
  std::vector<NamedArray> named;
  for (auto [name, array] : llvm::zip(resultNames(entry), *results))
    named.push_back({name, std::move(array)});
  if (std::string problem = writeArchive(settings.output, named); !problem.empty())
    return complain(module.getLoc()) << problem, 1;
  return 0;
}
