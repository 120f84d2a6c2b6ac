//===- Philox.h - counter-based random numbers -------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011), and the
// streams made of it. A stream is named: its 64-bit key is the seed xor the FNV-1a hash of the name (low word
// of the key first), so that adding a tensor leaves the others' values alone. Draw i of a stream is word i %
// 4 of block i / 4; block b has the counter (b low, b high, 0, 0).
//
// What is made of the words, element i of a tensor in logical row-major order being draw i:
//  - uniform f32 in [0, 1): the top 24 bits of word i, times 2^-24;
//  - uniform f64 in [0, 1): 53 bits: words 2i and 2i + 1 as low and high half of 64 bits, shifted right by
//  11,
//    times 2^-53;
//  - normal, f32 and f64: Box-Muller in double. Pair p = i / 2 takes four words, block p: u1 = (53 bits of
//  words
//    0 and 1 + 1) * 2^-53, in (0, 1]; u2 = 53 bits of words 2 and 3, times 2^-53; r = sqrt(-2 ln u1); the
//    even element is r cos(2 pi u2), the odd one r sin(2 pi u2); rounded to f32 last.
// A range [low, high) is low + (high - low) * u, computed in double; for f32 it is rounded once, and a value
// that rounds up to `high` becomes the next float below it.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_PHILOX_H
#define DLC_RUNTIME_PHILOX_H

#include "runtime/Export.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace dlc {

/// One block of Philox4x32-10.
constexpr std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> Counter, std::array<uint32_t, 2> Key) {
  for (int Round = 0; Round < 10; ++Round) {
    uint64_t P0 = uint64_t(0xD2511F53u) * Counter[0], P1 = uint64_t(0xCD9E8D57u) * Counter[2];
    Counter = {uint32_t(P1 >> 32) ^ Counter[1] ^ Key[0], uint32_t(P1), uint32_t(P0 >> 32) ^ Counter[3] ^ Key[1],
               uint32_t(P0)};
    Key[0] += 0x9E3779B9u;
    Key[1] += 0xBB67AE85u;
  }
  return Counter;
}

/// 64-bit FNV-1a.
constexpr uint64_t fnv1a(std::string_view Text) {
  uint64_t Hash = 0xcbf29ce484222325u;
  for (char C : Text)
    Hash = (Hash ^ uint8_t(C)) * 0x100000001b3u;
  return Hash;
}

/// A named stream of random numbers, random access: every function of an index, no state.
class DLC_API PhiloxStream {
public:
  PhiloxStream(uint64_t Seed, std::string_view Name) : Key(Seed ^ fnv1a(Name)) {}

  std::array<uint32_t, 4> block(uint64_t Index) const {
    return philox4x32({uint32_t(Index), uint32_t(Index >> 32), 0, 0}, {uint32_t(Key), uint32_t(Key >> 32)});
  }
  uint32_t word(uint64_t Index) const { return block(Index / 4)[Index % 4]; }
  /// In [0, 1), from 24 bits.
  float uniform32(uint64_t Index) const { return toUniform32(word(Index)); }
  static float toUniform32(uint32_t Word) { return float(Word >> 8) * 0x1p-24f; }
  /// In [0, 1), from 53 bits.
  double uniform64(uint64_t Index) const;
  /// Mean 0, standard deviation 1.
  double normal(uint64_t Index) const;
  /// A whole number in [0, Limit), by multiplication of draw `Index` with Limit (Limit below 2^32).
  uint32_t below(uint64_t Index, uint32_t Limit) const { return uint32_t((uint64_t(word(Index)) * Limit) >> 32); }

private:
  uint64_t Key;
};

} // namespace dlc

#endif // DLC_RUNTIME_PHILOX_H
