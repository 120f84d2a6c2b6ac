// Mistakes.h - the rows that a classifier gets wrong, as a sheet of pictures.
// SPDX-License-Identifier: Apache-2.0
//
// The function that tells classes apart is asked about each row; what it says is compared with the label.
#ifndef DLC_RUN_MISTAKES_H
#define DLC_RUN_MISTAKES_H

#include "tools/dlc-run/Classes.h"
#include "tools/dlc-run/Data.h"

#include <string>
#include <vector>

namespace dlc::run {

class Mistakes {
public:
  /// Sees what is needed: a classifier, labels, bytes of pictures. UserError if something is missing.
  Mistakes(const Model &model, const Entry &entry, const DataSet &data, std::vector<std::string> classes);

  /// Asks about all rows.
  void find(const Model &model, const Parameters &parameters);
  int64_t count() const { return int64_t(wrong_.size()); }
  int64_t shown() const;
  /// The surest first, as a PNG file.
  std::vector<uint8_t> sheet() const;

private:
  struct Wrong {
    uint32_t row;
    int64_t expected, predicted;
    double score;
  };
  std::string nameOf(int64_t index) const;
  Image pictureOf(uint32_t row) const;

  Classifier classifier_;
  const DataSet &data_;
  const Column *pictures_ = nullptr, *labels_ = nullptr;
  PictureForm form_{};
  std::vector<std::string> classes_;
  std::vector<Wrong> wrong_;
  int64_t rows_ = 0;
};

} // namespace dlc::run

#endif // DLC_RUN_MISTAKES_H
