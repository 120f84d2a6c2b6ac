// File.h - reading files whole and replacing them atomically.
// SPDX-License-Identifier: Apache-2.0
//
// Small helpers that every format shares. All failures are Errors that name the path and the system's reason.
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
DLC_API std::vector<uint8_t> readFile(const std::string &path);

/// The bytes of a file, inflated where it is gzip. Throws Error where that is more than `most` bytes.
DLC_API std::string readInflated(const std::string &path, uint64_t most);

/// Whether a file starts like gzip.
DLC_API bool isGzip(const std::vector<uint8_t> &bytes);

/// A file that appears under its name only when complete: written beside it under a temporary name, synced,
/// renamed over it, and the directory synced. If anything fails, or commit() is never called, the temporary
/// file is removed and an old file of that name stays as it was. A symbolic link is followed, also to a file
/// that does not exist yet. A device or a pipe is written to directly, and so is a descriptor of this process
/// ("/dev/stdout").
///
/// A process that is killed leaves its temporary file: ".NAME.<16 digits>.dlc-tmp". It is locked (flock) for as
/// long as its process lives, so the next AtomicFile in that folder, of any process, takes away those that
/// nobody holds.
class DLC_API AtomicFile {
public:
  /// Finds out now what is known to prevent that the file is written. `mode` is that of a new file, before the
  /// process's mask; a file that is replaced keeps its own.
  explicit AtomicFile(const std::string &path, unsigned mode = 0666);
  ~AtomicFile();
  AtomicFile(const AtomicFile &) = delete;
  AtomicFile &operator=(const AtomicFile &) = delete;

  void write(const void *data, size_t bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void commit();

private:
  [[noreturn]] void fail(const char *doing, int code);

  void openTemporary(unsigned mode);
  void writeAll(const uint8_t *data, size_t bytes);

  std::string path, target, temporary; ///< as given; with links resolved; empty for a device
  int descriptor = -1;
  std::vector<uint8_t> buffer;
};

/// A file that a command reads or writes, and what the command line calls it: {"--out", "m.safetensors"}.
struct NamedFile {
  std::string option, path;
};

/// True if two paths lead to one file, however they are spelled: by its device and inode, or, where it does not
/// exist yet, by its folder's and its name. Devices and pipes are no files in this sense.
DLC_API bool isSameFile(const std::string &path, const std::string &other);

/// Throws an Error that names both options where an output is an input or another output. Empty paths and "-"
/// stand for no file.
DLC_API void checkOutputs(const std::vector<NamedFile> &outputs, const std::vector<NamedFile> &inputs);

} // namespace dlc

#endif // DLC_RUNTIME_FILE_H
