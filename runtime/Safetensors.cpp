// Safetensors.cpp - named tensors in a file.
// SPDX-License-Identifier: Apache-2.0
//
// The header's JSON is of one narrow form (an object of objects of strings and numbers), so the reader here
// accepts that form and nothing else: no recursion, no tree, every limit checked where it is read.
#include "runtime/Safetensors.h"
#include "runtime/File.h"
#include "runtime/Text.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <sys/mman.h>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

namespace dlc {
using detail::cat;

/// The format's own bound on the header.
static constexpr uint64_t mostHeaderBytes = 100'000'000;

static constexpr struct {
  const char *name;
  int bits;
  std::optional<DType> type;
} types[] = {{"F32", 32, DType::F32},   {"F64", 64, DType::F64},      {"I32", 32, DType::I32},
             {"I64", 64, DType::I64},   {"U8", 8, DType::U8},         {"BOOL", 8, DType::Bool},
             {"F16", 16, std::nullopt}, {"BF16", 16, std::nullopt},   {"I8", 8, std::nullopt},
             {"I16", 16, std::nullopt}, {"U16", 16, std::nullopt},    {"U32", 32, std::nullopt},
             {"U64", 64, std::nullopt}, {"F8_E5M2", 8, std::nullopt}, {"F8_E4M3", 8, std::nullopt}};

//===--- The header's JSON -----------------------------------------------------------------------------===//

namespace {

class HeaderReader {
public:
  HeaderReader(std::string_view text, const std::string &path) : text(text), path(path) {}

  std::vector<SafetensorsFile::Entry> entries;
  std::map<std::string, std::string> metadata;

  void read() {
    std::set<std::string> names;
    object([&](std::string name) {
      if (!names.insert(name).second)
        damaged(cat("it has '", name, "' twice"));
      if (name == "__metadata__")
        readMetadata();
      else
        tensor(std::move(name));
    });
    skip();
    if (at != text.size())
      damaged("something follows its last '}'");
  }

private:
  [[noreturn]] void damaged(const std::string &why) {
    throw Error(cat("'", path, "' is not a safetensors file, or it is damaged: at byte ", at + 8, " of its header, ",
                    why, "."));
  }
  void skip() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r'))
      ++at;
  }
  bool accept(char c) {
    skip();
    if (at >= text.size() || text[at] != c)
      return false;
    ++at;
    return true;
  }
  void expect(char c) {
    if (!accept(c))
      damaged(cat("a '", c, "' was expected"));
  }

  template <class Fn> void object(Fn member) {
    expect('{');
    if (accept('}'))
      return;
    do {
      std::string key = string();
      expect(':');
      member(std::move(key));
    } while (accept(','));
    expect('}');
  }

  unsigned hex4() {
    unsigned value = 0;
    for (int i = 0; i < 4; ++i, ++at) {
      char c = at < text.size() ? text[at] : '\0';
      int digit = c >= '0' && c <= '9'   ? c - '0'
                  : c >= 'a' && c <= 'f' ? c - 'a' + 10
                  : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                         : -1;
      if (digit < 0)
        damaged("four hexadecimal digits were expected after \\u");
      value = value << 4 | static_cast<unsigned>(digit);
    }
    return value;
  }

