//===- Idx.cpp - IDX files, the format of MNIST ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Two zero bytes, a type, the number of axes, each axis as a big-endian 32-bit number, then the elements, big
// endian, row-major.
//
//===----------------------------------------------------------------------===//
#include "runtime/Idx.h"
#include "runtime/ByteSource.h"
#include "runtime/File.h"
#include "runtime/Text.h"

#include <bit>
#include <cstring>

namespace dlc {
using detail::ByteSource;
using detail::cat;

template <class T> static T bigEndian(const uint8_t *From) {
  std::array<uint8_t, sizeof(T)> Bytes;
  for (size_t I = 0; I < sizeof(T); ++I)
    Bytes[I] = From[sizeof(T) - 1 - I];
  return std::bit_cast<T>(Bytes);
}

template <class Stored, class T> static void decode(const uint8_t *From, Tensor &To) {
  for (T &Element : To.as<T>()) {
    Element = static_cast<T>(bigEndian<Stored>(From));
    From += sizeof(Stored);
  }
}

Tensor readIdx(const std::string &Path) {
  std::vector<uint8_t> File = readFile(Path);
  if (File.empty())
    throw Error(cat("'", Path, "' is empty; an IDX file was expected."));
  ByteSource Source(File, isGzip(File) ? ByteSource::Form::Gzip : ByteSource::Form::Plain, Path);
  std::array<uint8_t, 4 + 4 * DLC_MAX_RANK> Bytes;
  if (Source.read(std::span(Bytes).first(4)) < 4 || Bytes[0] != 0 || Bytes[1] != 0)
    throw Error(cat("'", Path,
                    "' is not an IDX file: it does not begin with two zero bytes, a type and a number "
                    "of axes."));
  DType Type;
  size_t Stored;
  switch (Bytes[2]) {
  case 0x08:
    Type = DType::U8, Stored = 1;
    break;
  case 0x09:
    Type = DType::I32, Stored = 1;
    break;
  case 0x0B:
    Type = DType::I32, Stored = 2;
    break;
  case 0x0C:
    Type = DType::I32, Stored = 4;
    break;
  case 0x0D:
    Type = DType::F32, Stored = 4;
    break;
  case 0x0E:
    Type = DType::F64, Stored = 8;
    break;
  default:
    throw Error(cat("'", Path, "' is not an IDX file: its element type is ", int(Bytes[2]),
                    "; IDX has 8, 9, 11, 12, 13 and 14."));
  }
  size_t Rank = Bytes[3];
  if (Rank == 0 || Rank > DLC_MAX_RANK)
    throw Error(cat("'", Path, "' has ", Rank, " axes; 1 to ", DLC_MAX_RANK, " are supported."));
  if (Source.read(std::span(Bytes).subspan(4, 4 * Rank)) < 4 * Rank)
    throw Error(cat("'", Path, "' is truncated: it ends within its header of ", 4 + 4 * Rank, " bytes."));
  std::vector<int64_t> Axes;
  for (size_t I = 0; I < Rank; ++I)
    Axes.push_back(bigEndian<uint32_t>(&Bytes[4 + 4 * I]));
  Shape Dims(Axes);
  // As many bytes as the header announces, and one more to see that there is none.
  uint64_t Expected = static_cast<uint64_t>(Dims.elements()) * Stored;
  auto Wrong = [&](std::string_view How, const std::string &Found) {
    throw Error(cat("'", Path, "' is ", How, ": the shape ", Dims.str(), " in its header needs ", Expected,
                    " bytes of elements, and it has ", Found, "."));
  };
  if (uint64_t Most = Source.most(); Most < Expected)
    Wrong("truncated", cat(isGzip(File) ? "at most " : "", Most));
  Tensor Elements(DType::U8, {static_cast<int64_t>(Expected)});
  if (size_t Found = Source.read(Elements.as<uint8_t>()); Found < Expected)
    Wrong("truncated", std::to_string(Found));
  if (!Source.atEnd())
    Wrong("too long", "more");
  Tensor Result(Type, Dims);
  const uint8_t *From = Elements.as<uint8_t>().data();
  switch (Bytes[2]) {
  case 0x08:
    if (Expected)
      std::memcpy(Result.data(), From, Expected);
    break;
  case 0x09:
    decode<int8_t, int32_t>(From, Result);
    break;
  case 0x0B:
    decode<int16_t, int32_t>(From, Result);
    break;
  case 0x0C:
    decode<int32_t, int32_t>(From, Result);
    break;
  case 0x0D:
    decode<float, float>(From, Result);
    break;
  default:
    decode<double, double>(From, Result);
  }
  return Result;
}

} // namespace dlc
