// Diff.h - what `dlc --diff` does.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_TOOLS_DIFF_DIFF_H
#define DLC_TOOLS_DIFF_DIFF_H
#include "compiler/Options.h"
#include "llvm/ADT/ArrayRef.h"

namespace dlc {
/// Compares compiled code with the evaluator, value by value.
struct DiffSettings {
  std::vector<std::string> entries;                 ///< all of them if empty
  std::vector<std::string> libraries;               ///< compared with the model instead of what it is compiled to here
  std::vector<int64_t> extents;                     ///< rows of the calls; none: the capacity
  std::map<std::string, std::vector<int64_t>> open; ///< other open sizes of the calls; none: the capacity
  int64_t steps = 2;                                ///< how many steps of a training are compared
  uint64_t seed = 1;
  double tolerance = 0; ///< relative; 0: what rounding can explain
  bool results = false; ///< only those of the library as it is made for use, not each value on the way
  bool quiet = false;   ///< one line an entry point
  std::string faultyOp; ///< for tests: the op whose compiled result comes out 1 % too large
};
/// Prints what it finds. 0: all agree; 1: something departs, or a diagnostic says why nothing could be compared.
int runDiff(mlir::ModuleOp module, const CompileOptions &options, const DiffSettings &settings);
} // namespace dlc
#endif
