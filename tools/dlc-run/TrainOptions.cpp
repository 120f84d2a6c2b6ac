// TrainOptions.cpp - what a person can say about a training run, and what a checkpoint remembers of it.
// SPDX-License-Identifier: Apache-2.0
//
// See TrainOptions.h.
#include "tools/dlc-run/TrainOptions.h"
#include "runtime/Text.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <numbers>
#include <optional>

namespace dlc::run {

/// A text as JSON, which knows UTF-8 only: the name of a file may be any bytes.
static Json stored(const Json &value) {
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json &element : value)
      list.push_back(stored(element));
    return list;
  }
  if (!value.is_string() || detail::isUtf8(value.get_ref<const std::string &>()))
    return value;
  Json bytes = Json::array();
  for (char c : value.get_ref<const std::string &>())
    bytes.push_back(int(static_cast<unsigned char>(c)));
  return {{"bytes", bytes}};
}

/// What was typed to give a stored value; nothing where no command line gives it.
static std::optional<std::string> typed(const Json &value) {
  if (value.is_string())
    return value.get<std::string>();
  if (value.is_number() || value.is_boolean())
    return value.dump();
  if (!value.is_object() || value.size() != 1 || !value.contains("bytes") || !value["bytes"].is_array())
    return std::nullopt;
  std::string text;
  for (const Json &byte : value["bytes"]) {
    if (!byte.is_number_unsigned() || byte.get<uint64_t>() < 1 || byte.get<uint64_t>() > 255)
      return std::nullopt;
    text += char(byte.get<uint64_t>());
  }
  return text;
}

/// The options that a person gives in place of another one: other data, and what is said of them, or the same in another
/// way. The other one is not taken from a checkpoint then.
static std::vector<std::string> insteadOf(const std::string &flag) {
  static const std::vector<std::string> ofTables = {"--text-column", "--label-column", "--split-column",
                                                    "--test-every",  "--header",       "--quotes"},
                                        ofTexts = {"--tokens", "--least-count", "--vocabulary-size"};
  auto isIn = [&](const std::vector<std::string> &list) {
    return std::find(list.begin(), list.end(), flag) != list.end();
  };
  std::vector<std::string> flags;
  for (auto [one, other] :
       {std::pair{"--validation", "--validation-rows"}, {"--epochs", "--steps"}, {"--split-column", "--test-every"}}) {
    if (flag == one)
      flags.push_back(other);
    if (flag == other)
      flags.push_back(one);
  }
  bool isOfStream = flag == "--text" || flag == "--windows", isOfLines = flag == "--lines" || isIn(ofTables);
  bool isOfFiles = flag == "--data" || flag == "--map";
  if (isOfStream || isOfFiles)
    flags.push_back("--lines");
  if (isOfLines || isOfFiles)
    flags.push_back("--text");
  if (isOfStream || isOfLines || isIn(ofTexts))
    flags.insert(flags.end(), {"--data", "--map"});
  return flags;
}

template <class T> CLI::Option *TrainOptions::remember(CLI::Option *option, const T &value, bool always) {
  auto get = [&value] { return Json(value); };
  settings_.push_back({option, option->get_name(), get(), always, get, {}});
  return option;
}

