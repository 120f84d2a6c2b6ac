//===- SafetensorsTest.cpp - safetensors files -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "runtime/Safetensors.h"
#include "Support.h"

using namespace dlc;
using namespace dlc::test;

using Bytes = std::vector<uint8_t>;

static Bytes file(const std::string &Header, size_t Data) {
  Bytes Result;
  for (int I = 0; I < 8; ++I)
    Result.push_back(uint8_t(Header.size() >> (8 * I)));
  Result.insert(Result.end(), Header.begin(), Header.end());
  for (size_t I = 0; I < Data; ++I)
    Result.push_back(uint8_t(I));
  return Result;
}
static SafetensorsFile open(const Bytes &Content) {
  TemporaryFolder Folder;
  writeBytes(Folder / "x.safetensors", Content);
  return SafetensorsFile(Folder / "x.safetensors"); // stays open though the name is gone
}
static const std::string One = R"({"a":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]}})";

TEST(Safetensors, ReadsATensor) {
  SafetensorsFile File = open(file(One, 4));
  ASSERT_EQ(File.entries().size(), 1u);
  EXPECT_EQ(File.read("a").shape(), (Shape{2, 2}));
  EXPECT_EQ(File.read("a").at(3), 3);
  EXPECT_ERROR(File.read("b"), "has no tensor 'b'");
}
TEST(Safetensors, RoundTripsTypesNamesAndMetadata) {
  TemporaryFolder Folder;
  std::vector<NamedTensor> Old;
  for (DType Type : {DType::Bool, DType::F32, DType::U8, DType::F64, DType::I32, DType::I64})
    Old.push_back({std::string("t \"\\\n\xc3\xa9") + std::string(nameOf(Type)),
                   Tensor({3}, std::vector<double>{0, 1, 1}).to(Type)});
  Old.push_back({"empty", Tensor(DType::F32, {0, 3})});
  Old.push_back({"scalar", Tensor({}, std::vector<float>{2.5f})});
  std::vector<NamedView> Views;
  for (auto &T : Old)
    Views.push_back({T.Name, T.Value});
  writeSafetensors(Folder / "x", Views, {{"key", "a \"quoted\" value"}, {"b", ""}});
  SafetensorsFile File(Folder / "x");
  EXPECT_EQ(File.entries().size(), Old.size());
  EXPECT_EQ(File.metadata().at("key"), "a \"quoted\" value");
  for (auto &T : Old) {
    Tensor New = File.read(T.Name);
    EXPECT_EQ(New.dtype(), T.Value.dtype());
    EXPECT_EQ(New.shape(), T.Value.shape());
    for (int64_t I = 0; I < New.elements(); ++I)
      EXPECT_EQ(New.at(I), T.Value.at(I));
    const auto *E = File.find(T.Name);
    EXPECT_EQ(E->Offset % sizeOf(T.Value.dtype()), 0u); // aligned
  }
}
TEST(Safetensors, EqualInputsGiveEqualBytes) {
  TemporaryFolder Folder;
  Tensor A({2}, std::vector<float>{1, 2});
  std::vector<NamedView> Views = {{"a", A}};
  writeSafetensors(Folder / "x", Views, {{"k", "v"}});
  writeSafetensors(Folder / "y", Views, {{"k", "v"}});
  EXPECT_EQ(bytesOf(Folder / "x"), bytesOf(Folder / "y"));
}
TEST(Safetensors, ReadsEscapes) {
  SafetensorsFile File = open(file(
      R"( { "__metadata__" : {"k":"\u00e9\ud83d\ude00\t\/"} , "a\u0062": {"shape":[],"data_offsets":[0,1],"dtype":"U8"} } )",
      1));
  EXPECT_EQ(File.metadata().at("k"), "\xc3\xa9\xf0\x9f\x98\x80\t/");
  EXPECT_NE(File.find("ab"), nullptr);
}
TEST(Safetensors, UnsupportedTypesAreListedAndRefusedWhenRead) {
  SafetensorsFile File = open(file(R"({"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}})", 4));
  EXPECT_EQ(File.entries()[0].TypeName, "BF16");
  EXPECT_FALSE(File.entries()[0].Type);
  EXPECT_ERROR(File.read("a"), "has the type BF16");
}
TEST(Safetensors, EveryTruncationIsAnError) {
  Bytes Whole = file(One, 4);
  for (size_t Length = 0; Length < Whole.size(); ++Length)
    EXPECT_NE(errorOf([&] { open(Bytes(Whole.begin(), Whole.begin() + ptrdiff_t(Length))); }), "") << Length;
}
TEST(Safetensors, FlippedBytesNeverCrash) {
  Bytes Whole = file(One, 4);
  for (size_t At = 0; At < Whole.size(); ++At)
    for (int Flip = 1; Flip < 256; Flip <<= 1) {
      Bytes Bad = Whole;
      Bad[At] ^= uint8_t(Flip);
      try {
        SafetensorsFile File = open(Bad);
        for (const auto &E : File.entries())
          File.read(E.Name);
      } catch (const Error &) {
      }
    }
}
TEST(Safetensors, DamagedHeadersAreErrors) {
  auto Tensor = [](const std::string &Body) { return "{\"a\":{" + Body + "}}"; };
  std::pair<std::string, const char *> Bad[] = {
      {"[]", "'{' was expected"},
      {"{}x", "something follows"},
      {"{\"a\":1}", "'{' was expected"},
      {"{\"a", "does not end"},
      {"{\"\\x\":{}}", "unknown escape"},
      {"{\"\\ud800\":{}}", "surrogate"},
      {Tensor(R"("dtype":"U8","shape":[4])"), "lacks one of"},
      {Tensor(R"("dtype":"U8","shape":[4],"data_offsets":[0,4],"x":1)"), "unknown key 'x'"},
      {Tensor(R"("dtype":"Q8","shape":[4],"data_offsets":[0,4])"), "unknown type 'Q8'"},
      {Tensor(R"("dtype":"F32","shape":[4],"data_offsets":[0,4])"), "its shape and type need 16"},
      {Tensor(R"("dtype":"U8","shape":[4],"data_offsets":[4,0])"), "broken data_offsets"},
      {Tensor(R"("dtype":"U8","shape":[4],"data_offsets":[0])"), "broken data_offsets"},
      {Tensor(R"("dtype":"U8","shape":[-4],"data_offsets":[0,4])"), "not negative"},
      {Tensor(R"("dtype":"U8","shape":[4.0],"data_offsets":[0,4])"), "was expected"},
      {Tensor(R"("dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,4])"), "too large"},
      {Tensor(R"("dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,0])"), "too large"},
      {Tensor(R"("dtype":"U8","shape":[3],"data_offsets":[1,4])"), "begins at byte 1"},
      {Tensor(R"("dtype":"U8","shape":[3],"data_offsets":[0,3])"), "too long"},
      {R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[0],"data_offsets":[4,4]}})",
       "twice"},
      {R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})",
       "byte 4 was expected"},
      {R"({"__metadata__":{"a":1}})", "'\"' was expected"}};
  for (auto &[Header, Part] : Bad)
    EXPECT_NE(errorOf([&] { open(file(Header, 4)); }).find(Part), std::string::npos) << Header;
}
TEST(Safetensors, DeepNestingIsNoDanger) {
  EXPECT_NE(errorOf([] { open(file(std::string(1 << 20, '['), 0)); }), "");
}
TEST(Safetensors, HugeHeaderIsRefused) {
  EXPECT_ERROR(open({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, '{', '}'}), "at most 100000000 are allowed");
}
TEST(Safetensors, MissingAndForeignFilesAreSaid) {
  EXPECT_ERROR(SafetensorsFile("/nowhere/x"), "Cannot open '/nowhere/x': No such file");
  EXPECT_ERROR(SafetensorsFile("/tmp"), "not a regular file");
  EXPECT_ERROR(open(Bytes(3, 'x')), "is not a safetensors file: it has 3 bytes");
}
TEST(Safetensors, NamesMustDiffer) {
  Tensor A(DType::F32, {1});
  std::vector<NamedView> Views = {{"a", A}, {"a", A}}, Reserved = {{"__metadata__", A}};
  EXPECT_ERROR(writeSafetensors("/tmp/never", Views), "'a' is used twice");
  EXPECT_ERROR(writeSafetensors("/tmp/never", Reserved), "is reserved");
}
