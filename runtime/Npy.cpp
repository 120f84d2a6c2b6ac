//===- Npy.cpp - NumPy's files -----------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// An .npy file is a magic string, a version, the length of a header, the header (a Python dictionary with
// three keys, as text), and the elements. An .npz file is a zip archive of those.
//
//===----------------------------------------------------------------------===//
#include "runtime/Npy.h"
#include "runtime/ByteSource.h"
#include "runtime/File.h"
#include "runtime/Text.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <set>
#include <zlib.h>

namespace dlc {
using detail::ByteSource;
using detail::cat;

//===----------------------------------------------------------------------===//
// NPY: reading
//===----------------------------------------------------------------------===//

namespace {

/// Reads the dictionary of an .npy header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class HeaderReader {
public:
  HeaderReader(std::string_view Text, const std::string &What) : Text(Text), What(What) {}

  std::string Descr;
  bool Fortran = false;
  std::vector<int64_t> Axes;

  void read() {
    expect('{');
    unsigned Seen = 0;
    while (!accept('}')) {
      std::string Key = string();
      expect(':');
      unsigned Bit;
      if (Key == "descr") {
        Bit = 1;
        if (peek() == '[')
          throw Error(cat("'", What, "' holds records (a structured type); plain numbers were expected."));
        Descr = string();
      } else if (Key == "fortran_order") {
        Bit = 2;
        Fortran = boolean();
      } else if (Key == "shape") {
        Bit = 4;
        shape();
      } else {
        damaged(cat("it has an unknown key '", Key, "'"));
      }
      if (Seen & Bit)
        damaged(cat("it has '", Key, "' twice"));
      Seen |= Bit;
      if (!accept(',') && peek() != '}')
        damaged("a ',' or '}' is missing");
    }
    if (Seen != 7)
      damaged("it lacks one of 'descr', 'fortran_order' and 'shape'");
    skip();
    if (At != Text.size())
      damaged("something follows the '}'");
  }

private:
  [[noreturn]] void damaged(const std::string &Why) {
    throw Error(cat("'", What, "' has a damaged NPY header: ", Why, "."));
  }
  void skip() {
    while (At < Text.size() && (Text[At] == ' ' || Text[At] == '\n' || Text[At] == '\t'))
      ++At;
  }
  char peek() {
    skip();
    return At < Text.size() ? Text[At] : '\0';
  }
  bool accept(char C) {
    if (peek() != C)
      return false;
    ++At;
    return true;
  }
  void expect(char C) {
    if (!accept(C))
      damaged(cat("a '", C, "' is missing"));
  }
  std::string string() {
    char Quote = peek();
    if (Quote != '\'' && Quote != '"')
      damaged("a string was expected");
    size_t End = Text.find(Quote, ++At);
    if (End == std::string_view::npos)
      damaged("a string does not end");
    std::string Result(Text.substr(At, End - At));
    At = End + 1;
    return Result;
  }
  bool boolean() {
    skip();
    for (std::string_view Word : {"True", "False"})
      if (Text.substr(At, Word.size()) == Word) {
        At += Word.size();
        return Word == "True";
      }
    damaged("True or False was expected");
  }
  void shape() {
    expect('(');
    while (!accept(')')) {
      if (peek() < '0' || peek() > '9')
        damaged("its shape has something that is not a number");
      int64_t Value = 0;
      for (; At < Text.size() && Text[At] >= '0' && Text[At] <= '9'; ++At)
        if (__builtin_mul_overflow(Value, 10, &Value) || __builtin_add_overflow(Value, Text[At] - '0', &Value))
          damaged("its shape has a number that is too large");
      accept('L'); // written by Python 2
      Axes.push_back(Value);
      if (!accept(',') && peek() != ')')
        damaged("its shape does not end");
    }
  }

  std::string_view Text;
  const std::string &What;
  size_t At = 0;
};

} // namespace

static DType typeOf(const std::string &Descr, const std::string &What) {
  static constexpr std::pair<std::string_view, DType> Known[] = {{"<f4", DType::F32}, {"<f8", DType::F64},
                                                                 {"<i4", DType::I32}, {"<i8", DType::I64},
                                                                 {"|u1", DType::U8},  {"|b1", DType::Bool}};
  for (auto [Name, Type] : Known)
    if (Descr == Name)
      return Type;
  if (!Descr.empty() && Descr[0] == '>')
    throw Error(cat("'", What, "' is big-endian ('", Descr,
                    "'); little-endian was expected: save array.astype(array.dtype.newbyteorder('<'))."));
  throw Error(cat("'", What, "' has the element type '", Descr,
                  "'; supported are <f4, <f8, <i4, <i8, |u1 and |b1: save array.astype('float32'), for example."));
}

