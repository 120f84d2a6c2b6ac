// MemoryFile.h - files in memory alone, for what knows files only: LLD, and the loader of libraries.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_TARGET_MEMORYFILE_H
#define DLC_COMPILER_TARGET_MEMORYFILE_H
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <string>
#include <system_error>
#include <thread>

namespace dlc {
/// A file that holds `content`, and goes with its process.
class MemoryFile {
public:
  MemoryFile(const char *name, llvm::ArrayRef<char> content);
  ~MemoryFile();
  MemoryFile(const MemoryFile &) = delete;
  MemoryFile &operator=(const MemoryFile &) = delete;

  const std::string path; ///< in this process
  const std::error_code &error() const { return failure; }

private:
  MemoryFile(int descriptor, llvm::ArrayRef<char> content);
  int descriptor;
  std::error_code failure;
};

/// A path to which something is written, once, and what it is. (A pipe: LLD writes to a regular file by way of another
/// one beside it.)
class MemoryOutput {
public:
  MemoryOutput();
  ~MemoryOutput() { finish(); }
  MemoryOutput(const MemoryOutput &) = delete;
  MemoryOutput &operator=(const MemoryOutput &) = delete;

  const std::string &path() const { return name; }
  const std::error_code &error() const { return failure; }
  /// All that was written. Nothing may be written after it.
  llvm::SmallVector<char> take();

private:
  void finish();
  int ends[2] = {-1, -1}; ///< to read from, to write to
  std::string name;
  std::error_code failure;
  llvm::SmallVector<char> content;
  std::thread reader;
};
} // namespace dlc
#endif