void TrainOptions::addTo(CLI::App &app) {
  model.addTo(app);
  data.addTo(app, true);
  remember(app.get_option("--data"), data.directory);
  remember(app.get_option("--map"), data.maps);
  remember(app.get_option("--scale"), data.scales.given);
  remember(app.get_option("--resize"), data.pictures.resize);
  remember(app.get_option("--labels"), data.pictures.labels);
  remember(app.get_option("--skip-broken"), data.pictures.skipBroken);
  rememberText(app);
  auto text = [&](const std::string &flag, std::string &value, const std::string &form, const std::string &help) {
    remember(app.add_option(flag, value, help)->option_text(form), value);
  };
  auto count = [&](const std::string &flag, int64_t &value, const std::string &help, int64_t least = 1,
                   const std::string &form = "N") {
    return remember(addWhole(app, flag, value, help, least, largestCount, form), value);
  };
  text("--entry", entry, "NAME", "Train step to use, where the model has more than one");
  text("--evaluation", evaluation, "NAME",
       "Function that tells loss and accuracy of validation and test rows (default: the one that returns them)");
  count("--epochs", epochs, "Passes over the training rows (default 5)");
  count("--batch", batch, "Rows of a step (default: the batch that the library is compiled for)");
  seedOption_ = remember(addSeed(app, seed, "Of initial weights, shuffling and dropout (default 0)"), seed, true);
  count("--steps", steps, "End after this many steps in all, within an epoch too");
  remember(app.add_option("--set", scalars,
                          "Set a number of the train step, e.g. lr=0.01 or GROUP.lr=0.01; may be repeated"),
           scalars)
      ->take_all()
      ->allow_extra_args(false)
      ->option_text("NAME=X");
  text("--classes", classes, "FILE",
       "Names of the classes, one a line, for data that have none of their own; predict says them");
  text("--weights", weights, "FILE", "Start from these weights (safetensors), with a fresh optimizer");
  CLI::Option *fraction = remember(
      addReal(app, "--validation", validation,
              "Hold out this part of the rows, from the files' end, and report on it every epoch (default: 0.1 of "
              "a text, nothing of other data)",
              properFractions, "FRACTION"),
      validation);
  count("--validation-rows", validationRows, "The same as a number of rows")->excludes(fraction);
  remember(addChoice(app, "--schedule", schedule,
                     "Of the learning rate: constant, linear (to 0), cosine (to 0) or step (times --decay every "
                     "--decay-every epochs)",
                     {"constant", "linear", "cosine", "step"}),
           schedule);
  count("--warmup", warmup, "Let the learning rate rise from 0 over the first steps", 0, "STEPS");
  remember(addReal(app, "--decay", decay, "Factor of --schedule step (default 0.1)"), decay);
  count("--decay-every", decayEvery, "Of --schedule step (default: a third of the epochs)", 1, "EPOCHS");
  count("--patience", patience, "Stop when the validation loss has not improved for so many epochs", 1, "EPOCHS");
  text("--best", best, "FILE", "Write a checkpoint here whenever the validation loss improves");
  remember(
      app.add_flag("--bucket", bucket,
                   "Put labelled lines of like length into one batch, so that little is filled up (the model's length "
                   "is an open size)"),
      bucket);
  remember(app.add_flag("--trap-nan", trapNan, "Stop at the first value that is NaN or infinite, and say where"),
           trapNan);
  for (Setting &setting : settings_)
    setting.otherwise = insteadOf(setting.flag);
  app.add_option("--out", out, "Checkpoint, written after every epoch (default: the library's name, .safetensors)")
      ->option_text("FILE");
  app.add_option("--resume", resume, "Go on from this checkpoint, with its settings; writes to it without --out")
      ->option_text("FILE")
      ->excludes(app.get_option("--weights"));
  app.add_option("--curve", curve, "Picture of the loss curve (default: the checkpoint's name, .svg)")
      ->option_text("FILE.svg")
      ->check([](const std::string &path) {
        std::string suffix = std::filesystem::path(path).extension().string();
        return suffix.empty() || suffix == ".svg" ? std::string()
                                                  : path + ": the picture is an SVG; expected a name that ends in .svg";
      });
  app.add_option("--log", log, "Write every step's loss and every epoch here, one JSON object a line")
      ->option_text("FILE.jsonl");
  app.add_flag("--overwrite", overwrite,
               "Replace files that exist; else only a run that goes on by --resume replaces its own");
  app.add_flag("--json", json, "Print one JSON object a line");
}

