// EmitModel.cpp - one library of a model, for one target or for several.
// SPDX-License-Identifier: Apache-2.0
//
// Several targets: each is an object as if it were to be linked statically, with a query of its own, and one more object
// chooses among the queries. Nothing else knows that there are several.
#include "compiler/target/Emit.h"

using namespace dlc;

llvm::Error dlc::emitModel(llvm::ArrayRef<Lowered> targets, bool isStatic, llvm::SmallVectorImpl<char> &result,
                           Timing *timing) {
  std::string query = querySymbol(targets.front().module, isStatic);
  auto emitted = [&](const Lowered &one, llvm::StringRef name, Objects &objects) {
    return measured(timing, "object", "emit", {}, [&] { return emitObjects(one.module, one.options, name, objects); });
  };
  Objects objects;
  llvm::SmallVector<Part> parts;
  if (targets.size() == 1) {
    if (llvm::Error error = emitted(targets.front(), query, objects))
      return error;
    parts = {Part::Schedule, Part::Rows};
  } else {
    llvm::SmallVector<TargetDescription> descriptions;
    for (const Lowered &one : targets) {
      descriptions.push_back(*findTarget(one.options.target));
      std::string name = queryOfTarget(query, descriptions.back());
      Objects own;
      if (llvm::Error error = emitted(one, name, own))
        return error;
      if (llvm::Error error = linkObject(own, {Part::Schedule, Part::Rows}, name, objects.emplace_back()))
        return error;
    }
    if (llvm::Error error = emitChooser(query, descriptions, objects.emplace_back()))
      return error;
    parts = {Part::Chooser};
  }
  return measured(timing, "library", "link", {}, [&] {
    if (isStatic)
      return linkObject(objects, parts, query, result);
    parts.push_back(Part::Support);
    return linkShared(objects, parts, result);
  });
}
