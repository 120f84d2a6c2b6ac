// Link.cpp - LLD as a library: objects go in from memory, only the result touches the disk.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/target/Emit.h"
#include "runtime/Checksum.h"
#include "runtime/abi.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ObjCopy/CommonConfig.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/Binary.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"
#include <fcntl.h>
#include <list>
#include <mutex>
#include <sys/mman.h>
#include <unistd.h>

extern "C" const unsigned char dlc_support_object[], dlc_schedule_object[];
extern "C" const unsigned long dlc_support_object_size, dlc_schedule_object_size;

LLD_HAS_DRIVER(elf)

using namespace dlc;

namespace {
/// An anonymous file in memory that LLD opens through /proc/self/fd.
struct MemoryFile {
  int descriptor;
  std::string path;
  std::error_code error;
  MemoryFile(const char *name, llvm::ArrayRef<char> data) : descriptor(memfd_create(name, MFD_CLOEXEC)) {
    size_t left = data.size();
    for (const char *at = data.begin(); descriptor >= 0 && left;) {
      ssize_t written = write(descriptor, at, left);
      if (written <= 0)
        break;
      at += written;
      left -= written;
    }
    if (descriptor < 0 || left)
      error = std::error_code(errno, std::generic_category());
    path = "/proc/self/fd/" + std::to_string(descriptor);
  }
  ~MemoryFile() {
    if (descriptor >= 0)
      close(descriptor);
  }
};
} // namespace

/// Writes the checksum of a linked library into its build ID, where there are zeros.
static std::error_code writeChecksum(const char *path) {
  auto library = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
  if (!library)
    return library.getError();
  llvm::StringRef content = (*library)->getBuffer();
  size_t at = content.find(llvm::StringRef(ChecksumNote));
  if (at > ChecksumNoteBefore)
    return std::make_error_code(std::errc::bad_message);
  uint8_t bytes[8];
  llvm::support::endian::write64le(bytes, llvm::xxHash64(content));
  int file = open(path, O_WRONLY | O_CLOEXEC);
  std::error_code error;
  if (file < 0 || pwrite(file, bytes, 8, at + ChecksumNote.size()) != 8)
    error = std::error_code(errno, std::generic_category());
  if (file >= 0 && close(file) && !error)
    error = std::error_code(errno, std::generic_category());
  return error;
}

/// Runs LLD on the objects of a model and `support`; the result lies at `temporary`.
static llvm::Error runLinker(std::vector<std::string> arguments, const Objects &objects, llvm::ArrayRef<llvm::ArrayRef<char>> support,
                             llvm::StringRef script, llvm::StringRef temporary) {
  static std::mutex one; // LLD is not made to run twice at once
  std::lock_guard<std::mutex> lock(one);
  std::list<MemoryFile> files;
  auto hold = [&](const char *name, llvm::ArrayRef<char> content) { return files.emplace_back(name, content).path; };
  arguments.insert(arguments.begin(), "ld.lld");
  if (!script.empty())
    arguments.push_back("--version-script=" + hold("dlc.version", llvm::ArrayRef<char>(script.data(), script.size())));
  arguments.insert(arguments.end(), {"-o", temporary.str()});
  for (const auto &object : objects)
    arguments.push_back(hold("dlc.o", object));
  for (llvm::ArrayRef<char> object : support)
    arguments.push_back(hold("dlc.support.o", object));
  for (const MemoryFile &file : files)
    if (file.error)
      return llvm::createStringError("cannot hold the code in memory: " + file.error.message());
  std::vector<const char *> pointers;
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());
  std::string problem;
  llvm::raw_string_ostream os(problem);
  // Where LLD cannot go on it leaves the process, unless there is something to come back to.
  llvm::CrashRecoveryContext::Enable();
  lld::Result result = lld::lldMain(pointers, os, os, {{lld::Gnu, &lld::elf::link}});
  llvm::CrashRecoveryContext::Disable();
  if (result.retCode == 0)
    return llvm::Error::success();
  if (problem.empty()) // a failed write takes LLD down without a word
    problem = "there may be no space left on the device";
  return llvm::createStringError(llvm::StringRef(problem).trim());
}

