// File.cpp - reading files whole and replacing them atomically.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/File.h"
#include "runtime/ByteSource.h"
#include "runtime/Error.h"
#include "runtime/Text.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <limits>
#include <new>
#include <optional>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc {
using detail::cat;

static std::string reason(int code) { return std::strerror(code); }

//===--- Reading ---------------------------------------------------------------------------------------===//

namespace {
struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0)
      ::close(value);
  }
};
} // namespace

/// Throws where there are more than `most`, having read no more than that.
static std::vector<uint8_t> readAtMost(const std::string &path, uint64_t most) {
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.value < 0)
    throw Error(cat("Cannot open '", path, "': ", reason(errno), "."));
  struct stat status;
  if (::fstat(file.value, &status) != 0)
    throw Error(cat("Cannot read '", path, "': ", reason(errno), "."));
  if (S_ISDIR(status.st_mode))
    throw Error(cat("Cannot read '", path, "': it is a directory; a file was expected."));
  if (S_ISBLK(status.st_mode) || (S_ISCHR(status.st_mode) && !::isatty(file.value))) // it may never end
    throw Error(cat("Cannot read '", path, "': it is a device; a file was expected."));
  auto tooLarge = [&] {
    return Error(cat("'", path, "' holds more than ", most, " bytes, which is the most that is read."));
  };
  if (S_ISREG(status.st_mode) && uint64_t(status.st_size) > most)
    throw tooLarge();
  std::vector<uint8_t> bytes;
  try {
    // One byte more than the file has, so that its end is seen without growing.
    bytes.resize(static_cast<size_t>(std::max<off_t>(status.st_size, 0)) + 1);
    size_t filled = 0;
    while (true) {
      if (filled == bytes.size())
        bytes.resize(bytes.size() * 2);
      ssize_t got = ::read(file.value, bytes.data() + filled, bytes.size() - filled);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        throw Error(cat("Cannot read '", path, "': ", reason(errno), "."));
      if (got == 0)
        break;
      filled += static_cast<size_t>(got);
      if (filled > most) // a pipe
        throw tooLarge();
    }
    bytes.resize(filled);
  } catch (const std::bad_alloc &) {
    throw Error(cat("Cannot read '", path, "': it does not fit into memory."));
  }
  return bytes;
}

std::vector<uint8_t> readFile(const std::string &path) {
  return readAtMost(path, std::numeric_limits<uint64_t>::max());
}

std::string readInflated(const std::string &path, uint64_t most) {
  std::vector<uint8_t> bytes = readAtMost(path, most);
  using detail::ByteSource;
  ByteSource source(bytes, isGzip(bytes) ? ByteSource::Form::Gzip : ByteSource::Form::Plain, path);
  std::string content;
  try {
    uint8_t part[size_t(1) << 16];
    while (size_t got = source.read(part)) {
      if (got > most - content.size())
        throw Error(cat("'", path, "' holds more than ", most, " bytes, which is the most that is read."));
      content.append(reinterpret_cast<const char *>(part), got);
    }
    (void)source.atEnd(); // what follows compressed data is an error
  } catch (const std::bad_alloc &) {
    throw Error(cat("Cannot read '", path, "': it does not fit into memory."));
  }
  return content;
}

bool isGzip(const std::vector<uint8_t> &bytes) { return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b; }

//===--- Writing ---------------------------------------------------------------------------------------===//

static std::string directoryOf(const std::string &path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}
static std::string nameOf(const std::string &path) { return path.substr(path.rfind('/') + 1); }

/// The descriptor of this process that a path names, or -1.
static int descriptorOf(const std::string &path) {
  if (path == "/dev/stdout")
    return STDOUT_FILENO;
  if (path == "/dev/stderr")
    return STDERR_FILENO;
  for (std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder))
      continue;
    int number = -1;
    const char *first = path.data() + folder.size(), *last = path.data() + path.size();
    auto [end, code] = std::from_chars(first, last, number);
    if (code == std::errc() && end == last)
      return number;
  }
  return -1;
}

/// The path that a chain of symbolic links ends at; it need not exist.
static std::string followed(std::string path) {
  for (int links = 0; links < 40 && descriptorOf(path) < 0; ++links) {
    char link[4096];
    ssize_t length = ::readlink(path.c_str(), link, sizeof(link));
    if (length < 0)
      break;
    std::string to(link, static_cast<size_t>(length));
    path = to.starts_with('/') ? to : cat(directoryOf(path), "/", to);
  }
  return path;
}

