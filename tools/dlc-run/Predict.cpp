// Predict.cpp - dlc-run predict: a model's answers for the rows of a file.
// SPDX-License-Identifier: Apache-2.0
//
// Probabilities are shown as the most likely classes, anything else as numbers; or all goes to a file, pictures as such.
#include "runtime/Model.h"
#include "runtime/Npy.h"
#include "tools/dlc-run/Classes.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/ResultSheet.h"
#include "tools/dlc-run/TextSource.h"
#include "tools/dlc-run/Values.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>
#include <optional>

namespace dlc::run {

namespace {

struct PredictOptions {
  ModelArguments model;
  std::string weights, entry, output;
  std::vector<std::string> inputs;
  Scales scales;
  PictureArguments pictures;
  TextSource text;
  std::optional<int64_t> rows; ///< to print or draw; without it 20, of texts and as JSON all
  int64_t top = 3, step = 1;
  uint64_t seed = 0;
  bool json = false;
};

/// What answers are called: the classes, if the weights' training had names for them, and the rows, if they are pictures
/// or texts.
struct Names {
  std::vector<std::string> classes, rows;

  std::string classText(int64_t index) const {
    return size_t(index) < classes.size() ? classes[size_t(index)] : std::to_string(index);
  }
  std::string rowText(int64_t row) const {
    return size_t(row) < rows.size() ? rows[size_t(row)] : fmt::format("row {}", row);
  }
};

/// The function a person means by "predict": of that name, or the only one that returns no loss.
bool predicts(const Entry &entry) {
  return entry.kind == DLC_FUNCTION && std::none_of(entry.outputs.begin(), entry.outputs.end(), [](const Port &port) {
           return port.name == "loss" || port.name == "accuracy";
         });
}

/// True if each row of a matrix of floats is a distribution: none negative, sum 1.
bool isDistribution(TensorView value) {
  if (value.shape().size() != 2 || value.shape()[1] < 2 || (value.dtype() != DType::F32 && value.dtype() != DType::F64))
    return false;
  for (int64_t row = 0; row < value.shape()[0]; ++row) {
    double sum = 0;
    for (int64_t i = 0; i < value.shape()[1]; ++i) {
      double p = value.at(row * value.shape()[1] + i);
      if (!(p >= 0))
        return false;
      sum += p;
    }
    if (!(std::abs(sum - 1) < 1e-3))
      return false;
  }
  return value.shape()[0] > 0;
}

/// The `top` most likely classes of a row, the most likely first.
std::vector<int64_t> topClasses(TensorView value, int64_t row, int64_t top) {
  int64_t classes = value.shape()[1];
  std::vector<int64_t> order(static_cast<size_t>(classes));
  std::iota(order.begin(), order.end(), 0);
  top = std::min(top, classes);
  auto at = [&](int64_t i) { return value.at(row * classes + i); };
  std::partial_sort(order.begin(), order.begin() + top, order.end(),
                    [&](int64_t a, int64_t b) { return at(a) != at(b) ? at(a) > at(b) : a < b; });
  order.resize(size_t(top));
  return order;
}

std::string topText(TensorView value, int64_t row, int64_t top, const Names &names) {
  std::vector<std::string> words;
  for (int64_t index : topClasses(value, row, top))
    words.push_back(
        fmt::format("{} ({:.1f} %)", names.classText(index), 100 * value.at(row * value.shape()[1] + index)));
  return join(words);
}

void print(const PredictOptions &options, const Entry &entry, const Results &results, const Names &names) {
  for (size_t i = 0; i < results.size(); ++i) {
    const Tensor &value = results[i];
    bool rowwise = !entry.outputs[i].factors.empty() && entry.outputs[i].rowsAlong(0) > 0;
    std::string_view name = entry.outputs[i].name;
    if (!rowwise) {
      fmt::print("{}\n", tensorText(name, value));
      continue;
    }
    int64_t rows = value.shape()[0],
            shown = std::min(rows, options.rows.value_or(options.text.options.given() ? rows : 20));
    bool classes = isDistribution(value);
    fmt::print("{}{}\n", name, classes ? ", the most likely classes" : "");
    for (int64_t row = 0; row < shown; ++row) {
      TensorView one = value.rows(row, row + 1);
      std::vector<std::string> numbers;
      for (int64_t k = 0; k < (classes ? 0 : one.elements()); ++k)
        numbers.push_back(elementText(one, k));
      fmt::print("  {}: {}\n", names.rowText(row), classes ? topText(value, row, options.top, names) : join(numbers));
    }
    if (shown < rows)
      fmt::print("  ... {} more rows; --rows N shows more, --output FILE.npz writes all\n", countText(rows - shown));
  }
}

Json withScales(Json object, const PredictOptions &options) {
  if (!options.scales.json().empty())
    object["scale"] = options.scales.json();
  return object;
}

void printJson(const PredictOptions &options, const Entry &entry, const Results &results, const Names &names) {
  Progress out(true);
  int64_t rows = 0;
  for (size_t i = 0; i < results.size(); ++i)
    if (!entry.outputs[i].factors.empty() && entry.outputs[i].rowsAlong(0) > 0)
      rows = std::max(rows, results[i].shape()[0]);
  for (int64_t row = 0; row < std::min(rows, options.rows.value_or(rows)); ++row) {
    Json object = {{"event", "row"}, {"row", row}};
    if (options.text.options.given())
      object.update(options.text.rowJson(size_t(row)));
    else if (size_t(row) < names.rows.size())
      object["file"] = names.rows[size_t(row)];
    for (size_t i = 0; i < results.size(); ++i) {
      if (entry.outputs[i].factors.empty() || entry.outputs[i].rowsAlong(0) == 0 || row >= results[i].shape()[0])
        continue;
      TensorView one = results[i].rows(row, row + 1);
      object[std::string(entry.outputs[i].name)] = jsonFromTensor(one)[0];
      if (!names.classes.empty() && !object.contains("class") && isDistribution(one))
        object["class"] = names.classText(topClasses(one, 0, 1)[0]);
    }
    out.event(object);
  }
  Json end = {{"event", "end"}, {"entry", entry.name}, {"rows", rows}};
  if (!names.classes.empty())
    end["classes"] = names.classes;
  for (size_t i = 0; i < results.size(); ++i)
    if (entry.outputs[i].factors.empty() || entry.outputs[i].rowsAlong(0) == 0)
      end[std::string(entry.outputs[i].name)] = jsonFromTensor(results[i]);
  out.event(withScales(std::move(end), options));
}

/// What is known beforehand to be wrong with --output.
void checkOutput(const PredictOptions &options) {
  const std::string &path = options.output;
  if (path.empty())
    return;
  if (!path.ends_with(".npy") && !path.ends_with(".npz") && !path.ends_with(".png"))
    throw UserError(fmt::format("--output {}: expected a name that ends in .npz, .npy or .png", path));
  if (path.ends_with(".png") && options.rows && (*options.rows < 1 || *options.rows > ResultSheet::mostRows))
    throw UserError(fmt::format("--rows {}: a sheet has 1 to {} rows", *options.rows, ResultSheet::mostRows));
  std::vector<NamedFile> read = {{"the library", options.model.library}, {"--weights", options.weights}};
  read.push_back({"--lines", options.text.options.lines});
  addInputFiles(read, options.inputs);
  checkOutputs({{"--output", path}}, read);
}

void write(const std::string &path, const Entry &entry, const Results &results) {
  if (path.ends_with(".npy")) {
    if (results.size() != 1)
      throw UserError(fmt::format("--output {}: '{}' has {} outputs ({}); write them to an .npz file", path, entry.name,
                                  results.size(), join(namesOf(entry.outputs))));
    writeNpy(path, results[0]);
    return;
  }
  std::vector<NamedView> members;
  for (const NamedTensor &result : results)
    members.push_back({result.name, result.value});
  writeNpz(path, members);
}

/// The value of each input that --input names. One that is named several times takes pictures, a row each.
std::vector<std::optional<Tensor>> readInputs(PredictOptions &options, const Entry &entry, Names &names) {
  std::vector<std::optional<Tensor>> values(entry.inputs.size());
  std::vector<std::vector<std::string>> pictures(entry.inputs.size());
  for (const std::string &text : options.inputs) {
    auto [input, file] = splitAssignment(text, "--input");
    size_t index = findInput(entry, input, "--input");
    std::vector<std::string> files = looksLikeJson(file) ? std::vector<std::string>() : pictureFiles(file);
    if (files.empty())
      values[index] =
          readInput(entry.inputs[index], file, true, options.scales, "--input " + text, options.pictures.filter());
    pictures[index].insert(pictures[index].end(), files.begin(), files.end());
    if (values[index] && !pictures[index].empty())
      throw UserError(fmt::format("--input {}: '{}' has pictures and another value; give one of them", text, input));
  }
  for (size_t i = 0; i < pictures.size(); ++i) {
    if (pictures[i].empty())
      continue;
    const Port &port = entry.inputs[i];
    std::string context = fmt::format("--input {}=", port.name);
    values[i] =
        fileNumbers(port, readPictures(port, pictures[i], options.pictures.filter(), context), options.scales, context);
    if (port.hasBatch())
      names.rows = pictures[i];
  }
  return values;
}

/// The class names of the weights' training: those of its data, or the labels of its texts.
std::vector<std::string> namesOfClasses(const std::string &weights) {
  std::optional<CheckpointInfo> info = readCheckpointInfo(weights);
  if (!info)
    return {};
  std::vector<std::string> classes = classesOf(*info, weights);
  return classes.empty() ? TextRecord::read(*info, weights).labels : classes;
}

/// The value of each input, of texts as the weights were trained on them.
std::vector<std::optional<Tensor>> readTexts(PredictOptions &options, const Model &model, const Entry &entry,
                                             Names &names) {
  TextSource &text = options.text;
  if (text.options.lines == "-")
    text.options.lines = "/dev/stdin";
  if (std::optional<CheckpointInfo> info = readCheckpointInfo(options.weights)) {
    text.restore(*info, options.weights);
    text.options.inheritTexts(settingsOf(*info));
  }
  if (!text.record().vocabulary)
    throw UserError(
        fmt::format("{} has no vocabulary: expected a checkpoint of `dlc-run train --lines`", options.weights));
  text.prepareTexts(model, entry);
  names.rows = text.rowNames();
  std::vector<std::optional<Tensor>> values;
  for (Tensor &value : text.texts(entry))
    values.emplace_back(std::move(value));
  return values;
}

void writeSheet(const PredictOptions &options, const ResultSheet &sheet, const Results &results, const Names &names) {
  int64_t rows = sheet.rows(results), shown = std::min(rows, options.rows.value_or(20));
  std::vector<uint8_t> bytes = sheet.draw(results, shown, names.rows);
  AtomicFile file(options.output);
  file.write(bytes.data(), bytes.size());
  file.commit();
  if (options.json) {
    Progress(true).event(withScales({{"event", "end"},
                                     {"entry", sheet.entry().name},
                                     {"output", options.output},
                                     {"pictures", sheet.drawn()},
                                     {"rows", rows},
                                     {"shown", shown}},
                                    options));
    return;
  }
  if (!sheet.others().empty())
    fmt::print("not drawn, as {} no picture: {}\n", sheet.others().size() == 1 ? "it is" : "they are",
               join(sheet.others()));
  fmt::print("{} drawn in {}: {} of {} rows{}\n", join(sheet.drawn()), options.output, countText(shown),
             countText(rows), shown < std::min(rows, ResultSheet::mostRows) ? "; --rows N draws more" : "");
}

void predict(PredictOptions &options) {
  checkOutput(options);
  Model model = options.model.open();
  std::string name = options.entry.empty() && model.hasEntry("predict") ? "predict" : options.entry;
  const Entry &chosen = chooseEntry(model, name, "--entry", "function to predict with", predicts);
  if (chosen.kind != DLC_FUNCTION)
    throw UserError(
        fmt::format("--entry {}: this is a {} entry point, expected a function", chosen.name, kindText(chosen.kind)));
  std::optional<ResultSheet> sheet;
  if (options.output.ends_with(".png"))
    sheet.emplace(chosen, "--output " + options.output);
  options.scales.check(chosen);
  options.scales.inherit(options.weights);
  options.pictures.inherit(options.weights);
  Names names{namesOfClasses(options.weights), {}};
  std::vector<std::optional<Tensor>> values;
  if (options.text.options.given()) {
    values = readTexts(options, model, chosen, names);
  } else {
    options.text.options.check();
    values = readInputs(options, chosen, names);
    for (const std::string &picture : names.rows) // of a folder
      checkOutputs({{"--output", options.output}}, {{"the picture", picture}});
  }
  std::vector<Input> inputs;
  for (size_t i = 0; i < values.size(); ++i) {
    const Port &port = chosen.inputs[i];
    if (!values[i])
      throw UserError(
          fmt::format("input '{}' ({}) has no value: give --input {}=FILE", port.name, port.str(), port.name));
    inputs.emplace_back(port.name, *values[i]);
  }
  if (!options.json)
    for (const std::string &note : options.scales.notes())
      fmt::print("{}\n", note);
  Parameters parameters = readParameters(model, options.weights);
  CallOptions numbers;
  numbers.seed = options.seed;
  numbers.step = options.step;
  Results results = model.call(chosen.name, parameters, inputs, numbers);
  if (sheet) {
    writeSheet(options, *sheet, results, names);
  } else if (!options.output.empty()) {
    write(options.output, chosen, results);
    if (options.json)
      Progress(true).event(withScales({{"event", "end"}, {"entry", chosen.name}, {"output", options.output}}, options));
    else
      fmt::print("{} written to {}\n", join(namesOf(chosen.outputs)), options.output);
  } else if (options.json) {
    printJson(options, chosen, results, names);
  } else {
    print(options, chosen, results, names);
  }
}

} // namespace

void addPredict(CLI::App &app) {
  CLI::App &command = addSubcommand(app, "predict", "Apply a trained model to the rows of a file, or to texts",
                                    "dlc-run predict mnist.so --weights mnist.safetensors \\\n"
                                    "    --input image=t10k-images-idx3-ubyte.gz");
  auto options = std::make_shared<PredictOptions>();
  options->model.addTo(command);
  command.add_option("--weights", options->weights, "Checkpoint or weights (safetensors)")
      ->required()
      ->option_text("FILE");
  CLI::Option *inputs = command.add_option(
      "--input", options->inputs,
      "Value of an input: an NPY or IDX file, PNG or JPEG pictures (repeated, or a folder of them), or JSON like "
      "[[0.5, 1]]; may be repeated");
  inputs->take_all()->allow_extra_args(false)->option_text("NAME=FILE");
  options->scales.addTo(command);
  options->pictures.addTo(command, false);
  options->text.options.addTextsTo(command);
  for (const char *texts : {"--lines", "--line"})
    command.get_option(texts)->excludes(inputs);
  command.add_option("--entry", options->entry, "Function to call (default: predict)")->option_text("NAME");
  command
      .add_option("--output", options->output,
                  "Write the outputs here: .npz, or .npy for a single one; .png draws those that are pictures")
      ->option_text("FILE");
  addRead(command, "--rows", "Rows to print or draw (default 20; of texts, and with --json, all are printed)", "N",
          [options](const std::string &typed) {
            return readWhole(typed, int64_t(0), largestCount, options->rows.emplace());
          });
  addSeed(command, options->seed, "Of the random numbers that the function draws, if it does (default 0)");
  addWhole(command, "--step", options->step, "Number of the call: another draws other numbers (default 1)");
  addWhole(command, "--top", options->top, "Classes to print for each row (default 3)");
  command.add_flag("--json", options->json, "Print one JSON object a row");
  command.callback([options] { predict(*options); });
}

} // namespace dlc::run
