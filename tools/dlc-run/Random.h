// Random.h - inputs made from a seed, for bench and gradcheck.
// SPDX-License-Identifier: Apache-2.0
//
// Floats are normal numbers; integers are drawn below a limit, which a person gives where the model's own is
// not 2 (class labels, tokens).
#ifndef DLC_RUN_RANDOM_H
#define DLC_RUN_RANDOM_H

#include "runtime/Model.h"
#include "tools/dlc-run/Scale.h"

#include <CLI/App.hpp>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace dlc::run {

/// --input NAME=VALUE, --scale NAME=FACTOR and --range NAME=N.
struct RandomInputs {
  std::vector<std::string> given, ranges;
  Scales scales;
  uint64_t seed = 0;

  void addTo(CLI::App &app);
  /// UserError for a name that is an input of none of `entries`.
  void check(std::span<const Entry *const> entries) const;
  /// A value for each input of `entry`, for a call of `rows` rows. Names of other entry points' inputs are
  /// passed over.
  std::vector<Tensor> make(const Entry &entry, int64_t rows) const;
};

/// Fills a tensor of floats with scale * normal numbers from the stream `name`, added to what is there.
void addNormal(Tensor &tensor, uint64_t seed, const std::string &name, double scale);

} // namespace dlc::run

#endif // DLC_RUN_RANDOM_H