static llvm::ArrayRef<char> supportObject() { return {(const char *)dlc_support_object, dlc_support_object_size}; }
static llvm::ArrayRef<char> scheduleObject() { return {(const char *)dlc_schedule_object, dlc_schedule_object_size}; }

/// Links to a file beside `path`, has `finish` work on that, and puts it in its place.
static llvm::Error link(std::vector<std::string> arguments, const Objects &objects, llvm::ArrayRef<llvm::ArrayRef<char>> support,
                        llvm::StringRef script, llvm::StringRef path, std::error_code (*finish)(const char *file)) {
  // LLD writes a file of its own; it is then put in its place as every other result is.
  llvm::SmallString<128> temporary;
  llvm::sys::fs::createUniquePath(path + ".%%%%%%.part", temporary, /*MakeAbsolute=*/false);
  llvm::sys::fs::file_status status;
  bool isDevice = !llvm::sys::fs::status(path, status) && llvm::sys::fs::exists(status) &&
                  !llvm::sys::fs::is_regular_file(status);
  if (isDevice) {
    if (std::error_code error = llvm::sys::fs::createTemporaryFile("dlc", "so", temporary))
      return llvm::createStringError("cannot write a temporary file: " + error.message());
  }
  llvm::Error failed = runLinker(arguments, objects, support, script, temporary);
  std::error_code error;
  if (!failed)
    error = finish(temporary.c_str());
  if (!failed && !error && isDevice) {
    auto linked = llvm::MemoryBuffer::getFile(temporary);
    llvm::Error failure = linked ? writeFile(path, (*linked)->getBuffer()) : llvm::errorCodeToError(linked.getError());
    llvm::sys::fs::remove(temporary);
    return failure;
  }
  if (!failed && !error)
    error = llvm::sys::fs::rename(temporary, path);
  if (!failed && !error)
    return llvm::Error::success();
  llvm::sys::fs::remove(temporary);
  std::string problem = failed ? llvm::toString(std::move(failed)) : error.message();
  return llvm::createStringError("cannot write " + path + ": " + problem);
}

/// Makes what is hidden in a relocatable object local to it.
static std::error_code hideSymbols(const char *path) {
  llvm::SmallVector<char, 0> result;
  {
    auto file = llvm::MemoryBuffer::getFile(path);
    if (!file)
      return file.getError();
    auto binary = llvm::object::createBinary(**file);
    if (!binary)
      return llvm::errorToErrorCode(binary.takeError());
    llvm::objcopy::ConfigManager config;
    config.Common.InputFilename = config.Common.OutputFilename = path;
    config.ELF.LocalizeHidden = true;
    llvm::raw_svector_ostream os(result);
    if (llvm::Error error = llvm::objcopy::executeObjcopyOnBinary(config, **binary, os))
      return llvm::errorToErrorCode(std::move(error));
  }
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  if (!error) {
    os.write(result.data(), result.size());
    os.close();
    error = os.error();
    os.clear_error();
  }
  return error;
}

llvm::Error dlc::linkShared(const Objects &objects, llvm::StringRef path) {
  std::string buildId = "--build-id=0x" + llvm::toHex(llvm::StringRef(ChecksumNote).take_back(8)) + std::string(16, '0');
  return link({"-shared", "-m", "elf_x86_64", "--no-undefined", "-z", "relro", "-z", "now", "-z", "noexecstack",
               "--gc-sections", buildId, "--hash-style=gnu", "-Bsymbolic", "--threads=1",
               "--no-mmap-output-file"},
              objects, {supportObject(), scheduleObject()}, "{ global: " DLC_QUERY_SYMBOL "; local: *; };", path, writeChecksum);
}
llvm::Error dlc::linkObject(const Objects &objects, llvm::StringRef path) {
  return link({"-r", "-m", "elf_x86_64", "-z", "noexecstack", "--threads=1", "--no-mmap-output-file"}, objects,
              {scheduleObject()}, "", path, hideSymbols);
}
