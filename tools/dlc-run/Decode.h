// Decode.h - PNG and JPEG files as pixels, and pixels as PNG.
// SPDX-License-Identifier: Apache-2.0
//
// A file is untrusted: its size is bounded before anything is allocated for it, and one that is cut off or damaged is
// refused, never completed with grey.
#ifndef DLC_RUN_DECODE_H
#define DLC_RUN_DECODE_H

#include "tools/dlc-run/Image.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dlc::run {

/// The most that a picture may have: a side is at most what JPEG can say.
constexpr uint64_t mostPixels = uint64_t(1) << 26, mostSide = 65535;

/// True if the bytes begin like a PNG or a JPEG file.
bool isPicture(std::span<const uint8_t> bytes);

/// The picture in `channels` (1 or 3) channels, upright as its Exif record says, one without any transparent pixel.
/// Throws UserError with what is wrong, a clause without the file's name: "the PNG is damaged: CRC error".
Image decodePicture(std::span<const uint8_t> bytes, size_t channels);

/// Of the parts of decodePicture: the pixels as they are stored, in 1 to 4 channels, and the Exif orientation (1: upright).
Image decodePng(std::span<const uint8_t> bytes);
Image decodeJpeg(std::span<const uint8_t> bytes, unsigned &orientation);

/// UserError for a picture that is larger than is allowed, or has no pixel.
void checkSize(std::string_view format, uint64_t width, uint64_t height);

/// An RGB picture as a PNG file.
std::vector<uint8_t> encodePng(const Image &image);

} // namespace dlc::run

#endif // DLC_RUN_DECODE_H
