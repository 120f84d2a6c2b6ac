// Ports.h - what the arguments of an entry point may stand for.
// SPDX-License-Identifier: Apache-2.0
//
// From level `graph` on, each argument of an entry point has a dictionary whose key of one of these kinds has its name.
#ifndef DLC_DIALECTS_DL_PORTS_H
#define DLC_DIALECTS_DL_PORTS_H
#include "llvm/ADT/StringRef.h"

namespace dlc {
/// What outlives a call: weights, what the model remembers, what one stream of calls remembers, what an optimizer keeps.
inline constexpr llvm::StringLiteral storedKinds[] = {"parameter", "buffer", "session", "slot"};
/// All kinds: the stored ones, what a call gives, and numbers of the call.
inline constexpr llvm::StringLiteral argumentKinds[] = {"input", "parameter", "buffer", "session",
                                                        "slot",  "scalar",    "step",   "random"};
} // namespace dlc
#endif
