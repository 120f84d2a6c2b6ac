// Invocation.h - any entry point, called with whatever state it needs.
// SPDX-License-Identifier: Apache-2.0
//
// A function needs parameters, a train step an optimizer too, a session call a session: this makes what the
// entry point asks for, from a seed or from a file, and calls it.
#ifndef DLC_RUN_INVOCATION_H
#define DLC_RUN_INVOCATION_H

#include "runtime/Model.h"

#include <optional>
#include <span>
#include <string>

namespace dlc::run {

class Invocation {
public:
  /// State for `entry`: from `weights` (a checkpoint or plain weights) if not empty, else from the seed. The
  /// random streams have the seed if one is given, else a checkpoint's, else 0. Who `onlyReads` gets weights that are
  /// mapped where their file is packed and the entry point trains nothing.
  Invocation(const Model &model, const Entry &entry, const std::string &weights, std::optional<uint64_t> seed,
             bool onlyReads);

  Results call(std::span<const Input> inputs, CallOptions options);

  /// A call to be made many times, of the entry point's capacity.
  Call prepare();

  /// Writes a checkpoint; plain weights where the model cannot be trained.
  void save(const std::string &path) const;

  /// A parameter, buffer or optimizer slot by name; nothing if there is none.
  std::optional<Tensor> tensor(const std::string &name) const;
  void setTensor(const std::string &name, TensorView value);

  Parameters &parameters() { return *parameters_; }
  /// NULL where the model has nothing to train.
  Training *training() { return training_ ? &*training_ : nullptr; }

private:
  const Model &model_;
  const Entry &entry_;
  std::optional<Parameters> parameters_;
  std::optional<Training> training_;
  std::optional<Session> session_;
  uint64_t seed_ = 0;
};

} // namespace dlc::run

#endif // DLC_RUN_INVOCATION_H
