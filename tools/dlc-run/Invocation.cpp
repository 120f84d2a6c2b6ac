// Invocation.cpp - any entry point, called with whatever state it needs.
// SPDX-License-Identifier: Apache-2.0
//
// See Invocation.h.
#include "tools/dlc-run/Invocation.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Text.h"

#include <algorithm>
#include <fmt/format.h>

namespace dlc::run {

Invocation::Invocation(const Model &model, const Entry &entry, const std::string &weights, std::optional<uint64_t> seed,
                       bool onlyReads)
    : model_(model), entry_(entry), seed_(seed.value_or(0)) {
  bool isMapped = onlyReads && !weights.empty() && !isTraining(entry) && isPacked(weights);
  parameters_ = isMapped ? model.mapParameters(weights) : model.newParameters(seed_);
  bool trainable =
      std::any_of(model.entries().begin(), model.entries().end(), [](const Entry &other) { return isTraining(other); });
  if (trainable && !isMapped)
    training_ = model.newTraining(*parameters_, seed_);
  if (!weights.empty() && !isMapped) {
    if (training_ && isCheckpoint(weights)) {
      CheckpointInfo info = training_->load(weights);
      seed_ = seed.value_or(info.seed);
      training_->setSeed(seed_);
    } else {
      parameters_->load(weights);
    }
  }
  if (entry.kind == DLC_SESSION_CALL)
    session_ = model.newSession(*parameters_);
}

Results Invocation::call(std::span<const Input> inputs, CallOptions options) {
  if (session_ || !isTraining(entry_))
    options.seed = options.seed.value_or(seed_);
  if (session_)
    return session_->call(entry_.name, inputs, options);
  if (isTraining(entry_))
    return training_->call(entry_.name, inputs, options);
  return model_.call(entry_.name, *parameters_, inputs, options);
}

Call Invocation::prepare() {
  if (session_)
    return session_->prepare(entry_.name, entry_.capacity);
  if (isTraining(entry_))
    return training_->prepare(entry_.name, entry_.capacity);
  return model_.prepare(entry_.name, *parameters_, entry_.capacity);
}

void Invocation::save(const std::string &path) const {
  if (training_)
    training_->save(path);
  else
    parameters_->save(path);
}

std::optional<Tensor> Invocation::tensor(const std::string &name) const {
  const TensorInfo *info = model_.findTensor(name);
  if (!info)
    return std::nullopt;
  if (info->kind == DLC_SLOT)
    return training_ ? std::optional<Tensor>(training_->slot(name)) : std::nullopt;
  if (info->kind == DLC_SESSION_STATE)
    return session_    ? session_->get(name)
           : training_ ? std::optional<Tensor>(training_->session().get(name))
                       : std::nullopt;
  return parameters_->get(name);
}

void Invocation::setTensor(const std::string &name, TensorView value) {
  const TensorInfo *info = model_.findTensor(name);
  if (!info) {
    std::vector<std::string> names;
    for (const TensorInfo &tensor : model_.tensors())
      names.emplace_back(tensor.name);
    throw UserError(unknownName("tensor", name, fmt::format(" in model '{}'", model_.name()), "tensors", names));
  }
  if (info->kind == DLC_SESSION_STATE)
    (session_ ? *session_ : training_ ? training_->session() : model_.newSession(*parameters_)).set(name, value);
  else if (info->kind == DLC_SLOT)
    training_->setSlot(name, value);
  else
    parameters_->set(name, value);
}

} // namespace dlc::run
