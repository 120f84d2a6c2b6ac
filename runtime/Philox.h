// Philox.h - counter-based random numbers.
// SPDX-License-Identifier: Apache-2.0
//
// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011), and the
// streams made of it. A stream is named: its 64-bit key is the seed xor the FNV-1a hash of the name (low word
// of the key first), so that adding a tensor leaves the others' values alone. Draw i of a stream is word i %
// 4 of block i / 4; block b has the counter (b low, b high, 0, 0).
//
// What is made of the words, element i of a tensor in logical row-major order being draw i:
//  - uniform f32 in [0, 1): the top 24 bits of word i, times 2^-24;
//  - uniform f64 in [0, 1): 53 bits: words 2i and 2i + 1 as low and high half of 64 bits, shifted right by 11,
//    times 2^-53;
//  - normal, f32 and f64: Box-Muller in double. Pair p = i / 2 takes four words, block p: u1 = (53 bits of words
//    0 and 1 + 1) * 2^-53, in (0, 1]; u2 = 53 bits of words 2 and 3, times 2^-53; r = sqrt(-2 ln u1); the
//    even element is r cos(2 pi u2), the odd one r sin(2 pi u2); rounded to f32 last.
// A range [low, high) is low + (high - low) * u, computed in double; for f32 it is rounded once, and a value
// that rounds up to `high` becomes the next float below it.
#ifndef DLC_RUNTIME_PHILOX_H
#define DLC_RUNTIME_PHILOX_H

#include "runtime/Export.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace dlc {

/// One block of Philox4x32-10.
constexpr std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    uint64_t p0 = uint64_t(0xD2511F53u) * counter[0], p1 = uint64_t(0xCD9E8D57u) * counter[2];
    counter = {uint32_t(p1 >> 32) ^ counter[1] ^ key[0], uint32_t(p1), uint32_t(p0 >> 32) ^ counter[3] ^ key[1],
               uint32_t(p0)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
  return counter;
}

/// 64-bit FNV-1a.
constexpr uint64_t fnv1a(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (char c : text)
    hash = (hash ^ uint8_t(c)) * 0x100000001b3u;
  return hash;
}

/// A named stream of random numbers, random access: every function of an index, no state.
class DLC_API PhiloxStream {
public:
  PhiloxStream(uint64_t seed, std::string_view name) : key(seed ^ fnv1a(name)) {}

  std::array<uint32_t, 4> block(uint64_t index) const {
    return philox4x32({uint32_t(index), uint32_t(index >> 32), 0, 0}, {uint32_t(key), uint32_t(key >> 32)});
  }
  uint32_t word(uint64_t index) const { return block(index / 4)[index % 4]; }
  /// In [0, 1), from 24 bits.
  float uniform32(uint64_t index) const { return toUniform32(word(index)); }
  static float toUniform32(uint32_t word) { return float(word >> 8) * 0x1p-24f; }
  /// In [0, 1), from 53 bits.
  double uniform64(uint64_t index) const;
  /// Mean 0, standard deviation 1.
  double normal(uint64_t index) const;
  /// A whole number in [0, limit), by multiplication of draw `index` with limit (limit below 2^32).
  uint32_t below(uint64_t index, uint32_t limit) const { return uint32_t((uint64_t(word(index)) * limit) >> 32); }

private:
  uint64_t key;
};

} // namespace dlc

#endif // DLC_RUNTIME_PHILOX_H
