// Contraction.h - matrix products as loops over register tiles, with whatever follows done on the tile.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_LOOPS_CONTRACTION_H
#define DLC_COMPILER_LOOPS_CONTRACTION_H
#include "compiler/loops/LoopBuilder.h"
#include "compiler/loops/ProductPlan.h"
#include <functional>

namespace dlc {
/// A size that is known up to a limit: buffers and tiles are made for `capacity`, loops run to `size`.
struct LoopBound {
  int64_t capacity;
  mlir::Value size; ///< an index; null: it is `capacity`
};

/// The sum over k is done several times, each time from other places in A and B on; all of it is one sum.
struct SumRuns {
  int64_t capacity;  ///< how many there are at most
  mlir::Value count; ///< how many there are
  /// How far run `i` lies from the first, in A and in B.
  std::function<std::pair<mlir::Value, mlir::Value>(mlir::Value i)> offsets;
};

/// One step of a product whose runs are done some at a time: its sums wait in scratch memory.
struct SlabStep {
  enum Kind { Clear, Add, Finish } kind;
  mlir::Value first, end; ///< the runs to add
  mlir::Value sums;       ///< where in the scratch memory they wait: rows of the panel's columns
};

/// C[m, n] = sum over k of A[m, k] * B[k, n], in the order of k: each block of `sumBlock` k is a chain of fused
/// multiply-adds from 0 on, and the blocks' sums are added in their order. These are the same bits whatever the
/// tile, the target, or the part of the result. The error is at most about (sumBlock + K / sumBlock) roundings.
///
/// One form has another order, equally fixed: up to 32 rows (capacity), of up to 128 KiB, with both operands consecutive along k
/// (lhsStride[1] == 1, rhsStride[0] == 1, rhsStride[1] != 1) and k of at least 4 vectors. There lane l sums
/// k = l, l + lanes, ... in order, in blocks of sumBlock / 4 vectors, and the lanes are then added as a tree,
/// neighbours first: ((0 + 1) + (2 + 3)) + ...
struct Contraction {
  mlir::Type element; ///< f32 or f64
  LoopBound m, n, k;
  /// Flat row-major buffers, memref<SIZExELEMENT>; A[m, k] lies at lhsBase + m * lhsStride[0] + k *
  /// lhsStride[1], B[k, n] at rhsBase + k * rhsStride[0] + n * rhsStride[1]. Bases are of type index.
  mlir::Value lhs, lhsBase, rhs, rhsBase;
  /// Where k is summed several times: whole runs make a sum, as many as there is room for in `sumBlock`, if one fits.
  std::optional<SumRuns> runs;
  std::optional<SlabStep> slab; ///< this step alone, of a product of one panel and all rows
  std::array<mlir::Value, 2> lhsStride, rhsStride;
  /// Of a packed B: how far the next contractionLanes() columns lie from these. Null: they follow.
  mlir::Value rhsVectorStride;
  /// memref<SIZExELEMENT> of ProductPlan::scratchElements(), 64-byte aligned, this thread's own; null if that is 0.
  mlir::Value scratch;
  /// i1: the panel is not the one that was copied last. Null: it never is.
  mlir::Value isNewPanel;
  /// Called once for each row and vector of columns of a finished tile, in code that runs only where the row
  /// is below m.size: emits what is done with it, the store included. `lanes` consecutive columns from
  /// `column` on; `mask` (vector of i1) is null where all of them exist.
  std::function<void(LoopBuilder &b, mlir::Value row, mlir::Value column, mlir::Value sums, mlir::Value mask)> finish;
  /// If set, called instead, with the sums of consecutive rows from `row` on for one vector of columns. All rows exist: for
  /// products whose m is known and computed in one part.
  std::function<void(mlir::Value row, mlir::Value column, llvm::ArrayRef<mlir::Value> sums, mlir::Value mask)>
      finishRows;

  /// If set, called for each row and vector of columns while its tile is computed, where `finish` is done beside the next:
  /// fetches what that will read there from beyond the caches.
  std::function<void(mlir::Value row, mlir::Value column)> fetch;
};

/// Lanes of the vectors that `finish` sees: 16 for f32, 8 for f64.
inline int64_t contractionLanes(mlir::Type element) { return productLanes(element.getIntOrFloatBitWidth() / 8); }
/// Exchanges rows and columns of a square of vectors.
llvm::SmallVector<mlir::Value> transposeSquare(LoopBuilder &b, llvm::ArrayRef<mlir::Value> rows);
/// Emits the loops for parts [first, last), values of type index.
void emitContraction(LoopBuilder &b, const Contraction &contraction, const ProductPlan &plan, mlir::Value first,
                     mlir::Value last);
} // namespace dlc
#endif
