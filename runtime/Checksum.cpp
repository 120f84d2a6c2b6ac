//===- Checksum.cpp - XXH64 --------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "runtime/Checksum.h"

#include <bit>
#include <cstring>

namespace dlc::detail {

static constexpr uint64_t P1 = 0x9E3779B185EBCA87, P2 = 0xC2B2AE3D27D4EB4F, P3 = 0x165667B19E3779F9,
                          P4 = 0x85EBCA77C2B2AE63, P5 = 0x27D4EB2F165667C5;

template <class T> static T load(const uint8_t *From) {
  T Value;
  std::memcpy(&Value, From, sizeof Value);
  return Value;
}
static uint64_t mix(uint64_t Lane, uint64_t Word) { return std::rotl(Lane + Word * P2, 31) * P1; }

uint64_t xxh64(const uint8_t *Data, size_t Bytes) {
  const uint8_t *End = Data + Bytes;
  uint64_t Hash = P5;
  if (Bytes >= 32) {
    uint64_t Lanes[4] = {P1 + P2, P2, 0, 0 - P1};
    for (; End - Data >= 32; Data += 32)
      for (int I = 0; I < 4; ++I)
        Lanes[I] = mix(Lanes[I], load<uint64_t>(Data + 8 * I));
    Hash = std::rotl(Lanes[0], 1) + std::rotl(Lanes[1], 7) + std::rotl(Lanes[2], 12) + std::rotl(Lanes[3], 18);
    for (uint64_t Lane : Lanes)
      Hash = (Hash ^ mix(0, Lane)) * P1 + P4;
  }
  Hash += Bytes;
  for (; End - Data >= 8; Data += 8)
    Hash = std::rotl(Hash ^ mix(0, load<uint64_t>(Data)), 27) * P1 + P4;
  if (End - Data >= 4) {
    Hash = std::rotl(Hash ^ load<uint32_t>(Data) * P1, 23) * P2 + P3;
    Data += 4;
  }
  for (; Data < End; ++Data)
    Hash = std::rotl(Hash ^ *Data * P5, 11) * P1;
  Hash = (Hash ^ Hash >> 33) * P2;
  Hash = (Hash ^ Hash >> 29) * P3;
  return Hash ^ Hash >> 32;
}

} // namespace dlc::detail