void TrainOptions::rememberText(CLI::App &app) {
  TextOptions &text = data.text.options;
  for (auto &[flag, value] : {std::pair<const char *, std::string *>{"--text", &text.text},
                              {"--lines", &text.lines},
                              {"--text-column", &text.textColumn},
                              {"--label-column", &text.labelColumn},
                              {"--split-column", &text.splitColumn},
                              {"--quotes", &text.quotes},
                              {"--tokens", &text.tokens},
                              {"--windows", &text.windows}})
    remember(app.get_option(flag), *value);
  for (auto &[flag, value] : {std::pair<const char *, int64_t *>{"--test-every", &text.testEvery},
                              {"--least-count", &text.leastCount},
                              {"--vocabulary-size", &text.vocabularySize}})
    remember(app.get_option(flag), *value);
  remember(app.get_option("--header"), text.header);
}

void TrainOptions::tellAlways(const std::string &flag) {
  for (Setting &setting : settings_)
    setting.always |= setting.flag == flag;
}

bool TrainOptions::given(const std::string &flag) const {
  return std::any_of(settings_.begin(), settings_.end(),
                     [&](const Setting &setting) { return setting.flag == flag && setting.option->count() > 0; });
}

Json TrainOptions::save() const {
  Json settings = Json::object();
  for (const Setting &setting : settings_)
    if (setting.get() != setting.initial)
      settings[setting.flag.substr(2)] = stored(setting.get());
  // The seed is the checkpoint's own.
  settings.erase("seed");
  return settings;
}

/// "--batch 16", "--set lr=0.1 --set momentum=0".
static std::string settingText(const std::string &flag, const Json &value) {
  if (!value.is_array())
    return value.is_boolean() ? flag : flag + " " + typed(value).value_or(value.dump());
  std::vector<std::string> words;
  for (const Json &element : value)
    words.push_back(settingText(flag, element));
  return join(words, " ");
}

void TrainOptions::take(const Setting &setting, const Json &value) {
  auto refuse = [&](const std::string &why) {
    throw UserError(fmt::format("the checkpoint's setting {} = {} cannot be used{}", setting.flag,
                                value.dump(-1, ' ', false, Json::error_handler_t::replace), why));
  };
  std::vector<std::string> words;
  for (const Json &element : value.is_array() ? value : Json::array({value})) {
    if (element.is_boolean() != setting.initial.is_boolean() || !typed(element))
      refuse("");
    words.push_back(*typed(element));
  }
  if (value.is_array() != setting.initial.is_array())
    refuse("");
  try {
    setting.option->add_result(words);
    setting.option->run_callback();
    setting.option->clear(); // it was not typed all the same
  } catch (const CLI::ParseError &error) {
    refuse(fmt::format(": {}", error.what()));
  }
}

bool TrainOptions::inherit(const Json &settings) {
  bool same = settings.value("changed", Json(false)) == false;
  auto before = [&](const Setting &setting) { return settings.value(setting.flag.substr(2), stored(setting.initial)); };
  for (const Setting &setting : settings_)
    if (setting.flag != "--seed" && settings.contains(setting.flag.substr(2)) && !given(setting.flag) &&
        std::none_of(setting.otherwise.begin(), setting.otherwise.end(),
                     [&](const std::string &flag) { return given(flag); }))
      take(setting, before(setting));
  // A run of another length begins with the same steps, unless its learning rate follows from its length.
  bool longer = schedule == "constant" && settings.value("schedule", Json("constant")) == "constant";
  for (const Setting &setting : settings_) {
    if (setting.flag == "--seed")
      continue;
    Json now = stored(setting.get()), then = before(setting), initial = stored(setting.initial);
    same &= then == now || (longer && (setting.flag == "--epochs" || setting.flag == "--steps"));
    if (then != now)
      changes_.push_back((now == initial ? "no " + setting.flag : settingText(setting.flag, now)) +
                         (then == initial ? "" : " (was" + settingText("", then) + ")"));
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
    // What the run began with is in the checkpoint that it goes on from.
    if (setting.flag == "--weights" && !resumeFrom.empty())
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
  // The run that is made again finds what this one wrote.
  if (!isSameFile(out, resumeFrom))
    line += " --overwrite";
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
