// Classes.cpp - the names of a classifier's classes.
// SPDX-License-Identifier: Apache-2.0
//
// See Classes.h.
#include "tools/dlc-run/Classes.h"
#include "runtime/File.h"
#include "runtime/Text.h"
#include "tools/dlc-run/Text.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <sstream>

namespace dlc::run {

bool isPlainText(std::string_view name) {
  return detail::isUtf8(name) &&
         std::none_of(name.begin(), name.end(), [](char c) { return (c >= 0 && c < 32) || c == 127; });
}

std::vector<std::string> readNames(const std::string &path) {
  constexpr size_t mostBytes = 1 << 20;
  std::error_code error;
  if (std::filesystem::file_size(path, error) > mostBytes && !error)
    throw UserError(fmt::format("{} is no list of names, one a line: it has more than 1 MiB", path));
  std::vector<uint8_t> bytes = readFile(path);
  std::istringstream text(std::string(bytes.begin(), bytes.end()));
  std::vector<std::string> names;
  for (std::string line; std::getline(text, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
      line.pop_back();
    if (!isPlainText(line))
      throw UserError(fmt::format("{} is no list of names, one a line: it is not plain text (UTF-8)", path));
    if (!line.empty())
      names.push_back(line);
  }
  return names;
}

std::vector<std::string> classesOf(const CheckpointInfo &info, const std::string &path) {
  auto stored = info.values.find("classes");
  if (stored == info.values.end())
    return {};
  Json list = parseJson(stored->second);
  std::vector<std::string> classes;
  bool good = list.is_array();
  for (const Json &name : good ? list : Json::array()) {
    good &= name.is_string() && isPlainText(name.get_ref<const std::string &>());
    if (good)
      classes.push_back(name.get<std::string>());
  }
  if (!good)
    throw UserError(fmt::format("{} is a damaged checkpoint: its 'user.classes' is no list of names", path));
  return classes;
}

std::vector<std::string> classesOf(const std::string &weights) {
  std::optional<CheckpointInfo> info = readCheckpointInfo(weights);
  return info ? classesOf(*info, weights) : std::vector<std::string>();
}

void keepClasses(const std::vector<std::string> &classes, CheckpointInfo &info) {
  if (!classes.empty())
    info.values["classes"] = Json(classes).dump();
}

/// Names of `list` that `other` lacks: "'a', 'b' and 7 more"; "none" if there is none.
static std::string lacking(const std::vector<std::string> &list, const std::vector<std::string> &other) {
  constexpr size_t most = 5;
  std::vector<std::string> names;
  size_t more = 0;
  for (const std::string &name : list)
    if (std::find(other.begin(), other.end(), name) == other.end()) {
      if (names.size() < most)
        names.push_back("'" + name + "'");
      else
        ++more;
    }
  return names.empty() ? "none" : join(names) + (more ? fmt::format(" and {} more", more) : "");
}

void checkClasses(const std::vector<std::string> &found, const std::string &where, const std::vector<std::string> &kept,
                  const std::string &keptIn) {
  if (found.empty() || kept.empty() || found == kept)
    return;
  std::string more = lacking(found, kept), fewer = lacking(kept, found);
  std::string difference = more == "none" && fewer == "none"
                               ? "the same names in another order"
                               : fmt::format("missing: {}; not in {}: {}", fewer, keptIn, more);
  throw UserError(fmt::format("the classes of {} are not those of {}: found {}, expected {} ({})", where, keptIn,
                              found.size(), kept.size(), difference));
}

/// The output of `entry` that has a row of floats for each row of pictures.
static std::optional<size_t> scoresOf(const Entry &entry) {
  for (size_t i = 0; i < entry.outputs.size(); ++i) {
    const Port &output = entry.outputs[i];
    bool isFloat = output.type == DType::F32 || output.type == DType::F64;
    if (isFloat && output.dims.size() == 2 && output.rowsAlong(0) == 1 && !output.isOpen(1))
      return i;
  }
  return std::nullopt;
}

Classifier findClassifier(const Model &model, const Entry &entry) {
  auto suits = [&](const Entry &other) {
    return other.kind == DLC_FUNCTION && scoresOf(other) &&
           std::all_of(other.inputs.begin(), other.inputs.end(), [&](const Port &port) {
             return std::any_of(entry.inputs.begin(), entry.inputs.end(),
                                [&](const Port &own) { return own.name == port.name && own.str() == port.str(); });
           });
  };
  const Entry *found = nullptr;
  for (const Entry &other : model.entries()) {
    if (!suits(other))
      continue;
    bool isPredict = other.name == "predict", foundPredict = found && found->name == "predict";
    if (found && found->name != other.name && !isPredict && !foundPredict)
      return {};
    // Of several capacities the largest: fewest calls.
    if (!found || (isPredict && !foundPredict) || (found->name == other.name && other.capacity > found->capacity))
      found = &other;
  }
  if (!found)
    return {};
  size_t output = *scoresOf(*found);
  return {found, output, found->outputs[output].dims[1]};
}

void checkClassCount(const Model &model, const Entry &entry, const std::vector<std::string> &classes,
                     const std::string &where) {
  Classifier classifier = findClassifier(model, entry);
  // Another function's row of numbers may be anything.
  if (!classifier.entry || classifier.entry->name != "predict" || int64_t(classes.size()) <= classifier.classes)
    return;
  throw UserError(fmt::format(
      "{} has {} classes, but model '{}' tells {} apart ('{}' returns {}: {}): change the model, or "
      "compile it for as many (--size)",
      where, classes.size(), model.name(), classifier.classes, classifier.entry->name,
      classifier.entry->outputs[classifier.output].name, classifier.entry->outputs[classifier.output].str()));
}

} // namespace dlc::run
