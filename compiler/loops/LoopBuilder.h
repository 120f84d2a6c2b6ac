// LoopBuilder.h - a builder of ops that also builds index arithmetic, loops and branches.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_LOOPS_LOOPBUILDER_H
#define DLC_COMPILER_LOOPS_LOOPBUILDER_H
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace dlc {
/// Indices are sizes and offsets within buffers: sums and products of them never wrap. What is known is folded, and what
/// does nothing is left out.
class LoopBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  mlir::Value constant(int64_t value) { return mlir::arith::ConstantIndexOp::create(*this, value); }
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value add(mlir::Value x, int64_t y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, int64_t factor);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value floorDiv(mlir::Value x, int64_t by);
  mlir::Value smaller(mlir::Value x, mlir::Value y);
  mlir::Value larger(mlir::Value x, mlir::Value y);
  /// x < y, as i1
  mlir::Value less(mlir::Value x, mlir::Value y);
  mlir::Value equal(mlir::Value x, mlir::Value y);

  /// for i in [from, to) step `step`, with values carried from one step to the next; yields the last ones.
  using Step = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value i, mlir::ValueRange carried)>;
  llvm::SmallVector<mlir::Value> loop(mlir::Value from, mlir::Value to, int64_t step, mlir::ValueRange carried,
                                      Step body);
  void forEach(mlir::Value from, mlir::Value to, int64_t step, llvm::function_ref<void(mlir::Value i)> body);
  void when(mlir::Value condition, llvm::function_ref<void()> body);
  /// What follows is emitted into code that runs only where the condition holds. The caller guards the insertion point.
  void enterIf(mlir::Value condition);

  /// How vectors cover a range: `unroll` of them in one step of the main loop, then single ones, then one that is masked.
  struct Cover {
    int64_t lanes;
    int64_t unroll = 1;
    int64_t length = -1; ///< of the range, where it is known: then only the main loop is a loop
  };
  struct Lanes {
    mlir::Value at;      ///< the index of the first one
    mlir::Value mask;    ///< which exist; null: all
    int64_t offset = -1; ///< how many lanes the first stands beyond a multiple of four vectors from the start, if known
  };
  /// Calls `body` with the vectors of one step, in their order.
  void forEachVector(mlir::Value from, mlir::Value to, const Cover &cover,
                     llvm::function_ref<void(llvm::ArrayRef<Lanes>)> body);
  /// The first `count` lanes.
  mlir::Value mask(int64_t lanes, mlir::Value count);
};
} // namespace dlc
#endif
