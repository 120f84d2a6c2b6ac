//===- CallTest.cpp - calls by value -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "FakeModel.h"
#include "Support.h"

#include <atomic>
#include <cstring>
#include <thread>

using namespace dlc;
using namespace dlc::test;

namespace {
class Calls : public ::testing::Test {
protected:
  Model M = fakeModel();
  Parameters P = M.newParameters(1);

  void SetUp() override {
    P.set("w", Tensor({3, 2}, std::vector<float>{1, 2, 3, 4, 5, 6}));
    P.set("b", std::vector<float>{10, 20});
    fake_calls = 0;
  }
  /// Rows (i, 0, 0): y is (10 + i, 20 + 2 i).
  static Tensor rows(int64_t Count) {
    Tensor X(DType::F32, {Count, 3});
    for (int64_t I = 0; I < Count; ++I)
      X.as<float>()[size_t(3 * I)] = float(I);
    return X;
  }
  static void expectRows(const Tensor &Y, int64_t Count) {
    ASSERT_EQ(Y.shape(), (Shape{Count, 2}));
    for (int64_t I = 0; I < Count; ++I) {
      EXPECT_EQ(Y.at(2 * I), double(10 + I));
      EXPECT_EQ(Y.at(2 * I + 1), double(20 + 2 * I));
    }
  }
  std::vector<int64_t> extents() const { return {fake_extents, fake_extents + fake_calls}; }
};
using Extents = std::vector<int64_t>;
} // namespace

