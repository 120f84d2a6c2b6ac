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
#include <functional>

namespace dlc {
/// The version of the language that this compiler reads and writes. Files of later versions are refused.
constexpr int64_t languageVersion = 1;
/// The largest capacity that a model can be compiled for.
constexpr int64_t largestBatch = 1 << 24;
/// Open sizes that a model may declare: a library has one for the batch, too (DLC_MAX_EXTENTS of runtime/abi.h).
constexpr size_t mostOpenSizes = 7;

/// What an op does at each point of its iteration space.
enum class IterationKind {
  Elementwise, ///< computes each element of the result from elements of the operands
  Reduction,   ///< combines elements along some dimensions
  Contraction, ///< sums products along one dimension
  Gather       ///< reads at a place that an operand holds
};

// Facts of ops: DLBase.td says what each means.
template <typename Op> class NotDifferentiable : public mlir::OpTrait::TraitBase<Op, NotDifferentiable> {};
template <typename Op> class MadeByCompiler : public mlir::OpTrait::TraitBase<Op, MadeByCompiler> {};
template <typename Op> class Exact : public mlir::OpTrait::TraitBase<Op, Exact> {};
template <typename Op> class MovesElements : public mlir::OpTrait::TraitBase<Op, MovesElements> {};
template <typename Op> class View : public mlir::OpTrait::TraitBase<Op, View> {};
template <typename Op> class Pointwise : public mlir::OpTrait::TraitBase<Op, Pointwise> {};
template <typename Op> class Generator : public mlir::OpTrait::TraitBase<Op, Generator> {};
template <typename Op> class Costly : public mlir::OpTrait::TraitBase<Op, Costly> {};
template <typename Op> class Reduction : public mlir::OpTrait::TraitBase<Op, Reduction> {};
template <int64_t axis> struct DefaultAxis {
  template <typename Op> class Impl : public mlir::OpTrait::TraitBase<Op, Impl> {
  public:
    static constexpr int64_t defaultAxis = axis;
  };
};

/// An axis of a value counted from the first, `otherwise` where none is given.
int64_t axisOf(SizeAttr axis, int64_t otherwise, mlir::Value value);
/// The maps of an op that runs over the places of its result: of a generator, which reads nothing there, or of one whose
/// operands are stretched to the result.
llvm::SmallVector<mlir::AffineMap> pointwiseMaps(mlir::Operation *op);

/// What an op that draws is given where it becomes others.
struct Draws {
  bool training;
  /// Numbers from 0 up to, and without, 1: of a stream of their own at each call.
  std::function<mlir::Value(llvm::ArrayRef<Dim> shape, mlir::Type element)> uniform;
};

/// The number of a place's base: that of an arena (`dlc_arena`), then input, then output.
unsigned arenaOf(llvm::StringRef base);
/// A word without quotes, for `custom<Word>`.
mlir::ParseResult parseWord(mlir::OpAsmParser &parser, mlir::StringAttr &word);
void printWord(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::StringAttr word);
/// `4 * batch`, for `custom<Known>`: a size that is known but for open ones.
mlir::ParseResult parseKnown(mlir::OpAsmParser &parser, SizeAttr &size);
void printKnown(mlir::OpAsmPrinter &printer, mlir::Operation *op, SizeAttr size);
/// `4 * batch by 8`, for `custom<Parts>`: 4 units of work for each row, 8 of which make a part.
mlir::ParseResult parseParts(mlir::OpAsmParser &parser, SizeAttr &count, mlir::IntegerAttr &unit);
void printParts(mlir::OpAsmPrinter &printer, mlir::Operation *op, SizeAttr count, mlir::IntegerAttr unit);
/// `from 32 * batch by [64 * batch](%i)`, as far as it stands here, for `custom<Moves>`.
mlir::ParseResult parseMoves(mlir::OpAsmParser &parser, SizeAttr &first, mlir::ArrayAttr &steps,
                             llvm::SmallVectorImpl<mlir::OpAsmParser::UnresolvedOperand> &indices);
void printMoves(mlir::OpAsmPrinter &printer, mlir::Operation *op, SizeAttr first, mlir::ArrayAttr steps,
                mlir::OperandRange indices);
} // namespace dlc

#include "dialects/dl/DLDialect.h.inc"
#include "dialects/dl/DLInterfaces.h.inc"
#define GET_OP_CLASSES
#include "dialects/dl/DLOps.h.inc"

namespace dlc {
/// What a round of a scan hands on.
struct Round {
  llvm::SmallVector<mlir::Value> stacked, carried;
  llvm::SmallVector<mlir::Value> scanned; ///< further tensors that the scan runs along; the body has arguments for them
};
/// A scan along axis 0 of `scanned`; without any, of so many rounds. `body` makes a round of slices and carried values.
ScanOp makeScan(const Ops &ops, mlir::ValueRange scanned, mlir::ValueRange initial, Dim rounds, bool reverse,
                llvm::function_ref<Round(const Ops &, mlir::ValueRange, mlir::ValueRange)> body);
/// True if the op has points, and does this at each.
bool hasKind(mlir::Operation *op, IterationKind kind);
/// How many first axes of a gather or a scatter_add have a table for each of their elements.
template <typename Op> int64_t tableAxes(Op op) {
  SizeAttr given = op.getBatchDimsAttr();
  return given ? given.number() : 0;
}
/// The axes along which a flip turns the order round.
llvm::SmallBitVector flippedAxes(FlipOp op);
/// What the options of a shift say, as numbers: place t of the axis is read at t - by, plus `step` times the place on the axis
/// behind where it has steps. Where it stretches, that axis of the input has one element.
struct Shift {
  int64_t axis, by, step;
  bool hasSteps, stretches;
};
Shift shiftOf(ShiftOp op);
/// What an op reads: its operands, and what the body of a scan captures.
llvm::SmallVector<mlir::Value> readBy(mlir::Operation *op);
/// Of a scan along axis 0: the value in one round.
mlir::RankedTensorType sliceOf(mlir::RankedTensorType stacked);
/// What the values of that many rounds make.
mlir::RankedTensorType stackOf(Dim rounds, mlir::RankedTensorType one);
} // namespace dlc
#endif
