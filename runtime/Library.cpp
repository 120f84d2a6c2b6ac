// Library.cpp - looking at a library, then loading what was looked at.
// SPDX-License-Identifier: Apache-2.0
//
// The loader trusts a file's headers: a truncated library makes it die of SIGBUS, and a foreign one runs its
// constructors. So the file is read first: is it an ELF library for this machine, is all of it there, does it
// export dlc's one symbol.
//
// What was read is then loaded, and not what stands under the path by then: the bytes go into a file in
// memory that nobody can change, and the loader opens that. A path that is compiled anew, or cut off, while
// an older library from it is in use thus changes nothing for that one, and opening it again gives the new.
// (glibc takes a library for one that it has by the path and by device and inode.)
#include "runtime/Checksum.h"
#include "runtime/Internal.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc::detail {

namespace {

/// The bytes of a regular file, as they are at one moment.
std::vector<uint8_t> contentOf(const std::string &path) {
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status;
  if (file < 0 || ::fstat(file, &status) != 0) {
    int code = errno;
    if (file >= 0)
      ::close(file);
    throw Error(cat("Cannot open the model '", path, "': ", std::strerror(code), "."));
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(file);
    throw Error(cat("Cannot open the model '", path, "': it is not a regular file."));
  }
  std::vector<uint8_t> content;
  int code = 0;
  try {
    content.resize(static_cast<size_t>(status.st_size));
  } catch (const std::exception &) {
    code = ENOMEM;
  }
  size_t filled = 0;
  while (!code && filled < content.size()) {
    ssize_t got = ::read(file, content.data() + filled, content.size() - filled);
    if (got == 0)
      break; // it became shorter: its headers will tell
    if (got > 0)
      filled += static_cast<size_t>(got);
    else if (errno != EINTR)
      code = errno;
  }
  ::close(file);
  if (code)
    throw Error(cat("Cannot read the model '", path, "': ", std::strerror(code), "."));
  content.resize(filled);
  return content;
}

class ElfFile {
public:
  ElfFile(const std::string &path, std::span<const uint8_t> content)
      : path(path), content(content), size(content.size()) {}

  void check() {
    Elf64_Ehdr header;
    if (size < sizeof(header)) {
      char magic[SELFMAG] = {};
      if (size >= SELFMAG)
        read(magic, SELFMAG, 0);
      if (std::memcmp(magic, ELFMAG, SELFMAG) == 0)
        truncated();
      foreign("it is too short to be a shared library");
    }
    read(&header, sizeof(header), 0);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
      foreign("it is not an ELF file");
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        header.e_machine != EM_X86_64)
      foreign("it is for another machine, not 64-bit x86");
    if (header.e_type != ET_DYN)
      foreign("it is not a shared library");
    if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0)
      foreign("it has no program headers");
    checkRange(header.e_phoff, uint64_t(header.e_phnum) * sizeof(Elf64_Phdr));
    table.resize(header.e_phnum);
    read(table.data(), table.size() * sizeof(Elf64_Phdr), header.e_phoff);
    for (const Elf64_Phdr &s : table)
      if (s.p_type != PT_GNU_STACK && s.p_filesz)
        checkRange(s.p_offset, s.p_filesz);
    checkSegments();
    // Section headers stand last: without them a file has been cut, unless it says that it has none.
    if (header.e_shoff == 0 || header.e_shentsize != sizeof(Elf64_Shdr))
      return;
    checkRange(header.e_shoff, uint64_t(header.e_shnum) * sizeof(Elf64_Shdr));
    checkSections(header);
  }

  /// Of a checked file.
  const std::vector<Elf64_Phdr> &segments() const { return table; }

