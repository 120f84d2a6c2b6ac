// ResultSheet.cpp - the pictures among the results of a call, as one sheet.
// SPDX-License-Identifier: Apache-2.0
//
// See ResultSheet.h.
#include "tools/dlc-run/ResultSheet.h"
#include "tools/dlc-run/Decode.h"
#include "tools/dlc-run/Pictures.h"
#include "tools/dlc-run/Sheet.h"
#include "tools/dlc-run/Text.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>

namespace dlc::run {

/// Black to white: a byte as it is, another number from 0 to 1. What is no number is black.
static uint8_t pixelOf(TensorView value, int64_t index) {
  double number = value.at(index);
  if (value.dtype() == DType::U8)
    return uint8_t(number);
  return std::isnan(number) ? 0 : uint8_t(std::lround(255 * std::clamp(number, 0.0, 1.0)));
}

static Image pictureOf(PictureForm form, TensorView value, int64_t row) {
  Image image(form.width, form.height, form.channels);
  auto size = int64_t(image.pixels.size());
  for (int64_t i = 0; i < size; ++i)
    image.pixels[size_t(i)] = pixelOf(value, row * size + i);
  return image;
}

ResultSheet::ResultSheet(const Entry &entry, const std::string &context) : entry_(entry) {
  std::string found;
  for (size_t i = 0; i < entry.outputs.size(); ++i) {
    const Port &port = entry.outputs[i];
    found += fmt::format("{}{}: {}", i ? ", " : "", port.name, port.str());
    if (pictureForm(port)) {
      outputs_.push_back(i);
      drawn_.emplace_back(port.name);
    } else {
      others_.emplace_back(port.name);
    }
  }
  if (outputs_.empty())
    throw UserError(fmt::format("{}: '{}' returns no pictures ({}); expected [batch, height, width, 1 or 3]", context,
                                entry.name, found));
}

int64_t ResultSheet::rows(const Results &results) const {
  int64_t most = 0;
  for (size_t output : outputs_)
    most = std::max(most, entry_.outputs[output].hasBatch() ? results[output].shape()[0] : 1);
  return most;
}

std::vector<uint8_t> ResultSheet::draw(const Results &results, int64_t shown,
                                       const std::vector<std::string> &rowNames) const {
  const int64_t columns = std::clamp<int64_t>(shown, 4, 10);
  std::vector<SheetCell> cells;
  for (int64_t first = 0; first < shown; first += columns)
    for (size_t output : outputs_)
      for (int64_t row = first; row < first + columns; ++row) {
        const Port &port = entry_.outputs[output];
        if (row >= shown || row >= (port.hasBatch() ? results[output].shape()[0] : 1)) {
          cells.emplace_back();
          continue;
        }
        std::string name = size_t(row) < rowNames.size()
                               ? std::filesystem::path(rowNames[size_t(row)]).filename().string()
                               : fmt::format("row {}", row);
        cells.push_back({pictureOf(*pictureForm(port), results[output], row), std::string(port.name), name});
      }
  return encodePng(drawSheet(fmt::format("{}: {} of {} rows", entry_.name, countText(shown), countText(rows(results))),
                             cells, size_t(columns)));
}

} // namespace dlc::run
