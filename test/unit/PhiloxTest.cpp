//===- PhiloxTest.cpp - random numbers -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
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
  uint64_t Key = 42 ^ fnv1a("fc1.weight");
  Words Expected = philox4x32({1, 0, 0, 0}, {uint32_t(Key), uint32_t(Key >> 32)});
  PhiloxStream Stream(42, "fc1.weight");
  for (uint64_t I = 0; I < 4; ++I)
    EXPECT_EQ(Stream.word(4 + I), Expected[I]);
  EXPECT_NE(PhiloxStream(42, "fc1.bias").word(4), Expected[0]);
  EXPECT_NE(PhiloxStream(43, "fc1.weight").word(4), Expected[0]);
}
TEST(Philox, CounterUsesAllOfTheIndex) {
  PhiloxStream Stream(1, "x");
  EXPECT_NE(Stream.word(0), Stream.word(uint64_t(4) << 32));
}
TEST(Philox, Uniform32IsTheTop24Bits) {
  PhiloxStream Stream(7, "u");
  for (uint64_t I = 0; I < 1000; ++I) {
    float U = Stream.uniform32(I);
    EXPECT_EQ(U, float(Stream.word(I) / 256) / 16777216.0f);
    EXPECT_GE(U, 0.0f);
    EXPECT_LT(U, 1.0f);
  }
}
TEST(Philox, Uniform64IsTheTop53BitsOfTwoWords) {
  PhiloxStream Stream(7, "u");
  for (uint64_t I = 0; I < 1000; ++I) {
    uint64_t Both = uint64_t(Stream.word(2 * I + 1)) << 32 | Stream.word(2 * I);
    EXPECT_EQ(Stream.uniform64(I), std::ldexp(double(Both >> 11), -53));
  }
}
TEST(Philox, NormalHasMeanAndDeviation) {
  PhiloxStream Stream(3, "n");
  double Sum = 0, Squares = 0;
  int Count = 100000;
  for (int I = 0; I < Count; ++I) {
    double X = Stream.normal(uint64_t(I));
    Sum += X, Squares += X * X;
  }
  EXPECT_NEAR(Sum / Count, 0, 0.01);
  EXPECT_NEAR(Squares / Count, 1, 0.02);
}
TEST(Philox, NormalPairsShareARadius) {
  PhiloxStream Stream(3, "n");
  auto W = Stream.block(5);
  double U1 = double((((uint64_t(W[1]) << 32) | W[0]) >> 11) + 1) * 0x1p-53;
  double Even = Stream.normal(10), Odd = Stream.normal(11);
  EXPECT_NEAR(Even * Even + Odd * Odd, -2 * std::log(U1), 1e-12);
}
TEST(Philox, BelowStaysBelow) {
  PhiloxStream Stream(3, "b");
  std::array<int, 10> Seen{};
  for (uint64_t I = 0; I < 10000; ++I)
    ++Seen.at(Stream.below(I, 10));
  for (int Count : Seen)
    EXPECT_NEAR(Count, 1000, 150);
}
