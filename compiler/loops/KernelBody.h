// KernelBody.h - one kernel while its code is emitted, and the kinds of kernels.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_LOOPS_KERNELBODY_H
#define DLC_COMPILER_LOOPS_KERNELBODY_H
#include "compiler/loops/Points.h"

namespace dlc {
/// A kernel's function, whose body is emitted at `b`: parts [first, last) of what the plan says.
struct KernelBody {
  KernelOp kernel;
  const KernelPlan &plan;
  LoopBuilder &b;
  PointEmitter &e;
  mlir::Value first, last;
  llvm::SmallVector<mlir::Value> outputBuffers; ///< of the plan's outputs
  mlir::Value scratch;                          ///< the thread's own memory, or null
  int64_t scratchUsed = 0;                      ///< bytes of it

  /// The next buffer in scratch memory.
  mlir::Value takeScratch(mlir::MemRefType type);
  /// Indices along some dimensions of the place that a part has among all of them, the last dimension running fastest.
  void setIndices(llvm::MutableArrayRef<mlir::Value> index, mlir::Value part, llvm::ArrayRef<int> dims,
                  llvm::ArrayRef<Dim> sizes);
};

/// Element-wise maps, and passes over rows.
void emitRows(KernelBody &body);
/// A product, and what is done with its elements.
void emitProduct(KernelBody &body);
/// A stack of products whose lanes run along the stack.
void emitStack(KernelBody &body);
/// One op that fuses with nothing: concat, pad, scatter_add, check_index, cumsum, topk.
void emitSingle(KernelBody &body);
/// `buffers`: of operands, then of results.
void emitCumsum(KernelBody &body, CumsumOp op, mlir::ValueRange buffers);
void emitTopk(KernelBody &body, TopkOp op, mlir::ValueRange buffers);
} // namespace dlc
#endif
