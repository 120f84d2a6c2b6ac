// Pipeline.h - the levels that a model passes through, in order.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_PIPELINE_H
#define DLC_COMPILER_PIPELINE_H
#include "compiler/Options.h"
#include "compiler/Timing.h"
#include "mlir/IR/DialectRegistry.h"
#include <functional>

namespace dlc {
/// One step on the way to a level.
struct Step {
  llvm::StringRef name;    ///< "form-kernels"; with dl- before it, a pass of dlc-opt
  llvm::StringRef summary; ///< what it does
  mlir::LogicalResult (*run)(mlir::ModuleOp module, const CompileOptions &options);
};
/// One table feeds `--emit=`, `--timing`, help texts and dlc-opt's passes. Each level has one job and an invariant.
struct Level {
  llvm::StringRef name;       ///< "kernels"; with dl-to- before it, a pass of dlc-opt
  llvm::StringRef summary;    ///< what holds when it ends
  llvm::ArrayRef<Step> steps; ///< that lead there from the level before

  mlir::LogicalResult run(mlir::ModuleOp module, const CompileOptions &options, Timing *timing = nullptr) const;
};
llvm::ArrayRef<Level> levels();

/// The level that a module has reached: its attribute `dl.level`, or "import".
llvm::StringRef levelOf(mlir::ModuleOp module);
/// Whether a module that was read can be taken on to `level`: it has not passed it, and looks like the level that it says
/// it has reached.
mlir::LogicalResult checkLevel(llvm::StringRef level, mlir::ModuleOp module);
/// Whether a module that was read holds what its level promises, beyond what its ops verify.
mlir::LogicalResult checkContents(mlir::ModuleOp module);
/// Takes a module on to `level`; problems are diagnostics.
mlir::LogicalResult runTo(llvm::StringRef level, mlir::ModuleOp module, const CompileOptions &options,
                          Timing *timing = nullptr);

/// Reports what later levels would find in a part of a model: that which mistakes found already do not touch.
void checkPart(mlir::ModuleOp module, const CompileOptions &options);

/// Everything that a module may hold on its way.
void registerDialects(mlir::DialectRegistry &registry);
/// The levels and their steps as passes of dlc-opt.
void registerPasses();
} // namespace dlc
#endif
