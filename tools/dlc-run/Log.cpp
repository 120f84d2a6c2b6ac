// Log.cpp - the record of a training run, one JSON object a line.
// SPDX-License-Identifier: Apache-2.0
//
// See Log.h.
#include "tools/dlc-run/Log.h"
#include "tools/dlc-run/Common.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc::run {

static std::string lineOf(const Json &object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Writes all of it; 0 or the system's reason.
static int writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR)
      return errno;
    text.remove_prefix(size_t(std::max<ssize_t>(written, 0)));
  }
  return 0;
}

/// Where the last whole line ends.
static off_t endOfLines(int descriptor) {
  off_t end = ::lseek(descriptor, 0, SEEK_END);
  char block[4096];
  while (end > 0) {
    off_t start = std::max<off_t>(0, end - off_t(sizeof(block)));
    ssize_t got = ::pread(descriptor, block, size_t(end - start), start);
    if (got != end - start)
      return end;
    for (off_t at = end; at > start; --at)
      if (block[at - start - 1] == '\n')
        return at;
    end = start;
  }
  return 0;
}

Log::~Log() { close(); }

void Log::close() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
  descriptor_ = -1;
}

void Log::open(const std::string &path, const Json &first, bool append) {
  path_ = path;
  struct stat status, output;
  bool exists = ::stat(path.c_str(), &status) == 0;
  isRegular_ = !exists || S_ISREG(status.st_mode);
  // What standard output goes to is written through it: two descriptors would write over each other.
  if (exists && ::fstat(STDOUT_FILENO, &output) == 0 && status.st_dev == output.st_dev &&
      status.st_ino == output.st_ino) {
    isRegular_ = false;
    descriptor_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  } else {
    bool isNew = isRegular_ && !(append && exists);
    if (isNew)
      writeText(path, lineOf(first));
    descriptor_ = ::open(path.c_str(), (isRegular_ ? O_RDWR : O_WRONLY) | O_APPEND | O_CLOEXEC);
    if (isNew && descriptor_ >= 0)
      return;
  }
  int code = descriptor_ < 0 ? errno : 0;
  if (!code && isRegular_ && ::ftruncate(descriptor_, endOfLines(descriptor_)) != 0)
    code = errno;
  if (!code)
    code = writeAll(descriptor_, lineOf(first));
  if (code) {
    close();
    throw UserError(fmt::format("cannot write {}: {}", path, std::strerror(code)));
  }
}

void Log::write(const Json &object) {
  if (!isOpen())
    return;
  buffer_ += lineOf(object);
  if (buffer_.size() >= 64 << 10)
    flush();
}

void Log::flush() {
  if (!isOpen() || buffer_.empty())
    return;
  int code = writeAll(descriptor_, buffer_);
  buffer_.clear();
  if (!code)
    return;
  problem_ = fmt::format("cannot write {}: {}; it ends where that happened", path_, std::strerror(code));
  if (isRegular_)
    (void)!::ftruncate(descriptor_, endOfLines(descriptor_));
  close();
}

} // namespace dlc::run
