// Points.h - what a kernel computes at one point of its domain, or at a vector of neighbouring points.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_LOOPS_POINTS_H
#define DLC_COMPILER_LOOPS_POINTS_H
#include "compiler/loops/KernelPlan.h"
#include "compiler/loops/LoopBuilder.h"

namespace dlc {
/// One point, or `lanes` of them along dimension `lane`, of which those exist where `mask` is set (null: all).
struct Point {
  llvm::SmallVector<mlir::Value> index; ///< for each dimension; null where it is not known
  /// The same for what lies within a larger tensor, where `index` counts through several dimensions by the last of them.
  llvm::SmallVector<mlir::Value> apart;
  int lane = -1;
  int64_t lanes = vectorLanes;
  mlir::Value mask;
  int64_t offset = -1; ///< the lane index modulo 64, where it is known
  int64_t slot = 0;    ///< its number among the vectors of rows that go through their passes together
  bool flat = false;   ///< the domain has been made one dimension: tensors are read in order
  llvm::DenseMap<mlir::OpOperand *, mlir::Value> turned; ///< operands that have been read already
  llvm::DenseMap<mlir::Value, mlir::Value> known; ///< values already computed here: scalars are the same in all lanes
};

/// Emits the ops of one kernel, point by point.
class PointEmitter {
public:
  PointEmitter(LoopBuilder &b, const KernelPlan &plan)
      : b(b), plan(plan), domain(plan.domain), capacity(plan.capacity) {}
  LoopBuilder &b;
  const KernelPlan &plan;
  const Domain &domain;                                                   ///< the plan's
  const Extents &capacity;                                                ///< the most that a call may have
  llvm::SmallVector<std::pair<mlir::StringAttr, mlir::Value>, 2> extents; ///< what this call has
  llvm::DenseMap<mlir::Value, mlir::Value> buffers; ///< of arguments, and of results that can be read back
  /// Buffers of one row (or of `lanes` rows) for values that a pass keeps for the next; the plan's inner dimensions lie
  /// there in their order.
  llvm::DenseMap<mlir::Value, mlir::Value> rowBuffers;
  llvm::DenseSet<mlir::Value> keptReady; ///< those that this row has written
  void keep(mlir::Value value, Point &point);

  /// A value of the kernel at a point: a vector, or a scalar where it is the same in all lanes.
  mlir::Value at(mlir::Value value, Point &point);
  /// The same as a vector of the point's lanes.
  mlir::Value vectorAt(mlir::Value value, Point &point);
  /// The operand of an op at a point.
  mlir::Value operand(mlir::OpOperand &use, Point &point);
  /// Stores what a value is at a point into a buffer.
  void store(mlir::Value value, mlir::Value buffer, Point &point);
  /// Stores all of these (value, buffer) when all are known: a buffer may be that of an old value, which others of the new
  /// ones are made from.
  void store(llvm::ArrayRef<std::pair<mlir::Value, mlir::Value>> values, Point &point);

  mlir::Value size(Dim dim);
  mlir::Value spread(mlir::Value scalar, int64_t lanes);
  /// Where elements of a buffer lie: the first, and how far apart they are from lane to lane (null: it is one scalar).
  struct Place {
    mlir::Value at, stride;
  };
  mlir::Value load(mlir::Value buffer, mlir::Type element, const Place &place, const Point &point);
  void write(mlir::Value what, mlir::Value buffer, mlir::Type element, const Place &place, const Point &point);
  /// Whether the call's first row stands at a multiple of 64 elements of all that is drawn; null where it always does.
  mlir::Value masksAreAligned(llvm::ArrayRef<RandomOpInterface> masks);
  /// Emits what a function does, at its top: for a call whose streamed outputs are large, begin with a line and are no buffers that
  /// it reads, with stores past the caches; and as usual, for others.
  void streaming(llvm::ArrayRef<mlir::Value> outputBuffers, llvm::function_ref<void()> emit);
  bool rowsAreAligned = true; ///< false: where a call begins, in flat order, is not known
  /// Where a tensor is read.
  Place place(mlir::RankedTensorType type, mlir::AffineMap map, llvm::ArrayRef<int> dims, const Point &point);

private:
  llvm::SmallVector<mlir::Value> streamed; ///< buffers that are stored to past the caches
  Place keptPlace(const Point &point);
  mlir::Value compute(mlir::Operation *op, Point &point);
  mlir::Value iota(IotaOp op, Point &point);
  mlir::Value count(CountOp op);
  mlir::Value wordOf(RandomOpInterface op, Point &point);
  mlir::Value dropoutMask(DropoutMaskOp op, Point &point);
  mlir::Value draw(DrawOp op, Point &point);
  mlir::Value gather(GatherOp op, Point &point);
  mlir::Value shift(ShiftOp op, Point &point);
  /// An element that is the same for the whole call: read once, at the kernel's entry. (No later load could be moved
  /// there: for all that LLVM knows, what the kernel writes may lie in the same place.)
  mlir::Value fixed(mlir::Value buffer, mlir::Type element, int64_t place);
  llvm::DenseMap<std::pair<mlir::Value, int64_t>, mlir::Value> fixedValues;
  mlir::Value constantAt(ConstantOp op, Point &point);
};

/// What an elementwise op computes from scalars or vectors, all of one shape.
mlir::Value emitElementwise(mlir::ImplicitLocOpBuilder &b, mlir::Operation *op, mlir::ValueRange operands);

/// The value that changes nothing in a reduction, and the combination of two.
mlir::Value emitIdentity(mlir::ImplicitLocOpBuilder &b, mlir::Operation *reduction, mlir::Type type);
mlir::Value emitCombine(mlir::ImplicitLocOpBuilder &b, mlir::Operation *reduction, mlir::Value x, mlir::Value y);
/// All lanes combined, in a fixed tree.
mlir::Value emitAcross(mlir::ImplicitLocOpBuilder &b, mlir::Operation *reduction, mlir::Value vector);
/// The result of a reduction, when all is combined.
mlir::Value emitFinished(mlir::ImplicitLocOpBuilder &b, mlir::Value combined);
} // namespace dlc
#endif
