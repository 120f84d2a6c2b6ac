// Philox.cpp - numbers made of Philox's words.
// SPDX-License-Identifier: Apache-2.0
//
// See Philox.h for the definition of each stream.
#include "runtime/Philox.h"

#include <cmath>
#include <numbers>

namespace dlc {

static uint64_t bits53(uint32_t low, uint32_t high) { return ((uint64_t(high) << 32) | low) >> 11; }

double PhiloxStream::uniform64(uint64_t index) const {
  std::array<uint32_t, 4> w = block(index / 2);
  size_t at = index % 2 * 2;
  return double(bits53(w[at], w[at + 1])) * 0x1p-53;
}

double PhiloxStream::normal(uint64_t index) const {
  std::array<uint32_t, 4> w = block(index / 2);
  double u1 = double(bits53(w[0], w[1]) + 1) * 0x1p-53;
  double u2 = double(bits53(w[2], w[3])) * 0x1p-53;
  double radius = std::sqrt(-2.0 * std::log(u1)), angle = 2.0 * std::numbers::pi * u2;
  return radius * (index % 2 ? std::sin(angle) : std::cos(angle));
}

} // namespace dlc
