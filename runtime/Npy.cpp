// Npy.cpp - NumPy's files.
// SPDX-License-Identifier: Apache-2.0
//
// An .npy file is a magic string, a version, the length of a header, the header (a Python dictionary with
// three keys, as text), and the elements. An .npz file is a zip archive of those.
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

//===--- NPY: reading ----------------------------------------------------------------------------------===//

namespace {

/// Reads the dictionary of an .npy header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class HeaderReader {
public:
  HeaderReader(std::string_view text, const std::string &what) : text(text), what(what) {}

  std::string descr;
  bool fortran = false;
  std::vector<int64_t> axes;

  void read() {
    expect('{');
    unsigned seen = 0;
    while (!accept('}')) {
      std::string key = string();
      expect(':');
      unsigned bit;
      if (key == "descr") {
        bit = 1;
        if (peek() == '[')
          throw Error(cat("'", what, "' holds records (a structured type); plain numbers were expected."));
        descr = string();
      } else if (key == "fortran_order") {
        bit = 2;
        fortran = boolean();
      } else if (key == "shape") {
        bit = 4;
        shape();
      } else {
        damaged(cat("it has an unknown key '", key, "'"));
      }
      if (seen & bit)
        damaged(cat("it has '", key, "' twice"));
      seen |= bit;
      if (!accept(',') && peek() != '}')
        damaged("a ',' or '}' is missing");
    }
    if (seen != 7)
      damaged("it lacks one of 'descr', 'fortran_order' and 'shape'");
    skip();
    if (at != text.size())
      damaged("something follows the '}'");
  }

private:
  [[noreturn]] void damaged(const std::string &why) {
    throw Error(cat("'", what, "' has a damaged NPY header: ", why, "."));
  }
  void skip() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t'))
      ++at;
  }
  char peek() {
    skip();
    return at < text.size() ? text[at] : '\0';
  }
  bool accept(char c) {
    if (peek() != c)
      return false;
    ++at;
    return true;
  }
  void expect(char c) {
    if (!accept(c))
      damaged(cat("a '", c, "' is missing"));
  }
  std::string string() {
    char quote = peek();
    if (quote != '\'' && quote != '"')
      damaged("a string was expected");
    size_t end = text.find(quote, ++at);
    if (end == std::string_view::npos)
      damaged("a string does not end");
    std::string result(text.substr(at, end - at));
    at = end + 1;
    return result;
  }
  bool boolean() {
    skip();
    for (std::string_view word : {"True", "False"})
      if (text.substr(at, word.size()) == word) {
        at += word.size();
        return word == "True";
      }
    damaged("True or False was expected");
  }
  void shape() {
    expect('(');
    while (!accept(')')) {
      if (peek() < '0' || peek() > '9')
        damaged("its shape has something that is not a number");
      int64_t value = 0;
      for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, text[at] - '0', &value))
          damaged("its shape has a number that is too large");
      accept('L'); // written by Python 2
      axes.push_back(value);
      if (!accept(',') && peek() != ')')
        damaged("its shape does not end");
    }
  }

  std::string_view text;
  const std::string &what;
  size_t at = 0;
};

} // namespace

static DType typeOf(const std::string &descr, const std::string &what) {
  static constexpr std::pair<std::string_view, DType> known[] = {{"<f4", DType::F32}, {"<f8", DType::F64},
                                                                 {"<i4", DType::I32}, {"<i8", DType::I64},
                                                                 {"|u1", DType::U8},  {"|b1", DType::Bool}};
  for (auto [name, type] : known)
    if (descr == name)
      return type;
  if (!descr.empty() && descr[0] == '>')
    throw Error(cat("'", what, "' is big-endian ('", descr,
                    "'); little-endian was expected: save array.astype(array.dtype.newbyteorder('<'))."));
  throw Error(cat("'", what, "' has the element type '", descr,
                  "'; supported are <f4, <f8, <i4, <i8, |u1 and |b1: save array.astype('float32'), for example."));
}

