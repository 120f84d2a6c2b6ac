// NN.h - the dialect `nn`: layers, each of which expands into parameters and `dl` ops.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_DIALECTS_NN_NN_H
#define DLC_DIALECTS_NN_NN_H
#include "dialects/dl/DL.h"

namespace dlc::nn {
/// What a layer needs in order to write itself in `dl` ops. Names are local to the layer.
struct Expansion {
  Ops ops;
  bool training;
  bool inSession; ///< calls of a session, each of which sees the next part of a sequence
  /// The value with some of its elements set to 0 in training, from a random stream of the layer's of that name.
  std::function<mlir::Value(mlir::Value input, double rate, llvm::StringRef name)> dropout;
  /// A parameter of the layer.
  std::function<mlir::Value(llvm::StringRef name, llvm::ArrayRef<int64_t> shape, mlir::Type element, InitAttr)> param;

  /// What the layer remembers from one training step to the next: its value before this call.
  std::function<mlir::Value(llvm::StringRef name, llvm::ArrayRef<int64_t> shape, mlir::Type element, InitAttr)> state;
  /// What the layer remembers from one call of a session, or training step, to the next.
  std::function<mlir::Value(llvm::StringRef name, mlir::RankedTensorType type, InitAttr)> sessionState;
  /// What one of the two is after this call, where calls update it.
  std::function<void(llvm::StringRef name, mlir::Value value)> update;

  InitAttr init(llvm::StringRef kind, llvm::ArrayRef<double> values = {}) const;
};
} // namespace dlc::nn

namespace dlc::nn {
/// The least number that an option of a layer may be.
inline int64_t leastOf(llvm::StringRef option) {
  return option == "axis" ? INT64_MIN : option.ends_with("padding") ? 0 : 1; // an axis is checked by its op
}
} // namespace dlc::nn

#include "dialects/nn/NNDialect.h.inc"
#include "dialects/nn/NNInterfaces.h.inc"
#define GET_OP_CLASSES
#include "dialects/nn/NNLayers.h.inc"
#endif
