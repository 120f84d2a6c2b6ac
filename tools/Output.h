// Output.h - where the compiler's result goes.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_TOOLS_OUTPUT_H
#define DLC_TOOLS_OUTPUT_H
#include <string>
#include <string_view>

namespace dlc {
/// "" or why `path` cannot take the result: it is the input, there is no such folder.
std::string checkOutput(const std::string &path, const std::string &input);
/// Writes a result whole or not at all, "-" being standard output; "" or why it could not be. A library may be executed,
/// as linkers have it.
std::string writeOutput(const std::string &path, std::string_view content, bool isLibrary);
} // namespace dlc
#endif
