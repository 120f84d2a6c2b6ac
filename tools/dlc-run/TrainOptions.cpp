// TrainOptions.cpp - what a person can say about a training run, and what a checkpoint remembers of it.
// SPDX-License-Identifier: Apache-2.0
//
// See TrainOptions.h.
#include "tools/dlc-run/TrainOptions.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>

namespace dlc::run {

void TrainOptions::remember(CLI::Option *option, const std::string &flag, bool always,
                            std::function<Json()> get, std::function<void(const Json &)> set) {
  settings_.push_back({option, flag, get(), always, get, set});
}

template <class T>
CLI::Option *TrainOptions::add(CLI::App &app, const std::string &flag, T &value, const std::string &text,
                               const std::string &help, bool always) {
  CLI::Option *option = app.add_option(flag, value, help)->option_text(text);
  remember(
      option, flag, always, [&value] { return Json(value); },
      [&value](const Json &json) { value = json.get<T>(); });
  return option;
}

void TrainOptions::addTo(CLI::App &app) {
  model.addTo(app);
  data.addTo(app);
  remember(
      app.get_option("--data"), "--data", false, [this] { return Json(data.directory); },
      [this](const Json &json) { data.directory = json.get<std::string>(); });
  remember(
      app.get_option("--map"), "--map", false, [this] { return Json(data.maps); },
      [this](const Json &json) { data.maps = json.get<std::vector<std::string>>(); });
  remember(
      app.get_option("--scale"), "--scale", false, [this] { return Json(data.scales.given); },
      [this](const Json &json) { data.scales.given = json.get<std::vector<std::string>>(); });
  add(app, "--entry", entry, "NAME", "Train step to use, where the model has more than one");
  add(app, "--evaluation", evaluation, "NAME",
      "Function that tells loss and accuracy of validation and test rows (default: the one that returns "
      "them)");
  add(app, "--epochs", epochs, "N", "Passes over the training rows (default 5)")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 40));
  add(app, "--batch", batch, "N", "Rows of a step (default: the batch that the library is compiled for)")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 40));
  seedOption_ = add(app, "--seed", seed, "N", "Of initial weights, shuffling and dropout (default 0)", true);
  add(app, "--steps", steps, "N", "End after this many steps in all, within an epoch too")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 60));
  add(app, "--set", scalars, "NAME=X",
      "Set a number of the train step, e.g. lr=0.01 or GROUP.lr=0.01; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  add(app, "--weights", weights, "FILE", "Start from these weights (safetensors), with a fresh optimizer");
  CLI::Option *fraction =
      add(app, "--validation", validation, "FRACTION",
          "Hold out this part of the rows, from the files' end, and report on it every epoch");
  fraction->check([](const std::string &text) {
    double value = parseNumber(text, "--validation");
    return value >= 0 && value < 1 ? std::string() : text + " is not a fraction from 0 to below 1";
  });
  add(app, "--validation-rows", validationRows, "N", "The same as a number of rows")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 40))
      ->excludes(fraction);
  add(app, "--schedule", schedule, "NAME",
      "Of the learning rate: constant, linear (to 0), cosine (to 0) or step (times --decay every "
      "--decay-every epochs)")
      ->check(CLI::IsMember({"constant", "linear", "cosine", "step"}));
  add(app, "--warmup", warmup, "STEPS", "Let the learning rate rise from 0 over the first steps")
      ->check(CLI::Range(int64_t(0), int64_t(1) << 60));
  add(app, "--decay", decay, "X", "Factor of --schedule step (default 0.1)")->check(CLI::PositiveNumber);
  add(app, "--decay-every", decayEvery, "EPOCHS", "Of --schedule step (default: a third of the epochs)")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 40));
  add(app, "--patience", patience, "EPOCHS",
      "Stop when the validation loss has not improved for so many epochs")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 40));
  add(app, "--best", best, "FILE", "Write a checkpoint here whenever the validation loss improves");
  CLI::Option *trap =
      app.add_flag("--trap-nan", trapNan, "Stop at the first value that is NaN or infinite, and say where");
  remember(
      trap, "--trap-nan", false, [this] { return Json(trapNan); },
      [this](const Json &json) { trapNan = json.get<bool>(); });
  app.add_option("--out", out,
                 "Checkpoint, written after every epoch (default: the library's name, .safetensors)")
      ->option_text("FILE");
  app.add_option("--resume", resume,
                 "Go on from this checkpoint, with its settings; writes to it without --out")
      ->option_text("FILE")
      ->excludes(app.get_option("--weights"));
  app.add_option("--curve", curve, "Picture of the loss curve (default: the checkpoint's name, .svg)")
      ->option_text("FILE.svg");
  app.add_option("--log", log, "Write every step's loss and every epoch here, one JSON object a line")
      ->option_text("FILE.jsonl");
  app.add_flag("--json", json, "Print one JSON object a line");
}

