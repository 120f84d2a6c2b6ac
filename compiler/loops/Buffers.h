// Buffers.h - how tensors lie in memory and in registers.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_LOOPS_BUFFERS_H
#define DLC_COMPILER_LOOPS_BUFFERS_H
#include "dialects/dl/DL.h"

namespace dlc {
/// How elements of a tensor lie in memory (ui8 as i8, i1 as a byte) and in registers (ui8 as i8).
mlir::Type memoryType(mlir::Type element);
mlir::Type registerType(mlir::Type element);
/// The flat buffer of a tensor at a capacity. Of one within a larger tensor it is the piece of that from its first element to its
/// last.
mlir::MemRefType bufferType(mlir::RankedTensorType type, const Extents &capacity);
int64_t bytesOf(mlir::MemRefType buffer);
/// True if the tensor has one element.
bool isNumber(mlir::RankedTensorType type);
} // namespace dlc
#endif
