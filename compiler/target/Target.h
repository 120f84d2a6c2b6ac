// Target.h - what code generation knows of a processor. Two values of one description, one set of schedules.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_TARGET_TARGET_H
#define DLC_COMPILER_TARGET_TARGET_H
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace dlc {
/// Every schedule computes on logical vectors of this many lanes, whatever the target's registers hold: one without
/// registers of that width runs each as two. So the order of every sum follows from shapes alone, and all targets give
/// the same bits.
inline constexpr int64_t vectorLanes = 16;
/// The same for products, whose tiles fill all registers: 16 lanes of f32, 8 of f64.
inline constexpr int64_t productLanes(int64_t elementBytes) {
  return elementBytes == 8 ? vectorLanes / 2 : vectorLanes;
}

struct TargetDescription {
  std::string name;     ///< "x86-64-v3"
  std::string features; ///< for LLVM, "+avx2,+fma"
  int level;            ///< of x86-64's: a processor of a higher one runs it, too
  int registerBytes;    ///< of a vector register
  int64_t l2Bytes;      ///< of the second cache
};

/// `name`: v3, v4, x86-64-v3, x86-64-v4, or native (the best of them that this processor runs).
/// Nothing if the name is none of these.
std::optional<TargetDescription> findTarget(llvm::StringRef name);
} // namespace dlc
#endif
