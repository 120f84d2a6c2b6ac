//===- Safetensors.cpp - named tensors in a file -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// The header's JSON is of one narrow form (an object of objects of strings and numbers), so the reader here
// accepts that form and nothing else: no recursion, no tree, every limit checked where it is read.
//
//===----------------------------------------------------------------------===//
#include "runtime/Safetensors.h"
#include "runtime/File.h"
#include "runtime/Text.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

namespace dlc {
using detail::cat;

/// The format's own bound on the header.
static constexpr uint64_t MostHeaderBytes = 100'000'000;

static constexpr struct {
  const char *Name;
  int Bits;
  std::optional<DType> Type;
} Types[] = {{"F32", 32, DType::F32},   {"F64", 64, DType::F64},      {"I32", 32, DType::I32},
             {"I64", 64, DType::I64},   {"U8", 8, DType::U8},         {"BOOL", 8, DType::Bool},
             {"F16", 16, std::nullopt}, {"BF16", 16, std::nullopt},   {"I8", 8, std::nullopt},
             {"I16", 16, std::nullopt}, {"U16", 16, std::nullopt},    {"U32", 32, std::nullopt},
             {"U64", 64, std::nullopt}, {"F8_E5M2", 8, std::nullopt}, {"F8_E4M3", 8, std::nullopt}};

//===----------------------------------------------------------------------===//
// The header's JSON
//===----------------------------------------------------------------------===//

namespace {

class HeaderReader {
public:
  HeaderReader(std::string_view Text, const std::string &Path) : Text(Text), Path(Path) {}

  std::vector<SafetensorsFile::Entry> Entries;
  std::map<std::string, std::string> Metadata;

  void read() {
    std::set<std::string> Names;
    object([&](std::string Name) {
      if (!Names.insert(Name).second)
        damaged(cat("it has '", Name, "' twice"));
      if (Name == "__metadata__")
        metadata();
      else
        tensor(std::move(Name));
    });
    skip();
    if (At != Text.size())
      damaged("something follows its last '}'");
  }

private:
  [[noreturn]] void damaged(const std::string &Why) {
    throw Error(cat("'", Path, "' is not a safetensors file, or it is damaged: at byte ", At + 8, " of its header, ",
                    Why, "."));
  }
  void skip() {
    while (At < Text.size() && (Text[At] == ' ' || Text[At] == '\n' || Text[At] == '\t' || Text[At] == '\r'))
      ++At;
  }
  bool accept(char C) {
    skip();
    if (At >= Text.size() || Text[At] != C)
      return false;
    ++At;
    return true;
  }
  void expect(char C) {
    if (!accept(C))
      damaged(cat("a '", C, "' was expected"));
  }

  template <class Fn> void object(Fn Member) {
    expect('{');
    if (accept('}'))
      return;
    do {
      std::string Key = string();
      expect(':');
      Member(std::move(Key));
    } while (accept(','));
    expect('}');
  }

  unsigned hex4() {
    unsigned Value = 0;
    for (int I = 0; I < 4; ++I, ++At) {
      char C = At < Text.size() ? Text[At] : '\0';
      int Digit = C >= '0' && C <= '9'   ? C - '0'
                  : C >= 'a' && C <= 'f' ? C - 'a' + 10
                  : C >= 'A' && C <= 'F' ? C - 'A' + 10
                                         : -1;
      if (Digit < 0)
        damaged("four hexadecimal digits were expected after \\u");
      Value = Value << 4 | static_cast<unsigned>(Digit);
    }
    return Value;
  }

  void appendUtf8(std::string &To, unsigned Code) {
    if (Code < 0x80) {
      To += static_cast<char>(Code);
      return;
    }
    int More = Code < 0x800 ? 1 : Code < 0x10000 ? 2 : 3;
    static constexpr unsigned Lead[] = {0, 0xC0, 0xE0, 0xF0};
    To += static_cast<char>(Lead[More] | Code >> (6 * More));
    while (More--)
      To += static_cast<char>(0x80 | (Code >> (6 * More) & 0x3F));
  }

