// PhiloxTest.cpp - random numbers.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/Philox.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace dlc;
using Words = std::array<uint32_t, 4>;

// The vectors published with Random123 for philox4x32-10.
TEST(Philox, PublishedVectorOfZeros) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
}
TEST(Philox, PublishedVectorOfOnes) {
  EXPECT_EQ(philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}
TEST(Philox, PublishedVectorOfPi) {
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}
TEST(Philox, Fnv1aVectors) {
  EXPECT_EQ(fnv1a(""), 0xcbf29ce484222325u);
  EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(fnv1a("foobar"), 0x85944171f73967e8u);
}
TEST(Philox, StreamIsKeyedBySeedAndName) {
  uint64_t key = 42 ^ fnv1a("fc1.weight");
  Words expected = philox4x32({1, 0, 0, 0}, {uint32_t(key), uint32_t(key >> 32)});
  PhiloxStream stream(42, "fc1.weight");
  for (uint64_t i = 0; i < 4; ++i)
    EXPECT_EQ(stream.word(4 + i), expected[i]);
  EXPECT_NE(PhiloxStream(42, "fc1.bias").word(4), expected[0]);
  EXPECT_NE(PhiloxStream(43, "fc1.weight").word(4), expected[0]);
}
TEST(Philox, CounterUsesAllOfTheIndex) {
  PhiloxStream stream(1, "x");
  EXPECT_NE(stream.word(0), stream.word(uint64_t(4) << 32));
}
TEST(Philox, Uniform32IsTheTop24Bits) {
  PhiloxStream stream(7, "u");
  for (uint64_t i = 0; i < 1000; ++i) {
    float u = stream.uniform32(i);
    EXPECT_EQ(u, float(stream.word(i) / 256) / 16777216.0f);
    EXPECT_GE(u, 0.0f);
    EXPECT_LT(u, 1.0f);
  }
}
TEST(Philox, Uniform64IsTheTop53BitsOfTwoWords) {
  PhiloxStream stream(7, "u");
  for (uint64_t i = 0; i < 1000; ++i) {
    uint64_t both = uint64_t(stream.word(2 * i + 1)) << 32 | stream.word(2 * i);
    EXPECT_EQ(stream.uniform64(i), std::ldexp(double(both >> 11), -53));
  }
}
TEST(Philox, NormalHasMeanAndDeviation) {
  PhiloxStream stream(3, "n");
  double sum = 0, squares = 0;
  int count = 100000;
  for (int i = 0; i < count; ++i) {
    double x = stream.normal(uint64_t(i));
    sum += x, squares += x * x;
  }
  EXPECT_NEAR(sum / count, 0, 0.01);
  EXPECT_NEAR(squares / count, 1, 0.02);
}
TEST(Philox, NormalPairsShareARadius) {
  PhiloxStream stream(3, "n");
  auto w = stream.block(5);
  double u1 = double((((uint64_t(w[1]) << 32) | w[0]) >> 11) + 1) * 0x1p-53;
  double even = stream.normal(10), odd = stream.normal(11);
  EXPECT_NEAR(even * even + odd * odd, -2 * std::log(u1), 1e-12);
}
TEST(Philox, BelowStaysBelow) {
  PhiloxStream stream(3, "b");
  std::array<int, 10> seen{};
  for (uint64_t i = 0; i < 10000; ++i)
    ++seen.at(stream.below(i, 10));
  for (int count : seen)
    EXPECT_NEAR(count, 1000, 150);
}
