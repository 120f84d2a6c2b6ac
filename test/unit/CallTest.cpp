// CallTest.cpp - calls by value.
// SPDX-License-Identifier: Apache-2.0
#include "FakeModel.h"
#include "Support.h"

#include <atomic>
#include <cstring>
#include <latch>
#include <thread>

using namespace dlc;
using namespace dlc::test;

namespace {
class Calls : public ::testing::Test {
protected:
  Model model = fakeModel();
  Parameters params = model.newParameters(1);

  void SetUp() override {
    params.set("w", Tensor({3, 2}, std::vector<float>{1, 2, 3, 4, 5, 6}));
    params.set("b", std::vector<float>{10, 20});
    fake_calls = 0;
  }
  /// Rows (i, 0, 0): y is (10 + i, 20 + 2 i).
  static Tensor rows(int64_t count) {
    Tensor x(DType::F32, {count, 3});
    for (int64_t i = 0; i < count; ++i)
      x.as<float>()[size_t(3 * i)] = float(i);
    return x;
  }
  static void expectRows(const Tensor &y, int64_t count) {
    ASSERT_EQ(y.shape(), (Shape{count, 2}));
    for (int64_t i = 0; i < count; ++i) {
      EXPECT_EQ(y.at(2 * i), double(10 + i));
      EXPECT_EQ(y.at(2 * i + 1), double(20 + 2 * i));
    }
  }
  std::vector<int64_t> extents() const { return {fake_extents, fake_extents + fake_calls}; }
};
using Extents = std::vector<int64_t>;
} // namespace

