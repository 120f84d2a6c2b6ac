// Passes.h - what each level does, in pipeline order.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_PASSES_H
#define DLC_COMPILER_PASSES_H
#include "compiler/Options.h"
#include "compiler/target/Target.h"
#include "dialects/dl/DL.h"
#include "mlir/Pass/Pass.h"

namespace dlc {
/// autodiff: replaces each `gradient` by plain ops. `faultyRule`: for tests, the op whose gradient comes out 1 % too
/// large.
mlir::LogicalResult differentiate(EntryOp entry, llvm::StringRef faultyRule = {});
/// layout: chooses the order in which the axes of stored matrices lie; without `change`, all as they were written.
void chooseLayouts(ModelOp model, bool change);
/// kernels: writes ops out that stand for several simpler ones.
void decompose(EntryOp entry);
/// kernels: outlines fused groups; without `fuse`, each op for itself.
void formKernels(ModelOp model, bool fuse);
/// loops: kernels and entry points as functions over flat buffers.
void lowerSchedules(mlir::ModuleOp module, const CompileOptions &options);
/// plan, first: proves of each schedule that every step and the end find the values that are meant, though buffers are
/// written over.
mlir::LogicalResult verifySchedules(mlir::ModuleOp module);
/// plan: a place in the workspace for each buffer.
mlir::LogicalResult planMemory(mlir::ModuleOp module);
/// llvm: the LLVM dialect, with the descriptor and one function of the C interface for each entry point.
mlir::LogicalResult lowerToLLVM(mlir::ModuleOp module, const CompileOptions &options);
void emitDescriptor(mlir::ModuleOp module, const CompileOptions &options);
} // namespace dlc
#endif
