// TrainOptions.h - what a person can say about a training run, and what a checkpoint remembers of it.
// SPDX-License-Identifier: Apache-2.0
//
// Options that decide what the run computes are settings: they are written into the checkpoint, a resumed run
// takes those from it that are not given again, and the line that reproduces the run is made of them. What is
// read from a checkpoint goes the way of what is typed, through the same checks.
#ifndef DLC_RUN_TRAINOPTIONS_H
#define DLC_RUN_TRAINOPTIONS_H

#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Data.h"
#include "tools/dlc-run/Progress.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dlc::run {

/// Lengths in examples, which is what schedules count in: a run that goes on with another batch size ends at the
/// rate at which it would have ended.
struct RunLength {
  int64_t total = 0, warmup = 0, epoch = 0;
  bool operator==(const RunLength &) const = default;
};

class TrainOptions {
public:
  ModelArguments model;
  DataArguments data;
  std::string entry, evaluation;
  int64_t epochs = 0, batch = 0, steps = 0; ///< 0: not said
  uint64_t seed = 0;
  std::vector<std::string> scalars; ///< --set
  double validation = 0;
  int64_t validationRows = 0;
  std::string schedule = "constant";
  int64_t warmup = 0, decayEvery = 0, patience = 0;
  double decay = 0.1;
  std::string weights, best, classes;
  bool trapNan = false, bucket = false;
  // Not settings: where results go, and how the run talks.
  std::string out, resume, curve, log;
  bool overwrite = false, json = false;

  void addTo(CLI::App &app);

  /// The settings, to be stored.
  Json save() const;
  /// Takes each setting that was not given on the command line from what `save` gave. True if all others are
  /// as stored too, so that a run from the start with these settings comes to the same numbers.
  bool inherit(const Json &stored);
  bool seedGiven() const { return seedOption_->count() > 0; }
  bool given(const std::string &flag) const;
  /// The line that makes the run again has this setting from now on, be it as it is unless given.
  void tellAlways(const std::string &flag);
  /// What `inherit` found to be otherwise than stored: "--batch 16 (was 8)".
  const std::vector<std::string> &changes() const { return changes_; }

  /// The line that makes the run again; `resumeFrom` is left out if empty.
  std::string command(const std::string &resumeFrom) const;

  /// What the learning rates are multiplied by in the update that trains on `rows` examples after `seen`.
  double scheduleFactor(int64_t seen, int64_t rows, const RunLength &length) const;
  bool hasSchedule() const { return schedule != "constant" || warmup > 0; }

private:
  struct Setting {
    CLI::Option *option;
    std::string flag;
    Json initial;
    bool always; ///< in the line that makes the run again, changed or not
    std::function<Json()> get;
    std::vector<std::string>
        otherwise; ///< options that take its place, or leave it nothing to say: who gives one means it
  };

  /// Makes a setting of an option that sets `value`.
  template <class T> CLI::Option *remember(CLI::Option *option, const T &value, bool always = false);
  void rememberText(CLI::App &app);
  /// Takes a stored value as if it had been typed.
  void take(const Setting &setting, const Json &stored);

  std::vector<Setting> settings_;
  std::vector<std::string> changes_;
  CLI::Option *seedOption_ = nullptr;
};

} // namespace dlc::run

#endif // DLC_RUN_TRAINOPTIONS_H
