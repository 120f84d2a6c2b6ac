// NpyTest.cpp - NumPy's files.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/Npy.h"
#include "Support.h"

using namespace dlc;
using namespace dlc::test;

using Bytes = std::vector<uint8_t>;

/// An .npy file as NumPy writes it: version, header text, elements.
static Bytes npy(int major, const std::string &header, const Bytes &elements) {
  Bytes result = {
      0x93, 'N', 'U', 'M', 'P', 'Y', uint8_t(major), 0, uint8_t(header.size()), uint8_t(header.size() >> 8)};
  if (major > 1)
    result.insert(result.end(), {0, 0});
  result.insert(result.end(), header.begin(), header.end());
  result.insert(result.end(), elements.begin(), elements.end());
  return result;
}
static Tensor parse(const Bytes &content) { return parseNpy(content, "x.npy"); }
static const std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }          \n";
static const Bytes six = {1, 2, 3, 4, 5, 6};

TEST(Npy, ReadsAllVersions) {
  for (int major : {1, 2, 3}) {
    Tensor t = parse(npy(major, header, six));
    EXPECT_EQ(t.shape(), (Shape{2, 3}));
    EXPECT_EQ(t.at(5), 6);
  }
  EXPECT_ERROR(parse(npy(4, header, six)), "of version 4; 1, 2 and 3 are supported");
}
TEST(Npy, RoundTripsEveryType) {
  TemporaryFolder folder;
  for (DType type : {DType::F32, DType::F64, DType::I32, DType::I64, DType::U8, DType::Bool})
    for (const Shape &dims : {Shape{}, Shape{3}, Shape{2, 0}, Shape{2, 1, 3}}) {
      Tensor t(DType::F64, dims);
      for (int64_t i = 0; i < t.elements(); ++i)
        t.as<double>()[size_t(i)] = double(i % 2);
      Tensor old = t.to(type);
      writeNpy(folder / "a.npy", old);
      Tensor again = readNpy(folder / "a.npy");
      EXPECT_EQ(again.dtype(), type);
      EXPECT_EQ(again.shape(), dims);
      for (int64_t i = 0; i < t.elements(); ++i)
        EXPECT_EQ(again.at(i), old.at(i));
    }
}
TEST(Npy, WritesWhatNumPyWrites) {
  TemporaryFolder folder;
  writeNpy(folder / "a.npy", Tensor({2}, std::vector<float>{1, 2}));
  Bytes content = bytesOf(folder / "a.npy");
  ASSERT_EQ(content.size(), 128u + 8);
  std::string text(content.begin() + 10, content.begin() + 128);
  EXPECT_TRUE(text.starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"));
  EXPECT_EQ(text.back(), '\n');
}
TEST(Npy, FortranOrderIsRefused) {
  EXPECT_ERROR(parse(npy(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", six)),
               "is in Fortran order; C order was expected");
  EXPECT_EQ(parse(npy(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (6,), }\n", six)).at(1),
            2); // the same
}
TEST(Npy, BigEndianIsRefused) {
  EXPECT_ERROR(parse(npy(1, "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }\n", {1, 2, 3, 4})),
               "is big-endian ('>f4')");
}
TEST(Npy, OtherTypesAreRefused) {
  EXPECT_ERROR(parse(npy(1, "{'descr': '<f2', 'fortran_order': False, 'shape': (1,), }\n", {1, 2})), "type '<f2'");
  EXPECT_ERROR(parse(npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n", {})), "records");
  EXPECT_ERROR(parse(npy(1, "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", {})), "type '|O'");
}
TEST(Npy, EveryTruncationIsAnError) {
  Bytes whole = npy(1, header, six);
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(errorOf([&] { parse(Bytes(whole.begin(), whole.begin() + ptrdiff_t(length))); }), "");
  whole.push_back(0);
  EXPECT_ERROR(parse(whole), "is too long");
}
TEST(Npy, DamagedHeadersAreErrors) {
  for (const char *bad :
       {"", "{", "{}", "[]", "{'descr': '|u1'}", "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), 'x': 1}",
        "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '|u1', 'fortran_order': Maybe, 'shape': (6,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-6,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (6,",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (6,)} x",
        "{'descr: '|u1', 'fortran_order': False, 'shape': (6,)}"})
    EXPECT_NE(errorOf([&] { parse(npy(1, bad, six)); }).find("NPY header"), std::string::npos) << bad;
}
TEST(Npy, ForeignFileIsSaid) { EXPECT_ERROR(parse(Bytes(100, 'x')), "is not an NPY file"); }
TEST(Npy, HugeShapeTakesNoMemory) {
  EXPECT_ERROR(parse(npy(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000), }\n", six)),
               "is truncated");
  EXPECT_ERROR(
      parse(npy(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (4000000000, 4000000000), }\n", six)),
      "'x.npy' is damaged, or it is truncated: the shape [4000000000, 4000000000] in its header has more elements");
}

//===--- NPZ -------------------------------------------------------------------------------------------===//

static std::string writeTwo(TemporaryFolder &folder) {
  Tensor a({2}, std::vector<float>{1, 2}), b({3}, std::vector<int64_t>{3, 4, 5});
  std::vector<NamedView> members = {{"a", a}, {"deep/b", b}};
  writeNpz(folder / "x.npz", members);
  return folder / "x.npz";
}

TEST(Npz, RoundTrips) {
  TemporaryFolder folder;
  auto members = readNpz(writeTwo(folder));
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].name, "a");
  EXPECT_EQ(members[1].name, "deep/b");
  EXPECT_EQ(members[1].value.at(2), 5);
}
TEST(Npz, EqualInputsGiveEqualBytes) {
  TemporaryFolder folder;
  Bytes first = bytesOf(writeTwo(folder));
  EXPECT_EQ(bytesOf(writeTwo(folder)), first);
}
TEST(Npz, EmptyArchive) {
  TemporaryFolder folder;
  writeNpz(folder / "x.npz", {});
  EXPECT_TRUE(readNpz(folder / "x.npz").empty());
}
TEST(Npz, TwoMembersOfOneNameAreRefused) {
  Tensor a(DType::F32, {1});
  std::vector<NamedView> members = {{"a", a}, {"a", a}};
  EXPECT_ERROR(writeNpz("/tmp/never.npz", members), "two arrays are named 'a'");
}
TEST(Npz, EveryTruncationIsAnError) {
  TemporaryFolder folder;
  Bytes whole = bytesOf(writeTwo(folder));
  for (size_t length = 0; length < whole.size(); ++length) {
    writeBytes(folder / "y.npz", Bytes(whole.begin(), whole.begin() + ptrdiff_t(length)));
    EXPECT_NE(errorOf([&] { readNpz(folder / "y.npz"); }), "") << length;
  }
}
TEST(Npz, FlippedBytesNeverCrash) {
  TemporaryFolder folder;
  Bytes whole = bytesOf(writeTwo(folder));
  for (size_t at = 0; at < whole.size(); ++at)
    for (uint8_t flip : {0x01, 0x80, 0xff}) {
      Bytes bad = whole;
      bad[at] ^= flip;
      writeBytes(folder / "y.npz", bad);
      try {
        readNpz(folder / "y.npz");
      } catch (const Error &) {
      }
    }
}
TEST(Npz, ChecksumIsChecked) {
  TemporaryFolder folder;
  Bytes whole = bytesOf(writeTwo(folder));
  whole[30 + 5 + 128] ^= 1; // the first element of the first member
  writeBytes(folder / "y.npz", whole);
  EXPECT_ERROR(readNpz(folder / "y.npz"), "checksum");
}

static std::vector<NamedTensor> readBytes(const Bytes &content) {
  TemporaryFolder folder;
  writeBytes(folder / "x.npz", content);
  return readNpz(folder / "x.npz");
}

TEST(Npz, ReadsDeflatedMembers) {
  Bytes plain = npy(1, header, six);
  auto members = readBytes(deflated(plain, uint32_t(plain.size())));
  ASSERT_EQ(members.size(), 1u);
  EXPECT_EQ(members[0].name, "a");
  EXPECT_EQ(members[0].value.at(3), 4);
}
TEST(Npz, WrongSizesAreErrors) {
  Bytes plain = npy(1, header, six);
  EXPECT_ERROR(readBytes(deflated(plain, uint32_t(plain.size() - 1))), "is truncated");
  EXPECT_ERROR(readBytes(deflated(plain, uint32_t(plain.size() + 1))), "is too long");
  EXPECT_ERROR(readBytes(deflated(plain, 0xf0000000)), "impossible size");
}
TEST(Npz, NoMoreIsInflatedThanTheDirectorySays) {
  // The array is as large as the directory says, and the compressed data go on.
  Bytes plain = npy(1, header, six), more = plain;
  for (size_t extra : {1, 2, 100, 8 << 20}) {
    more.resize(plain.size() + extra);
    Bytes archive = deflated(more, uint32_t(plain.size()));
    startCounting();
    EXPECT_ERROR(readBytes(archive), "inflates to more than the size in the archive's directory");
    stopCounting();
    EXPECT_LT(largestAllocation(), 1u << 20);
  }
  // The directory is as large as the data, and the array is not.
  Bytes archive = deflated(more, uint32_t(more.size()));
  startCounting();
  EXPECT_ERROR(readBytes(archive), "is too long: an array of ui8[2, 3] has 6 bytes");
  stopCounting();
  EXPECT_LT(largestAllocation(), 1u << 20);
}
TEST(Npz, DataThatEndEarlyAreErrors) {
  Bytes plain = npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 300), }        \n", six);
  EXPECT_ERROR(readBytes(deflated(plain, uint32_t(plain.size() + 594))), "is truncated: its array of ui8[2, 300]");
}
TEST(Npz, MembersThatShareTheirBytesAreRefused) {
  TemporaryFolder folder;
  Bytes whole = bytesOf(writeTwo(folder));
  // The second record of the directory points at the first member's data.
  std::string text(whole.begin(), whole.end());
  size_t first = text.find("PK\x01\x02"), second = text.find("PK\x01\x02", first + 4);
  std::copy_n(whole.begin() + ptrdiff_t(first) + 16, 12, whole.begin() + ptrdiff_t(second) + 16);
  std::copy_n(whole.begin() + ptrdiff_t(first) + 42, 4, whole.begin() + ptrdiff_t(second) + 42);
  // Once that fits; a third and fourth time it would not.
  size_t length = text.find("PK\x05\x06") - second;
  Bytes record(whole.begin() + ptrdiff_t(second), whole.begin() + ptrdiff_t(second + length));
  for (char name : {'c', 'd', 'e', 'f'}) {
    record[46] = uint8_t(name);
    whole.insert(whole.begin() + ptrdiff_t(second), record.begin(), record.end());
  }
  size_t end = whole.size() - 22;
  whole[end + 10] = 6;
  writeBytes(folder / "y.npz", whole);
  EXPECT_ERROR(readNpz(folder / "y.npz"), "its members overlap");
}
TEST(Npz, OtherMethodsAndEncryptionAreRefused) {
  Bytes plain = npy(1, header, six);
  EXPECT_ERROR(readBytes(deflated(plain, uint32_t(plain.size()), 12)), "compressed by method 12");
  EXPECT_ERROR(readBytes(deflated(plain, uint32_t(plain.size()), 8, 1)), "encrypted");
}
TEST(Npz, ForeignFileIsSaid) { EXPECT_ERROR(readBytes(Bytes(100, 'x')), "is not an NPZ file"); }
