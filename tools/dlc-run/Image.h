// Image.h - a decoded picture.
// SPDX-License-Identifier: Apache-2.0
//
// Bytes in rows from the top, channels side by side: 1 is grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
#ifndef DLC_RUN_IMAGE_H
#define DLC_RUN_IMAGE_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dlc::run {

struct Image {
  size_t width = 0, height = 0, channels = 0;
  std::vector<uint8_t> pixels;

  Image() = default;
  Image(size_t width, size_t height, size_t channels)
      : width(width), height(height), channels(channels), pixels(width * height * channels) {}
  uint8_t *row(size_t y) { return pixels.data() + y * width * channels; }
  const uint8_t *row(size_t y) const { return pixels.data() + y * width * channels; }
};

} // namespace dlc::run

#endif // DLC_RUN_IMAGE_H
