// Rows.h - whether a row of the outputs depends on that row of the inputs alone.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_GRAPH_ROWS_H
#define DLC_COMPILER_GRAPH_ROWS_H
#include "dialects/dl/DL.h"

namespace dlc {
/// Proved op by op: the batch is one axis of whatever depends on it, the first of inputs and outputs, and nothing combines
/// its elements. A larger batch may then be cut into several calls.
bool rowsAreIndependent(EntryOp entry);
/// Of one op of an entry point whose seed, step and number of the first row are `random` (or null): the rows of its
/// results are made of the same rows of its operands.
bool keepsRows(mlir::Operation *op, mlir::Value random);
/// The seed, step and number of the first row that an entry point is called with; null if it asks for none.
mlir::Value randomOf(EntryOp entry);
/// The value does not depend on the batch, or has it as its first axis and as no other.
bool lieInRows(mlir::Value value);
/// Whatever input depends on the batch has it as its first axis, and as no other.
bool inputsLieInRows(EntryOp entry);
/// Some input or output depends on the batch.
bool hasBatch(EntryOp entry);
} // namespace dlc
#endif
