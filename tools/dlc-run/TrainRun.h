// TrainRun.h - one run of `dlc-run train`, from what the command line says to the last line.
// SPDX-License-Identifier: Apache-2.0
//
// All that decides a step is a function of the seed and of where the run stands: the order of an epoch's
// rows, the learning rate, the random streams. So a run that is stopped anywhere and resumed gives the same
// bits as one that was not. Where it stands is one number, the examples trained on: it means the same whatever the
// batch and the length of an epoch.
//
// Train.cpp steps, TrainData.cpp opens what is read, TrainFiles.cpp what is written, TrainReport.cpp tells a person.
#ifndef DLC_RUN_TRAINRUN_H
#define DLC_RUN_TRAINRUN_H

#include "runtime/Model.h"
#include "tools/dlc-run/Data.h"
#include "tools/dlc-run/Evaluation.h"
#include "tools/dlc-run/History.h"
#include "tools/dlc-run/Log.h"
#include "tools/dlc-run/Progress.h"
#include "tools/dlc-run/TrainOptions.h"

#include <fmt/format.h>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dlc::run {

/// What a run keeps in its checkpoints beside what the runtime keeps.
Json stateOf(const CheckpointInfo &info, const std::string &path);
/// What early stopping judges an epoch by: the validation loss, or, of a function that tells accuracy alone, its
/// part of errors. Nothing if it tells neither.
std::optional<double> judged(const Metrics &validation);
/// True if loss `a` is better than `b`: any finite one than an infinite one, and that than NaN.
bool better(double a, double b);

class TrainRun {
public:
  explicit TrainRun(TrainOptions &options) : options_(options), progress_(options.json) {}
  int run();

private:
  enum class End { Complete, Steps, Patience, Interrupted };

  void openModel();
  /// Reads texts, before the weights: what does not fit the model is told in words of texts then.
  void openText();
  void resume();
  void openData();
  void takeEqualParts();
  /// The names of the classes: the data's, the checkpoint's or those of --classes.
  void nameClasses();
  /// What windows of a text ask of a batch.
  void openWindows();
  void openValidation(int64_t rows);
  /// Where the run stands and how long it is, once the data are known.
  void findPlace();
  int64_t examplesAfter(int64_t seen, int64_t steps) const;
  void openTestData();
  /// Fails now rather than after an hour where a file could not be written, or would take the place of another.
  void checkFiles();
  std::vector<NamedFile> outputs() const;
  /// True for a file with pictures of the training or test data.
  bool isPictureFile(const std::string &path) const;
  std::string title() const { return fmt::format("{}: {}", model_->name(), entry_->name); }
  /// The validation loss and the epoch of the checkpoint that --best names, where it is one of this run's.
  std::optional<std::pair<double, int64_t>> kept() const;
  /// True if the file there is this run's own, from before it was resumed.
  bool isOwn(const NamedFile &file) const;
  void findBest();
  void announce();
  void announceResume();
  End loop();
  /// The rows of an epoch in the order in which they are trained on.
  std::vector<uint32_t> beginEpoch(int64_t epoch);
  /// What is left of one epoch; nothing if it came to its end.
  std::optional<End> epoch(int64_t epoch);
  void trainStep(std::span<const uint32_t> rows, int64_t epoch);
  void reportStep(int64_t epoch, int64_t at);
  /// Validates and writes the checkpoint; false where a signal stopped the validation.
  bool endEpoch(int64_t epoch, double rowsPerSecond);
  /// True if the validation loss is the best so far.
  bool judge(const Metrics &validation, int64_t epoch);
  void save(const std::string &path);
  /// Does what may fail for one file's sake: then it is said, here and at the end, and the run goes on.
  bool attempt(const std::string &path, const std::function<void()> &action);
  void flushLog();
  void finish(End end);
  std::optional<Metrics> test(const Parameters &parameters, int64_t &rows);

  TrainOptions &options_;
  Progress progress_;
  std::optional<Model> model_;
  std::optional<Training> training_;
  const Entry *entry_ = nullptr, *evaluation_ = nullptr;
  std::optional<DataSet> data_, testData_, validationData_; ///< validation rows, where they are not the end of data_
  std::vector<std::string> classes_;
  std::optional<Call> step_;
  std::optional<Feed> feed_;
  std::optional<Evaluation> validation_;
  std::optional<MetricSums> sums_;
  Metrics unfinished_; ///< of an epoch that the run ended in
  History history_;
  Log log_;
  std::map<std::string, std::string> problems_;       ///< by file: why it is not as it should be
  std::vector<std::pair<std::string, double>> rates_; ///< learning rates before the schedule

  size_t lossOutput_ = 0;
  int64_t trainRows_ = 0, validationRows_ = 0, leftOut_ = 0, perEpoch_ = 0, epochs_ = 0;
  int64_t seen_ = 0;       ///< examples trained on, in all
  int64_t passedOver_ = 0; ///< of them those that no step took, since they are less than a step's equal parts
  RunLength length_;
  double factor_ = 1;                     ///< of the learning rate in the last step
  std::optional<RunLength> lengthBefore_; ///< of the run that made the checkpoint
  double factorBefore_ = 1;
  double bestLoss_ = 0;
  int64_t bestEpoch_ = 0, sinceBest_ = 0; ///< no best while bestEpoch_ is 0
  double keptLoss_ = 0;                   ///< of the checkpoint that --best names
  int64_t keptEpoch_ = 0;                 ///< its epoch; 0: there is none
  bool fromStart_ = true;                 ///< a run from the start with these settings gives the same
  std::string resumedFrom_;
  std::optional<CheckpointInfo> checkpoint_; ///< that it goes on from
  int64_t batchBefore_ = 0;                  ///< of its run; 0: not known
  bool forgets_ = false;                     ///< each step begins with the initial state of a session

  double started_ = 0, epochStarted_ = 0;
  int64_t rowsDone_ = 0, rowsTotal_ = 0; ///< in this process
};

} // namespace dlc::run

#endif // DLC_RUN_TRAINRUN_H
