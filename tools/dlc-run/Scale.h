// Scale.h - how the numbers of a file become those of an input.
// SPDX-License-Identifier: Apache-2.0
//
// One rule for all commands and all kinds of files: bytes that are more than one number a row are pictures, and
// become 0 to 1 where the input is a float; all other numbers stay as they are. --scale says otherwise, and training
// leaves what it was told in the checkpoint. Numbers on the command line are never scaled.
#ifndef DLC_RUN_SCALE_H
#define DLC_RUN_SCALE_H

#include "runtime/Model.h"
#include "tools/dlc-run/Progress.h"

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dlc::run {

/// x * times / over. 1/255 stays two numbers: a byte so becomes the float that is nearest to its quotient.
struct Scale {
  double times = 1, over = 1;
  bool keeps() const { return times == over; }
};

/// Multiplies `count` numbers of `type`, a float.
void scaleNumbers(DType type, void *numbers, int64_t count, Scale scale);
/// The same for bytes, which become numbers of `type`.
void scaleBytes(DType type, void *to, const void *from, int64_t count, Scale scale);

/// --scale NAME=FACTOR, and the rule for inputs that it does not name.
class Scales {
public:
  void addTo(CLI::App &app);
  std::vector<std::string> given; ///< as on the command line: "image=1/255"

  /// UserError for a name that is no input of `entry`, for integers, for what is no number.
  void check(const Entry &entry) const;
  /// Where a file of weights is the checkpoint of a training: what that was told about scales holds for the inputs
  /// that `given` does not name.
  void inherit(const std::string &weights);
  /// UserError where --scale names an input whose value stands on the command line.
  void checkInline(const Port &port, const std::string &context) const;

  /// How numbers of type `inFile` are fed to `port`.
  Scale of(const Port &port, DType inFile) const;
  /// The same, and keeps in mind what is worth saying of it.
  Scale use(const Port &port, DType inFile);
  /// What `use` was asked about, one sentence for each input whose numbers could have been meant otherwise.
  const std::vector<std::string> &notes() const { return notes_; }
  /// The factors of these inputs, by name.
  const Json &json() const { return json_; }

private:
  std::vector<std::string> inherited_;
  std::string inheritedFrom_;
  std::vector<std::string> notes_;
  Json json_ = Json::object();
};

} // namespace dlc::run

#endif // DLC_RUN_SCALE_H
