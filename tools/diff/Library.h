// Library.h - compiled libraries and random numbers, for the command that compares.
// SPDX-License-Identifier: Apache-2.0
//
// The runtime reports failure by exceptions, the compiler has none: here they become sentences. "" is success.
#ifndef DLC_TOOLS_DIFF_LIBRARY_H
#define DLC_TOOLS_DIFF_LIBRARY_H
#include "compiler/evaluate/Array.h"
#include <utility>

namespace dlc {
/// One call of an entry point of a library, and all that it starts from.
struct LibraryCall {
  std::string library, entry;
  std::vector<NamedArray> inputs, parameters, slots;
  uint64_t seed = 0;
  int64_t step = 1, extent = 1;
  bool trains = false; ///< parameters and slots are results, too
};
/// Runs the call; adds its outputs to `results`, and of a call that trains what is stored after it, as "parameter w" and
/// "slot w.m".
std::string callLibrary(const LibraryCall &call, std::vector<NamedArray> &results);

/// Normal numbers times `scale` plus `mean`, or whole numbers below `limit`, from the random stream `name`.
Array randomArray(dlc_dtype type, std::vector<int64_t> shape, uint64_t seed, const std::string &name, double mean,
                  double scale, int64_t limit);
} // namespace dlc
#endif
