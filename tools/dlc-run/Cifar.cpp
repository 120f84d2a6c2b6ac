// Cifar.cpp - the binary files of CIFAR-10 and CIFAR-100.
// SPDX-License-Identifier: Apache-2.0
//
// See Pictures.h. A record is a label (of CIFAR-100 two: the group's, coarse, and the class's, fine) and a picture of
// 32 x 32 in three planes. Records are read where they lie.
#include "runtime/File.h"
#include "tools/dlc-run/Classes.h"
#include "tools/dlc-run/Pictures.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc::run {

namespace fs = std::filesystem;

namespace {

constexpr size_t side = 32, planeBytes = side * side, pixelBytes = 3 * planeBytes;

/// What tells the two sets apart.
struct Kind {
  const char *name;
  size_t labelBytes, labelAt;
  int classes;
  const char *namesFile;
  size_t recordBytes() const { return labelBytes + pixelBytes; }
};
constexpr Kind cifar10 = {"CIFAR-10", 1, 0, 10, "batches.meta.txt"};
constexpr Kind cifar100 = {"CIFAR-100", 2, 1, 100, "fine_label_names.txt"};
constexpr Kind cifar100Groups = {"CIFAR-100", 2, 0, 20, "coarse_label_names.txt"};

class RecordFile {
public:
  RecordFile(std::string path, const Kind &kind) : path(std::move(path)) {
    // To open a pipe is to wait for who writes to it, perhaps for ever.
    descriptor_ = ::open(this->path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0)
      throw UserError(fmt::format("cannot open '{}': {}", this->path, std::strerror(errno)));
    struct stat status;
    if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
      ::close(descriptor_);
      throw UserError(fmt::format("{} is not a regular file; expected the records of {}", this->path, kind.name));
    }
    off_t bytes = ::lseek(descriptor_, 0, SEEK_END);
    if (bytes <= 0 || uint64_t(bytes) % kind.recordBytes() != 0) {
      ::close(descriptor_);
      throw UserError(
          fmt::format("{} has {} bytes; expected a multiple of {}, the record of {}: the file is cut off, or "
                      "of another kind",
                      this->path, std::max<off_t>(bytes, 0), kind.recordBytes(), kind.name));
    }
    count = size_t(bytes) / kind.recordBytes();
  }
  RecordFile(RecordFile &&other) noexcept
      : path(std::move(other.path)), first(other.first), count(other.count),
        descriptor_(std::exchange(other.descriptor_, -1)) {}
  RecordFile &operator=(RecordFile &&) = delete;
  ~RecordFile() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }

  void read(uint8_t *to, size_t bytes, uint64_t at) const {
    while (bytes > 0) {
      ssize_t got = ::pread(descriptor_, to, bytes, off_t(at));
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        throw UserError(got < 0 ? std::strerror(errno) : "the file has become shorter");
      to += got;
      bytes -= size_t(got);
      at += uint64_t(got);
    }
  }

  std::string path;
  size_t first = 0, count = 0; ///< of the records of all files

private:
  int descriptor_;
};

class CifarStore : public PictureStore {
public:
  CifarStore(const Kind &kind, std::string names) : kind_(kind), names_(std::move(names)) {}

  void add(const std::string &path) {
    RecordFile file(path, kind_);
    file.first = size();
    if (file.first + file.count > std::numeric_limits<uint32_t>::max())
      throw UserError(fmt::format("{}: more than 4 billion records", path));
    files_.push_back(std::move(file));
  }
  size_t size() const override { return files_.empty() ? 0 : files_.back().first + files_.back().count; }
  Image read(size_t index, size_t channels) const override;
  std::string place(size_t index) const override {
    const RecordFile &file = fileOf(index);
    return fmt::format("row {} of {} (counted from 0)", index - file.first, file.path);
  }
  bool holds(const std::string &path) const override {
    return isSameFile(names_, path) || std::any_of(files_.begin(), files_.end(),
                                                   [&](const RecordFile &file) { return isSameFile(file.path, path); });
  }
  std::vector<int32_t> labels() const;

private:
  const RecordFile &fileOf(size_t index) const {
    return *std::find_if(files_.begin(), files_.end(),
                         [&](const RecordFile &file) { return index < file.first + file.count; });
  }

