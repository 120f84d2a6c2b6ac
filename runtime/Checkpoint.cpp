//===- Checkpoint.cpp - what a checkpoint says beside its tensors ------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "runtime/Checkpoint.h"
#include "runtime/Safetensors.h"
#include "runtime/Text.h"

#include <charconv>
#include <utility>

namespace dlc {
using detail::cat;

/// More steps, epochs or rows than any training counts; sums of a few of them fit into 64 bits.
static constexpr int64_t MostCounted = int64_t(1) << 60;

namespace {
/// The metadata of a file that says it is a checkpoint.
struct Record {
  const SafetensorsFile &File;

  const std::string &text(const char *Key) const {
    auto It = File.metadata().find(Key);
    if (It == File.metadata().end())
      throw Error(cat("'", File.path(), "' is a damaged checkpoint: it has no '", Key, "'."));
    return It->second;
  }
  template <class T> T number(const char *Key, int Base = 10) const {
    const std::string &Text = text(Key);
    T Value{};
    auto [End, Code] = std::from_chars(Text.data(), Text.data() + Text.size(), Value, Base);
    if (Code != std::errc() || End != Text.data() + Text.size())
      throw Error(cat("'", File.path(), "' is a damaged checkpoint: its '", Key, "' is '", Text,
                      "'; a whole number was expected."));
    return Value;
  }
};
} // namespace

std::optional<CheckpointInfo> readCheckpointInfo(const SafetensorsFile &File) {
  if (!File.metadata().contains("dlc.checkpoint"))
    return std::nullopt;
  Record R{File};
  CheckpointInfo Info;
  Info.Version = R.number<int>("dlc.checkpoint");
  if (Info.Version > CheckpointVersion || Info.Version < 1)
    throw Error(cat("'", File.path(), "' is a checkpoint of format ", Info.Version,
                    "; this runtime reads formats up to ", CheckpointVersion, ". Use a newer runtime."));
  Info.Model = R.text("dlc.model");
  Info.Hash = R.number<uint64_t>("dlc.hash", 16);
  Info.Step = R.number<int64_t>("dlc.step");
  Info.Seed = R.number<uint64_t>("dlc.seed");
  if (Info.Version == 1) {
    Info.Epoch = R.number<int64_t>("dlc.epoch");
    Info.Cursor = R.number<int64_t>("dlc.cursor");
  } else {
    Info.Examples = R.number<int64_t>("dlc.examples");
  }
  for (auto [Name, Value] : {std::pair{"step", Info.Step},
                             {"number of examples", Info.Examples},
                             {"epoch", Info.Epoch},
                             {"cursor", Info.Cursor}})
    if (Value < 0 || Value > MostCounted)
      throw Error(cat("'", File.path(), "' is a damaged checkpoint: its ", Name, " is ", Value, "."));
  for (const auto &[Key, Value] : File.metadata())
    if (Key.starts_with("user."))
      Info.Values.emplace(Key.substr(5), Value);
  return Info;
}

std::optional<CheckpointInfo> readCheckpointInfo(const std::string &Path) {
  return readCheckpointInfo(SafetensorsFile(Path));
}

std::map<std::string, std::string> checkpointMetadata(const CheckpointInfo &Info) {
  std::map<std::string, std::string> Result = {{"format", "pt"}, // some readers of safetensors insist on it
                                               {"dlc.checkpoint", std::to_string(Info.Version)},
                                               {"dlc.model", Info.Model},
                                               {"dlc.hash", detail::hexText(Info.Hash)},
                                               {"dlc.step", std::to_string(Info.Step)},
                                               {"dlc.seed", std::to_string(Info.Seed)},
                                               {"dlc.examples", std::to_string(Info.Examples)}};
  for (const auto &[Key, Value] : Info.Values)
    Result.emplace("user." + Key, Value);
  return Result;
}

} // namespace dlc
