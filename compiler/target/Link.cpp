// Link.cpp - LLD as a library: objects go in from memory, and the result comes back there.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/target/Emit.h"
#include "compiler/target/MemoryFile.h"
#include "lld/Common/Driver.h"
#include "runtime/Checksum.h"
#include "runtime/abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ObjCopy/CommonConfig.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/Binary.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/xxhash.h"
#include <list>
#include <mutex>

extern "C" const unsigned char dlc_support_object[], dlc_schedule_object[], dlc_rows_object[], dlc_chooser_object[];
extern "C" const unsigned long dlc_support_object_size, dlc_schedule_object_size, dlc_rows_object_size,
    dlc_chooser_object_size;

LLD_HAS_DRIVER(elf)

using namespace dlc;

/// Writes the checksum of a linked library into its build ID, where there are zeros.
static llvm::Error writeChecksum(llvm::MutableArrayRef<char> library) {
  llvm::StringRef content(library.data(), library.size());
  size_t at = content.find(llvm::StringRef(checksumNote));
  if (at > checksumNoteBefore)
    return llvm::createStringError("the linked library has no build ID where one was expected");
  llvm::support::endian::write64le(library.data() + at + checksumNote.size(), llvm::xxHash64(content));
  return llvm::Error::success();
}

/// Runs LLD on the objects of a model and on those that it brings along; the result comes back in memory.
static llvm::Error link(std::vector<std::string> arguments, const Objects &objects,
                        llvm::ArrayRef<llvm::ArrayRef<char>> support, llvm::StringRef script,
                        llvm::SmallVectorImpl<char> &result) {
  static std::mutex one; // LLD is not made to run twice at once
  std::lock_guard<std::mutex> lock(one);
  std::list<MemoryFile> files;
  MemoryOutput linked;
  auto hold = [&](const char *name, llvm::ArrayRef<char> content) { return files.emplace_back(name, content).path; };
  arguments.insert(arguments.begin(), "ld.lld");
  if (!script.empty())
    arguments.push_back("--version-script=" + hold("dlc.version", llvm::ArrayRef<char>(script.data(), script.size())));
  arguments.insert(arguments.end(), {"-o", linked.path()});
  for (const auto &object : objects)
    arguments.push_back(hold("dlc.o", object));
  for (llvm::ArrayRef<char> object : support)
    arguments.push_back(hold("dlc.support.o", object));
  std::error_code error = linked.error();
  for (const MemoryFile &file : files)
    error = error ? error : file.error();
  if (error)
    return llvm::createStringError("cannot hold the code in memory: " + error.message());
  std::vector<const char *> pointers;
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());
  std::string problem;
  llvm::raw_string_ostream os(problem);
  // Where LLD cannot go on it leaves the process, unless there is something to come back to.
  llvm::CrashRecoveryContext::Enable();
  lld::Result state = lld::lldMain(pointers, os, os, {{lld::Gnu, &lld::elf::link}});
  llvm::CrashRecoveryContext::Disable();
  if (state.retCode != 0)
    return llvm::createStringError("cannot link: " + llvm::StringRef(problem).trim());
  result.append(linked.take());
  return llvm::Error::success();
}

static llvm::ArrayRef<char> bytesOf(Part part) {
  switch (part) {
  case Part::Support:
    return {(const char *)dlc_support_object, dlc_support_object_size};
  case Part::Schedule:
    return {(const char *)dlc_schedule_object, dlc_schedule_object_size};
  case Part::Rows:
    return {(const char *)dlc_rows_object, dlc_rows_object_size};
  case Part::Chooser:
    return {(const char *)dlc_chooser_object, dlc_chooser_object_size};
  }
  llvm_unreachable("a part without bytes");
}

llvm::Error dlc::linkShared(const Objects &objects, llvm::ArrayRef<Part> parts, llvm::SmallVectorImpl<char> &library) {
  std::string buildId =
      "--build-id=0x" + llvm::toHex(llvm::StringRef(checksumNote).take_back(8)) + std::string(16, '0');
  // The tables hold many pointers: packed relocations are a sixtieth of plain ones. `-O2`: a string that ends another is
  // part of it.
  if (llvm::Error error =
          link({"-shared", "-m", "elf_x86_64", "--no-undefined", "-z", "relro", "-z", "now", "-z", "noexecstack", "-O2",
                "--pack-dyn-relocs=relr", "--gc-sections", buildId, "--hash-style=gnu", "-Bsymbolic", "--threads=1",
                "--no-mmap-output-file"},
               objects, llvm::map_to_vector(parts, bytesOf), "{ global: " DLC_QUERY_SYMBOL "; local: *; };", library))
    return error;
  return writeChecksum(library);
}

llvm::Error dlc::linkObject(const Objects &objects, llvm::ArrayRef<Part> parts, llvm::StringRef query,
                            llvm::SmallVectorImpl<char> &object) {
  llvm::SmallVector<char, 0> linked;
  if (llvm::Error error = link({"-r", "-m", "elf_x86_64", "-z", "noexecstack", "--threads=1", "--no-mmap-output-file"},
                               objects, llvm::map_to_vector(parts, bytesOf), "", linked))
    return error;
  // All else becomes local: several models, and one for several targets, may be linked into one program.
  auto binary =
      llvm::object::createBinary(llvm::MemoryBufferRef(llvm::StringRef(linked.data(), linked.size()), "dlc.o"));
  if (!binary)
    return binary.takeError();
  llvm::objcopy::ConfigManager config;
  if (llvm::Error error = config.Common.SymbolsToKeepGlobal.addMatcher(
          llvm::objcopy::NameOrPattern::create(query, llvm::objcopy::MatchStyle::Literal, {})))
    return error;
  llvm::raw_svector_ostream os(object);
  return llvm::objcopy::executeObjcopyOnBinary(config, **binary, os);
}