  void appendUtf8(std::string &to, unsigned code) {
    if (code < 0x80) {
      to += static_cast<char>(code);
      return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static constexpr unsigned lead[] = {0, 0xC0, 0xE0, 0xF0};
    to += static_cast<char>(lead[more] | code >> (6 * more));
    while (more--)
      to += static_cast<char>(0x80 | (code >> (6 * more) & 0x3F));
  }

  std::string string() {
    expect('"');
    std::string result;
    while (true) {
      if (at >= text.size())
        damaged("a string does not end");
      char c = text[at++];
      if (c == '"')
        return result;
      if (static_cast<unsigned char>(c) < 0x20)
        damaged("a string has a control character");
      if (c != '\\') {
        result += c;
        continue;
      }
      char escape = at < text.size() ? text[at++] : '\0';
      static constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
      if (size_t known = from.find(escape); known != std::string_view::npos && escape) {
        result += to[known];
      } else if (escape == 'u') {
        unsigned code = hex4();
        if (code >= 0xD800 && code < 0xDC00) {
          if (text.substr(at, 2) != "\\u")
            damaged("half of a surrogate pair stands alone");
          at += 2;
          unsigned low = hex4();
          if (low < 0xDC00 || low > 0xDFFF)
            damaged("half of a surrogate pair stands alone");
          code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        } else if (code >= 0xDC00 && code <= 0xDFFF) {
          damaged("half of a surrogate pair stands alone");
        }
        appendUtf8(result, code);
      } else {
        damaged("a string has an unknown escape");
      }
    }
  }

  uint64_t number() {
    skip();
    size_t start = at;
    uint64_t value = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
      if (__builtin_mul_overflow(value, 10, &value) ||
          __builtin_add_overflow(value, uint64_t(text[at] - '0'), &value) || value > uint64_t(INT64_MAX))
        damaged("a number is too large");
    if (at == start)
      damaged("a whole number that is not negative was expected");
    return value;
  }

  std::vector<int64_t> numbers() {
    std::vector<int64_t> result;
    expect('[');
    if (accept(']'))
      return result;
    do
      result.push_back(static_cast<int64_t>(number()));
    while (accept(','));
    expect(']');
    return result;
  }

  void readMetadata() {
    object([&](std::string key) {
      if (!metadata.emplace(key, string()).second)
        damaged(cat("its metadata has '", key, "' twice"));
    });
  }

  void tensor(std::string name) {
    SafetensorsFile::Entry e;
    e.name = std::move(name);
    std::vector<int64_t> offsets;
    unsigned seen = 0;
    object([&](std::string key) {
      unsigned bit = 0;
      if (key == "dtype")
        bit = 1, e.typeName = string();
      else if (key == "shape")
        bit = 2, e.axes = numbers();
      else if (key == "data_offsets")
        bit = 4, offsets = numbers();
      else
        damaged(cat("tensor '", e.name, "' has an unknown key '", key, "'"));
      if (seen & bit)
        damaged(cat("tensor '", e.name, "' has '", key, "' twice"));
      seen |= bit;
    });
    if (seen != 7)
      damaged(cat("tensor '", e.name, "' lacks one of dtype, shape and data_offsets"));
    if (offsets.size() != 2 || offsets[0] > offsets[1])
      damaged(cat("tensor '", e.name, "' has broken data_offsets"));
    e.offset = static_cast<uint64_t>(offsets[0]);
    e.bytes = static_cast<uint64_t>(offsets[1] - offsets[0]);
    const auto *known =
        std::find_if(std::begin(types), std::end(types), [&](const auto &t) { return e.typeName == t.name; });
    if (known == std::end(types))
      damaged(cat("tensor '", e.name, "' has the unknown type '", e.typeName, "'"));
    e.type = known->type;
    bool empty = std::find(e.axes.begin(), e.axes.end(), 0) != e.axes.end();
    uint64_t expected = empty ? 0 : static_cast<uint64_t>(known->bits) / 8;
    for (int64_t axis : e.axes)
      if (!empty && __builtin_mul_overflow(expected, static_cast<uint64_t>(axis), &expected))
        damaged(cat("tensor '", e.name, "' has a shape that is too large"));
    if (expected != e.bytes)
      damaged(cat("tensor '", e.name, "' has ", e.bytes, " bytes; its shape and type need ", expected));
    entries.push_back(std::move(e));
  }

  std::string_view text;
  const std::string &path;
  size_t at = 0;
};

} // namespace

//===--- SafetensorsFile -------------------------------------------------------------------------------===//

struct SafetensorsFile::Impl {
  std::string path;
  int descriptor = -1;
  uint64_t dataStart = 0;
  std::vector<Entry> entries;
  std::map<std::string, std::string> metadata;

  ~Impl() {
    if (descriptor >= 0)
      ::close(descriptor);
  }

