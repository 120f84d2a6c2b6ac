// Domain.h - the points that a fused group of ops runs over.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_KERNELS_DOMAIN_H
#define DLC_COMPILER_KERNELS_DOMAIN_H
#include "dialects/dl/DL.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallBitVector.h"
#include <memory>

namespace dlc {
/// What ops say of their points, each asked once. An op that is known here must not be erased.
class Accesses {
public:
  struct Access {
    IterationKind kind;
    llvm::SmallVector<Dim> sizes;
    llvm::SmallVector<mlir::AffineMap> maps;
    /// For each operand and result, the dimensions that its axes are read at (-1: a size of 1); nothing if it is read
    /// elsewhere than at the point, or not at all.
    llvm::SmallVector<std::optional<llvm::SmallVector<int>>> plain;
    bool isGenerator;
  };
  /// Null for an op that fuses with nothing.
  const Access *of(mlir::Operation *op);
  /// See Domain::isGenerator.
  bool isGenerator(mlir::Operation *op);
  /// True if the value must lie in memory where it is read: by a view, an op that fuses with nothing, a product, or a
  /// lookup in a table (which says by a null map that it does not read at the point).
  bool needsMemory(mlir::OpOperand &use);

private:
  llvm::DenseMap<mlir::Operation *, std::unique_ptr<Access>> known;
};

/// All ops of a kernel run over one space of points. Some of its dimensions are rows: they stay apart. The others
/// are inner ones: reductions run over all of them. Each value is a function of the dimensions that its axes stand
/// for. Both fusion and code generation build it, one op after the other.
class Domain {
public:
  enum class Kind {
    Map,         ///< element-wise: all dimensions are rows
    Rows,        ///< with reductions: passes over each row
    Contraction, ///< a product, and what is done with its elements
    Single       ///< one op that fuses with nothing
  };
  explicit Domain(std::shared_ptr<Accesses> accesses = std::make_shared<Accesses>()) : accesses(std::move(accesses)) {}

  Kind kind = Kind::Map;
  llvm::SmallVector<Dim> sizes;
  llvm::SmallBitVector isRow;
  /// For each axis of a value the dimension that it stands for, or -1 (a size of 1).
  llvm::DenseMap<mlir::Value, llvm::SmallVector<int>> axes;
  llvm::SetVector<mlir::Operation *> ops;
  /// For each dimension of an op's iteration space that of the domain, or -1 (a size of 1).
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<int>> dimsOf;

  /// Takes the op in if it fits: it reads what is known here at the point itself, and its own points are those of
  /// the domain (or its rows). An empty domain takes any op.
  bool add(mlir::Operation *op);
  /// All of the ops (in program order), as far as they hang together; false if one does not fit.
  bool build(llvm::ArrayRef<mlir::Operation *> ops);
  /// The same for a kernel, all of whose ops run over its points but for generators and what a product views.
  bool build(KernelOp kernel);
  /// False if it is plain from their kinds that no domain holds the ops of both.
  bool mayTakeIn(const Domain &other) const;
  /// Cheap to compute again in each kernel that reads it: it reads nothing point by point (a `Generator`), or is made of a
  /// few cheap ops on such, or is a number made of one number that is given. Not added; it is taken along by what reads it.
  static bool isGenerator(mlir::Operation *op);
  /// True if the op reads a value that this domain knows.
  bool knows(mlir::Value value) const { return axes.contains(value); }
  bool isInner(int dim) const { return !isRow[dim]; }

private:
  bool start(mlir::Operation *op);
  bool addElementwise(mlir::Operation *op);
  bool addReduction(mlir::Operation *op);
  /// Dimensions of the op's iteration space, by what its operands are known to be; false if they contradict.
  bool unify(mlir::Operation *op, llvm::SmallVectorImpl<int> &dims);
  /// True if each op reads what others of the domain make at the point itself.
  bool readsItsOwn() const;
  /// False if a generator that the op brings along stands at another place here: it stands at one place in a kernel.
  bool generatorsFit(mlir::Operation *op, llvm::ArrayRef<int> dims) const;
  void enter(mlir::Operation *op, llvm::ArrayRef<int> dims);

  std::shared_ptr<Accesses> accesses; ///< shared by the domains of one block
};
} // namespace dlc
#endif
