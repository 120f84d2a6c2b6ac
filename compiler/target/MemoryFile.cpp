// MemoryFile.cpp - files in memory alone, for what knows files only: LLD, and the loader of libraries.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/target/MemoryFile.h"
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace dlc;

static std::string pathOf(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }
static std::error_code lastError() { return std::error_code(errno, std::generic_category()); }

MemoryFile::MemoryFile(const char *name, llvm::ArrayRef<char> content)
    : MemoryFile(memfd_create(name, MFD_CLOEXEC), content) {}

MemoryFile::MemoryFile(int descriptor, llvm::ArrayRef<char> content)
    : path(pathOf(descriptor)), descriptor(descriptor) {
  if (descriptor < 0)
    failure = lastError();
  while (!failure && !content.empty()) {
    ssize_t written = write(descriptor, content.data(), content.size());
    if (written > 0)
      content = content.drop_front(written);
    else if (written == 0 || errno != EINTR)
      failure = written ? lastError() : std::make_error_code(std::errc::no_space_on_device);
  }
}

MemoryFile::~MemoryFile() {
  if (descriptor >= 0)
    close(descriptor);
}

MemoryOutput::MemoryOutput() {
  if (pipe2(ends, O_CLOEXEC)) {
    failure = lastError();
    return;
  }
  name = pathOf(ends[1]);
  reader = std::thread([this] {
    char bytes[1 << 16];
    for (ssize_t count; (count = read(ends[0], bytes, sizeof(bytes))) != 0;)
      if (count > 0)
        content.append(bytes, bytes + count);
      else if (errno != EINTR)
        break;
  });
}

void MemoryOutput::finish() {
  if (ends[1] >= 0)
    close(ends[1]);
  if (reader.joinable())
    reader.join();
  if (ends[0] >= 0)
    close(ends[0]);
  ends[0] = ends[1] = -1;
}

llvm::SmallVector<char> MemoryOutput::take() {
  finish();
  return std::move(content);
}
