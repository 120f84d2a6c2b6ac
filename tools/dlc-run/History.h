// History.h - the losses of a run, kept small, and the picture made of them.
// SPDX-License-Identifier: Apache-2.0
//
// The loss of each step is averaged over stretches of steps that double in length whenever there are too many
// of them: a run of any length keeps at most 2,048 points. They travel in the checkpoint, so that a resumed
// run draws its whole curve.
#ifndef DLC_RUN_HISTORY_H
#define DLC_RUN_HISTORY_H

#include "tools/dlc-run/Progress.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dlc::run {

class History {
public:
  struct Epoch {
    int64_t step;       ///< the last of the epoch
    Metrics training;   ///< means over the epoch
    Metrics validation; ///< empty if there are no validation rows
    bool operator==(const Epoch &) const = default;
  };

  /// The loss of a step; nothing where nothing in its batch counted, which is drawn as the step before.
  void addStep(std::optional<double> loss);
  void addEpoch(Epoch epoch) { epochs_.push_back(std::move(epoch)); }
  const std::vector<Epoch> &epochs() const { return epochs_; }

  /// True if the epochs of the two are the same as far as both go.
  bool agrees(const History &other) const;

  Json save() const;
  /// Takes what `save` gave; a damaged record leaves an empty history.
  void load(const Json &json);

  /// The picture: losses on top, the other metrics of the epochs below.
  std::string picture(const std::string &title, const std::string &subtitle) const;

private:
  void halve();

  std::vector<double> points_; ///< means over `stride_` steps each
  int64_t stride_ = 1;
  double sum_ = 0; ///< of the stretch that is not full yet
  int64_t count_ = 0;
  double last_ = 0; ///< loss that a step had
  std::vector<Epoch> epochs_;
};

} // namespace dlc::run

#endif // DLC_RUN_HISTORY_H
