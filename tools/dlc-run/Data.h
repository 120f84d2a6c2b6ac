// Data.h - training and test data: files as columns, and columns fed to a call.
// SPDX-License-Identifier: Apache-2.0
//
// A data set is one column for each input of an entry point; a feed copies chosen rows of the columns into
// the inputs of a prepared call, converting as it goes. Images stay bytes until then.
#ifndef DLC_RUN_DATA_H
#define DLC_RUN_DATA_H

#include "runtime/Model.h"
#include "tools/dlc-run/Pictures.h"
#include "tools/dlc-run/Progress.h"
#include "tools/dlc-run/Rows.h"
#include "tools/dlc-run/Scale.h"
#include "tools/dlc-run/TextSource.h"
#include "tools/dlc-run/Tokens.h"

#include <CLI/App.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dlc::run {

class DataSet;

/// --data, --map, --scale, and what is said of pictures and texts.
struct DataArguments {
  std::string directory;
  std::vector<std::string> maps; ///< NAME=FILE
  Scales scales;
  PictureArguments pictures;
  TextSource text;

  void addTo(CLI::App &app, bool forTraining);
  /// Has `scales` keep in mind how the inputs of `entry` are fed from `data`.
  void noteScales(const DataSet &data, const Entry &entry);
  bool empty() const { return directory.empty() && maps.empty() && !text.options.given(); }
};

/// Rows that are windows of one text: row i begins with token i * length + ahead.
struct Windows {
  std::shared_ptr<const Tokens> tokens;
  int64_t length = 0, ahead = 0, count = 0;
  int64_t slack = 0;         ///< tokens by which all windows may be moved on
  bool isContiguous = false; ///< each row of a batch goes on where it ended in the batch before
};

struct Column {
  std::string name; ///< of the input that it feeds
  std::string path;
  std::shared_ptr<RowSource> rows;
  std::optional<Windows> windows = std::nullopt; ///< in place of rows
  /// Of rows that are filled up along their first axis: how long each is by itself, i32; null: nothing is filled up.
  std::shared_ptr<const Tensor> lengths = nullptr;
};

/// The columns of one split.
class DataSet {
public:
  DataSet() = default;
  explicit DataSet(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// Finds a file for each input of `entry`: first among the maps, which stand for `mapped`, then in the
  /// directory. Nothing if some input has no file in it and `required` is false; UserError, which says what
  /// was looked for, if it is true. UserError, too, for a map that names no input.
  static std::optional<DataSet> load(const Entry &entry, const DataArguments &arguments, Split split, Split mapped,
                                     bool required);

  const Column *find(std::string_view name) const;
  /// True if there is a column for every input of `entry`.
  bool covers(const Entry &entry) const;
  const std::vector<Column> &columns() const { return columns_; }
  const Scales &scales() const { return scales_; }
  /// The windows of a text that the rows are; NULL where they are not.
  const Windows *windows() const { return columns_.empty() || !columns_[0].windows ? nullptr : &*columns_[0].windows; }

  /// The classes' names, by label; none where the data tell none.
  const std::vector<std::string> &classes() const { return classes_; }
  /// The folder of the pictures; "" if there are none.
  const std::string &picturePath() const { return picturePath_; }
  /// What a person should know of how the data were read.
  const std::vector<std::string> &notes() const { return notes_; }
  /// True if a file that is read while rows are asked for is this one.
  bool holds(const std::string &path) const;

private:
  /// Makes columns of the directory's pictures for inputs of `entry` that have no file. Without pictures there, a sentence
  /// that says so.
  std::string addPictures(const Entry &entry, const DataArguments &arguments, Split split,
                          const std::function<bool(const Port &)> &hasFile);
  void leaveOutBroken(PictureSet &set, PictureRows &rows);

  std::vector<Column> columns_;
  Scales scales_;
  std::vector<std::string> classes_, notes_;
  std::string picturePath_;
};

/// Rows of a data set on their way into a call.
class Feed {
public:
  /// Checks all columns against the call's inputs: shapes, types, equal numbers of rows. The data set must
  /// outlive the feed.
  Feed(const DataSet &data, Call &call);

