//===- ParametersTest.cpp - initial values, layouts, weights in files -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "FakeModel.h"
#include "Support.h"
#include "runtime/Npy.h"
#include "runtime/Philox.h"
#include "runtime/Safetensors.h"

#include <cmath>
#include <cstring>

using namespace dlc;
using namespace dlc::test;

namespace {
/// A model of one parameter, for its initial value.
Tensor initial(dlc_init Init, double A = 0, double B = 0, uint32_t Type = DLC_F32, uint64_t Seed = 1) {
  static const int64_t Dims[] = {50, 40}, Strides[] = {1, 64};
  static dlc_tensor T;
  static dlc_model M;
  T = dlc_tensor{"p",  Type, DLC_PARAMETER, DLC_PARAMS, 2,  Dims,    Strides, 64,     40 * 64 * 8,
                 Init, 0,    {A, B},        50,         40, nullptr, nullptr, nullptr};
  M = *fake_dlc_model_query(DLC_ABI_VERSION);
  M.tensor_count = 1, M.tensors = &T, M.entry_count = 0, M.arena_bytes[DLC_PARAMS] = 64 + 40 * 64 * 8;
  Model Made = Model::fromQuery([](uint32_t) -> const dlc_model * { return &M; });
  return Made.newParameters(Seed).get("p");
}
void expectUniform(const Tensor &T, double Low, double High) {
  PhiloxStream Stream(1, "p");
  double Least = INFINITY, Most = -INFINITY;
  for (int64_t I = 0; I < T.elements(); ++I) {
    EXPECT_FLOAT_EQ(float(T.at(I)), float(Low + (High - Low) * double(Stream.uniform32(uint64_t(I)))));
    Least = std::min(Least, T.at(I)), Most = std::max(Most, T.at(I));
  }
  EXPECT_GE(Least, double(float(Low)));
  EXPECT_LT(Most, double(float(High)));
  EXPECT_LT(Least, Low + 0.05 * (High - Low));
  EXPECT_GT(Most, High - 0.05 * (High - Low));
}
void expectNormal(const Tensor &T, double Deviation) {
  PhiloxStream Stream(1, "p");
  for (int64_t I = 0; I < T.elements(); ++I)
    EXPECT_FLOAT_EQ(float(T.at(I)), float(Deviation * Stream.normal(uint64_t(I))));
}
} // namespace

TEST(Initialisers, Constants) {
  EXPECT_EQ(initial(DLC_INIT_ZEROS).at(1999), 0);
  EXPECT_EQ(initial(DLC_INIT_ONES).at(1999), 1);
  EXPECT_EQ(initial(DLC_INIT_CONSTANT, 2.5).at(1999), 2.5);
  EXPECT_EQ(initial(DLC_INIT_CONSTANT, 7, 0, DLC_I64).at(5), 7);
}
TEST(Initialisers, Uniform) { expectUniform(initial(DLC_INIT_UNIFORM, -2, 3), -2, 3); }
TEST(Initialisers, KaimingUniform) {
  expectUniform(initial(DLC_INIT_KAIMING_UNIFORM, 5), -std::sqrt(6 / (6.0 * 50)), std::sqrt(6 / (6.0 * 50)));
}
TEST(Initialisers, FanInUniform) {
  expectUniform(initial(DLC_INIT_FAN_IN_UNIFORM), -1 / std::sqrt(50), 1 / std::sqrt(50));
}
TEST(Initialisers, XavierUniform) {
  expectUniform(initial(DLC_INIT_XAVIER_UNIFORM), -std::sqrt(6 / 90.0), std::sqrt(6 / 90.0));
}
TEST(Initialisers, Normal) { expectNormal(initial(DLC_INIT_NORMAL, 0.02), 0.02); }
TEST(Initialisers, XavierNormal) { expectNormal(initial(DLC_INIT_XAVIER_NORMAL), std::sqrt(2 / 90.0)); }
TEST(Initialisers, KaimingNormal) { expectNormal(initial(DLC_INIT_KAIMING_NORMAL), std::sqrt(2 / 50.0)); }
TEST(Initialisers, DoublesUse53Bits) {
  Tensor T = initial(DLC_INIT_UNIFORM, 0, 1, DLC_F64), N = initial(DLC_INIT_NORMAL, 2, 0, DLC_F64);
  PhiloxStream Stream(1, "p");
  for (int64_t I = 0; I < T.elements(); ++I) {
    EXPECT_EQ(T.at(I), Stream.uniform64(uint64_t(I)));
    EXPECT_EQ(N.at(I), 2 * Stream.normal(uint64_t(I)));
  }
}
TEST(Initialisers, UpperBoundIsNeverReached) { // a range one float wide: everything rounds to its ends
  Tensor T = initial(DLC_INIT_UNIFORM, 1, std::nextafter(1.0f, 2.0f));
  for (float X : T.as<float>())
    EXPECT_EQ(X, 1.0f);
}
TEST(Initialisers, SeedsDiffer) {
  Tensor A = initial(DLC_INIT_NORMAL, 1, 0, DLC_F32, 1), B = initial(DLC_INIT_NORMAL, 1, 0, DLC_F32, 2);
  EXPECT_NE(std::memcmp(A.data(), B.data(), A.bytes()), 0);
}