//===--- Temporary files -------------------------------------------------------------------------------===//

static constexpr std::string_view temporarySuffix = ".dlc-tmp";
static constexpr size_t temporaryDigits = 16;

/// ".NAME.<16 digits>.dlc-tmp" in the folder of `target`; a long name is cut to what a file name may have.
static std::string temporaryName(const std::string &target) {
  std::string folder = directoryOf(target), name = nameOf(target);
  long most = ::pathconf(folder.c_str(), _PC_NAME_MAX);
  size_t rest = 2 + temporaryDigits + temporarySuffix.size();
  size_t room = (most > static_cast<long>(rest) ? static_cast<size_t>(most) : 255) - rest;
  if (name.size() > room) {
    name.resize(room);
    while (!name.empty() && (name.back() & 0xC0) == 0x80) // not within a character of UTF-8
      name.pop_back();
    if (!name.empty() && (name.back() & 0x80))
      name.pop_back();
  }
  uint64_t random = 0;
  if (::getrandom(&random, sizeof(random), 0) != sizeof(random)) {
    static std::atomic<uint64_t> counter{0};
    random = static_cast<uint64_t>(::getpid()) << 32 | counter.fetch_add(1);
  }
  return cat(folder, "/.", name, ".", detail::hexText(random), temporarySuffix);
}

static bool isTemporaryName(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(temporarySuffix))
    return false;
  name.remove_suffix(temporarySuffix.size());
  size_t dot = name.rfind('.');
  std::string_view digits = name.substr(dot + 1);
  return dot > 0 && digits.size() == temporaryDigits &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Takes away what killed processes left in a folder.