/// Reads an array of `total` bytes, its header first: elements are asked for when their number is known to be
/// right.
static Tensor readArray(ByteSource &source, uint64_t total, const std::string &what) {
  // NumPy itself reads at most 10,000; what needs more is a structured type with many fields.
  constexpr size_t mostHeaderBytes = 65535;
  std::array<uint8_t, 12> start;
  if (source.read(std::span(start).first(10)) < 10 || std::memcmp(start.data(), "\x93NUMPY", 6) != 0)
    throw Error(cat("'", what, "' is not an NPY file: it does not begin with NumPy's magic string."));
  int major = start[6];
  if (major < 1 || major > 3)
    throw Error(cat("'", what, "' is an NPY file of version ", major, "; 1, 2 and 3 are supported."));
  size_t length = start[8] | size_t(start[9]) << 8, before = 10;
  if (major > 1) {
    before = 12;
    if (source.read(std::span(start).last(2)) < 2)
      throw Error(cat("'", what, "' is truncated within its NPY header."));
    length |= size_t(start[10]) << 16 | size_t(start[11]) << 24;
  }
  if (total < before || length > total - before)
    throw Error(cat("'", what, "' is truncated within its NPY header."));
  if (length > mostHeaderBytes)
    throw Error(
        cat("'", what, "' has an NPY header of ", length, " bytes; at most ", mostHeaderBytes, " are supported."));
  std::vector<uint8_t> text(length);
  if (source.read(text) < length)
    throw Error(cat("'", what, "' is truncated within its NPY header."));
  HeaderReader header({reinterpret_cast<const char *>(text.data()), length}, what);
  header.read();
  DType type = typeOf(header.descr, what);
  if (header.axes.size() > DLC_MAX_RANK)
    throw Error(cat("'", what, "' has ", header.axes.size(), " axes; at most ", DLC_MAX_RANK, " are supported."));
  Shape dims(header.axes);
  if (header.fortran && dims.size() > 1)
    throw Error(cat("'", what, "' is in Fortran order; C order was expected: save numpy.ascontiguousarray(array)."));
  uint64_t expected = detail::bytesAnnounced(dims, sizeOf(type), what), found = total - before - length;
  if (found != expected)
    throw Error(cat("'", what, "' is ", found < expected ? "truncated" : "too long", ": an array of ", nameOf(type),
                    dims.str(), " has ", expected, " bytes, and the file has ", found, "."));
  if (source.most() < expected)
    throw Error(cat("'", what, "' is truncated: it cannot hold the ", expected, " bytes of its array."));
  Tensor result(type, dims);
  auto *elements = static_cast<uint8_t *>(result.data());
  if (source.read({elements, expected}) < expected)
    throw Error(cat("'", what, "' is truncated: its array of ", nameOf(type), dims.str(), " has ", expected,
                    " bytes, and fewer came out."));
  if (type == DType::Bool)
    for (uint64_t i = 0; i < expected; ++i)
      elements[i] = elements[i] != 0;
  return result;
}

Tensor parseNpy(std::span<const uint8_t> bytes, const std::string &what) {
  ByteSource source(bytes, ByteSource::Form::Plain, what);
  return readArray(source, bytes.size(), what);
}

Tensor readNpy(const std::string &path) { return parseNpy(readFile(path), path); }

//===--- NPY: writing ----------------------------------------------------------------------------------===//

static std::string headerFor(TensorView value) {
  static constexpr const char *names[] = {"", "<f4", "<f8", "<i4", "<i8", "|u1", "|b1"};
  std::string text =
      cat("{'descr': '", names[static_cast<unsigned>(value.dtype())], "', 'fortran_order': False, 'shape': (");
  for (size_t i = 0; i < value.shape().size(); ++i)
    text += cat(i ? ", " : "", value.shape()[i]);
  text += value.shape().size() == 1 ? ",), }" : "), }";
  while ((10 + text.size() + 1) % 64) // the elements begin at a multiple of 64 bytes
    text += ' ';
  text += '\n';
  std::string result("\x93NUMPY\x01\x00", 8);
  result += static_cast<char>(text.size() & 255);
  result += static_cast<char>(text.size() >> 8);
  return result + text;
}

void writeNpy(const std::string &path, TensorView value) {
  AtomicFile file(path);
  file.write(headerFor(value));
  file.write(value.data(), value.bytes());
  file.commit();
}