TEST(ParameterFiles, PaddingStaysZero) {
  Parameters P = fakeModel().newParameters(3);
  auto *W = static_cast<const float *>(P.arena(DLC_PARAMS));
  EXPECT_EQ(W[3], 0.0f); // between the columns
  EXPECT_EQ(W[1], float(P.get("w").at(2)));
  EXPECT_EQ(W[4], float(P.get("w").at(1)));
  EXPECT_EQ(P.get("running").at(0), 1);
}
TEST(ParameterFiles, SetChecksTypeAndShape) {
  Parameters P = fakeModel().newParameters();
  EXPECT_ERROR(P.set("w", Tensor(DType::F32, {2, 3})),
               "Tensor 'w' is f32[3, 2]; a value of f32[2, 3] was given for it.");
  EXPECT_ERROR(P.set("w", Tensor(DType::F64, {3, 2})), "a value of f64[3, 2]");
  EXPECT_ERROR(P.set("v", Tensor(DType::F64, {3, 2})),
               "has no parameter or buffer 'v'; it has 'w', 'b', 'table' and 'running'.");
  EXPECT_ERROR(P.get("w.m"), "has no parameter or buffer 'w.m'");
}
TEST(ParameterFiles, CloneIsIndependent) {
  Parameters P = fakeModel().newParameters(1), Q = P.clone(), R = P;
  P.set("b", std::vector<float>{5, 6});
  EXPECT_EQ(Q.get("b").at(0), 0);
  EXPECT_EQ(R.get("b").at(0), 5);
}
TEST(ParameterFiles, RoundTrip) {
  TemporaryFolder Folder;
  Model M = fakeModel();
  Parameters P = M.newParameters(5);
  P.save(Folder / "w.safetensors");
  Parameters Q = M.loadParameters(Folder / "w.safetensors");
  EXPECT_EQ(std::memcmp(P.arena(DLC_PARAMS), Q.arena(DLC_PARAMS), M.arenaBytes(DLC_PARAMS)), 0);
  SafetensorsFile File(Folder / "w.safetensors");
  EXPECT_EQ(File.entries().size(), 4u);
  EXPECT_EQ(File.read("w").shape(), (Shape{3, 2})); // logical, not as stored
}
TEST(ParameterFiles, AllDifferencesTogether) {
  TemporaryFolder Folder;
  Tensor W(DType::F32, {2, 3}), B(DType::F64, {2}), X(DType::F32, {1}), Table(DType::F32, {10, 2});
  std::vector<NamedView> Views = {{"w", W}, {"b", B}, {"x", X}, {"table", Table}, {"y", X}};
  writeSafetensors(Folder / "f", Views);
  Model M = fakeModel();
  Parameters P = M.newParameters(1), Before = P.clone();
  EXPECT_EQ(errorOf([&] { P.load(Folder / "f"); }),
            "'" + (Folder / "f") +
                "' does not fit the model 'fake': missing: 'running'; unexpected: 'x' and 'y'; "
                "different: 'w' is f32[2, 3] where f32[3, 2] was expected and 'b' is f64[2] where f32[2] was "
                "expected. "
                "Nothing was changed.");
  EXPECT_EQ(std::memcmp(P.arena(DLC_PARAMS), Before.arena(DLC_PARAMS), M.arenaBytes(DLC_PARAMS)), 0);
}
TEST(ParameterFiles, MissingFile) {
  EXPECT_ERROR(fakeModel().loadParameters("/nowhere/w"), "Cannot open '/nowhere/w'");
}
TEST(ParameterFiles, LargeArenasAreAlignedForHugePages) {
  static const int64_t Dims[] = {1 << 20}, Strides[] = {1};
  static dlc_tensor T{"p",           DLC_F32, DLC_PARAMETER, DLC_PARAMS, 1, Dims,    Strides, 0,      4 << 20,
                      DLC_INIT_ONES, 0,       {0, 0},        0,          0, nullptr, nullptr, nullptr};
  static dlc_model M = *fake_dlc_model_query(DLC_ABI_VERSION);
  M.tensor_count = 1, M.tensors = &T, M.entry_count = 0, M.arena_bytes[DLC_PARAMS] = 4 << 20;
  Parameters P = Model::fromQuery([](uint32_t) -> const dlc_model * { return &M; }).newParameters();
  EXPECT_EQ(reinterpret_cast<uintptr_t>(P.arena(DLC_PARAMS)) % (2 << 20), 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(fakeModel().newParameters().arena(DLC_PARAMS)) % 64, 0u);
  EXPECT_EQ(P.get("p").at((1 << 20) - 1), 1);
}
