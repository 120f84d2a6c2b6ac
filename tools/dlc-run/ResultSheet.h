// ResultSheet.h - the pictures among the results of a call, as one sheet.
// SPDX-License-Identifier: Apache-2.0
//
// A column for each row of the batch, and under each other what the outputs have for it: a network that restores pictures
// shows before and after.
#ifndef DLC_RUN_RESULTSHEET_H
#define DLC_RUN_RESULTSHEET_H

#include "runtime/Model.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dlc::run {

class ResultSheet {
public:
  /// The most rows that a sheet has room for.
  static constexpr int64_t mostRows = 200;

  /// Of the outputs that are pictures. UserError that begins with `context` if none is.
  ResultSheet(const Entry &entry, const std::string &context);

  const Entry &entry() const { return entry_; }
  /// The names of the outputs that are drawn, and of those that are not.
  const std::vector<std::string> &drawn() const { return drawn_; }
  const std::vector<std::string> &others() const { return others_; }
  /// How many rows the results have.
  int64_t rows(const Results &results) const;
  /// The first `shown` rows as a PNG file. Numbers from 0 to 1 are black to white, what is beyond is cut off. A row is called
  /// by its name, or else by its number.
  std::vector<uint8_t> draw(const Results &results, int64_t shown, const std::vector<std::string> &rowNames) const;

private:
  const Entry &entry_;
  std::vector<size_t> outputs_;
  std::vector<std::string> drawn_, others_;
};

} // namespace dlc::run

#endif // DLC_RUN_RESULTSHEET_H
