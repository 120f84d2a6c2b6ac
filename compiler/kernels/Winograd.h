// Winograd.h - which products are convolutions of 3 x 3, and the matrices of the tiles that they may become.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_KERNELS_WINOGRAD_H
#define DLC_COMPILER_KERNELS_WINOGRAD_H
#include "dialects/dl/DL.h"
#include <optional>

namespace dlc::winograd {
/// The matrices of m results, t = m + 2 elements: of the elements t x t, of the filter t x 3, of the results m x t.
struct Transform {
  int64_t results;
  llvm::ArrayRef<double> elements, filter, sums;
  int64_t size() const { return results + 2; }
};
llvm::ArrayRef<Transform> transforms();

/// A tap moves the place in the picture along one axis: place = result + tap + start, or result - tap + start.
struct Axis {
  unsigned result, tap; ///< dimensions of the product
  unsigned place;       ///< the axis of the picture
  int64_t start;        ///< the first place, when taps run upwards
  bool turned;          ///< they run downwards
};
/// A product that is a convolution of 3 x 3.
struct Convolution {
  ContractOp op;
  mlir::Value picture, filter;
  mlir::AffineMap pictureMap, filterMap;
  llvm::SmallVector<Dim> over;
  llvm::SmallVector<Axis, 2> axes;
  unsigned channel, feature, row; ///< dimensions: summed, of the filter alone, of the picture alone

  /// The axis of the picture that one dimension alone moves.
  unsigned placeOf(unsigned dim) const {
    return *pictureMap.getResultPosition(mlir::getAffineDimExpr(dim, pictureMap.getContext()));
  }
};
std::optional<Convolution> convolutionOf(ContractOp op);
} // namespace dlc::winograd
#endif
