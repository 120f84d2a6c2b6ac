// TextLines.cpp - a table of texts and labels, read and parted.
// SPDX-License-Identifier: Apache-2.0
//
// See TextLines.h.
#include "tools/dlc-run/TextLines.h"
#include "runtime/File.h"
#include "runtime/text/Table.h"
#include "runtime/text/Utf8.h"
#include "tools/Numbers.h"
#include "tools/dlc-run/Classes.h"
#include "tools/dlc-run/Common.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace dlc::run {

namespace {

/// A column that the command line names, and where it is.
struct ColumnPlace {
  std::string option, name;
  size_t index = 0; ///< from 0
  bool isNumber = false;
};

/// One name or number: a number has digits alone.
ColumnPlace columnPlace(const std::string &option, const std::string &name) {
  ColumnPlace place{option, name, 0, false};
  size_t number = 0;
  if (!parseAll(name, number))
    return place;
  if (number < 1 || number > text::mostFields)
    throw UserError(fmt::format("{} {}: expected a name, or a number from 1 to {}", option, name, text::mostFields));
  place.index = number - 1;
  place.isNumber = true;
  return place;
}

class LineReader {
public:
  LineReader(const TextOptions &options, const std::string &content, bool labelled)
      : options_(options), labelled_(labelled), reader_(content, options.lines, format(options)),
        text_(columnPlace("--text-column", options.textColumn.empty() ? "text" : options.textColumn)),
        label_(columnPlace("--label-column", options.labelColumn.empty() ? "label" : options.labelColumn)),
        split_(columnPlace("--split-column", options.splitColumn)) {}

  LabelledLines read();

private:
  static text::TableFormat format(const TextOptions &options);
  std::vector<ColumnPlace *> columns();
  void readHeader();
  Part part(std::string_view split, int64_t row) const;
  void checkWidth();
  std::string_view field(const ColumnPlace &place) const;
  void checkParts(const LabelledLines &lines) const;

  const TextOptions &options_;
  bool labelled_;
  text::TableReader reader_;
  size_t width_ = 0; ///< fields of the first line
  ColumnPlace text_, label_, split_;
  std::set<std::string> otherSplits_;
};

text::TableFormat LineReader::format(const TextOptions &options) {
  std::string name = options.lines;
  if (name.ends_with(".gz"))
    name.resize(name.size() - 3);
  return {name.ends_with(".csv") ? ',' : '\t', options.quotes != "none"};
}

std::vector<ColumnPlace *> LineReader::columns() {
  if (!labelled_)
    return {&text_};
  if (options_.splitColumn.empty())
    return {&text_, &label_};
  return {&text_, &label_, &split_};
}

void LineReader::readHeader() {
  if (!reader_.next())
    throw UserError(
        fmt::format("{} has no line but empty ones; expected a line with the names of the columns", options_.lines));
  checkWidth();
  std::vector<std::string> names(reader_.fields().begin(), reader_.fields().end());
  for (ColumnPlace *column : columns()) {
    auto found = std::find(names.begin(), names.end(), column->name);
    if (!column->isNumber && found == names.end()) {
      std::vector<std::string> known;
      for (const std::string &name : names)
        known.push_back(text::shown(name));
      known.resize(std::min<size_t>(known.size(), 20));
      throw UserError(
          fmt::format("{}:{}: there is no column '{}' ({}); the first line has {}. A column may be given by "
                      "its number, from 1",
                      options_.lines, reader_.line(), column->name, column->option, join(known)));
    }
    if (!column->isNumber)
      column->index = size_t(found - names.begin());
  }
}

/// A text with a separator in it would be cut off there, and nobody would know.
void LineReader::checkWidth() {
  const std::vector<std::string_view> &fields = reader_.fields();
  if (width_ == 0)
    width_ = fields.size();
  if (std::all_of(fields.begin() + std::ptrdiff_t(std::min(width_, fields.size())), fields.end(),
                  [](std::string_view field) { return field.empty(); }))
    return;
  const char *separator = format(options_).separator == ',' ? "comma" : "tab";
  throw UserError(
      fmt::format("{}:{}: found {} fields, where the first line has {}: a field that holds a {} needs quotes "
                  "around it (and not --quotes none)",
                  options_.lines, reader_.line(), fields.size(), width_, separator));
}

std::string_view LineReader::field(const ColumnPlace &place) const {
  if (place.index < reader_.fields().size())
    return reader_.fields()[place.index];
  size_t count = reader_.fields().size();
  throw UserError(fmt::format("{}:{}: found {} field{}, expected at least {}: the column '{}' ({}) is number {}",
                              options_.lines, reader_.line(), count, count == 1 ? "" : "s", place.index + 1, place.name,
                              place.option, place.index + 1));
}

Part LineReader::part(std::string_view split, int64_t row) const {
  if (options_.testEvery > 0)
    return row % options_.testEvery == options_.testEvery - 1 ? Part::Test : Part::Train;
  if (options_.splitColumn.empty() || split == "train")
    return Part::Train;
  if (split == "test")
    return Part::Test;
  bool validation = split == "validation" || split == "valid" || split == "val" || split == "dev";
  return validation ? Part::Validation : Part::All;
}

void LineReader::checkParts(const LabelledLines &lines) const {
  if (lines.rows.empty())
    throw UserError(fmt::format("{} has no row; expected texts{}", lines.path, labelled_ ? " with labels" : ""));
  if (lines.count(Part::Train) + lines.count(Part::Test) + lines.count(Part::Validation) > 0)
    return;
  std::vector<std::string> found(otherSplits_.begin(), otherSplits_.end());
  found.resize(std::min<size_t>(found.size(), 10));
  throw UserError(fmt::format("{}: the column '{}' (--split-column) says {}; expected train, test or validation",
                              lines.path, split_.name, join(found)));
}

LabelledLines LineReader::read() {
  std::vector<ColumnPlace *> used = columns();
  bool numbers = std::all_of(used.begin(), used.end(), [](ColumnPlace *place) { return place->isNumber; });
  if (!numbers || options_.header)
    readHeader();
  if (labelled_ && text_.index == label_.index)
    throw UserError(fmt::format("--text-column and --label-column are the same column, number {}", text_.index + 1));
  LabelledLines lines;
  lines.path = options_.lines;
  while (reader_.next()) {
    checkWidth();
    std::string_view split = options_.splitColumn.empty() || !labelled_ ? std::string_view() : field(split_);
    Part part = labelled_ ? this->part(split, int64_t(lines.rows.size())) : Part::Test;
    if (part == Part::All && otherSplits_.size() < 10)
      otherSplits_.insert(text::shown(split));
    std::string_view label = labelled_ ? field(label_) : std::string_view();
    lines.rows.push_back({std::string(field(text_)), std::string(label), reader_.line(), part});
  }
  checkParts(lines);
  return lines;
}

/// Takes the last of the training rows for validation.
void holdOut(LabelledLines &lines, const Holdout &holdout) {
  int64_t trained = lines.count(Part::Train),
          held = holdout.rows ? holdout.rows : int64_t(std::llround(holdout.fraction * double(trained)));
  if (held == 0)
    return;
  if (lines.count(Part::Validation) > 0)
    throw UserError(
        fmt::format("--validation: {} has rows for validation already, as --split-column says", lines.path));
  if (held >= trained)
    throw UserError(
        fmt::format("{} validation rows of {} leave none to train on", countText(held), countText(trained)));
  for (size_t i = lines.rows.size(); held > 0; --i)
    if (lines.rows[i - 1].part == Part::Train) {
      lines.rows[i - 1].part = Part::Validation;
      --held;
    }
}

} // namespace

