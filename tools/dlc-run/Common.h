// Common.h - what the subcommands share: opening a library, finding names in it, setting numbers.
// SPDX-License-Identifier: Apache-2.0
//
// Every lookup of a name that a user typed goes through here, so that every unknown name is answered with
// the known ones and the nearest of them.
#ifndef DLC_RUN_COMMON_H
#define DLC_RUN_COMMON_H

#include "runtime/File.h"
#include "runtime/Model.h"
#include "tools/Numbers.h"
#include "tools/dlc-run/Text.h"

#include <CLI/App.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlc::run {

/// The library and where it runs: options of nearly every subcommand.
struct ModelArguments {
  std::string library;
  unsigned threads = 0; ///< 0: what the runtime finds right

  /// Adds LIB and, with `withThreads`, --threads.
  void addTo(CLI::App &app, bool withThreads = true);
  Model open() const;
};

/// Adds a subcommand whose function runs once its options are read; its result is the exit code.
/// `example` stands at the end of its help text.
CLI::App &addSubcommand(CLI::App &app, const std::string &name, const std::string &description,
                        const std::string &example);

/// Adds an option whose text `read` takes, or else says what was expected: "--epochs five: expected a whole number".
/// CLI11's own numbers wrap, may be octal, and pass over NaN.
CLI::Option *addRead(CLI::App &app, const std::string &flag, const std::string &help, const std::string &text,
                     std::function<std::string(const std::string &)> read);

/// Adds an option that takes a whole number from `least` to `most`.
template <class Number>
CLI::Option *addWhole(CLI::App &app, const std::string &flag, Number &value, const std::string &help, Number least = 1,
                      Number most = largestCount, const std::string &text = "N") {
  return addRead(app, flag, help, text,
                 [&value, least, most](const std::string &typed) { return readWhole(typed, least, most, value); });
}
/// Adds --seed: any 64 bits.
CLI::Option *addSeed(CLI::App &app, uint64_t &seed, const std::string &help);

/// Adds an option that takes a number of `range`.
CLI::Option *addReal(CLI::App &app, const std::string &flag, double &value, const std::string &help,
                     const Reals &range = positiveNumbers, const std::string &text = "X");

/// Adds an option that takes one of some words.
CLI::Option *addChoice(CLI::App &app, const std::string &flag, std::string &value, const std::string &help,
                       const std::vector<std::string> &words);

/// How this program was called, for lines that a person may copy: "dlc-run", "build/release/bin/dlc-run".
std::string &programName();

/// The exit code of the subcommand that ran: set by each subcommand's callback.
int &exitCode();

/// The entry point of that name, of its capacities the smallest that takes `extent` rows, else the largest.
const Entry &findEntry(const Model &model, const std::string &name, int64_t extent = 1);

/// The entry point that `wanted` is about: the one called `name`, or, where that is empty, the only one for
/// which `suits` is true. `option` ("--entry") and `what` ("train step") word the error otherwise.
const Entry &chooseEntry(const Model &model, const std::string &name, const std::string &option,
                         const std::string &what, const std::function<bool(const Entry &)> &suits);

/// Refuses a --batch that calls of this entry point cannot have.
void checkBatch(const Entry &entry, int64_t batch);

/// Index of an input; UserError with the known ones if there is none.
size_t findInput(const Entry &entry, std::string_view name, std::string_view option);

/// The names of an entry point's inputs, outputs or scalars.
template <class List> std::vector<std::string> namesOf(const List &list) {
  std::vector<std::string> names;
  for (const auto &element : list)
    names.emplace_back(element.name);
  return names;
}

/// The values of --set NAME=X, each checked to be a scalar of `entry`.
std::vector<std::pair<std::string, double>> parseScalars(const Entry &entry, const std::vector<std::string> &settings);

/// True if calls of this entry point use optimizer state or update parameters.
bool isTraining(const Entry &entry);
/// The names of the entry points that are no part of another, each once.
std::vector<std::string> wholeEntries(const Model &model);

/// True if the file is a checkpoint (and not plain weights). Throws where it is no safetensors file.
bool isCheckpoint(const std::string &path);
/// The parameters of --weights, to be read: mapped where the file is packed.
Parameters readParameters(const Model &model, const std::string &weights);

/// "train", "gradients", ...
std::string_view kindText(dlc_entry_kind kind);

/// The first bytes of a file, at most 64 KiB; "" if it cannot be read.
std::string readBeginning(const std::string &path);

/// The files that --input NAME=FILE names, after those that are in `files`.
void addInputFiles(std::vector<NamedFile> &files, const std::vector<std::string> &inputs);

/// Writes text atomically (see AtomicFile).
void writeText(const std::string &path, std::string_view text);

} // namespace dlc::run

#endif // DLC_RUN_COMMON_H
