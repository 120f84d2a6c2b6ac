// Checkpoint.cpp - what a checkpoint says beside its tensors.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/Checkpoint.h"
#include "runtime/Safetensors.h"
#include "runtime/Text.h"

#include <charconv>
#include <utility>

namespace dlc {
using detail::cat;

/// More steps, epochs or rows than any training counts; sums of a few of them fit into 64 bits.
static constexpr int64_t mostCounted = int64_t(1) << 60;

namespace {
/// The metadata of a file that says it is a checkpoint.
struct Record {
  const SafetensorsFile &file;

  const std::string &text(const char *key) const {
    auto it = file.metadata().find(key);
    if (it == file.metadata().end())
      throw Error(cat("'", file.path(), "' is a damaged checkpoint: it has no '", key, "'."));
    return it->second;
  }
  template <class T> T number(const char *key, int base = 10) const {
    const std::string &digits = text(key);
    T value{};
    auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (code != std::errc() || end != digits.data() + digits.size())
      throw Error(cat("'", file.path(), "' is a damaged checkpoint: its '", key, "' is '", digits,
                      "'; a whole number was expected."));
    return value;
  }
};
} // namespace

std::optional<CheckpointInfo> readCheckpointInfo(const SafetensorsFile &file) {
  if (!file.metadata().contains("dlc.checkpoint"))
    return std::nullopt;
  Record r{file};
  CheckpointInfo info;
  info.version = r.number<int>("dlc.checkpoint");
  if (info.version > checkpointVersion || info.version < 1)
    throw Error(cat("'", file.path(), "' is a checkpoint of format ", info.version,
                    "; this runtime reads formats up to ", checkpointVersion, ". Use a newer runtime."));
  info.model = r.text("dlc.model");
  info.hash = r.number<uint64_t>("dlc.hash", 16);
  info.step = r.number<int64_t>("dlc.step");
  info.seed = r.number<uint64_t>("dlc.seed");
  if (info.version == 1) {
    info.epoch = r.number<int64_t>("dlc.epoch");
    info.cursor = r.number<int64_t>("dlc.cursor");
  } else {
    info.examples = r.number<int64_t>("dlc.examples");
  }
  for (auto [name, value] : {std::pair{"step", info.step},
                             {"number of examples", info.examples},
                             {"epoch", info.epoch},
                             {"cursor", info.cursor}})
    if (value < 0 || value > mostCounted)
      throw Error(cat("'", file.path(), "' is a damaged checkpoint: its ", name, " is ", value, "."));
  for (const auto &[key, value] : file.metadata())
    if (key.starts_with("user."))
      info.values.emplace(key.substr(5), value);
  return info;
}

std::optional<CheckpointInfo> readCheckpointInfo(const std::string &path) {
  return readCheckpointInfo(SafetensorsFile(path));
}

std::map<std::string, std::string> checkpointMetadata(const CheckpointInfo &info) {
  std::map<std::string, std::string> result = {{"format", "pt"}, // some readers of safetensors insist on it
                                               {"dlc.checkpoint", std::to_string(info.version)},
                                               {"dlc.model", info.model},
                                               {"dlc.hash", detail::hexText(info.hash)},
                                               {"dlc.step", std::to_string(info.step)},
                                               {"dlc.seed", std::to_string(info.seed)},
                                               {"dlc.examples", std::to_string(info.examples)}};
  for (const auto &[key, value] : info.values)
    result.emplace("user." + key, value);
  return result;
}

} // namespace dlc
