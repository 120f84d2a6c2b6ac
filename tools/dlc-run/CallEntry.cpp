// CallEntry.cpp - dlc-run call: one entry point, any inputs, everything that comes out.
// SPDX-License-Identifier: Apache-2.0
//
// What tests and scripts use to look at a model from outside: functions, train steps, gradients and apply
// alike.
#include "runtime/Model.h"
#include "runtime/Npy.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Invocation.h"
#include "tools/dlc-run/Values.h"

#include <fmt/format.h>
#include <limits>

namespace dlc::run {

namespace {

struct CallArguments {
  ModelArguments model;
  std::string entry, weights, archive, output, save;
  std::vector<std::string> inputs, scalars;
  Scales scales;
  PictureArguments pictures;
  uint64_t seed = 0;
  int64_t step = 0, repeat = 1, row = 0;
  bool print = false, trapNan = false, json = false;
  CLI::Option *seedOption = nullptr, *stepOption = nullptr;
};

std::vector<Tensor> readInputs(CallArguments &arguments, const Entry &entry) {
  std::vector<Tensor> values(entry.inputs.size());
  std::vector<bool> given(values.size());
  if (!arguments.archive.empty())
    for (NamedTensor &member : readNpz(arguments.archive)) {
      size_t index = findInput(entry, member.name, "--inputs " + arguments.archive);
      values[index] = fileNumbers(entry.inputs[index], member.value, arguments.scales,
                                  fmt::format("{}: '{}'", arguments.archive, member.name));
      given[index] = true;
    }
  for (const std::string &text : arguments.inputs) {
    auto [name, value] = splitAssignment(text, "--input");
    size_t index = findInput(entry, name, "--input");
    values[index] =
        readInput(entry.inputs[index], value, false, arguments.scales, "--input " + text, arguments.pictures.filter());
    given[index] = true;
  }
  std::string missing;
  for (size_t i = 0; i < values.size(); ++i)
    if (!given[i])
      missing += fmt::format("\n  '{}': {}", entry.inputs[i].name, entry.inputs[i].str());
  if (!missing.empty())
    throw UserError(fmt::format("inputs of '{}' have no value (give --input NAME=FILE.npy or --inputs FILE.npz):{}",
                                entry.name, missing));
  return values;
}

void callEntry(CallArguments &arguments) {
  if (!arguments.output.empty() && !arguments.output.ends_with(".npz"))
    throw UserError(fmt::format("--output {}: expected a name that ends in .npz", arguments.output));
  std::vector<NamedFile> read = {{"the library", arguments.model.library}, {"--inputs", arguments.archive}};
  addInputFiles(read, arguments.inputs);
  // A checkpoint may take the place of the one that it goes on from.
  checkOutputs({{"--output", arguments.output}, {"--save", arguments.save}}, read);
  checkOutputs({{"--output", arguments.output}}, {{"--weights", arguments.weights}});
  Model model = arguments.model.open();
  const Entry &entry = findEntry(model, arguments.entry);
  arguments.scales.check(entry);
  if (!arguments.weights.empty()) {
    arguments.scales.inherit(arguments.weights);
    arguments.pictures.inherit(arguments.weights);
  }
  std::vector<Tensor> values = readInputs(arguments, entry);
  if (!arguments.json)
    for (const std::string &note : arguments.scales.notes())
      fmt::print("{}\n", note);
  std::vector<Input> inputs;
  for (size_t i = 0; i < values.size(); ++i)
    inputs.emplace_back(entry.inputs[i].name, values[i]);
  std::optional<uint64_t> seed;
  if (arguments.seedOption->count())
    seed = arguments.seed;
  Invocation invocation(model, entry, arguments.weights, seed, /*onlyReads=*/arguments.save.empty());
  CallOptions options;
  options.trapNotFinite = arguments.trapNan;
  options.row = arguments.row;
  if (isTraining(entry)) {
    for (auto &[name, value] : parseScalars(entry, arguments.scalars))
      invocation.training()->set(name, value);
    if (arguments.stepOption->count())
      invocation.training()->setStep(arguments.step - 1);
  } else {
    options.scalars = parseScalars(entry, arguments.scalars);
    if (arguments.stepOption->count())
      options.step = arguments.step;
  }

  // Repeated calls give a list for each output that is a single number; of the others the last is kept.
  Results results;
  std::vector<std::vector<double>> numbers(entry.outputs.size());
  bool print = arguments.print || arguments.output.empty();
  Progress events(true);
  for (int64_t i = 0; i < arguments.repeat; ++i) {
    if (i > 0 && options.step)
      ++*options.step;
    results = invocation.call(inputs, options);
    std::vector<std::string> line;
    Json object = {{"event", "call"}, {"call", i + 1}};
    for (size_t k = 0; k < results.size(); ++k) {
      if (!results[k].shape().empty())
        continue;
      numbers[k].push_back(results[k].item());
      line.push_back(fmt::format("{} {}", entry.outputs[k].name, elementText(results[k], 0)));
      object[std::string(entry.outputs[k].name)] = jsonFromTensor(results[k]);
    }
    if (arguments.json)
      events.event(object);
    else if (print && arguments.repeat > 1 && !line.empty())
      fmt::print("call {}: {}\n", i + 1, join(line));
  }
  if (print && !arguments.json)
    for (size_t k = 0; k < results.size(); ++k)
      if (arguments.repeat == 1 || !results[k].shape().empty())
        fmt::print("{}\n", tensorText(entry.outputs[k].name, results[k]));

  if (!arguments.output.empty()) {
    std::vector<Tensor> lists(results.size());
    std::vector<NamedView> members;
    for (size_t k = 0; k < results.size(); ++k) {
      bool list = arguments.repeat > 1 && results[k].shape().empty();
      if (list)
        lists[k] = Tensor({arguments.repeat}, numbers[k]).to(results[k].dtype());
      members.push_back({std::string(entry.outputs[k].name), list ? lists[k] : results[k]});
    }
    writeNpz(arguments.output, members);
  }
  if (!arguments.save.empty())
    invocation.save(arguments.save);
  if (arguments.json) {
    Json object = {{"event", "end"}, {"entry", entry.name}};
    if (!arguments.scales.json().empty())
      object["scale"] = arguments.scales.json();
    for (size_t k = 0; k < results.size(); ++k)
      if (print || results[k].shape().empty())
        object["outputs"][std::string(entry.outputs[k].name)] = jsonFromTensor(results[k]);
    events.event(object);
  }
}

} // namespace

void addCall(CLI::App &app) {
  CLI::App &command = addSubcommand(app, "call", "Call any entry point: functions, train steps, gradients, apply",
                                    "dlc-run call mnist.so train_step --inputs batch.npz --repeat 20 \\\n"
                                    "    --set lr=0.01 --output losses.npz --save after.safetensors");
  auto arguments = std::make_shared<CallArguments>();
  arguments->model.addTo(command);
  command.add_option("ENTRY", arguments->entry, "Name of the entry point, as `dlc-run info` lists them")
      ->required()
      ->option_text(" ");
  command
      .add_option("--weights", arguments->weights,
                  "Checkpoint (step and optimizer are taken too) or weights (default: initial weights of the seed)")
      ->option_text("FILE");
  command
      .add_option(
          "--input", arguments->inputs,
          "Value of an input: an NPY or IDX file, a PNG or JPEG picture, a folder of them, or JSON like [[1, 2], "
          "[3, 4]]; may be repeated")
      ->take_all()
      ->allow_extra_args(false)
      ->option_text("NAME=FILE");
  command.add_option("--inputs", arguments->archive, "Values of inputs, by name")->option_text("FILE.npz");
  arguments->scales.addTo(command);
  arguments->pictures.addTo(command, false);
  command.add_option("--set", arguments->scalars, "Set a number of the call, e.g. lr=0.01; may be repeated")
      ->take_all()
      ->allow_extra_args(false)
      ->option_text("NAME=X");
  arguments->seedOption =
      addSeed(command, arguments->seed, "Of initial weights and random streams (default: the checkpoint's, or 0)");
  const int64_t farthest = std::numeric_limits<int64_t>::max() / 2; // --repeat may be added
  arguments->stepOption =
      addWhole(command, "--step", arguments->step, "Number of the first call's step (from 1)", int64_t(1), farthest);
  addWhole(command, "--row", arguments->row, "Index of the first row within an accumulated batch (default 0)",
           int64_t(0), farthest);
  addWhole(command, "--repeat", arguments->repeat,
           "Call it so many times; outputs that are single numbers become lists (default 1)");
  command.add_option("--output", arguments->output, "Write the outputs here instead of printing them")
      ->option_text("FILE.npz");
  command.add_option("--save", arguments->save, "Write a checkpoint after the last call")->option_text("FILE");
  command.add_flag("--print", arguments->print, "Print the outputs, with --output too");
  command.add_flag("--trap-nan", arguments->trapNan, "Fail at the first value that is NaN or infinite, and say where");
  command.add_flag("--json", arguments->json, "Print one JSON object a line");
  command.callback([arguments] { callEntry(*arguments); });
}

} // namespace dlc::run
