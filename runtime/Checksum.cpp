// Checksum.cpp - XXH64.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/Checksum.h"

#include <bit>
#include <cstring>

namespace dlc::detail {

static constexpr uint64_t p1 = 0x9E3779B185EBCA87, p2 = 0xC2B2AE3D27D4EB4F, p3 = 0x165667B19E3779F9,
                          p4 = 0x85EBCA77C2B2AE63, p5 = 0x27D4EB2F165667C5;

template <class T> static T load(const uint8_t *from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
static uint64_t mix(uint64_t lane, uint64_t word) { return std::rotl(lane + word * p2, 31) * p1; }

uint64_t xxh64(const uint8_t *data, size_t bytes) {
  const uint8_t *end = data + bytes;
  uint64_t hash = p5;
  if (bytes >= 32) {
    uint64_t lanes[4] = {p1 + p2, p2, 0, 0 - p1};
    for (; end - data >= 32; data += 32)
      for (int i = 0; i < 4; ++i)
        lanes[i] = mix(lanes[i], load<uint64_t>(data + 8 * i));
    hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) + std::rotl(lanes[3], 18);
    for (uint64_t lane : lanes)
      hash = (hash ^ mix(0, lane)) * p1 + p4;
  }
  hash += bytes;
  for (; end - data >= 8; data += 8)
    hash = std::rotl(hash ^ mix(0, load<uint64_t>(data)), 27) * p1 + p4;
  if (end - data >= 4) {
    hash = std::rotl(hash ^ load<uint32_t>(data) * p1, 23) * p2 + p3;
    data += 4;
  }
  for (; data < end; ++data)
    hash = std::rotl(hash ^ *data * p5, 11) * p1;
  hash = (hash ^ hash >> 33) * p2;
  hash = (hash ^ hash >> 29) * p3;
  return hash ^ hash >> 32;
}

} // namespace dlc::detail