int64_t LabelledLines::count(Part part) const {
  return std::count_if(rows.begin(), rows.end(), [&](const LabelledLine &row) { return row.part == part; });
}

static LabelledLines readTable(const TextOptions &options, bool labelled) {
  std::string content = readInflated(options.lines, mostTextBytes);
  if (content.empty())
    throw UserError(
        fmt::format("{} is empty; expected a table of texts{}", options.lines, labelled ? " and labels" : ""));
  text::takeUtf8(content, options.lines);
  return LineReader(options, content, labelled).read();
}

LabelledLines readLines(const TextOptions &options, const Holdout &holdout) {
  LabelledLines lines = readTable(options, true);
  holdOut(lines, holdout);
  return lines;
}

LabelledLines readTexts(const TextOptions &options) {
  if (!options.lines.empty())
    return readTable(options, false);
  LabelledLines lines;
  lines.path = "--line";
  for (const std::string &typed : options.typed) {
    std::string content = typed;
    text::takeUtf8(content, lines.path);
    lines.rows.push_back({content, "", int64_t(lines.rows.size()) + 1, Part::Test});
  }
  return lines;
}

std::vector<std::string> findLabels(const LabelledLines &lines) {
  std::set<std::string> labels;
  for (const LabelledLine &row : lines.rows) {
    if (row.part != Part::Train)
      continue;
    if (row.label.empty() || row.label.size() > text::longestToken)
      throw UserError(fmt::format("{}:{}: the label is {}; expected 1 to {} bytes", lines.path, row.line,
                                  row.label.empty() ? "empty" : text::shown(row.label), text::longestToken));
    if (!isPlainText(row.label)) // it would be told as it is, line ends and all
      throw UserError(fmt::format("{}:{}: the label {} has a control character in it; expected plain text", lines.path,
                                  row.line, text::shown(row.label)));
    labels.insert(row.label);
    if (labels.size() > mostLabels)
      throw UserError(fmt::format("{}:{}: there are more than {} different labels, which is the most that there may be",
                                  lines.path, row.line, mostLabels));
  }
  return {labels.begin(), labels.end()};
}

} // namespace dlc::run
