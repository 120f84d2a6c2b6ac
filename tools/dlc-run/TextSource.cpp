// TextSource.cpp - texts as training and test data: what is read once, and the columns made of it.
// SPDX-License-Identifier: Apache-2.0
//
// See TextSource.h.
#include "tools/dlc-run/TextSource.h"
#include "runtime/File.h"
#include "runtime/text/Utf8.h"
#include "tools/dlc-run/Classes.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Data.h"
#include "tools/dlc-run/TextInputs.h"
#include "tools/dlc-run/TextLines.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace dlc::run {

using text::Unit;
using text::Vocabulary;

//===--- The record in a checkpoint --------------------------------------------------------------------===//

static std::vector<std::string> labelsFrom(const std::string &stored, const std::string &path) {
  Json json = parseJson(stored);
  std::vector<std::string> labels;
  bool fits = json.is_array() && !json.empty() && json.size() <= mostLabels;
  for (size_t i = 0; fits && i < json.size(); ++i) {
    fits = json[i].is_string() && !json[i].get_ref<const std::string &>().empty() &&
           json[i].get_ref<const std::string &>().size() <= text::longestToken &&
           isPlainText(json[i].get_ref<const std::string &>());
    if (fits)
      labels.push_back(json[i].get<std::string>());
  }
  // They are in order, each once, as findLabels gives them.
  fits = fits && std::adjacent_find(labels.begin(), labels.end(), std::greater_equal<>()) == labels.end();
  if (!fits)
    throw UserError(
        fmt::format("{} is a damaged checkpoint: its 'user.labels' is no list of different labels in order", path));
  return labels;
}

TextRecord TextRecord::read(const CheckpointInfo &info, const std::string &path) {
  TextRecord record;
  if (auto found = info.values.find("vocabulary"); found != info.values.end()) {
    record.vocabulary = Vocabulary::parse(found->second, fmt::format("the vocabulary in {}", path));
    record.path = path;
  }
  if (auto found = info.values.find("labels"); found != info.values.end())
    record.labels = labelsFrom(found->second, path);
  return record;
}

void TextRecord::write(CheckpointInfo &info) const {
  if (vocabulary)
    info.values["vocabulary"] = vocabulary->str();
  if (!labels.empty())
    info.values["labels"] = Json(labels).dump();
}

void TextSource::restore(const CheckpointInfo &info, const std::string &path) {
  if (!options.given())
    return;
  record_ = TextRecord::read(info, path);
  if (record_.vocabulary && !options.tokens.empty() && options.tokens != text::unitName(record_.vocabulary->unit()))
    throw UserError(fmt::format("--tokens {}: {} was trained on {}; leave --tokens out to go on with them",
                                options.tokens, path, text::unitName(record_.vocabulary->unit())));
  if (record_.vocabulary)
    options.checkVocabularyIs(settingsOf(info), path);
}

Json settingsOf(const CheckpointInfo &info) {
  auto run = info.values.find("run");
  return run == info.values.end() ? Json() : parseJson(run->second);
}

Holdout holdoutOf(const Json &settings) {
  Holdout holdout;
  if (!settings.is_object())
    return holdout;
  if (Json fraction = settings.value("validation", Json()); fraction.is_number())
    holdout.fraction = std::clamp(fraction.get<double>(), 0.0, 1.0);
  if (Json rows = settings.value("validation-rows", Json()); rows.is_number_integer())
    holdout.rows = std::max<int64_t>(0, rows.get<int64_t>());
  return holdout;
}

//===--- Preparing -------------------------------------------------------------------------------------===//

Unit TextSource::unit() const {
  if (record_.vocabulary)
    return record_.vocabulary->unit();
  if (!options.tokens.empty())
    return *text::findUnit(options.tokens);
  return options.isStream() ? Unit::Characters : Unit::Words;
}

void TextSource::makeVocabulary(text::TokenCounts counts, bool padding) {
  bool cuts = options.leastCount > 0 || options.vocabularySize > 0;
  text::VocabularyOptions wanted;
  wanted.padding = padding;
  wanted.unknown = counts.unit() == Unit::Words || (counts.unit() == Unit::Characters && (padding || cuts));
  wanted.leastCount = std::max<int64_t>(1, options.leastCount);
  if (options.vocabularySize > 0)
    wanted.largestSize = options.vocabularySize;
  else if (counts.unit() == Unit::Words && tokenLimit_)
    wanted.largestSize = *tokenLimit_;
  record_.vocabulary = Vocabulary::make(counts, wanted);
  int64_t found = int64_t(counts.counts().size()), specials = int64_t(padding) + int64_t(wanted.unknown);
  std::string note = fmt::format("vocabulary: {}", record_.vocabulary->describe());
  if (int64_t kept = record_.vocabulary->size() - specials; counts.unit() != Unit::Bytes && kept < found)
    note += fmt::format("; {} of {} different ones, the others are <unk>", countText(kept), countText(found));
  notes_.push_back(note);
}

