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
#include <charconv>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <new>
#include <optional>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc {
using detail::cat;

static std::string reason(int Code) { return std::strerror(Code); }

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

bool isGzip(const std::vector<uint8_t> &Bytes) { return Bytes.size() >= 2 && Bytes[0] == 0x1f && Bytes[1] == 0x8b; }

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static std::string directoryOf(const std::string &Path) {
  size_t Slash = Path.rfind('/');
  return Slash == std::string::npos ? "." : Slash == 0 ? "/" : Path.substr(0, Slash);
}
static std::string nameOf(const std::string &Path) { return Path.substr(Path.rfind('/') + 1); }

/// The descriptor of this process that a path names, or -1.
static int descriptorOf(const std::string &Path) {
  if (Path == "/dev/stdout")
    return STDOUT_FILENO;
  if (Path == "/dev/stderr")
    return STDERR_FILENO;
  for (std::string_view Folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!Path.starts_with(Folder))
      continue;
    int Number = -1;
    const char *First = Path.data() + Folder.size(), *Last = Path.data() + Path.size();
    auto [End, Code] = std::from_chars(First, Last, Number);
    if (Code == std::errc() && End == Last)
      return Number;
  }
  return -1;
}

/// The path that a chain of symbolic links ends at; it need not exist.
static std::string followed(std::string Path) {
  for (int Links = 0; Links < 40 && descriptorOf(Path) < 0; ++Links) {
    char Link[4096];
    ssize_t Length = ::readlink(Path.c_str(), Link, sizeof(Link));
    if (Length < 0)
      break;
    std::string To(Link, static_cast<size_t>(Length));
    Path = To.starts_with('/') ? To : cat(directoryOf(Path), "/", To);
  }
  return Path;
}

//===----------------------------------------------------------------------===//
// Temporary files
//===----------------------------------------------------------------------===//

static constexpr std::string_view TemporarySuffix = ".dlc-tmp";
static constexpr size_t TemporaryDigits = 16;

/// ".NAME.<16 digits>.dlc-tmp" in the folder of `Target`; a long name is cut to what a file name may have.
static std::string temporaryName(const std::string &Target) {
  std::string Folder = directoryOf(Target), Name = nameOf(Target);
  long Most = ::pathconf(Folder.c_str(), _PC_NAME_MAX);
  size_t Rest = 2 + TemporaryDigits + TemporarySuffix.size();
  size_t Room = (Most > static_cast<long>(Rest) ? static_cast<size_t>(Most) : 255) - Rest;
  if (Name.size() > Room) {
    Name.resize(Room);
    while (!Name.empty() && (Name.back() & 0xC0) == 0x80) // not within a character of UTF-8
      Name.pop_back();
    if (!Name.empty() && (Name.back() & 0x80))
      Name.pop_back();
  }
  uint64_t Random = 0;
  if (::getrandom(&Random, sizeof(Random), 0) != sizeof(Random)) {
    static std::atomic<uint64_t> Counter{0};
    Random = static_cast<uint64_t>(::getpid()) << 32 | Counter.fetch_add(1);
  }
  return cat(Folder, "/.", Name, ".", detail::hexText(Random), TemporarySuffix);
}

