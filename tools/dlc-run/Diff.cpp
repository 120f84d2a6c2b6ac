// Diff.cpp - dlc-run diff: compiled code against the evaluator.
// SPDX-License-Identifier: Apache-2.0
//
// The evaluator is part of the compiler, and this program holds no compiler: `dlc --diff`, found beside it,
// does the work.
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace dlc::run {

static void diff(const std::vector<std::string> &arguments) {
  if (arguments.empty())
    throw UserError("diff: which model? Give a model file, e.g. dlc-run diff mnist.mlir");
  std::error_code error;
  std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  std::string compiler = (self.parent_path() / "dlc").string();
  if (error || ::access(compiler.c_str(), X_OK) != 0)
    throw UserError(fmt::format("diff needs the compiler beside dlc-run, but there is no program {}", compiler));
  std::vector<char *> words = {compiler.data(), const_cast<char *>("--diff")};
  for (const std::string &argument : arguments)
    words.push_back(const_cast<char *>(argument.c_str()));
  words.push_back(nullptr);
  ::execv(compiler.c_str(), words.data());
  throw UserError(fmt::format("cannot run {}: {}", compiler, std::strerror(errno)));
}

void addDiff(CLI::App &app) {
  CLI::App &command = addSubcommand(app, "diff", "Find the first op whose compiled value departs from the evaluator's",
                                    "dlc-run diff mnist.mlir predict -O3\n\n"
                                    "Takes a model file, entry points (all unless named), --seed N, --batch-extent N,\n"
                                    "--steps N, --library FILE, --results, --tolerance X, --quiet, and any option of\n"
                                    "dlc: it runs `dlc --diff ...`. Exit code 1 where an op departs.");
  command.prefix_command();
  CLI::App *pointer = &command;
  command.callback([pointer] { diff(pointer->remaining()); });
}

} // namespace dlc::run
