//===- IdxTest.cpp - IDX files -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "runtime/Idx.h"
#include "Support.h"

using namespace dlc;
using namespace dlc::test;

using Bytes = std::vector<uint8_t>;

static const Bytes Images = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60};

static Tensor read(const Bytes &Content) {
  TemporaryFolder Folder;
  writeBytes(Folder / "f", Content);
  return readIdx(Folder / "f");
}

TEST(Idx, ReadsBytes) {
  Tensor T = read(Images);
  EXPECT_EQ(T.dtype(), DType::U8);
  EXPECT_EQ(T.shape(), (Shape{2, 1, 3}));
  EXPECT_EQ(T.at(5), 60);
}
TEST(Idx, ReadsGzip) { EXPECT_EQ(read(gzip(Images)).at(5), 60); }
TEST(Idx, ReadsGzipOfSeveralMembers) {
  Bytes First = gzip(Bytes(Images.begin(), Images.begin() + 9)), Second = gzip(Bytes(Images.begin() + 9, Images.end()));
  First.insert(First.end(), Second.begin(), Second.end());
  EXPECT_EQ(read(First).at(5), 60);
}
TEST(Idx, ReadsBigEndianNumbers) {
  EXPECT_EQ(read({0, 0, 12, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe}).at(0), -2);
  EXPECT_EQ(read({0, 0, 11, 1, 0, 0, 0, 1, 0xff, 0xfd}).at(0), -3);
  EXPECT_EQ(read({0, 0, 9, 1, 0, 0, 0, 1, 0xfc}).at(0), -4);
  EXPECT_EQ(read({0, 0, 13, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0}).at(0), 1.5);
  EXPECT_EQ(read({0, 0, 14, 1, 0, 0, 0, 1, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0}).at(0), -1.5);
}
TEST(Idx, EveryTruncationIsAnError) {
  for (const Bytes &Whole : {Images, gzip(Images)})
    for (size_t Length = 0; Length < Whole.size(); ++Length)
      EXPECT_NE(errorOf([&] { read(Bytes(Whole.begin(), Whole.begin() + ptrdiff_t(Length))); }), "") << Length;
}
TEST(Idx, TruncatedIsSaid) {
  Bytes Short(Images.begin(), Images.end() - 1);
  EXPECT_ERROR(read(Short), "is truncated: the shape [2, 1, 3] in its header needs 6 bytes of elements, and it has 5.");
  Bytes Packed = gzip(Images);
  Packed.erase(Packed.end() - 4, Packed.end());
  EXPECT_ERROR(read(Packed), "is truncated: its compressed data end too early");
}
TEST(Idx, TooLongIsSaid) {
  Bytes Long = Images;
  Long.push_back(0);
  EXPECT_ERROR(read(Long), "is too long");
  Bytes Packed = gzip(Images);
  Packed.push_back(7);
  EXPECT_ERROR(read(Packed), "after the end of its compressed data");
}
TEST(Idx, DamagedGzipIsSaid) {
  Bytes Packed = gzip(Images);
  Packed[Packed.size() - 6] ^= 0x55; // the checksum
  EXPECT_ERROR(read(Packed), "is damaged");
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
  EXPECT_ERROR(read({0, 0, 8, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), "too large");
}
TEST(Idx, NoMoreIsInflatedThanTheHeaderAnnounces) {
  Bytes Bomb = Images;
  Bomb.resize(Bomb.size() + (8 << 20));
  Bomb = gzip(Bomb);
  startCounting();
  EXPECT_ERROR(read(Bomb),
               "is too long: the shape [2, 1, 3] in its header needs 6 bytes of elements, and it has more.");
  stopCounting();
  EXPECT_LT(largestAllocation(), 1u << 20);
}
TEST(Idx, WhatGzipCannotHoldTakesNoMemory) {
  Bytes Claim = gzip({0, 0, 8, 2, 0, 1, 0, 0, 0, 1, 0, 0, 1, 2, 3});
  startCounting();
  EXPECT_ERROR(read(Claim), "is truncated: the shape [65536, 65536]");
  stopCounting();
  EXPECT_LT(largestAllocation(), 1u << 20);
}
