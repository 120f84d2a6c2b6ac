// Entries.h - entry points as those see them that run them by the evaluator.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_EVALUATE_ENTRIES_H
#define DLC_COMPILER_EVALUATE_ENTRIES_H
#include "compiler/evaluate/Evaluate.h"
#include "mlir/IR/BuiltinOps.h"

namespace dlc {
/// An argument of an entry point: what it stands for.
struct Argument {
  std::string name, kind; ///< "fc1.weight", "parameter"; "fc1.weight.m", "slot"
  mlir::BlockArgument value;
  mlir::DictionaryAttr about;
  dlc_dtype type;

  /// It is among the weights.
  bool isKept() const { return kind == "parameter" || kind == "buffer"; }
};
std::vector<Argument> argumentsOf(EntryOp entry);
std::vector<std::string> resultNames(EntryOp entry);
/// The value of a scalar, a step or a random state.
Array defaultValue(const Argument &argument, const std::vector<int64_t> &shape, int64_t seed, int64_t step);
/// The entry point of that name; null, and an error that lists those that there are.
EntryOp findEntry(mlir::ModuleOp module, llvm::StringRef name);
} // namespace dlc
#endif
