// Train.cpp - dlc-run train: epochs over shuffled rows.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/Philox.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Interrupt.h"
#include "tools/dlc-run/TrainRun.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace dlc::run {

std::optional<double> judged(const Metrics &validation) {
  std::optional<double> errors;
  for (auto &[name, value] : validation) {
    if (name == "loss")
      return value;
    if (name == "accuracy")
      errors = 1 - value;
  }
  return errors;
}

bool better(double a, double b) {
  auto rank = [](double loss) { return std::isfinite(loss) ? 0 : std::isinf(loss) ? 1 : 2; };
  return rank(a) != rank(b) ? rank(a) < rank(b) : rank(a) == 0 && a < b;
}

/// The rows of an epoch in the order in which they are trained on: Fisher and Yates' shuffle, drawn from a
/// random stream named by the epoch.
static std::vector<uint32_t> shuffledRows(int64_t count, uint64_t seed, int64_t epoch) {
  std::vector<uint32_t> rows(static_cast<size_t>(count));
  std::iota(rows.begin(), rows.end(), 0u);
  PhiloxStream stream(seed, fmt::format("dlc-run.shuffle.{}", epoch));
  for (size_t i = rows.size(); i > 1; --i)
    std::swap(rows[i - 1], rows[stream.below(i - 1, uint32_t(i))]);
  return rows;
}

/// Some batches at a time become batches of rows of like length, which come in an order drawn from a stream named by the epoch.
/// The rows that are left over are the last batch.
static void bucket(std::vector<uint32_t> &rows, std::span<const int32_t> lengths, int64_t batch, uint64_t seed,
                   int64_t epoch) {
  constexpr int64_t batchesAtOnce = 50; // enough that lengths in a batch differ by a few, few enough that orders differ
  auto whole = rows.size() / size_t(batch) * size_t(batch), some = size_t(batch * batchesAtOnce);
  for (size_t first = 0; first < whole; first += some)
    std::stable_sort(rows.begin() + std::ptrdiff_t(first), rows.begin() + std::ptrdiff_t(std::min(first + some, whole)),
                     [&](uint32_t a, uint32_t b) { return lengths[a] < lengths[b]; });
  PhiloxStream stream(seed, fmt::format("dlc-run.bucket.{}", epoch));
  for (size_t i = whole / size_t(batch); i > 1; --i) {
    auto last = rows.begin() + std::ptrdiff_t((i - 1) * size_t(batch));
    auto other = rows.begin() + std::ptrdiff_t(stream.below(i - 1, uint32_t(i)) * size_t(batch));
    if (last != other)
      std::swap_ranges(last, last + std::ptrdiff_t(batch), other);
  }
}

/// How far the windows of a text are moved on in an epoch: so it is not cut at the same places every time.
static int64_t windowShift(const Windows &windows, uint64_t seed, int64_t epoch) {
  PhiloxStream stream(seed, fmt::format("dlc-run.windows.{}", epoch));
  return stream.below(0, uint32_t(std::min<int64_t>(windows.slack + 1, std::numeric_limits<uint32_t>::max())));
}

void TrainRun::trainStep(std::span<const uint32_t> rows, int64_t epoch) {
  feed_->fill(rows);
  int64_t number = training_->step() + 1;
  if (options_.hasSchedule()) {
    factor_ = options_.scheduleFactor(seen_, int64_t(rows.size()), length_);
    for (auto &[name, rate] : rates_)
      step_->setScalar(name, rate * factor_);
  } else {
    factor_ = 1;
  }
  if (forgets_)
    training_->session().reset();
  step_->run();
  double loss = MetricSums::value(*step_, lossOutput_);
  bool counts = !MetricSums::isEmpty(*step_, lossOutput_);
  if (counts && !std::isfinite(loss)) {
    std::error_code error;
    std::string kept = std::filesystem::exists(options_.out, error)
                           ? fmt::format("; {} is left as it was", options_.out)
                           : "",
                data = feed_->notFinite(rows);
    throw UserError(fmt::format("the loss is {} at step {} (epoch {}), and training ends here{}. {}",
                                exactNumber(loss, false), number, epoch + 1, kept,
                                !data.empty() ? "The data has it: " + data
                                              : "A smaller learning rate often helps (--set lr=X, --warmup STEPS); "
                                                "--trap-nan tells which operation gave it first"));
  }
  sums_->add(*step_, int64_t(rows.size()));
  history_.addStep(counts ? std::optional(loss) : std::nullopt);
  rowsDone_ += int64_t(rows.size());
  seen_ += int64_t(rows.size());
  if (log_.isOpen()) {
    Json object = {{"event", "step"}, {"step", number}, {"epoch", epoch + 1}};
    for (size_t output : sums_->indices())
      object[std::string(entry_->outputs[output].name)] = jsonNumber(MetricSums::value(*step_, output));
    for (auto &[name, rate] : rates_)
      object[name] = rate * factor_;
    log_.write(object);
  }
}