/// Reads an array of `Total` bytes, its header first: elements are asked for when their number is known to be
/// right.
static Tensor readArray(ByteSource &Source, uint64_t Total, const std::string &What) {
  // NumPy itself reads at most 10,000; what needs more is a structured type with many fields.
  constexpr size_t MostHeaderBytes = 65535;
  std::array<uint8_t, 12> Start;
  if (Source.read(std::span(Start).first(10)) < 10 || std::memcmp(Start.data(), "\x93NUMPY", 6) != 0)
    throw Error(cat("'", What, "' is not an NPY file: it does not begin with NumPy's magic string."));
  int Major = Start[6];
  if (Major < 1 || Major > 3)
    throw Error(cat("'", What, "' is an NPY file of version ", Major, "; 1, 2 and 3 are supported."));
  size_t Length = Start[8] | size_t(Start[9]) << 8, Before = 10;
  if (Major > 1) {
    Before = 12;
    if (Source.read(std::span(Start).last(2)) < 2)
      throw Error(cat("'", What, "' is truncated within its NPY header."));
    Length |= size_t(Start[10]) << 16 | size_t(Start[11]) << 24;
  }
  if (Total < Before || Length > Total - Before)
    throw Error(cat("'", What, "' is truncated within its NPY header."));
  if (Length > MostHeaderBytes)
    throw Error(
        cat("'", What, "' has an NPY header of ", Length, " bytes; at most ", MostHeaderBytes, " are supported."));
  std::vector<uint8_t> Text(Length);
  if (Source.read(Text) < Length)
    throw Error(cat("'", What, "' is truncated within its NPY header."));
  HeaderReader Header({reinterpret_cast<const char *>(Text.data()), Length}, What);
  Header.read();
  DType Type = typeOf(Header.Descr, What);
  if (Header.Axes.size() > DLC_MAX_RANK)
    throw Error(cat("'", What, "' has ", Header.Axes.size(), " axes; at most ", DLC_MAX_RANK, " are supported."));
  Shape Dims(Header.Axes);
  if (Header.Fortran && Dims.size() > 1)
    throw Error(cat("'", What, "' is in Fortran order; C order was expected: save numpy.ascontiguousarray(array)."));
  uint64_t Expected = static_cast<uint64_t>(Dims.elements()) * sizeOf(Type), Found = Total - Before - Length;
  if (Found != Expected)
    throw Error(cat("'", What, "' is ", Found < Expected ? "truncated" : "too long", ": an array of ", nameOf(Type),
                    Dims.str(), " has ", Expected, " bytes, and the file has ", Found, "."));
  if (Source.most() < Expected)
    throw Error(cat("'", What, "' is truncated: it cannot hold the ", Expected, " bytes of its array."));
  Tensor Result(Type, Dims);
  auto *Elements = static_cast<uint8_t *>(Result.data());
  if (Source.read({Elements, Expected}) < Expected)
    throw Error(cat("'", What, "' is truncated: its array of ", nameOf(Type), Dims.str(), " has ", Expected,
                    " bytes, and fewer came out."));
  if (Type == DType::Bool)
    for (uint64_t I = 0; I < Expected; ++I)
      Elements[I] = Elements[I] != 0;
  return Result;
}

Tensor parseNpy(std::span<const uint8_t> Bytes, const std::string &What) {
  ByteSource Source(Bytes, ByteSource::Form::Plain, What);
  return readArray(Source, Bytes.size(), What);
}

Tensor readNpy(const std::string &Path) { return parseNpy(readFile(Path), Path); }

//===----------------------------------------------------------------------===//
// NPY: writing
//===----------------------------------------------------------------------===//

static std::string headerFor(TensorView Value) {
  static constexpr const char *Names[] = {"", "<f4", "<f8", "<i4", "<i8", "|u1", "|b1"};
  std::string Text =
      cat("{'descr': '", Names[static_cast<unsigned>(Value.dtype())], "', 'fortran_order': False, 'shape': (");
  for (size_t I = 0; I < Value.shape().size(); ++I)
    Text += cat(I ? ", " : "", Value.shape()[I]);
  Text += Value.shape().size() == 1 ? ",), }" : "), }";
  while ((10 + Text.size() + 1) % 64) // the elements begin at a multiple of 64 bytes
    Text += ' ';
  Text += '\n';
  std::string Result("\x93NUMPY\x01\x00", 8);
  Result += static_cast<char>(Text.size() & 255);
  Result += static_cast<char>(Text.size() >> 8);
  return Result + Text;
}

