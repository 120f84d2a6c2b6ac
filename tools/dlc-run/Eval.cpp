// Eval.cpp - dlc-run eval: loss and accuracy over a set of rows.
// SPDX-License-Identifier: Apache-2.0
//
// Batch by batch, the last one short; each number is divided once, by what it is a mean over.
#include "runtime/Model.h"
#include "tools/dlc-run/Classes.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Data.h"
#include "tools/dlc-run/Evaluation.h"
#include "tools/dlc-run/Mistakes.h"

#include <fmt/format.h>

namespace dlc::run {

namespace {

struct EvalOptions {
  ModelArguments model;
  DataArguments data;
  std::string weights, entry, mistakes, split = "test";
  bool json = false;
};

/// A sheet replaces what it names, but nothing that was read.
void checkMistakes(const EvalOptions &options, const DataSet &data) {
  if (!options.mistakes.ends_with(".png"))
    throw UserError(
        fmt::format("--mistakes {}: the sheet is a PNG; expected a name that ends in .png", options.mistakes));
  std::vector<NamedFile> read = {{"the library", options.model.library}, {"--weights", options.weights}};
  for (const Column &column : data.columns())
    read.push_back({"the data file", column.path});
  checkOutputs({{"--mistakes", options.mistakes}}, read);
  if (data.holds(options.mistakes))
    throw UserError(fmt::format("--mistakes {}: this is one of the pictures that are evaluated; give another name",
                                options.mistakes));
}

/// Reads texts as the checkpoint was trained on them.
void openText(EvalOptions &options, const Model &model, const Entry &entry) {
  TextSource &text = options.data.text;
  std::optional<CheckpointInfo> info = readCheckpointInfo(options.weights);
  Holdout holdout;
  if (info) {
    text.restore(*info, options.weights);
    Json settings = settingsOf(*info);
    text.options.inherit(settings);
    holdout = holdoutOf(settings);
  }
  if (!text.record().vocabulary)
    throw UserError(fmt::format("{} has no vocabulary: expected a checkpoint of `dlc-run train {}`", options.weights,
                                text.options.flag()));
  text.prepare(model, entry, holdout);
}

DataSet loadData(EvalOptions &options, const Model &model, const Entry &entry) {
  Part part = options.split == "train"        ? Part::Train
              : options.split == "validation" ? Part::Validation
              : options.split == "all"        ? Part::All
                                              : Part::Test;
  const TextOptions &text = options.data.text.options;
  text.check();
  if (!text.given()) {
    if (part == Part::Validation || part == Part::All)
      throw UserError(fmt::format("--split {}: this is for texts; expected test or train", options.split));
    options.data.scales.check(entry);
    options.data.scales.inherit(options.weights);
    options.data.pictures.inherit(options.weights);
    Split split = part == Part::Train ? Split::Train : Split::Test;
    return *DataSet::load(entry, options.data, split, split, true);
  }
  options.data.pictures.checkUnused();
  openText(options, model, entry);
  // A table without a word about its test is one.
  if (part == Part::Test && text.splitColumn.empty() && text.testEvery == 0)
    part = Part::All;
  std::optional<DataSet> data = options.data.text.load(entry, part);
  if (!data)
    throw UserError(
        fmt::format("{} has no row for --split {}; --split all takes every one", text.path(), options.split));
  return std::move(*data);
}

void evalModel(EvalOptions &options) {
  Model model = options.model.open();
  bool isStream = options.data.text.options.isStream();
  const Entry *entry = findEvaluation(model, options.entry, isStream);
  if (!entry)
    throw UserError(fmt::format("model '{}' has no function that returns a loss or an accuracy; name one by --entry",
                                model.name()));
  if (entry->kind != DLC_FUNCTION && !(isStream && entry->kind == DLC_SESSION_CALL))
    throw UserError(
        fmt::format("--entry {}: this is a {} entry point, expected a function", entry->name, kindText(entry->kind)));
  if (MetricSums(*entry).indices().empty())
    throw UserError(
        fmt::format("--entry {}: none of its outputs is a single number: {}", entry->name, entry->signature()));
  if (options.data.empty())
    throw UserError("no data: give --data DIR, --map NAME=FILE, --text FILE or --lines FILE");
  DataSet data = loadData(options, model, *entry);
  Parameters parameters = readParameters(model, options.weights);
  std::vector<std::string> kept = classesOf(options.weights);
  checkClasses(data.classes(), data.picturePath(), kept, options.weights);
  checkClassCount(model, *entry, data.classes(), data.picturePath());
  Evaluation evaluation(model, *entry, parameters, data);
  std::optional<Mistakes> mistakes;
  if (!options.mistakes.empty()) {
    checkMistakes(options, data);
    mistakes.emplace(model, *entry, data, data.classes().empty() ? kept : data.classes());
    AtomicFile(options.mistakes); // what is wrong with the name is told now; nothing lies about while rows are read
  }
  double start = now();
  Metrics metrics = *evaluation.run();
  double seconds = now() - start;
  options.data.noteScales(data, *entry);
  if (mistakes) {
    mistakes->find(model, parameters);
    std::vector<uint8_t> bytes = mistakes->sheet();
    AtomicFile sheet(options.mistakes);
    sheet.write(bytes.data(), bytes.size());
    sheet.commit();
  }
  if (!options.json) {
    for (const std::string &note : data.notes())
      fmt::print("{}\n", note);
    for (const auto *notes : {&options.data.scales.notes(), &options.data.text.notes()})
      for (const std::string &note : *notes)
        fmt::print("{}\n", note);
    fmt::print("{}  ({} examples, {})\n", metricsText(metrics), countText(evaluation.rows()), durationText(seconds));
    if (mistakes)
      fmt::print("{} of {} are wrong; {} of them, the surest first, are in {}\n", countText(mistakes->count()),
                 countText(evaluation.rows()), countText(mistakes->shown()), options.mistakes);
    return;
  }
  Json object = {{"event", "end"},
                 {"library", options.model.library},
                 {"weights", options.weights},
                 {"entry", entry->name},
                 {"rows", evaluation.rows()}};
  if (!options.data.scales.json().empty())
    object["scale"] = options.data.scales.json();
  object.update(jsonMetrics(metrics));
  object["seconds"] = seconds;
  std::vector<std::string> notes = data.notes();
  notes.insert(notes.end(), options.data.text.notes().begin(), options.data.text.notes().end());
  if (!notes.empty())
    object["notes"] = notes;
  if (mistakes)
    object["mistakes"] = {{"file", options.mistakes}, {"wrong", mistakes->count()}, {"shown", mistakes->shown()}};
  Progress(true).event(object);
}

} // namespace

void addEval(CLI::App &app) {
  CLI::App &command = addSubcommand(app, "eval", "Tell loss and accuracy over test data",
                                    "dlc-run eval mnist.so --weights mnist.safetensors --data mnist/");
  auto options = std::make_shared<EvalOptions>();
  options->model.addTo(command);
  options->data.addTo(command, false);
  command.add_option("--weights", options->weights, "Checkpoint or weights (safetensors)")
      ->required()
      ->option_text("FILE");
  command
      .add_option("--entry", options->entry, "Function to evaluate (default: the one that returns loss or accuracy)")
      ->option_text("NAME");
  addChoice(command, "--split", options->split,
            "Which files of DIR: test (default) or train; of a text or table, validation and all, too (a text is all "
            "for the test)",
            {"test", "train", "validation", "all"});
  command
      .add_option("--mistakes", options->mistakes,
                  "Draw the pictures that are told wrong, each with what it is and what the model says")
      ->option_text("FILE.png");
  command.add_flag("--json", options->json, "Print a JSON object");
  command.callback([options] { evalModel(*options); });
}

} // namespace dlc::run