static void removeDeadTemporaries(const std::string &folder) {
  struct stat status;
  DIR *entries = ::opendir(folder.c_str());
  if (!entries)
    return;
  while (dirent *entry = ::readdir(entries)) {
    if (!isTemporaryName(entry->d_name))
      continue;
    dlc::Descriptor file{::openat(::dirfd(entries), entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    // Who writes to it holds the lock, until it has its own name or its process ended.
    if (file.value >= 0 && ::fstat(file.value, &status) == 0 && S_ISREG(status.st_mode) &&
        ::flock(file.value, LOCK_EX | LOCK_NB) == 0)
      ::unlinkat(::dirfd(entries), entry->d_name, 0);
  }
  ::closedir(entries);
}

/// Holds a new temporary file, so that nobody takes it away; false if somebody just has. Where the file system
/// has no locks nobody can hold one, and nothing is taken away.
static bool holdTemporary(int descriptor) {
  struct stat status;
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return false;
  return ::fstat(descriptor, &status) != 0 || status.st_nlink > 0;
}

//===--- AtomicFile ------------------------------------------------------------------------------------===//

AtomicFile::AtomicFile(const std::string &path, unsigned mode) : path(path) {
  buffer.reserve(64 << 10);
  struct stat old;
  bool exists = ::stat(path.c_str(), &old) == 0;
  int code = errno;
  if (exists && S_ISDIR(old.st_mode))
    throw Error(cat("Cannot write '", path, "': it is a directory; a file name was expected."));
  if (!exists && code != ENOENT)
    fail("write", code);
  std::string last = followed(path);
  if (int number = descriptorOf(last); number >= 0 || (exists && !S_ISREG(old.st_mode))) {
    descriptor = number >= 0 ? ::fcntl(number, F_DUPFD_CLOEXEC, 0) : ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
      fail("open", errno);
    return;
  }
  target = last;
  struct stat folder;
  if (::stat(directoryOf(target).c_str(), &folder) != 0)
    throw Error(cat("Cannot write '", path, "': there is no folder '", directoryOf(target), "'."));
  removeDeadTemporaries(directoryOf(target));
  openTemporary(mode);
  if (exists)
    (void)!::fchmod(descriptor, old.st_mode & 0777);
}

void AtomicFile::openTemporary(unsigned mode) {
  for (int tries = 0; descriptor < 0; ++tries) {
    temporary = temporaryName(target);
    descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0 && (errno != EEXIST || tries == 100)) {
      int code = errno;
      temporary.clear();
      fail("write", code);
    }
    if (descriptor >= 0 && !holdTemporary(descriptor)) {
      ::close(descriptor);
      descriptor = -1;
    }
  }
}

AtomicFile::~AtomicFile() {
  if (descriptor >= 0)
    ::close(descriptor);
  if (!temporary.empty())
    ::unlink(temporary.c_str());
}

void AtomicFile::fail(const char *doing, int code) {
  if (descriptor >= 0)
    ::close(descriptor);
  descriptor = -1;
  if (!temporary.empty())
    ::unlink(temporary.c_str());
  temporary.clear();
  std::string text = cat("Cannot ", doing, " '", path, "': ", reason(code), ".");
  struct stat old;
  if (!target.empty() && ::stat(target.c_str(), &old) == 0)
    text += " The file that was there is unchanged.";
  throw Error(text);
}

void AtomicFile::writeAll(const uint8_t *data, size_t bytes) {
  while (bytes) {
    ssize_t written = ::write(descriptor, data, std::min<size_t>(bytes, size_t(1) << 30));
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      fail("write", errno);
    data += written;
    bytes -= static_cast<size_t>(written);
  }
}

void AtomicFile::write(const void *data, size_t bytes) {
  auto *from = static_cast<const uint8_t *>(data);
  if (buffer.size() + bytes > buffer.capacity()) {
    writeAll(buffer.data(), buffer.size());
    buffer.clear();
  }
  if (bytes >= buffer.capacity())
    writeAll(from, bytes);
  else
    buffer.insert(buffer.end(), from, from + bytes);
}

void AtomicFile::commit() {
  writeAll(buffer.data(), buffer.size());
  buffer.clear();
  if (temporary.empty()) { // a device: there is nothing to sync or rename
    int code = ::close(descriptor) ? errno : 0;
    descriptor = -1;
    if (code)
      fail("write", code);
    return;
  }
  if (::fsync(descriptor) != 0)
    fail("write", errno);
  // Closed after it has its name: until then the lock says that it is not left over.
  if (::rename(temporary.c_str(), target.c_str()) != 0)
    fail("write", errno);
  temporary.clear();
  ::close(descriptor);
  descriptor = -1;
  // The new name is durable once its directory is; a file system that cannot sync one is no reason to fail.
  dlc::Descriptor directory{::open(directoryOf(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.value >= 0)
    (void)!::fsync(directory.value);
}

//===--- Files that must differ ------------------------------------------------------------------------===//

namespace {
/// A file, whatever path it is reached by.
struct Identity {
  dev_t device;
  ino_t inode;
  std::string name; ///< in the folder that the two above then are, of a file that does not exist; else empty
  bool operator==(const Identity &) const = default;
};
} // namespace

static std::optional<Identity> identityOf(const std::string &path) {
  std::string last = followed(path);
  struct stat status;
  if (path.empty() || descriptorOf(last) >= 0)
    return std::nullopt;
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode))
      return std::nullopt;
    return Identity{status.st_dev, status.st_ino, ""};
  }
  if (::stat(directoryOf(last).c_str(), &status) != 0)
    return std::nullopt;
  return Identity{status.st_dev, status.st_ino, nameOf(last)};
}

bool isSameFile(const std::string &path, const std::string &other) {
  std::optional<Identity> file = identityOf(path);
  return file && file == identityOf(other);
}

void checkOutputs(const std::vector<NamedFile> &outputs, const std::vector<NamedFile> &inputs) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    const NamedFile &output = outputs[i];
    for (const NamedFile &input : inputs)
      if (output.path != "-" && input.path != "-" && isSameFile(output.path, input.path))
        throw Error(cat(output.option, " ", output.path, " would overwrite ", input.option, " ", input.path,
                        ", which is read: they are one file. Give ", output.option, " another name."));
    for (size_t k = 0; k < i; ++k)
      if (output.path != "-" && isSameFile(output.path, outputs[k].path))
        throw Error(cat(output.option, " ", output.path, " would overwrite ", outputs[k].option, " ", outputs[k].path,
                        ", which is written, too: they are one file. Give one of them another name."));
  }
  for (const NamedFile &output : outputs)
    if (!output.path.empty() && output.path != "-")
      AtomicFile writable(output.path); // leaves nothing behind
}

} // namespace dlc
