// Extents.h - the open sizes of a model, and the most that each may be.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_GRAPH_EXTENTS_H
#define DLC_COMPILER_GRAPH_EXTENTS_H
#include "compiler/Options.h"
#include "dialects/dl/DL.h"

namespace dlc {
/// What a model is compiled for: each choice of a capacity for the batch and for each open size that it declares, the last
/// one the largest.
std::vector<Extents> capacitiesOf(ModelOp model, const CompileOptions &options);
/// The same for an entry point: an open size that nothing of it depends on has one capacity.
std::vector<Extents> capacitiesOf(EntryOp entry, const CompileOptions &options);
/// The call that a form is chosen for which all capacities share: a step of training is filled to the largest, and what is
/// called with less has the smallest made for it.
Extents usualExtents(EntryOp entry, const CompileOptions &options);
/// Some argument or result depends on the open size.
bool dependsOn(EntryOp entry, mlir::StringAttr name);
/// Whether a call tells each open size by the shape of an input.
mlir::LogicalResult checkExtents(EntryOp entry);
std::string show(const Extents &extents);
/// All open sizes of the model with their capacities, as `dl.entry` of a schedule has them, in the order in which kernels and
/// calls take them: 0 where the entry point does not depend on it. And back.
mlir::ArrayAttr describeExtents(EntryOp entry, const Extents &capacity);
Extents extentsOf(mlir::DictionaryAttr entry);
} // namespace dlc
#endif
