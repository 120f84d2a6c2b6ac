//===- Library.cpp - looking at a library before it is loaded ----------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// The loader trusts a file's headers: a truncated library makes it die of SIGBUS, and a foreign one runs its
// constructors. So the file is read first: is it an ELF library for this machine, is all of it there, does it
// export dlc's one symbol.
//
//===----------------------------------------------------------------------===//
#include "runtime/Internal.h"

#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc::detail {

namespace {

class ElfFile {
public:
  explicit ElfFile(const std::string &Path) : Path(Path) {
    Descriptor = ::open(Path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat Status;
    if (Descriptor < 0 || ::fstat(Descriptor, &Status) != 0) {
      int Code = errno;
      close();
      throw Error(cat("Cannot open the model '", Path, "': ", std::strerror(Code), "."));
    }
    if (!S_ISREG(Status.st_mode)) {
      close();
      throw Error(cat("Cannot open the model '", Path, "': it is not a regular file."));
    }
    Size = static_cast<uint64_t>(Status.st_size);
  }
  ~ElfFile() { close(); }

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

private:
  void close() {
    if (Descriptor >= 0)
      ::close(Descriptor);
    Descriptor = -1;
  }
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
    if (::pread(Descriptor, To, Bytes, static_cast<off_t>(Offset)) != static_cast<ssize_t>(Bytes))
      throw Error(cat("Cannot read the model '", Path, "'."));
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
      } else if (S.p_type == PT_DYNAMIC || S.p_type == PT_GNU_RELRO || S.p_type == PT_PHDR ||
                 S.p_type == PT_TLS || S.p_type == PT_NOTE) {
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
      if (S.sh_type != SHT_DYNSYM || S.sh_link >= Sections.size())
        continue;
      HasTable = true;
      const Elf64_Shdr &Names = Sections[S.sh_link];
      checkRange(Names.sh_offset, Names.sh_size);
      std::vector<Elf64_Sym> Symbols(S.sh_size / sizeof(Elf64_Sym));
      std::string Text(Names.sh_size, '\0');
      read(Symbols.data(), Symbols.size() * sizeof(Elf64_Sym), S.sh_offset);
      read(Text.data(), Text.size(), Names.sh_offset);
      for (const Elf64_Sym &Symbol : Symbols) {
        if (Symbol.st_shndx == SHN_UNDEF || Symbol.st_name >= Text.size() ||
            std::strcmp(Text.c_str() + Symbol.st_name, DLC_QUERY_SYMBOL) != 0)
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
  int Descriptor = -1;
  uint64_t Size = 0;
  std::vector<Elf64_Phdr> Segments;
};

} // namespace

Library loadLibrary(const std::string &Path) {
  ElfFile(Path).check();
  // Without a slash dlopen would search its own directories.
  std::string Where = Path.find('/') == std::string::npos ? "./" + Path : Path;
  Library L;
  L.Handle = ::dlopen(Where.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!L.Handle) {
    const char *Why = ::dlerror();
    throw Error(cat("Cannot load the model '", Path, "': ", Why ? Why : "the loader gives no reason", "."));
  }
  L.Query = reinterpret_cast<dlc_query>(::dlsym(L.Handle, DLC_QUERY_SYMBOL));
  if (!L.Query) {
    ::dlclose(L.Handle);
    throw Error(
        cat("'", Path, "' is not a model compiled by dlc: it does not export '" DLC_QUERY_SYMBOL "'."));
  }
  return L;
}

} // namespace dlc::detail
