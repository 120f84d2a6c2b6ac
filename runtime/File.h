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

/// Whether a file starts like gzip.
DLC_API bool isGzip(const std::vector<uint8_t> &Bytes);

/// A file that appears under its name only when complete: written beside it under a temporary name, synced,
/// renamed over it, and the directory synced. If anything fails, or commit() is never called, the temporary
/// file is removed and an old file of that name stays as it was. A symbolic link is followed; a device or
/// pipe
/// ("/dev/stdout") is written to directly.
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

  void writeAll(const uint8_t *Data, size_t Bytes);

  std::string Path, Target, Temporary; ///< as given; with links resolved; empty for a device
  int Descriptor = -1;
  std::vector<uint8_t> Buffer;
};

} // namespace dlc

#endif // DLC_RUNTIME_FILE_H
