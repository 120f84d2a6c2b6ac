// KernelPlan.h - what is decided about a kernel before any of its code is emitted.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_LOOPS_KERNELPLAN_H
#define DLC_COMPILER_LOOPS_KERNELPLAN_H
#include "compiler/CostModel.h"
#include "compiler/kernels/Domain.h"
#include "compiler/kernels/OperandView.h"
#include "compiler/loops/Buffers.h"
#include "compiler/loops/ProductPlan.h"
#include "compiler/loops/StackPlan.h"

namespace dlc {
/// A kernel at one capacity, for one target. Ops and values are those of the kernel; dimensions are those of `domain`.
struct KernelPlan {
  Domain domain;    ///< its kind is the kernel's; one dimension alone if `flat`
  Extents capacity; ///< the most that a call may have
  llvm::SmallVector<mlir::Value> outputs;
  /// Types of outputs that are stored within a larger tensor.
  llvm::DenseMap<mlir::Value, mlir::RankedTensorType> placed;

  //===--- Kernels that run over points: Map and Rows ---===//

  int64_t lanes = 1; ///< of a vector
  int lane = -1;     ///< the dimension that they run along; -1: none
  bool flat = false; ///< every tensor is read and written in the order in which it lies: one dimension for all
  /// Vectors in one step of the main loop along `lane`: one after the other; where rows are reduced, all of them go through
  /// the passes together.
  int64_t unroll = 1;
  /// Of a map: operands that do not lie in order along `lane`, but along the dimension `across`: they are read in blocks of
  /// `lanes` vectors, which are turned in registers.
  llvm::SmallVector<mlir::OpOperand *> turned;
  int across = -1;
  int64_t acrossRows = 0;       ///< of that dimension, done one after the other
  int64_t acrossLanes = 0;      ///< with so many places along `lane`, which are a part then; 0: with all
  llvm::SmallVector<int> outer; ///< rows that are loops: all but those that lanes run along or across
  llvm::SmallVector<int> inner; ///< what reductions run over, in the order of their loops
  bool isWrittenOut = false;    ///< the inner dimensions have so few places that there are no loops
  int passes = 0;               ///< over each row; a reduction ends one
  llvm::DenseMap<mlir::Operation *, int> passOf; ///< in which an op is computed; a reduction's result is there after it
  /// For each pass the values that later ones read again, because they are expensive or stored anyway; and the buffers, of
  /// a row each, of those that are not stored.
  llvm::SmallVector<llvm::SmallVector<mlir::Value>> kept;
  llvm::SmallVector<std::pair<mlir::Value, mlir::MemRefType>> keptBuffers;
  /// Of rows that go together, so many, a whole part: their sums lie in scratch memory, and `deepSteps` places of the last inner
  /// dimension are added to all of them before the next. What is read lies in long pieces then. 0: sums are in registers.
  int64_t deepRows = 0, deepSteps = 1, deepBuffers = 0; ///< buffers: of a part's sums, one for each level of blocks
  int64_t keptPoints = 0; ///< elements of such a buffer that belong to one row, or one vector of rows

  /// Outputs that no near cache would hold until they are read: they are stored past the caches, where their buffers lie in whole
  /// lines. Every vector of them is whole lines then. And elements that a call must have of each.
  llvm::SmallVector<std::pair<mlir::Value, int64_t>> streamed;

  //===--- Products ---===//

  mlir::Operation *root = nullptr; ///< the product
  /// Dimensions of the domain: that of the columns, which lanes run along, and that of the rows of a tile; -1: it has one
  /// alone. The operand whose neighbours are columns is the right one, `rhs`.
  int columnDim = -1, rowDim = -1;
  /// Of what is summed: dimensions that lie evenly, one after the other, in both operands are one, the others are loops
  /// around it.
  int depthDim = -1; ///< the innermost of these, of the dimensions that the product runs over
  Dim depth;
  llvm::SmallVector<int> runs; ///< these loops: dimensions that the product runs over
  /// Dimensions of the domain whose rows are counted through as one, the last of them `rowDim`.
  llvm::SmallVector<int> merged;
  Dim rows;                                 ///< of it: those of all matrices of a stack that lie one after the other
  llvm::SmallVector<mlir::Value> following; ///< operands that are read with its result, element by element
  OperandView lhs, rhs;                     ///< where it reads
  std::optional<ProductPlan> product;       ///< of columns and rows
  /// Of products whose lanes run along their stack; what is said of columns, rows and depth above says nothing then.
  /// Neither of the two: the naive form, for comparison.
  std::optional<StackPlan> stack;

  //===--- All ---===//

  bool panelsAreParts = false;  ///< of a stack of products that are few: a part is a panel of one of them
  llvm::SmallVector<Dim> parts; ///< how many independent parts there are: the product
  int64_t partSize = 1;         ///< parts are rounded up: ceil(parts / partSize)
  int64_t scratchBytes = 0;     ///< of memory that each thread needs for itself
  double flops = 0, bytes = 0;  ///< of one call at full capacity, as predicted

  /// A value that each row has once.
  bool isRowLevel(mlir::Value value) const;
  bool lanesAreRows() const { return lane >= 0 && domain.isRow[lane]; }
  /// Several vectors of rows go through the passes together.
  bool goTogether() const { return domain.kind == Domain::Kind::Rows && lanesAreRows() && unroll > 1; }
  /// The pass in which a value is there to be read.
  int passOfValue(mlir::Value value) const;
  /// Sums of a reduction that wait in scratch memory: one buffer after the other.
  mlir::MemRefType deepBuffer(mlir::Operation *reduction) const;
  /// How a value lies in the buffer that the kernel is given for it.
  mlir::RankedTensorType storedType(mlir::Value value) const {
    auto it = placed.find(value);
    return it == placed.end() ? typeOf(value) : it->second;
  }
  /// On one line, for people.
  void print(llvm::raw_ostream &os) const;
};

bool isReduction(mlir::Operation *op);
/// A sum that rounds: it is added up in blocks.
bool addsFloats(mlir::Operation *op);
/// Terms of the blocks that a sum of so many terms is made of, and of the blocks of these: powers of `sumSteps`, the longest first.
llvm::SmallVector<int64_t> blocksOfSum(int64_t terms);
/// The buffer of what a kernel returns. A check yields its operand; it has a report of two numbers (place and value)
/// instead.
mlir::MemRefType outputType(const KernelPlan &plan, mlir::Value output);
/// Elements of the last inner dimension in a buffer of what is kept: whole vectors.
inline int64_t paddedRow(int64_t size) { return (size + vectorLanes - 1) / vectorLanes * vectorLanes; }

/// `vectorize`: false for the slow twin of one lane and naive products.
KernelPlan planKernel(KernelOp kernel, const Extents &capacity, const CostModel &costs, bool vectorize = true);
} // namespace dlc
#endif
