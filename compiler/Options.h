// Options.h - what a person may say on the command line, and what each level is told.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_OPTIONS_H
#define DLC_COMPILER_OPTIONS_H
#include "mlir/IR/BuiltinOps.h"
#include <map>
#include <string>
#include <vector>

namespace dlc {
/// Kept as the attribute `dl.options` of the module, so that a printed level can be gone on from.
struct CompileOptions {
  std::vector<int64_t> batch{32};                   ///< capacities
  std::map<std::string, int64_t> sizes;             ///< the model's sizes that differ from their defaults
  std::map<std::string, std::vector<int64_t>> open; ///< capacities of its open sizes that differ from their defaults
  std::string target = "native";                    ///< resolved to x86-64-v3 or x86-64-v4 when first stored
  int optimize = 3;                                 ///< 0: scalar and unfused, through every level all the same
  bool doubles = false;                             ///< f32 in the model is f64
  int64_t memoryBudget = 0;                         ///< bytes of a workspace at most; 0: any
  bool explainMemory = false;                       ///< say what makes each workspace as large as it is
  bool winograd = false;                            ///< convolutions of 3 x 3 by fewer multiplications, less exactly
  std::string faultyRule;                           ///< for tests: the op whose gradient comes out 1 % too large
};
void storeOptions(mlir::ModuleOp module, const CompileOptions &options);
CompileOptions loadOptions(mlir::ModuleOp module);
} // namespace dlc
#endif
