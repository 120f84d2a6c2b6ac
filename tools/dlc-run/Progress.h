// Progress.h - how a long run tells what it is doing: a line that updates, plain lines, or JSON.
// SPDX-License-Identifier: Apache-2.0
//
// On a terminal one line is rewritten a few times a second; in a pipe a line is written every few seconds
// and at the end of each epoch; with --json each report is an object on a line of its own.
#ifndef DLC_RUN_PROGRESS_H
#define DLC_RUN_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dlc::run {

/// JSON objects keep the order in which their members were written: they are read by people, too.
using Json = nlohmann::ordered_json;

/// Names and values of metrics, in the order of the entry point's outputs.
using Metrics = std::vector<std::pair<std::string, double>>;

/// "loss 0.1234, accuracy 97.81 %"
std::string metricsText(const Metrics &metrics);

/// Reads JSON from a file or a command line, which may be anything; what is not JSON, or nested more than 100 deep
/// (a tensor has 8 axes at most, and what is nested is copied by recursion), is_discarded(). `problem` says why.
Json parseJson(std::string_view text, std::string *problem = nullptr);

/// A JSON number; "nan", "inf" or "-inf", which JSON has no numbers for, as strings.
Json jsonNumber(double value);
/// What jsonNumber wrote; throws Json::exception for anything else.
double numberFromJson(const Json &json);

/// The metrics as members of an object.
Json jsonMetrics(const Metrics &metrics);

/// Seconds from a fixed moment, for differences.
double now();

/// What cannot be shown, because a terminal or a reader went away, is lost; it never ends the run.
class Progress {
public:
  /// Where a run stands, after a step.
  struct Status {
    int64_t epoch = 1, epochs = 1; ///< from 1
    int64_t step = 0, steps = 0;   ///< within the epoch
    int64_t totalStep = 0;         ///< over all epochs
    double rowsPerSecond = 0;
    double secondsLeft = 0;
    Metrics metrics; ///< means over the epoch so far
  };

  explicit Progress(bool json);
  ~Progress();

  bool json() const { return json_; }

  /// True if `step` would print now: spares the caller to collect what nobody sees.
  bool due() const;
  /// The state after a step.
  void step(const Status &status);
  /// A line that stays: printed under the updating one. Nothing in JSON mode.
  void line(const std::string &text);
  /// What went wrong although the run goes on: on standard error, and an object in JSON mode.
  void warn(const std::string &text);
  /// An object in JSON mode. Nothing otherwise.
  void event(const Json &object);
  /// Takes the updating line away.
  void clear();

private:
  bool json_, terminal_, shown_ = false;
  double last_;
};

} // namespace dlc::run

#endif // DLC_RUN_PROGRESS_H
