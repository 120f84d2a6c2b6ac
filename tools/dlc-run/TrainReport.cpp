// TrainReport.cpp - what a run tells: how it begins, how far it is, how it ends.
// SPDX-License-Identifier: Apache-2.0
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Curve.h"
#include "tools/dlc-run/Interrupt.h"
#include "tools/dlc-run/TrainRun.h"

#include <cmath>

namespace dlc::run {

void TrainRun::announce() {
  int64_t weights = 0;
  for (const TensorInfo &tensor : model_->tensors())
    if (tensor.kind == DLC_PARAMETER)
      weights += tensor.dims.elements();
  Metrics scalars;
  for (const ScalarInfo &scalar : entry_->scalars)
    scalars.emplace_back(scalar.name, training_->scalar(scalar.name));
  std::string held = validationRows_ ? fmt::format(", {} held out for validation", countText(validationRows_)) : "";
  if (leftOut_)
    held += data_->windows() && data_->windows()->isContiguous
                ? fmt::format(", {} left out (each row of a batch reads as many)", leftOut_)
                : fmt::format(", {} left out (a step takes {} equal parts)", leftOut_, entry_->parts);
  progress_.line(fmt::format("{}: {} parameters, train step '{}', {}, {} thread{}", model_->name(), countText(weights),
                             entry_->name, model_->target(), model_->threads(), model_->threads() == 1 ? "" : "s"));
  progress_.line(fmt::format("{} examples{}; batch {}, {} steps an epoch, seed {}{}{}", countText(trainRows_), held,
                             options_.batch, countText(perEpoch_), options_.seed, scalars.empty() ? "" : ", ",
                             metricsText(scalars)));
  std::vector<std::string> notes = data_->notes();
  if (testData_)
    notes.insert(notes.end(), testData_->notes().begin(), testData_->notes().end());
  for (const std::string &note : notes)
    progress_.line(note);
  options_.data.noteScales(*data_, *entry_);
  for (const auto *more : {&options_.data.scales.notes(), &options_.data.text.notes()})
    for (const std::string &note : *more)
      progress_.line(note);
  if (!resumedFrom_.empty())
    announceResume();
  Json start = {{"event", "start"},
                {"library", options_.model.library},
                {"model", model_->name()},
                {"entry", entry_->name},
                {"target", model_->target()},
                {"threads", model_->threads()},
                {"parameters", weights},
                {"rows", trainRows_},
                {"validation_rows", validationRows_},
                {"batch", options_.batch},
                {"epochs", epochs_},
                {"steps_per_epoch", perEpoch_},
                {"step", training_->step()},
                {"examples", seen_},
                {"seed", options_.seed},
                {"scalars", jsonMetrics(scalars)}};
  if (!options_.data.scales.json().empty())
    start["scale"] = options_.data.scales.json();
  if (!classes_.empty())
    start["classes"] = classes_;
  notes.insert(notes.end(), options_.data.text.notes().begin(), options_.data.text.notes().end());
  if (!notes.empty())
    start["notes"] = notes;
  if (const TextRecord &record = options_.data.text.record(); record.vocabulary) {
    start["vocabulary"] = record.vocabulary->size();
    if (!record.labels.empty())
      start["labels"] = record.labels;
  }
  progress_.event(start);
  if (options_.log.empty())
    return;
  log_.open(options_.log, start, isOwn({"--log", options_.log}));
}

void TrainRun::announceResume() {
  progress_.line(fmt::format("goes on from {} after step {} and {} examples", resumedFrom_,
                             countText(training_->step()), countText(seen_)));
  std::vector<std::string> changes = options_.changes();
  if (lengthBefore_ && lengthBefore_->epoch != trainRows_)
    changes.push_back(
        fmt::format("{} examples an epoch (was {})", countText(trainRows_), countText(lengthBefore_->epoch)));
  if (passedOver_)
    changes.push_back(
        fmt::format("{} of the examples passed over (a step takes {} equal parts)", passedOver_, entry_->parts));
  if (!changes.empty())
    progress_.line("other than before: " + join(changes));
  if (!options_.hasSchedule() || !lengthBefore_ || seen_ >= length_.total || *lengthBefore_ == length_)
    return;
  double next = options_.scheduleFactor(seen_, std::min(options_.batch, trainRows_ - seen_ % trainRows_), length_);
  progress_.line(fmt::format("learning rate: as in a run of {} examples from the start (was {}); the next step has {} "
                             "of the full rate, the last one had {}",
                             countText(length_.total), countText(lengthBefore_->total), shortNumber(next),
                             shortNumber(factorBefore_)));
}

void TrainRun::reportStep(int64_t epoch, int64_t at) {
  Progress::Status status;
  status.epoch = epoch + 1;
  status.epochs = epochs_;
  status.step = at / options_.batch + 1;
  status.steps = perEpoch_;
  status.totalStep = training_->step();
  double seconds = now() - started_;
  status.rowsPerSecond = seconds > 0 ? double(rowsDone_) / seconds : 0;
  status.secondsLeft = status.rowsPerSecond > 0 ? double(rowsTotal_ - rowsDone_) / status.rowsPerSecond : 0;
  status.metrics = sums_->means();
  progress_.step(status);
}

bool TrainRun::endEpoch(int64_t epoch, double rowsPerSecond) {
  Metrics training = sums_->means(), validation;
  bool stopped = false;
  double seconds = now() - epochStarted_;
  if (validation_) {
    try {
      int64_t first = validationData_ ? 0 : trainRows_;
      std::optional<Metrics> means = validation_->run(first, first + validationRows_, interrupted());
      stopped = !means;
      validation = means.value_or(Metrics());
    } catch (const UserError &error) {
      history_.addEpoch({training_->step(), training, {}});
      sums_->reset();
      bool kept = attempt(options_.out, [&] { save(options_.out); });
      throw UserError(fmt::format("validation after epoch {}: {}{}", epoch + 1, error.what(),
                                  kept ? fmt::format(". The epoch is in {}", options_.out) : ""));
    }
  }
  history_.addEpoch({training_->step(), training, validation});
  bool improved = !validation.empty() && judge(validation, epoch);
  sums_->reset();
  // The best first: --out says which epoch it is.
  std::optional<double> loss = judged(validation);
  if (loss && !options_.best.empty() && (keptEpoch_ == 0 || better(*loss, keptLoss_)) &&
      attempt(options_.best, [&] { save(options_.best); })) {
    keptLoss_ = *loss;
    keptEpoch_ = epoch + 1;
  }
  attempt(options_.out, [&] { save(options_.out); });

  std::string text = fmt::format("epoch {}/{}  {}", epoch + 1, epochs_, metricsText(training));
  if (!validation.empty())
    text += fmt::format("  validation {}{}", metricsText(validation), improved ? " (best)" : "");
  if (stopped)
    text += "  validation stopped";
  progress_.line(fmt::format("{}  {}, {} examples/s", text, durationText(seconds), countText(int64_t(rowsPerSecond))));
  Json object = {{"event", "epoch"}, {"epoch", epoch + 1}, {"step", training_->step()}};
  object.update(jsonMetrics(training));
  if (!validation.empty())
    object["validation"] = jsonMetrics(validation);
  if (stopped)
    object["validation"] = "stopped";
  object["seconds"] = seconds;
  object["rows_per_second"] = std::round(rowsPerSecond);
  object["checkpoint"] = options_.out;
  progress_.event(object);
  log_.write(object);
  flushLog();
  return !stopped;
}

std::optional<Metrics> TrainRun::test(const Parameters &parameters, int64_t &rows) {
  if (!testData_)
    return std::nullopt;
  Evaluation evaluation(*model_, *evaluation_, parameters, *testData_);
  rows = evaluation.rows();
  return evaluation.run(interrupted());
}

void TrainRun::finish(End end) {
  static const char *const reasons[] = {"complete", "steps", "patience", "interrupted"};
  double seconds = now() - started_;
  std::string again = options_.command(fromStart_ ? "" : resumedFrom_);
  Json object = {{"event", "end"},
                 {"reason", reasons[int(end)]},
                 {"epochs", int64_t(history_.epochs().size())},
                 {"step", training_->step()},
                 {"seconds", seconds},
                 {"rows_per_second", seconds > 0 ? std::round(double(rowsDone_) / seconds) : 0}};
  progress_.clear();
  if (rowsDone_ == 0 && end != End::Interrupted) {
    if (!isSameFile(options_.out, resumedFrom_))
      attempt(options_.out, [&] { save(options_.out); });
    progress_.line(fmt::format("{} is trained to its end already: raise --epochs or --steps to go on", options_.out));
  }
  if (end == End::Patience)
    progress_.line(fmt::format("stopped: the validation loss has not improved for {} epochs (best {} in epoch {})",
                               sinceBest_, shortNumber(bestLoss_), bestEpoch_));
  std::string subtitle = fmt::format("{} examples, batch {}, seed {}, {} steps", countText(trainRows_), options_.batch,
                                     options_.seed, countText(training_->step()));
  if (end != End::Interrupted)
    attempt("test", [&] {
      int64_t rows = 0;
      if (std::optional<Metrics> metrics = test(training_->parameters(), rows)) {
        progress_.line(fmt::format("test: {}  ({} examples)", metricsText(*metrics), countText(rows)));
        object["test"] = jsonMetrics(*metrics);
        object["test_rows"] = rows;
        subtitle += ", test " + metricsText(*metrics);
      }
      if (keptEpoch_ > 0)
        if (std::optional<Metrics> metrics = test(model_->loadParameters(options_.best), rows)) {
          progress_.line(fmt::format("test of {} (epoch {}): {}", options_.best, keptEpoch_, metricsText(*metrics)));
          object["best_test"] = jsonMetrics(*metrics);
        }
    });
  attempt(options_.curve, [&] { writeText(options_.curve, history_.picture(title(), subtitle)); });
  if (!unfinished_.empty())
    object["unfinished_epoch"] = jsonMetrics(unfinished_);
  object["library"] = options_.model.library;
  object["checkpoint"] = options_.out;
  object["curve"] = options_.curve;
  object["command"] = again;
  if (end == End::Interrupted) {
    std::string on = fmt::format("{} train {} --resume {}", shellQuote(programName()),
                                 shellQuote(options_.model.library), shellQuote(options_.out));
    if (problems_.contains(options_.out)) {
      progress_.line(fmt::format("interrupted after step {}", countText(training_->step())));
    } else {
      progress_.line(fmt::format("interrupted after step {}; the checkpoint is {}; go on with:\n  {}",
                                 countText(training_->step()), options_.out, on));
      object["resume"] = on;
    }
  } else {
    progress_.line(fmt::format("library     {}", options_.model.library));
    auto tell = [&](const char *what, const std::string &path, const std::string &more = "") {
      if (!problems_.contains(path)) // what could not be written is said below
        progress_.line(fmt::format("{}  {}{}", what, path, more));
    };
    tell("checkpoint", options_.out);
    if (keptEpoch_ > 0)
      tell("best      ", options_.best, fmt::format(" (epoch {})", keptEpoch_));
    tell("loss curve", options_.curve);
    if (rowsDone_ > 0)
      progress_.line(fmt::format("again       {}", again));
  }
  log_.write(object);
  flushLog();
  progress_.event(object);
  std::string problems;
  for (auto &[path, problem] : problems_)
    problems += fmt::format("\n  {}", problem);
  if (!problems.empty())
    throw UserError(fmt::format("the run came to its end, but not all of it could be done:{}", problems));
}

} // namespace dlc::run
