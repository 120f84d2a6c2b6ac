// Target.h - what code generation knows of a processor. Two values of one description, one set of schedules.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_TARGET_TARGET_H
#define DLC_COMPILER_TARGET_TARGET_H
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace dlc {
/// Every schedule computes on logical vectors of 16 lanes (8 for f64 products); a target without registers of that
/// width runs each as two. The order of every sum follows from shapes alone, so that all targets give the same bits.
struct TargetDescription {
  std::string name;     ///< "x86-64-v3"
  std::string features; ///< for LLVM, "+avx2,+fma"
  int registerBytes;    ///< of a vector register
  int registers;        ///< how many of them
  bool memoryBroadcast; ///< multiply-add takes a broadcast memory operand at no cost
  int64_t l1Bytes, l2Bytes;
};

/// `name`: v3, v4, x86-64-v3, x86-64-v4, or native (the best of them that this processor runs).
/// Nothing if the name is none of these.
std::optional<TargetDescription> findTarget(llvm::StringRef name);
} // namespace dlc
#endif
