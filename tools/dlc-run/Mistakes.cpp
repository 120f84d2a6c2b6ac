// Mistakes.cpp - the rows that a classifier gets wrong, as a sheet of pictures.
// SPDX-License-Identifier: Apache-2.0
//
// See Mistakes.h.
#include "tools/dlc-run/Mistakes.h"
#include "tools/dlc-run/Decode.h"
#include "tools/dlc-run/Sheet.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>

namespace dlc::run {

static constexpr size_t mostShown = 64;

/// The size of the pictures that a column holds as bytes, [rows, height, width] or [rows, height, width, 1 or 3].
static std::optional<PictureForm> formOf(const RowSource &rows) {
  const Shape &shape = rows.shape();
  if (rows.dtype() != DType::U8 || shape.size() < 3 || shape.size() > 4)
    return std::nullopt;
  PictureForm form{size_t(shape[1]), size_t(shape[2]), shape.size() == 4 ? size_t(shape[3]) : 1};
  if ((form.channels != 1 && form.channels != 3) || form.height < 1 || form.width < 1)
    return std::nullopt;
  return form;
}

Mistakes::Mistakes(const Model &model, const Entry &entry, const DataSet &data, std::vector<std::string> classes)
    : classifier_(findClassifier(model, entry)), data_(data), classes_(std::move(classes)) {
  if (!classifier_.entry)
    throw UserError(
        fmt::format("--mistakes: model '{}' has no function 'predict' that returns a number for each class of "
                    "the inputs of '{}'",
                    model.name(), entry.name));
  for (const Column &column : data.columns()) {
    if (!column.rows) // windows of a text
      continue;
    const Shape &shape = column.rows->shape();
    bool isInteger = column.rows->dtype() != DType::F32 && column.rows->dtype() != DType::F64;
    if (std::optional<PictureForm> form = formOf(*column.rows)) {
      pictures_ = &column;
      form_ = *form;
    } else if (isInteger && shape.size() == 1 && column.rows->tensor()) {
      labels_ = &column;
    }
  }
  if (!pictures_ || !labels_)
    throw UserError(
        fmt::format("--mistakes: the data have no {}; expected bytes [rows, height, width] or [rows, height, "
                    "width, 1 or 3] and a whole number a row",
                    pictures_ ? "labels" : "pictures"));
}

void Mistakes::find(const Model &model, const Parameters &parameters) {
  Call call = model.prepare(classifier_.entry->name, parameters, classifier_.entry->capacity);
  Feed feed(data_, call);
  rows_ = feed.rows();
  std::vector<uint32_t> all(size_t(std::max<int64_t>(rows_, 0)));
  std::iota(all.begin(), all.end(), 0u);
  feed.expect(all);
  size_t capacity = size_t(std::max<int64_t>(classifier_.entry->capacity, 1));
  int64_t classes = classifier_.classes;
  for (size_t at = 0; at < all.size(); at += capacity) {
    auto rows = std::span(all).subspan(at, std::min(capacity, all.size() - at));
    feed.fill(rows);
    call.run();
    TensorView scores = call.output(classifier_.output);
    for (size_t i = 0; i < rows.size(); ++i) {
      auto score = [&](int64_t c) {
        double value = scores.at(int64_t(i) * classes + c);
        return std::isnan(value) ? -std::numeric_limits<double>::infinity() : value;
      };
      int64_t best = 0;
      for (int64_t c = 1; c < classes; ++c)
        if (score(c) > score(best))
          best = c;
      auto expected = int64_t(labels_->rows->tensor()->at(int64_t(rows[i])));
      if (best != expected)
        wrong_.push_back({rows[i], expected, best, score(best)});
    }
  }
  std::stable_sort(wrong_.begin(), wrong_.end(), [](const Wrong &a, const Wrong &b) { return a.score > b.score; });
}

int64_t Mistakes::shown() const { return int64_t(std::min(wrong_.size(), mostShown)); }

std::string Mistakes::nameOf(int64_t index) const {
  return index >= 0 && size_t(index) < classes_.size() ? classes_[size_t(index)] : std::to_string(index);
}

Image Mistakes::pictureOf(uint32_t row) const {
  Image image(form_.width, form_.height, form_.channels);
  pictures_->rows->copyRow(row, reinterpret_cast<std::byte *>(image.pixels.data()));
  return image;
}

std::vector<uint8_t> Mistakes::sheet() const {
  std::vector<SheetCell> cells;
  for (const Wrong &wrong : std::span(wrong_).first(size_t(shown())))
    cells.push_back({pictureOf(wrong.row), "is " + nameOf(wrong.expected), "not " + nameOf(wrong.predicted)});
  return encodePng(drawSheet(fmt::format("{} of {} wrong; {} shown, the surest first", countText(count()),
                                         countText(rows_), countText(shown())),
                             cells));
}

} // namespace dlc::run
