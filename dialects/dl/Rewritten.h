// Rewritten.h - ops that stand for several others, in training as in inference.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_DIALECTS_DL_REWRITTEN_H
#define DLC_DIALECTS_DL_REWRITTEN_H
#include "dialects/dl/DL.h"

/// What `augment` writes is also what the op decomposes into; it has no gradient of its own, since it is rewritten first.
#define REWRITTEN(Op) \
  llvm::SmallVector<mlir::Value> Op::decompose(Ops &b) { return augment(b); } \
  llvm::SmallVector<mlir::Value> Op::vjp(Ops &, mlir::ValueRange) { return {}; }
#endif
