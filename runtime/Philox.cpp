//===- Philox.cpp - numbers made of Philox's words ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// See Philox.h for the definition of each stream.
//
//===----------------------------------------------------------------------===//
#include "runtime/Philox.h"

#include <cmath>
#include <numbers>

namespace dlc {

static uint64_t bits53(uint32_t Low, uint32_t High) { return ((uint64_t(High) << 32) | Low) >> 11; }

double PhiloxStream::uniform64(uint64_t Index) const {
  std::array<uint32_t, 4> W = block(Index / 2);
  size_t At = Index % 2 * 2;
  return double(bits53(W[At], W[At + 1])) * 0x1p-53;
}

double PhiloxStream::normal(uint64_t Index) const {
  std::array<uint32_t, 4> W = block(Index / 2);
  double U1 = double(bits53(W[0], W[1]) + 1) * 0x1p-53;
  double U2 = double(bits53(W[2], W[3])) * 0x1p-53;
  double Radius = std::sqrt(-2.0 * std::log(U1)), Angle = 2.0 * std::numbers::pi * U2;
  return Radius * (Index % 2 ? std::sin(Angle) : std::cos(Angle));
}

} // namespace dlc
