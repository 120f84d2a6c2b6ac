// Prelude.h - the optimizers that the compiler brings along.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_GRAPH_PRELUDE_H
#define DLC_COMPILER_GRAPH_PRELUDE_H
#include "dialects/dl/DL.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace dlc {
class Prelude {
public:
  explicit Prelude(mlir::MLIRContext *context) : context(context) {}
  /// The model's own optimizer of this name, or else the prelude's; null if there is neither.
  OptimizerOp find(ModelOp model, llvm::StringRef name);

private:
  mlir::MLIRContext *context;
  mlir::OwningOpRef<mlir::ModuleOp> module; ///< parsed when first needed
};
} // namespace dlc
#endif
