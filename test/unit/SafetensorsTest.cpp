// SafetensorsTest.cpp - safetensors files.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/Safetensors.h"
#include "Support.h"

using namespace dlc;
using namespace dlc::test;

using Bytes = std::vector<uint8_t>;

static Bytes file(const std::string &header, size_t data) {
  Bytes result;
  for (int i = 0; i < 8; ++i)
    result.push_back(uint8_t(header.size() >> (8 * i)));
  result.insert(result.end(), header.begin(), header.end());
  for (size_t i = 0; i < data; ++i)
    result.push_back(uint8_t(i));
  return result;
}
static SafetensorsFile open(const Bytes &content) {
  TemporaryFolder folder;
  writeBytes(folder / "x.safetensors", content);
  return SafetensorsFile(folder / "x.safetensors"); // stays open though the name is gone
}
static const std::string one = R"({"a":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]}})";

TEST(Safetensors, ReadsATensor) {
  SafetensorsFile opened = open(file(one, 4));
  ASSERT_EQ(opened.entries().size(), 1u);
  EXPECT_EQ(opened.read("a").shape(), (Shape{2, 2}));
  EXPECT_EQ(opened.read("a").at(3), 3);
  EXPECT_ERROR(opened.read("b"), "has no tensor 'b'");
}
TEST(Safetensors, RoundTripsTypesNamesAndMetadata) {
  TemporaryFolder folder;
  std::vector<NamedTensor> old;
  for (DType type : {DType::Bool, DType::F32, DType::U8, DType::F64, DType::I32, DType::I64})
    old.push_back({std::string("t \"\\\n\xc3\xa9") + std::string(nameOf(type)),
                   Tensor({3}, std::vector<double>{0, 1, 1}).to(type)});
  old.push_back({"empty", Tensor(DType::F32, {0, 3})});
  old.push_back({"scalar", Tensor({}, std::vector<float>{2.5f})});
  std::vector<NamedView> views;
  for (auto &t : old)
    views.push_back({t.name, t.value});
  writeSafetensors(folder / "x", views, {{"key", "a \"quoted\" value"}, {"b", ""}});
  SafetensorsFile file(folder / "x");
  EXPECT_EQ(file.entries().size(), old.size());
  EXPECT_EQ(file.metadata().at("key"), "a \"quoted\" value");
  for (auto &t : old) {
    Tensor again = file.read(t.name);
    EXPECT_EQ(again.dtype(), t.value.dtype());
    EXPECT_EQ(again.shape(), t.value.shape());
    for (int64_t i = 0; i < again.elements(); ++i)
      EXPECT_EQ(again.at(i), t.value.at(i));
    const auto *e = file.find(t.name);
    EXPECT_EQ(e->offset % sizeOf(t.value.dtype()), 0u); // aligned
  }
}
TEST(Safetensors, EqualInputsGiveEqualBytes) {
  TemporaryFolder folder;
  Tensor a({2}, std::vector<float>{1, 2});
  std::vector<NamedView> views = {{"a", a}};
  writeSafetensors(folder / "x", views, {{"k", "v"}});
  writeSafetensors(folder / "y", views, {{"k", "v"}});
  EXPECT_EQ(bytesOf(folder / "x"), bytesOf(folder / "y"));
}
TEST(Safetensors, ReadsEscapes) {
  SafetensorsFile opened = open(file(
      R"( { "__metadata__" : {"k":"\u00e9\ud83d\ude00\t\/"} , "a\u0062": {"shape":[],"data_offsets":[0,1],"dtype":"U8"} } )",
      1));
  EXPECT_EQ(opened.metadata().at("k"), "\xc3\xa9\xf0\x9f\x98\x80\t/");
  EXPECT_NE(opened.find("ab"), nullptr);
}
TEST(Safetensors, UnsupportedTypesAreListedAndRefusedWhenRead) {
  SafetensorsFile opened = open(file(R"({"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}})", 4));
  EXPECT_EQ(opened.entries()[0].typeName, "BF16");
  EXPECT_FALSE(opened.entries()[0].type);
  EXPECT_ERROR(opened.read("a"), "has the type BF16");
}
TEST(Safetensors, EveryTruncationIsAnError) {
  Bytes whole = file(one, 4);
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(errorOf([&] { open(Bytes(whole.begin(), whole.begin() + ptrdiff_t(length))); }), "") << length;
}
TEST(Safetensors, FlippedBytesNeverCrash) {
  Bytes whole = file(one, 4);
  for (size_t at = 0; at < whole.size(); ++at)
    for (int flip = 1; flip < 256; flip <<= 1) {
      Bytes bad = whole;
      bad[at] ^= uint8_t(flip);
      try {
        SafetensorsFile file = open(bad);
        for (const auto &e : file.entries())
          file.read(e.name);
      } catch (const Error &) {
      }
    }
}
TEST(Safetensors, DamagedHeadersAreErrors) {
  auto tensor = [](const std::string &body) { return "{\"a\":{" + body + "}}"; };
  std::pair<std::string, const char *> bad[] = {
      {"[]", "'{' was expected"},
      {"{}x", "something follows"},
      {"{\"a\":1}", "'{' was expected"},
      {"{\"a", "does not end"},
      {"{\"\\x\":{}}", "unknown escape"},
      {"{\"\\ud800\":{}}", "surrogate"},
      {tensor(R"("dtype":"U8","shape":[4])"), "lacks one of"},
      {tensor(R"("dtype":"U8","shape":[4],"data_offsets":[0,4],"x":1)"), "unknown key 'x'"},
      {tensor(R"("dtype":"Q8","shape":[4],"data_offsets":[0,4])"), "unknown type 'Q8'"},
      {tensor(R"("dtype":"F32","shape":[4],"data_offsets":[0,4])"), "its shape and type need 16"},
      {tensor(R"("dtype":"U8","shape":[4],"data_offsets":[4,0])"), "broken data_offsets"},
      {tensor(R"("dtype":"U8","shape":[4],"data_offsets":[0])"), "broken data_offsets"},
      {tensor(R"("dtype":"U8","shape":[-4],"data_offsets":[0,4])"), "not negative"},
      {tensor(R"("dtype":"U8","shape":[4.0],"data_offsets":[0,4])"), "was expected"},
      {tensor(R"("dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,4])"), "too large"},
      {tensor(R"("dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,0])"), "too large"},
      {tensor(R"("dtype":"U8","shape":[3],"data_offsets":[1,4])"), "begins at byte 1"},
      {tensor(R"("dtype":"U8","shape":[3],"data_offsets":[0,3])"), "too long"},
      {R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[0],"data_offsets":[4,4]}})",
       "twice"},
      {R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})",
       "byte 4 was expected"},
      {R"({"__metadata__":{"a":1}})", "'\"' was expected"}};
  for (auto &[header, part] : bad)
    EXPECT_NE(errorOf([&] { open(file(header, 4)); }).find(part), std::string::npos) << header;
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
  Tensor a(DType::F32, {1});
  std::vector<NamedView> views = {{"a", a}, {"a", a}}, reserved = {{"__metadata__", a}};
  EXPECT_ERROR(writeSafetensors("/tmp/never", views), "'a' is used twice");
  EXPECT_ERROR(writeSafetensors("/tmp/never", reserved), "is reserved");
}
