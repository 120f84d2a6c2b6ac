// TextInputs.cpp - which inputs of an entry point are tokens, labels, masks and lengths, and what numbers they take.
// SPDX-License-Identifier: Apache-2.0
//
// See TextInputs.h.
#include "tools/dlc-run/TextInputs.h"
#include "tools/dlc-run/Common.h"

#include <cstring>
#include <fmt/format.h>
#include <limits>

namespace dlc::run {

static bool isInteger(const Port &port) { return port.type == DType::I32 || port.type == DType::I64; }

/// True for [batch] and `rank` 1, [batch, time] and `rank` 2.
static bool hasRows(const Port &port, size_t rank) {
  if (port.dims.size() != rank || port.rowsAlong(0) != 1)
    return false;
  return rank == 1 || !port.rowsAlong(1);
}

static bool isCalled(const Port &port, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), port.name) != names.end();
}

static std::string inputsText(const Entry &entry) {
  std::vector<std::string> parts;
  for (const Port &port : entry.inputs)
    parts.push_back(fmt::format("{}: {}", port.name, port.str()));
  return parts.empty() ? "none" : join(parts);
}

TextInputs findStreamInputs(const Entry &entry) {
  TextInputs inputs;
  bool fits = entry.inputs.size() == 2;
  for (const Port &port : entry.inputs)
    fits = fits && isInteger(port) && hasRows(port, 2);
  if (!fits || entry.inputs[0].dims[1] != entry.inputs[1].dims[1])
    throw UserError(fmt::format("--text: entry point '{}' has the inputs {}; expected two of i32[batch, time], the "
                                "tokens and those that follow, e.g. token: i32[batch, 64], next: i32[batch, 64]",
                                entry.name, inputsText(entry)));
  bool turned = isCalled(entry.inputs[0], {"next", "label", "target"});
  inputs.tokens = turned ? 1 : 0;
  inputs.label = turned ? 0 : 1;
  inputs.time = entry.inputs[0].dims[1];
  return inputs;
}

TextInputs findLineInputs(const Entry &entry, bool labelled) {
  std::optional<size_t> tokens, label;
  TextInputs inputs;
  bool fits = true;
  for (size_t i = 0; i < entry.inputs.size(); ++i) {
    const Port &port = entry.inputs[i];
    std::optional<size_t> none;
    std::optional<size_t> &place = isCalled(port, {"mask"}) && hasRows(port, 2) ? inputs.mask
                                   : isCalled(port, {"length", "lengths"}) && isInteger(port) && hasRows(port, 1)
                                       ? inputs.length
                                   : isInteger(port) && hasRows(port, 2)             ? tokens
                                   : isInteger(port) && hasRows(port, 1) && labelled ? label
                                                                                     : none;
    fits = fits && &place != &none && !place;
    place = i;
  }
  fits = fits && tokens && bool(label) == labelled;
  if (fits && inputs.mask)
    fits = entry.inputs[*inputs.mask].dims[1] == entry.inputs[*tokens].dims[1];
  if (!fits)
    throw UserError(
        fmt::format("--lines: entry point '{}' has the inputs {}; expected a text i32[batch, time]{}, and at most one "
                    "called mask of the text's shape and one called length, i32[batch]",
                    entry.name, inputsText(entry), labelled ? " and a label i32[batch]" : ""));
  inputs.tokens = *tokens;
  inputs.label = label.value_or(0);
  inputs.time = entry.inputs[*tokens].dims[1];
  return inputs;
}

/// A call of an entry point that changes nothing which is kept: of a train step, its gradients.
static Call harmlessCall(const Model &model, const Entry &entry) {
  Parameters parameters = model.newParameters();
  if (entry.kind == DLC_SESSION_CALL)
    return model.newSession(parameters).prepare(entry.name);
  if (!isTraining(entry))
    return model.prepare(entry.name, parameters);
  std::string gradients = fmt::format("{}.gradients", entry.name);
  return model.newTraining(parameters).prepare(model.hasEntry(gradients) ? gradients : std::string(entry.name));
}

std::optional<int64_t> findLimit(const Model &model, const Entry &entry, size_t input) {
  Call call = harmlessCall(model, entry);
  if (call.entry().hasBatch())
    call.setExtent(1);
  for (size_t i = 0; i < call.entry().inputs.size(); ++i) {
    MutableTensorView view = call.input(i);
    std::memset(view.data(), 0, view.bytes());
  }
  MutableTensorView view = call.input(input);
  if (view.dtype() == DType::I64)
    view.as<int64_t>()[0] = std::numeric_limits<int32_t>::max();
  else
    view.as<int32_t>()[0] = std::numeric_limits<int32_t>::max();
  if (call.tryRun() != DLC_BAD_INDEX || call.error().value != std::numeric_limits<int32_t>::max())
    return std::nullopt;
  return call.error().limit;
}

} // namespace dlc::run