//===--- NPZ: reading ----------------------------------------------------------------------------------===//

static uint64_t little(const uint8_t *from, int bytes) {
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; --i)
    value = value << 8 | from[i];
  return value;
}

namespace {

/// A zip archive held in memory.
class ZipReader {
public:
  ZipReader(const std::vector<uint8_t> &bytes, const std::string &path) : bytes(bytes), path(path) {}

  std::vector<NamedTensor> read() {
    std::vector<NamedTensor> members;
    auto [count, place] = findDirectory();
    uint64_t packedBytes = 0;
    std::set<std::string> names;
    for (uint64_t i = 0; i < count; ++i) {
      const uint8_t *record = at(place, 46);
      if (little(record, 4) != 0x02014b50)
        damaged("its directory is broken");
      uint64_t nameBytes = little(record + 28, 2), extraBytes = little(record + 30, 2);
      uint64_t commentBytes = little(record + 32, 2);
      std::string name(reinterpret_cast<const char *>(at(place + 46, nameBytes)), nameBytes);
      Member m{little(record + 10, 2), little(record + 16, 4), little(record + 20, 4), little(record + 24, 4),
               little(record + 42, 4)};
      widen(m, at(place + 46 + nameBytes, extraBytes), extraBytes);
      if (little(record + 8, 2) & 1)
        throw Error(cat("'", path, "' has an encrypted member '", name, "'."));
      place += 46 + nameBytes + extraBytes + commentBytes;
      std::string what = cat(path, "(", name, ")");
      // Members that share their bytes would make much of a small file.
      if (m.packed > bytes.size() - packedBytes)
        damaged("its members overlap");
      packedBytes += m.packed;
      Tensor value = extract(m, what);
      if (name.ends_with(".npy"))
        name.resize(name.size() - 4);
      if (!names.insert(name).second)
        throw Error(cat("'", path, "' has two members named '", name, "'."));
      members.push_back({std::move(name), std::move(value)});
    }
    return members;
  }

private:
  struct Member {
    uint64_t method, checksum, packed, unpacked, offset;
  };

  [[noreturn]] void damaged(std::string_view why) {
    throw Error(cat("'", path, "' is not an NPZ file, or it is damaged: ", why, "."));
  }
  const uint8_t *at(uint64_t offset, uint64_t length) {
    if (offset > bytes.size() || length > bytes.size() - offset)
      damaged("it ends too early");
    return bytes.data() + offset;
  }

  /// How many members, and where their records begin.
  std::pair<uint64_t, uint64_t> findDirectory() {
    if (bytes.size() < 22)
      damaged("it is too short");
    size_t lowest = bytes.size() - std::min<size_t>(bytes.size(), 22 + 65535);
    for (size_t end = bytes.size() - 22 + 1; end-- > lowest;) {
      const uint8_t *record = &bytes[end];
      if (little(record, 4) != 0x06054b50 || end + 22 + little(record + 20, 2) != bytes.size())
        continue;
      uint64_t count = little(record + 10, 2), offset = little(record + 16, 4);
      if ((count == 0xffff || offset == 0xffffffff) && end >= 20 && little(&bytes[end - 20], 4) == 0x07064b50) {
        const uint8_t *wide = at(little(&bytes[end - 20] + 8, 8), 56); // zip64
        if (little(wide, 4) != 0x06064b50)
          damaged("its zip64 directory is broken");
        count = little(wide + 32, 8), offset = little(wide + 48, 8);
      }
      return {count, offset};
    }
    damaged("it has no zip directory");
  }

  /// The zip64 field holds, in this order, whichever of the sizes and the offset did not fit.
  void widen(Member &m, const uint8_t *extra, uint64_t left) {
    while (left >= 4) {
      uint64_t kind = little(extra, 2), length = little(extra + 2, 2);
      if (length > left - 4)
        damaged("an extra field is broken");
      if (kind == 1) {
        const uint8_t *from = extra + 4;
        for (uint64_t *field : {&m.unpacked, &m.packed, &m.offset})
          if (*field == 0xffffffff && from + 8 <= extra + 4 + length) {
            *field = little(from, 8);
            from += 8;
          }
      }
      extra += 4 + length;
      left -= 4 + length;
    }
  }

