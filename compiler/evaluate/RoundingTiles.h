// RoundingTiles.h - the bound of a convolution of 3 x 3 that `--winograd` may compute in tiles.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_EVALUATE_ROUNDINGTILES_H
#define DLC_COMPILER_EVALUATE_ROUNDINGTILES_H
#include "compiler/evaluate/Evaluate.h"

namespace dlc {
/// Whether the model is compiled with `--winograd`, where that changes anything.
bool mayBeInTiles(mlir::Operation *op);
/// Makes the bounds of a convolution or a product, in units of its type, as wide as tiles need them.
void widenToTiles(mlir::Operation *op, Operands in, const Extents &extents, std::vector<double> &units);
} // namespace dlc
#endif
