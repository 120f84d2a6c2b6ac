// DecodePng.cpp - PNG by libpng.
// SPDX-License-Identifier: Apache-2.0
//
// See Decode.h. libpng reports an error by a longjmp. The functions that it may jump back to, and those in between, hold
// nothing that has a destructor: what is allocated belongs to their callers.
#include "tools/dlc-run/Decode.h"
#include "tools/dlc-run/Text.h"

#include <csetjmp>
#include <cstring>
#include <fmt/format.h>
#include <new>
#include <png.h>

namespace dlc::run {

namespace {

struct Source {
  const uint8_t *at;
  size_t left;
  char problem[128];
};

[[noreturn]] void onError(png_structp png, png_const_charp text) {
  auto *source = static_cast<Source *>(png_get_error_ptr(png));
  std::strncpy(source->problem, text, sizeof source->problem - 1);
  png_longjmp(png, 1);
}

void onWarning(png_structp, png_const_charp) {}

void readBytes(png_structp png, png_bytep to, size_t count) {
  auto *source = static_cast<Source *>(png_get_io_ptr(png));
  if (count > source->left)
    png_error(png, "it is cut off");
  std::memcpy(to, source->at, count);
  source->at += count;
  source->left -= count;
}

class Reader {
public:
  explicit Reader(std::span<const uint8_t> bytes) : source{bytes.data(), bytes.size(), {}} {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, onError, onWarning);
    info = png ? png_create_info_struct(png) : nullptr;
    if (!info) {
      png_destroy_read_struct(&png, nullptr, nullptr);
      throw std::bad_alloc();
    }
  }
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader &) = delete;
  Reader &operator=(const Reader &) = delete;

  Source source;
  png_structp png;
  png_infop info;
};

/// False if it fails; `problem` then says why. What is no part of the pixels (texts, colour profiles) is passed over.
bool readHeader(png_structp png, png_infop info, Source *source) {
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_set_read_fn(png, source, readBytes);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); // checkSize says more
  png_read_info(png, info);
  return true;
}

/// Asks for bytes: grey or RGB, alpha where there is any transparency.
bool chooseForm(png_structp png, png_infop info) {
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  return true;
}

bool readPixels(png_structp png, uint8_t **rows) {
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_read_image(png, rows);
  png_read_end(png, nullptr);
  return true;
}

} // namespace

Image decodePng(std::span<const uint8_t> bytes) {
  Reader reader(bytes);
  auto check = [&](bool done) {
    if (!done)
      throw UserError(fmt::format("the PNG cannot be decoded: {}", reader.source.problem));
  };
  check(readHeader(reader.png, reader.info, &reader.source));
  checkSize("PNG", png_get_image_width(reader.png, reader.info), png_get_image_height(reader.png, reader.info));
  check(chooseForm(reader.png, reader.info));
  Image image(png_get_image_width(reader.png, reader.info), png_get_image_height(reader.png, reader.info),
              png_get_channels(reader.png, reader.info));
  if (png_get_rowbytes(reader.png, reader.info) != image.width * image.channels)
    throw UserError("the PNG has pixels of an unknown form");
  std::vector<uint8_t *> rows(image.height);
  for (size_t y = 0; y < image.height; ++y)
    rows[y] = image.row(y);
  check(readPixels(reader.png, rows.data()));
  return image;
}

std::vector<uint8_t> encodePng(const Image &image) {
  png_image form{};
  form.version = PNG_IMAGE_VERSION;
  form.width = png_uint_32(image.width);
  form.height = png_uint_32(image.height);
  form.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(form);
  std::vector<uint8_t> bytes(size);
  if (!png_image_write_to_memory(&form, bytes.data(), &size, 0, image.pixels.data(), 0, nullptr))
    throw UserError(fmt::format("a picture of {} x {} pixels cannot be written as PNG: {}", image.width, image.height,
                                form.message));
  bytes.resize(size);
  return bytes;
}

} // namespace dlc::run
