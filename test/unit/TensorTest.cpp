// TensorTest.cpp - dense tensors.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/Tensor.h"
#include "Support.h"

#include <cmath>

using namespace dlc;

TEST(Tensor, IsZeroAndAligned) {
  Tensor t(DType::F32, {3, 5});
  EXPECT_EQ(t.elements(), 15);
  EXPECT_EQ(t.bytes(), 60u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(t.data()) % 64, 0u);
  for (float x : t.as<float>())
    EXPECT_EQ(x, 0.0f);
}
TEST(Tensor, CopyIsIndependent) {
  Tensor a({2}, std::vector<float>{1, 2});
  Tensor b = a;
  b.as<float>()[0] = 9;
  EXPECT_EQ(a.at(0), 1);
  a = b;
  EXPECT_EQ(a.at(0), 9);
}
TEST(Tensor, MovedFromIsEmpty) {
  Tensor a({2}, std::vector<float>{1, 2});
  Tensor b = std::move(a);
  EXPECT_EQ(b.at(1), 2);
  EXPECT_EQ(a.elements(), 0);
}
TEST(Tensor, OneElementIsANumber) {
  float loss = Tensor({1, 1}, std::vector<float>{0.5f});
  EXPECT_EQ(loss, 0.5f);
  EXPECT_ERROR(Tensor(DType::F32, {2}).item(), "has 2 elements");
}
TEST(Tensor, RefusesAnotherType) {
  Tensor t(DType::F32, {2});
  EXPECT_ERROR(t.as<int32_t>(), "of type f32 was read as i32");
}
TEST(Tensor, RowsArePartsOfTheOutermostAxis) {
  Tensor t({3, 2}, std::vector<int32_t>{1, 2, 3, 4, 5, 6});
  TensorView part = t.rows(1, 3);
  EXPECT_EQ(part.shape(), (Shape{2, 2}));
  EXPECT_EQ(part.at(0), 3);
  EXPECT_ERROR(t.rows(2, 4), "Rows 2 to 4");
  Tensor scalar(DType::F32, {});
  EXPECT_ERROR(scalar.rows(0, 1), "rank 0");
}
TEST(Tensor, ReshapeKeepsTheElements) {
  Tensor t({3, 2}, std::vector<int64_t>{1, 2, 3, 4, 5, 6});
  EXPECT_EQ(t.reshape({6}).at(5), 6);
  EXPECT_ERROR(t.reshape({4}), "cannot take the shape [4]");
}
TEST(Tensor, ConvertsBetweenTypes) {
  Tensor t({4}, std::vector<double>{-1.7, 0, 300, NAN});
  Tensor i = t.to(DType::I32), u = t.to(DType::U8), b = t.to(DType::Bool);
  EXPECT_EQ(i.at(0), -1);
  EXPECT_EQ(u.at(0), 0);
  EXPECT_EQ(u.at(2), 255);
  EXPECT_EQ(i.at(3), 0);
  EXPECT_EQ(b.at(0), 1);
  EXPECT_EQ(b.at(1), 0);
}
TEST(Tensor, ViewsOfVectorsAreFlat) {
  std::vector<float> v{1, 2, 3};
  EXPECT_TRUE(TensorView(v).flat());
  EXPECT_FALSE(TensorView(Tensor(DType::F32, {3})).flat());
}
TEST(Shape, RefusesTooManyAxes) { EXPECT_ERROR(Shape({1, 1, 1, 1, 1, 1, 1, 1, 1}), "has 9 axes; at most 8"); }
TEST(Shape, RefusesNegativeAxes) { EXPECT_ERROR(Shape({2, -1}), "extent -1"); }
TEST(Shape, RefusesOverflow) {
  EXPECT_ERROR(Shape({int64_t(1) << 40, int64_t(1) << 40}).elements(), "too large");
  EXPECT_EQ(Shape({int64_t(1) << 40, int64_t(1) << 40, 0}).elements(), 0);
}
TEST(Shape, PrintsItself) { EXPECT_EQ(Shape({32, 784}).str(), "[32, 784]"); }

// What would point into a tensor that is gone does not compile.
template <class T>
concept GivesElements = requires(T &&value) { std::forward<T>(value).template as<float>(); };
template <class T>
concept GivesRows = requires(T &&value) { std::forward<T>(value).rows(0, 1); };
static_assert(GivesElements<Tensor &> && GivesElements<const Tensor &> && GivesElements<TensorView>);
static_assert(!GivesElements<Tensor> && !GivesElements<const Tensor>);
static_assert(GivesRows<Tensor &> && GivesRows<const Tensor &> && GivesRows<TensorView>);
static_assert(!GivesRows<Tensor> && !GivesRows<const Tensor>);
static_assert(!GivesElements<decltype(std::declval<Results>()["y"])> &&
              !GivesElements<decltype(std::declval<Results>()[0])>);
static_assert(GivesElements<decltype(std::declval<Results &>()["y"])>);

template <class Key, class T>
concept Binds = requires(Call &c, Key k, T &&value) { c.bindInput(k, std::forward<T>(value)); };
static_assert(Binds<const char *, Tensor &> && Binds<int, const Tensor &> && Binds<size_t, TensorView>);
static_assert(Binds<const char *, std::vector<float> &> && Binds<int, std::span<const float>>);
static_assert(!Binds<const char *, Tensor> && !Binds<int, Tensor> && !Binds<std::string_view, std::vector<float>>);
static_assert(!Binds<size_t, std::vector<int32_t>> && !Binds<const char *, std::array<float, 3>>);
