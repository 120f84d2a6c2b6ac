// PreparedCallTest.cpp - calls made many times.
// SPDX-License-Identifier: Apache-2.0
#include "FakeModel.h"
#include "Support.h"

#include <cstdlib>

using namespace dlc;
using namespace dlc::test;

namespace {
class Prepared : public ::testing::Test {
protected:
  Model model = fakeModel();
  Parameters params = model.newParameters(1);
  void SetUp() override {
    params.set("w", Tensor({3, 2}, std::vector<float>{1, 2, 3, 4, 5, 6}));
    params.set("b", std::vector<float>{10, 20});
  }
};
} // namespace

TEST_F(Prepared, OwnMemory) {
  Call c = model.prepare("predict", params);
  EXPECT_EQ(c.entry().capacity, 4);
  EXPECT_EQ(c.extent(), 4);
  auto x = c.input("x").as<float>();
  ASSERT_EQ(x.size(), 12u);
  x[0] = 1, x[3] = 2;
  c.run();
  EXPECT_EQ(c.output("y").shape(), (Shape{4, 2}));
  EXPECT_EQ(c.output("y").at(0), 11);
  EXPECT_EQ(c.output("y").at(2), 12);
  c.setExtent(1);
  c.run();
  EXPECT_EQ(c.output(0).shape(), (Shape{1, 2}));
}
TEST_F(Prepared, BorrowedMemory) {
  Call c = model.prepare("predict", params);
  std::vector<float> x = {1, 0, 0, 2, 0, 0}, y(4);
  c.bindInput("x", x);
  c.bindOutput("y", y);
  EXPECT_EQ(c.extent(), 2);
  c.run();
  EXPECT_EQ(y, (std::vector<float>{11, 22, 12, 24}));
  x[0] = 5;
  c.run();
  EXPECT_EQ(y[0], 15);
}
TEST_F(Prepared, InnerBatchAxis) {
  Call c = model.prepare("columns", params);
  Tensor x({3, 2}, std::vector<float>{0, 1, 0, 0, 0, 0});
  c.bindInput("x", x);
  c.run();
  EXPECT_EQ(c.output("y").shape(), (Shape{2, 2}));
  EXPECT_EQ(c.output("y").at(1), 11);
  EXPECT_EQ(c.output("y").at(3), 22);
}
TEST_F(Prepared, CapacityIsChosen) {
  EXPECT_EQ(model.prepare("predict", params, 2).entry().capacity, 2);
  EXPECT_ERROR(model.prepare("predict", params, 3),
               "was not compiled for batches of 3; it was for 4 and 2. A call prepared for a larger batch takes "
               "fewer rows too: prepare it without a number, and say setExtent(3).");
}
TEST_F(Prepared, InputWithoutMemory) {
  Call c = model.prepare("predict", params);
  EXPECT_ERROR(c.run(), "the input 'x' was given no memory");
  EXPECT_EQ(c.tryRun(), DLC_MISSING_ARENA);
  EXPECT_EQ(c.error().value, -1);
}
TEST_F(Prepared, RowsMustFit) {
  Call c = model.prepare("predict", params);
  EXPECT_ERROR(c.setExtent(5), "it takes 1 to 4.");
  EXPECT_ERROR(c.setExtent(0), "it takes 1 to 4.");
  std::vector<float> x(15), two(6);
  EXPECT_ERROR(c.bindInput("x", x), "5 rows were given to a prepared call, which takes at most 4.");
  c.bindInput("x", two);
  c.setExtent(3);
  EXPECT_ERROR(c.run(), "the call has 3 rows, and the input 'x' has 2; setExtent says how many rows a call has");
  EXPECT_EQ(c.tryRun(), DLC_BAD_EXTENT);
  c.setExtent(1);
  c.run();
}
TEST_F(Prepared, InputsMustAgree) {
  Training t = model.newTraining(params);
  Call c = t.prepare("train_step");
  std::vector<float> x(9), target(4);
  c.bindInput("x", x);
  c.bindInput("t", target);
  EXPECT_ERROR(c.run(), "the call has 2 rows, and the input 'x' has 3; setExtent says");
  EXPECT_EQ(t.step(), 0);
}
TEST_F(Prepared, OutputsMustHaveRoom) {
  Call c = model.prepare("predict", params);
  std::vector<float> x(12), y(7);
  c.bindInput("x", x);
  c.bindOutput("y", y);
  EXPECT_ERROR(c.run(), "memory for 7 elements was given; a call of 4 rows needs 8.");
  EXPECT_EQ(c.tryRun(), DLC_BAD_EXTENT);
  std::vector<double> wrong(8);
  EXPECT_ERROR(c.bindOutput("y", wrong), "output 'y': 8 elements of f64 were given; f32[batch, 2] was expected.");
}
TEST_F(Prepared, UnknownPorts) {
  Call c = model.prepare("predict", params);
  EXPECT_ERROR(c.input("z"), "has no input 'z'");
  EXPECT_ERROR(c.output("z"), "has no output 'z'");
  EXPECT_ERROR(c.output(1), "has 1 output; number 1 (counted from 0)");
  EXPECT_ERROR(c.setScalar("lr", 1), "has no scalar 'lr'; it has none.");
}
TEST_F(Prepared, RefusalWithoutExceptions) {
  Call c = model.prepare("lookup", params);
  auto token = c.input("token").as<int32_t>();
  token[1] = 10;
  EXPECT_EQ(c.tryRun(), DLC_BAD_INDEX);
  EXPECT_EQ(c.error().row, 1);
  EXPECT_EQ(c.error().limit, 10);
  EXPECT_THROW(c.run(), CallError);
  token[1] = 9;
  EXPECT_EQ(c.tryRun(), DLC_OK);
}
TEST_F(Prepared, SettingsReachTheModel) {
  Call c = model.prepare("probe0", params);
  c.setSeed(5), c.setStep(6), c.setRow(7), c.setScalar("lr", 0.75), c.setExtent(3);
  c.run();
  for (int64_t i = 0; i < 4; ++i)
    EXPECT_EQ(c.output("numbers").at(i), std::vector<double>({5, 6, 7, 3})[size_t(i)]);
  EXPECT_EQ(c.output("scalars").at(0), 0.75);
  c.setScalar("lr", 0.5);
  c.run();
  EXPECT_EQ(c.output("scalars").at(0), 0.5);
}
TEST_F(Prepared, FollowsTheTraining) {
  Training t = model.newTraining(params, 9);
  Call c = t.prepare("probe0"), step = t.prepare("train_step");
  step.input("x"), step.input("t");
  t.set("lr", 0.3);
  step.run(), step.run();
  c.run();
  EXPECT_EQ(c.output("numbers").at(0), 9);
  EXPECT_EQ(c.output("numbers").at(1), 3); // two updates done: this would be the third
  EXPECT_EQ(c.output("scalars").at(0), 0.3);
}
TEST_F(Prepared, ProfileHookSeesKernels) {
  struct Log {
    std::vector<std::pair<uint32_t, int32_t>> all;
  } l;
  Call c = model.prepare("predict", params);
  c.input("x");
  c.setProfile([](void *context, uint32_t kernel,
                  int32_t begin) { static_cast<Log *>(context)->all.emplace_back(kernel, begin); },
               &l);
  c.run();
  c.setProfile(nullptr, nullptr);
  c.run();
  EXPECT_EQ(l.all, (std::vector<std::pair<uint32_t, int32_t>>{{1, 1}, {1, 0}}));
}
TEST_F(Prepared, CountsAllocations) { // the count itself works
  if (!canCountAllocations())
    GTEST_SKIP();
  startCounting();
  void *volatile some = std::malloc(1000); // volatile, or the compiler drops the pair
  std::free(some);
  EXPECT_GE(stopCounting(), 1u);
  startCounting();
  params.get("w"); // within the runtime's library
  EXPECT_GE(stopCounting(), 1u);
}
TEST_F(Prepared, RunAllocatesNothing) {
  if (!canCountAllocations())
    GTEST_SKIP();
  for (unsigned threads : {1u, 3u}) {
    ModelOptions options;
    options.threads = threads;
    Model mine = fakeModel(options);
    Training t = mine.newTraining(mine.newParameters(1));
    Call step = t.prepare("train_step"), columns = t.prepare("columns"), wide = t.prepare("wide");
    step.input("x"), step.input("t"), columns.input("x"), wide.input("factor");
    std::vector<float> x(6), target(4);
    t.set("lr", 0.1); // the first setting of a name notes it
    startCounting();
    for (int i = 0; i < 100; ++i) {
      step.setExtent(i % 4 + 1);
      step.run();
      columns.setExtent(i % 4 + 1);
      columns.run();
      wide.run();
    }
    step.bindInput(0, x);
    step.bindInput(1, target);
    step.run();
    t.set("lr", 0.2);
    step.run();
    uint64_t count = stopCounting();
    EXPECT_EQ(count, 0u) << threads << " threads";
  }
}
