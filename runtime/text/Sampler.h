// Sampler.h - the next token, drawn from a model's scores.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_RUNTIME_TEXT_SAMPLER_H
#define DLC_RUNTIME_TEXT_SAMPLER_H

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace dlc::text {

struct SampleOptions {
  double temperature = 1; ///< scores are divided by it; 0: always the token with the highest score
  int64_t topK = 0;       ///< only so many tokens, those with the highest scores; 0: all
  double topP = 1;        ///< of these, the fewest that together have at least this probability, the likeliest first
};

struct Candidate {
  int32_t token;
  double probability;
};

/// The tokens that may come next, the likeliest first (of equal ones the lower number), with probabilities that add up to 1:
/// softmax(scores / temperature), cut by topK, then by topP. `scores` are logits. Throws Error where one is NaN or +infinite;
/// -infinite ones are never drawn.
std::vector<Candidate> candidates(std::span<const float> scores, const SampleOptions &options);

/// The candidate that a number of [0, 1) falls on, where they lie side by side in their order.
int32_t pick(std::span<const Candidate> candidates, double number);

} // namespace dlc::text

#endif // DLC_RUNTIME_TEXT_SAMPLER_H