void writeNpy(const std::string &Path, TensorView Value) {
  AtomicFile File(Path);
  File.write(headerFor(Value));
  File.write(Value.data(), Value.bytes());
  File.commit();
}

//===----------------------------------------------------------------------===//
// NPZ: reading
//===----------------------------------------------------------------------===//

static uint64_t little(const uint8_t *From, int Bytes) {
  uint64_t Value = 0;
  for (int I = Bytes - 1; I >= 0; --I)
    Value = Value << 8 | From[I];
  return Value;
}

namespace {

/// A zip archive held in memory.
class ZipReader {
public:
  ZipReader(const std::vector<uint8_t> &Bytes, const std::string &Path) : Bytes(Bytes), Path(Path) {}

  std::vector<NamedTensor> read() {
    std::vector<NamedTensor> Members;
    auto [Count, At] = findDirectory();
    uint64_t PackedBytes = 0;
    std::set<std::string> Names;
    for (uint64_t I = 0; I < Count; ++I) {
      const uint8_t *Record = at(At, 46);
      if (little(Record, 4) != 0x02014b50)
        damaged("its directory is broken");
      uint64_t NameBytes = little(Record + 28, 2), ExtraBytes = little(Record + 30, 2);
      uint64_t CommentBytes = little(Record + 32, 2);
      std::string Name(reinterpret_cast<const char *>(at(At + 46, NameBytes)), NameBytes);
      Member M{little(Record + 10, 2), little(Record + 16, 4), little(Record + 20, 4), little(Record + 24, 4),
               little(Record + 42, 4)};
      widen(M, at(At + 46 + NameBytes, ExtraBytes), ExtraBytes);
      if (little(Record + 8, 2) & 1)
        throw Error(cat("'", Path, "' has an encrypted member '", Name, "'."));
      At += 46 + NameBytes + ExtraBytes + CommentBytes;
      std::string What = cat(Path, "(", Name, ")");
      // Members that share their bytes would make much of a small file.
      if (M.Packed > Bytes.size() - PackedBytes)
        damaged("its members overlap");
      PackedBytes += M.Packed;
      Tensor Value = extract(M, What);
      if (Name.ends_with(".npy"))
        Name.resize(Name.size() - 4);
      if (!Names.insert(Name).second)
        throw Error(cat("'", Path, "' has two members named '", Name, "'."));
      Members.push_back({std::move(Name), std::move(Value)});
    }
    return Members;
  }

private:
  struct Member {
    uint64_t Method, Checksum, Packed, Unpacked, Offset;
  };

  [[noreturn]] void damaged(std::string_view Why) {
    throw Error(cat("'", Path, "' is not an NPZ file, or it is damaged: ", Why, "."));
  }
  const uint8_t *at(uint64_t Offset, uint64_t Length) {
    if (Offset > Bytes.size() || Length > Bytes.size() - Offset)
      damaged("it ends too early");
    return Bytes.data() + Offset;
  }

  /// How many members, and where their records begin.
  std::pair<uint64_t, uint64_t> findDirectory() {
    if (Bytes.size() < 22)
      damaged("it is too short");
    size_t Lowest = Bytes.size() - std::min<size_t>(Bytes.size(), 22 + 65535);
    for (size_t End = Bytes.size() - 22 + 1; End-- > Lowest;) {
      const uint8_t *Record = &Bytes[End];
      if (little(Record, 4) != 0x06054b50 || End + 22 + little(Record + 20, 2) != Bytes.size())
        continue;
      uint64_t Count = little(Record + 10, 2), Offset = little(Record + 16, 4);
      if ((Count == 0xffff || Offset == 0xffffffff) && End >= 20 && little(&Bytes[End - 20], 4) == 0x07064b50) {
        const uint8_t *Wide = at(little(&Bytes[End - 20] + 8, 8), 56); // zip64
        if (little(Wide, 4) != 0x06064b50)
          damaged("its zip64 directory is broken");
        Count = little(Wide + 32, 8), Offset = little(Wide + 48, 8);
      }
      return {Count, Offset};
    }
    damaged("it has no zip directory");
  }

  /// The zip64 field holds, in this order, whichever of the sizes and the offset did not fit.
  void widen(Member &M, const uint8_t *Extra, uint64_t Left) {
    while (Left >= 4) {
      uint64_t Kind = little(Extra, 2), Length = little(Extra + 2, 2);
      if (Length > Left - 4)
        damaged("an extra field is broken");
      if (Kind == 1) {
        const uint8_t *From = Extra + 4;
        for (uint64_t *Field : {&M.Unpacked, &M.Packed, &M.Offset})
          if (*Field == 0xffffffff && From + 8 <= Extra + 4 + Length) {
            *Field = little(From, 8);
            From += 8;
          }
      }
      Extra += 4 + Length;
      Left -= 4 + Length;
    }
  }

