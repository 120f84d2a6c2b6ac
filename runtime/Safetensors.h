// Safetensors.h - named tensors in a file.
// SPDX-License-Identifier: Apache-2.0
//
// The safetensors format: an 8-byte length, a JSON header, the tensors' bytes. The header is untrusted input:
// its size is bounded, and every name, type, shape and offset is checked when the file is opened, before any
// of it is used. Tensors are read one at a time.
#ifndef DLC_RUNTIME_SAFETENSORS_H
#define DLC_RUNTIME_SAFETENSORS_H

#include "runtime/Tensor.h"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dlc {

class DLC_API SafetensorsFile {
public:
  struct Entry {
    std::string name;
    std::string typeName;      ///< as in the file: "F32", "BF16"
    std::optional<DType> type; ///< none where the runtime does not know the type
    std::vector<int64_t> axes;
    uint64_t offset = 0, bytes = 0; ///< within the data part
  };

  /// Opens and checks a file. Throws Error naming the path.
  explicit SafetensorsFile(const std::string &path);
  ~SafetensorsFile();
  SafetensorsFile(SafetensorsFile &&) noexcept;
  SafetensorsFile &operator=(SafetensorsFile &&) noexcept;

  const std::string &path() const;
  /// In the order of their bytes.
  const std::vector<Entry> &entries() const;
  /// NULL if there is none of that name.
  const Entry *find(std::string_view name) const;
  const std::map<std::string, std::string> &metadata() const;
  /// Reads one tensor. Throws Error if the name is unknown, the type unsupported, or reading fails.
  Tensor read(std::string_view name) const;
  /// Where a tensor of that name begins in the file. Throws Error if there is none.
  uint64_t place(std::string_view name) const;
  /// The bytes of one tensor where they lie: mapped, not copied, and read-only. They stay as long as the pointer does,
  /// also after this object is gone. Throws Error if the name is unknown or the system refuses.
  std::shared_ptr<const char> map(std::string_view name) const;

private:
  const Entry &get(std::string_view name) const;
  struct Impl;
  std::unique_ptr<Impl> impl;
};

/// Writes a file atomically (see AtomicFile): equal inputs give equal bytes. Wider element types stand
/// first, so that every tensor is aligned, otherwise the given order; metadata is sorted by key. The first begins at a
/// multiple of `alignment` in the file.
DLC_API void writeSafetensors(const std::string &path, std::span<const NamedView> tensors,
                              const std::map<std::string, std::string> &metadata = {}, uint64_t alignment = 8);

} // namespace dlc

#endif // DLC_RUNTIME_SAFETENSORS_H
