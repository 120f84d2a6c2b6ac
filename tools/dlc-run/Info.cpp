// Info.cpp - dlc-run info: what a library holds.
// SPDX-License-Identifier: Apache-2.0
//
// Everything that the descriptor says, as tables to read or as one JSON object a line.
#include "runtime/Model.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Progress.h"

#include <algorithm>
#include <fmt/format.h>

namespace dlc::run {

namespace {

const char *const arenaNames[] = {"params", "buffers", "training", "session", "workspace"};

std::string_view tensorKind(dlc_tensor_kind kind) {
  switch (kind) {
  case DLC_PARAMETER:
    return "parameter";
  case DLC_BUFFER:
    return "buffer";
  case DLC_SLOT:
    return "slot";
  case DLC_SESSION_STATE:
    return "session";
  }
  return "unknown";
}

/// Rows of cells, each column as wide as its widest cell.
void printTable(const std::vector<std::vector<std::string>> &rows) {
  std::vector<size_t> widths;
  for (auto &row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  }
  for (auto &row : rows) {
    std::string line = " ";
    for (size_t i = 0; i < row.size(); ++i)
      line += " " + fmt::format("{:<{}}", row[i], i + 1 == row.size() ? 0 : widths[i] + 1);
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
}

std::string portsText(const std::vector<Port> &ports) {
  std::vector<std::string> texts;
  for (const Port &port : ports)
    texts.push_back(fmt::format("{}: {}", port.Name, port.str()));
  return texts.empty() ? "none" : join(texts);
}

/// How an output that is a single number makes the one of several batches; "" of any other.
std::string combinedText(const Entry &entry, const Port &port) {
  if (!entry.hasBatch() || !port.Dims.empty())
    return "";
  switch (port.Combine) {
  case DLC_COMBINE_ROWS:
    return "mean over rows";
  case DLC_COMBINE_COUNT:
    return fmt::format("mean over what {} counts", entry.Outputs[port.Count].Name);
  case DLC_COMBINE_SUM:
    return "sum";
  case DLC_COMBINE_UNKNOWN:
    break;
  }
  return "not known (weighed by rows)";
}

std::string flagsText(const Entry &entry) {
  std::vector<std::string> words;
  if (entry.hasBatch())
    words.push_back(entry.rowsIndependent() ? "rows independent (larger batches are cut)"
                                            : "rows depend on each other (larger batches are refused)");
  else
    words.push_back("no batch");
  if (entry.Flags & DLC_USES_RANDOM)
    words.push_back("random");
  if (entry.Flags & DLC_WRITES_PARAMS)
    words.push_back("updates parameters");
  if (entry.Flags & DLC_WRITES_BUFFERS)
    words.push_back("updates buffers");
  return join(words);
}

void printText(const Model &model, const std::string &path) {
  int64_t count = 0;
  for (const TensorInfo &tensor : model.tensors())
    if (tensor.Kind == DLC_PARAMETER)
      count += tensor.Dims.elements();
  fmt::print("{}: model '{}', made by {}, language {}\n", path, model.name(), model.producer(), model.language());
  std::string needs = model.cpuFeatures().empty() ? "" : fmt::format(" (needs {})", model.cpuFeatures());
  fmt::print("  target {}{}, hash {:016x}\n", model.target(), needs, model.hash());
  fmt::print("  {} parameters\n\nmemory\n", countText(count));
  std::vector<std::vector<std::string>> rows;
  for (int arena = 0; arena < DLC_ARENA_COUNT; ++arena)
    rows.push_back({arenaNames[arena], bytesText(model.arenaBytes(dlc_arena(arena)))});
  printTable(rows);

  fmt::print("\ntensors\n");
  rows = {{"NAME", "TYPE", "SHAPE", "KIND", "INITIALISER", "GROUP"}};
  for (const TensorInfo &tensor : model.tensors())
    rows.push_back({std::string(tensor.Name), std::string(nameOf(tensor.Type)), tensor.Dims.str(),
                    std::string(tensorKind(tensor.Kind)), tensor.initText(), std::string(tensor.Group)});
  printTable(rows);

  fmt::print("\nentry points\n");
  for (const Entry &entry : model.entries()) {
    fmt::print("  {}{}\n", entry.Name, entry.Signature);
    fmt::print("    kind      {}\n", kindText(entry.Kind));
    fmt::print("    capacity  {}; {}\n", entry.Capacity, flagsText(entry));
    fmt::print("    inputs    {}\n", portsText(entry.Inputs));
    fmt::print("    outputs   {}\n", portsText(entry.Outputs));
    std::vector<std::string> combined;
    for (const Port &port : entry.Outputs)
      if (std::string text = combinedText(entry, port); !text.empty())
        combined.push_back(fmt::format("{}: {}", port.Name, text));
    if (!combined.empty())
      fmt::print("    batches   {}\n", join(combined));
    std::vector<std::string> scalars;
    for (const ScalarInfo &scalar : entry.Scalars)
      scalars.push_back(fmt::format("{} = {}", scalar.Name, scalar.Default));
    if (!scalars.empty())
      fmt::print("    scalars   {}\n", join(scalars));
    fmt::print("    workspace {}{}\n", bytesText(entry.WorkspaceBytes),
               entry.ScratchBytes ? fmt::format(", and {} more for each further thread", bytesText(entry.ScratchBytes))
                                  : "");
  }

  if (model.kernels().empty())
    return;
  fmt::print("\nkernels\n");
  rows = {{"NAME", "MFLOP", "BYTES", "SOURCE"}};
  for (const KernelInfo &kernel : model.kernels())
    rows.push_back({std::string(kernel.Name), fmt::format("{:.4g}", kernel.Flops / 1e6),
                    bytesText(uint64_t(std::max(kernel.Bytes, 0.0))), placesText(kernel.Source)});
  printTable(rows);
}

Json portsJson(const std::vector<Port> &ports) {
  Json list = Json::array();
  for (const Port &port : ports) {
    Json object = {{"name", port.Name},
                   {"dtype", nameOf(port.Type)},
                   {"shape", std::vector<int64_t>(port.Dims.begin(), port.Dims.end())},
                   {"batch", std::vector<int64_t>(port.Batch.begin(), port.Batch.end())}};
    if (port.Combine == DLC_COMBINE_ROWS)
      object["combine"] = "rows";
    if (port.Combine == DLC_COMBINE_SUM)
      object["combine"] = "sum";
    if (port.Combine == DLC_COMBINE_COUNT)
      object.update({{"combine", "count"}, {"count", ports[port.Count].Name}});
    list.push_back(object);
  }
  return list;
}

void printJson(const Model &model, const std::string &path) {
  Progress out(true);
  Json arenas = Json::object();
  for (int arena = 0; arena < DLC_ARENA_COUNT; ++arena)
    arenas[arenaNames[arena]] = model.arenaBytes(dlc_arena(arena));
  out.event({{"event", "model"},
             {"library", path},
             {"name", model.name()},
             {"producer", model.producer()},
             {"language", model.language()},
             {"target", model.target()},
             {"cpu_features", model.cpuFeatures()},
             {"hash", fmt::format("{:016x}", model.hash())},
             {"arena_bytes", arenas}});
  for (const TensorInfo &tensor : model.tensors()) {
    Json object = {{"event", "tensor"},
                   {"name", tensor.Name},
                   {"dtype", nameOf(tensor.Type)},
                   {"shape", std::vector<int64_t>(tensor.Dims.begin(), tensor.Dims.end())},
                   {"kind", tensorKind(tensor.Kind)},
                   {"initialiser", tensor.initText()},
                   {"arena", arenaNames[tensor.Arena]},
                   {"offset", tensor.Offset},
                   {"bytes", tensor.Bytes}};
    if (!tensor.Group.empty())
      object["group"] = tensor.Group;
    if (!tensor.Parameter.empty())
      object["parameter"] = tensor.Parameter;
    if (!tensor.Slot.empty())
      object["slot"] = tensor.Slot;
    out.event(object);
  }
  for (const Entry &entry : model.entries()) {
    Json scalars = Json::object();
    for (const ScalarInfo &scalar : entry.Scalars)
      scalars[std::string(scalar.Name)] = jsonNumber(scalar.Default);
    out.event({{"event", "entry"},
               {"name", entry.Name},
               {"signature", entry.Signature},
               {"kind", kindText(entry.Kind)},
               {"capacity", entry.Capacity},
               {"rows_independent", entry.rowsIndependent()},
               {"random", (entry.Flags & DLC_USES_RANDOM) != 0},
               {"inputs", portsJson(entry.Inputs)},
               {"outputs", portsJson(entry.Outputs)},
               {"scalars", scalars},
               {"workspace_bytes", entry.WorkspaceBytes},
               {"scratch_bytes", entry.ScratchBytes}});
  }
  for (const KernelInfo &kernel : model.kernels())
    out.event({{"event", "kernel"},
               {"name", kernel.Name},
               {"source", kernel.Source},
               {"flops", jsonNumber(kernel.Flops)},
               {"bytes", jsonNumber(kernel.Bytes)}});
  out.event({{"event", "end"}});
}

} // namespace

void addInfo(CLI::App &app) {
  CLI::App &command =
      addSubcommand(app, "info", "Show a model's tensors, entry points, memory and kernels", "dlc-run info mnist.so");
  auto arguments = std::make_shared<ModelArguments>();
  auto json = std::make_shared<bool>(false);
  arguments->addTo(command, false);
  command.add_flag("--json", *json, "Print one JSON object a line");
  command.callback([arguments, json] {
    // One thread: nothing is computed here.
    arguments->threads = 1;
    Model model = arguments->open();
    *json ? printJson(model, arguments->library) : printText(model, arguments->library);
  });
}

} // namespace dlc::run
