// Evaluate.h - what a model means: `dl` ops one by one, in double precision, as plain loops.
// SPDX-License-Identifier: Apache-2.0
//
// The reference that compiled code is compared with. It shares nothing with the lowering: neither decompositions nor
// gradient rules nor access maps. It runs entry points at level `autodiff`, and at `graph` those that ask for no
// gradient.
#ifndef DLC_COMPILER_EVALUATE_EVALUATE_H
#define DLC_COMPILER_EVALUATE_EVALUATE_H
#include "compiler/Types.h"
#include "compiler/evaluate/Array.h"
#include "dialects/dl/DL.h"
#include "llvm/ADT/TypeSwitch.h"
#include <functional>

namespace dlc {
/// The operands of an op, in order.
using Operands = llvm::ArrayRef<const Array *>;
/// Told of each value as it becomes known, with what its op had as operands and (a scan) captured; what it leaves in `array` is what the ops
/// that follow see.
using Observer = std::function<void(mlir::OpResult value, Operands in, Array &array)>;

/// Runs an entry point. `arguments` are in the order of its own, in the sizes for `extents`. Diagnostics say
/// what could not be evaluated: an op that has no meaning at this level, an index out of range.
mlir::FailureOr<std::vector<Array>> evaluate(EntryOp entry, llvm::ArrayRef<Array> arguments, const Extents &extents,
                                             const Observer &observer = {});

/// Computes one op: `out` are its results, zeros of the right shapes.
mlir::LogicalResult evaluateOp(mlir::Operation &op, Operands in, llvm::MutableArrayRef<Array> out,
                               const Extents &extents);
/// The tensor with the channels, which are axis 1, last; and back.
Array channelsLast(const Array &in);
Array channelsFirst(const Array &in);
/// Computes a scan: `in` are its operands, then what its body captures. `observer` is told of the body's values, too, in each
/// round.
mlir::LogicalResult evaluateScan(ScanOp scan, Operands in, llvm::MutableArrayRef<Array> out, const Extents &extents,
                                 const Observer &observer = {});
/// Zeros in the shape of a value where the open sizes are `extents`.
Array zerosFor(mlir::Value value, const Extents &extents);

/// The sizes of a tensor where the open sizes are `extents`.
std::vector<int64_t> shapeOf(mlir::Value value, const Extents &extents);

// The families of ops, each a function that fills the results and returns success, or says that the op is none of its
// own by an empty optional.
using Evaluated = std::optional<mlir::LogicalResult>;
Evaluated evaluateElementwise(mlir::Operation *op, Operands in, llvm::MutableArrayRef<Array> out);
Evaluated evaluateStructure(mlir::Operation *op, Operands in, llvm::MutableArrayRef<Array> out, const Extents &extents);
Evaluated evaluateOrder(mlir::Operation *op, Operands in, llvm::MutableArrayRef<Array> out);
Evaluated evaluateResample(mlir::Operation *op, Operands in, llvm::MutableArrayRef<Array> out);
Evaluated evaluateNetwork(mlir::Operation *op, Operands in, llvm::MutableArrayRef<Array> out, const Extents &extents);

/// Walks the elements of a shape in row-major order.
class Odometer {
public:
  explicit Odometer(llvm::ArrayRef<int64_t> shape) : shape(shape.begin(), shape.end()), at(shape.size(), 0) {}
  llvm::ArrayRef<int64_t> operator*() const { return at; }
  void next() {
    for (size_t axis = at.size(); axis-- > 0;) {
      if (++at[axis] < shape[axis])
        return;
      at[axis] = 0;
    }
  }

private:
  llvm::SmallVector<int64_t> shape, at;
};
/// Where the element `at` of a shape lies in row-major order. Axes of size 1 are stretched, missing ones left out:
/// the shape is matched from the last axis on.
int64_t offsetIn(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> at);
/// Calls `visit` with the offsets of the elements of each row: of those that only differ along these axes.
void forEachRow(llvm::ArrayRef<int64_t> shape, const llvm::SmallBitVector &axes,
                llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit);
/// The axes that a `normalize` goes along.
llvm::SmallBitVector axesOf(NormalizeOp op);
/// [batch, ..., channels] as [batch, places, groups, channels of a group].
llvm::SmallVector<int64_t> inGroups(llvm::ArrayRef<int64_t> shape, int64_t groups);
/// Whether an index, the element `place` of its tensor, lies in 0 .. limit - 1; a diagnostic if not.
mlir::LogicalResult checkRange(mlir::Operation *op, int64_t place, int64_t index, int64_t limit);
/// A size where the open sizes are `extents`; `otherwise` if it is not given.
int64_t numberOf(SizeAttr size, int64_t otherwise, const Extents &extents);
/// An axis counted from either end.
int64_t axisOf(SizeAttr axis, int64_t otherwise, size_t rank);
} // namespace dlc
#endif
