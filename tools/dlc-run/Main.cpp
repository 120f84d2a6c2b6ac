// Main.cpp - dlc-run: train and use compiled models from the command line.
// SPDX-License-Identifier: Apache-2.0
//
// Reads the command line, runs one subcommand, and turns every failure into one message and exit code 1.
#include "runtime/Error.h"
#include "runtime/Model.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <new>
#include <sstream>

namespace dlc::run {

namespace {

int fail(std::string_view message) {
  // What is still in the buffer belongs before the message.
  std::fflush(stdout);
  fmt::print(stderr, "dlc-run: error: {}\n", message);
  return 1;
}

/// Help that fits a terminal of 80 columns.
class Help : public CLI::Formatter {
public:
  Help() { column_width(firstColumn); }
  std::string make_option_desc(const CLI::Option *option) const override {
    return wrapped(option->get_description(), width - firstColumn);
  }
  std::string make_subcommand(const CLI::App *command) const override {
    std::ostringstream out;
    CLI::detail::format_help(out, command->get_name(), wrapped(command->get_description(), width - firstColumn),
                             firstColumn);
    return out.str();
  }

private:
  static constexpr size_t width = 80, firstColumn = 28;
};

/// The subcommand that the line names, or the program itself.
const CLI::App &chosen(const CLI::App &app) {
  for (const CLI::App *command : app.get_subcommands())
    return *command;
  return app;
}

/// "lr" for --lr, where the library that the line names has a number of that name to be set; else nothing.
std::string scalarOption(const CLI::App &command, const std::string &option) {
  const CLI::Option *library = command.get_option_no_throw("LIB");
  if (!library || library->results().empty() || !command.get_option_no_throw("--set"))
    return "";
  std::string name = option.substr(2);
  std::replace(name.begin(), name.end(), '-', '_');
  try {
    Model model = Model::open(library->results().front());
    for (const Entry &entry : model.entries())
      for (const ScalarInfo &scalar : entry.scalars)
        if (scalar.name == name || scalar.name.ends_with("." + name))
          return name;
  } catch (const Error &) { // what is wrong with the library is said once the line is right
  }
  return "";
}

/// What CLI11 says of a bad command line, with the nearest known word and where to read on.
std::string explain(const CLI::App &app, const CLI::ParseError &error, int argc, char **argv) {
  const CLI::App &command = chosen(app);
  std::string text = error.what();
  std::vector<std::string> known;
  std::string found;
  if (&command == &app) {
    for (const CLI::App *each : app.get_subcommands([](const CLI::App *) { return true; }))
      known.push_back(each->get_name());
    for (int i = 1; i < argc && found.empty(); ++i)
      if (argv[i][0] != '-')
        found = argv[i];
    if (!found.empty())
      return unknownName("command", found, "", "commands", known) + "\nsee dlc-run --help";
    if (dynamic_cast<const CLI::RequiredError *>(&error))
      text = "expected a command: " + join(known);
  } else if (dynamic_cast<const CLI::ArgumentMismatch *>(&error)) {
    const CLI::Option *option = command.get_option_no_throw(text.substr(0, text.find(':')));
    if (option && option->count() > 1)
      text = fmt::format("{} is given {} times; expected once", option->get_name(), option->count());
    else if (option)
      text = fmt::format("{}: expected a value after it", option->get_name());
  } else if (dynamic_cast<const CLI::ExtrasError *>(&error)) {
    for (const CLI::Option *option : command.get_options())
      for (const std::string &name : option->get_lnames())
        known.push_back("--" + name);
    for (const std::string &extra : command.remaining())
      if (found.empty() && extra.starts_with("--"))
        found = extra.substr(0, extra.find('='));
    if (!found.empty()) {
      std::string nearest = nearestName(found, known), scalar = scalarOption(command, found);
      text = fmt::format("no option {} of {}", found, command.get_name());
      if (!scalar.empty())
        text += fmt::format(": say --set {}=X", scalar);
      else if (!nearest.empty())
        text += fmt::format(": did you mean {}?", nearest);
    }
  }
  std::string help = &command == &app ? "dlc-run --help" : fmt::format("dlc-run {} --help", command.get_name());
  return text + "\nsee " + help;
}

int run(int argc, char **argv) {
  if (argc > 0)
    programName() = argv[0];
  CLI::App app("Trains and uses models that dlc compiled.", "dlc-run");
  app.set_version_flag("--version", "dlc-run " DLC_VERSION);
  app.set_help_flag("-h,--help", "Show this help");
  app.require_subcommand(1);
  app.formatter(std::make_shared<Help>());
  app.footer("dlc-run COMMAND --help tells more about one of them. A first session:\n"
             "  dlc mnist.mlir -o mnist.so\n"
             "  dlc-run info mnist.so\n"
             "  dlc-run train mnist.so --data mnist/ --epochs 5\n"
             "  dlc-run eval mnist.so --weights mnist.safetensors --data mnist/");
  addInfo(app);
  addTrain(app);
  addEval(app);
  addPredict(app);
  addGenerate(app);
  addPack(app);
  addCall(app);
  addCheck(app);
  addBench(app);
  addProfile(app);
  addGradcheck(app);
  addDiff(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    // Help and version come as exceptions too, with exit code 0.
    if (error.get_exit_code() == 0)
      return app.exit(error);
    return fail(explain(app, error, argc, argv));
  } catch (const UserError &error) {
    return fail(error.what());
  } catch (const Error &error) {
    return fail(error.what());
  } catch (const std::bad_alloc &) {
    return fail("there is not enough memory");
  } catch (const std::exception &error) {
    return fail(error.what());
  }
  // Output that did not fit on a full disk must not pass for success.
  if (std::fflush(stdout) != 0 || std::ferror(stdout))
    return fail("cannot write to standard output");
  return exitCode();
}

} // namespace

} // namespace dlc::run

int main(int argc, char **argv) {
  // A file that may not grow further is a write that fails, and told as such.
  std::signal(SIGXFSZ, SIG_IGN);
  // Who reads the first lines alone is done: no message, whatever this program was started with.
  std::signal(SIGPIPE, SIG_DFL);
  return dlc::run::run(argc, argv);
}
