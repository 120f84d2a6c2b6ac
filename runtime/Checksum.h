// Checksum.h - whether a library is as dlc wrote it (internal).
// SPDX-License-Identifier: Apache-2.0
//
// The build ID of a library that dlc made (16 bytes, a note that every tool shows) is a mark and then the XXH64
// of the whole file, seed 0, little-endian, taken while these last 8 bytes are 0. dlc writes it
// (compiler/target/Link.cpp, with LLVM's XXH64), Model::open compares.
#ifndef DLC_RUNTIME_CHECKSUM_H
#define DLC_RUNTIME_CHECKSUM_H

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dlc {

/// The note up to the checksum: lengths of its name and of its content, NT_GNU_BUILD_ID, its name, the mark.
inline constexpr std::string_view checksumNote("\4\0\0\0\20\0\0\0\3\0\0\0GNU\0dlcxxh64", 24);
/// The linker puts notes first: where it must begin, at most.
inline constexpr size_t checksumNoteBefore = 4096;

namespace detail {
/// XXH64 with seed 0 (https://xxhash.com): of 8 bytes at a time, some 10 GB a second.
uint64_t xxh64(const uint8_t *data, size_t bytes);
} // namespace detail

} // namespace dlc

#endif // DLC_RUNTIME_CHECKSUM_H