void TextSource::checkVocabulary() const {
  int64_t size = vocabulary().size();
  if (!tokenLimit_ || size <= *tokenLimit_)
    return;
  bool cuttable = record_.path.empty() && vocabulary().unit() != Unit::Bytes;
  throw UserError(fmt::format(
      "the vocabulary{} has {}, and the model has room for {}: compile it for {}, e.g. with `dlc --size "
      "vocabulary={}`, "
      "where vocabulary is its size of the embedding{}",
      record_.path.empty() ? "" : " of " + record_.path, vocabulary().describe(), *tokenLimit_, size, size,
      cuttable ? fmt::format(", or leave out the rarest by --vocabulary-size {}", std::max<int64_t>(3, *tokenLimit_))
               : ""));
}

void TextSource::prepare(const Model &model, const Entry &entry, const Holdout &holdout) {
  options.check();
  TextInputs inputs = options.isStream() ? findStreamInputs(entry) : findLineInputs(entry);
  tokenLimit_ = findLimit(model, entry, inputs.tokens);
  labelLimit_ = findLimit(model, entry, inputs.label);
  if (options.isStream() && labelLimit_)
    tokenLimit_ = std::min(tokenLimit_.value_or(*labelLimit_), *labelLimit_);
  if (record_.vocabulary)
    checkVocabulary(); // before a long text is read
  if (options.isStream())
    prepareStream(holdout);
  else
    prepareLines(holdout);
  checkVocabulary();
  if (tokenLimit_ && vocabulary().size() < *tokenLimit_ && record_.path.empty())
    notes_.push_back(fmt::format("the model has room for {} tokens: {} of them are not used", countText(*tokenLimit_),
                                 countText(*tokenLimit_ - vocabulary().size())));
}

void TextSource::prepareTexts(const Model &model, const Entry &entry) {
  options.check();
  tokenLimit_ = findLimit(model, entry, findLineInputs(entry, /*labelled=*/false).tokens);
  checkVocabulary();
  if (!vocabulary().padding())
    throw UserError(fmt::format("{} was not trained on --lines: it has no token to fill up short texts", record_.path));
  lines_ = std::make_shared<const LabelledLines>(readTexts(options));
}

/// Where the last part of a text begins: at a character, and, for words, behind white space, if there is any.
static size_t cutPlace(std::string_view text, double fraction, Unit unit) {
  size_t cut = text.size() - size_t(std::llround(fraction * double(text.size())));
  if (unit == Unit::Words) {
    size_t space = cut;
    while (space > 0 && space < text.size() && uint8_t(text[space - 1]) > ' ')
      ++space;
    cut = space < text.size() ? space : cut; // some languages are written without
  }
  while (unit != Unit::Bytes && cut < text.size() && (uint8_t(text[cut]) & 0xC0) == 0x80)
    ++cut;
  return cut;
}

void TextSource::prepareStream(const Holdout &holdout) {
  if (holdout.rows)
    throw UserError("--validation-rows: a text has no rows to be counted; give --validation FRACTION");
  std::string content = readInflated(options.text, mostTextBytes);
  if (content.empty())
    throw UserError(fmt::format("{} is empty; expected a text", options.text));
  if (unit() != Unit::Bytes)
    text::takeUtf8(content, options.text);
  cut_ = cutPlace(content, holdout.fraction, unit());
  content_ = std::make_shared<const std::string>(std::move(content));
  if (record_.vocabulary)
    return;
  text::TokenCounts counts(unit());
  counts.add(streamPart(Part::Train));
  makeVocabulary(std::move(counts), false);
}

void TextSource::prepareLines(const Holdout &holdout) {
  lines_ = std::make_shared<const LabelledLines>(readLines(options, holdout));
  if (int64_t others = lines_->count(Part::All))
    notes_.push_back(fmt::format("{} rows are not used: their {} is none of train, test and validation",
                                 countText(others), options.splitColumn));
  if (!record_.vocabulary) {
    if (lines_->count(Part::Train) == 0)
      throw UserError(fmt::format("{} has no row to train on", options.lines));
    text::TokenCounts counts(unit());
    for (const LabelledLine &row : lines_->rows)
      if (row.part == Part::Train)
        counts.add(row.text);
    makeVocabulary(std::move(counts), true);
    record_.labels = findLabels(*lines_);
  }
  if (record_.labels.empty() || !vocabulary().padding())
    throw UserError(fmt::format("{} was not trained on --lines: it has no labels, or no token to fill up short texts",
                                record_.path));
  size_t shown = std::min<size_t>(record_.labels.size(), 8);
  notes_.push_back(fmt::format("{} labels: {}{}", record_.labels.size(),
                               join({record_.labels.begin(), record_.labels.begin() + std::ptrdiff_t(shown)}),
                               shown < record_.labels.size() ? ", ..." : ""));
  if (labelLimit_ && int64_t(record_.labels.size()) > *labelLimit_)
    throw UserError(
        fmt::format("{} has {} labels, and the model has {} classes: compile it for {}, e.g. with `dlc --size "
                    "classes={}`, where classes is its size of the scores",
                    options.lines, record_.labels.size(), *labelLimit_, record_.labels.size(), record_.labels.size()));
}