  const Kind &kind_;
  std::string names_; ///< the file of the classes' names, which need not be there
  std::vector<RecordFile> files_;
};

Image CifarStore::read(size_t index, size_t channels) const {
  const RecordFile &file = fileOf(index);
  std::vector<uint8_t> planes(pixelBytes);
  file.read(planes.data(), planes.size(), uint64_t(index - file.first) * kind_.recordBytes() + kind_.labelBytes);
  Image image(side, side, 3);
  for (size_t i = 0; i < planeBytes; ++i)
    for (size_t c = 0; c < 3; ++c)
      image.pixels[3 * i + c] = planes[c * planeBytes + i];
  return withChannels(std::move(image), channels);
}

std::vector<int32_t> CifarStore::labels() const {
  std::vector<int32_t> labels;
  for (const RecordFile &file : files_)
    for (size_t i = 0; i < file.count; ++i) {
      uint8_t label = 0;
      file.read(&label, 1, uint64_t(i) * kind_.recordBytes() + kind_.labelAt);
      if (label >= kind_.classes)
        throw UserError(
            fmt::format("row {} of {} (counted from 0) has the label {}, expected 0 to {}: this is no file of {}", i,
                        file.path, label, kind_.classes - 1, kind_.name));
      labels.push_back(label);
    }
  return labels;
}

/// The names of the classes, one a line; none where the file is not there.
std::vector<std::string> namesIn(const fs::path &path, const Kind &kind) {
  std::error_code error;
  if (!fs::exists(path, error))
    return {};
  std::vector<std::string> names = readNames(path.string());
  if (names.size() != size_t(kind.classes))
    throw UserError(fmt::format("{} has {} lines with a name; expected {}, a name for each class of {}", path.string(),
                                names.size(), kind.classes, kind.name));
  return names;
}

/// data_batch_1.bin, data_batch_2.bin ... as far as they go.
std::vector<std::string> batchFiles(const fs::path &directory) {
  std::vector<std::string> files;
  std::error_code error;
  constexpr int most = 99;
  int found = 0;
  for (int i = 1; i <= most; ++i)
    if (fs::path path = directory / fmt::format("data_batch_{}.bin", i); fs::exists(path, error)) {
      files.push_back(path.string());
      found = i;
    }
  if (files.size() != size_t(found))
    throw UserError(fmt::format("{} has data_batch_{}.bin, but not all of those before it: {} files of {}",
                                directory.string(), found, files.size(), found));
  return files;
}

} // namespace

std::optional<PictureSet> findCifar(const std::string &directory, Split split, bool coarse, std::string &why) {
  fs::path root = directory;
  std::error_code error;
  auto there = [&](const char *name) { return fs::exists(root / name, error) ? (root / name).string() : ""; };
  std::vector<std::string> batches = batchFiles(root);
  std::string ten = there("test_batch.bin"), train = there("train.bin"), test = there("test.bin");
  bool isTen = !batches.empty() || !ten.empty();
  if (!isTen && train.empty() && test.empty())
    return std::nullopt;
  if (isTen && !(train.empty() && test.empty()))
    throw UserError(
        fmt::format("{} has files of CIFAR-10 and of CIFAR-100: put them into folders of their own", directory));
  if (isTen && coarse)
    throw UserError(fmt::format("--labels coarse: this is for CIFAR-100, and {} has files of CIFAR-10", directory));
  const Kind &kind = isTen ? cifar10 : coarse ? cifar100Groups : cifar100;
  std::vector<std::string> files = split == Split::Train && isTen ? batches : std::vector<std::string>();
  if (const std::string &one = isTen                   ? ten
                               : split == Split::Train ? train
                                                       : test;
      !one.empty() && !(isTen && split == Split::Train))
    files.push_back(one);
  if (files.empty()) {
    why = fmt::format("{} has files of {}, but not {}", directory, kind.name,
                      split == Split::Train ? (isTen ? "data_batch_1.bin" : "train.bin")
                                            : (isTen ? "test_batch.bin" : "test.bin"));
    return std::nullopt;
  }
  auto store = std::make_shared<CifarStore>(kind, (root / kind.namesFile).string());
  for (const std::string &file : files)
    store->add(file);
  std::vector<int32_t> labels = store->labels();
  return PictureSet{directory, store, std::move(labels), namesIn(root / kind.namesFile, kind), {}};
}

} // namespace dlc::run
