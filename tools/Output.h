// Output.h - where the compiler's result may go.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_TOOLS_OUTPUT_H
#define DLC_TOOLS_OUTPUT_H
#include <string>

namespace dlc {
/// "" or why `path` cannot take the result: it is the input, there is no such folder.
std::string checkOutput(const std::string &path, const std::string &input);
} // namespace dlc
#endif