  Tensor extract(const Member &m, const std::string &what) {
    const uint8_t *local = at(m.offset, 30);
    if (little(local, 4) != 0x04034b50)
      damaged("a member has no header");
    uint64_t start = m.offset + 30 + little(local + 26, 2) + little(local + 28, 2);
    std::span<const uint8_t> data(at(start, m.packed), m.packed);
    if (m.method != 0 && m.method != 8)
      throw Error(cat("'", what, "' is compressed by method ", m.method, "; stored and deflated are supported."));
    if (m.method == 0 && m.packed != m.unpacked)
      damaged("a stored member has two different sizes");
    ByteSource source(data, m.method ? ByteSource::Form::Deflate : ByteSource::Form::Plain, what);
    if (source.most() < m.unpacked)
      damaged("a member claims an impossible size");
    Tensor value = readArray(source, m.unpacked, what);
    if (!source.atEnd())
      throw Error(cat("'", what, "' is damaged: it inflates to more than the size in the archive's directory."));
    if (source.checksum() != m.checksum)
      throw Error(cat("'", what, "' is damaged: its checksum does not match."));
    return value;
  }

  const std::vector<uint8_t> &bytes;
  const std::string &path;
};

} // namespace

std::vector<NamedTensor> readNpz(const std::string &path) {
  std::vector<uint8_t> bytes = readFile(path);
  try {
    return ZipReader(bytes, path).read();
  } catch (const std::bad_alloc &) {
    throw Error(cat("Cannot read '", path, "': it does not fit into memory."));
  }
}

//===--- NPZ: writing ----------------------------------------------------------------------------------===//

static void put(std::string &to, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    to.push_back(static_cast<char>(value >> (8 * i)));
}

void writeNpz(const std::string &path, std::span<const NamedView> members) {
  constexpr uint64_t most = 0xfffffffe; // beyond it zip needs other records
  for (size_t i = 0; i < members.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (members[i].name == members[j].name)
        throw Error(cat("Cannot write '", path, "': two arrays are named '", members[i].name, "'."));
  AtomicFile file(path);
  std::string directory;
  uint64_t offset = 0;
  for (const auto &[name, value] : members) {
    std::string header = headerFor(value), fileName = name + ".npy";
    uint64_t size = header.size() + value.bytes();
    if (size > most || offset + size > most || fileName.size() > 65535 || members.size() > 65534)
      throw Error(cat("Cannot write '", path, "': an NPZ file of more than 4 GiB is not supported."));
    uLong sum = crc32(0, reinterpret_cast<const Bytef *>(header.data()), static_cast<uInt>(header.size()));
    if (value.bytes())
      sum = crc32(sum, static_cast<const Bytef *>(value.data()), static_cast<uInt>(value.bytes()));
    // What the local and the central record share: versions, flags (UTF-8 names), method, date, sizes.
    std::string common;
    put(common, 20, 2), put(common, 0x800, 2), put(common, 0, 2);
    put(common, 0, 2), put(common, 0x21, 2); // midnight, 1 January 1980: equal inputs give equal files
    put(common, sum, 4), put(common, size, 4), put(common, size, 4);
    put(common, fileName.size(), 2), put(common, 0, 2);
    std::string local = "PK\x03\x04" + common + fileName;
    file.write(local);
    file.write(header);
    file.write(value.data(), value.bytes());
    directory += "PK\x01\x02";
    put(directory, 20, 2);
    directory += common;
    put(directory, 0, 2), put(directory, 0, 2), put(directory, 0, 2), put(directory, 0, 4), put(directory, offset, 4);
    directory += fileName;
    offset += local.size() + size;
  }
  std::string end = "PK\x05\x06";
  put(end, 0, 4), put(end, members.size(), 2), put(end, members.size(), 2);
  put(end, directory.size(), 4), put(end, offset, 4), put(end, 0, 2);
  file.write(directory);
  file.write(end);
  file.commit();
}

} // namespace dlc
