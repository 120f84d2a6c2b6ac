// Counts.h - what a single number is a mean over, so that those of several batches can be made one.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_GRAPH_COUNTS_H
#define DLC_COMPILER_GRAPH_COUNTS_H
#include "dialects/dl/DL.h"

namespace dlc {
/// Gives each result of `entry` that is a single number the attribute `combine`, where the flow of data tells how the
/// numbers of several batches make the one of all their rows: "rows" (a mean over rows), "sum", or "count" (a mean
/// over what the result named by the attribute `count` says, which becomes a result where it is none).
void describeCounts(EntryOp entry);
/// True if every result is one row for each row of the inputs, made of that row alone, or a single number that
/// `describeCounts` has described: a larger batch may be cut into several calls.
bool partsMakeTheWhole(EntryOp entry);
} // namespace dlc
#endif