  void readAt(void *to, uint64_t bytes, uint64_t offset) const {
    auto *into = static_cast<char *>(to);
    while (bytes) {
      ssize_t got = ::pread(descriptor, into, std::min<uint64_t>(bytes, 1 << 30), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        throw Error(cat("Cannot read '", path, "': ", std::strerror(errno), "."));
      if (got == 0)
        throw Error(cat("Cannot read '", path, "': it became shorter while it was read."));
      into += got;
      offset += static_cast<uint64_t>(got);
      bytes -= static_cast<uint64_t>(got);
    }
  }
};

SafetensorsFile::SafetensorsFile(const std::string &path) : impl(std::make_unique<Impl>()) {
  impl->path = path;
  impl->descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (impl->descriptor < 0 || ::fstat(impl->descriptor, &status) != 0)
    throw Error(cat("Cannot open '", path, "': ", std::strerror(errno), "."));
  if (!S_ISREG(status.st_mode))
    throw Error(cat("Cannot read '", path, "': it is not a regular file; a safetensors file was expected."));
  auto size = static_cast<uint64_t>(status.st_size);
  if (size < 8)
    throw Error(cat("'", path, "' is not a safetensors file: it has ", size, " bytes."));
  uint8_t prefix[8];
  impl->readAt(prefix, 8, 0);
  uint64_t length = 0;
  for (int b = 7; b >= 0; --b)
    length = length << 8 | prefix[b];
  if (length > mostHeaderBytes)
    throw Error(cat("'", path, "' is not a safetensors file: it would have a header of ", length, " bytes; at most ",
                    mostHeaderBytes, " are allowed."));
  if (length > size - 8)
    throw Error(cat("'", path, "' is not a safetensors file, or it is truncated: its header has ", length,
                    " bytes, and the file ", size, "."));
  std::string header(length, '\0');
  impl->readAt(header.data(), length, 8);
  impl->dataStart = 8 + length;

  if (!detail::isUtf8(header))
    throw Error(cat("'", path, "' is not a safetensors file, or it is damaged: its header is not UTF-8."));
  HeaderReader reader(header, path);
  reader.read();
  impl->entries = std::move(reader.entries);
  impl->metadata = std::move(reader.metadata);
  std::sort(impl->entries.begin(), impl->entries.end(), [](const Entry &a, const Entry &b) {
    return std::tie(a.offset, a.bytes, a.name) < std::tie(b.offset, b.bytes, b.name);
  });
  uint64_t end = 0;
  for (const Entry &e : impl->entries) {
    if (e.offset != end)
      throw Error(cat("'", path, "' is damaged: tensor '", e.name, "' begins at byte ", e.offset, " of the data; byte ",
                      end, " was expected."));
    end = e.offset + e.bytes;
  }
  if (end != size - impl->dataStart)
    throw Error(cat("'", path, "' is ", end > size - impl->dataStart ? "truncated" : "too long", ": its tensors have ",
                    end, " bytes, and the file has ", size - impl->dataStart, " for them."));
}

SafetensorsFile::~SafetensorsFile() = default;
SafetensorsFile::SafetensorsFile(SafetensorsFile &&) noexcept = default;
SafetensorsFile &SafetensorsFile::operator=(SafetensorsFile &&) noexcept = default;

const std::string &SafetensorsFile::path() const { return impl->path; }
const std::vector<SafetensorsFile::Entry> &SafetensorsFile::entries() const { return impl->entries; }
const std::map<std::string, std::string> &SafetensorsFile::metadata() const { return impl->metadata; }

const SafetensorsFile::Entry *SafetensorsFile::find(std::string_view name) const {
  for (const Entry &e : impl->entries)
    if (e.name == name)
      return &e;
  return nullptr;
}

const SafetensorsFile::Entry &SafetensorsFile::get(std::string_view name) const {
  const Entry *e = find(name);
  if (!e)
    throw Error(cat("'", impl->path, "' has no tensor '", name, "'."));
  return *e;
}

Tensor SafetensorsFile::read(std::string_view name) const {
  const Entry &e = get(name);
  if (!e.type)
    throw Error(cat("'", impl->path, "': tensor '", name, "' has the type ", e.typeName,
                    "; supported are F32, F64, I32, I64, U8 and BOOL."));
  Tensor result(*e.type, Shape(e.axes));
  impl->readAt(result.data(), e.bytes, impl->dataStart + e.offset);
  if (*e.type == DType::Bool) {
    auto *values = static_cast<uint8_t *>(result.data());
    for (uint64_t n = 0; n < e.bytes; ++n)
      values[n] = values[n] != 0;
  }
  return result;
}

uint64_t SafetensorsFile::place(std::string_view name) const { return impl->dataStart + get(name).offset; }

std::shared_ptr<const char> SafetensorsFile::map(std::string_view name) const {
  // A mapping begins at a page and is never empty.
  uint64_t first = place(name), page = first - first % static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  uint64_t bytes = std::max<uint64_t>(first - page + get(name).bytes, 1);
  // The descriptor is open for reading alone, so that nobody can make the pages writable either.
  void *memory = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, impl->descriptor, static_cast<off_t>(page));
  if (memory == MAP_FAILED)
    throw Error(cat("Cannot map '", impl->path, "': ", std::strerror(errno), "."));
  return {static_cast<const char *>(memory) + (first - page),
          [memory, bytes](const char *) { ::munmap(memory, bytes); }};
}

//===--- Writing ---------------------------------------------------------------------------------------===//

static std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      result += cat('\\', c);
    else if (static_cast<unsigned char>(c) < 0x20)
      result += cat("\\u00", "0123456789abcdef"[c >> 4], "0123456789abcdef"[c & 15]);
    else
      result += c;
  }
  return result + '"';
}