  std::string string() {
    expect('"');
    std::string Result;
    while (true) {
      if (At >= Text.size())
        damaged("a string does not end");
      char C = Text[At++];
      if (C == '"')
        return Result;
      if (static_cast<unsigned char>(C) < 0x20)
        damaged("a string has a control character");
      if (C != '\\') {
        Result += C;
        continue;
      }
      char Escape = At < Text.size() ? Text[At++] : '\0';
      static constexpr std::string_view From = "\"\\/bfnrt", To = "\"\\/\b\f\n\r\t";
      if (size_t Known = From.find(Escape); Known != std::string_view::npos && Escape) {
        Result += To[Known];
      } else if (Escape == 'u') {
        unsigned Code = hex4();
        if (Code >= 0xD800 && Code < 0xDC00) {
          if (Text.substr(At, 2) != "\\u")
            damaged("half of a surrogate pair stands alone");
          At += 2;
          unsigned Low = hex4();
          if (Low < 0xDC00 || Low > 0xDFFF)
            damaged("half of a surrogate pair stands alone");
          Code = 0x10000 + ((Code - 0xD800) << 10) + (Low - 0xDC00);
        } else if (Code >= 0xDC00 && Code <= 0xDFFF) {
          damaged("half of a surrogate pair stands alone");
        }
        appendUtf8(Result, Code);
      } else {
        damaged("a string has an unknown escape");
      }
    }
  }

  uint64_t number() {
    skip();
    size_t Start = At;
    uint64_t Value = 0;
    for (; At < Text.size() && Text[At] >= '0' && Text[At] <= '9'; ++At)
      if (__builtin_mul_overflow(Value, 10, &Value) ||
          __builtin_add_overflow(Value, uint64_t(Text[At] - '0'), &Value) || Value > uint64_t(INT64_MAX))
        damaged("a number is too large");
    if (At == Start)
      damaged("a whole number that is not negative was expected");
    return Value;
  }

  std::vector<int64_t> numbers() {
    std::vector<int64_t> Result;
    expect('[');
    if (accept(']'))
      return Result;
    do
      Result.push_back(static_cast<int64_t>(number()));
    while (accept(','));
    expect(']');
    return Result;
  }

  void metadata() {
    object([&](std::string Key) {
      if (!Metadata.emplace(Key, string()).second)
        damaged(cat("its metadata has '", Key, "' twice"));
    });
  }

  void tensor(std::string Name) {
    SafetensorsFile::Entry E;
    E.Name = std::move(Name);
    std::vector<int64_t> Offsets;
    unsigned Seen = 0;
    object([&](std::string Key) {
      unsigned Bit = 0;
      if (Key == "dtype")
        Bit = 1, E.TypeName = string();
      else if (Key == "shape")
        Bit = 2, E.Axes = numbers();
      else if (Key == "data_offsets")
        Bit = 4, Offsets = numbers();
      else
        damaged(cat("tensor '", E.Name, "' has an unknown key '", Key, "'"));
      if (Seen & Bit)
        damaged(cat("tensor '", E.Name, "' has '", Key, "' twice"));
      Seen |= Bit;
    });
    if (Seen != 7)
      damaged(cat("tensor '", E.Name, "' lacks one of dtype, shape and data_offsets"));
    if (Offsets.size() != 2 || Offsets[0] > Offsets[1])
      damaged(cat("tensor '", E.Name, "' has broken data_offsets"));
    E.Offset = static_cast<uint64_t>(Offsets[0]);
    E.Bytes = static_cast<uint64_t>(Offsets[1] - Offsets[0]);
    const auto *Known =
        std::find_if(std::begin(Types), std::end(Types), [&](const auto &T) { return E.TypeName == T.Name; });
    if (Known == std::end(Types))
      damaged(cat("tensor '", E.Name, "' has the unknown type '", E.TypeName, "'"));
    E.Type = Known->Type;
    bool Empty = std::find(E.Axes.begin(), E.Axes.end(), 0) != E.Axes.end();
    uint64_t Expected = Empty ? 0 : static_cast<uint64_t>(Known->Bits) / 8;
    for (int64_t Axis : E.Axes)
      if (!Empty && __builtin_mul_overflow(Expected, static_cast<uint64_t>(Axis), &Expected))
        damaged(cat("tensor '", E.Name, "' has a shape that is too large"));
    if (Expected != E.Bytes)
      damaged(cat("tensor '", E.Name, "' has ", E.Bytes, " bytes; its shape and type need ", Expected));
    Entries.push_back(std::move(E));
  }