static bool isTemporaryName(std::string_view Name) {
  if (!Name.starts_with('.') || !Name.ends_with(TemporarySuffix))
    return false;
  Name.remove_suffix(TemporarySuffix.size());
  size_t Dot = Name.rfind('.');
  std::string_view Digits = Name.substr(Dot + 1);
  return Dot > 0 && Digits.size() == TemporaryDigits &&
         Digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Takes away what killed processes left in a folder.
static void removeDeadTemporaries(const std::string &Folder) {
  struct stat Status;
  DIR *Entries = ::opendir(Folder.c_str());
  if (!Entries)
    return;
  while (dirent *Entry = ::readdir(Entries)) {
    if (!isTemporaryName(Entry->d_name))
      continue;
    dlc::Descriptor File{::openat(::dirfd(Entries), Entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    // Who writes to it holds the lock, until it has its own name or its process ended.
    if (File.Value >= 0 && ::fstat(File.Value, &Status) == 0 && S_ISREG(Status.st_mode) &&
        ::flock(File.Value, LOCK_EX | LOCK_NB) == 0)
      ::unlinkat(::dirfd(Entries), Entry->d_name, 0);
  }
  ::closedir(Entries);
}

/// Holds a new temporary file, so that nobody takes it away; false if somebody just has. Where the file system
/// has no locks nobody can hold one, and nothing is taken away.
static bool holdTemporary(int Descriptor) {
  struct stat Status;
  if (::flock(Descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return false;
  return ::fstat(Descriptor, &Status) != 0 || Status.st_nlink > 0;
}

//===----------------------------------------------------------------------===//
// AtomicFile
//===----------------------------------------------------------------------===//

AtomicFile::AtomicFile(const std::string &Path, unsigned Mode) : Path(Path) {
  Buffer.reserve(64 << 10);
  struct stat Old;
  bool Exists = ::stat(Path.c_str(), &Old) == 0;
  int Code = errno;
  if (Exists && S_ISDIR(Old.st_mode))
    throw Error(cat("Cannot write '", Path, "': it is a directory; a file name was expected."));
  if (!Exists && Code != ENOENT)
    fail("write", Code);
  std::string Last = followed(Path);
  if (int Number = descriptorOf(Last); Number >= 0 || (Exists && !S_ISREG(Old.st_mode))) {
    Descriptor = Number >= 0 ? ::fcntl(Number, F_DUPFD_CLOEXEC, 0) : ::open(Path.c_str(), O_WRONLY | O_CLOEXEC);
    if (Descriptor < 0)
      fail("open", errno);
    return;
  }
  Target = Last;
  struct stat Folder;
  if (::stat(directoryOf(Target).c_str(), &Folder) != 0)
    throw Error(cat("Cannot write '", Path, "': there is no folder '", directoryOf(Target), "'."));
  removeDeadTemporaries(directoryOf(Target));
  openTemporary(Mode);
  if (Exists)
    (void)!::fchmod(Descriptor, Old.st_mode & 0777);
}

void AtomicFile::openTemporary(unsigned Mode) {
  for (int Tries = 0; Descriptor < 0; ++Tries) {
    Temporary = temporaryName(Target);
    Descriptor = ::open(Temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, Mode);
    if (Descriptor < 0 && (errno != EEXIST || Tries == 100)) {
      int Code = errno;
      Temporary.clear();
      fail("write", Code);
    }
    if (Descriptor >= 0 && !holdTemporary(Descriptor)) {
      ::close(Descriptor);
      Descriptor = -1;
    }
  }
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
  // Closed after it has its name: until then the lock says that it is not left over.
  if (::rename(Temporary.c_str(), Target.c_str()) != 0)
    fail("write", errno);
  Temporary.clear();
  ::close(Descriptor);
  Descriptor = -1;
  // The new name is durable once its directory is; a file system that cannot sync one is no reason to fail.
  dlc::Descriptor Directory{::open(directoryOf(Target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (Directory.Value >= 0)
    (void)!::fsync(Directory.Value);
}

//===----------------------------------------------------------------------===//
// Files that must differ
//===----------------------------------------------------------------------===//

namespace {
/// A file, whatever path it is reached by.
struct Identity {
  dev_t Device;
  ino_t Inode;
  std::string Name; ///< in the folder that the two above then are, of a file that does not exist; else empty
  bool operator==(const Identity &) const = default;
};
} // namespace

static std::optional<Identity> identityOf(const std::string &Path) {
  std::string Last = followed(Path);
  struct stat Status;
  if (Path.empty() || descriptorOf(Last) >= 0)
    return std::nullopt;
  if (::stat(Path.c_str(), &Status) == 0) {
    if (!S_ISREG(Status.st_mode))
      return std::nullopt;
    return Identity{Status.st_dev, Status.st_ino, ""};
  }
  if (::stat(directoryOf(Last).c_str(), &Status) != 0)
    return std::nullopt;
  return Identity{Status.st_dev, Status.st_ino, nameOf(Last)};
}

bool isSameFile(const std::string &Path, const std::string &Other) {
  std::optional<Identity> File = identityOf(Path);
  return File && File == identityOf(Other);
}

void checkOutputs(const std::vector<NamedFile> &Outputs, const std::vector<NamedFile> &Inputs) {
  for (size_t I = 0; I < Outputs.size(); ++I) {
    const NamedFile &Output = Outputs[I];
    for (const NamedFile &Input : Inputs)
      if (Output.Path != "-" && Input.Path != "-" && isSameFile(Output.Path, Input.Path))
        throw Error(cat(Output.Option, " ", Output.Path, " would overwrite ", Input.Option, " ", Input.Path,
                        ", which is read: they are one file. Give ", Output.Option, " another name."));
    for (size_t K = 0; K < I; ++K)
      if (Output.Path != "-" && isSameFile(Output.Path, Outputs[K].Path))
        throw Error(cat(Output.Option, " ", Output.Path, " would overwrite ", Outputs[K].Option, " ", Outputs[K].Path,
                        ", which is written, too: they are one file. Give one of them another name."));
  }
  for (const NamedFile &Output : Outputs)
    if (!Output.Path.empty() && Output.Path != "-")
      AtomicFile Writable(Output.Path); // leaves nothing behind
}

} // namespace dlc
