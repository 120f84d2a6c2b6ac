// Resize.cpp - pictures brought to another size or number of channels.
// SPDX-License-Identifier: Apache-2.0
//
// See Resize.h. As Pillow does it: weights are computed in double precision, made integers of 22 bits, and each of the two
// passes, along the rows first, rounds to a byte. A pass that changes no size is left out.
#include "tools/dlc-run/Resize.h"

#include <algorithm>
#include <cmath>

namespace dlc::run {

namespace {

constexpr int weightBits = 22;

/// The pixels of the source that make one of the result: from `first` on, a weight for each.
struct Window {
  size_t first = 0;
  std::vector<int32_t> weights;
};

double weightAt(Filter filter, double x) {
  if (filter == Filter::Area)
    return x > -0.5 && x <= 0.5 ? 1 : 0;
  return std::max(0.0, 1 - std::abs(x));
}

std::vector<Window> windows(size_t from, size_t to, Filter filter) {
  double scale = double(from) / double(to), stretch = std::max(1.0, scale);
  double support = (filter == Filter::Area ? 0.5 : 1.0) * stretch;
  std::vector<Window> result(to);
  std::vector<double> weights;
  for (size_t i = 0; i < to; ++i) {
    double center = (double(i) + 0.5) * scale, sum = 0;
    auto first = int64_t(std::max(0.0, center - support + 0.5));
    auto last = std::min(int64_t(center + support + 0.5), int64_t(from));
    weights.clear();
    for (int64_t k = first; k < last; ++k) {
      weights.push_back(weightAt(filter, (double(k) - center + 0.5) * (1 / stretch)));
      sum += weights.back();
    }
    result[i].first = size_t(first);
    for (double weight : weights)
      result[i].weights.push_back(int32_t((sum != 0 ? weight / sum : weight) * (1 << weightBits) + 0.5));
  }
  return result;
}

/// One row, or one column whose elements are `stride` bytes apart, of pixels of `Channels` bytes.
template <size_t Channels> void passAlong(const uint8_t *from, uint8_t *to, const std::vector<Window> &windows) {
  for (const Window &window : windows) {
    int32_t sums[Channels];
    std::fill_n(sums, Channels, 1 << (weightBits - 1));
    const uint8_t *pixel = from + window.first * Channels;
    for (int32_t weight : window.weights)
      for (size_t c = 0; c < Channels; ++c)
        sums[c] += *pixel++ * weight;
    for (int32_t sum : sums)
      *to++ = uint8_t(std::clamp(sum >> weightBits, 0, 255));
  }
}

Image alongRows(const Image &image, size_t width, Filter filter) {
  Image result(width, image.height, image.channels);
  std::vector<Window> columns = windows(image.width, width, filter);
  for (size_t y = 0; y < image.height; ++y) {
    if (image.channels == 1)
      passAlong<1>(image.row(y), result.row(y), columns);
    else
      passAlong<3>(image.row(y), result.row(y), columns);
  }
  return result;
}

Image alongColumns(const Image &image, size_t height, Filter filter) {
  Image result(image.width, height, image.channels);
  std::vector<Window> rows = windows(image.height, height, filter);
  size_t bytes = image.width * image.channels;
  std::vector<int32_t> sums(bytes);
  for (size_t y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), 1 << (weightBits - 1));
    for (size_t k = 0; k < rows[y].weights.size(); ++k) {
      const uint8_t *from = image.row(rows[y].first + k);
      int32_t weight = rows[y].weights[k];
      for (size_t i = 0; i < bytes; ++i)
        sums[i] += from[i] * weight;
    }
    std::transform(sums.begin(), sums.end(), result.row(y),
                   [](int32_t sum) { return uint8_t(std::clamp(sum >> weightBits, 0, 255)); });
  }
  return result;
}

} // namespace

Image resized(Image image, size_t width, size_t height, Filter filter) {
  if (image.width != width)
    image = alongRows(image, width, filter);
  if (image.height != height)
    image = alongColumns(image, height, filter);
  return image;
}

Image withChannels(Image image, size_t channels) {
  size_t have = image.channels, count = image.width * image.height;
  if (have == channels)
    return image;
  bool grey = have <= 2;
  Image result(image.width, image.height, channels);
  const uint8_t *from = image.pixels.data();
  uint8_t *to = result.pixels.data();
  for (size_t i = 0; i < count; ++i, from += have, to += channels) {
    if (channels == 1)
      *to = grey ? from[0] : uint8_t((from[0] * 19595u + from[1] * 38470u + from[2] * 7471u + 0x8000u) >> 16);
    else
      for (size_t c = 0; c < 3; ++c)
        to[c] = from[grey ? 0 : c];
  }
  return result;
}

Image oriented(Image image, unsigned orientation) {
  if (orientation < 2 || orientation > 8)
    return image;
  // The result's pixel (x, y) is the picture's (y, x) from 5 on, counted from the right or from below where it says so.
  bool turned = orientation >= 5;
  bool right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  bool below = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image result(turned ? image.height : image.width, turned ? image.width : image.height, image.channels);
  for (size_t y = 0; y < result.height; ++y)
    for (size_t x = 0; x < result.width; ++x) {
      size_t column = turned ? y : x, line = turned ? x : y;
      const uint8_t *from = image.row(below ? image.height - 1 - line : line) +
                            (right ? image.width - 1 - column : column) * image.channels;
      std::copy_n(from, image.channels, result.row(y) + x * image.channels);
    }
  return result;
}

} // namespace dlc::run
