// Stored.h - which stored tensor an argument or a result of an entry point stands for.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_GRAPH_STORED_H
#define DLC_COMPILER_GRAPH_STORED_H
#include "dialects/dl/Ports.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace dlc {
/// What a stored tensor is known by: whose it is, and its name there. A parameter is nobody's, a slot its parameter's: slot
/// `m` of `w` and a parameter `w.m` are two tensors.
using StoredKey = std::pair<mlir::Attribute, mlir::Attribute>;

/// Of an argument that is stored (`{parameter = "w"}`, `{session = "h"}`, `{slot = "m", of = "w"}`) or the result that replaces
/// it (`{update = "m", of = "w"}`), and likewise of what a loop carries (`{carried = 0}`, `{next = 0}`); nulls for others.
inline StoredKey storedKey(mlir::DictionaryAttr about) {
  for (llvm::StringRef kind : storedKinds)
    if (mlir::Attribute name = about.get(kind))
      return {about.get("of"), name};
  for (llvm::StringRef kind : {"update", "carried", "next"})
    if (mlir::Attribute name = about.get(kind))
      return {about.get("of"), name};
  return {};
}
/// A result takes the place of what is stored or carried.
inline bool replacesStored(mlir::DictionaryAttr about) { return about.contains("update") || about.contains("next"); }
} // namespace dlc
#endif
