// IdxTest.cpp - IDX files.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/Idx.h"
#include "Support.h"

using namespace dlc;
using namespace dlc::test;

using Bytes = std::vector<uint8_t>;

static const Bytes images = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60};

static Tensor read(const Bytes &content) {
  TemporaryFolder folder;
  writeBytes(folder / "f", content);
  return readIdx(folder / "f");
}

TEST(Idx, ReadsBytes) {
  Tensor t = read(images);
  EXPECT_EQ(t.dtype(), DType::U8);
  EXPECT_EQ(t.shape(), (Shape{2, 1, 3}));
  EXPECT_EQ(t.at(5), 60);
}
TEST(Idx, ReadsGzip) { EXPECT_EQ(read(gzip(images)).at(5), 60); }
TEST(Idx, ReadsGzipOfSeveralMembers) {
  Bytes first = gzip(Bytes(images.begin(), images.begin() + 9)), second = gzip(Bytes(images.begin() + 9, images.end()));
  first.insert(first.end(), second.begin(), second.end());
  EXPECT_EQ(read(first).at(5), 60);
}
TEST(Idx, ReadsBigEndianNumbers) {
  EXPECT_EQ(read({0, 0, 12, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe}).at(0), -2);
  EXPECT_EQ(read({0, 0, 11, 1, 0, 0, 0, 1, 0xff, 0xfd}).at(0), -3);
  EXPECT_EQ(read({0, 0, 9, 1, 0, 0, 0, 1, 0xfc}).at(0), -4);
  EXPECT_EQ(read({0, 0, 13, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0}).at(0), 1.5);
  EXPECT_EQ(read({0, 0, 14, 1, 0, 0, 0, 1, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0}).at(0), -1.5);
}
TEST(Idx, EveryTruncationIsAnError) {
  for (const Bytes &whole : {images, gzip(images)})
    for (size_t length = 0; length < whole.size(); ++length)
      EXPECT_NE(errorOf([&] { read(Bytes(whole.begin(), whole.begin() + ptrdiff_t(length))); }), "") << length;
}
TEST(Idx, TruncatedIsSaid) {
  Bytes shorter(images.begin(), images.end() - 1);
  EXPECT_ERROR(read(shorter),
               "is truncated: the shape [2, 1, 3] in its header needs 6 bytes of elements, and it has 5.");
  Bytes packed = gzip(images);
  packed.erase(packed.end() - 4, packed.end());
  EXPECT_ERROR(read(packed), "is truncated: its compressed data end too early");
}
TEST(Idx, TooLongIsSaid) {
  Bytes longer = images;
  longer.push_back(0);
  EXPECT_ERROR(read(longer), "is too long");
  Bytes packed = gzip(images);
  packed.push_back(7);
  EXPECT_ERROR(read(packed), "after the end of its compressed data");
}
TEST(Idx, DamagedGzipIsSaid) {
  Bytes packed = gzip(images);
  packed[packed.size() - 6] ^= 0x55; // the checksum
  EXPECT_ERROR(read(packed), "is damaged");
}
TEST(Idx, ForeignFilesAreSaid) {
  EXPECT_ERROR(read({'P', 'K', 3, 4, 0}), "is not an IDX file");
  EXPECT_ERROR(read({0, 0, 7, 1, 0, 0, 0, 0}), "its element type is 7");
  EXPECT_ERROR(read({0, 0, 8, 0}), "has 0 axes");
  EXPECT_ERROR(read({}), "is empty");
  EXPECT_ERROR(readIdx("/nowhere/x"), "No such file");
}
TEST(Idx, HugeShapesTakeNoMemory) {
  EXPECT_ERROR(read({0, 0, 8, 2, 0xff, 0xff, 0xff, 0xff, 0, 0, 0xff, 0xff, 1}), "is truncated");
  EXPECT_ERROR(
      read({0, 0, 8, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
      "' is damaged, or it is truncated: the shape [4294967295, 4294967295, 4294967295] in its header has more "
      "elements than a file can hold.");
}
TEST(Idx, NoMoreIsInflatedThanTheHeaderAnnounces) {
  Bytes bomb = images;
  bomb.resize(bomb.size() + (8 << 20));
  bomb = gzip(bomb);
  startCounting();
  EXPECT_ERROR(read(bomb),
               "is too long: the shape [2, 1, 3] in its header needs 6 bytes of elements, and it has more.");
  stopCounting();
  EXPECT_LT(largestAllocation(), 1u << 20);
}
TEST(Idx, WhatGzipCannotHoldTakesNoMemory) {
  Bytes claim = gzip({0, 0, 8, 2, 0, 1, 0, 0, 0, 1, 0, 0, 1, 2, 3});
  startCounting();
  EXPECT_ERROR(read(claim), "is truncated: the shape [65536, 65536]");
  stopCounting();
  EXPECT_LT(largestAllocation(), 1u << 20);
}
