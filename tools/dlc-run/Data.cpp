// Data.cpp - training and test data: files as columns, and columns fed to a call.
// SPDX-License-Identifier: Apache-2.0
//
// See Data.h. MNIST's files have four spellings (with a dash or a dot before "idx", plain or gzip); all are
// looked for.
#include "tools/dlc-run/Data.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Values.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <limits>

namespace dlc::run {

namespace {

bool isFloat(DType type) { return type == DType::F32 || type == DType::F64; }

/// Where the values of an input may stand in a data directory, the first choice first.
std::vector<std::string> candidates(std::string_view input, Split split) {
  std::string idx = split == Split::Train ? "train" : "t10k";
  if (input == "image")
    idx += "-images-idx3-ubyte";
  else if (input == "label")
    idx += "-labels-idx1-ubyte";
  else
    idx.clear();
  std::vector<std::string> names;
  if (!idx.empty()) {
    std::string dotted = idx;
    dotted[dotted.find("-idx")] = '.';
    names = {idx, idx + ".gz", dotted, dotted + ".gz"};
  }
  for (const char *suffix : {".npy", ".idx", ".idx.gz"})
    names.push_back(fmt::format("{}-{}{}", split == Split::Train ? "train" : "test", input, suffix));
  return names;
}

std::string findFile(const std::string &directory, std::string_view input, Split split) {
  for (const std::string &name : candidates(input, split)) {
    std::filesystem::path path = std::filesystem::path(directory) / name;
    std::error_code error;
    if (std::filesystem::exists(path, error))
      return path.string();
  }
  return "";
}

} // namespace

void DataArguments::addTo(CLI::App &app, bool forTraining) {
  app.add_option("--data", directory,
                 "Folder with MNIST's IDX files (train-images-idx3-ubyte[.gz] ...), with train-NAME.npy and "
                 "test-NAME.npy for inputs of other names, with PNG and JPEG pictures (train/CLASS/*.png, "
                 "test/CLASS/*.png, or CLASS/*.png), or with CIFAR's binary files")
      ->option_text("DIR");
  app.add_option("--map", maps, "File (NPY or IDX, plain or gzip) for one input; may be repeated")
      ->option_text("NAME=FILE")
      ->take_all()
      ->allow_extra_args(false);
  scales.addTo(app);
  pictures.addTo(app, true);
  text.options.addTo(app, forTraining);
  for (const char *flag : {"--text", "--lines"})
    app.get_option(flag)->excludes(app.get_option("--data"))->excludes(app.get_option("--map"));
}

void DataArguments::noteScales(const DataSet &data, const Entry &entry) {
  if (text.options.given()) // numbers of its own
    return;
  for (const Column &column : data.columns())
    (void)scales.use(entry.inputs[findInput(entry, column.name, "--map")], column.rows->dtype());
}

std::optional<DataSet> DataSet::load(const Entry &entry, const DataArguments &arguments, Split split, Split mapped,
                                     bool required) {
  if (arguments.text.options.given()) {
    arguments.pictures.checkUnused();
    return arguments.text.load(entry, split == Split::Train ? Part::Train : Part::Test);
  }
  std::vector<std::pair<std::string, std::string>> maps;
  for (const std::string &map : arguments.maps) {
    maps.push_back(splitAssignment(map, "--map"));
    findInput(entry, maps.back().first, "--map");
  }
  if (!arguments.directory.empty()) {
    std::error_code error;
    if (!std::filesystem::is_directory(arguments.directory, error))
      throw UserError(fmt::format("--data {}: there is no such folder", arguments.directory));
  }
  DataSet data;
  data.scales_ = arguments.scales;
  std::vector<std::pair<std::string_view, std::string>> files;
  std::string missing, why;
  auto fileFor = [&](const Port &port) {
    if (split == mapped)
      for (auto &[name, file] : maps)
        if (name == port.name)
          return file;
    return arguments.directory.empty() ? "" : findFile(arguments.directory, port.name, split);
  };
  if (!arguments.directory.empty())
    why = data.addPictures(entry, arguments, split, [&](const Port &port) { return !fileFor(port).empty(); });
  for (const Port &port : entry.inputs) {
    std::string path = fileFor(port);
    if (data.find(port.name))
      continue;
    if (!path.empty())
      files.emplace_back(port.name, path);
    else if (arguments.directory.empty())
      missing += fmt::format("\n  input '{}' ({}): no file; give --data DIR or --map {}=FILE", port.name, port.str(),
                             port.name);
    else
      missing += fmt::format("\n  input '{}' ({}): none of {} in {}{}; name the file by --map {}=FILE", port.name,
                             port.str(), join(candidates(port.name, split)), arguments.directory,
                             why.empty() ? "" : "; " + why, port.name);
  }
  if (!missing.empty()) {
    if (required)
      throw UserError(fmt::format("data for entry point '{}' is missing:{}", entry.name, missing));
    return std::nullopt;
  }
  if (required && data.picturePath_.empty())
    arguments.pictures.checkUnused();
  for (auto &[name, path] : files) {
    data.columns_.push_back({std::string(name), path, std::make_shared<TensorRows>(readTensorFile(path).value, path)});
  }
  return data;
}

const Column *DataSet::find(std::string_view name) const {
  for (const Column &column : columns_)
    if (column.name == name)
      return &column;
  return nullptr;
}

bool DataSet::covers(const Entry &entry) const {
  return std::all_of(entry.inputs.begin(), entry.inputs.end(), [&](const Port &port) { return find(port.name); });
}

Feed::Source Feed::makeSource(const Column &column, const Port &port, size_t index, const Scales &scales) {
  Scale scale = scales.of(port, column.rows->dtype());
  Source source{&column, nullptr, nullptr, {}, 0, 1, 0, scale, false, port.hasBatch(), call_->input(index)};
  for (size_t axis = 1; axis < port.factors.size(); ++axis)
    if (port.rowsAlong(axis))
      throw UserError(fmt::format("input '{}' ({}) has the batch on axis {}: rows of a file can be fed to axis 0 only",
                                  port.name, port.str(), axis));
  std::string context = fmt::format("{}, for input '{}' ({})", column.path, port.name, port.str());
  int64_t elements = 1;
  for (size_t axis = source.batched; axis < port.dims.size(); ++axis)
    elements *= port.dims[axis];
  const Shape &found = column.rows->shape();
  if (!source.batched) {
    if (found.elements() != elements)
      throw UserError(fmt::format("{}: found shape {}", context, found.str()));
    source.rowElements = elements;
  } else {
    int64_t perRow = port.rowsAlong(0), have = 1;
    for (size_t axis = 1; axis < found.size(); ++axis)
      have *= found[axis];
    if (found.empty() || have != elements || found[0] % perRow != 0)
      throw UserError(fmt::format("{}: found shape {}, where each row has {} elements; expected {} in a row{}", context,
                                  found.str(), have, elements,
                                  perRow > 1 ? fmt::format(", and a multiple of {} rows", perRow) : ""));
    source.rowElements = perRow * elements;
    source.perRow = perRow;
  }
  source.elementBytes = sizeOf(column.rows->dtype());
  source.scaled = column.rows->dtype() == DType::U8 && !scale.keeps();
  const Tensor *values = column.rows->tensor();
  if (!values) {
    // Rows that are made one by one are bytes, or of the input's type.
    source.scaled = column.rows->dtype() == DType::U8 && isFloat(port.type);
    if (!source.scaled && column.rows->dtype() != port.type)
      throw UserError(
          fmt::format("{}: found {}, expected {}", context, nameOf(column.rows->dtype()), nameOf(port.type)));
    source.made.resize(source.scaled ? size_t(source.rowElements) : 0);
    return source;
  }
  if (!source.scaled && (values->dtype() != port.type || !scale.keeps())) {
    auto own = std::make_shared<Tensor>(converted(*values, port.type, context));
    if (!scale.keeps())
      scaleNumbers(port.type, own->data(), own->elements(), scale);
    source.own = own;
    values = own.get();
  }
  source.bytes = static_cast<const std::byte *>(values->data());
  source.elementBytes = sizeOf(values->dtype());
  return source;
}

Feed::Source Feed::makeWindows(const Column &column, const Port &port, size_t index) {
  return Source{&column,           nullptr, nullptr, {},   column.windows->length, 1,
                sizeOf(port.type), {},      false,   true, call_->input(index)};
}

void Feed::shift(int64_t tokens) { shift_ = tokens; }

/// Of rows that are filled up: is their axis an open size of the entry point, and nothing else?
void Feed::findOpenSize(Source &source, const Port &port) {
  if (!source.column->lengths || port.factors.size() < 2 || port.sizes[1] != 1)
    return;
  for (size_t i = 1; i < port.open.size(); ++i)
    if (port.factors[1] == dlc_factors(1) << (4 * i) && (openSize_.empty() || openSize_ == port.open[i].name)) {
      openSize_ = port.open[i].name;
      lengths_ = source.column->lengths;
      source.perPlace = source.rowElements / port.dims[1];
    }
}

Feed::Feed(const DataSet &data, Call &call) : call_(&call) {
  const Entry &entry = call.entry();
  const Column *first = nullptr;
  for (size_t i = 0; i < entry.inputs.size(); ++i) {
    const Port &port = entry.inputs[i];
    const Column *column = data.find(port.name);
    if (!column)
      throw UserError(
          fmt::format("no data for input '{}' ({}) of entry point '{}'", port.name, port.str(), entry.name));
    sources_.push_back(column->windows ? makeWindows(*column, port, i) : makeSource(*column, port, i, data.scales()));
    if (!sources_.back().batched)
      continue;
    findOpenSize(sources_.back(), port);
    int64_t rows = column->windows ? column->windows->count : column->rows->shape()[0] / port.rowsAlong(0);
    if (first && rows != rows_)
      throw UserError(fmt::format("{} has {} rows, but {} has {}: all inputs need the same number", first->path,
                                  countText(rows_), column->path, countText(rows)));
    first = column;
    rows_ = rows;
  }
  if (first && rows_ == 0)
    throw UserError(fmt::format("{} has no rows", first->path));
  if (rows_ > std::numeric_limits<uint32_t>::max())
    throw UserError(
        fmt::format("{} has {} rows, more than the 4 billion that can be shuffled", first->path, countText(rows_)));
  for (Source &source : sources_)
    if (!source.batched) {
      source.filled = source.rowElements;
      copyRow(source, static_cast<std::byte *>(source.input.data()), 0);
    }
}

void Feed::copyRow(Source &source, std::byte *to, size_t row) const {
  if (const std::optional<Windows> &windows = source.column->windows) {
    int64_t first = int64_t(row) * windows->length + windows->ahead + shift_;
    if (source.input.dtype() == DType::I64)
      windows->tokens->copy(first, windows->length, reinterpret_cast<int64_t *>(to));
    else
      windows->tokens->copy(first, windows->length, reinterpret_cast<int32_t *>(to));
    return;
  }
  size_t bytes = size_t(source.rowElements) * source.elementBytes;
  const std::byte *from = source.bytes + row * bytes;
  int64_t count = source.bytes ? source.filled : source.rowElements;
  if (!source.bytes) {
    std::byte *made = source.scaled ? source.made.data() : to;
    size_t one = bytes / size_t(source.perRow);
    for (int64_t i = 0; i < source.perRow; ++i)
      source.column->rows->copyRow(int64_t(row) * source.perRow + i, made + size_t(i) * one);
    if (!source.scaled)
      return;
    from = made;
  }
  if (source.scaled)
    scaleBytes(source.input.dtype(), to, from, count, source.scale);
  else
    std::memcpy(to, from, size_t(count) * source.elementBytes);
}

void Feed::expect(std::span<const uint32_t> rows) {
  for (Source &source : sources_)
    if (source.batched && source.perRow == 1 && source.column->rows)
      source.column->rows->expect(rows);
}

void Feed::fill(std::span<const uint32_t> rows) {
  bool batched = false;
  int64_t longest = 1;
  if (lengths_)
    for (uint32_t row : rows)
      longest = std::max<int64_t>(longest, lengths_->as<int32_t>()[row]);
  for (Source &source : sources_) {
    if (!source.batched)
      continue;
    batched = true;
    source.filled = source.perPlace ? longest * source.perPlace : source.rowElements;
    size_t inputRow = size_t(source.filled) * sizeOf(source.input.dtype());
    auto *to = static_cast<std::byte *>(source.input.data());
    for (uint32_t row : rows) {
      copyRow(source, to, row);
      to += inputRow;
    }
  }
  if (batched)
    call_->setExtent(int64_t(rows.size()));
  if (lengths_)
    call_->setExtent(openSize_, longest);
}

/// What a person calls a row.
static std::string placeOf(const Column &column, uint32_t row) {
  return column.windows ? fmt::format("window {} of {} (counted from 0)", row, column.path) : column.rows->place(row);
}

std::string Feed::explain(const CallError &error, std::span<const uint32_t> rows) const {
  if (error.code != DLC_BAD_INDEX || error.row < 0 || error.row >= int64_t(rows.size()))
    return error.what();
  uint32_t row = rows[size_t(error.row)];
  // An index comes from a column of integers: where there is but one, it is the one to look into.
  std::vector<std::string> places;
  for (const Source &source : sources_)
    if (source.batched && !isFloat(source.input.dtype()))
      places.push_back(placeOf(*source.column, row));
  return fmt::format("{}{}{} holds {}, expected 0 to {}", error.op, error.op.empty() ? "" : ": ",
                     places.empty() ? fmt::format("row {} of the data (counted from 0)", row) : join(places, " or "),
                     error.value, error.limit - 1);
}

std::string Feed::notFinite(std::span<const uint32_t> rows) const {
  for (const Source &source : sources_) {
    if (!isFloat(source.input.dtype()))
      continue;
    int64_t each = source.batched ? source.filled : source.rowElements;
    int64_t count = each * (source.batched ? int64_t(rows.size()) : 1);
    for (int64_t i = 0; i < count; ++i) {
      double value = TensorView(source.input).at(i);
      if (!std::isfinite(value))
        return fmt::format("{} holds {}",
                           source.batched ? placeOf(*source.column, rows[size_t(i / each)]) : source.column->path,
                           exactNumber(value, false));
    }
  }
  return "";
}

MetricSums::MetricSums(const Entry &entry) {
  auto counts = [&](size_t output) {
    return std::any_of(entry.outputs.begin(), entry.outputs.end(),
                       [&](const Port &port) { return port.combine == DLC_COMBINE_COUNT && port.count == output; });
  };
  for (size_t i = 0; i < entry.outputs.size(); ++i)
    if (entry.outputs[i].dims.empty() && !counts(i))
      metrics_.push_back({i, std::string(entry.outputs[i].name), entry.outputs[i].combine});
}

double MetricSums::value(const Call &call, size_t output) { return call.output(output).at(0); }

bool MetricSums::isEmpty(const Call &call, size_t output) {
  const Port &port = call.entry().outputs[output];
  return port.combine == DLC_COMBINE_COUNT && value(call, port.count) == 0;
}

void MetricSums::add(const Call &call, int64_t rows) {
  for (Metric &metric : metrics_) {
    if (isEmpty(call, metric.output))
      continue;
    // What nothing better is known of is weighed by rows.
    double weight = metric.combine == DLC_COMBINE_SUM     ? 1
                    : metric.combine == DLC_COMBINE_COUNT ? value(call, call.entry().outputs[metric.output].count)
                                                          : double(rows);
    metric.sum += weight * value(call, metric.output);
    metric.weight += weight;
  }
}

Metrics MetricSums::means() const {
  Metrics metrics;
  for (const Metric &metric : metrics_)
    metrics.emplace_back(metric.name, metric.combine == DLC_COMBINE_SUM ? metric.sum : metric.sum / metric.weight);
  return metrics;
}

std::vector<size_t> MetricSums::indices() const {
  std::vector<size_t> indices;
  for (const Metric &metric : metrics_)
    indices.push_back(metric.output);
  return indices;
}

void MetricSums::reset() {
  for (Metric &metric : metrics_)
    metric.sum = metric.weight = 0;
}

Json MetricSums::save() const {
  Json sums = Json::array(), weights = Json::array();
  for (const Metric &metric : metrics_) {
    sums.push_back(jsonNumber(metric.sum));
    weights.push_back(jsonNumber(metric.weight));
  }
  return {{"sums", sums}, {"weights", weights}};
}

void MetricSums::load(const Json &json) {
  reset();
  Json sums = json.value("sums", Json::array()), weights = json.value("weights", Json::array());
  if (json.contains("rows")) // of a checkpoint that weighed all by rows
    weights = std::vector<Json>(metrics_.size(), json["rows"]);
  if (sums.size() != metrics_.size() || weights.size() != metrics_.size())
    return;
  try {
    for (size_t i = 0; i < metrics_.size(); ++i) {
      metrics_[i].sum = numberFromJson(sums[i]);
      metrics_[i].weight = numberFromJson(weights[i]);
    }
  } catch (const Json::exception &) { // a damaged record: the means start anew
    reset();
  }
}

std::optional<Metrics> evaluate(Feed &feed, std::span<const uint32_t> all, int64_t batch, const volatile int *stop) {
  MetricSums sums(feed.call().entry());
  feed.expect(all);
  for (size_t at = 0; at < all.size(); at += size_t(batch)) {
    if (stop && *stop)
      return std::nullopt;
    auto rows = all.subspan(at, std::min(size_t(batch), all.size() - at));
    feed.fill(rows);
    try {
      feed.call().run();
    } catch (const CallError &error) {
      throw UserError(feed.explain(error, rows));
    }
    sums.add(feed.call(), int64_t(rows.size()));
  }
  return sums.means();
}

const Entry *findEvaluation(const Model &model, const std::string &name, bool sessions) {
  if (!name.empty())
    return &findEntry(model, name, std::numeric_limits<int64_t>::max());
  const Entry *best = nullptr;
  int bestScore = 0;
  for (const Entry &entry : model.entries()) {
    if (entry.kind != DLC_FUNCTION && !(sessions && entry.kind == DLC_SESSION_CALL))
      continue;
    int score = 0;
    for (const Port &output : entry.outputs)
      if (output.dims.empty())
        score += output.name == "loss" || output.name == "accuracy" ? 2 : 0;
    if (score && entry.name == "loss")
      ++score;
    // Of several capacities the largest: fewest calls.
    if (score > bestScore ||
        (best && score == bestScore && entry.name == best->name && entry.capacity > best->capacity))
      best = &entry, bestScore = score;
  }
  return best;
}

} // namespace dlc::run
