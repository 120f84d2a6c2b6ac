// Pictures.h - pictures and their classes as the rows of two inputs.
// SPDX-License-Identifier: Apache-2.0
//
// A store finds pictures and their labels (a folder with a folder a class, CIFAR's files) and reads one at a time. Rows
// made of it are brought to the size of the input, ahead of time on threads of their own (Loader.h), and kept in memory as
// far as a limit allows.
#ifndef DLC_RUN_PICTURES_H
#define DLC_RUN_PICTURES_H

#include "runtime/Model.h"
#include "tools/dlc-run/Loader.h"
#include "tools/dlc-run/Resize.h"
#include "tools/dlc-run/Rows.h"

#include <CLI/App.hpp>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlc::run {

enum class Split { Train, Test };

/// --resize, --labels, --skip-broken and --cache.
struct PictureArguments {
  std::string resize = "bilinear";
  std::string labels = "fine"; ///< of CIFAR-100: or "coarse"
  bool skipBroken = false;
  int64_t cache = 512; ///< MiB

  /// Adds --resize, and with `forFolders` the others.
  void addTo(CLI::App &app, bool forFolders);
  /// Where a file of weights is the checkpoint of a training: its --resize and --labels hold, unless others were given.
  void inherit(const std::string &weights);
  /// For data without pictures: UserError where one of them was given.
  void checkUnused() const;
  Filter filter() const { return resize == "area" ? Filter::Area : Filter::Bilinear; }

private:
  CLI::Option *resizeOption_ = nullptr, *labelsOption_ = nullptr;
  std::vector<CLI::Option *> options_; ///< all of them
};

/// Pictures that are read one at a time, by any thread.
class PictureStore {
public:
  virtual ~PictureStore() = default;
  virtual size_t size() const = 0;
  /// In 1 or 3 channels. Throws an exception whose text does not name the place.
  virtual Image read(size_t index, size_t channels) const = 0;
  /// "flowers/train/rose/7.jpg"
  virtual std::string place(size_t index) const = 0;
  /// True if one of its files is this one.
  virtual bool holds(const std::string &path) const = 0;
};

/// The pictures of one split.
struct PictureSet {
  std::string path;
  std::shared_ptr<const PictureStore> store;
  std::vector<int32_t> labels;
  std::vector<std::string> classes; ///< by label; empty where they have no names
  std::vector<std::string> notes;   ///< what a person should know of how they were found
};

/// The pictures that a folder has for a split; nothing where it has none, and `why` is a sentence then. UserError where
/// what it has is wrong: an empty class, two classes of one name; or `coarse` labels asked for of what has no others.
std::optional<PictureSet> findPictures(const std::string &directory, Split split, bool coarse, std::string &why);
/// Its parts: a folder a class, and CIFAR-10's and CIFAR-100's binary files.
std::optional<PictureSet> findClassFolders(const std::string &directory, Split split, std::string &why);
std::optional<PictureSet> findCifar(const std::string &directory, Split split, bool coarse, std::string &why);

/// The size of the pictures that an input takes.
struct PictureForm {
  size_t height, width, channels;
};
/// Nothing where it takes none: they are [batch, height, width, 1 or 3], or one of them without the batch.
std::optional<PictureForm> pictureForm(const Port &port);

/// A picture of a store in an input's form. Throws DataError.
class PictureRows : public RowSource {
public:
  PictureRows(std::shared_ptr<const PictureStore> store, PictureForm form, const PictureArguments &arguments);

  DType dtype() const override { return DType::U8; }
  const Shape &shape() const override { return shape_; }
  void expect(std::span<const uint32_t> rows) override { loader_.expect(rows); }
  void copyRow(int64_t row, std::byte *to) override { loader_.copy(uint32_t(row), to); }
  std::string place(int64_t row) const override { return store_->place(indexOf(uint32_t(row))); }

  const PictureStore &store() const { return *store_; }
  /// Reads every picture; the rows that cannot be had, and why.
  std::vector<std::pair<uint32_t, std::string>> broken();
  /// Leaves all rows out but these, which are in order.
  void keep(std::vector<uint32_t> rows);

private:
  enum State : uint8_t { Absent, Arriving, Present };

  size_t indexOf(uint32_t row) const { return kept_.empty() ? row : kept_[row]; }
  void make(uint32_t row, std::byte *to);
  void decode(size_t index, std::byte *to) const;

  std::shared_ptr<const PictureStore> store_;
  PictureForm form_;
  Filter filter_;
  bool leavesOut_; ///< broken pictures: nobody needs to be told how
  size_t rowBytes_;
  Shape shape_;
  std::vector<uint32_t> kept_; ///< what rows are in the store; empty: all
  /// The first pictures of the store, as far as the limit allows, once they have been decoded.
  size_t cachedCount_;
  std::unique_ptr<std::byte[]> cache_;
  std::unique_ptr<std::atomic<State>[]> states_;
  Loader loader_; ///< last: its threads end before anything else is gone
};

/// The labels of pictures: a tensor whose rows are called after the pictures.
class LabelRows : public TensorRows {
public:
  LabelRows(Tensor labels, std::shared_ptr<const PictureRows> pictures)
      : TensorRows(std::move(labels), ""), pictures_(std::move(pictures)) {}
  std::string place(int64_t row) const override { return "the label of " + pictures_->place(row); }

private:
  std::shared_ptr<const PictureRows> pictures_;
};

/// The picture files that a path names: itself, or, of a folder, those in it by name. Empty if it is neither.
std::vector<std::string> pictureFiles(const std::string &path);
/// These files as bytes of an input. Throws UserError that names the file.
Tensor readPictures(const Port &port, const std::vector<std::string> &files, Filter filter, const std::string &context);

} // namespace dlc::run

#endif // DLC_RUN_PICTURES_H
