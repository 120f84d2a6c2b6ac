// ParametersTest.cpp - initial values, layouts, weights in files.
// SPDX-License-Identifier: Apache-2.0
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
Tensor initial(dlc_init init, double a = 0, double b = 0, uint32_t type = DLC_F32, uint64_t seed = 1) {
  static const int64_t dims[] = {50, 40}, strides[] = {1, 64};
  dlc_tensor t = parameterOf(type, dims, strides, 40 * 64 * 8);
  t.offset = 64, t.init = init, t.values[0] = a, t.values[1] = b, t.fan_in = 50, t.fan_out = 40;
  return modelOf(t).newParameters(seed).get("p");
}
void expectUniform(const Tensor &t, double low, double high) {
  PhiloxStream stream(1, "p");
  double least = INFINITY, most = -INFINITY;
  for (int64_t i = 0; i < t.elements(); ++i) {
    EXPECT_FLOAT_EQ(float(t.at(i)), float(low + (high - low) * double(stream.uniform32(uint64_t(i)))));
    least = std::min(least, t.at(i)), most = std::max(most, t.at(i));
  }
  EXPECT_GE(least, double(float(low)));
  EXPECT_LT(most, double(float(high)));
  EXPECT_LT(least, low + 0.05 * (high - low));
  EXPECT_GT(most, high - 0.05 * (high - low));
}
void expectNormal(const Tensor &t, double deviation) {
  PhiloxStream stream(1, "p");
  for (int64_t i = 0; i < t.elements(); ++i)
    EXPECT_FLOAT_EQ(float(t.at(i)), float(deviation * stream.normal(uint64_t(i))));
}
} // namespace

/// Columns in blocks of 8, each with all rows: what is written is read again, and lies where the descriptor says.
TEST(Layouts, Packed) {
  static const int64_t dims[] = {3, 24}, strides[] = {8, 1};
  dlc_tensor t = parameterOf(DLC_F32, dims, strides, 3 * 24 * 4);
  t.offset = 64, t.init = DLC_INIT_FAN_IN_UNIFORM, t.fan_in = 24, t.fan_out = 3;
  t.split = 8, t.split_stride = 3 * 8, t.split_axis = 1;
  Parameters weights = modelOf(t).newParameters(1);
  PhiloxStream stream(1, "p");
  Tensor first = weights.get("p"), other(DType::F32, {3, 24});
  float *values = other.as<float>().data();
  for (int64_t i = 0; i < 72; ++i) {
    double bound = 1 / std::sqrt(24);
    EXPECT_FLOAT_EQ(float(first.at(i)), float(-bound + 2 * bound * double(stream.uniform32(uint64_t(i)))));
    values[i] = float(i);
  }
  weights.set("p", other);
  EXPECT_EQ(std::memcmp(weights.get("p").data(), other.data(), 72 * sizeof(float)), 0);
  auto *lies = reinterpret_cast<const float *>(static_cast<const char *>(weights.arena(DLC_PARAMS)) + 64);
  for (int64_t row = 0; row < 3; ++row)
    for (int64_t column = 0; column < 24; ++column) {
      int64_t index[] = {row, column}, place = column / 8 * 24 + row * 8 + column % 8;
      EXPECT_EQ(lies[place], float(row * 24 + column));
      EXPECT_EQ(dlc_place_of(&t, index), place);
    }
}

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
  Tensor t = initial(DLC_INIT_UNIFORM, 0, 1, DLC_F64), n = initial(DLC_INIT_NORMAL, 2, 0, DLC_F64);
  PhiloxStream stream(1, "p");
  for (int64_t i = 0; i < t.elements(); ++i) {
    EXPECT_EQ(t.at(i), stream.uniform64(uint64_t(i)));
    EXPECT_EQ(n.at(i), 2 * stream.normal(uint64_t(i)));
  }
}
TEST(Initialisers, UpperBoundIsNeverReached) { // a range one float wide: everything rounds to its ends
  Tensor t = initial(DLC_INIT_UNIFORM, 1, std::nextafter(1.0f, 2.0f));
  for (float x : t.as<float>())
    EXPECT_EQ(x, 1.0f);
}
TEST(Initialisers, SeedsDiffer) {
  Tensor a = initial(DLC_INIT_NORMAL, 1, 0, DLC_F32, 1), b = initial(DLC_INIT_NORMAL, 1, 0, DLC_F32, 2);
  EXPECT_NE(std::memcmp(a.data(), b.data(), a.bytes()), 0);
}

