// Sampler.cpp - the next token, drawn from a model's scores.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/text/Sampler.h"
#include "runtime/Error.h"
#include "runtime/Text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dlc::text {

/// Turns scores, the highest first, into probabilities, without those that come to 0.
static void softmax(std::vector<Candidate> &list, double temperature) {
  double highest = list[0].probability, sum = 0;
  for (Candidate &one : list)
    sum += one.probability = std::exp((one.probability - highest) / temperature);
  for (Candidate &one : list)
    one.probability /= sum;
  while (list.back().probability == 0)
    list.pop_back();
}

/// Keeps the first ones, as many as it takes to have `part` of all.
static void keepPart(std::vector<Candidate> &list, double part) {
  double sum = 0;
  size_t kept = 0;
  while (kept < list.size() && (kept == 0 || sum < part))
    sum += list[kept++].probability;
  list.resize(kept);
  for (Candidate &one : list)
    one.probability /= sum;
}

std::vector<Candidate> candidates(std::span<const float> scores, const SampleOptions &options) {
  std::vector<Candidate> list;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i]) || scores[i] == std::numeric_limits<float>::infinity())
      throw Error(detail::cat("The score of token ", i, " is ", std::isnan(scores[i]) ? "nan" : "inf",
                              ": nothing can be drawn from it."));
    if (!std::isinf(scores[i]))
      list.push_back({int32_t(i), double(scores[i])});
  }
  if (list.empty())
    throw Error("No token has a score above -inf: nothing can be drawn.");
  size_t most = options.temperature == 0 ? 1
                : options.topK > 0       ? std::min(list.size(), size_t(options.topK))
                                         : list.size();
  std::partial_sort(list.begin(), list.begin() + std::ptrdiff_t(most), list.end(),
                    [](const Candidate &a, const Candidate &b) {
                      return a.probability != b.probability ? a.probability > b.probability : a.token < b.token;
                    });
  list.resize(most);
  softmax(list, options.temperature == 0 ? 1 : options.temperature);
  if (options.topP < 1)
    keepPart(list, options.topP);
  return list;
}

int32_t pick(std::span<const Candidate> candidates, double number) {
  double sum = 0;
  for (const Candidate &one : candidates)
    if (number < (sum += one.probability))
      return one.token;
  return candidates.back().token; // rounding left a gap
}

} // namespace dlc::text