std::vector<uint32_t> TrainRun::beginEpoch(int64_t epoch) {
  const Windows *windows = data_->windows();
  if (windows && windows->isContiguous) {
    if (seen_ % trainRows_ == 0)
      training_->session().reset(); // back to where the text begins
    return contiguousRows(trainRows_, options_.batch);
  }
  if (windows)
    feed_->shift(windowShift(*windows, options_.seed, epoch));
  std::vector<uint32_t> rows = shuffledRows(trainRows_, options_.seed, epoch);
  if (options_.bucket)
    bucket(rows, feed_->lengths()->as<int32_t>(), options_.batch, options_.seed, epoch);
  return rows;
}

std::optional<TrainRun::End> TrainRun::epoch(int64_t epoch) {
  std::vector<uint32_t> order = beginEpoch(epoch);
  epochStarted_ = now();
  int64_t before = rowsDone_;
  feed_->expect(std::span(order).subspan(size_t(seen_ % trainRows_)));
  for (int64_t at = seen_ % trainRows_; at < trainRows_; at += options_.batch) {
    bool enough = seen_ >= length_.total;
    if (enough || *interrupted()) {
      attempt(options_.out, [&] { save(options_.out); });
      if (at > 0) {
        unfinished_ = sums_->means();
        progress_.line(fmt::format("epoch {}/{}, {} of {} examples  {}", epoch + 1, epochs_, countText(at),
                                   countText(trainRows_), metricsText(unfinished_)));
      }
      return enough ? End::Steps : End::Interrupted;
    }
    auto rows = std::span(order).subspan(size_t(at), size_t(std::min(options_.batch, trainRows_ - at)));
    auto fail = [&](const std::string &why, bool unchanged) {
      std::string text = fmt::format("step {} (epoch {}): {}", training_->step() + 1, epoch + 1, why);
      if (unchanged && rowsDone_ > 0 && attempt(options_.out, [&] { save(options_.out); }))
        text += fmt::format(". The steps before it are in {}", options_.out);
      throw UserError(text);
    };
    // A bad index, or a row that cannot be had, is found before anything is changed: what was trained until then is good.
    try {
      trainStep(rows, epoch);
    } catch (const CallError &error) {
      fail(feed_->explain(error, rows), error.code == DLC_BAD_INDEX);
    } catch (const DataError &error) {
      fail(error.what(), true);
    }
    if (progress_.due())
      reportStep(epoch, at);
  }
  double seconds = now() - epochStarted_;
  if (!endEpoch(epoch, seconds > 0 ? double(rowsDone_ - before) / seconds : 0))
    return End::Interrupted;
  return std::nullopt;
}

bool TrainRun::judge(const Metrics &validation, int64_t epoch) {
  std::optional<double> loss = judged(validation);
  if (loss && (bestEpoch_ == 0 || better(*loss, bestLoss_))) {
    bestLoss_ = *loss;
    bestEpoch_ = epoch + 1;
    sinceBest_ = 0;
    return true;
  }
  ++sinceBest_;
  return false;
}

TrainRun::End TrainRun::loop() {
  rowsTotal_ = std::max<int64_t>(0, length_.total - seen_);
  started_ = now();
  int64_t first = seen_ / trainRows_;
  for (int64_t at = first; at < epochs_; ++at) {
    if (options_.patience > 0 && sinceBest_ >= options_.patience)
      return End::Patience;
    if (seen_ >= length_.total)
      return options_.steps ? End::Steps : End::Complete;
    // A signal that came at the end of an epoch: its checkpoint is written already.
    if (*interrupted() && at > first)
      return End::Interrupted;
    if (std::optional<End> end = epoch(at))
      return *end;
  }
  return End::Complete;
}

int TrainRun::run() {
  openModel();
  openText();
  resume();
  openData();
  findPlace();
  checkFiles();
  announce();
  findBest();
  catchInterrupts();
  catchClosedPipes();
  End end = loop();
  finish(end);
  return end == End::Interrupted ? interruptedExitCode : 0;
}

void addTrain(CLI::App &app) {
  CLI::App &command = addSubcommand(app, "train", "Train a model, with progress, checkpoints and a picture of the loss",
                                    "dlc-run train mnist.so --data mnist/ --epochs 5 --validation 0.1 \\\n"
                                    "    --out mnist.safetensors");
  auto options = std::make_shared<TrainOptions>();
  options->addTo(command);
  command.callback([options] { exitCode() = TrainRun(*options).run(); });
}

} // namespace dlc::run
