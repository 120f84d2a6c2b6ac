// PicturesTest.cpp - pictures of dlc-run: decoded, converted and resized as Pillow does it, and what is refused.
// SPDX-License-Identifier: Apache-2.0
//
// The pictures, and what Pillow made of them, are in Inputs/pillow.json (pillow.py wrote it).
#include "tools/dlc-run/Decode.h"
#include "tools/dlc-run/Resize.h"
#include "tools/dlc-run/Text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <random>

using namespace dlc::run;

namespace {

using Bytes = std::vector<uint8_t>;

Bytes fromBase64(const std::string &text) {
  static const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Bytes bytes;
  uint32_t held = 0, bits = 0;
  for (char c : text) {
    size_t digit = digits.find(c);
    if (digit == std::string::npos)
      break;
    held = held << 6 | uint32_t(digit);
    if ((bits += 6) >= 8)
      bytes.push_back(uint8_t(held >> (bits -= 8)));
  }
  return bytes;
}

const nlohmann::json &pillow() {
  static const nlohmann::json json = nlohmann::json::parse(std::ifstream(PILLOW_JSON));
  return json;
}

Bytes file(const std::string &name) { return fromBase64(pillow()["files"].at(name)); }

std::string problemOf(const Bytes &bytes, size_t channels = 3) {
  try {
    decodePicture(bytes, channels);
  } catch (const UserError &error) {
    return error.what();
  }
  return "";
}

/// A PNG's header says so many pixels.
Bytes withSize(Bytes png, uint32_t width, uint32_t height) {
  for (int i = 0; i < 4; ++i) {
    png[size_t(16 + i)] = uint8_t(width >> (24 - 8 * i));
    png[size_t(20 + i)] = uint8_t(height >> (24 - 8 * i));
  }
  uint32_t crc = 0xffffffff; // of the chunk's name and data
  for (size_t i = 12; i < 29; ++i) {
    crc ^= png[i];
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  crc = ~crc;
  for (int i = 0; i < 4; ++i)
    png[size_t(29 + i)] = uint8_t(crc >> (24 - 8 * i));
  return png;
}

} // namespace

// Of a JPEG, another version of libjpeg may round otherwise, by 1.
TEST(Pictures, AreThoseOfPillow) {
  size_t compared = 0;
  for (const auto &one : pillow()["cases"]) {
    SCOPED_TRACE(one.dump().substr(0, 100));
    std::string name = one["file"], filter = one["filter"];
    Image image = decodePicture(file(name), one["channels"]);
    if (!filter.empty())
      image = resized(image, one["size"][0], one["size"][1], filter == "BOX" ? Filter::Area : Filter::Bilinear);
    EXPECT_EQ(image.width, one["size"][0]);
    EXPECT_EQ(image.height, one["size"][1]);
    Bytes expected = fromBase64(one["pixels"]);
    ASSERT_EQ(image.pixels.size(), expected.size());
    int allowed = name.ends_with(".jpg") ? 1 : 0, worst = 0;
    for (size_t i = 0; i < expected.size(); ++i)
      worst = std::max(worst, std::abs(image.pixels[i] - expected[i]));
    EXPECT_LE(worst, allowed);
    ++compared;
  }
  EXPECT_GT(compared, 60u);
}

TEST(Pictures, TransparentOnesAreRefused) {
  EXPECT_EQ(
      problemOf(file("transparent.png")),
      "the picture is transparent at x = 3, y = 2; only opaque ones are read: put it on a ground of one colour, and "
      "save it without transparency");
  EXPECT_EQ(problemOf(file("transparent-palette.png")).substr(0, 40), "the picture is transparent at x = 0, y =");
}

TEST(Pictures, OtherChannelsAreRefused) {
  EXPECT_EQ(problemOf(file("cmyk.jpg")),
            "the JPEG has 4 channels (CMYK), expected 1 (grey) or 3 (colour): save it as RGB");
}

TEST(Pictures, WhatIsNoPictureIsRefused) {
  EXPECT_EQ(problemOf({}), "the file is empty; expected a PNG or JPEG picture");
  EXPECT_EQ(problemOf({'G', 'I', 'F', '8', '9', 'a'}), "the file is neither PNG nor JPEG, whatever its name says");
}

TEST(Pictures, HugeOnesAreRefusedByTheirHeader) {
  EXPECT_EQ(problemOf(withSize(file("rgb.png"), 8193, 8193)),
            "the PNG says that it is 8193 x 8193 pixels; at most 65,535 a side and 67,108,864 in all are read: make it "
            "smaller");
  EXPECT_EQ(problemOf(withSize(file("rgb.png"), 0x7fffffff, 0x7fffffff)).substr(0, 24), "the PNG says that it is ");
  EXPECT_EQ(problemOf(withSize(file("rgb.png"), 65536, 1)).substr(0, 24), "the PNG says that it is ");
  Bytes jpeg = file("rgb.jpg");
  for (size_t i = 2; i + 9 < jpeg.size(); ++i)
    if (jpeg[i] == 0xff && jpeg[i + 1] == 0xc0) { // the frame: height and width
      std::fill_n(jpeg.begin() + int64_t(i) + 5, 4, uint8_t(0xf0));
      break;
    }
  EXPECT_EQ(problemOf(jpeg).substr(0, 25), "the JPEG says that it is ");
}

// Cut off anywhere, a picture is an error, and says so.
TEST(Pictures, CutOffIsAnError) {
  for (const char *name : {"rgb.png", "interlaced.png", "palette.png", "rgb.jpg", "progressive.jpg", "exif6.jpg"}) {
    Bytes bytes = file(name);
    for (size_t length = 0; length < bytes.size(); ++length) {
      SCOPED_TRACE(std::string(name) + " cut at " + std::to_string(length));
      ASSERT_NE(problemOf({bytes.begin(), bytes.begin() + int64_t(length)}), "");
    }
    EXPECT_EQ(problemOf(bytes), "");
  }
  Bytes png = file("rgb.png"), jpeg = file("rgb.jpg");
  png.resize(png.size() / 2);
  jpeg.resize(jpeg.size() - 2);
  EXPECT_EQ(problemOf(png), "the PNG cannot be decoded: it is cut off");
  EXPECT_EQ(problemOf(jpeg), "the JPEG cannot be decoded: Premature end of JPEG file");
}

// Whatever the bytes, the answer is a picture or an error; under the sanitizers this says more.
TEST(Pictures, DamagedOnesDoNoHarm) {
  std::mt19937 random(1);
  for (const auto &[name, unused] : pillow()["files"].items()) {
    Bytes whole = file(name);
    for (int round = 0; round < 200; ++round) {
      Bytes bytes = whole;
      for (int i = 0; i <= round % 4; ++i)
        bytes[random() % bytes.size()] = uint8_t(random());
      (void)problemOf(bytes, round % 2 ? 3 : 1);
    }
  }
}

TEST(Pictures, PngIsReadAsWritten) {
  Image image = decodePicture(file("rgb.png"), 3);
  Image again = decodePicture(encodePng(image), 3);
  EXPECT_EQ(again.width, image.width);
  EXPECT_EQ(again.pixels, image.pixels);
}
