// Gradcheck.cpp - dlc-run gradcheck: derived gradients against differences.
// SPDX-License-Identifier: Apache-2.0
//
// For elements of every parameter, what `t.gradients` returns is compared with (loss(w + e) - loss(w - e)) /
// 2e, computed through the same entry point with the same seed and step, so that dropout draws the same
// masks. An element that fails is tried again with smaller steps: near a kink (relu at 0) a difference is
// wrong for a step that crosses it, whereas a wrong gradient rule is wrong for every step.
#include "runtime/Model.h"
#include "runtime/Philox.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Invocation.h"
#include "tools/dlc-run/Progress.h"
#include "tools/dlc-run/Random.h"
#include "tools/dlc-run/Values.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace dlc::run {

namespace {

struct GradcheckOptions {
  ModelArguments model;
  std::string entry, weights;
  RandomInputs inputs;
  int64_t batch = 0, samples = 20;
  double eps = 1e-5, tolerance = 1e-6;
  bool json = false;
};

/// One element of a parameter, both ways.
struct Comparison {
  int64_t index = 0;
  double analytic = 0, numeric = 0;
  /// |a - n| / max(1, |n|): what must not pass the tolerance.
  double error() const {
    double difference = std::abs(analytic - numeric) / std::max(1.0, std::abs(numeric));
    return std::isnan(difference) ? INFINITY : difference;
  }
};

class Gradcheck {
public:
  Gradcheck(const GradcheckOptions &options, const Model &model, const Entry &entry)
      : options_(options), model_(model), entry_(entry),
        invocation_(model, entry, options.weights, options.inputs.seed, /*onlyReads=*/false) {
    int64_t rows = options.batch ? options.batch : std::min<int64_t>(entry.capacity, 5);
    if (entry.hasBatch() && !options.batch)
      rows = std::max(rows - rows % entry.parts, entry.parts);
    values_ = options.inputs.make(entry, std::max<int64_t>(rows, 1));
    for (size_t i = 0; i < values_.size(); ++i)
      inputs_.emplace_back(entry.inputs[i].name, values_[i]);
    lossOutput_ = findLoss();
    if (options.weights.empty())
      roughen();
    for (const TensorInfo &tensor : model.tensors())
      if (tensor.kind == DLC_BUFFER)
        buffers_.push_back({std::string(tensor.name), invocation_.parameters().get(tensor.name)});
  }

  /// True if all gradients are right; reports each parameter.
  bool run();

private:
  size_t findLoss() const;
  void roughen();
  Results call();
  Comparison compare(const std::string &name, Tensor &weight, int64_t index, double analytic);
  double lossAt(const std::string &name, Tensor &weight, int64_t index, double value);
  std::vector<int64_t> pick(const std::string &name, int64_t count) const;

