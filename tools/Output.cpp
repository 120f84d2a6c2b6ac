// Output.cpp - where the compiler's result goes.
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

std::string dlc::writeOutput(const std::string &path, std::string_view content, bool isLibrary) try {
  AtomicFile file(path == "-" ? "/dev/stdout" : path, isLibrary ? 0777 : 0666);
  file.write(content);
  file.commit();
  return "";
} catch (const std::exception &error) {
  return error.what();
}
