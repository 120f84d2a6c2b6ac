// Differentiator.h - reverse mode over one block, whatever it is the body of.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_AUTODIFF_DIFFERENTIATOR_H
#define DLC_COMPILER_AUTODIFF_DIFFERENTIATOR_H
#include "dialects/dl/DL.h"
#include "llvm/ADT/DenseSet.h"

namespace dlc {
/// Derives values of one block by others: a function of the ops before `end`, of values with their cotangents (the seeds),
/// and of the values whose cotangents are wanted. What it makes stands before `end`. A block may be the body of an entry
/// point or of any other region.
class Differentiator {
public:
  using Seeds = llvm::ArrayRef<std::pair<mlir::Value, mlir::Value>>; ///< value, cotangent

  Differentiator(mlir::Block &block, mlir::Block::iterator end, mlir::ValueRange wanted, llvm::StringRef faultyRule)
      : block(block), end(end), wanted(wanted), builder(&block, end), faultyRule(faultyRule) {}
  /// Rewrites what has to be rewritten before it can be differentiated, until nothing is left. Values may be replaced.
  void augment();
  /// The ops on the way from what is wanted to the seeds that have no derivative.
  llvm::SmallVector<mlir::Operation *> findObstacles(mlir::ValueRange seeds);
  void run(Seeds seeds);
  /// The sum of what came to a value; null if nothing did.
  mlir::Value cotangentOf(mlir::Value value) const { return cotangents.lookup(value); }

  static bool isFloat(mlir::Value value);
  auto ops() const { return llvm::make_range(block.begin(), end); }
  /// Values that depend on these, as far as derivatives go.
  llvm::DenseSet<mlir::Value> findActive(mlir::ValueRange roots) const;
  /// Values that these depend on: whatever they are, or only as far as derivatives go.
  llvm::DenseSet<mlir::Value> findSources(mlir::ValueRange values, bool differentiably) const;

private:
  /// A scan's body, of which its arguments are wanted, and what is captured and active.
  Differentiator inside(ScanOp scan, const llvm::DenseSet<mlir::Value> &active);
  /// The scan that runs back through this one (DifferentiateScan.cpp).
  void runBack(ScanOp scan, const llvm::DenseSet<mlir::Value> &active);
  /// The ops between what is wanted and the seeds, the last first.
  llvm::SmallVector<mlir::Operation *> findPath(mlir::ValueRange seeds) const;
  void add(mlir::Value value, mlir::Value cotangent);

  mlir::Block &block;
  mlir::Block::iterator end;
  llvm::SmallVector<mlir::Value> wanted;
  mlir::OpBuilder builder;
  llvm::StringRef faultyRule;
  llvm::DenseMap<mlir::Value, mlir::Value> cotangents;
};
} // namespace dlc
#endif
