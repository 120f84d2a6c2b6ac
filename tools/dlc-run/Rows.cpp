// Rows.cpp - the rows of one input, wherever they come from.
// SPDX-License-Identifier: Apache-2.0
//
// See Rows.h.
#include "tools/dlc-run/Rows.h"

#include <cstring>
#include <fmt/format.h>

namespace dlc::run {

void TensorRows::copyRow(int64_t row, std::byte *to) {
  TensorView one = values_.rows(row, row + 1);
  std::memcpy(to, one.data(), one.bytes());
}

std::string TensorRows::place(int64_t row) const { return fmt::format("row {} of {} (counted from 0)", row, path_); }

} // namespace dlc::run
