// Packed.cpp - parameters as they lie in memory, in a file that many processes map.
// SPDX-License-Identifier: Apache-2.0
//
// A packed file is a safetensors file of two tensors of bytes, the arenas of the parameters and of the buffers, whose
// data begin at a page. Which tensor lies where in them is the library's to know: a hash of that layout, in the file's
// metadata, says whether the file was made for it.
#include "runtime/Checkpoint.h"
#include "runtime/Checksum.h"
#include "runtime/Internal.h"
#include "runtime/Safetensors.h"

#include <algorithm>
#include <cstring>

namespace dlc {
using namespace detail;

static constexpr const char *formatKey = "dlc.packed", *layoutKey = "dlc.layout", *modelKey = "dlc.model",
                            *checksumKey = "dlc.checksum";
static constexpr const char *format = "2";
/// Arenas up to this size are compared with their checksums where they are mapped, too: that takes two milliseconds.
static constexpr uint64_t mappedAndChecked = 16 << 20;
/// The parameters first: they begin at a page.
static constexpr std::pair<const char *, dlc_arena> arenas[] = {{"dlc.params", DLC_PARAMS},
                                                                {"dlc.buffers", DLC_BUFFERS}};
static constexpr uint64_t pageBytes = 4096;

bool isPacked(const SafetensorsFile &file) { return file.metadata().contains(formatKey); }
bool isPacked(const std::string &path) { return isPacked(SafetensorsFile(path)); }

/// The checksums of the arenas' bytes, one after the other, in so many digits each.
static constexpr size_t checksumDigits = 16;
static std::string checksumOf(const char *data, uint64_t bytes) {
  return hexText(xxh64(reinterpret_cast<const uint8_t *>(data), bytes));
}

/// What two libraries must have in common to share a packed file; nothing of the processor.
static std::string layoutOf(const ModelState &m) {
  std::string text;
  for (auto [name, arena] : arenas) {
    text += cat(name, " ", m.raw->arena_bytes[arena], "\n");
    for (const TensorInfo &t : m.tensors)
      if (t.arena == arena)
        text += cat(t.name, " ", nameOf(t.type), t.dims.str(), t.strides.str(), " ", t.split, " ", t.splitStride, " ",
                    t.splitAxis, " ", t.offset, "\n");
  }
  return hexText(xxh64(reinterpret_cast<const uint8_t *>(text.data()), text.size()));
}

//===--- Checking --------------------------------------------------------------------------------------===//

namespace {
/// A packed file that fits a model.
class PackedFile {
public:
  PackedFile(const SafetensorsFile &file, const ModelState &model) : file(file), model(model) {
    if (!isPacked(file))
      throw Error(cat("'", file.path(), "' is not packed: it holds weights to be read, not to be mapped. ", remedy()));
    if (text(formatKey) != format)
      throw Error(cat("'", file.path(), "' is packed in the format ", text(formatKey), "; this runtime maps format ",
                      format, ". ", remedy()));
    if (text(layoutKey) != layoutOf(model))
      throw Error(cat("'", file.path(), "' was packed for another library, of the model '", text(modelKey),
                      "': the parameters of the ", model.describe(), " lie in memory in another way. ", remedy()));
    for (auto [name, arena] : arenas) {
      const SafetensorsFile::Entry *e = file.find(name);
      if (!e || e->type != DType::U8 || e->bytes != model.raw->arena_bytes[arena])
        throw Error(cat("'", file.path(), "' is damaged: its '", name, "' should be ", model.raw->arena_bytes[arena],
                        " bytes. ", remedy()));
    }
    if (file.entries().size() != std::size(arenas) || file.place("dlc.params") % DLC_ALIGNMENT)
      throw Error(cat("'", file.path(), "' is damaged: it should hold 'dlc.params', which begins at a multiple of ",
                      DLC_ALIGNMENT, " bytes, and 'dlc.buffers', and nothing else. ", remedy()));
  }

