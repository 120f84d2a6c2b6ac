// DL.h - the dialect `dl`: the one header that others include.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_DIALECTS_DL_DL_H
#define DLC_DIALECTS_DL_DL_H
#include "dialects/dl/Builder.h"
#include "dialects/dl/Syntax.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace dlc {
/// The version of the language that this compiler reads and writes. Files of later versions are refused.
constexpr int64_t languageVersion = 1;
/// The largest capacity that a model can be compiled for.
constexpr int64_t largestBatch = 1 << 24;

/// What an op does at each point of its iteration space.
enum class IterationKind {
  Elementwise, ///< computes each element of the result from elements of the operands
  Reduction,   ///< combines elements along some dimensions
  Contraction, ///< sums products along one dimension
  Gather       ///< reads at a place that an operand holds
};

/// An op through which no gradient passes.
template <typename Op>
class NotDifferentiable : public mlir::OpTrait::TraitBase<Op, NotDifferentiable> {};
} // namespace dlc

#include "dialects/dl/DLDialect.h.inc"
#include "dialects/dl/DLInterfaces.h.inc"
#define GET_OP_CLASSES
#include "dialects/dl/DLOps.h.inc"
#endif
