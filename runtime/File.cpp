//===- File.cpp - reading files whole and replacing them atomically ----------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "runtime/File.h"
#include "runtime/Error.h"
#include "runtime/Text.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc {
using detail::cat;

static std::string reason(int Code) {
  return std::strerror(Code);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
struct Descriptor {
  int Value;
  ~Descriptor() {
    if (Value >= 0)
      ::close(Value);
  }
};
} // namespace

std::vector<uint8_t> readFile(const std::string &Path) {
  Descriptor File{::open(Path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (File.Value < 0)
    throw Error(cat("Cannot open '", Path, "': ", reason(errno), "."));
  struct stat Status;
  if (::fstat(File.Value, &Status) != 0)
    throw Error(cat("Cannot read '", Path, "': ", reason(errno), "."));
  if (S_ISDIR(Status.st_mode))
    throw Error(cat("Cannot read '", Path, "': it is a directory; a file was expected."));
  std::vector<uint8_t> Bytes;
  try {
    // One byte more than the file has, so that its end is seen without growing.
    Bytes.resize(static_cast<size_t>(std::max<off_t>(Status.st_size, 0)) + 1);
    size_t Filled = 0;
    while (true) {
      if (Filled == Bytes.size())
        Bytes.resize(Bytes.size() * 2);
      ssize_t Got = ::read(File.Value, Bytes.data() + Filled, Bytes.size() - Filled);
      if (Got < 0 && errno == EINTR)
        continue;
      if (Got < 0)
        throw Error(cat("Cannot read '", Path, "': ", reason(errno), "."));
      if (Got == 0)
        break;
      Filled += static_cast<size_t>(Got);
    }
    Bytes.resize(Filled);
  } catch (const std::bad_alloc &) {
    throw Error(cat("Cannot read '", Path, "': it does not fit into memory."));
  }
  return Bytes;
}

bool isGzip(const std::vector<uint8_t> &Bytes) {
  return Bytes.size() >= 2 && Bytes[0] == 0x1f && Bytes[1] == 0x8b;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static std::string directoryOf(const std::string &Path) {
  size_t Slash = Path.rfind('/');
  return Slash == std::string::npos ? "." : Slash == 0 ? "/" : Path.substr(0, Slash);
}

AtomicFile::AtomicFile(const std::string &Path) : Path(Path), Target(Path) {
  Buffer.reserve(64 << 10);
  struct stat Old;
  bool Exists = ::stat(Path.c_str(), &Old) == 0;
  if (Exists && S_ISDIR(Old.st_mode))
    throw Error(cat("Cannot write '", Path, "': it is a directory; a file name was expected."));
  if (Exists && !S_ISREG(Old.st_mode)) {
    Target.clear();
    Descriptor = ::open(Path.c_str(), O_WRONLY | O_CLOEXEC);
    if (Descriptor < 0)
      fail("open", errno);
    return;
  }
  if (Exists)
    if (char *Resolved = ::realpath(Path.c_str(), nullptr)) {
      Target = Resolved;
      std::free(Resolved);
    }
  static std::atomic<unsigned> Counter{0};
  for (int Tries = 0; Descriptor < 0; ++Tries) {
    Temporary = cat(directoryOf(Target), "/.", Target.substr(Target.rfind('/') + 1), ".", ::getpid(), ".",
                    Counter.fetch_add(1), ".tmp");
    Descriptor = ::open(Temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (Descriptor < 0 && (errno != EEXIST || Tries == 100)) {
      int Code = errno;
      Temporary.clear();
      fail("write", Code);
    }
  }
  if (Exists)
    (void)!::fchmod(Descriptor, Old.st_mode & 0777);
}

AtomicFile::~AtomicFile() {
  if (Descriptor >= 0)
    ::close(Descriptor);
  if (!Temporary.empty())
    ::unlink(Temporary.c_str());
}

void AtomicFile::fail(const char *Doing, int Code) {
  if (Descriptor >= 0)
    ::close(Descriptor);
  Descriptor = -1;
  if (!Temporary.empty())
    ::unlink(Temporary.c_str());
  Temporary.clear();
  std::string Text = cat("Cannot ", Doing, " '", Path, "': ", reason(Code), ".");
  struct stat Old;
  if (!Target.empty() && ::stat(Target.c_str(), &Old) == 0)
    Text += " The file that was there is unchanged.";
  throw Error(Text);
}

void AtomicFile::writeAll(const uint8_t *Data, size_t Bytes) {
  while (Bytes) {
    ssize_t Written = ::write(Descriptor, Data, std::min<size_t>(Bytes, size_t(1) << 30));
    if (Written < 0 && errno == EINTR)
      continue;
    if (Written < 0)
      fail("write", errno);
    Data += Written;
    Bytes -= static_cast<size_t>(Written);
  }
}

void AtomicFile::write(const void *Data, size_t Bytes) {
  auto *From = static_cast<const uint8_t *>(Data);
  if (Buffer.size() + Bytes > Buffer.capacity()) {
    writeAll(Buffer.data(), Buffer.size());
    Buffer.clear();
  }
  if (Bytes >= Buffer.capacity())
    writeAll(From, Bytes);
  else
    Buffer.insert(Buffer.end(), From, From + Bytes);
}

void AtomicFile::commit() {
  writeAll(Buffer.data(), Buffer.size());
  Buffer.clear();
  if (Temporary.empty()) { // a device: there is nothing to sync or rename
    int Code = ::close(Descriptor) ? errno : 0;
    Descriptor = -1;
    if (Code)
      fail("write", Code);
    return;
  }
  if (::fsync(Descriptor) != 0)
    fail("write", errno);
  int Code = ::close(Descriptor) ? errno : 0;
  Descriptor = -1;
  if (Code)
    fail("write", Code);
  if (::rename(Temporary.c_str(), Target.c_str()) != 0)
    fail("write", errno);
  Temporary.clear();
  // The new name is durable once its directory is; a file system that cannot sync one is no reason to fail.
  dlc::Descriptor Directory{::open(directoryOf(Target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (Directory.Value >= 0)
    (void)!::fsync(Directory.Value);
}

} // namespace dlc
