// Pack.cpp - dlc-run pack: weights as a library has them in memory, for many processes to map.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/Model.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Progress.h"

#include <filesystem>
#include <fmt/format.h>

namespace dlc::run {

namespace {

struct PackOptions {
  ModelArguments model;
  std::string weights, output;
  bool json = false;
};

void pack(const PackOptions &options) {
  checkOutputs({{"--output", options.output}},
               {{"the library", options.model.library}, {"--weights", options.weights}});
  Model model = options.model.open();
  Parameters parameters = model.loadParameters(options.weights);
  parameters.pack(options.output, readCheckpointInfo(options.weights));
  uint64_t bytes = std::filesystem::file_size(options.output);
  if (options.json)
    Progress(true).event({{"event", "end"}, {"output", options.output}, {"bytes", bytes}});
  else
    fmt::print("the weights of {}, {} bytes, are in {}: --weights takes it, and maps it in place of reading it\n",
               options.weights, countText(int64_t(bytes)), options.output);
}

} // namespace

void addPack(CLI::App &app) {
  CLI::App &command = addSubcommand(app, "pack", "Lay weights out as a library has them in memory, for many processes",
                                    "dlc-run pack mnist.so --weights mnist.safetensors --output mnist.packed");
  auto options = std::make_shared<PackOptions>();
  options->model.addTo(command, false);
  command.add_option("--weights", options->weights, "Checkpoint or weights (safetensors)")
      ->required()
      ->option_text("FILE");
  command
      .add_option("--output", options->output,
                  "Where they go: a file that --weights takes with this library, and that is mapped, not read")
      ->required()
      ->option_text("FILE");
  command.add_flag("--json", options->json, "Print a JSON object");
  command.callback([options] { pack(*options); });
}

} // namespace dlc::run
