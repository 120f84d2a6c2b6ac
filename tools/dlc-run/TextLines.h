// TextLines.h - a table of texts and labels, read and parted (internal to TextSource).
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_RUN_TEXTLINES_H
#define DLC_RUN_TEXTLINES_H

#include "tools/dlc-run/TextSource.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dlc::run {

struct LabelledLine {
  std::string text, label; ///< no label where only the texts are asked for
  int64_t line;            ///< of the file, from 1
  Part part;               ///< All: of none that is used
};

struct LabelledLines {
  std::string path;
  std::vector<LabelledLine> rows;

  int64_t count(Part part) const;
};

/// Reads the table that the options name and says what each row is for. Without a word about a test all rows are for
/// training.
LabelledLines readLines(const TextOptions &options, const Holdout &holdout);
/// The texts alone, of the table or as the command line has them.
LabelledLines readTexts(const TextOptions &options);

/// The names of labels in order, each once.
std::vector<std::string> findLabels(const LabelledLines &lines);

} // namespace dlc::run

#endif // DLC_RUN_TEXTLINES_H
