// Common.cpp - what the subcommands share: opening a library, finding names in it, setting numbers.
// SPDX-License-Identifier: Apache-2.0
//
// See Common.h.
#include "tools/dlc-run/Common.h"
#include "runtime/Safetensors.h"

#include <CLI/Error.hpp>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fstream>

namespace dlc::run {

void ModelArguments::addTo(CLI::App &app, bool withThreads) {
  app.add_option("LIB", library, "The model: a library made by dlc, e.g. mnist.so")->required()->option_text(" ");
  if (withThreads)
    addWhole(app, "--threads", threads, "Threads that run a call (default: one for each processor)", 1u, 1024u);
}

Model ModelArguments::open() const {
  ModelOptions options;
  options.threads = threads;
  return Model::open(library, options);
}

CLI::App &addSubcommand(CLI::App &app, const std::string &name, const std::string &description,
                        const std::string &example) {
  CLI::App &command = *app.add_subcommand(name, description);
  command.footer("Example:\n  " + example);
  command.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  return command;
}

CLI::Option *addRead(CLI::App &app, const std::string &flag, const std::string &help, const std::string &text,
                     std::function<std::string(const std::string &)> read) {
  auto take = [flag, read = std::move(read)](const std::string &typed) {
    if (std::string expected = read(typed); !expected.empty())
      throw CLI::ValidationError(fmt::format("{} {}: {}", flag, typed, expected));
  };
  return app.add_option_function<std::string>(flag, take, help)->option_text(text);
}

CLI::Option *addSeed(CLI::App &app, uint64_t &seed, const std::string &help) {
  return addWhole(app, "--seed", seed, help, uint64_t(0), std::numeric_limits<uint64_t>::max());
}

CLI::Option *addReal(CLI::App &app, const std::string &flag, double &value, const std::string &help, const Reals &range,
                     const std::string &text) {
  return addRead(app, flag, help, text,
                 [&value, range](const std::string &typed) { return readReal(typed, range, value); });
}

CLI::Option *addChoice(CLI::App &app, const std::string &flag, std::string &value, const std::string &help,
                       const std::vector<std::string> &words) {
  return addRead(app, flag, help, "NAME", [&value, words](const std::string &typed) {
    if (std::find(words.begin(), words.end(), typed) == words.end())
      return "expected " + join({words.begin(), words.end() - 1}) + " or " + words.back();
    value = typed;
    return std::string();
  });
}

std::string &programName() {
  static std::string name = "dlc-run";
  return name;
}

int &exitCode() {
  static int code = 0;
  return code;
}

static std::vector<std::string> entryNames(const Model &model) {
  std::vector<std::string> names;
  for (const Entry &entry : model.entries())
    if (std::find(names.begin(), names.end(), entry.name) == names.end())
      names.emplace_back(entry.name);
  return names;
}

const Entry &findEntry(const Model &model, const std::string &name, int64_t extent) {
  if (!model.hasEntry(name))
    throw UserError(unknownName("entry point", name, fmt::format(" in model '{}'", model.name()), "entry points",
                                entryNames(model)));
  return model.entry(name, extent);
}

const Entry &chooseEntry(const Model &model, const std::string &name, const std::string &option,
                         const std::string &what, const std::function<bool(const Entry &)> &suits) {
  if (!name.empty())
    return findEntry(model, name);
  std::vector<std::string> found;
  for (const Entry &entry : model.entries())
    if (suits(entry) && std::find(found.begin(), found.end(), entry.name) == found.end())
      found.emplace_back(entry.name);
  if (found.empty())
    throw UserError(
        fmt::format("model '{}' has no {}; its entry points are: {}", model.name(), what, join(entryNames(model))));
  if (found.size() > 1)
    throw UserError(
        fmt::format("model '{}' has more than one {}: {}; say which by {}", model.name(), what, join(found), option));
  return model.entry(found[0]);
}

void checkBatch(const Entry &entry, int64_t batch) {
  if (!entry.hasBatch())
    return;
  if (batch > entry.capacity)
    throw UserError(fmt::format("--batch {}: '{}' is compiled for {} rows; compile it with `dlc --batch {}`", batch,
                                entry.name, entry.capacity, (batch + entry.parts - 1) / entry.parts));
  if (batch % entry.parts)
    throw UserError(fmt::format("--batch {}: '{}' works through its rows in {} equal parts (accumulate); expected a "
                                "multiple of {}",
                                batch, entry.name, entry.parts, entry.parts));
}

size_t findInput(const Entry &entry, std::string_view name, std::string_view option) {
  for (size_t i = 0; i < entry.inputs.size(); ++i)
    if (entry.inputs[i].name == name)
      return i;
  throw UserError(fmt::format(
      "{}: {}", option,
      unknownName("input", name, fmt::format(" of entry point '{}'", entry.name), "inputs", namesOf(entry.inputs))));
}

std::vector<std::pair<std::string, double>> parseScalars(const Entry &entry, const std::vector<std::string> &settings) {
  std::vector<std::pair<std::string, double>> scalars;
  std::vector<std::string> known = namesOf(entry.scalars);
  for (const std::string &setting : settings) {
    auto [name, value] = splitAssignment(setting, "--set");
    // "lr" is known where groups have it: "group0.lr".
    if (std::none_of(known.begin(), known.end(),
                     [&](const std::string &one) { return one == name || one.ends_with("." + name); }))
      throw UserError("--set: " +
                      unknownName("scalar", name, fmt::format(" of entry point '{}'", entry.name), "scalars", known));
    scalars.emplace_back(name, parseNumber(value, "--set " + setting));
    if (std::isnan(scalars.back().second))
      throw UserError(fmt::format("--set {}: expected a number", setting));
  }
  return scalars;
}

bool isTraining(const Entry &entry) {
  return entry.kind == DLC_TRAIN || entry.kind == DLC_GRADIENTS || entry.kind == DLC_APPLY ||
         entry.needs(DLC_TRAINING) || (entry.flags & DLC_WRITES_PARAMS);
}

std::vector<std::string> wholeEntries(const Model &model) {
  std::vector<std::string> names;
  for (const Entry &entry : model.entries())
    if (entry.kind != DLC_GRADIENTS && entry.kind != DLC_APPLY &&
        std::find(names.begin(), names.end(), entry.name) == names.end())
      names.emplace_back(entry.name);
  return names;
}

bool isCheckpoint(const std::string &path) {
  SafetensorsFile file(path);
  return readCheckpointInfo(file) && !isPacked(file);
}

Parameters readParameters(const Model &model, const std::string &weights) {
  return isPacked(weights) ? model.mapParameters(weights) : model.loadParameters(weights);
}

std::string_view kindText(dlc_entry_kind kind) {
  switch (kind) {
  case DLC_FUNCTION:
    return "function";
  case DLC_TRAIN:
    return "train";
  case DLC_GRADIENTS:
    return "gradients";
  case DLC_APPLY:
    return "apply";
  case DLC_SESSION_CALL:
    return "session";
  }
  return "unknown";
}

std::string readBeginning(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(64 << 10, '\0');
  file.read(bytes.data(), std::streamsize(bytes.size()));
  bytes.resize(size_t(file.gcount()));
  return bytes;
}

void addInputFiles(std::vector<NamedFile> &files, const std::vector<std::string> &inputs) {
  for (const std::string &input : inputs)
    files.push_back({"--input", splitAssignment(input, "--input").second});
}

void writeText(const std::string &path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

} // namespace dlc::run
