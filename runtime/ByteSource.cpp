// ByteSource.cpp - bytes in order, plain or inflated.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/ByteSource.h"
#include "runtime/Error.h"
#include "runtime/Text.h"

#include <algorithm>
#include <cstring>
#include <zlib.h>

namespace dlc::detail {

static constexpr size_t mostAtOnce = size_t(1) << 30; // zlib counts in 32 bits
static constexpr uint64_t mostRatio = 1032;           // deflate makes at most so many bytes of one

struct ByteSource::Inflater {
  z_stream stream{};
  bool ended = false; ///< the data, of all members
  ~Inflater() { inflateEnd(&stream); }
};

ByteSource::ByteSource(std::span<const uint8_t> bytes, Form kind, const std::string &what)
    : left(bytes), kind(kind), what(what) {
  if (kind == Form::Plain)
    return;
  inflater = std::make_unique<Inflater>();
  if (inflateInit2(&inflater->stream, kind == Form::Gzip ? 15 + 16 : -15) != Z_OK)
    throw Error(cat("Cannot inflate '", what, "': no memory."));
}
ByteSource::~ByteSource() = default;

uint64_t ByteSource::most() const {
  return kind == Form::Plain ? left.size() : (left.size() + 64) * mostRatio; // zlib holds some bytes back
}

/// Some bytes into a space that is not empty; none only at the end.
size_t ByteSource::inflateSome(std::span<uint8_t> into) {
  z_stream &stream = inflater->stream;
  while (!inflater->ended) {
    stream.next_in = const_cast<Bytef *>(left.data());
    stream.avail_in = static_cast<uInt>(std::min(left.size(), mostAtOnce));
    stream.next_out = into.data();
    stream.avail_out = static_cast<uInt>(std::min(into.size(), mostAtOnce));
    uInt offered = stream.avail_in, room = stream.avail_out;
    int code = inflate(&stream, Z_NO_FLUSH);
    left = left.subspan(offered - stream.avail_in);
    size_t made = room - stream.avail_out;
    if (code == Z_STREAM_END) {
      bool another = kind == Form::Gzip && !left.empty() && left[0] == 0x1f && inflateReset(&stream) == Z_OK;
      inflater->ended = !another;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      throw Error(cat("'", what, "' is damaged: it cannot be inflated (", stream.msg ? stream.msg : "error", ")."));
    } else if (!made && left.empty()) {
      throw Error(cat("'", what, "' is truncated: its compressed data end too early."));
    }
    if (made)
      return made;
  }
  return 0;
}

size_t ByteSource::read(std::span<uint8_t> into) {
  size_t filled = 0;
  if (kind == Form::Plain) {
    filled = std::min(into.size(), left.size());
    if (filled)
      std::memcpy(into.data(), left.data(), filled);
    left = left.subspan(filled);
  } else {
    while (filled < into.size()) {
      size_t made = inflateSome(into.subspan(filled));
      if (!made)
        break;
      filled += made;
    }
  }
  for (size_t done = 0; done < filled;) {
    size_t part = std::min(filled - done, mostAtOnce);
    sum = static_cast<uint32_t>(crc32(sum, into.data() + done, static_cast<uInt>(part)));
    done += part;
  }
  return filled;
}

bool ByteSource::atEnd() {
  if (kind == Form::Plain)
    return left.empty();
  uint8_t one;
  if (inflateSome({&one, 1}))
    return false;
  if (!left.empty())
    throw Error(cat("'", what, "' has ", left.size(), " bytes after the end of its compressed data."));
  return true;
}

uint64_t bytesAnnounced(const Shape &dims, size_t size, const std::string &what) {
  uint64_t bytes = size;
  for (int64_t axis : dims)
    if (axis == 0)
      return 0;
  for (int64_t axis : dims)
    if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(axis), &bytes) || bytes > uint64_t(1) << 58)
      throw Error(cat("'", what, "' is damaged, or it is truncated: the shape ", dims.str(),
                      " in its header has more elements than a file can hold."));
  return bytes;
}

} // namespace dlc::detail
