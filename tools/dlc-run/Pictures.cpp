// Pictures.cpp - pictures and their classes as the rows of two inputs.
// SPDX-License-Identifier: Apache-2.0
//
// See Pictures.h.
#include "tools/dlc-run/Pictures.h"
#include "runtime/ThreadPool.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Decode.h"
#include "tools/dlc-run/PictureFiles.h"
#include "tools/dlc-run/Progress.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <new>
#include <numeric>

namespace dlc::run {

void PictureArguments::addTo(CLI::App &app, bool forFolders) {
  resizeOption_ =
      addChoice(app, "--resize", resize,
                "How pictures are brought to the model's size: bilinear (default) or area, which is the mean "
                "of what a pixel covers",
                {"bilinear", "area"});
  options_ = {resizeOption_};
  if (!forFolders)
    return;
  labelsOption_ =
      addChoice(app, "--labels", labels, "Of CIFAR-100: fine, the 100 classes (default), or coarse, their 20 groups",
                {"fine", "coarse"});
  options_.push_back(labelsOption_);
  options_.push_back(app.add_flag("--skip-broken", skipBroken,
                                  "Decode all pictures first, and leave out those that cannot be; they are counted"));
  options_.push_back(addWhole(app, "--cache", cache,
                              "Memory for decoded pictures, of training and of test data each (default 512)",
                              int64_t(0), int64_t(1) << 24, "MiB"));
}

void PictureArguments::checkUnused() const {
  for (const CLI::Option *option : options_)
    if (option->count() > 0)
      throw UserError(
          fmt::format("{}: this is for folders of pictures, and there are none among the data", option->get_name()));
}

void PictureArguments::inherit(const std::string &weights) {
  std::optional<CheckpointInfo> info = readCheckpointInfo(weights);
  if (!info || !info->values.contains("run"))
    return;
  Json run = parseJson(info->values["run"]);
  if (!run.is_object())
    return;
  if (!resizeOption_->count() && run.value("resize", Json()) == "area")
    resize = "area";
  if (labelsOption_ && !labelsOption_->count() && run.value("labels", Json()) == "coarse")
    labels = "coarse";
}

std::optional<PictureSet> findPictures(const std::string &directory, Split split, bool coarse, std::string &why) {
  why.clear();
  std::optional<PictureSet> set = findCifar(directory, split, coarse, why);
  if (!set && why.empty()) {
    set = findClassFolders(directory, split, why);
    if (set && coarse)
      throw UserError(fmt::format("--labels coarse: this is for CIFAR-100, and {} has a folder a class", directory));
  }
  if (set)
    return set;
  if (why.empty())
    why = "there is no folder a class with PNG or JPEG files in it either, and none of CIFAR's files";
  return std::nullopt;
}

std::optional<PictureForm> pictureForm(const Port &port) {
  size_t first = port.hasBatch();
  bool bytes = port.type == DType::U8 || port.type == DType::F32 || port.type == DType::F64;
  if (!bytes || port.dims.size() != first + 3 || (first && port.rowsAlong(0) != 1))
    return std::nullopt;
  for (size_t axis = first; axis < port.dims.size(); ++axis)
    if (port.isOpen(axis) || port.dims[axis] < 1)
      return std::nullopt;
  auto size = [&](size_t axis) { return size_t(port.dims[first + axis]); };
  if (size(2) != 1 && size(2) != 3)
    return std::nullopt;
  return PictureForm{size(0), size(1), size(2)};
}

namespace {

/// Rows that are made ahead: some batches, within 64 MiB.
size_t slotsFor(size_t rowBytes) { return std::clamp<size_t>((size_t(64) << 20) / rowBytes, 4, 1024); }

/// One processor is for the model.
unsigned loaderThreads() { return std::clamp(ThreadPool::defaultThreads(), 2u, 5u) - 1; }

void copyResized(Image image, PictureForm form, Filter filter, std::byte *to) {
  image = resized(std::move(image), form.width, form.height, filter);
  std::memcpy(to, image.pixels.data(), image.pixels.size());
}

} // namespace

PictureRows::PictureRows(std::shared_ptr<const PictureStore> store, PictureForm form, const PictureArguments &arguments)
    : store_(std::move(store)), form_(form), filter_(arguments.filter()), leavesOut_(arguments.skipBroken),
      rowBytes_(form.height * form.width * form.channels),
      shape_{int64_t(store_->size()), int64_t(form.height), int64_t(form.width), int64_t(form.channels)},
      cachedCount_(std::min(store_->size(), (size_t(arguments.cache) << 20) / rowBytes_)),
      loader_([this](uint32_t row, std::byte *to) { make(row, to); }, rowBytes_, slotsFor(rowBytes_), loaderThreads()) {
  // Not filled with zeros: memory is taken as pictures come. Where there is too little, there is no cache.
  cache_.reset(cachedCount_ ? new (std::nothrow) std::byte[cachedCount_ * rowBytes_] : nullptr);
  if (!cache_)
    cachedCount_ = 0;
  states_ = std::make_unique<std::atomic<State>[]>(cachedCount_);
}

void PictureRows::decode(size_t index, std::byte *to) const {
  try {
    copyResized(store_->read(index, form_.channels), form_, filter_, to);
  } catch (const std::bad_alloc &) {
    throw DataError(fmt::format("{}: there is not enough memory to decode it", store_->place(index)));
  } catch (const std::runtime_error &error) {
    throw DataError(fmt::format("{}: {}{}", store_->place(index), error.what(),
                                leavesOut_ ? "" : " (--skip-broken leaves such pictures out)"));
  }
}

void PictureRows::make(uint32_t row, std::byte *to) {
  size_t index = indexOf(row);
  if (index >= cachedCount_)
    return decode(index, to);
  std::byte *place = cache_.get() + index * rowBytes_;
  State state = Absent;
  if (states_[index].load(std::memory_order_acquire) == Present) {
    std::memcpy(to, place, rowBytes_);
    return;
  }
  decode(index, to);
  // Of several threads one fills the place.
  if (states_[index].compare_exchange_strong(state, Arriving)) {
    std::memcpy(place, to, rowBytes_);
    states_[index].store(Present, std::memory_order_release);
  }
}

std::vector<std::pair<uint32_t, std::string>> PictureRows::broken() {
  std::vector<uint32_t> all(store_->size());
  std::iota(all.begin(), all.end(), 0u);
  expect(all);
  std::vector<std::byte> row(rowBytes_);
  std::vector<std::pair<uint32_t, std::string>> result;
  for (uint32_t i : all) {
    try {
      copyRow(i, row.data());
    } catch (const DataError &error) {
      result.emplace_back(i, error.what());
    }
  }
  return result;
}

void PictureRows::keep(std::vector<uint32_t> rows) {
  loader_.expect({});
  kept_ = std::move(rows);
  shape_[0] = int64_t(kept_.size());
}

std::vector<std::string> pictureFiles(const std::string &path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    std::vector<std::string> files;
    for (const std::string &name : listFolder(path).pictures)
      files.push_back((std::filesystem::path(path) / name).string());
    if (files.empty())
      throw UserError(fmt::format("{} is a folder without PNG or JPEG files", path));
    return files;
  }
  std::string start = readBeginning(path).substr(0, 16);
  bool picture = isPicture({reinterpret_cast<const uint8_t *>(start.data()), start.size()});
  return picture || hasPictureName(path) ? std::vector{path} : std::vector<std::string>();
}

Tensor readPictures(const Port &port, const std::vector<std::string> &files, Filter filter,
                    const std::string &context) {
  std::optional<PictureForm> form = pictureForm(port);
  if (!form)
    throw UserError(
        fmt::format("{}: input '{}' is {}; pictures are for inputs [batch, height, width, channels] with 1 or 3 "
                    "channels",
                    context, port.name, port.str()));
  if (!port.hasBatch() && files.size() != 1)
    throw UserError(
        fmt::format("{}: input '{}' ({}) takes one picture, found {}", context, port.name, port.str(), files.size()));
  Shape shape = port.dims;
  if (port.hasBatch())
    shape[0] = int64_t(files.size());
  Tensor result(DType::U8, shape);
  auto *to = static_cast<std::byte *>(result.data());
  for (const std::string &file : files) {
    try {
      copyResized(readPictureFile(file, form->channels), *form, filter, to);
    } catch (const std::runtime_error &error) {
      throw UserError(fmt::format("{}: {}", file, error.what()));
    }
    to += form->height * form->width * form->channels;
  }
  return result;
}

} // namespace dlc::run