//===--- Columns ---------------------------------------------------------------------------------------===//

std::string_view TextSource::streamPart(Part part) const {
  std::string_view all = *content_;
  return part == Part::Train ? all.substr(0, cut_) : part == Part::Validation ? all.substr(cut_) : all;
}

std::shared_ptr<const Tokens> TextSource::streamNumbers(Part part) const {
  int64_t first = part == Part::Validation ? text::lineOf(*content_, cut_) : 1;
  std::string_view text = streamPart(part);
  auto numbers = std::make_shared<Tokens>(vocabulary().size(), text.size());
  try {
    vocabulary().encode(text, options.text, first, [&](int32_t number) { numbers->add(number); });
    return numbers;
  } catch (const Error &error) {
    throw UserError(fmt::format("{} It was made from {}; training with --least-count 2 makes one, for what is rare",
                                error.what(), record_.path.empty() ? "the training part" : record_.path));
  }
}

/// Whether windows are taken in the order of the text, so that what a model carries on fits.
bool TextSource::isContiguous(const Entry &entry) const {
  if (!options.windows.empty() && entry.kind == DLC_TRAIN)
    return options.windows == "contiguous";
  return entry.needs(DLC_SESSION);
}

/// The windows of a text for the two inputs of an entry point.
static std::optional<DataSet> streamColumns(const Entry &entry, Windows windows, const std::string &path) {
  TextInputs inputs = findStreamInputs(entry);
  std::vector<Column> columns(2);
  for (size_t ahead : {0u, 1u}) {
    Column &column = columns[ahead];
    column.name = std::string(entry.inputs[ahead ? inputs.label : inputs.tokens].name);
    column.path = path;
    windows.ahead = int64_t(ahead);
    column.windows = windows;
  }
  return DataSet(std::move(columns));
}

/// Tokens of a text and labels of rows as columns.
static Column column(const Port &port, const std::string &path, Tensor values) {
  Column result;
  result.name = std::string(port.name);
  result.path = path;
  result.rows = std::make_shared<TensorRows>(std::move(values), path);
  return result;
}

static int32_t labelNumber(const TextRecord &record, const LabelledLines &lines, const LabelledLine &row) {
  auto found = std::lower_bound(record.labels.begin(), record.labels.end(), row.label);
  if (found != record.labels.end() && *found == row.label)
    return int32_t(found - record.labels.begin());
  std::vector<std::string> known(record.labels.begin(),
                                 record.labels.begin() + std::ptrdiff_t(std::min<size_t>(record.labels.size(), 20)));
  throw UserError(fmt::format("{}:{}: the label {} is none of the training part's {}: {}{}", lines.path, row.line,
                              text::shown(row.label), record.labels.size(), join(known),
                              known.size() < record.labels.size() ? ", ..." : ""));
}

namespace {
/// The numbers of texts.
struct LineNumbers {
  Tensor tokens, mask, lengths; ///< no mask where the entry point takes none

  LineNumbers(const TextInputs &inputs, const Vocabulary &vocabulary, const LabelledLines &lines,
              std::span<const LabelledLine *const> rows)
      : tokens(DType::I32, {int64_t(rows.size()), inputs.time}),
        mask(DType::I32, {inputs.mask ? int64_t(rows.size()) : 0, inputs.time}),
        lengths(DType::I32, {int64_t(rows.size())}) {
    std::fill(tokens.as<int32_t>().begin(), tokens.as<int32_t>().end(), *vocabulary.padding());
    for (size_t at = 0; at < rows.size(); ++at) {
      std::vector<int32_t> found = vocabulary.encode(rows[at]->text, lines.path, rows[at]->line);
      // A text without a token is one that nobody knows: a mean over no token would not be a number.
      if (found.empty())
        found.push_back(vocabulary.unknown().value_or(*vocabulary.padding()));
      int64_t length = std::min(int64_t(found.size()), inputs.time), place = int64_t(at) * inputs.time;
      std::copy_n(found.begin(), length, tokens.as<int32_t>().begin() + place);
      if (inputs.mask)
        std::fill_n(mask.as<int32_t>().begin() + place, length, 1);
      lengths.as<int32_t>()[at] = int32_t(length);
    }
  }
};
} // namespace

