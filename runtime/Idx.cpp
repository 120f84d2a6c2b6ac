// Idx.cpp - IDX files, the format of MNIST.
// SPDX-License-Identifier: Apache-2.0
//
// Two zero bytes, a type, the number of axes, each axis as a big-endian 32-bit number, then the elements, big
// endian, row-major.
#include "runtime/Idx.h"
#include "runtime/ByteSource.h"
#include "runtime/File.h"
#include "runtime/Text.h"

#include <bit>
#include <cstring>

namespace dlc {
using detail::ByteSource;
using detail::cat;

template <class T> static T bigEndian(const uint8_t *from) {
  std::array<uint8_t, sizeof(T)> bytes;
  for (size_t i = 0; i < sizeof(T); ++i)
    bytes[i] = from[sizeof(T) - 1 - i];
  return std::bit_cast<T>(bytes);
}

template <class Stored, class T> static void decode(const uint8_t *from, Tensor &to) {
  for (T &element : to.as<T>()) {
    element = static_cast<T>(bigEndian<Stored>(from));
    from += sizeof(Stored);
  }
}

Tensor readIdx(const std::string &path) {
  std::vector<uint8_t> file = readFile(path);
  if (file.empty())
    throw Error(cat("'", path, "' is empty; an IDX file was expected."));
  ByteSource source(file, isGzip(file) ? ByteSource::Form::Gzip : ByteSource::Form::Plain, path);
  std::array<uint8_t, 4 + 4 * DLC_MAX_RANK> bytes;
  if (source.read(std::span(bytes).first(4)) < 4 || bytes[0] != 0 || bytes[1] != 0)
    throw Error(cat("'", path,
                    "' is not an IDX file: it does not begin with two zero bytes, a type and a number "
                    "of axes."));
  DType type;
  size_t stored;
  switch (bytes[2]) {
  case 0x08:
    type = DType::U8, stored = 1;
    break;
  case 0x09:
    type = DType::I32, stored = 1;
    break;
  case 0x0B:
    type = DType::I32, stored = 2;
    break;
  case 0x0C:
    type = DType::I32, stored = 4;
    break;
  case 0x0D:
    type = DType::F32, stored = 4;
    break;
  case 0x0E:
    type = DType::F64, stored = 8;
    break;
  default:
    throw Error(cat("'", path, "' is not an IDX file: its element type is ", int(bytes[2]),
                    "; IDX has 8, 9, 11, 12, 13 and 14."));
  }
  size_t rank = bytes[3];
  if (rank == 0 || rank > DLC_MAX_RANK)
    throw Error(cat("'", path, "' has ", rank, " axes; 1 to ", DLC_MAX_RANK, " are supported."));
  if (source.read(std::span(bytes).subspan(4, 4 * rank)) < 4 * rank)
    throw Error(cat("'", path, "' is truncated: it ends within its header of ", 4 + 4 * rank, " bytes."));
  std::vector<int64_t> axes;
  for (size_t i = 0; i < rank; ++i)
    axes.push_back(bigEndian<uint32_t>(&bytes[4 + 4 * i]));
  Shape dims(axes);
  // As many bytes as the header announces, and one more to see that there is none.
  uint64_t expected = detail::bytesAnnounced(dims, stored, path);
  auto wrong = [&](std::string_view how, const std::string &found) {
    throw Error(cat("'", path, "' is ", how, ": the shape ", dims.str(), " in its header needs ", expected,
                    " bytes of elements, and it has ", found, "."));
  };
  if (uint64_t most = source.most(); most < expected)
    wrong("truncated", cat(isGzip(file) ? "at most " : "", most));
  Tensor elements(DType::U8, {static_cast<int64_t>(expected)});
  if (size_t found = source.read(elements.as<uint8_t>()); found < expected)
    wrong("truncated", std::to_string(found));
  if (!source.atEnd())
    wrong("too long", "more");
  Tensor result(type, dims);
  const uint8_t *from = elements.as<uint8_t>().data();
  switch (bytes[2]) {
  case 0x08:
    if (expected)
      std::memcpy(result.data(), from, expected);
    break;
  case 0x09:
    decode<int8_t, int32_t>(from, result);
    break;
  case 0x0B:
    decode<int16_t, int32_t>(from, result);
    break;
  case 0x0C:
    decode<int32_t, int32_t>(from, result);
    break;
  case 0x0D:
    decode<float, float>(from, result);
    break;
  default:
    decode<double, double>(from, result);
  }
  return result;
}

} // namespace dlc
