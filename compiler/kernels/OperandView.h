// OperandView.h - where a product reads an operand.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_KERNELS_OPERANDVIEW_H
#define DLC_COMPILER_KERNELS_OPERANDVIEW_H
#include "dialects/dl/DL.h"

namespace dlc {
/// A view whose elements lie at an affine place, with strides of at least 0: no flip, no reshape.
bool isStridedView(mlir::Operation *op);
/// A view in a kernel that products alone read: they read what it is a view of, where it lies.
bool isProductView(mlir::Operation *op);

/// Where an op reads an operand: a buffer, an affine offset and strides, in elements.
struct OperandView {
  mlir::Value buffer;             ///< what the kernel is given
  llvm::SmallVector<Dim> strides; ///< for each dimension that the op runs over
  llvm::SmallVector<Dim> offsets; ///< of the first element: their sum
  /// Of packed weights, whose columns lie in blocks: from a block to the next. `strides` are those within a block.
  std::optional<Dim> blockStride;

  /// False if it is no such thing: an axis of the batch that is read backwards, for one.
  bool isKnown() const;
};
/// A tensor that lies as its type says, read at a map's places.
OperandView viewOf(mlir::Value tensor, mlir::AffineMap map);
OperandView viewOf(mlir::RankedTensorType type, mlir::AffineMap map); ///< of no buffer
/// What a product reads: through its own access map and those of the product views in between.
OperandView viewOf(mlir::OpOperand &use);
} // namespace dlc
#endif
