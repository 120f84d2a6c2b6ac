// LowerKernels.h - level `loops`: each kernel as vectorised loops over flat buffers.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_LOOPS_LOWERKERNELS_H
#define DLC_COMPILER_LOOPS_LOWERKERNELS_H
#include "compiler/kernels/Domain.h"
#include "compiler/loops/Buffers.h"
#include "compiler/target/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc {
/// What a kernel becomes: func @name(inputs..., outputs..., [scratch,] extents..., first, last), each tensor a flat buffer at
/// one capacity. It computes parts [first, last) of `parts`; parts may run at once. Where it needs memory of its own
/// (`dl.scratch`, in bytes), each thread that runs it brings that.
struct LoweredKernel {
  mlir::func::FuncOp function;
  llvm::SmallVector<Dim> parts; ///< how many there are: the product
  int64_t partSize = 1;         ///< parts are rounded up: ceil(parts / partSize)
  double flops = 0, bytes = 0;  ///< of one call at full capacity, as predicted
};

struct LoweringOptions {
  Extents capacity;
  TargetDescription target;
  bool vectorize; ///< false: one lane
};

LoweredKernel lowerKernel(KernelOp kernel, llvm::StringRef name, mlir::OpBuilder &at, const LoweringOptions &options);
} // namespace dlc
#endif
