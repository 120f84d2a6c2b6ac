// TextSource.h - texts as training and test data: what is read once, and the columns made of it.
// SPDX-License-Identifier: Apache-2.0
//
// A stream is one text: windows of it are the rows, and what follows each token is its label. Lines are rows of a table, each
// a text and its label. The vocabulary (and the names of the labels) is made from the training part alone and kept in the
// checkpoint, so that all that goes on from it reads texts in the same way.
#ifndef DLC_RUN_TEXTSOURCE_H
#define DLC_RUN_TEXTSOURCE_H

#include "runtime/Model.h"
#include "runtime/text/Vocabulary.h"
#include "tools/dlc-run/TextOptions.h"
#include "tools/dlc-run/Tokens.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlc::run {

class DataSet;
struct LabelledLines;

/// What rows are for.
enum class Part { Train, Validation, Test, All };

/// The largest text that is read, in bytes, and the most labels.
inline constexpr uint64_t mostTextBytes = uint64_t(1) << 30;
inline constexpr size_t mostLabels = size_t(1) << 16;

/// What training left beside the weights: how texts become numbers.
struct TextRecord {
  std::optional<text::Vocabulary> vocabulary;
  std::vector<std::string> labels;
  std::string path; ///< of the checkpoint it is from; empty: it was made from the training part

  /// The vocabulary and the labels of a checkpoint; UserError where they are damaged.
  static TextRecord read(const CheckpointInfo &info, const std::string &path);
  void write(CheckpointInfo &info) const;
};

/// The validation part: a fraction, or a number of rows, of the training rows' end.
struct Holdout {
  double fraction = 0;
  int64_t rows = 0;
};

/// What the command line of a training said, as its checkpoint keeps it; null where it does not.
Json settingsOf(const CheckpointInfo &info);
/// As the settings of a training say.
Holdout holdoutOf(const Json &settings);

class TextSource {
public:
  TextOptions options;

  /// From now on texts are read as this checkpoint was trained, if it was on texts.
  void restore(const CheckpointInfo &info, const std::string &path);
  void store(CheckpointInfo &info) const { record_.write(info); }

  /// Reads the file, and makes a vocabulary and labels where none was restored. `entry` is called to find out how many
  /// tokens and labels the model knows.
  void prepare(const Model &model, const Entry &entry, const Holdout &holdout);
  /// The rows of a part, for the inputs of `entry`; nothing if the file has none.
  std::optional<DataSet> load(const Entry &entry, Part part) const;

  /// Reads the texts of a restored source, labels or not, for a function that takes them without.
  void prepareTexts(const Model &model, const Entry &entry);
  /// Those texts as the inputs of `entry`, one for each, and what a person calls each row.
  std::vector<Tensor> texts(const Entry &entry) const;
  std::vector<std::string> rowNames() const;
  /// The same for a program: {"line": 3} of a table, else {"text": "..."}.
  Json rowJson(size_t row) const;

  const text::Vocabulary &vocabulary() const { return *record_.vocabulary; }
  const TextRecord &record() const { return record_; }
  /// What is worth saying of the data, a sentence each.
  const std::vector<std::string> &notes() const { return notes_; }

private:
  void prepareStream(const Holdout &holdout);
  void prepareLines(const Holdout &holdout);
  void makeVocabulary(text::TokenCounts counts, bool padding);
  void checkVocabulary() const;
  text::Unit unit() const;
  bool isContiguous(const Entry &entry) const;
  std::string_view streamPart(Part part) const;
  std::shared_ptr<const Tokens> streamNumbers(Part part) const;

  TextRecord record_;
  std::optional<int64_t> tokenLimit_, labelLimit_; ///< of the model
  std::vector<std::string> notes_;
  std::shared_ptr<const std::string> content_; ///< of a stream
  size_t cut_ = 0;                             ///< where its validation part begins
  std::shared_ptr<const LabelledLines> lines_;
};

} // namespace dlc::run

#endif // DLC_RUN_TEXTSOURCE_H