TEST_F(Calls, StridedWeightIsUsed) {
  Tensor y = model.call("predict", params, {Tensor({1, 3}, std::vector<float>{1, 1, 1})})["y"];
  EXPECT_EQ(y.at(0), 19);
  EXPECT_EQ(y.at(1), 32);
}
TEST_F(Calls, ExtentComesFromTheInputs) {
  expectRows(model.call("predict", params, {rows(3)})["y"], 3);
  EXPECT_EQ(extents(), (Extents{3}));
}
TEST_F(Calls, SmallestCapacityThatFits) {
  EXPECT_EQ(model.entry("predict", 1).capacity, 2);
  EXPECT_EQ(model.entry("predict", 2).capacity, 2);
  EXPECT_EQ(model.entry("predict", 3).capacity, 4);
  EXPECT_EQ(model.entry("predict", 9).capacity, 4);
}
TEST_F(Calls, IndependentRowsAreCut) {
  expectRows(model.call("predict", params, {rows(10)})["y"], 10);
  EXPECT_EQ(extents(), (Extents{4, 4, 2}));
}
TEST_F(Calls, NotCutByAnInnerBatchAxis) {
  EXPECT_ERROR(model.call("columns", params, {Tensor(DType::F32, {3, 10})}),
               "the call cannot be cut into several because the rows of an input or output do not lie one after the "
               "other. Give at most 4 rows, or compile the model with --batch 10.");
}
TEST_F(Calls, ShortCallByAnInnerBatchAxis) {
  Tensor y = model.call("columns", params, {Tensor({3, 2}, std::vector<float>{0, 1, 0, 0, 0, 0})})["y"];
  EXPECT_EQ(y.shape(), (Shape{2, 2}));
  EXPECT_EQ(y.at(0), 10);
  EXPECT_EQ(y.at(1), 11);
  EXPECT_EQ(y.at(3), 22);
}
TEST_F(Calls, DependentRowsAreNotCut) {
  EXPECT_EQ(double(model.call("mean", params, {rows(8)})["loss"]), 28.0f / 24);
  EXPECT_ERROR(model.call("mean", params, {rows(9)}),
               "Entry 'mean' was called with 9 rows; it was compiled for at most 8, and the call cannot be cut into "
               "several because");
}
TEST_F(Calls, FlatInputTakesTheShapeOfThePort) {
  std::vector<float> x = {1, 0, 0, 2, 0, 0};
  Tensor y = model.call("predict", params, {x})["y"];
  EXPECT_EQ(y.shape(), (Shape{2, 2}));
  EXPECT_EQ(y.at(2), 12);
  EXPECT_EQ(model.call("predict", params, {std::span<const float>(x).first(3)})["y"].shape(), (Shape{1, 2}));
}
TEST_F(Calls, InputsByName) {
  Training t = model.newTraining(params);
  Tensor x = rows(2), target(DType::F32, {2, 2});
  double a = model.newTraining(params.clone()).call("train_step", {{"t", target}, {"x", x}})["loss"];
  double b = t.call("train_step", {x, target})["loss"];
  EXPECT_EQ(a, b);
}
TEST_F(Calls, NumbersForInputsWithoutAxes) {
  EXPECT_EQ(model.call("wide", params, {2.0f})["out"].at(4), 4);
  EXPECT_ERROR(model.call("wide", params, {2}), "input 'factor': i32 was given; f32 was expected.");
}
TEST_F(Calls, WrongType) {
  EXPECT_ERROR(model.call("predict", params, {Tensor(DType::F64, {2, 3})}),
               "Entry 'predict', input 'x': f64[2, 3] was given; f32[batch, 3] was expected.");
}
TEST_F(Calls, WrongShape) {
  EXPECT_ERROR(model.call("predict", params, {Tensor(DType::F32, {2, 4})}),
               "input 'x': f32[2, 4] was given; f32[batch, 3] was");
  EXPECT_ERROR(model.call("predict", params, {Tensor(DType::F32, {6})}), "f32[6] was given");
  EXPECT_ERROR(model.call("predict", params, {std::vector<float>(7)}),
               "7 elements of f32 were given; f32[batch, 3] was expected.");
  EXPECT_ERROR(model.call("probe", params, {Tensor(DType::F32, {3, 1})}), "f32[2 * batch, 1] was expected.");
}
TEST_F(Calls, NoRows) {
  EXPECT_ERROR(model.call("predict", params, {Tensor(DType::F32, {0, 3})}), "has no rows; at least one is needed.");
  EXPECT_ERROR(model.call("predict", params, {std::vector<float>()}), "0 elements");
}
TEST_F(Calls, WrongNumberOfInputs) {
  EXPECT_ERROR(model.call("predict", params, {}), "Entry 'predict' lacks the input 'x'; it takes 'x' (f32[batch, 3]).");
  EXPECT_ERROR(model.call("predict", params, {rows(1), rows(1)}),
               "Entry 'predict' was given 2 inputs; it takes 1: 'x' (f32[batch, 3]).");
}
TEST_F(Calls, WrongNamesOfInputs) {
  EXPECT_ERROR(model.call("predict", params, {{"z", rows(1)}}), "Entry 'predict' has no input 'z'; it has 'x'.");
  Training t = model.newTraining(params);
  EXPECT_ERROR(t.call("train_step", {{"x", rows(1)}, {"x", rows(1)}}), "was given the input 'x' twice.");
}
TEST_F(Calls, InputsMustAgreeOnTheRows) {
  Training t = model.newTraining(params);
  EXPECT_ERROR(t.call("train_step", {rows(2), Tensor(DType::F32, {3, 2})}),
               "Entry 'train_step': the inputs differ in their rows: 'x' has 2 and 't' has 3.");
}
TEST_F(Calls, UnknownOutputListsAll) {
  EXPECT_ERROR(model.call("predict", params, {rows(1)})["z"], "has no output 'z'; it has 'y'.");
  EXPECT_ERROR(model.call("predict", params, {rows(1)})[7], "has no output number 7 (counted from 0); it has 'y'.");
  Results kept = model.call("predict", params, {rows(1)});
  EXPECT_ERROR(kept[1], "has no output number 1 (counted from 0); it has 'y'.");
}
TEST_F(Calls, BadIndexNamesOpRowValueAndLimit) {
  try {
    model.call("lookup", params, {std::vector<int32_t>{1, 2, 12}});
    FAIL();
  } catch (const CallError &e) {
    EXPECT_STREQ(e.what(), "Entry 'lookup', fake.mlir:7:3: gather: the index 12 in row 2 is out of range: it must be "
                           "at least 0 and less than 10.");
    EXPECT_EQ(e.code, DLC_BAD_INDEX);
    EXPECT_EQ(e.op, "fake.mlir:7:3: gather");
    EXPECT_EQ(e.row, 2);
    EXPECT_EQ(e.value, 12);
    EXPECT_EQ(e.limit, 10);
  }
}
TEST_F(Calls, BadIndexOfACutCallCountsAllRows) {
  try {
    model.call("lookup", params, {std::vector<int32_t>{0, 1, 2, 3, 4, 5, -1}});
    FAIL();
  } catch (const CallError &e) {
    EXPECT_EQ(e.row, 6);
    EXPECT_EQ(e.value, -1);
  }
}
TEST_F(Calls, OptionsReachTheModel) {
  CallOptions options;
  options.seed = 77, options.step = 5, options.row = 3, options.scalars = {{"lr", 0.25}};
  Results r = model.call("probe", params, {Tensor(DType::F32, {6, 1})}, options);
  auto numbers = r["numbers"].as<int64_t>();
  EXPECT_EQ(numbers[0], 77);
  EXPECT_EQ(numbers[1], 5);
  EXPECT_EQ(numbers[2], 3);
  EXPECT_EQ(numbers[3], 3); // 6 is twice the extent
  EXPECT_EQ(numbers[5], 0); // the workspace is aligned
  EXPECT_EQ(r["scalars"].at(0), 0.25);
  EXPECT_EQ(r["scalars"].at(1), 0.5);
}
TEST_F(Calls, DefaultsReachTheModel) {
  Results r = model.call("probe0", params, {});
  EXPECT_EQ(r["numbers"].at(0), 0);
  EXPECT_EQ(r["numbers"].at(1), 1);
  EXPECT_EQ(r["numbers"].at(3), 4); // no input tells the rows: the capacity
  EXPECT_EQ(r["scalars"].at(0), 0.1);
}
TEST_F(Calls, ExtentWhereNoInputTells) {
  CallOptions options;
  options.extent = 2;
  EXPECT_EQ(model.call("probe0", params, {}, options)["numbers"].at(3), 2);
  options.extent = 0;
  EXPECT_ERROR(model.call("probe0", params, {}, options), "at least one is needed");
  options.extent = 5;
  EXPECT_ERROR(model.call("probe0", params, {}, options), "compiled for at most 4");
  EXPECT_ERROR(model.call("predict", params, {rows(2)}, options),
               "a call of 5 rows was asked for, and the inputs have 2.");
}
TEST_F(Calls, UnknownScalarListsAll) {
  CallOptions options;
  options.scalars = {{"rate", 1}};
  EXPECT_ERROR(model.call("probe0", params, {}, options),
               "Entry 'probe0' has no scalar 'rate'; it has 'lr' and 'momentum'.");
}
TEST_F(Calls, StateNeedsItsHandle) {
  EXPECT_ERROR(model.call("train_step", params, {rows(1), Tensor(DType::F32, {1, 2})}),
               "make it with Model::newTraining");
  EXPECT_ERROR(model.call("accumulate", params, {std::vector<float>{1, 2}}), "make a session with Model::newSession");
}
TEST_F(Calls, ThreadsGiveTheSameBits) {
  auto run = [](unsigned threads) {
    ModelOptions options;
    options.threads = threads;
    Model m = fakeModel(options);
    EXPECT_EQ(m.threads(), threads);
    return m.call("wide", m.newParameters(), {1.5f})["out"];
  };
  Tensor one = run(1);
  EXPECT_EQ(one.at(4), 3);
  for (unsigned threads : {2u, 3u, 8u}) {
    Tensor many = run(threads);
    EXPECT_EQ(std::memcmp(one.data(), many.data(), one.bytes()), 0);
  }
}
TEST_F(Calls, HostsOwnThreads) {
  static int jobs;
  jobs = 0;
  dlc_services host{};
  host.struct_size = sizeof(host);
  host.threads = 2;
  host.parallel_for = [](void *, dlc_body body, void *context, int64_t count, int64_t) {
    ++jobs;
    body(context, 0, count / 2);
    body(context, count / 2, count);
  };
  ModelOptions options;
  options.services = &host;
  Model mine = fakeModel(options);
  EXPECT_EQ(mine.call("wide", mine.newParameters(), {1.5f})["out"].at(4), 3);
  EXPECT_EQ(jobs, 1);
}
TEST_F(Calls, HostsOwnPool) {
  ModelOptions options;
  options.pool = std::make_shared<ThreadPool>(3);
  EXPECT_EQ(fakeModel(options).threads(), 3u);
}
TEST_F(Calls, ManyThreadsShareParameters) {
  std::vector<std::thread> callers;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&] {
      for (int i = 0; i < 200; ++i)
        if (model.call("columns", params, {Tensor({3, 1}, std::vector<float>{1, 0, 0})})["y"].at(0) != 11)
          ++wrong;
    });
  for (auto &caller : callers)
    caller.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Sessions, TakeOneCallAtATime) {
  Model m = fakeModel();
  Session stream = m.newSession(m.newParameters());
  std::vector<std::thread> callers;
  std::vector<int> done(3);
  std::latch ready(3);
  // Prepared calls that begin together, as nothing but the session itself keeps them apart.
  for (int &mine : done)
    callers.emplace_back([&] {
      Call call = stream.prepare("accumulate");
      std::span<float> x = call.input(0).as<float>();
      x[0] = 1, x[1] = 2;
      ready.arrive_and_wait();
      for (int i = 0; i < 3000; ++i)
        if (int32_t code = call.tryRun(); code == DLC_OK)
          ++mine;
        else
          EXPECT_EQ(code, DLC_BUSY);
    });
  for (auto &caller : callers)
    caller.join();
  int all = done[0] + done[1] + done[2];
  EXPECT_GT(all, 0);
  EXPECT_EQ(stream.get("h").at(0), all);
  EXPECT_EQ(stream.get("h").at(1), 2 * all);
}
TEST(Sessions, CarryState) {
  Model m = fakeModel();
  Parameters p = m.newParameters();
  Session a = m.newSession(p), b = m.newSession(p);
  a.call("accumulate", {std::vector<float>{1, 2}});
  EXPECT_EQ(a.call("accumulate", {std::vector<float>{1, 2}})["h"].at(1), 4);
  EXPECT_EQ(b.call("accumulate", {std::vector<float>{1, 2}})["h"].at(1), 2);
  EXPECT_EQ(a.get("h").at(0), 2);
  a.reset();
  EXPECT_EQ(a.get("h").at(0), 0);
  EXPECT_ERROR(a.get("w"), "has no session state 'w'");
}
