// ByteSource.h - bytes in order, plain or inflated (internal).
// SPDX-License-Identifier: Apache-2.0
//
// What a compressed file inflates to is not known before it is inflated, and can be a thousand times its
// size. So readers ask for what a header announced, piece by piece, and no more than that is ever made.
#ifndef DLC_RUNTIME_BYTESOURCE_H
#define DLC_RUNTIME_BYTESOURCE_H

#include "runtime/Tensor.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace dlc::detail {

class ByteSource {
public:
  enum class Form {
    Plain,
    Gzip,   ///< one or more members; their checksums are verified
    Deflate ///< bare, as in zip archives
  };
  /// Borrows both; `what` stands for the file's name in errors.
  ByteSource(std::span<const uint8_t> bytes, Form kind, const std::string &what);
  ~ByteSource();

  /// Fills `into` as far as there are bytes; how many. Throws Error where what is compressed is damaged or
  /// cut off.
  size_t read(std::span<uint8_t> into);
  /// Whether nothing is left. Of compressed data the end is verified, and something behind it is an error.
  bool atEnd();
  /// How many bytes may come at most: a header that announces more lies, and memory for it need not be asked
  /// for.
  uint64_t most() const;
  /// CRC-32 of what was read.
  uint32_t checksum() const { return sum; }

private:
  struct Inflater;
  size_t inflateSome(std::span<uint8_t> into);

  std::span<const uint8_t> left; ///< not yet read, or not yet inflated
  Form kind;
  const std::string &what;
  std::unique_ptr<Inflater> inflater;
  uint32_t sum = 0;
};

/// The bytes that the header of the file `what` announces: elements of `size` bytes each in this shape. Throws Error, which
/// names the file, where they are more than any file holds.
uint64_t bytesAnnounced(const Shape &dims, size_t size, const std::string &what);

} // namespace dlc::detail

#endif // DLC_RUNTIME_BYTESOURCE_H