  const GradcheckOptions &options_;
  const Model &model_;
  const Entry &entry_;
  Invocation invocation_;
  std::vector<Tensor> values_;
  std::vector<Input> inputs_;
  std::vector<NamedTensor> buffers_;
  size_t lossOutput_ = 0;
};

size_t Gradcheck::findLoss() const {
  std::optional<size_t> found;
  for (size_t i = 0; i < entry_.outputs.size(); ++i) {
    const Port &output = entry_.outputs[i];
    if (!output.dims.empty() || output.name.starts_with("gradient."))
      continue;
    if (output.name == "loss")
      return i;
    if (!found)
      found = i;
  }
  if (!found)
    throw UserError(fmt::format("entry point '{}' returns no loss", entry_.name));
  return *found;
}

/// Initial zeros and ones hide mistakes (a product with a zero bias, a scale of one): move them off.
void Gradcheck::roughen() {
  for (const TensorInfo &tensor : model_.tensors()) {
    bool constant = tensor.init == DLC_INIT_ZEROS || tensor.init == DLC_INIT_ONES || tensor.init == DLC_INIT_CONSTANT;
    if (tensor.kind != DLC_PARAMETER || !constant)
      continue;
    Tensor value = invocation_.parameters().get(tensor.name);
    addNormal(value, options_.inputs.seed, fmt::format("dlc-run.gradcheck.{}", tensor.name), 0.1);
    invocation_.parameters().set(tensor.name, value);
  }
}

Results Gradcheck::call() {
  // Running statistics are written by a call: each begins with the same ones.
  for (const NamedTensor &buffer : buffers_)
    invocation_.parameters().set(buffer.name, buffer.value);
  CallOptions options;
  options.seed = options_.inputs.seed;
  options.step = 1;
  return invocation_.call(inputs_, options);
}

double Gradcheck::lossAt(const std::string &name, Tensor &weight, int64_t index, double value) {
  double &element = weight.as<double>()[size_t(index)];
  double before = element;
  element = value;
  invocation_.parameters().set(name, weight);
  element = before;
  return call()[lossOutput_].item();
}

Comparison Gradcheck::compare(const std::string &name, Tensor &weight, int64_t index, double analytic) {
  Comparison best{index, analytic, INFINITY};
  double at = weight.as<double>()[size_t(index)];
  for (double eps = options_.eps; eps > options_.eps / 200; eps /= 10) {
    // The step that the parameter really makes, after rounding.
    double high = at + eps, low = at - eps;
    double numeric = (lossAt(name, weight, index, high) - lossAt(name, weight, index, low)) / (high - low);
    Comparison comparison{index, analytic, numeric};
    if (comparison.error() < best.error())
      best = comparison;
    if (best.error() <= options_.tolerance)
      break;
  }
  invocation_.parameters().set(name, weight);
  return best;
}

/// `count` different elements, drawn at random; all where there are no more.
std::vector<int64_t> Gradcheck::pick(const std::string &name, int64_t count) const {
  std::vector<int64_t> indices;
  if (count <= options_.samples) {
    for (int64_t i = 0; i < count; ++i)
      indices.push_back(i);
    return indices;
  }
  PhiloxStream stream(options_.inputs.seed, "dlc-run.gradcheck.pick." + name);
  for (uint64_t draw = 0; int64_t(indices.size()) < options_.samples; ++draw) {
    int64_t index = std::min(int64_t(stream.uniform64(draw) * double(count)), count - 1);
    if (std::find(indices.begin(), indices.end(), index) == indices.end())
      indices.push_back(index);
  }
  return indices;
}

bool Gradcheck::run() {
  Results results = call();
  Progress events(true);
  int64_t compared = 0, wrong = 0;
  std::vector<std::string> failed;
  for (size_t i = 0; i < entry_.outputs.size(); ++i) {
    std::string_view output = entry_.outputs[i].name;
    if (!output.starts_with("gradient."))
      continue;
    std::string name(output.substr(9));
    const TensorInfo *info = model_.findTensor(name);
    if (!info)
      throw UserError(fmt::format("output '{}' belongs to no parameter", output));
    if (info->type != DType::F64)
      throw UserError(fmt::format("parameter '{}' is {}: differences need f64 to be exact enough; compile the model "
                                  "with `dlc --float f64`",
                                  name, nameOf(info->type)));
    const Tensor &gradient = results[i];
    Tensor weight = invocation_.parameters().get(name);
    std::vector<Comparison> bad;
    Comparison worst;
    std::vector<int64_t> indices = pick(name, weight.elements());
    for (int64_t index : indices) {
      Comparison comparison = compare(name, weight, index, gradient.at(index));
      ++compared;
      if (comparison.error() > options_.tolerance)
        bad.push_back(comparison);
      if (index == indices[0] || comparison.error() > worst.error())
        worst = comparison;
    }
    wrong += int64_t(bad.size());
    if (!bad.empty())
      failed.push_back(name);
    if (options_.json) {
      events.event({{"event", "parameter"},
                    {"name", name},
                    {"compared", indices.size()},
                    {"wrong", bad.size()},
                    {"worst_index", worst.index},
                    {"analytic", jsonNumber(worst.analytic)},
                    {"numeric", jsonNumber(worst.numeric)},
                    {"error", jsonNumber(indices.empty() ? 0 : worst.error())}});
      continue;
    }
    if (indices.empty()) {
      fmt::print("{} {}: empty\n", name, info->dims.str());
      continue;
    }
    fmt::print("{} {}: {} element{} compared, {}; worst {}: gradient {:.9g}, difference {:.9g}, error {:.2g}\n", name,
               info->dims.str(), indices.size(), indices.size() == 1 ? "" : "s",
               bad.empty() ? "all right" : fmt::format("{} WRONG", bad.size()), indexText(info->dims, worst.index),
               worst.analytic, worst.numeric, worst.error());
    for (size_t k = 0; k < std::min<size_t>(bad.size(), 3); ++k)
      fmt::print("  wrong: {}{}: gradient {}, difference {}\n", name, indexText(info->dims, bad[k].index),
                 exactNumber(bad[k].analytic, false), exactNumber(bad[k].numeric, false));
  }
  if (compared == 0 && entry_.outputs.size() <= 1)
    throw UserError(fmt::format("entry point '{}' returns no gradient", entry_.name));
  if (options_.json)
    events.event(
        {{"event", "end"}, {"entry", entry_.name}, {"compared", compared}, {"wrong", wrong}, {"passed", wrong == 0}});
  else if (wrong)
    fmt::print("{} of {} gradients are wrong, in {}\n", wrong, compared, join(failed));
  else
    fmt::print("{} gradients agree to {} max(1, |difference|)\n", compared, shortNumber(options_.tolerance));
  return wrong == 0;
}

void gradcheck(const GradcheckOptions &options) {
  Model model = options.model.open();
  std::string name = options.entry;
  // A train step is named by itself or by its gradients.
  if (!name.empty() && !name.ends_with(".gradients") && model.hasEntry(name + ".gradients"))
    name += ".gradients";
  const Entry &chosen = chooseEntry(model, name, "TRAIN_ENTRY", "train step with gradients",
                                    [](const Entry &entry) { return entry.kind == DLC_GRADIENTS; });
  if (chosen.kind != DLC_GRADIENTS)
    throw UserError(fmt::format("'{}' is a {} entry point, expected a train step or its gradients", chosen.name,
                                kindText(chosen.kind)));
  const Entry &entry = model.entry(chosen.name, options.batch ? options.batch : 1);
  checkBatch(entry, options.batch);
  const Entry *checked[] = {&entry};
  options.inputs.check(checked);
  if (!Gradcheck(options, model, entry).run())
    exitCode() = 1;
}

} // namespace