private:
  [[noreturn]] void foreign(std::string_view why) {
    throw Error(cat("'", path, "' is not a model compiled by dlc: ", why, "."));
  }
  [[noreturn]] void truncated() {
    throw Error(cat("'", path, "' is truncated: it has ", size,
                    " bytes, and its headers tell of more. Compile or copy "
                    "it again."));
  }
  void checkRange(uint64_t offset, uint64_t length) {
    if (offset > size || length > size - offset)
      truncated();
  }
  void read(void *to, uint64_t bytes, uint64_t offset) {
    checkRange(offset, bytes);
    if (bytes)
      std::memcpy(to, content.data() + offset, bytes);
  }

  /// Of the loaded segments the one that holds these addresses whole; NULL if none does.
  const Elf64_Phdr *loaded(uint64_t address, uint64_t length) const {
    for (const Elf64_Phdr &s : table)
      if (s.p_type == PT_LOAD && address >= s.p_vaddr && length <= s.p_memsz &&
          address - s.p_vaddr <= s.p_memsz - length)
        return &s;
    return nullptr;
  }
  /// What the loader believes: segments in order, on pages as in the file, the tables that it reads within them.
  void checkSegments() {
    constexpr uint64_t page = 4096, limit = uint64_t(1) << 46;
    uint64_t end = 0;
    for (const Elf64_Phdr &s : table) {
      if (s.p_type == PT_LOAD) {
        if (s.p_vaddr < end || s.p_vaddr > limit || s.p_memsz > limit || s.p_filesz > s.p_memsz ||
            (s.p_vaddr - s.p_offset) % page != 0 || !(s.p_flags & PF_R))
          foreign("its segments contradict each other");
        end = s.p_vaddr + s.p_memsz;
      } else if (s.p_type == PT_DYNAMIC || s.p_type == PT_GNU_RELRO || s.p_type == PT_PHDR || s.p_type == PT_TLS ||
                 s.p_type == PT_NOTE) {
        const Elf64_Phdr *holder = loaded(s.p_vaddr, s.p_memsz);
        if (!holder || (s.p_type == PT_DYNAMIC && !(holder->p_flags & PF_W)) ||
            s.p_vaddr - holder->p_vaddr != s.p_offset - holder->p_offset || s.p_filesz > s.p_memsz)
          foreign("its segments contradict each other");
      }
    }
  }

  void checkSections(const Elf64_Ehdr &header) {
    std::vector<Elf64_Shdr> sections(header.e_shnum);
    read(sections.data(), sections.size() * sizeof(Elf64_Shdr), header.e_shoff);
    bool hasTable = false, hasSymbol = false;
    for (const Elf64_Shdr &s : sections) {
      if (s.sh_type != SHT_NOBITS && s.sh_type != SHT_NULL)
        checkRange(s.sh_offset, s.sh_size);
      if ((s.sh_flags & SHF_ALLOC) && !(s.sh_flags & SHF_TLS)) {
        const Elf64_Phdr *holder = loaded(s.sh_addr, s.sh_size);
        if (!holder || (s.sh_type != SHT_NOBITS && s.sh_addr + s.sh_size > holder->p_vaddr + holder->p_filesz))
          foreign("its segments contradict its sections");
      }
      if (s.sh_type != SHT_DYNSYM || s.sh_link >= sections.size() || hasTable)
        continue;
      hasTable = true;
      const Elf64_Shdr &names = sections[s.sh_link];
      checkRange(names.sh_offset, names.sh_size);
      std::vector<Elf64_Sym> symbols(s.sh_size / sizeof(Elf64_Sym));
      read(symbols.data(), symbols.size() * sizeof(Elf64_Sym), s.sh_offset);
      std::string_view text(reinterpret_cast<const char *>(content.data()) + names.sh_offset, names.sh_size);
      constexpr std::string_view wanted(DLC_QUERY_SYMBOL, sizeof(DLC_QUERY_SYMBOL)); // with its NUL
      for (const Elf64_Sym &symbol : symbols) {
        if (symbol.st_shndx == SHN_UNDEF || symbol.st_name >= text.size() ||
            text.substr(symbol.st_name, wanted.size()) != wanted)
          continue;
        hasSymbol = true;
        const Elf64_Phdr *code = loaded(symbol.st_value, 1);
        if (!code || !(code->p_flags & PF_X))
          foreign("its '" DLC_QUERY_SYMBOL "' is not code");
      }
    }
    if (hasTable && !hasSymbol)
      foreign("it does not export '" DLC_QUERY_SYMBOL "'");
  }

  const std::string &path;
  std::span<const uint8_t> content;
  uint64_t size;
  std::vector<Elf64_Phdr> table;
};

/// Whether the file brings a checksum. Throws Error where that is not its content's.
bool hasRightChecksum(const std::string &path, std::vector<uint8_t> &content) {
  std::string_view text(reinterpret_cast<const char *>(content.data()),
                        std::min(content.size(), checksumNoteBefore + checksumNote.size()));
  size_t at = text.find(checksumNote);
  if (at == std::string_view::npos || content.size() - at < checksumNote.size() + 8)
    return false;
  uint8_t *place = content.data() + at + checksumNote.size();
  uint64_t written;
  std::memcpy(&written, place, 8);
  std::memset(place, 0, 8);
  uint64_t found = xxh64(content.data(), content.size());
  std::memcpy(place, &written, 8);
  if (found != written)
    throw Error(cat("'", path,
                    "' is damaged, or was changed after dlc wrote it: its content does not match its "
                    "checksum. Compile or copy it again. (What was changed on purpose, by strip for example, "
                    "opens with ModelOptions::verify = false or DLC_VERIFY=0.)"));
  return true;
}

//===--- Loading ---------------------------------------------------------------------------------------===//

/// A file in memory with this content, which nobody can change any more; -1 where the system gives none.
int memoryFile(const std::string &path, std::span<const uint8_t> content) {
  constexpr unsigned executable = 0x10; // MFD_EXEC, which older headers lack and older kernels refuse
  struct rlimit limit;                  // a file in memory counts, and going beyond the limit would end the process
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur < content.size())
    return -1;
  // The name is what debuggers and /proc/PID/maps show.
  std::string name = path.substr(path.rfind('/') + 1).substr(0, 200);
  int file = ::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING | executable);
  if (file < 0)
    file = ::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
  size_t done = 0;
  while (file >= 0 && done < content.size()) {
    ssize_t written = ::write(file, content.data() + done, content.size() - done);
    if (written > 0)
      done += static_cast<size_t>(written);
    else if (errno != EINTR)
      break;
  }
  if (file >= 0 && done == content.size() &&
      ::fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
    return file;
  if (file >= 0)
    ::close(file);
  return -1;
}