TEST_F(Calls, StridedWeightIsUsed) {
  Tensor Y = M.call("predict", P, {Tensor({1, 3}, std::vector<float>{1, 1, 1})})["y"];
  EXPECT_EQ(Y.at(0), 19);
  EXPECT_EQ(Y.at(1), 32);
}
TEST_F(Calls, ExtentComesFromTheInputs) {
  expectRows(M.call("predict", P, {rows(3)})["y"], 3);
  EXPECT_EQ(extents(), (Extents{3}));
}
TEST_F(Calls, SmallestCapacityThatFits) {
  EXPECT_EQ(M.entry("predict", 1).Capacity, 2);
  EXPECT_EQ(M.entry("predict", 2).Capacity, 2);
  EXPECT_EQ(M.entry("predict", 3).Capacity, 4);
  EXPECT_EQ(M.entry("predict", 9).Capacity, 4);
}
TEST_F(Calls, IndependentRowsAreCut) {
  expectRows(M.call("predict", P, {rows(10)})["y"], 10);
  EXPECT_EQ(extents(), (Extents{4, 4, 2}));
}
TEST_F(Calls, NotCutByAnInnerBatchAxis) {
  EXPECT_ERROR(M.call("columns", P, {Tensor(DType::F32, {3, 10})}),
               "the call cannot be cut into several because the rows of an input or output do not lie one after the "
               "other. Give at most 4 rows, or compile the model with --batch 10.");
}
TEST_F(Calls, ShortCallByAnInnerBatchAxis) {
  Tensor Y = M.call("columns", P, {Tensor({3, 2}, std::vector<float>{0, 1, 0, 0, 0, 0})})["y"];
  EXPECT_EQ(Y.shape(), (Shape{2, 2}));
  EXPECT_EQ(Y.at(0), 10);
  EXPECT_EQ(Y.at(1), 11);
  EXPECT_EQ(Y.at(3), 22);
}
TEST_F(Calls, DependentRowsAreNotCut) {
  EXPECT_EQ(double(M.call("mean", P, {rows(8)})["loss"]), 28.0f / 24);
  EXPECT_ERROR(M.call("mean", P, {rows(9)}),
               "Entry 'mean' was called with 9 rows; it was compiled for at most 8, and the call cannot be cut into "
               "several because");
}
TEST_F(Calls, FlatInputTakesTheShapeOfThePort) {
  std::vector<float> X = {1, 0, 0, 2, 0, 0};
  Tensor Y = M.call("predict", P, {X})["y"];
  EXPECT_EQ(Y.shape(), (Shape{2, 2}));
  EXPECT_EQ(Y.at(2), 12);
  EXPECT_EQ(M.call("predict", P, {std::span<const float>(X).first(3)})["y"].shape(), (Shape{1, 2}));
}
TEST_F(Calls, InputsByName) {
  Training T = M.newTraining(P);
  Tensor X = rows(2), Target(DType::F32, {2, 2});
  double A = M.newTraining(P.clone()).call("train_step", {{"t", Target}, {"x", X}})["loss"];
  double B = T.call("train_step", {X, Target})["loss"];
  EXPECT_EQ(A, B);
}
TEST_F(Calls, NumbersForInputsWithoutAxes) {
  EXPECT_EQ(M.call("wide", P, {2.0f})["out"].at(4), 4);
  EXPECT_ERROR(M.call("wide", P, {2}), "input 'factor': i32 was given; f32 was expected.");
}
TEST_F(Calls, WrongType) {
  EXPECT_ERROR(M.call("predict", P, {Tensor(DType::F64, {2, 3})}),
               "Entry 'predict', input 'x': f64[2, 3] was given; f32[batch, 3] was expected.");
}
TEST_F(Calls, WrongShape) {
  EXPECT_ERROR(M.call("predict", P, {Tensor(DType::F32, {2, 4})}), "input 'x': f32[2, 4] was given; f32[batch, 3] was");
  EXPECT_ERROR(M.call("predict", P, {Tensor(DType::F32, {6})}), "f32[6] was given");
  EXPECT_ERROR(M.call("predict", P, {std::vector<float>(7)}),
               "7 elements of f32 were given; f32[batch, 3] was expected.");
  EXPECT_ERROR(M.call("probe", P, {Tensor(DType::F32, {3, 1})}), "f32[2 * batch, 1] was expected.");
}
TEST_F(Calls, NoRows) {
  EXPECT_ERROR(M.call("predict", P, {Tensor(DType::F32, {0, 3})}), "has no rows; at least one is needed.");
  EXPECT_ERROR(M.call("predict", P, {std::vector<float>()}), "0 elements");
}
TEST_F(Calls, WrongNumberOfInputs) {
  EXPECT_ERROR(M.call("predict", P, {}), "Entry 'predict' lacks the input 'x'; it takes 'x' (f32[batch, 3]).");
  EXPECT_ERROR(M.call("predict", P, {rows(1), rows(1)}),
               "Entry 'predict' was given 2 inputs; it takes 1: 'x' (f32[batch, 3]).");
}
TEST_F(Calls, WrongNamesOfInputs) {
  EXPECT_ERROR(M.call("predict", P, {{"z", rows(1)}}), "Entry 'predict' has no input 'z'; it has 'x'.");
  Training T = M.newTraining(P);
  EXPECT_ERROR(T.call("train_step", {{"x", rows(1)}, {"x", rows(1)}}), "was given the input 'x' twice.");
}
TEST_F(Calls, InputsMustAgreeOnTheRows) {
  Training T = M.newTraining(P);
  EXPECT_ERROR(T.call("train_step", {rows(2), Tensor(DType::F32, {3, 2})}),
               "Entry 'train_step': the inputs differ in their rows: 'x' has 2 and 't' has 3.");
}
TEST_F(Calls, UnknownOutputListsAll) {
  EXPECT_ERROR(M.call("predict", P, {rows(1)})["z"], "has no output 'z'; it has 'y'.");
  EXPECT_ERROR(M.call("predict", P, {rows(1)})[7], "has no output number 7 (counted from 0); it has 'y'.");
  Results Kept = M.call("predict", P, {rows(1)});
  EXPECT_ERROR(Kept[1], "has no output number 1 (counted from 0); it has 'y'.");
}
TEST_F(Calls, BadIndexNamesOpRowValueAndLimit) {
  try {
    M.call("lookup", P, {std::vector<int32_t>{1, 2, 12}});
    FAIL();
  } catch (const CallError &E) {
    EXPECT_STREQ(E.what(), "Entry 'lookup', fake.mlir:7:3: gather: the index 12 in row 2 is out of range: it must be "
                           "at least 0 and less than 10.");
    EXPECT_EQ(E.Code, DLC_BAD_INDEX);
    EXPECT_EQ(E.Op, "fake.mlir:7:3: gather");
    EXPECT_EQ(E.Row, 2);
    EXPECT_EQ(E.Value, 12);
    EXPECT_EQ(E.Limit, 10);
  }
}
TEST_F(Calls, BadIndexOfACutCallCountsAllRows) {
  try {
    M.call("lookup", P, {std::vector<int32_t>{0, 1, 2, 3, 4, 5, -1}});
    FAIL();
  } catch (const CallError &E) {
    EXPECT_EQ(E.Row, 6);
    EXPECT_EQ(E.Value, -1);
  }
}
TEST_F(Calls, OptionsReachTheModel) {
  CallOptions Options;
  Options.Seed = 77, Options.Step = 5, Options.Row = 3, Options.Scalars = {{"lr", 0.25}};
  Results R = M.call("probe", P, {Tensor(DType::F32, {6, 1})}, Options);
  auto Numbers = R["numbers"].as<int64_t>();
  EXPECT_EQ(Numbers[0], 77);
  EXPECT_EQ(Numbers[1], 5);
  EXPECT_EQ(Numbers[2], 3);
  EXPECT_EQ(Numbers[3], 3); // 6 is twice the extent
  EXPECT_EQ(Numbers[5], 0); // the workspace is aligned
  EXPECT_EQ(R["scalars"].at(0), 0.25);
  EXPECT_EQ(R["scalars"].at(1), 0.5);
}
TEST_F(Calls, DefaultsReachTheModel) {
  Results R = M.call("probe0", P, {});
  EXPECT_EQ(R["numbers"].at(0), 0);
  EXPECT_EQ(R["numbers"].at(1), 1);
  EXPECT_EQ(R["numbers"].at(3), 4); // no input tells the rows: the capacity
  EXPECT_EQ(R["scalars"].at(0), 0.1);
}
TEST_F(Calls, ExtentWhereNoInputTells) {
  CallOptions Options;
  Options.Extent = 2;
  EXPECT_EQ(M.call("probe0", P, {}, Options)["numbers"].at(3), 2);
  Options.Extent = 0;
  EXPECT_ERROR(M.call("probe0", P, {}, Options), "at least one is needed");
  Options.Extent = 5;
  EXPECT_ERROR(M.call("probe0", P, {}, Options), "compiled for at most 4");
  EXPECT_ERROR(M.call("predict", P, {rows(2)}, Options), "a call of 5 rows was asked for, and the inputs have 2.");
}
TEST_F(Calls, UnknownScalarListsAll) {
  CallOptions Options;
  Options.Scalars = {{"rate", 1}};
  EXPECT_ERROR(M.call("probe0", P, {}, Options), "Entry 'probe0' has no scalar 'rate'; it has 'lr' and 'momentum'.");
}
TEST_F(Calls, StateNeedsItsHandle) {
  EXPECT_ERROR(M.call("train_step", P, {rows(1), Tensor(DType::F32, {1, 2})}), "make it with Model::newTraining");
  EXPECT_ERROR(M.call("accumulate", P, {std::vector<float>{1, 2}}), "make a session with Model::newSession");
}
TEST_F(Calls, ThreadsGiveTheSameBits) {
  auto Run = [](unsigned Threads) {
    ModelOptions Options;
    Options.Threads = Threads;
    Model M = fakeModel(Options);
    EXPECT_EQ(M.threads(), Threads);
    return M.call("wide", M.newParameters(), {1.5f})["out"];
  };
  Tensor One = Run(1);
  EXPECT_EQ(One.at(4), 3);
  for (unsigned Threads : {2u, 3u, 8u}) {
    Tensor Many = Run(Threads);
    EXPECT_EQ(std::memcmp(One.data(), Many.data(), One.bytes()), 0);
  }
}
TEST_F(Calls, HostsOwnThreads) {
  static int Jobs;
  Jobs = 0;
  dlc_services Host{};
  Host.struct_size = sizeof(Host);
  Host.threads = 2;
  Host.parallel_for = [](void *, dlc_body Body, void *Context, int64_t Count, int64_t) {
    ++Jobs;
    Body(Context, 0, Count / 2);
    Body(Context, Count / 2, Count);
  };
  ModelOptions Options;
  Options.Services = &Host;
  Model Mine = fakeModel(Options);
  EXPECT_EQ(Mine.call("wide", Mine.newParameters(), {1.5f})["out"].at(4), 3);
  EXPECT_EQ(Jobs, 1);
}
TEST_F(Calls, HostsOwnPool) {
  ModelOptions Options;
  Options.Pool = std::make_shared<ThreadPool>(3);
  EXPECT_EQ(fakeModel(Options).threads(), 3u);
}
TEST_F(Calls, ManyThreadsShareParameters) {
  std::vector<std::thread> Callers;
  std::atomic<int> Wrong{0};
  for (int T = 0; T < 4; ++T)
    Callers.emplace_back([&] {
      for (int I = 0; I < 200; ++I)
        if (M.call("columns", P, {Tensor({3, 1}, std::vector<float>{1, 0, 0})})["y"].at(0) != 11)
          ++Wrong;
    });
  for (auto &Caller : Callers)
    Caller.join();
  EXPECT_EQ(Wrong, 0);
}

TEST(Sessions, CarryState) {
  Model M = fakeModel();
  Parameters P = M.newParameters();
  Session A = M.newSession(P), B = M.newSession(P);
  A.call("accumulate", {std::vector<float>{1, 2}});
  EXPECT_EQ(A.call("accumulate", {std::vector<float>{1, 2}})["h"].at(1), 4);
  EXPECT_EQ(B.call("accumulate", {std::vector<float>{1, 2}})["h"].at(1), 2);
  EXPECT_EQ(A.get("h").at(0), 2);
  A.reset();
  EXPECT_EQ(A.get("h").at(0), 0);
  EXPECT_ERROR(A.get("w"), "has no session state 'w'");
}
