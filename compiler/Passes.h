// Passes.h - what each level does, in pipeline order.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_PASSES_H
#define DLC_COMPILER_PASSES_H
#include "compiler/Options.h"
#include "compiler/target/Target.h"
#include "dialects/dl/DL.h"
#include "mlir/Pass/Pass.h"
#include "llvm/ADT/StringMap.h"

namespace dlc {
/// autodiff, first: ops with `channels_first` become those without, between transposes; with `sink`, these then move through
/// what does not care, until they meet others.
void putChannelsLast(EntryOp entry, bool sink);
/// autodiff: replaces each `gradient` by plain ops. `faultyRule`: for tests, the op whose gradient comes out 1 % too
/// large.
mlir::LogicalResult differentiate(EntryOp entry, llvm::StringRef faultyRule = {});
/// autodiff: a step that accumulates becomes a loop over the parts of its batch.
mlir::LogicalResult accumulate(EntryOp entry);
/// autodiff: what needs nothing that a scan carries is computed for all its rounds at once, before it or behind it; without
/// `move`, only what nothing needs goes.
void moveOutOfScans(EntryOp entry, bool move);
/// autodiff: products of rows of a table, where it has fewer than are looked up at this capacity, are made of the table.
void multiplyTables(EntryOp entry, const Extents &capacity);
/// layout: chooses the order in which the axes of stored matrices lie; without `change`, all as they were written.
void chooseLayouts(ModelOp model, bool change);
/// kernels, first: the body of each scan becomes an entry point of kind `loop`, and the scan a `repeat` of it.
void outlineScans(ModelOp model);
/// Writes out one op that stands for several simpler ones; false where it is one for which kernels are made.
bool writeOut(mlir::Operation *op);
/// kernels: writes out all of them.
void decompose(EntryOp entry);
void decompose(RuleOp rule);
/// Rules take nothing that they do not read.
void dropUnreadArguments(ModelOp model);
/// Puts the ops of its rule in the place of a map.
void writeOutMap(MapOp map);
/// Does so with each; there are no rules any more.
void writeOutMaps(ModelOp model);
/// kernels: products make only what slices read of them.
void cutProducts(EntryOp entry);
/// kernels: convolutions of 3 x 3 become products of transformed tiles and filters, where that is faster at all these
/// capacities.
void useWinograd(EntryOp entry, llvm::ArrayRef<Extents> capacities);
/// kernels: weights that nothing but products reads, and nothing writes, lie in blocks of columns; what products of a loop read
/// in many rounds is brought into such blocks before the loop.
void packWeights(ModelOp model, const CompileOptions &options);
/// kernels: what `options.memoryBudget` does not let be kept in a workspace is computed again; fails where that does not help.
mlir::LogicalResult recompute(mlir::ModuleOp module, const CompileOptions &options);
/// Of an op that is computed again: where. It is in no kernel with ops that stand before it, or are for another place.
inline constexpr llvm::StringLiteral againName = "dl.again";
/// kernels: outlines fused groups; without `fuse`, each op for itself.
void formKernels(ModelOp model, bool fuse);
/// kernels, where that is what is asked for: notes beside each kernel how it will be computed (`dl.plan`), one text for each
/// capacity. It is for people: the next level plans anew.
void notePlans(ModelOp model, const CompileOptions &options);
/// loops: kernels as functions over flat buffers, each in a module of its own; entry points as schedules of their runs.
void lowerSchedules(mlir::ModuleOp module, const CompileOptions &options);
/// plan, first: proves of each schedule that every step and the end find the values that are meant, though buffers are
/// written over.
mlir::LogicalResult verifySchedules(mlir::ModuleOp module);
/// The modules of kernels, by name. Each holds a function of that name.
llvm::StringMap<mlir::ModuleOp> kernelsOf(mlir::ModuleOp module);
/// plan: a place for each buffer: in the workspace, in the arena where it is stored, in the caller's memory. With `explain`,
/// a remark says of each workspace what makes it so large.
mlir::LogicalResult planMemory(mlir::ModuleOp module, bool explain = false);
/// llvm: kernels in the LLVM dialect, all of one form (`dlc_kernel_function` in runtime/abi.h).
mlir::LogicalResult lowerToLLVM(mlir::ModuleOp module, const CompileOptions &options);
} // namespace dlc
#endif
