//===- NpyTest.cpp - NumPy's files -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "runtime/Npy.h"
#include "Support.h"

using namespace dlc;
using namespace dlc::test;

using Bytes = std::vector<uint8_t>;

/// An .npy file as NumPy writes it: version, header text, elements.
static Bytes npy(int Major, const std::string &Header, const Bytes &Elements) {
  Bytes Result = {
      0x93, 'N', 'U', 'M', 'P', 'Y', uint8_t(Major), 0, uint8_t(Header.size()), uint8_t(Header.size() >> 8)};
  if (Major > 1)
    Result.insert(Result.end(), {0, 0});
  Result.insert(Result.end(), Header.begin(), Header.end());
  Result.insert(Result.end(), Elements.begin(), Elements.end());
  return Result;
}
static Tensor parse(const Bytes &Content) { return parseNpy(Content, "x.npy"); }
static const std::string Header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }          \n";
static const Bytes Six = {1, 2, 3, 4, 5, 6};

TEST(Npy, ReadsAllVersions) {
  for (int Major : {1, 2, 3}) {
    Tensor T = parse(npy(Major, Header, Six));
    EXPECT_EQ(T.shape(), (Shape{2, 3}));
    EXPECT_EQ(T.at(5), 6);
  }
  EXPECT_ERROR(parse(npy(4, Header, Six)), "of version 4; 1, 2 and 3 are supported");
}
TEST(Npy, RoundTripsEveryType) {
  TemporaryFolder Folder;
  for (DType Type : {DType::F32, DType::F64, DType::I32, DType::I64, DType::U8, DType::Bool})
    for (const Shape &Dims : {Shape{}, Shape{3}, Shape{2, 0}, Shape{2, 1, 3}}) {
      Tensor T(DType::F64, Dims);
      for (int64_t I = 0; I < T.elements(); ++I)
        T.as<double>()[size_t(I)] = double(I % 2);
      Tensor Old = T.to(Type);
      writeNpy(Folder / "a.npy", Old);
      Tensor New = readNpy(Folder / "a.npy");
      EXPECT_EQ(New.dtype(), Type);
      EXPECT_EQ(New.shape(), Dims);
      for (int64_t I = 0; I < T.elements(); ++I)
        EXPECT_EQ(New.at(I), Old.at(I));
    }
}
TEST(Npy, WritesWhatNumPyWrites) {
  TemporaryFolder Folder;
  writeNpy(Folder / "a.npy", Tensor({2}, std::vector<float>{1, 2}));
  Bytes Content = bytesOf(Folder / "a.npy");
  ASSERT_EQ(Content.size(), 128u + 8);
  std::string Text(Content.begin() + 10, Content.begin() + 128);
  EXPECT_TRUE(Text.starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"));
  EXPECT_EQ(Text.back(), '\n');
}
TEST(Npy, FortranOrderIsRefused) {
  EXPECT_ERROR(parse(npy(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", Six)),
               "is in Fortran order; C order was expected");
  EXPECT_EQ(parse(npy(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (6,), }\n", Six)).at(1),
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
  Bytes Whole = npy(1, Header, Six);
  for (size_t Length = 0; Length < Whole.size(); ++Length)
    EXPECT_NE(errorOf([&] { parse(Bytes(Whole.begin(), Whole.begin() + ptrdiff_t(Length))); }), "");
  Whole.push_back(0);
  EXPECT_ERROR(parse(Whole), "is too long");
}
TEST(Npy, DamagedHeadersAreErrors) {
  for (const char *Bad :
       {"", "{", "{}", "[]", "{'descr': '|u1'}", "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), 'x': 1}",
        "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '|u1', 'fortran_order': Maybe, 'shape': (6,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-6,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (6,",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (6,)} x",
        "{'descr: '|u1', 'fortran_order': False, 'shape': (6,)}"})
    EXPECT_NE(errorOf([&] { parse(npy(1, Bad, Six)); }).find("NPY header"), std::string::npos) << Bad;
}
TEST(Npy, ForeignFileIsSaid) { EXPECT_ERROR(parse(Bytes(100, 'x')), "is not an NPY file"); }
TEST(Npy, HugeShapeTakesNoMemory) {
  EXPECT_ERROR(parse(npy(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000), }\n", Six)),
               "is truncated");
}

//===----------------------------------------------------------------------===//
// NPZ
//===----------------------------------------------------------------------===//

static std::string writeTwo(TemporaryFolder &Folder) {
  Tensor A({2}, std::vector<float>{1, 2}), B({3}, std::vector<int64_t>{3, 4, 5});
  std::vector<NamedView> Members = {{"a", A}, {"deep/b", B}};
  writeNpz(Folder / "x.npz", Members);
  return Folder / "x.npz";
}

TEST(Npz, RoundTrips) {
  TemporaryFolder Folder;
  auto Members = readNpz(writeTwo(Folder));
  ASSERT_EQ(Members.size(), 2u);
  EXPECT_EQ(Members[0].Name, "a");
  EXPECT_EQ(Members[1].Name, "deep/b");
  EXPECT_EQ(Members[1].Value.at(2), 5);
}
TEST(Npz, EqualInputsGiveEqualBytes) {
  TemporaryFolder Folder;
  Bytes First = bytesOf(writeTwo(Folder));
  EXPECT_EQ(bytesOf(writeTwo(Folder)), First);
}
TEST(Npz, EmptyArchive) {
  TemporaryFolder Folder;
  writeNpz(Folder / "x.npz", {});
  EXPECT_TRUE(readNpz(Folder / "x.npz").empty());
}
TEST(Npz, TwoMembersOfOneNameAreRefused) {
  Tensor A(DType::F32, {1});
  std::vector<NamedView> Members = {{"a", A}, {"a", A}};
  EXPECT_ERROR(writeNpz("/tmp/never.npz", Members), "two arrays are named 'a'");
}
TEST(Npz, EveryTruncationIsAnError) {
  TemporaryFolder Folder;
  Bytes Whole = bytesOf(writeTwo(Folder));
  for (size_t Length = 0; Length < Whole.size(); ++Length) {
    writeBytes(Folder / "y.npz", Bytes(Whole.begin(), Whole.begin() + ptrdiff_t(Length)));
    EXPECT_NE(errorOf([&] { readNpz(Folder / "y.npz"); }), "") << Length;
  }
}
TEST(Npz, FlippedBytesNeverCrash) {
  TemporaryFolder Folder;
  Bytes Whole = bytesOf(writeTwo(Folder));
  for (size_t At = 0; At < Whole.size(); ++At)
    for (uint8_t Flip : {0x01, 0x80, 0xff}) {
      Bytes Bad = Whole;
      Bad[At] ^= Flip;
      writeBytes(Folder / "y.npz", Bad);
      try {
        readNpz(Folder / "y.npz");
      } catch (const Error &) {
      }
    }
}
TEST(Npz, ChecksumIsChecked) {
  TemporaryFolder Folder;
  Bytes Whole = bytesOf(writeTwo(Folder));
  Whole[30 + 5 + 128] ^= 1; // the first element of the first member
  writeBytes(Folder / "y.npz", Whole);
  EXPECT_ERROR(readNpz(Folder / "y.npz"), "checksum");
}

static std::vector<NamedTensor> readBytes(const Bytes &Content) {
  TemporaryFolder Folder;
  writeBytes(Folder / "x.npz", Content);
  return readNpz(Folder / "x.npz");
}

TEST(Npz, ReadsDeflatedMembers) {
  Bytes Plain = npy(1, Header, Six);
  auto Members = readBytes(deflated(Plain, uint32_t(Plain.size())));
  ASSERT_EQ(Members.size(), 1u);
  EXPECT_EQ(Members[0].Name, "a");
  EXPECT_EQ(Members[0].Value.at(3), 4);
}
TEST(Npz, WrongSizesAreErrors) {
  Bytes Plain = npy(1, Header, Six);
  EXPECT_ERROR(readBytes(deflated(Plain, uint32_t(Plain.size() - 1))), "is truncated");
  EXPECT_ERROR(readBytes(deflated(Plain, uint32_t(Plain.size() + 1))), "is too long");
  EXPECT_ERROR(readBytes(deflated(Plain, 0xf0000000)), "impossible size");
}
TEST(Npz, NoMoreIsInflatedThanTheDirectorySays) {
  // The array is as large as the directory says, and the compressed data go on.
  Bytes Plain = npy(1, Header, Six), More = Plain;
  for (size_t Extra : {1, 2, 100, 8 << 20}) {
    More.resize(Plain.size() + Extra);
    Bytes Archive = deflated(More, uint32_t(Plain.size()));
    startCounting();
    EXPECT_ERROR(readBytes(Archive), "inflates to more than the size in the archive's directory");
    stopCounting();
    EXPECT_LT(largestAllocation(), 1u << 20);
  }
  // The directory is as large as the data, and the array is not.
  Bytes Archive = deflated(More, uint32_t(More.size()));
  startCounting();
  EXPECT_ERROR(readBytes(Archive), "is too long: an array of ui8[2, 3] has 6 bytes");
  stopCounting();
  EXPECT_LT(largestAllocation(), 1u << 20);
}
TEST(Npz, DataThatEndEarlyAreErrors) {
  Bytes Plain = npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 300), }        \n", Six);
  EXPECT_ERROR(readBytes(deflated(Plain, uint32_t(Plain.size() + 594))), "is truncated: its array of ui8[2, 300]");
}
TEST(Npz, MembersThatShareTheirBytesAreRefused) {
  TemporaryFolder Folder;
  Bytes Whole = bytesOf(writeTwo(Folder));
  // The second record of the directory points at the first member's data.
  std::string Text(Whole.begin(), Whole.end());
  size_t First = Text.find("PK\x01\x02"), Second = Text.find("PK\x01\x02", First + 4);
  std::copy_n(Whole.begin() + ptrdiff_t(First) + 16, 12, Whole.begin() + ptrdiff_t(Second) + 16);
  std::copy_n(Whole.begin() + ptrdiff_t(First) + 42, 4, Whole.begin() + ptrdiff_t(Second) + 42);
  // Once that fits; a third and fourth time it would not.
  size_t Length = Text.find("PK\x05\x06") - Second;
  Bytes Record(Whole.begin() + ptrdiff_t(Second), Whole.begin() + ptrdiff_t(Second + Length));
  for (char Name : {'c', 'd', 'e', 'f'}) {
    Record[46] = uint8_t(Name);
    Whole.insert(Whole.begin() + ptrdiff_t(Second), Record.begin(), Record.end());
  }
  size_t End = Whole.size() - 22;
  Whole[End + 10] = 6;
  writeBytes(Folder / "y.npz", Whole);
  EXPECT_ERROR(readNpz(Folder / "y.npz"), "its members overlap");
}
TEST(Npz, OtherMethodsAndEncryptionAreRefused) {
  Bytes Plain = npy(1, Header, Six);
  EXPECT_ERROR(readBytes(deflated(Plain, uint32_t(Plain.size()), 12)), "compressed by method 12");
  EXPECT_ERROR(readBytes(deflated(Plain, uint32_t(Plain.size()), 8, 1)), "encrypted");
}
TEST(Npz, ForeignFileIsSaid) { EXPECT_ERROR(readBytes(Bytes(100, 'x')), "is not an NPZ file"); }