  Tensor extract(const Member &M, const std::string &What) {
    const uint8_t *Local = at(M.Offset, 30);
    if (little(Local, 4) != 0x04034b50)
      damaged("a member has no header");
    uint64_t Start = M.Offset + 30 + little(Local + 26, 2) + little(Local + 28, 2);
    std::span<const uint8_t> Data(at(Start, M.Packed), M.Packed);
    if (M.Method != 0 && M.Method != 8)
      throw Error(cat("'", What, "' is compressed by method ", M.Method, "; stored and deflated are supported."));
    if (M.Method == 0 && M.Packed != M.Unpacked)
      damaged("a stored member has two different sizes");
    ByteSource Source(Data, M.Method ? ByteSource::Form::Deflate : ByteSource::Form::Plain, What);
    if (Source.most() < M.Unpacked)
      damaged("a member claims an impossible size");
    Tensor Value = readArray(Source, M.Unpacked, What);
    if (!Source.atEnd())
      throw Error(cat("'", What, "' is damaged: it inflates to more than the size in the archive's directory."));
    if (Source.checksum() != M.Checksum)
      throw Error(cat("'", What, "' is damaged: its checksum does not match."));
    return Value;
  }

  const std::vector<uint8_t> &Bytes;
  const std::string &Path;
};

} // namespace

std::vector<NamedTensor> readNpz(const std::string &Path) {
  std::vector<uint8_t> Bytes = readFile(Path);
  try {
    return ZipReader(Bytes, Path).read();
  } catch (const std::bad_alloc &) {
    throw Error(cat("Cannot read '", Path, "': it does not fit into memory."));
  }
}

//===----------------------------------------------------------------------===//
// NPZ: writing
//===----------------------------------------------------------------------===//

static void put(std::string &To, uint64_t Value, int Bytes) {
  for (int I = 0; I < Bytes; ++I)
    To.push_back(static_cast<char>(Value >> (8 * I)));
}

void writeNpz(const std::string &Path, std::span<const NamedView> Members) {
  constexpr uint64_t Most = 0xfffffffe; // beyond it zip needs other records
  for (size_t I = 0; I < Members.size(); ++I)
    for (size_t J = 0; J < I; ++J)
      if (Members[I].Name == Members[J].Name)
        throw Error(cat("Cannot write '", Path, "': two arrays are named '", Members[I].Name, "'."));
  AtomicFile File(Path);
  std::string Directory;
  uint64_t Offset = 0;
  for (const auto &[Name, Value] : Members) {
    std::string Header = headerFor(Value), FileName = Name + ".npy";
    uint64_t Size = Header.size() + Value.bytes();
    if (Size > Most || Offset + Size > Most || FileName.size() > 65535 || Members.size() > 65534)
      throw Error(cat("Cannot write '", Path, "': an NPZ file of more than 4 GiB is not supported."));
    uLong Sum = crc32(0, reinterpret_cast<const Bytef *>(Header.data()), static_cast<uInt>(Header.size()));
    if (Value.bytes())
      Sum = crc32(Sum, static_cast<const Bytef *>(Value.data()), static_cast<uInt>(Value.bytes()));
    // What the local and the central record share: versions, flags (UTF-8 names), method, date, sizes.
    std::string Common;
    put(Common, 20, 2), put(Common, 0x800, 2), put(Common, 0, 2);
    put(Common, 0, 2), put(Common, 0x21, 2); // midnight, 1 January 1980: equal inputs give equal files
    put(Common, Sum, 4), put(Common, Size, 4), put(Common, Size, 4);
    put(Common, FileName.size(), 2), put(Common, 0, 2);
    std::string Local = "PK\x03\x04" + Common + FileName;
    File.write(Local);
    File.write(Header);
    File.write(Value.data(), Value.bytes());
    Directory += "PK\x01\x02";
    put(Directory, 20, 2);
    Directory += Common;
    put(Directory, 0, 2), put(Directory, 0, 2), put(Directory, 0, 2), put(Directory, 0, 4), put(Directory, Offset, 4);
    Directory += FileName;
    Offset += Local.size() + Size;
  }
  std::string End = "PK\x05\x06";
  put(End, 0, 4), put(End, Members.size(), 2), put(End, Members.size(), 2);
  put(End, Directory.size(), 4), put(End, Offset, 4), put(End, 0, 2);
  File.write(Directory);
  File.write(End);
  File.commit();
}

} // namespace dlc
