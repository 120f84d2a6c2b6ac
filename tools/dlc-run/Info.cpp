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
    texts.push_back(fmt::format("{}: {}", port.name, port.str()));
  return texts.empty() ? "none" : join(texts);
}

/// How an output that is a single number makes the one of several batches; "" of any other.
std::string combinedText(const Entry &entry, const Port &port) {
  if (!entry.hasBatch() || !port.dims.empty())
    return "";
  switch (port.combine) {
  case DLC_COMBINE_ROWS:
    return "mean over rows";
  case DLC_COMBINE_COUNT:
    return fmt::format("mean over what {} counts", entry.outputs[port.count].name);
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
    words.push_back(entry.obstacleToCuts().empty()
                        ? "rows independent (larger batches are cut)"
                        : fmt::format("larger batches are refused: {}", entry.obstacleToCuts()));
  else
    words.push_back("no batch");
  if (entry.flags & DLC_USES_RANDOM)
    words.push_back("random");
  if (entry.flags & DLC_WRITES_PARAMS)
    words.push_back("updates parameters");
  if (entry.flags & DLC_WRITES_BUFFERS)
    words.push_back("updates buffers");
  if (entry.flags & DLC_WRITES_SESSION)
    words.push_back("updates its session");
  return join(words);
}

void printText(const Model &model, const std::string &path) {
  int64_t count = 0;
  for (const TensorInfo &tensor : model.tensors())
    if (tensor.kind == DLC_PARAMETER)
      count += tensor.dims.elements();
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
    rows.push_back({std::string(tensor.name), std::string(nameOf(tensor.type)), tensor.dims.str(),
                    std::string(tensorKind(tensor.kind)), tensor.initText(), std::string(tensor.group)});
  printTable(rows);

  fmt::print("\nentry points\n");
  for (const Entry &entry : model.entries()) {
    fmt::print("  {}{}\n", entry.name, entry.signature());
    fmt::print("    kind      {}\n", kindText(entry.kind));
    fmt::print("    capacity  {}{}; {}\n", entry.capacity,
               entry.parts > 1 ? fmt::format(", in {} equal parts (accumulate)", entry.parts) : "", flagsText(entry));
    std::vector<std::string> open;
    for (const dlc_extent &size : entry.open.subspan(1))
      if (size.capacity)
        open.push_back(fmt::format("{} up to {}", size.name, size.capacity));
    if (!open.empty())
      fmt::print("    open      {}\n", join(open));
    fmt::print("    inputs    {}\n", portsText(entry.inputs));
    fmt::print("    outputs   {}\n", portsText(entry.outputs));
    std::vector<std::string> combined;
    for (const Port &port : entry.outputs)
      if (std::string text = combinedText(entry, port); !text.empty())
        combined.push_back(fmt::format("{}: {}", port.name, text));
    if (!combined.empty())
      fmt::print("    batches   {}\n", join(combined));
    std::vector<std::string> scalars;
    for (const ScalarInfo &scalar : entry.scalars)
      scalars.push_back(fmt::format("{} = {}", scalar.name, scalar.defaultValue));
    if (!scalars.empty())
      fmt::print("    scalars   {}\n", join(scalars));
    fmt::print("    workspace {}{}\n", bytesText(entry.workspaceBytes),
               entry.scratchBytes ? fmt::format(", and {} more for each further thread", bytesText(entry.scratchBytes))
                                  : "");
  }

  if (model.kernels().empty())
    return;
  fmt::print("\nkernels\n");
  rows = {{"NAME", "MFLOP", "BYTES", "SOURCE"}};
  for (const KernelInfo &kernel : model.kernels())
    rows.push_back({std::string(kernel.name), fmt::format("{:.4g}", kernel.flops / 1e6),
                    bytesText(uint64_t(std::max(kernel.bytes, 0.0))), placesText(kernel.source)});
  printTable(rows);
}

/// The open sizes beside the batch that it depends on, with their capacities.
Json openJson(const Entry &entry) {
  Json object = Json::object();
  for (const dlc_extent &size : entry.open.subspan(1))
    if (size.capacity)
      object[size.name] = size.capacity;
  return object;
}

Json portsJson(const std::vector<Port> &ports) {
  Json list = Json::array();
  for (const Port &port : ports) {
    Json object = {{"name", port.name},
                   {"dtype", nameOf(port.type)},
                   {"shape", std::vector<int64_t>(port.dims.begin(), port.dims.end())},
                   {"batch", Json::array()}};
    for (size_t axis = 0; axis < port.factors.size(); ++axis)
      object["batch"].push_back(port.rowsAlong(axis));
    if (port.hasOpenSizes())
      object["type"] = port.str();
    if (port.combine == DLC_COMBINE_ROWS)
      object["combine"] = "rows";
    if (port.combine == DLC_COMBINE_SUM)
      object["combine"] = "sum";
    if (port.combine == DLC_COMBINE_COUNT)
      object.update({{"combine", "count"}, {"count", ports[port.count].name}});
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
                   {"name", tensor.name},
                   {"dtype", nameOf(tensor.type)},
                   {"shape", std::vector<int64_t>(tensor.dims.begin(), tensor.dims.end())},
                   {"kind", tensorKind(tensor.kind)},
                   {"initialiser", tensor.initText()},
                   {"arena", arenaNames[tensor.arena]},
                   {"offset", tensor.offset},
                   {"bytes", tensor.bytes}};
    if (!tensor.group.empty())
      object["group"] = tensor.group;
    if (!tensor.parameter.empty())
      object["parameter"] = tensor.parameter;
    if (!tensor.slot.empty())
      object["slot"] = tensor.slot;
    out.event(object);
  }
  for (const Entry &entry : model.entries()) {
    Json scalars = Json::object();
    for (const ScalarInfo &scalar : entry.scalars)
      scalars[std::string(scalar.name)] = jsonNumber(scalar.defaultValue);
    out.event({{"event", "entry"},
               {"name", entry.name},
               {"signature", entry.signature()},
               {"kind", kindText(entry.kind)},
               {"capacity", entry.capacity},
               {"parts", entry.parts},
               {"rows_independent", entry.rowsIndependent()},
               {"random", (entry.flags & DLC_USES_RANDOM) != 0},
               {"inputs", portsJson(entry.inputs)},
               {"outputs", portsJson(entry.outputs)},
               {"scalars", scalars},
               {"workspace_bytes", entry.workspaceBytes},
               {"scratch_bytes", entry.scratchBytes},
               {"open", openJson(entry)}});
  }
  for (const KernelInfo &kernel : model.kernels())
    out.event({{"event", "kernel"},
               {"name", kernel.name},
               {"source", kernel.source},
               {"flops", jsonNumber(kernel.flops)},
               {"bytes", jsonNumber(kernel.bytes)}});
  out.event({{"event", "end"}});
}

} // namespace

void addInfo(CLI::App &app) {
  CLI::App &command =
      addSubcommand(app, "info", "Show a model's tensors, entry points, memory and kernels", "dlc-run info mnist.so");
  auto arguments = std::make_shared<ModelArguments>();
  auto json = std::make_shared<bool>(false);
  auto weights = std::make_shared<std::string>();
  arguments->addTo(command, false);
  command
      .add_option(
          "--weights", *weights,
          "Read these whole: say whether they fit the model, and whether the numbers of a packed file are sound")
      ->option_text("FILE");
  command.add_flag("--json", *json, "Print one JSON object a line");
  command.callback([arguments, json, weights] {
    // One thread: nothing is computed here.
    arguments->threads = 1;
    Model model = arguments->open();
    if (!weights->empty()) {
      model.loadParameters(*weights);
      if (*json)
        Progress(true).event({{"event", "weights"}, {"weights", *weights}, {"fit", true}});
      else
        fmt::print("{}: weights that fit the model, read whole\n", *weights);
      return;
    }
    *json ? printJson(model, arguments->library) : printText(model, arguments->library);
  });
}

} // namespace dlc::run
