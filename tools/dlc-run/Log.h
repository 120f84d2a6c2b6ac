// Log.h - the record of a training run, one JSON object a line.
// SPDX-License-Identifier: Apache-2.0
//
// A log only grows: a new one is put in its place as a whole with its first line, and lines are appended from
// then on. It never holds part of a line that this program wrote on purpose: what a full disk cut off is cut
// off entirely, and what a killed run left unfinished goes when the next run appends.
#ifndef DLC_RUN_LOG_H
#define DLC_RUN_LOG_H

#include "tools/dlc-run/Progress.h"

#include <string>

namespace dlc::run {

class Log {
public:
  Log() = default;
  ~Log();
  Log(const Log &) = delete;
  Log &operator=(const Log &) = delete;

  /// Begins a log with `first`, or adds it to the one that is there. UserError if it cannot be written.
  void open(const std::string &path, const Json &first, bool append);
  bool isOpen() const { return descriptor_ >= 0; }
  /// Lines are kept in memory until there are some of them, or until flush.
  void write(const Json &object);
  void flush();
  /// What went wrong after `open`: nothing is written from then on. "" if all is well.
  const std::string &problem() const { return problem_; }

private:
  void close();

  std::string path_, buffer_, problem_;
  int descriptor_ = -1;
  bool isRegular_ = false;
};

} // namespace dlc::run

#endif // DLC_RUN_LOG_H
