// StoredTensors.h - where the tensors lie that outlive a call.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_PLAN_STOREDTENSORS_H
#define DLC_COMPILER_PLAN_STOREDTENSORS_H
#include "compiler/graph/Stored.h"
#include "dialects/dl/DL.h"
#include "runtime/abi.h"

namespace dlc {
/// A parameter, or a slot of an optimizer.
struct StoredTensor {
  std::string name, parameter, slot, group;
  mlir::RankedTensorType type; ///< logical
  InitAttr init;
  uint32_t kind, arena; ///< dlc_tensor_kind, dlc_arena
  /// Its axes in the order in which they lie, the last one in order. A split one stands here twice: first for its blocks,
  /// which are `split` long, and last for the places within a block.
  llvm::SmallVector<int64_t> layout;
  int64_t split = 0;
  llvm::SmallVector<int64_t> strides = {};
  int64_t splitStride = 0;       ///< from a block to the next
  int64_t offset = 0, bytes = 0; ///< in its arena
};

/// All of a module whose entry points are schedules, each with its place: parameters, then slots, in the order in which
/// entry points name them.
class StoredTensors {
public:
  explicit StoredTensors(mlir::ModuleOp module);
  /// The tensor that an argument or a result of an entry point stands for; null for others.
  const StoredTensor *find(mlir::DictionaryAttr about) const;
  llvm::ArrayRef<StoredTensor> all() const { return tensors; }
  int64_t bytes(unsigned arena) const { return arenaBytes[arena]; }

private:
  void add(mlir::DictionaryAttr about, StoredTensor one);
  void place(StoredTensor &one);

  std::vector<StoredTensor> tensors;
  llvm::DenseMap<StoredKey, size_t> indexOf;
  std::array<int64_t, DLC_ARENA_COUNT> arenaBytes{};
};
} // namespace dlc
#endif
