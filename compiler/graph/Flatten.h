// Flatten.h - level `graph`: each entry point as one pure function over ranked tensors.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_GRAPH_FLATTEN_H
#define DLC_COMPILER_GRAPH_FLATTEN_H
#include "compiler/Options.h"
#include "compiler/graph/Prelude.h"
#include "dialects/dl/DL.h"
#include "mlir/IR/IRMapping.h"

namespace dlc {
/// A tensor that outlives a call.
struct Stored {
  enum Kind {
    Parameter,
    Buffer, ///< the model's state: training steps update it
    Session ///< a stream's state: training steps and session calls update it
  };
  std::string name;
  mlir::RankedTensorType type;
  InitAttr init;
  mlir::Location loc;
  mlir::Value value; ///< in the entry point at hand
  Kind kind = Parameter;
  mlir::Value next; ///< of a state: what it holds after the call; null if it stays as it is
};

/// As messages call it.
llvm::StringRef textOf(Stored::Kind kind);

/// Inlines calls and layers of one entry point, with sizes filled in and types inferred anew.
class Inliner {
public:
  using Functions = llvm::StringMap<FuncOp>;
  Inliner(ModelOp model, const Functions &functions, mlir::OpBuilder &builder,
          const std::map<std::string, int64_t> &sizes, mlir::Block *entry);

  /// The results of `function` at the entry point's own arguments; nothing (and diagnostics) if it is wrong.
  /// `remembers`: calls follow one another and have a state in common.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> run(FuncOp function, mlir::ValueRange arguments, bool training,
                                                      bool remembers);
  const Sizes &sizes() const { return modelSizes; }

  std::vector<Stored> parameters; ///< in the order in which they are met
  mlir::Value random;             ///< seed, step, row; null if nothing draws

private:
  struct Frame;
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> inlineCall(FuncOp callee, mlir::ValueRange arguments, Frame &frame);
  mlir::LogicalResult inlineOp(mlir::Operation *op, Frame &frame);
  mlir::LogicalResult inlineOne(mlir::Operation *op, Frame &frame);
  mlir::LogicalResult checkStatement(mlir::Operation *op, Frame &frame);
  mlir::LogicalResult checkResults(FuncOp function, llvm::ArrayRef<mlir::Value> results, Frame &frame);
  mlir::LogicalResult expandLayer(mlir::Operation *op, Frame &frame);
  struct Loop;
  mlir::LogicalResult inlineScan(ScanOp scan, Frame &frame);
  mlir::LogicalResult inlineRounds(ScanOp scan, Frame &frame);
  mlir::LogicalResult inlineStack(StackOp stack, Frame &frame);
  mlir::FailureOr<Round> inlineRound(ScanOp scan, Frame &frame);
  mlir::FailureOr<int64_t> countOf(mlir::Operation *op, Dim count);
  template <typename Op>
  mlir::FailureOr<std::unique_ptr<Frame>> enter(Op call, FuncOp callee, llvm::StringRef scope, Frame &frame);
  mlir::LogicalResult bind(FuncOp callee, mlir::TypeRange types, Frame &frame);
  mlir::Value parameter(llvm::StringRef name, mlir::RankedTensorType type, InitAttr init, mlir::Location loc,
                        Stored::Kind kind = Stored::Parameter);
  mlir::Value sessionState(llvm::StringRef name, mlir::RankedTensorType type, InitAttr init, mlir::Location loc);
  mlir::LogicalResult update(llvm::StringRef name, mlir::Value value, mlir::Location loc, const Frame &frame);
  std::string streamOf(llvm::StringRef name, mlir::Location loc, Frame &frame);
  llvm::LogicalResult expandDrawing(mlir::Operation *op, Frame &frame);
  mlir::Value dropout(mlir::Value input, double rate, llvm::StringRef name, mlir::Location loc, Frame &frame);
  mlir::Value maskFor(mlir::Value input, llvm::function_ref<mlir::Value(const Ops &, mlir::Value)> make,
                      mlir::Location loc);
  mlir::Attribute resolve(mlir::Attribute attr, const Frame &frame);
  mlir::OperationState rebuild(mlir::Operation *op, Frame &frame);

  const Functions &functions; ///< of the model, by name
  mlir::OpBuilder &builder;
  Sizes modelSizes;
  mlir::Block *entry;
  bool remembers = false;
  bool inSession = false;
  llvm::StringMap<size_t> known;
  llvm::StringMap<int> streams; ///< how often a random stream's name was given
  std::vector<Loop *> loops;    ///< those around the op at hand, the outermost first
};

/// Reports arguments of an entry point whose sizes are neither numbers nor multiples of the batch, with the model's
/// sizes as given.
mlir::LogicalResult checkConcrete(FuncOp function, const Sizes &sizes);
/// Reports a call that leaves out a size that has no default.
mlir::LogicalResult complainOfMissingSize(mlir::Operation *call, FuncOp callee, llvm::StringRef size);
/// Reports a parameter that has no reader.
mlir::LogicalResult complainOfUnread(mlir::Location loc, llvm::StringRef name);

/// Turns a model as it was written into a model of entry points: level `graph`. With `isPart`, the model lacks what has
/// been found wrong, and is not asked for what may stand there.
mlir::LogicalResult flattenModel(ModelOp model, const CompileOptions &options, bool isPart = false);
} // namespace dlc
#endif
