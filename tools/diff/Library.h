// Library.h - compiled libraries and random numbers, for the command that compares.
// SPDX-License-Identifier: Apache-2.0
//
// The runtime reports failure by exceptions, the compiler has none: here they become sentences. "" is success.
#ifndef DLC_TOOLS_DIFF_LIBRARY_H
#define DLC_TOOLS_DIFF_LIBRARY_H
#include "compiler/evaluate/Array.h"
#include <utility>

namespace dlc {
/// What is stored in a model, and changed by a training step.
struct StoredValues {
  std::vector<NamedArray> parameters, slots, sessions;
};
/// Calls of an entry point of a library, one after the other with the same inputs, and all that they start from.
struct LibraryCall {
  std::string library, entry;
  std::vector<NamedArray> inputs;
  StoredValues stored;
  uint64_t seed = 0;
  int64_t step = 1, extent = 1; ///< `step`: of the first call
  int64_t count = 1;
  unsigned threads = 0; ///< 0: as many as there are processors
};
struct CallResults {
  std::vector<NamedArray> outputs;
  StoredValues stored; ///< all that the call began with, as it is after it
};
/// Runs the calls; adds what each yielded to `results`.
std::string callLibrary(const LibraryCall &call, std::vector<CallResults> &results);
/// How many rows a call of an entry point is compiled for, and how many it may have: more where calls can be cut.
std::string findCapacity(const std::string &library, const std::string &entry, int64_t &capacity, int64_t &most);

/// Normal numbers times `scale` plus `mean`, or whole numbers below `limit`, from the random stream `name`.
Array randomArray(dlc_dtype type, std::vector<int64_t> shape, uint64_t seed, const std::string &name, double mean,
                  double scale, int64_t limit);
} // namespace dlc
#endif
