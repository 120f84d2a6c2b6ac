// Contract.h - products over any dimensions, and their transposes, as they are written down.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_DIALECTS_DL_CONTRACT_H
#define DLC_DIALECTS_DL_CONTRACT_H
#include "dialects/dl/DL.h"

namespace dlc {
/// The dimensions of a contraction, those of the result first, and where each operand is read.
struct Contraction {
  explicit Contraction(Ops &b) : b(b) {}
  Ops &b;
  llvm::SmallVector<Dim> over;
  llvm::SmallVector<mlir::AffineExpr> lhs, rhs;

  /// A dimension of this size, behind the others.
  mlir::AffineExpr add(Dim size);
  /// The product of x and w, summed over all but the first `kept` dimensions.
  mlir::Value build(mlir::Value x, mlir::Value w, int64_t kept);
  /// Each product of an element of y, which has the first `kept` dimensions, and one of w is added to the place where
  /// `build` would read its x, a tensor of these sizes.
  mlir::Value transpose(mlir::Value y, mlir::Value w, int64_t kept, llvm::ArrayRef<Dim> sizes);
};
} // namespace dlc
#endif