void addGradcheck(CLI::App &app) {
  CLI::App &command = addSubcommand(app, "gradcheck", "Compare derived gradients with differences of the loss (f64)",
                                    "dlc --float f64 mnist.mlir -o mnist64.so\n"
                                    "  dlc-run gradcheck mnist64.so train_step --range label=10");
  auto options = std::make_shared<GradcheckOptions>();
  options->model.addTo(command);
  command.add_option("TRAIN_ENTRY", options->entry, "Train step (default: the only one)")->option_text(" ");
  options->inputs.addTo(command);
  addSeed(command, options->inputs.seed, "Of weights, inputs and random streams (default 0)");
  addWhole(command, "--samples", options->samples, "Elements to compare in each parameter (default 20)");
  addWhole(command, "--batch", options->batch, "Rows of the call (default: at most 5)");
  addReal(command, "--eps", options->eps, "Step of the differences (default 1e-5)");
  addReal(command, "--tolerance", options->tolerance,
          "Allowed |gradient - difference| / max(1, |difference|) (default 1e-6)");
  command.add_option("--weights", options->weights, "Checkpoint or weights (default: random ones)")
      ->option_text("FILE");
  command.add_flag("--json", options->json, "Print one JSON object a line");
  command.callback([options] { gradcheck(*options); });
}

} // namespace dlc::run
