// Checkpoint.h - what a checkpoint says beside its tensors.
// SPDX-License-Identifier: Apache-2.0
//
// A checkpoint is one safetensors file: parameters and buffers under their names, optimizer slots as
// `optimizer.<parameter>.<slot>`, session state that training carries on as `session.<name>`, and this
// record as metadata (all strings: "dlc.checkpoint" = format version, "dlc.model", "dlc.hash" (16 hex
// digits), "dlc.step", "dlc.seed", "dlc.examples"; free values as "user.<key>"). It holds all that is needed to
// go on bit for bit. Format 1 had "dlc.epoch" and "dlc.cursor" in place of "dlc.examples". Any tool that reads
// safetensors finds the weights in it.
//
// Training::save and Training::load (Model.h) write and read it.
#ifndef DLC_RUNTIME_CHECKPOINT_H
#define DLC_RUNTIME_CHECKPOINT_H

#include "runtime/Export.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace dlc {

class SafetensorsFile;

/// Version of the checkpoint format that this runtime writes; it reads this one and older ones.
inline constexpr int checkpointVersion = 2;

struct CheckpointInfo {
  int version = checkpointVersion;           ///< filled by Training::save
  std::string model;                         ///< the model's name; filled by Training::save
  uint64_t hash = 0;                         ///< dlc_model::hash; filled by Training::save
  int64_t step = 0;                          ///< updates done; filled by Training::save
  uint64_t seed = 0;                         ///< of the random streams; filled by Training::save
  int64_t examples = 0;                      ///< the caller's: examples trained on, in all
  int64_t epoch = 0, cursor = 0;             ///< of format 1 alone: epochs completed, examples of the next
  std::map<std::string, std::string> values; ///< the caller's own
};

/// The record of a checkpoint, or nothing where the file is a plain weights file. Throws Error where the
/// metadata says that it is a checkpoint but cannot be understood, or is of a newer format.
DLC_API std::optional<CheckpointInfo> readCheckpointInfo(const SafetensorsFile &file);
DLC_API std::optional<CheckpointInfo> readCheckpointInfo(const std::string &path);

/// Whether a file holds packed parameters (Parameters::pack). It may keep the record of the checkpoint that they came
/// from, and is none itself: training cannot go on from it.
DLC_API bool isPacked(const SafetensorsFile &file);
DLC_API bool isPacked(const std::string &path);

/// The record as safetensors metadata.
DLC_API std::map<std::string, std::string> checkpointMetadata(const CheckpointInfo &info);

} // namespace dlc

#endif // DLC_RUNTIME_CHECKPOINT_H
