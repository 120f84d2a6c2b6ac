// Decode.cpp - PNG and JPEG files as pixels: what both have in common.
// SPDX-License-Identifier: Apache-2.0
//
// See Decode.h.
#include "tools/dlc-run/Decode.h"
#include "tools/dlc-run/Resize.h"
#include "tools/dlc-run/Text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace dlc::run {

static constexpr std::array<uint8_t, 8> pngStart = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
static constexpr std::array<uint8_t, 3> jpegStart = {0xff, 0xd8, 0xff};

template <size_t Count> static bool begins(std::span<const uint8_t> bytes, const std::array<uint8_t, Count> &start) {
  return bytes.size() >= Count && std::equal(start.begin(), start.end(), bytes.begin());
}

bool isPicture(std::span<const uint8_t> bytes) { return begins(bytes, pngStart) || begins(bytes, jpegStart); }

void checkSize(std::string_view format, uint64_t width, uint64_t height) {
  if (width == 0 || height == 0)
    throw UserError(fmt::format("the {} says that it has no pixel: {} x {}", format, width, height));
  if (width > mostSide || height > mostSide || width * height > mostPixels)
    throw UserError(
        fmt::format("the {} says that it is {} x {} pixels; at most {} a side and {} in all are read: make it "
                    "smaller",
                    format, width, height, countText(int64_t(mostSide)), countText(int64_t(mostPixels))));
}

/// What a pixel that lets the ground through looks like depends on the ground, which the file does not tell.
static void checkOpaque(const Image &image) {
  if (image.channels != 2 && image.channels != 4)
    return;
  for (size_t at = image.channels - 1; at < image.pixels.size(); at += image.channels)
    if (image.pixels[at] != 255) {
      size_t pixel = at / image.channels;
      throw UserError(
          fmt::format("the picture is transparent at x = {}, y = {}; only opaque ones are read: put it on a "
                      "ground of one colour, and save it without transparency",
                      pixel % image.width, pixel / image.width));
    }
}

Image decodePicture(std::span<const uint8_t> bytes, size_t channels) {
  unsigned orientation = 1;
  Image image;
  if (begins(bytes, pngStart))
    image = decodePng(bytes);
  else if (begins(bytes, jpegStart))
    image = decodeJpeg(bytes, orientation);
  else if (bytes.empty())
    throw UserError("the file is empty; expected a PNG or JPEG picture");
  else
    throw UserError("the file is neither PNG nor JPEG, whatever its name says");
  checkOpaque(image);
  return oriented(withChannels(std::move(image), channels), orientation);
}

} // namespace dlc::run
