// DataPictures.cpp - the pictures of a data folder as columns.
// SPDX-License-Identifier: Apache-2.0
//
// See Data.h. Which inputs take pictures and labels follows from their shapes: f32[batch, height, width, 1 or 3] and
// i32[batch].
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Data.h"

#include <algorithm>
#include <fmt/format.h>

namespace dlc::run {

namespace {

bool takesPictures(const Port &port) { return port.hasBatch() && pictureForm(port); }

bool takesLabels(const Port &port) {
  return (port.type == DType::I32 || port.type == DType::I64) && port.dims.size() == 1 && port.rowsAlong(0) == 1;
}

/// The only input that `takes`, or of several the one called `name`; NULL if there is none.
const Port *choosePort(const Entry &entry, bool (*takes)(const Port &), std::string_view name) {
  std::vector<const Port *> found;
  for (const Port &port : entry.inputs)
    if (takes(port)) {
      if (port.name == name)
        return &port;
      found.push_back(&port);
    }
  if (found.size() > 1)
    throw UserError(
        fmt::format("entry point '{}' has several inputs that could be the {}s of the pictures' folder ({} and {}): "
                    "call the right one '{}'",
                    entry.name, name, found[0]->name, found[1]->name, name));
  return found.empty() ? nullptr : found[0];
}

std::string inputsText(const Entry &entry) {
  std::vector<std::string> words;
  for (const Port &port : entry.inputs)
    words.push_back(fmt::format("{}: {}", port.name, port.str()));
  return join(words);
}

} // namespace

bool DataSet::holds(const std::string &path) const {
  return std::any_of(columns_.begin(), columns_.end(), [&](const Column &column) {
    auto *pictures = dynamic_cast<const PictureRows *>(column.rows.get());
    return pictures && pictures->store().holds(path);
  });
}

void DataSet::leaveOutBroken(PictureSet &set, PictureRows &rows) {
  constexpr size_t mostShown = 5;
  std::vector<std::pair<uint32_t, std::string>> broken = rows.broken();
  if (broken.empty())
    return;
  std::vector<uint32_t> kept;
  std::vector<int32_t> labels;
  std::vector<int64_t> counts(set.classes.size());
  size_t next = 0;
  for (uint32_t row = 0; row < set.labels.size(); ++row) {
    if (next < broken.size() && broken[next].first == row) {
      ++next;
      continue;
    }
    kept.push_back(row);
    labels.push_back(set.labels[row]);
    if (size_t(labels.back()) < counts.size())
      ++counts[size_t(labels.back())];
  }
  for (size_t i = 0; i < counts.size(); ++i)
    if (counts[i] == 0)
      throw UserError(fmt::format("none of the pictures of class '{}' in {} can be decoded; the first one: {}",
                                  set.classes[i], set.path, broken.front().second));
  if (kept.empty())
    throw UserError(
        fmt::format("none of the pictures in {} can be decoded; the first one: {}", set.path, broken.front().second));
  notes_.push_back(fmt::format("{} of {} pictures of {} cannot be decoded and are left out (--skip-broken):",
                               countText(int64_t(broken.size())), countText(int64_t(set.labels.size())), set.path));
  for (size_t i = 0; i < std::min(broken.size(), mostShown); ++i)
    notes_.push_back("  " + broken[i].second);
  if (broken.size() > mostShown)
    notes_.push_back(fmt::format("  and {} more", countText(int64_t(broken.size() - mostShown))));
  rows.keep(std::move(kept));
  set.labels = std::move(labels);
}

std::string DataSet::addPictures(const Entry &entry, const DataArguments &arguments, Split split,
                                 const std::function<bool(const Port &)> &hasFile) {
  if (std::all_of(entry.inputs.begin(), entry.inputs.end(), hasFile))
    return "";
  const Port *image = choosePort(entry, takesPictures, "image"), *label = choosePort(entry, takesLabels, "label");
  if (image && hasFile(*image))
    return "";
  std::string why;
  std::optional<PictureSet> set = findPictures(arguments.directory, split, arguments.pictures.labels == "coarse", why);
  if (!set)
    return image ? why : "";
  if (!image)
    throw UserError(fmt::format("{} holds pictures, but entry point '{}' has no input for them: expected one of floats "
                                "[batch, height, width, channels] with 1 or 3 channels, found {}",
                                set->path, entry.name, inputsText(entry)));
  if (label && hasFile(*label))
    throw UserError(
        fmt::format("input '{}' has a file, but the pictures for '{}' come from {}, which has labels of its own: "
                    "leave the file out, or give both by --map",
                    label->name, image->name, set->path));
  auto pictures = std::make_shared<PictureRows>(set->store, *pictureForm(*image), arguments.pictures);
  notes_ = set->notes;
  if (arguments.pictures.skipBroken)
    leaveOutBroken(*set, *pictures);
  PictureForm form = *pictureForm(*image);
  notes_.insert(notes_.begin(),
                fmt::format("{}: {} pictures{}, brought to {} x {} in {} ({})", set->path,
                            countText(int64_t(set->labels.size())),
                            set->classes.empty() ? "" : fmt::format(" of {} classes", set->classes.size()), form.width,
                            form.height, form.channels == 1 ? "grey" : "colour", arguments.pictures.resize));
  picturePath_ = set->path;
  classes_ = set->classes;
  columns_.push_back({std::string(image->name), set->path, pictures});
  if (label) {
    Tensor labels({int64_t(set->labels.size())}, set->labels);
    columns_.push_back({std::string(label->name), set->path, std::make_shared<LabelRows>(std::move(labels), pictures)});
  }
  return "";
}

} // namespace dlc::run