static std::vector<const LabelledLine *> rowsOf(const LabelledLines &lines, Part part) {
  std::vector<const LabelledLine *> rows;
  for (const LabelledLine &row : lines.rows)
    if (part == Part::All || row.part == part)
      rows.push_back(&row);
  return rows;
}

static std::optional<DataSet> lineColumns(const Entry &entry, const TextRecord &record, const LabelledLines &lines,
                                          Part part) {
  TextInputs inputs = findLineInputs(entry);
  std::vector<const LabelledLine *> rows = rowsOf(lines, part);
  if (rows.empty())
    return std::nullopt;
  LineNumbers numbers(inputs, *record.vocabulary, lines, rows);
  Tensor labels(DType::I32, {int64_t(rows.size())});
  for (size_t at = 0; at < rows.size(); ++at)
    labels.as<int32_t>()[at] = labelNumber(record, lines, *rows[at]);
  std::vector<Column> columns;
  auto lengths = std::make_shared<const Tensor>(numbers.lengths);
  columns.push_back(column(entry.inputs[inputs.tokens], lines.path, std::move(numbers.tokens)));
  columns.back().lengths = lengths;
  columns.push_back(column(entry.inputs[inputs.label], lines.path, std::move(labels)));
  if (inputs.mask) {
    columns.push_back(column(entry.inputs[*inputs.mask], lines.path, std::move(numbers.mask)));
    columns.back().lengths = lengths;
  }
  if (inputs.length)
    columns.push_back(column(entry.inputs[*inputs.length], lines.path, std::move(numbers.lengths)));
  return DataSet(std::move(columns));
}

/// Numbers that all types hold, in the type of an input.
static Tensor cast(const Tensor &values, DType type) {
  if (values.dtype() == type)
    return values;
  Tensor result(type, values.shape());
  std::span<const int32_t> from = values.as<int32_t>();
  auto copy = [&]<class T>(T) { std::copy(from.begin(), from.end(), result.as<T>().begin()); };
  switch (type) {
  case DType::F32:
    copy(float());
    break;
  case DType::F64:
    copy(double());
    break;
  case DType::I64:
    copy(int64_t());
    break;
  default: // bytes and truth values
    std::copy(from.begin(), from.end(), static_cast<uint8_t *>(result.data()));
  }
  return result;
}

std::vector<Tensor> TextSource::texts(const Entry &entry) const {
  TextInputs inputs = findLineInputs(entry, /*labelled=*/false);
  LineNumbers numbers(inputs, vocabulary(), *lines_, rowsOf(*lines_, Part::All));
  std::vector<Tensor> values(entry.inputs.size());
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = cast(i == inputs.tokens ? numbers.tokens
                     : i == inputs.mask ? numbers.mask
                                        : numbers.lengths,
                     entry.inputs[i].type);
  return values;
}

std::vector<std::string> TextSource::rowNames() const {
  std::vector<std::string> names;
  for (const LabelledLine &row : lines_->rows)
    names.push_back(options.lines.empty() ? text::shown(row.text) : fmt::format("{}:{}", lines_->path, row.line));
  return names;
}

Json TextSource::rowJson(size_t row) const {
  const LabelledLine &line = lines_->rows[row];
  return options.lines.empty() ? Json{{"text", line.text}} : Json{{"line", line.line}};
}

std::optional<DataSet> TextSource::load(const Entry &entry, Part part) const {
  if (!options.isStream())
    return lineColumns(entry, record_, *lines_, part);
  if (part == Part::Validation && cut_ == content_->size())
    return std::nullopt;
  std::shared_ptr<const Tokens> numbers = streamNumbers(part);
  int64_t length = findStreamInputs(entry).time, count = numbers->size();
  Windows windows;
  windows.length = length;
  windows.isContiguous = isContiguous(entry);
  windows.count = (count - 1) / length;
  if (windows.count < 1)
    throw UserError(fmt::format("{}{} has {} {}; expected at least {}: a window of {} and the one that follows",
                                part == Part::Train        ? "the training part of "
                                : part == Part::Validation ? "the validation part of "
                                                           : "",
                                options.text, countText(count), text::unitName(vocabulary().unit()), length + 1,
                                length));
  if (part == Part::Train && !windows.isContiguous) {
    // As many windows from wherever the first begins.
    windows.count = std::max<int64_t>(1, (count - length) / length);
    windows.slack = count - 1 - windows.count * length;
  }
  windows.tokens = numbers;
  return streamColumns(entry, windows, options.text);
}

} // namespace dlc::run