void writeSafetensors(const std::string &path, std::span<const NamedView> tensors,
                      const std::map<std::string, std::string> &metadata, uint64_t alignment) {
  std::vector<const NamedView *> order;
  std::set<std::string_view> names;
  for (const NamedView &t : tensors) {
    if (t.name == "__metadata__" || !names.insert(t.name).second)
      throw Error(cat("Cannot write '", path, "': the name '", t.name, "' is ",
                      t.name == "__metadata__" ? "reserved" : "used twice", "."));
  }
  auto checkUtf8 = [&](const char *what, const std::string &text) {
    if (!detail::isUtf8(text))
      throw Error(cat("Cannot write '", path, "': the ", what, " '", text, "' is not UTF-8."));
  };
  for (const NamedView &t : tensors)
    checkUtf8("name", t.name);
  for (const auto &[key, value] : metadata) {
    checkUtf8("key", key);
    checkUtf8("value", value);
  }
  for (size_t size : {8, 4, 1})
    for (const NamedView &t : tensors)
      if (sizeOf(t.value.dtype()) == size)
        order.push_back(&t);
  std::string header = "{";
  if (!metadata.empty()) {
    header += "\"__metadata__\":{";
    for (const auto &[key, value] : metadata)
      header += cat(header.back() == '{' ? "" : ",", quoted(key), ":", quoted(value));
    header += "}";
  }
  uint64_t offset = 0;
  for (const NamedView *t : order) {
    const char *typeName = "";
    for (const auto &known : types)
      if (known.type == t->value.dtype())
        typeName = known.name;
    std::string axes;
    for (int64_t axis : t->value.shape())
      axes += cat(axes.empty() ? "" : ",", axis);
    header += cat(header.size() == 1 ? "" : ",", quoted(t->name), ":{\"dtype\":\"", typeName, "\",\"shape\":[", axes,
                  "],\"data_offsets\":[", offset, ",", offset + t->value.bytes(), "]}");
    offset += t->value.bytes();
  }
  header += "}";
  header.append((alignment - (8 + header.size()) % alignment) % alignment, ' ');
  if (header.size() > mostHeaderBytes)
    throw Error(cat("Cannot write '", path, "': its header would have ", header.size(), " bytes; at most ",
                    mostHeaderBytes, " are allowed."));
  AtomicFile file(path);
  uint8_t prefix[8];
  for (int b = 0; b < 8; ++b)
    prefix[b] = static_cast<uint8_t>(header.size() >> (8 * b));
  file.write(prefix, 8);
  file.write(header);
  for (const NamedView *t : order)
    file.write(t->value.data(), t->value.bytes());
  file.commit();
}

} // namespace dlc
