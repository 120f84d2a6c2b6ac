// Flattener.h - what makes entry points of a model: its functions (Flatten.cpp) and its training steps (Training.cpp).
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_GRAPH_FLATTENER_H
#define DLC_COMPILER_GRAPH_FLATTENER_H
#include "compiler/graph/Flatten.h"
#include "dialects/dl/Program.h"
#include "llvm/ADT/StringSet.h"

namespace dlc {
/// One `optimize` line, as it applies to this model.
struct OptimizerGroup {
  std::string name; ///< "" if it is the only one
  OptimizerOp optimizer;
  mlir::DictionaryAttr given; ///< scalars set by the line
  llvm::StringMap<mlir::Value> scalars;
  /// What its optimizer makes of scalars alone, and that rounded to a type: the same for all parameters.
  llvm::DenseMap<std::pair<mlir::Value, mlir::Type>, mlir::Value> numbers;
  /// The optimizer for one element of a type: which of weight, gradient and slots it reads, and the numbers beside them.
  struct Rule {
    RuleOp op;
    llvm::SmallVector<unsigned> read;
    llvm::SmallVector<mlir::Value> numbers;
  };
  llvm::DenseMap<mlir::Type, Rule> rules;
};

/// Builds one entry point: arguments in the order inputs, stored tensors, scalars, step, random.
class EntryBuilder {
public:
  EntryBuilder(ModelOp model, llvm::StringRef name, llvm::StringRef kind, mlir::Location loc)
      : builder(model.getContext()), owned(new mlir::Block), body(*owned), context(model.getContext()), name(name),
        kind(kind), loc(loc) {
    builder.setInsertionPointToEnd(&body);
  }
  mlir::Value input(llvm::StringRef inputName, mlir::Type type, mlir::Location at) {
    return argument(type, at, inputName, "input");
  }
  mlir::Value argument(mlir::Type type, mlir::Location at, llvm::StringRef label, llvm::StringRef kindName,
                       llvm::ArrayRef<mlir::NamedAttribute> more = {}) {
    mlir::Value value = body.addArgument(type, named(unnamed(at), label));
    describe(value, kindName, builder.getStringAttr(label), more);
    return value;
  }
  void describe(mlir::Value value, llvm::StringRef kindName, mlir::Attribute label,
                llvm::ArrayRef<mlir::NamedAttribute> more = {}) {
    attributes[value] = dictionary(kindName, label, more);
  }
  void result(mlir::Value value, llvm::StringRef kindName, llvm::StringRef label,
              llvm::ArrayRef<mlir::NamedAttribute> more = {}) {
    results.push_back(value);
    resultAttrs.push_back(dictionary(kindName, builder.getStringAttr(label), more));
  }
  /// What states hold after the call are results.
  void updates(llvm::ArrayRef<Stored> stored) {
    for (const Stored &one : stored)
      if (one.next)
        result(one.next, "update", one.name);
  }
  /// Refuses what a library cannot describe (runtime/abi.h).
  mlir::LogicalResult check();
  mlir::LogicalResult create(mlir::OpBuilder &at);

  mlir::OpBuilder builder;

private:
  std::unique_ptr<mlir::Block> owned; ///< until the entry has it

public:
  mlir::Block &body;
  int64_t parts = 1; ///< of a batch, whose gradients are added up

private:
  mlir::DictionaryAttr dictionary(llvm::StringRef kindName, mlir::Attribute label,
                                  llvm::ArrayRef<mlir::NamedAttribute> more) {
    mlir::NamedAttrList list;
    list.set(kindName, label);
    for (mlir::NamedAttribute one : more)
      list.set(one.getName(), one.getValue());
    return list.getDictionary(context);
  }

  mlir::MLIRContext *context;
  std::string name, kind;
  mlir::Location loc;
  llvm::DenseMap<mlir::Value, mlir::DictionaryAttr> attributes;
  llvm::SmallVector<mlir::Value> results;
  llvm::SmallVector<mlir::Attribute> resultAttrs;
};

/// Makes the entry points of one model: what `flattenModel` is.
class Flattener {
public:
  Flattener(ModelOp model, const CompileOptions &options, bool isPart)
      : model(model), options(options), isPart(isPart), prelude(model.getContext()), at(model.getContext()) {}
  mlir::LogicalResult run();

private:
  enum class Part { Whole, Gradients, Apply };
  mlir::LogicalResult entry(FuncOp function);
  mlir::LogicalResult train(TrainOp train, Part part);
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> inputs(FuncOp function, EntryBuilder &b);
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> body(FuncOp function, EntryBuilder &b, Inliner &inliner,
                                                       bool training, bool remembers);
  mlir::FailureOr<AccumulateOp> accumulation(TrainOp train);
  mlir::LogicalResult assignGroups(TrainOp train, llvm::ArrayRef<Stored> parameters);
  mlir::LogicalResult apply(TrainOp train, EntryBuilder &b, llvm::ArrayRef<Stored> parameters,
                            llvm::ArrayRef<mlir::Value> gradients);
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> update(EntryBuilder &b, OptimizerGroup &group,
                                                         const Stored &parameter, mlir::Value gradient);
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  writtenOut(EntryBuilder &b, OptimizerGroup &group, const Stored &parameter, llvm::ArrayRef<mlir::Value> tensors);
  void makeRule(OptimizerGroup &group, llvm::ArrayRef<mlir::Value> tensors, llvm::ArrayRef<mlir::Operation *> ops,
                llvm::ArrayRef<mlir::Value> results);
  mlir::LogicalResult remember(llvm::ArrayRef<Stored> parameters, llvm::ArrayRef<mlir::Value> results);
  mlir::LogicalResult findCapacities(const Sizes &sizes);
  mlir::LogicalResult rememberSlot(llvm::StringRef parameter, llvm::StringRef name, InitAttr init, mlir::Location loc);
  mlir::LogicalResult countOps();
  std::string outputName(FuncOp function, size_t i);

  ModelOp model;
  const CompileOptions &options;
  bool isPart;
  Prelude prelude;
  mlir::OpBuilder at;
  Inliner::Functions functions;
  std::vector<OptimizerGroup> groups;
  llvm::DenseMap<std::pair<mlir::Operation *, mlir::Type>, RuleOp> rules; ///< by optimizer and type of elements
  llvm::DenseMap<mlir::Operation *, std::vector<Stored>> parametersOf;    ///< what a training step trains, or freezes
  llvm::StringMap<int> groupOf;                                           ///< of a parameter; -1: frozen
  std::map<std::string, Stored> all;                                      ///< every parameter of the model
  llvm::StringSet<> read;                                                 ///< those that some entry point reads
  std::map<std::pair<std::string, std::string>, std::pair<InitAttr, mlir::Location>> slots; ///< by parameter and name
};
} // namespace dlc
#endif