  std::string_view Text;
  const std::string &Path;
  size_t At = 0;
};

} // namespace

//===----------------------------------------------------------------------===//
// SafetensorsFile
//===----------------------------------------------------------------------===//

struct SafetensorsFile::Impl {
  std::string Path;
  int Descriptor = -1;
  uint64_t DataStart = 0;
  std::vector<Entry> Entries;
  std::map<std::string, std::string> Metadata;

  ~Impl() {
    if (Descriptor >= 0)
      ::close(Descriptor);
  }

  void readAt(void *To, uint64_t Bytes, uint64_t Offset) const {
    auto *Into = static_cast<char *>(To);
    while (Bytes) {
      ssize_t Got = ::pread(Descriptor, Into, std::min<uint64_t>(Bytes, 1 << 30), static_cast<off_t>(Offset));
      if (Got < 0 && errno == EINTR)
        continue;
      if (Got < 0)
        throw Error(cat("Cannot read '", Path, "': ", std::strerror(errno), "."));
      if (Got == 0)
        throw Error(cat("Cannot read '", Path, "': it became shorter while it was read."));
      Into += Got;
      Offset += static_cast<uint64_t>(Got);
      Bytes -= static_cast<uint64_t>(Got);
    }
  }
};

SafetensorsFile::SafetensorsFile(const std::string &Path) : I(std::make_unique<Impl>()) {
  I->Path = Path;
  I->Descriptor = ::open(Path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat Status;
  if (I->Descriptor < 0 || ::fstat(I->Descriptor, &Status) != 0)
    throw Error(cat("Cannot open '", Path, "': ", std::strerror(errno), "."));
  if (!S_ISREG(Status.st_mode))
    throw Error(cat("Cannot read '", Path, "': it is not a regular file; a safetensors file was expected."));
  auto Size = static_cast<uint64_t>(Status.st_size);
  if (Size < 8)
    throw Error(cat("'", Path, "' is not a safetensors file: it has ", Size, " bytes."));
  uint8_t Prefix[8];
  I->readAt(Prefix, 8, 0);
  uint64_t Length = 0;
  for (int B = 7; B >= 0; --B)
    Length = Length << 8 | Prefix[B];
  if (Length > MostHeaderBytes)
    throw Error(cat("'", Path, "' is not a safetensors file: it would have a header of ", Length, " bytes; at most ",
                    MostHeaderBytes, " are allowed."));
  if (Length > Size - 8)
    throw Error(cat("'", Path, "' is not a safetensors file, or it is truncated: its header has ", Length,
                    " bytes, and the file ", Size, "."));
  std::string Header(Length, '\0');
  I->readAt(Header.data(), Length, 8);
  I->DataStart = 8 + Length;

  if (!detail::isUtf8(Header))
    throw Error(cat("'", Path, "' is not a safetensors file, or it is damaged: its header is not UTF-8."));
  HeaderReader Reader(Header, Path);
  Reader.read();
  I->Entries = std::move(Reader.Entries);
  I->Metadata = std::move(Reader.Metadata);
  std::sort(I->Entries.begin(), I->Entries.end(), [](const Entry &A, const Entry &B) {
    return std::tie(A.Offset, A.Bytes, A.Name) < std::tie(B.Offset, B.Bytes, B.Name);
  });
  uint64_t End = 0;
  for (const Entry &E : I->Entries) {
    if (E.Offset != End)
      throw Error(cat("'", Path, "' is damaged: tensor '", E.Name, "' begins at byte ", E.Offset, " of the data; byte ",
                      End, " was expected."));
    End = E.Offset + E.Bytes;
  }
  if (End != Size - I->DataStart)
    throw Error(cat("'", Path, "' is ", End > Size - I->DataStart ? "truncated" : "too long", ": its tensors have ",
                    End, " bytes, and the file has ", Size - I->DataStart, " for them."));
}

SafetensorsFile::~SafetensorsFile() = default;
SafetensorsFile::SafetensorsFile(SafetensorsFile &&) noexcept = default;
SafetensorsFile &SafetensorsFile::operator=(SafetensorsFile &&) noexcept = default;

const std::string &SafetensorsFile::path() const { return I->Path; }
const std::vector<SafetensorsFile::Entry> &SafetensorsFile::entries() const { return I->Entries; }
const std::map<std::string, std::string> &SafetensorsFile::metadata() const { return I->Metadata; }

const SafetensorsFile::Entry *SafetensorsFile::find(std::string_view Name) const {
  for (const Entry &E : I->Entries)
    if (E.Name == Name)
      return &E;
  return nullptr;
}

Tensor SafetensorsFile::read(std::string_view Name) const {
  const Entry *E = find(Name);
  if (!E)
    throw Error(cat("'", I->Path, "' has no tensor '", Name, "'."));
  if (!E->Type)
    throw Error(cat("'", I->Path, "': tensor '", Name, "' has the type ", E->TypeName,
                    "; supported are F32, F64, I32, I64, U8 and BOOL."));
  Tensor Result(*E->Type, Shape(E->Axes));
  I->readAt(Result.data(), E->Bytes, I->DataStart + E->Offset);
  if (*E->Type == DType::Bool) {
    auto *Values = static_cast<uint8_t *>(Result.data());
    for (uint64_t N = 0; N < E->Bytes; ++N)
      Values[N] = Values[N] != 0;
  }
  return Result;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static std::string quoted(std::string_view Text) {
  std::string Result = "\"";
  for (char C : Text) {
    if (C == '"' || C == '\\')
      Result += cat('\\', C);
    else if (static_cast<unsigned char>(C) < 0x20)
      Result += cat("\\u00", "0123456789abcdef"[C >> 4], "0123456789abcdef"[C & 15]);
    else
      Result += C;
  }
  return Result + '"';
}

void writeSafetensors(const std::string &Path, std::span<const NamedView> Tensors,
                      const std::map<std::string, std::string> &Metadata) {
  std::vector<const NamedView *> Order;
  std::set<std::string_view> Names;
  for (const NamedView &T : Tensors) {
    if (T.Name == "__metadata__" || !Names.insert(T.Name).second)
      throw Error(cat("Cannot write '", Path, "': the name '", T.Name, "' is ",
                      T.Name == "__metadata__" ? "reserved" : "used twice", "."));
  }
  auto CheckUtf8 = [&](const char *What, const std::string &Text) {
    if (!detail::isUtf8(Text))
      throw Error(cat("Cannot write '", Path, "': the ", What, " '", Text, "' is not UTF-8."));
  };
  for (const NamedView &T : Tensors)
    CheckUtf8("name", T.Name);
  for (const auto &[Key, Value] : Metadata) {
    CheckUtf8("key", Key);
    CheckUtf8("value", Value);
  }
  for (size_t Size : {8, 4, 1})
    for (const NamedView &T : Tensors)
      if (sizeOf(T.Value.dtype()) == Size)
        Order.push_back(&T);
  std::string Header = "{";
  if (!Metadata.empty()) {
    Header += "\"__metadata__\":{";
    for (const auto &[Key, Value] : Metadata)
      Header += cat(Header.back() == '{' ? "" : ",", quoted(Key), ":", quoted(Value));
    Header += "}";
  }
  uint64_t Offset = 0;
  for (const NamedView *T : Order) {
    const char *TypeName = "";
    for (const auto &Known : Types)
      if (Known.Type == T->Value.dtype())
        TypeName = Known.Name;
    std::string Axes;
    for (int64_t Axis : T->Value.shape())
      Axes += cat(Axes.empty() ? "" : ",", Axis);
    Header += cat(Header.size() == 1 ? "" : ",", quoted(T->Name), ":{\"dtype\":\"", TypeName, "\",\"shape\":[", Axes,
                  "],\"data_offsets\":[", Offset, ",", Offset + T->Value.bytes(), "]}");
    Offset += T->Value.bytes();
  }
  Header += "}";
  Header.append((8 - Header.size() % 8) % 8, ' '); // the data begin at a multiple of 8 bytes
  if (Header.size() > MostHeaderBytes)
    throw Error(cat("Cannot write '", Path, "': its header would have ", Header.size(), " bytes; at most ",
                    MostHeaderBytes, " are allowed."));
  AtomicFile File(Path);
  uint8_t Prefix[8];
  for (int B = 0; B < 8; ++B)
    Prefix[B] = static_cast<uint8_t>(Header.size() >> (8 * B));
  File.write(Prefix, 8);
  File.write(Header);
  for (const NamedView *T : Order)
    File.write(T->Value.data(), T->Value.bytes());
  File.commit();
}

} // namespace dlc
