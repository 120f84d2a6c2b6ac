// Timing.h - how long each step of a compilation takes: `dlc --timing`.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_TIMING_H
#define DLC_COMPILER_TIMING_H
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <string>
#include <vector>

namespace dlc {
/// A table of steps, with the time that each took, and the ops that there were when it had ended.
class Timing {
public:
  /// Runs a step of a level. The ops counted are those of `module`, where it is given.
  template <class Run> auto measure(llvm::StringRef level, llvm::StringRef step, mlir::ModuleOp module, Run run) {
    Clock::time_point start = Clock::now();
    double used = processorSeconds();
    auto result = run();
    add(level, step, seconds(Clock::now() - start), processorSeconds() - used, module);
    return result;
  }
  /// What was measured, and the most memory that the process has held.
  void print(llvm::raw_ostream &os) const;

private:
  using Clock = std::chrono::steady_clock;
  struct Row {
    std::string level, step;
    double seconds, processor; ///< of all threads together
    int64_t ops;               ///< -1: not counted
  };
  static double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }
  static double processorSeconds();
  void add(llvm::StringRef level, llvm::StringRef step, double seconds, double processor, mlir::ModuleOp module);

  std::vector<Row> rows;
};

/// The same without a table.
template <class Run>
auto measured(Timing *timing, llvm::StringRef level, llvm::StringRef step, mlir::ModuleOp module, Run run) {
  return timing ? timing->measure(level, step, module, run) : run();
}
} // namespace dlc
#endif