TEST(ParameterFiles, PaddingStaysZero) {
  Parameters p = fakeModel().newParameters(3);
  auto *w = static_cast<const float *>(p.arena(DLC_PARAMS));
  EXPECT_EQ(w[3], 0.0f); // between the columns
  EXPECT_EQ(w[1], float(p.get("w").at(2)));
  EXPECT_EQ(w[4], float(p.get("w").at(1)));
  EXPECT_EQ(p.get("running").at(0), 1);
}
TEST(ParameterFiles, SetChecksTypeAndShape) {
  Parameters p = fakeModel().newParameters();
  EXPECT_ERROR(p.set("w", Tensor(DType::F32, {2, 3})),
               "Tensor 'w' is f32[3, 2]; a value of f32[2, 3] was given for it.");
  EXPECT_ERROR(p.set("w", Tensor(DType::F64, {3, 2})), "a value of f64[3, 2]");
  EXPECT_ERROR(p.set("v", Tensor(DType::F64, {3, 2})),
               "has no parameter or buffer 'v'; it has 'w', 'b', 'table' and 'running'.");
  EXPECT_ERROR(p.get("w.m"), "has no parameter or buffer 'w.m'");
}
TEST(ParameterFiles, CloneIsIndependent) {
  Parameters p = fakeModel().newParameters(1), q = p.clone(), r = p;
  p.set("b", std::vector<float>{5, 6});
  EXPECT_EQ(q.get("b").at(0), 0);
  EXPECT_EQ(r.get("b").at(0), 5);
}
TEST(ParameterFiles, RoundTrip) {
  TemporaryFolder folder;
  Model m = fakeModel();
  Parameters p = m.newParameters(5);
  p.save(folder / "w.safetensors");
  Parameters q = m.loadParameters(folder / "w.safetensors");
  EXPECT_EQ(std::memcmp(p.arena(DLC_PARAMS), q.arena(DLC_PARAMS), m.arenaBytes(DLC_PARAMS)), 0);
  SafetensorsFile file(folder / "w.safetensors");
  EXPECT_EQ(file.entries().size(), 4u);
  EXPECT_EQ(file.read("w").shape(), (Shape{3, 2})); // logical, not as stored
}
TEST(ParameterFiles, AllDifferencesTogether) {
  TemporaryFolder folder;
  Tensor w(DType::F32, {2, 3}), b(DType::F64, {2}), x(DType::F32, {1}), table(DType::F32, {10, 2});
  std::vector<NamedView> views = {{"w", w}, {"b", b}, {"x", x}, {"table", table}, {"y", x}};
  writeSafetensors(folder / "f", views);
  Model m = fakeModel();
  Parameters p = m.newParameters(1), before = p.clone();
  EXPECT_EQ(errorOf([&] { p.load(folder / "f"); }),
            "'" + (folder / "f") +
                "' does not fit the model 'fake': missing: 'running'; unexpected: 'x' and 'y'; "
                "different: 'w' is f32[2, 3] where f32[3, 2] was expected and 'b' is f64[2] where f32[2] was "
                "expected. "
                "Nothing was changed.");
  EXPECT_EQ(std::memcmp(p.arena(DLC_PARAMS), before.arena(DLC_PARAMS), m.arenaBytes(DLC_PARAMS)), 0);
}
TEST(ParameterFiles, MissingFile) {
  EXPECT_ERROR(fakeModel().loadParameters("/nowhere/w"), "Cannot open '/nowhere/w'");
}
TEST(ParameterFiles, LargeArenasAreAlignedForHugePages) {
  static const int64_t dims[] = {1 << 20}, strides[] = {1};
  dlc_tensor t = parameterOf(DLC_F32, dims, strides, 4 << 20);
  t.init = DLC_INIT_ONES;
  Parameters p = modelOf(t).newParameters();
  EXPECT_EQ(reinterpret_cast<uintptr_t>(p.arena(DLC_PARAMS)) % (2 << 20), 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(fakeModel().newParameters().arena(DLC_PARAMS)) % 64, 0u);
  EXPECT_EQ(p.get("p").at((1 << 20) - 1), 1);
}
