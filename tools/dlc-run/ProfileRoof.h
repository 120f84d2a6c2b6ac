// ProfileRoof.h - what this machine can do at most: multiply-adds, and the bandwidth of each level of memory.
// SPDX-License-Identifier: Apache-2.0
//
// Measured in a moment, as the profile is, so that a kernel's time can be held against it: no kernel is done before
// the time of its operations at the peak, nor before that of its bytes at the bandwidth of the level that holds them.
#ifndef DLC_RUN_PROFILEROOF_H
#define DLC_RUN_PROFILEROOF_H

#include <cstdint>
#include <string>
#include <vector>

namespace dlc::run {

struct Roof {
  struct Level {
    std::string name; ///< "L1", "L2", "L3", "DRAM"
    double bytes;     ///< what it holds
    double bandwidth; ///< bytes a second, of all threads together
  };
  double peak = 0;           ///< floating-point operations a second, of all threads together
  std::vector<Level> levels; ///< the smallest first; the last holds everything

  /// The limit of some work: its least time in seconds, and what sets it ("peak", or the name of a level).
  struct Limit {
    double seconds;
    std::string name;
  };
  Limit limit(double flops, double bytes) const;

  /// "117.6 GFLOP/s, L1 210 GB/s, L2 118 GB/s, ..."
  std::string text() const;
};

/// The roof for `threads` threads. Takes some tenths of a second.
Roof measureRoof(unsigned threads);

} // namespace dlc::run

#endif // DLC_RUN_PROFILEROOF_H
