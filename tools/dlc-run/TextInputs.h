// TextInputs.h - which inputs of an entry point are tokens, labels, masks and lengths, and what numbers they take.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_RUN_TEXTINPUTS_H
#define DLC_RUN_TEXTINPUTS_H

#include "runtime/Model.h"

#include <optional>

namespace dlc::run {

/// Inputs by their indices.
struct TextInputs {
  size_t tokens = 0, label = 0; ///< the label of a stream are the tokens that follow
  std::optional<size_t> mask, length;
  int64_t time = 0; ///< tokens in a row
};

/// Two inputs of integers [batch, time]: the tokens, and those that follow, which are the second unless the first is called
/// `next`, `label` or `target`. UserError where the entry point has others.
TextInputs findStreamInputs(const Entry &entry);

/// Integers [batch, time], the text; integers [batch], the label; and, where there is one, a `mask` [batch, time] of any type
/// and a `length` (or `lengths`) of integers [batch]. Without `labelled`, no label. UserError where the entry point has
/// others, or has not those.
TextInputs findLineInputs(const Entry &entry, bool labelled = true);

/// What an input of integers has to be below, as the entry point itself says when it is called with more; nothing where it
/// takes all. Nothing that is stored changes.
std::optional<int64_t> findLimit(const Model &model, const Entry &entry, size_t input);

} // namespace dlc::run

#endif // DLC_RUN_TEXTINPUTS_H
