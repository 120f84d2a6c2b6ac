//===- ByteSource.cpp - bytes in order, plain or inflated --------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "runtime/ByteSource.h"
#include "runtime/Error.h"
#include "runtime/Text.h"

#include <algorithm>
#include <cstring>
#include <zlib.h>

namespace dlc::detail {

static constexpr size_t MostAtOnce = size_t(1) << 30; // zlib counts in 32 bits
static constexpr uint64_t MostRatio = 1032;           // deflate makes at most so many bytes of one

struct ByteSource::Inflater {
  z_stream Stream{};
  bool Ended = false; ///< the data, of all members
  ~Inflater() { inflateEnd(&Stream); }
};

ByteSource::ByteSource(std::span<const uint8_t> Bytes, Form Kind, const std::string &What)
    : Left(Bytes), Kind(Kind), What(What) {
  if (Kind == Form::Plain)
    return;
  I = std::make_unique<Inflater>();
  if (inflateInit2(&I->Stream, Kind == Form::Gzip ? 15 + 16 : -15) != Z_OK)
    throw Error(cat("Cannot inflate '", What, "': no memory."));
}
ByteSource::~ByteSource() = default;

uint64_t ByteSource::most() const {
  return Kind == Form::Plain ? Left.size() : (Left.size() + 64) * MostRatio; // zlib holds some bytes back
}

/// Some bytes into a space that is not empty; none only at the end.
size_t ByteSource::inflateSome(std::span<uint8_t> Into) {
  z_stream &Stream = I->Stream;
  while (!I->Ended) {
    Stream.next_in = const_cast<Bytef *>(Left.data());
    Stream.avail_in = static_cast<uInt>(std::min(Left.size(), MostAtOnce));
    Stream.next_out = Into.data();
    Stream.avail_out = static_cast<uInt>(std::min(Into.size(), MostAtOnce));
    uInt Offered = Stream.avail_in, Room = Stream.avail_out;
    int Code = inflate(&Stream, Z_NO_FLUSH);
    Left = Left.subspan(Offered - Stream.avail_in);
    size_t Made = Room - Stream.avail_out;
    if (Code == Z_STREAM_END) {
      bool Another = Kind == Form::Gzip && !Left.empty() && Left[0] == 0x1f && inflateReset(&Stream) == Z_OK;
      I->Ended = !Another;
    } else if (Code != Z_OK && Code != Z_BUF_ERROR) {
      throw Error(cat("'", What, "' is damaged: it cannot be inflated (", Stream.msg ? Stream.msg : "error", ")."));
    } else if (!Made && Left.empty()) {
      throw Error(cat("'", What, "' is truncated: its compressed data end too early."));
    }
    if (Made)
      return Made;
  }
  return 0;
}

size_t ByteSource::read(std::span<uint8_t> Into) {
  size_t Filled = 0;
  if (Kind == Form::Plain) {
    Filled = std::min(Into.size(), Left.size());
    if (Filled)
      std::memcpy(Into.data(), Left.data(), Filled);
    Left = Left.subspan(Filled);
  } else {
    while (Filled < Into.size()) {
      size_t Made = inflateSome(Into.subspan(Filled));
      if (!Made)
        break;
      Filled += Made;
    }
  }
  for (size_t Done = 0; Done < Filled;) {
    size_t Part = std::min(Filled - Done, MostAtOnce);
    Sum = static_cast<uint32_t>(crc32(Sum, Into.data() + Done, static_cast<uInt>(Part)));
    Done += Part;
  }
  return Filled;
}

bool ByteSource::atEnd() {
  if (Kind == Form::Plain)
    return Left.empty();
  uint8_t One;
  if (inflateSome({&One, 1}))
    return false;
  if (!Left.empty())
    throw Error(cat("'", What, "' has ", Left.size(), " bytes after the end of its compressed data."));
  return true;
}

} // namespace dlc::detail
