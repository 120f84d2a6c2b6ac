// Output.cpp - where the compiler's result may go.
// SPDX-License-Identifier: Apache-2.0
#include "tools/Output.h"
#include "runtime/Error.h"
#include "runtime/File.h"

std::string dlc::checkOutput(const std::string &path, const std::string &input) try {
  checkOutputs({{"-o", path}}, {{"the model file", input}});
  return "";
} catch (const std::exception &error) {
  return error.what();
}
