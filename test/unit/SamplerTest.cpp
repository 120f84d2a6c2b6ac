// SamplerTest.cpp - the candidates for the next token, against a plain computation.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/text/Sampler.h"
#include "runtime/Error.h"
#include "runtime/Philox.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace dlc::text;

/// By the definitions, without sorting: a token is among the first k if fewer than k come before it; it is in the nucleus if
/// those before it have less than p together.
static std::vector<double> plain(const std::vector<float> &scores, const SampleOptions &options) {
  size_t n = scores.size();
  auto before = [&](size_t a, size_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; };
  std::vector<double> weight(n, 0), result(n, 0);
  double all = 0, kept = 0;
  for (size_t i = 0; i < n; ++i) {
    int64_t place = 0;
    for (size_t j = 0; j < n; ++j)
      place += before(j, i);
    if (options.topK == 0 || place < options.topK)
      all += weight[i] = std::exp(double(scores[i]) / options.temperature);
  }
  for (size_t i = 0; i < n; ++i) {
    double ahead = 0;
    for (size_t j = 0; j < n; ++j)
      ahead += before(j, i) ? weight[j] / all : 0;
    if (options.topP >= 1 || ahead < options.topP)
      kept += result[i] = weight[i];
  }
  for (double &one : result)
    one /= kept;
  return result;
}

TEST(Sampler, AgreesWithAPlainComputation) {
  dlc::PhiloxStream random(3, "scores");
  for (uint64_t round = 0; round < 200; ++round) {
    std::vector<float> scores;
    for (uint64_t i = 0; i < 20; ++i)
      scores.push_back(std::round(float(random.normal(round * 20 + i)) * 4) / 2); // with equal ones
    SampleOptions options{.temperature = 0.25 + double(round % 5) / 2,
                          .topK = int64_t(round % 4) * 3,
                          .topP = round % 3 == 0 ? 1 : double(round % 7 + 1) / 8};
    std::vector<double> expected = plain(scores, options), found(20, 0);
    for (const Candidate &one : candidates(scores, options))
      found[size_t(one.token)] = one.probability;
    for (size_t i = 0; i < 20; ++i)
      EXPECT_NEAR(found[i], expected[i], 1e-12) << round << " " << i;
  }
}

TEST(Sampler, KnownValues) {
  std::vector<float> scores = {0, std::log(2.0f), std::log(5.0f), -std::numeric_limits<float>::infinity()};
  auto list = candidates(scores, {});
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].token, 2);
  EXPECT_NEAR(list[0].probability, 0.625, 1e-6);
  EXPECT_NEAR(list[2].probability, 0.125, 1e-6);
  EXPECT_EQ(candidates(scores, {.topK = 2}).size(), 2u);
  EXPECT_NEAR(candidates(scores, {.topK = 2})[0].probability, 5.0 / 7, 1e-6);
  EXPECT_EQ(candidates(scores, {.topP = 0.6}).size(), 1u);
  EXPECT_EQ(candidates(scores, {.topP = 0.7}).size(), 2u);
  EXPECT_EQ(candidates(scores, {.topP = 1e-9}).size(), 1u);
  EXPECT_EQ(candidates(scores, {.temperature = 0})[0].token, 2);
  EXPECT_EQ(candidates(scores, {.temperature = 1e-300}).size(), 1u);
}

TEST(Sampler, PicksByWhereTheNumberFalls) {
  std::vector<Candidate> list = {{7, 0.5}, {3, 0.25}, {9, 0.25}};
  EXPECT_EQ(pick(list, 0), 7);
  EXPECT_EQ(pick(list, 0.49), 7);
  EXPECT_EQ(pick(list, 0.5), 3);
  EXPECT_EQ(pick(list, 0.75), 9);
  EXPECT_EQ(pick(list, std::nextafter(1.0, 0.0)), 9);
  list = {{1, 0.3}, {2, 0.3}}; // sums that rounding left too small
  EXPECT_EQ(pick(list, 0.9), 2);
}

TEST(Sampler, NothingIsDrawnFromWhatIsNoNumber) {
  float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  EXPECT_THROW((void)candidates(std::vector<float>{0, nan}, {}), dlc::Error);
  EXPECT_THROW((void)candidates(std::vector<float>{0, inf}, {}), dlc::Error);
  EXPECT_THROW((void)candidates(std::vector<float>{-inf}, {}), dlc::Error);
  EXPECT_THROW((void)candidates(std::vector<float>{}, {}), dlc::Error);
}
