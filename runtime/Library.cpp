//===- Library.cpp - looking at a library, then loading what was looked at ---===//
//
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
//
//===----------------------------------------------------------------------===//
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
std::vector<uint8_t> contentOf(const std::string &Path) {
  int File = ::open(Path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat Status;
  if (File < 0 || ::fstat(File, &Status) != 0) {
    int Code = errno;
    if (File >= 0)
      ::close(File);
    throw Error(cat("Cannot open the model '", Path, "': ", std::strerror(Code), "."));
  }
  if (!S_ISREG(Status.st_mode)) {
    ::close(File);
    throw Error(cat("Cannot open the model '", Path, "': it is not a regular file."));
  }
  std::vector<uint8_t> Content;
  int Code = 0;
  try {
    Content.resize(static_cast<size_t>(Status.st_size));
  } catch (const std::exception &) {
    Code = ENOMEM;
  }
  size_t Filled = 0;
  while (!Code && Filled < Content.size()) {
    ssize_t Got = ::read(File, Content.data() + Filled, Content.size() - Filled);
    if (Got == 0)
      break; // it became shorter: its headers will tell
    if (Got > 0)
      Filled += static_cast<size_t>(Got);
    else if (errno != EINTR)
      Code = errno;
  }
  ::close(File);
  if (Code)
    throw Error(cat("Cannot read the model '", Path, "': ", std::strerror(Code), "."));
  Content.resize(Filled);
  return Content;
}

class ElfFile {
public:
  ElfFile(const std::string &Path, std::span<const uint8_t> Content)
      : Path(Path), Content(Content), Size(Content.size()) {}

  void check() {
    Elf64_Ehdr Header;
    if (Size < sizeof(Header)) {
      char Magic[SELFMAG] = {};
      if (Size >= SELFMAG)
        read(Magic, SELFMAG, 0);
      if (std::memcmp(Magic, ELFMAG, SELFMAG) == 0)
        truncated();
      foreign("it is too short to be a shared library");
    }
    read(&Header, sizeof(Header), 0);
    if (std::memcmp(Header.e_ident, ELFMAG, SELFMAG) != 0)
      foreign("it is not an ELF file");
    if (Header.e_ident[EI_CLASS] != ELFCLASS64 || Header.e_ident[EI_DATA] != ELFDATA2LSB ||
        Header.e_machine != EM_X86_64)
      foreign("it is for another machine, not 64-bit x86");
    if (Header.e_type != ET_DYN)
      foreign("it is not a shared library");
    if (Header.e_phentsize != sizeof(Elf64_Phdr) || Header.e_phnum == 0)
      foreign("it has no program headers");
    checkRange(Header.e_phoff, uint64_t(Header.e_phnum) * sizeof(Elf64_Phdr));
    Segments.resize(Header.e_phnum);
    read(Segments.data(), Segments.size() * sizeof(Elf64_Phdr), Header.e_phoff);
    for (const Elf64_Phdr &S : Segments)
      if (S.p_type != PT_GNU_STACK && S.p_filesz)
        checkRange(S.p_offset, S.p_filesz);
    checkSegments();
    // Section headers stand last: without them a file has been cut, unless it says that it has none.
    if (Header.e_shoff == 0 || Header.e_shentsize != sizeof(Elf64_Shdr))
      return;
    checkRange(Header.e_shoff, uint64_t(Header.e_shnum) * sizeof(Elf64_Shdr));
    checkSections(Header);
  }

  /// Of a checked file.
  const std::vector<Elf64_Phdr> &segments() const { return Segments; }

private:
  [[noreturn]] void foreign(std::string_view Why) {
    throw Error(cat("'", Path, "' is not a model compiled by dlc: ", Why, "."));
  }
  [[noreturn]] void truncated() {
    throw Error(cat("'", Path, "' is truncated: it has ", Size,
                    " bytes, and its headers tell of more. Compile or copy "
                    "it again."));
  }
  void checkRange(uint64_t Offset, uint64_t Length) {
    if (Offset > Size || Length > Size - Offset)
      truncated();
  }
  void read(void *To, uint64_t Bytes, uint64_t Offset) {
    checkRange(Offset, Bytes);
    if (Bytes)
      std::memcpy(To, Content.data() + Offset, Bytes);
  }

  /// Of the loaded segments the one that holds these addresses whole; NULL if none does.
  const Elf64_Phdr *loaded(uint64_t Address, uint64_t Length) const {
    for (const Elf64_Phdr &S : Segments)
      if (S.p_type == PT_LOAD && Address >= S.p_vaddr && Length <= S.p_memsz &&
          Address - S.p_vaddr <= S.p_memsz - Length)
        return &S;
    return nullptr;
  }
  /// What the loader believes: segments in order, on pages as in the file, the tables that it reads within them.
  void checkSegments() {
    constexpr uint64_t Page = 4096, Limit = uint64_t(1) << 46;
    uint64_t End = 0;
    for (const Elf64_Phdr &S : Segments) {
      if (S.p_type == PT_LOAD) {
        if (S.p_vaddr < End || S.p_vaddr > Limit || S.p_memsz > Limit || S.p_filesz > S.p_memsz ||
            (S.p_vaddr - S.p_offset) % Page != 0 || !(S.p_flags & PF_R))
          foreign("its segments contradict each other");
        End = S.p_vaddr + S.p_memsz;
      } else if (S.p_type == PT_DYNAMIC || S.p_type == PT_GNU_RELRO || S.p_type == PT_PHDR || S.p_type == PT_TLS ||
                 S.p_type == PT_NOTE) {
        const Elf64_Phdr *Holder = loaded(S.p_vaddr, S.p_memsz);
        if (!Holder || (S.p_type == PT_DYNAMIC && !(Holder->p_flags & PF_W)) ||
            S.p_vaddr - Holder->p_vaddr != S.p_offset - Holder->p_offset || S.p_filesz > S.p_memsz)
          foreign("its segments contradict each other");
      }
    }
  }

  void checkSections(const Elf64_Ehdr &Header) {
    std::vector<Elf64_Shdr> Sections(Header.e_shnum);
    read(Sections.data(), Sections.size() * sizeof(Elf64_Shdr), Header.e_shoff);
    bool HasTable = false, HasSymbol = false;
    for (const Elf64_Shdr &S : Sections) {
      if (S.sh_type != SHT_NOBITS && S.sh_type != SHT_NULL)
        checkRange(S.sh_offset, S.sh_size);
      if ((S.sh_flags & SHF_ALLOC) && !(S.sh_flags & SHF_TLS)) {
        const Elf64_Phdr *Holder = loaded(S.sh_addr, S.sh_size);
        if (!Holder || (S.sh_type != SHT_NOBITS && S.sh_addr + S.sh_size > Holder->p_vaddr + Holder->p_filesz))
          foreign("its segments contradict its sections");
      }
      if (S.sh_type != SHT_DYNSYM || S.sh_link >= Sections.size() || HasTable)
        continue;
      HasTable = true;
      const Elf64_Shdr &Names = Sections[S.sh_link];
      checkRange(Names.sh_offset, Names.sh_size);
      std::vector<Elf64_Sym> Symbols(S.sh_size / sizeof(Elf64_Sym));
      read(Symbols.data(), Symbols.size() * sizeof(Elf64_Sym), S.sh_offset);
      std::string_view Text(reinterpret_cast<const char *>(Content.data()) + Names.sh_offset, Names.sh_size);
      constexpr std::string_view Wanted(DLC_QUERY_SYMBOL, sizeof(DLC_QUERY_SYMBOL)); // with its NUL
      for (const Elf64_Sym &Symbol : Symbols) {
        if (Symbol.st_shndx == SHN_UNDEF || Symbol.st_name >= Text.size() ||
            Text.substr(Symbol.st_name, Wanted.size()) != Wanted)
          continue;
        HasSymbol = true;
        const Elf64_Phdr *Code = loaded(Symbol.st_value, 1);
        if (!Code || !(Code->p_flags & PF_X))
          foreign("its '" DLC_QUERY_SYMBOL "' is not code");
      }
    }
    if (HasTable && !HasSymbol)
      foreign("it does not export '" DLC_QUERY_SYMBOL "'");
  }

  const std::string &Path;
  std::span<const uint8_t> Content;
  uint64_t Size;
  std::vector<Elf64_Phdr> Segments;
};

/// Whether the file brings a checksum. Throws Error where that is not its content's.
bool hasRightChecksum(const std::string &Path, std::vector<uint8_t> &Content) {
  std::string_view Text(reinterpret_cast<const char *>(Content.data()),
                        std::min(Content.size(), ChecksumNoteBefore + ChecksumNote.size()));
  size_t At = Text.find(ChecksumNote);
  if (At == std::string_view::npos || Content.size() - At < ChecksumNote.size() + 8)
    return false;
  uint8_t *Place = Content.data() + At + ChecksumNote.size();
  uint64_t Written;
  std::memcpy(&Written, Place, 8);
  std::memset(Place, 0, 8);
  uint64_t Found = xxh64(Content.data(), Content.size());
  std::memcpy(Place, &Written, 8);
  if (Found != Written)
    throw Error(cat("'", Path,
                    "' is damaged, or was changed after dlc wrote it: its content does not match its "
                    "checksum. Compile or copy it again. (What was changed on purpose, by strip for example, "
                    "opens with ModelOptions::Verify = false or DLC_VERIFY=0.)"));
  return true;
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

/// A file in memory with this content, which nobody can change any more; -1 where the system gives none.
int memoryFile(const std::string &Path, std::span<const uint8_t> Content) {
  constexpr unsigned Executable = 0x10; // MFD_EXEC, which older headers lack and older kernels refuse
  struct rlimit Limit;                  // a file in memory counts, and going beyond the limit would end the process
  if (::getrlimit(RLIMIT_FSIZE, &Limit) != 0 || Limit.rlim_cur < Content.size())
    return -1;
  // The name is what debuggers and /proc/PID/maps show.
  std::string Name = Path.substr(Path.rfind('/') + 1).substr(0, 200);
  int File = ::memfd_create(Name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING | Executable);
  if (File < 0)
    File = ::memfd_create(Name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
  size_t Done = 0;
  while (File >= 0 && Done < Content.size()) {
    ssize_t Written = ::write(File, Content.data() + Done, Content.size() - Done);
    if (Written > 0)
      Done += static_cast<size_t>(Written);
    else if (errno != EINTR)
      break;
  }
  if (File >= 0 && Done == Content.size() &&
      ::fcntl(File, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
    return File;
  if (File >= 0)
    ::close(File);
  return -1;
}

/// With the process's number, so that a debugger finds it as well.
std::string nameOfDescriptor(int File) { return cat("/proc/", ::getpid(), "/fd/", File); }

/// Whether the loader has a library of that name: then it would give that one.
bool isLoaded(const std::string &Name) {
  void *Handle = ::dlopen(Name.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (Handle)
    ::dlclose(Handle);
  return Handle != nullptr;
}

/// Whether the code and the constants that the loader has are those of the file that was checked.
bool holds(void *Handle, std::span<const uint8_t> Content, std::span<const Elf64_Phdr> Segments) {
  struct link_map *Map = nullptr;
  if (::dlinfo(Handle, RTLD_DI_LINKMAP, &Map) != 0)
    return false;
  for (const Elf64_Phdr &S : Segments)
    if (S.p_type == PT_LOAD && !(S.p_flags & PF_W) &&
        std::memcmp(reinterpret_cast<const void *>(Map->l_addr + S.p_vaddr), Content.data() + S.p_offset, S.p_filesz) !=
            0)
      return false;
  return true;
}

} // namespace

/// Loads from a file in memory; leaves Handle NULL where the system does not allow that.
void Library::loadFromMemory(const std::string &Path, std::span<const uint8_t> Content) {
  File = memoryFile(Path, Content);
  // The descriptor of an older library may have been closed by the program, and its number come back.
  std::vector<int> Taken;
  while (File >= 0 && isLoaded(nameOfDescriptor(File))) {
    Taken.push_back(File);
    File = ::fcntl(File, F_DUPFD_CLOEXEC, File + 1);
  }
  for (int Each : Taken)
    ::close(Each);
  struct stat Status;
  if (File < 0 || ::fstat(File, &Status) != 0)
    return;
  Device = Status.st_dev, Inode = Status.st_ino;
  Handle = ::dlopen(nameOfDescriptor(File).c_str(), RTLD_NOW | RTLD_LOCAL);
  void *Map = Handle ? ::mmap(nullptr, Content.size(), PROT_READ, MAP_PRIVATE, File, 0) : MAP_FAILED;
  if (Map != MAP_FAILED)
    Loaded = {static_cast<const uint8_t *>(Map), Content.size()};
}

/// Loads what stands under the path, and makes sure that it is what was checked.
void Library::loadFromPath(const std::string &Path, std::span<const uint8_t> Content,
                           std::span<const Elf64_Phdr> Segments) {
  // Without a slash dlopen would search its own directories.
  std::string Where = Path.find('/') == std::string::npos ? "./" + Path : Path;
  Handle = ::dlopen(Where.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!Handle) {
    const char *Why = ::dlerror();
    throw Error(cat("Cannot load the model '", Path, "': ", Why ? Why : "the loader gives no reason", "."));
  }
  if (!holds(Handle, Content, Segments))
    throw Error(cat("Cannot load the model '", Path,
                    "': the file was replaced, and this process still uses the library that was there before. "
                    "Let go of that first, or give the new one another name."));
}

Library::Library(const std::string &Path, std::span<const uint8_t> Content, std::span<const Elf64_Phdr> Segments,
                 bool HasChecksum)
    : HasChecksum(HasChecksum) {
  try {
    loadFromMemory(Path, Content);
    if (!Handle)
      loadFromPath(Path, Content, Segments);
    Query = reinterpret_cast<dlc_query>(::dlsym(Handle, DLC_QUERY_SYMBOL));
    if (!Query)
      throw Error(cat("'", Path, "' is not a model compiled by dlc: it does not export '" DLC_QUERY_SYMBOL "'."));
  } catch (...) {
    unload();
    throw;
  }
}

void Library::unload() {
  if (!Loaded.empty())
    ::munmap(const_cast<uint8_t *>(Loaded.data()), Loaded.size());
  if (Handle)
    ::dlclose(Handle);
  // Unless the program closed the descriptor itself, and it is another's by now.
  struct stat Status;
  if (File >= 0 && ::fstat(File, &Status) == 0 && Status.st_dev == Device && Status.st_ino == Inode)
    ::close(File);
}

std::shared_ptr<const Library> loadLibrary(const std::string &Path, bool Verify) {
  std::vector<uint8_t> Content = contentOf(Path);
  ElfFile Elf(Path, Content);
  Elf.check();
  bool HasChecksum = Verify && hasRightChecksum(Path, Content);
  // Equal files are loaded once. Never destroyed: models may outlive the end of main.
  static auto *Lock = new std::mutex;
  static auto *All = new std::vector<std::weak_ptr<const Library>>;
  std::lock_guard<std::mutex> Guard(*Lock);
  std::erase_if(*All, [](const auto &Each) { return Each.expired(); });
  for (const auto &Each : *All)
    if (auto Known = Each.lock(); Known && std::ranges::equal(Known->Loaded, Content))
      return Known;
  auto New = std::make_shared<const Library>(Path, Content, Elf.segments(), HasChecksum);
  All->push_back(New);
  return New;
}

} // namespace dlc::detail
