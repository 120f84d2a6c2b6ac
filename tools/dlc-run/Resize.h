// Resize.h - pictures brought to another size or number of channels.
// SPDX-License-Identifier: Apache-2.0
//
// Bit for bit what Pillow's Image.resize and Image.convert give, which weights that were trained elsewhere expect.
#ifndef DLC_RUN_RESIZE_H
#define DLC_RUN_RESIZE_H

#include "tools/dlc-run/Image.h"

namespace dlc::run {

enum class Filter {
  Area,    ///< Pillow's BOX: the mean of what a pixel covers; the nearest pixel where a picture grows
  Bilinear ///< Pillow's BILINEAR: a triangle, as wide as two pixels of the result where a picture shrinks
};

/// The picture stretched to this size.
Image resized(Image image, size_t width, size_t height, Filter filter);

/// Grey as RGB, and RGB as grey (ITU-R 601). `channels` is 1 or 3; an alpha channel is dropped.
Image withChannels(Image image, size_t channels);

/// Turned and mirrored as the orientation of an Exif record (1 to 8) asks for.
Image oriented(Image image, unsigned orientation);

} // namespace dlc::run

#endif // DLC_RUN_RESIZE_H
