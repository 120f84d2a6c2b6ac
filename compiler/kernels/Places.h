// Places.h - tensors that lie within larger ones: what `pad` and `concat` make is written by the kernels that make its parts.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_KERNELS_PLACES_H
#define DLC_COMPILER_KERNELS_PLACES_H
#include "dialects/dl/DL.h"

namespace dlc {
/// On a `pad` or `concat` of a kernel: the numbers of the operands that lie in their place of the result before it runs. Its
/// kernel leaves them alone.
inline constexpr llvm::StringLiteral placedName = "dl.placed";
bool liesInPlace(mlir::Operation *op, unsigned operand);
/// The same of an argument of a kernel.
bool liesInPlace(mlir::BlockArgument argument);
/// How far an operand of a `pad` or `concat` begins behind the first element of the result, which lies so: a sum.
llvm::SmallVector<Dim> offsetsIn(mlir::Operation *op, unsigned operand, mlir::RankedTensorType whole);

/// The kernel can read its argument within a larger tensor; or store its result there.
bool canReadPlaced(KernelOp kernel, unsigned argument);
bool canStorePlaced(KernelOp kernel, unsigned result);

/// What a text says of places must hold, before any pass relies on it. First: only kernels of level `kernels` have places.
mlir::LogicalResult checkPlaces(mlir::ModuleOp module, llvm::StringRef level);
/// Then, where kernels are known to be some and launches to fit them: they can do what is said.
mlir::LogicalResult checkPlacesOf(ModelOp model);

/// Lets kernels write what a `pad` or `concat` reads into the place that it has in the result.
void placeParts(ModelOp model);
} // namespace dlc
#endif
