// Diff.h - what `dlc --diff` does.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_TOOLS_DIFF_DIFF_H
#define DLC_TOOLS_DIFF_DIFF_H
#include "compiler/Options.h"
#include "llvm/ADT/ArrayRef.h"

namespace dlc {
/// Compares compiled code with the evaluator, value by value.
struct DiffSettings {
  std::vector<std::string> entries; ///< all of them if empty
  int64_t extent = 0;               ///< rows of the call; 0: the capacity
  uint64_t seed = 1;
  double tolerance = 0;             ///< 0: 1e-4 for f32, 1e-9 for f64
  bool quiet = false;               ///< one line an entry point
  std::string faultyOp;             ///< for tests: the op whose compiled result comes out 1 % too large
};
/// Prints what it finds. 0: all agree; 1: something departs, or a diagnostic says why nothing could be compared.
int runDiff(mlir::ModuleOp module, const CompileOptions &options, const DiffSettings &settings);
} // namespace dlc
#endif