/// With the process's number, so that a debugger finds it as well.
std::string nameOfDescriptor(int file) { return cat("/proc/", ::getpid(), "/fd/", file); }

/// Whether the loader has a library of that name: then it would give that one.
bool isLoaded(const std::string &name) {
  void *handle = ::dlopen(name.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle)
    ::dlclose(handle);
  return handle != nullptr;
}

/// Whether the code and the constants that the loader has are those of the file that was checked.
bool holds(void *handle, std::span<const uint8_t> content, std::span<const Elf64_Phdr> segments) {
  struct link_map *map = nullptr;
  if (::dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0)
    return false;
  for (const Elf64_Phdr &s : segments)
    if (s.p_type == PT_LOAD && !(s.p_flags & PF_W) &&
        std::memcmp(reinterpret_cast<const void *>(map->l_addr + s.p_vaddr), content.data() + s.p_offset, s.p_filesz) !=
            0)
      return false;
  return true;
}

} // namespace

/// Loads from a file in memory; leaves `handle` NULL where the system does not allow that.
void Library::loadFromMemory(const std::string &path, std::span<const uint8_t> content) {
  file = memoryFile(path, content);
  // The descriptor of an older library may have been closed by the program, and its number come back.
  std::vector<int> taken;
  while (file >= 0 && isLoaded(nameOfDescriptor(file))) {
    taken.push_back(file);
    file = ::fcntl(file, F_DUPFD_CLOEXEC, file + 1);
  }
  for (int each : taken)
    ::close(each);
  struct stat status;
  if (file < 0 || ::fstat(file, &status) != 0)
    return;
  device = status.st_dev, inode = status.st_ino;
  handle = ::dlopen(nameOfDescriptor(file).c_str(), RTLD_NOW | RTLD_LOCAL);
  void *map = handle ? ::mmap(nullptr, content.size(), PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
  if (map != MAP_FAILED)
    loaded = {static_cast<const uint8_t *>(map), content.size()};
}

/// Loads what stands under the path, and makes sure that it is what was checked.
void Library::loadFromPath(const std::string &path, std::span<const uint8_t> content,
                           std::span<const Elf64_Phdr> segments) {
  // Without a slash dlopen would search its own directories.
  std::string where = path.find('/') == std::string::npos ? "./" + path : path;
  handle = ::dlopen(where.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *why = ::dlerror();
    throw Error(cat("Cannot load the model '", path, "': ", why ? why : "the loader gives no reason", "."));
  }
  if (!holds(handle, content, segments))
    throw Error(cat("Cannot load the model '", path,
                    "': the file was replaced, and this process still uses the library that was there before. "
                    "Let go of that first, or give the new one another name."));
}

Library::Library(const std::string &path, std::span<const uint8_t> content, std::span<const Elf64_Phdr> segments,
                 bool hasChecksum)
    : hasChecksum(hasChecksum) {
  try {
    loadFromMemory(path, content);
    if (!handle)
      loadFromPath(path, content, segments);
    query = reinterpret_cast<dlc_query>(::dlsym(handle, DLC_QUERY_SYMBOL));
    if (!query)
      throw Error(cat("'", path, "' is not a model compiled by dlc: it does not export '" DLC_QUERY_SYMBOL "'."));
  } catch (...) {
    unload();
    throw;
  }
}

void Library::unload() {
  if (!loaded.empty())
    ::munmap(const_cast<uint8_t *>(loaded.data()), loaded.size());
  if (handle)
    ::dlclose(handle);
  // Unless the program closed the descriptor itself, and it is another's by now.
  struct stat status;
  if (file >= 0 && ::fstat(file, &status) == 0 && status.st_dev == device && status.st_ino == inode)
    ::close(file);
}

std::shared_ptr<const Library> loadLibrary(const std::string &path, bool verify) {
  std::vector<uint8_t> content = contentOf(path);
  ElfFile elf(path, content);
  elf.check();
  bool hasChecksum = verify && hasRightChecksum(path, content);
  // Equal files are loaded once. Never destroyed: models may outlive the end of main.
  static auto *lock = new std::mutex;
  static auto *all = new std::vector<std::weak_ptr<const Library>>;
  std::lock_guard<std::mutex> guard(*lock);
  std::erase_if(*all, [](const auto &each) { return each.expired(); });
  for (const auto &each : *all)
    if (auto known = each.lock(); known && std::ranges::equal(known->loaded, content))
      return known;
  auto made = std::make_shared<const Library>(path, content, elf.segments(), hasChecksum);
  all->push_back(made);
  return made;
}

} // namespace dlc::detail