bool TrainOptions::given(const std::string &flag) const {
  return std::any_of(settings_.begin(), settings_.end(), [&](const Setting &setting) {
    return setting.flag == flag && setting.option->count() > 0;
  });
}

Json TrainOptions::save() const {
  Json stored = Json::object();
  for (const Setting &setting : settings_)
    if (setting.get() != setting.initial)
      stored[setting.flag.substr(2)] = setting.get();
  // The seed is the checkpoint's own.
  stored.erase("seed");
  return stored;
}

/// "--batch 16", "--set lr=0.1 --set momentum=0".
static std::string settingText(const std::string &flag, const Json &value) {
  if (!value.is_array())
    return value.is_boolean() ? flag : flag + " " + (value.is_string() ? value.get<std::string>() : value.dump());
  std::vector<std::string> words;
  for (const Json &element : value)
    words.push_back(settingText(flag, element));
  return join(words, " ");
}

bool TrainOptions::inherit(const Json &stored) {
  if (!stored.is_object())
    return false;
  bool same = !stored.value("changed", false);
  // A run of another length begins with the same steps, unless its learning rate follows from its length.
  bool longer = schedule == "constant" && stored.value("schedule", "constant") == "constant";
  auto isLength = [](const std::string &flag) { return flag == "--epochs" || flag == "--steps"; };
  bool lengthGiven = false;
  for (const Setting &setting : settings_)
    lengthGiven |= isLength(setting.flag) && setting.option->count() > 0;
  for (Setting &setting : settings_) {
    if (setting.flag == "--seed")
      continue;
    std::string key = setting.flag.substr(2);
    Json before = stored.contains(key) ? stored[key] : setting.initial;
    // Who says one of the two lengths does not want to be held to the other.
    bool inherits = setting.option->count() == 0 && !(lengthGiven && isLength(setting.flag));
    try {
      if (inherits)
        setting.set(before);
    } catch (const Json::exception &) {
      throw UserError(
          fmt::format("the checkpoint's setting {} cannot be read: found {}", setting.flag, before.dump()));
    }
    Json now = setting.get();
    same &= before == now || (longer && isLength(setting.flag));
    if (before != now)
      changes_.push_back((now == setting.initial ? "no " + setting.flag : settingText(setting.flag, now)) +
                         (before == setting.initial ? "" : " (was" + settingText("", before) + ")"));
  }
  return same;
}

std::string TrainOptions::command(const std::string &resumeFrom) const {
  std::string line = shellQuote(programName()) + " train " + shellQuote(model.library);
  auto word = [&](const std::string &flag, const Json &value) {
    line += " " + flag + " " + shellQuote(value.is_string() ? value.get<std::string>() : value.dump());
  };
  for (const Setting &setting : settings_) {
    Json value = setting.get();
    if (value == setting.initial && !(setting.always))
      continue;
    if (value.is_boolean())
      line += " " + setting.flag;
    else if (value.is_array())
      for (const Json &element : value)
        word(setting.flag, element);
    else
      word(setting.flag, value);
  }
  if (!resumeFrom.empty())
    word("--resume", resumeFrom);
  word("--out", out);
  return line;
}

double TrainOptions::scheduleFactor(int64_t seen, int64_t rows, const RunLength &length) const {
  if (seen < length.warmup)
    return std::min(1.0, double(seen + rows) / double(length.warmup));
  int64_t after = length.total - length.warmup;
  double fraction = after > 0 ? std::min(1.0, double(seen - length.warmup) / double(after)) : 0;
  if (schedule == "linear")
    return 1 - fraction;
  if (schedule == "cosine")
    return 0.5 * (1 + std::cos(std::numbers::pi * fraction));
  if (schedule == "step") {
    int64_t epochs = (length.total + length.epoch - 1) / length.epoch;
    int64_t every = decayEvery > 0 ? decayEvery : std::max<int64_t>(1, (epochs + 2) / 3);
    return std::pow(decay, double(seen / length.epoch / every));
  }
  return 1;
}

} // namespace dlc::run
