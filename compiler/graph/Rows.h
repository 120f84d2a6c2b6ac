// Rows.h - whether a row of the outputs depends on that row of the inputs alone.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_GRAPH_ROWS_H
#define DLC_COMPILER_GRAPH_ROWS_H
#include "dialects/dl/DL.h"

namespace dlc {
/// Proved op by op: the batch is the first axis of whatever depends on it, and nothing combines its elements. A
/// larger batch may then be cut into several calls.
bool rowsAreIndependent(EntryOp entry);
/// Refuses what would need a copy below the capacity, where the batch is not the first axis: a reshape across it,
/// and indices that are walked in order. Buffers are strided by the capacity.
mlir::LogicalResult checkBatchAxes(EntryOp entry);
/// Some input or output depends on the batch.
bool hasBatch(EntryOp entry);
} // namespace dlc
#endif
