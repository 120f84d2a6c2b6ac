//===- File.h - reading files whole and replacing them atomically ------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Small helpers that every format shares. All failures are Errors that name the path and the system's reason.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_FILE_H
#define DLC_RUNTIME_FILE_H

#include "runtime/Export.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dlc {

/// The bytes of a regular file.
DLC_API std::vector<uint8_t> readFile(const std::string &Path);

/// Inflates gzip data, all members; `What` stands for the file's name in errors.
DLC_API std::vector<uint8_t> gunzip(const std::vector<uint8_t> &Bytes, const std::string &What);

/// A file that appears under its name only when complete: written beside it under a temporary name, synced,
/// renamed over it, and the directory synced. If anything fails, or commit() is never called, the temporary
/// file is removed and an old file of that name stays as it was.
class DLC_API AtomicFile {
public:
  explicit AtomicFile(const std::string &Path);
  ~AtomicFile();
  AtomicFile(const AtomicFile &) = delete;
  AtomicFile &operator=(const AtomicFile &) = delete;

  void write(const void *Data, size_t Bytes);
  void write(std::string_view Text) { write(Text.data(), Text.size()); }
  void commit();

private:
  [[noreturn]] void fail(const char *Doing, int Code);

  std::string Path, Temporary;
  int Descriptor = -1;
  std::vector<uint8_t> Buffer;
  void flush();
};

} // namespace dlc

#endif // DLC_RUNTIME_FILE_H