  /// Compiled code takes a condition for 0 or 1.
  void checkConditions(dlc_arena arena, const char *data) const {
    for (const TensorInfo &t : model.tensors)
      if (t.arena == arena && t.type == DType::Bool &&
          std::any_of(data + t.offset, data + t.offset + t.bytes, [](char c) { return c & ~1; }))
        throw Error(
            cat("'", file.path(), "' is damaged: a condition of '", t.name, "' is neither 0 nor 1. ", remedy()));
  }

  /// The bytes are those that were written.
  void checkBytes(dlc_arena arena, const char *data) const {
    std::string sums = text(checksumKey);
    size_t at = arena == arenas[0].second ? 0 : checksumDigits;
    if (sums.size() != checksumDigits * std::size(arenas) ||
        sums.substr(at, checksumDigits) != checksumOf(data, model.raw->arena_bytes[arena]))
      throw Error(cat("'", file.path(), "' is damaged: the numbers of '", at ? arenas[1].first : arenas[0].first,
                      "' do not have their checksum. ", remedy()));
  }

  Tensor read(dlc_arena arena, const char *name) const {
    Tensor bytes = file.read(name);
    checkConditions(arena, static_cast<const char *>(bytes.data()));
    checkBytes(arena, static_cast<const char *>(bytes.data()));
    return bytes;
  }

private:
  std::string text(const char *key) const {
    auto it = file.metadata().find(key);
    return it == file.metadata().end() ? std::string() : it->second;
  }
  std::string remedy() const {
    return cat("Make one of the weights for this library: dlc-run pack ",
               model.path.empty() ? std::string("MODEL.so") : model.path, " --weights FILE --output PACKED.");
  }

  const SafetensorsFile &file;
  const ModelState &model;
};
} // namespace

//===--- Writing and mapping ---------------------------------------------------------------------------===//

void Parameters::pack(const std::string &path, const std::optional<CheckpointInfo> &info) const {
  std::map<std::string, std::string> metadata = {{"format", "pt"}};
  if (info)
    metadata = checkpointMetadata(*info);
  metadata[formatKey] = format;
  metadata[layoutKey] = layoutOf(*state->model);
  metadata[modelKey] = state->model->raw->name;
  std::vector<NamedView> views;
  for (auto [name, arena] : arenas)
    metadata[checksumKey] += checksumOf(state->memory(arena), state->model->raw->arena_bytes[arena]);
  for (auto [name, arena] : arenas)
    views.push_back(
        {name, TensorView(DType::U8, Shape{int64_t(state->model->raw->arena_bytes[arena])}, state->memory(arena))});
  writeSafetensors(path, views, metadata, pageBytes);
}

Parameters Model::mapParameters(const std::string &path) const {
  SafetensorsFile file(path);
  PackedFile packed(file, *state);
  auto p = std::make_shared<ParametersState>(state, file.map("dlc.params"), path);
  packed.checkConditions(DLC_PARAMS, p->memory(DLC_PARAMS));
  if (state->raw->arena_bytes[DLC_PARAMS] <= mappedAndChecked)
    packed.checkBytes(DLC_PARAMS, p->memory(DLC_PARAMS));
  Tensor buffers = packed.read(DLC_BUFFERS, "dlc.buffers");
  std::memcpy(p->memory(DLC_BUFFERS), buffers.data(), buffers.bytes());
  return Parameters(std::move(p));
}

void detail::readPacked(const SafetensorsFile &file, ParametersState &p) {
  PackedFile packed(file, *p.model);
  Tensor params = packed.read(DLC_PARAMS, "dlc.params"), buffers = packed.read(DLC_BUFFERS, "dlc.buffers");
  std::memcpy(p.memory(DLC_PARAMS), params.data(), params.bytes());
  std::memcpy(p.memory(DLC_BUFFERS), buffers.data(), buffers.bytes());
}

} // namespace dlc
