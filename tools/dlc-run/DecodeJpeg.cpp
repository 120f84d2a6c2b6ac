// DecodeJpeg.cpp - JPEG by libjpeg.
// SPDX-License-Identifier: Apache-2.0
//
// See Decode.h. libjpeg reports an error to a function that must not return: ours jumps, and as in DecodePng.cpp nothing
// that has a destructor lies in between. What it calls warnings is told apart: lost pixels are an error here.
#include "tools/dlc-run/Decode.h"
#include "tools/dlc-run/Text.h"

#include <csetjmp>
#include <cstdio> // jpeglib.h needs it
#include <cstring>
#include <fmt/format.h>

#include <jpeglib.h>
// After jpeglib.h.
#include <jerror.h>

namespace dlc::run {

namespace {

/// A JPEG of a few KB may have thousands of scans, each of which costs as much as the picture has pixels.
constexpr int mostScans = 500;

struct Errors {
  jpeg_error_mgr base; ///< first: libjpeg knows the whole by its address
  std::jmp_buf jump;
  char problem[JMSG_LENGTH_MAX];
};

[[noreturn]] void onError(j_common_ptr info) {
  auto *errors = reinterpret_cast<Errors *>(info->err);
  info->err->format_message(info, errors->problem);
  std::longjmp(errors->jump, 1);
}

void onMessage(j_common_ptr info, int level) {
  if (level >= 0)
    return; // a trace
  switch (info->err->msg_code) {
  case JWRN_EXTRANEOUS_DATA: // bytes between markers, which many cameras leave
  case JWRN_JFIF_MAJOR:
  case JWRN_ADOBE_XFORM:
    return;
  default:
    onError(info);
  }
}

void onProgress(j_common_ptr info) {
  auto *jpeg = reinterpret_cast<j_decompress_ptr>(info);
  if (jpeg->input_scan_number <= mostScans)
    return;
  auto *errors = reinterpret_cast<Errors *>(info->err);
  std::snprintf(errors->problem, sizeof errors->problem, "it has more than %d scans", mostScans);
  std::longjmp(errors->jump, 1);
}

class Reader {
public:
  Reader() {
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = onError;
    errors.base.emit_message = onMessage;
    progress.progress_monitor = onProgress;
  }
  ~Reader() { jpeg_destroy_decompress(&info); }
  Reader(const Reader &) = delete;
  Reader &operator=(const Reader &) = delete;

  jpeg_decompress_struct info{};
  jpeg_progress_mgr progress{};
  Errors errors{};
};

/// False if it fails; `problem` then says why.
bool readHeader(Reader *reader, const uint8_t *bytes, size_t count) {
  if (setjmp(reader->errors.jump))
    return false;
  jpeg_create_decompress(&reader->info);
  reader->info.progress = &reader->progress;
  jpeg_mem_src(&reader->info, bytes, count);
  jpeg_save_markers(&reader->info, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&reader->info, TRUE);
  return true;
}

bool start(Reader *reader) {
  if (setjmp(reader->errors.jump))
    return false;
  reader->info.out_color_space = reader->info.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&reader->info);
  return true;
}

bool readPixels(Reader *reader, uint8_t *pixels, size_t rowBytes) {
  if (setjmp(reader->errors.jump))
    return false;
  while (reader->info.output_scanline < reader->info.output_height) {
    JSAMPROW row = pixels + reader->info.output_scanline * rowBytes;
    jpeg_read_scanlines(&reader->info, &row, 1);
  }
  jpeg_finish_decompress(&reader->info);
  return true;
}

/// Numbers of a TIFF structure, whose order of bytes it says itself; beyond its end they are 0.
struct Tiff {
  std::span<const uint8_t> bytes;
  bool little = false;

  uint32_t number(size_t at, size_t size) const {
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i) {
      size_t place = at + (little ? size - 1 - i : i);
      value = value << 8 | (place < bytes.size() ? bytes[place] : 0);
    }
    return value;
  }
};

/// The orientation that the first directory of an Exif record gives; 1 if it gives none.
unsigned orientationOf(std::span<const uint8_t> record) {
  static constexpr char begin[] = "Exif\0"; // and the zero at its end
  constexpr size_t orientationTag = 0x112, shortType = 3, entryBytes = 12;
  if (record.size() < sizeof begin + 8 || std::memcmp(record.data(), begin, sizeof begin) != 0)
    return 1;
  Tiff tiff{record.subspan(sizeof begin)};
  tiff.little = tiff.bytes[0] == 'I';
  if (tiff.number(2, 2) != 42)
    return 1;
  size_t directory = tiff.number(4, 4), entries = tiff.number(directory, 2);
  for (size_t i = 0; i < entries; ++i) {
    size_t entry = directory + 2 + i * entryBytes;
    if (tiff.number(entry, 2) == orientationTag && tiff.number(entry + 2, 2) == shortType) {
      uint32_t value = tiff.number(entry + 8, 2);
      return value >= 1 && value <= 8 ? value : 1;
    }
  }
  return 1;
}

} // namespace

Image decodeJpeg(std::span<const uint8_t> bytes, unsigned &orientation) {
  Reader reader;
  auto check = [&](bool done) {
    if (!done)
      throw UserError(fmt::format("the JPEG cannot be decoded: {}", reader.errors.problem));
  };
  check(readHeader(&reader, bytes.data(), bytes.size()));
  checkSize("JPEG", reader.info.image_width, reader.info.image_height);
  int components = reader.info.num_components;
  if (components != 1 && components != 3)
    throw UserError(fmt::format("the JPEG has {} channels{}, expected 1 (grey) or 3 (colour): save it as RGB",
                                components, components == 4 ? " (CMYK)" : ""));
  orientation = 1;
  for (jpeg_saved_marker_ptr marker = reader.info.marker_list; marker && orientation == 1; marker = marker->next)
    orientation = orientationOf({marker->data, marker->data_length});
  check(start(&reader));
  Image image(reader.info.output_width, reader.info.output_height, size_t(reader.info.output_components));
  check(readPixels(&reader, image.pixels.data(), image.width * image.channels));
  return image;
}

} // namespace dlc::run
