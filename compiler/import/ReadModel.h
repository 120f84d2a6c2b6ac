// ReadModel.h - reads a model file and reports all of its problems in one run.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_IMPORT_READMODEL_H
#define DLC_COMPILER_IMPORT_READMODEL_H
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"

namespace dlc {
struct ReadResult {
  bool isRight; ///< no problem was found
  /// What was read, or the part of it that no problem touches; null if there is none.
  mlir::OwningOpRef<mlir::ModuleOp> module;
};
/// Parses `file` ("-" is standard input), going on after mistakes, and verifies op by op. Problems go through the
/// context's diagnostics. MLIR's reader of bytecode is not proof against wrong files: it is asked only where
/// `trustBytecode` says that the file may be believed.
ReadResult readModel(llvm::StringRef file, mlir::MLIRContext &context, bool trustBytecode = false);
/// The same for a text, which is called `name` in messages.
ReadResult readModelText(std::string text, llvm::StringRef name, mlir::MLIRContext &context,
                         bool trustBytecode = false);

/// Verifies each op of `root` on its own, and what more than one op is needed for. An op that reads the result of a
/// wrong one is not asked.
void checkModel(mlir::Operation *root);

/// A diagnostic, with its notes and the calls that led there.
struct Problem {
  struct Line {
    std::string file;              ///< empty: no place
    unsigned line = 0, column = 0; ///< from 1; 0: unknown
    std::string text;
  };
  Line head;
  std::vector<Line> notes;
  mlir::DiagnosticSeverity severity;
};

/// Collects diagnostics while it lives; shows them in the order of the file, each once, when asked.
class Reporter {
public:
  explicit Reporter(mlir::MLIRContext &context);
  ~Reporter();
  /// Prints what has come so far. True if an error was among it.
  bool show(llvm::raw_ostream &os);
  /// What has come so far, in the order of the file, each once.
  std::vector<Problem> take();
  bool hasErrors() const;

private:
  struct State;
  std::unique_ptr<State> state;
};
} // namespace dlc
#endif
