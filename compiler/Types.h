// Types.h - element types as the runtime numbers them and as they lie in memory.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_TYPES_H
#define DLC_COMPILER_TYPES_H
#include "mlir/IR/BuiltinTypes.h"
#include "runtime/abi.h"

namespace dlc {
inline dlc_dtype dtypeOf(mlir::Type element) {
  return element.isF32()                ? DLC_F32
         : element.isF64()              ? DLC_F64
         : element.isInteger(32)        ? DLC_I32
         : element.isInteger(64)        ? DLC_I64
         : element.isUnsignedInteger(8) ? DLC_UI8
                                        : DLC_I1;
}
/// Of one element: a truth value takes a byte.
inline int64_t bytesOf(mlir::Type element) { return std::max(element.getIntOrFloatBitWidth() / 8, 1u); }
} // namespace dlc
#endif
