// Options.h - what the command lines of the compiler's tools share.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_TOOLS_OPTIONS_H
#define DLC_TOOLS_OPTIONS_H

#include "llvm/Support/CommandLine.h"

namespace dlc {
/// Takes out of --help what LLVM's code generator registers with every program that it is linked into: some 500 options
/// that no reader of this help has use for. They stay in --help-hidden. A tool's own options are registered later.
inline void hideOptionsOfLLVM() {
  for (auto &[name, option] : llvm::cl::getRegisteredOptions())
    if (name != "help" && name != "help-hidden" && name != "version")
      option->setHiddenFlag(llvm::cl::Hidden);
}
} // namespace dlc

#endif // DLC_TOOLS_OPTIONS_H