  /// Examples in the data; 1 where no input depends on the batch: the files then are one example.
  int64_t rows() const { return rows_; }
  /// Tells the columns which rows the next fills ask for, in this order.
  void expect(std::span<const uint32_t> rows);
  /// From now on all windows of a text begin so many tokens further on.
  void shift(int64_t tokens);
  /// Copies the given rows into the call's inputs and sets its extent. Rows that are filled up are as long as the longest of
  /// them, where the entry point's size is open.
  void fill(std::span<const uint32_t> rows);
  /// How long each row is by itself, i32, where calls are as long as their longest row; null: rows are of one length.
  const Tensor *lengths() const { return lengths_.get(); }
  Call &call() { return *call_; }

  /// An error of the call, told in rows of the data: `rows` as given to the last fill.
  std::string explain(const CallError &error, std::span<const uint32_t> rows) const;
  /// The first number of the last fill that is NaN or infinite, told in rows of the data; empty if all are finite.
  std::string notFinite(std::span<const uint32_t> rows) const;

private:
  struct Source {
    const Column *column;
    std::shared_ptr<const Tensor> own; ///< the column in the input's type, where it had another
    const std::byte *bytes;            ///< NULL: the column makes each row
    std::vector<std::byte> made;       ///< the last row that it made
    int64_t rowElements, perRow;       ///< of the input; how many rows of the column are one of it
    size_t elementBytes;               ///< in the source
    Scale scale;
    bool scaled; ///< while it is copied: the source is bytes
    bool batched;
    MutableTensorView input;
    int64_t perPlace = 0; ///< elements at each place of a row that is filled up no further than needed; 0: it is whole
    int64_t filled = 0;   ///< elements of a row in the last fill
  };
  Source makeSource(const Column &column, const Port &port, size_t index, const Scales &scales);
  Source makeWindows(const Column &column, const Port &port, size_t index);
  void findOpenSize(Source &source, const Port &port);
  void copyRow(Source &source, std::byte *to, size_t row) const;

  Call *call_;
  std::string_view openSize_;             ///< the size that the longest row of a call decides; none
  std::shared_ptr<const Tensor> lengths_; ///< of the rows, where there is one
  std::vector<Source> sources_;
  int64_t rows_ = 1, shift_ = 0;
};

/// Single numbers of calls, gathered into those of all their rows: a mean is divided once, by what it is a mean over.
class MetricSums {
public:
  /// The outputs of `entry` that are single numbers, but for those that only count what another is a mean over.
  explicit MetricSums(const Entry &entry);

  void add(const Call &call, int64_t rows);
  /// A number that one call gave.
  static double value(const Call &call, size_t output);
  /// True if that number is a mean over nothing, since nothing in the batch counted.
  static bool isEmpty(const Call &call, size_t output);
  /// Of all rows: NaN for a mean over nothing.
  Metrics means() const;
  std::vector<size_t> indices() const;
  void reset();

  /// To and from a checkpoint, exactly.
  Json save() const;
  void load(const Json &json);

private:
  struct Metric {
    size_t output;
    std::string name;
    dlc_combine combine;
    double sum = 0, weight = 0;
  };
  std::vector<Metric> metrics_;
};

/// Means of the metrics over these rows of the feed, so many at a time, the last batch being short where they do not
/// divide. Nothing if `stop` became true on the way.
std::optional<Metrics> evaluate(Feed &feed, std::span<const uint32_t> rows, int64_t batch,
                                const volatile int *stop = nullptr);

/// The function that tells loss and accuracy of an entry point's inputs: `name` if not empty, else one called
/// "loss", else one whose outputs are called so; of a session, too, if `sessions`. NULL if there is none.
const Entry *findEvaluation(const Model &model, const std::string &name, bool sessions = false);

} // namespace dlc::run

#endif // DLC_RUN_DATA_H
