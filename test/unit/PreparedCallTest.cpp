//===- PreparedCallTest.cpp - calls made many times -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "FakeModel.h"
#include "Support.h"

#include <cstdlib>

using namespace dlc;
using namespace dlc::test;

namespace {
class Prepared : public ::testing::Test {
protected:
  Model M = fakeModel();
  Parameters P = M.newParameters(1);
  void SetUp() override {
    P.set("w", Tensor({3, 2}, std::vector<float>{1, 2, 3, 4, 5, 6}));
    P.set("b", std::vector<float>{10, 20});
  }
};
} // namespace

TEST_F(Prepared, OwnMemory) {
  Call C = M.prepare("predict", P);
  EXPECT_EQ(C.entry().Capacity, 4);
  EXPECT_EQ(C.extent(), 4);
  auto X = C.input("x").as<float>();
  ASSERT_EQ(X.size(), 12u);
  X[0] = 1, X[3] = 2;
  C.run();
  EXPECT_EQ(C.output("y").shape(), (Shape{4, 2}));
  EXPECT_EQ(C.output("y").at(0), 11);
  EXPECT_EQ(C.output("y").at(2), 12);
  C.setExtent(1);
  C.run();
  EXPECT_EQ(C.output(0).shape(), (Shape{1, 2}));
}
TEST_F(Prepared, BorrowedMemory) {
  Call C = M.prepare("predict", P);
  std::vector<float> X = {1, 0, 0, 2, 0, 0}, Y(4);
  C.bindInput("x", X);
  C.bindOutput("y", Y);
  EXPECT_EQ(C.extent(), 2);
  C.run();
  EXPECT_EQ(Y, (std::vector<float>{11, 22, 12, 24}));
  X[0] = 5;
  C.run();
  EXPECT_EQ(Y[0], 15);
}
TEST_F(Prepared, InnerBatchAxis) {
  Call C = M.prepare("columns", P);
  Tensor X({3, 2}, std::vector<float>{0, 1, 0, 0, 0, 0});
  C.bindInput("x", X);
  C.run();
  EXPECT_EQ(C.output("y").shape(), (Shape{2, 2}));
  EXPECT_EQ(C.output("y").at(1), 11);
  EXPECT_EQ(C.output("y").at(3), 22);
}
TEST_F(Prepared, CapacityIsChosen) {
  EXPECT_EQ(M.prepare("predict", P, 2).entry().Capacity, 2);
  EXPECT_ERROR(M.prepare("predict", P, 3),
               "was not compiled for batches of 3; it was for 4 and 2. A call prepared for a larger batch takes "
               "fewer rows too: prepare it without a number, and say setExtent(3).");
}
TEST_F(Prepared, InputWithoutMemory) {
  Call C = M.prepare("predict", P);
  EXPECT_ERROR(C.run(), "the input 'x' was given no memory");
  EXPECT_EQ(C.tryRun(), DLC_MISSING_ARENA);
  EXPECT_EQ(C.error().value, -1);
}
TEST_F(Prepared, RowsMustFit) {
  Call C = M.prepare("predict", P);
  EXPECT_ERROR(C.setExtent(5), "it takes 1 to 4.");
  EXPECT_ERROR(C.setExtent(0), "it takes 1 to 4.");
  std::vector<float> X(15), Two(6);
  EXPECT_ERROR(C.bindInput("x", X), "5 rows were given to a prepared call, which takes at most 4.");
  C.bindInput("x", Two);
  C.setExtent(3);
  EXPECT_ERROR(C.run(), "the call has 3 rows, and the input 'x' has 2; setExtent says how many rows a call has");
  EXPECT_EQ(C.tryRun(), DLC_BAD_EXTENT);
  C.setExtent(1);
  C.run();
}
TEST_F(Prepared, InputsMustAgree) {
  Training T = M.newTraining(P);
  Call C = T.prepare("train_step");
  std::vector<float> X(9), Target(4);
  C.bindInput("x", X);
  C.bindInput("t", Target);
  EXPECT_ERROR(C.run(), "the call has 2 rows, and the input 'x' has 3; setExtent says");
  EXPECT_EQ(T.step(), 0);
}
TEST_F(Prepared, OutputsMustHaveRoom) {
  Call C = M.prepare("predict", P);
  std::vector<float> X(12), Y(7);
  C.bindInput("x", X);
  C.bindOutput("y", Y);
  EXPECT_ERROR(C.run(), "memory for 7 elements was given; a call of 4 rows needs 8.");
  EXPECT_EQ(C.tryRun(), DLC_BAD_EXTENT);
  std::vector<double> Wrong(8);
  EXPECT_ERROR(C.bindOutput("y", Wrong), "output 'y': 8 elements of f64 were given; f32[batch, 2] was expected.");
}
TEST_F(Prepared, UnknownPorts) {
  Call C = M.prepare("predict", P);
  EXPECT_ERROR(C.input("z"), "has no input 'z'");
  EXPECT_ERROR(C.output("z"), "has no output 'z'");
  EXPECT_ERROR(C.output(1), "has 1 output; number 1 (counted from 0)");
  EXPECT_ERROR(C.setScalar("lr", 1), "has no scalar 'lr'; it has none.");
}
TEST_F(Prepared, RefusalWithoutExceptions) {
  Call C = M.prepare("lookup", P);
  auto Token = C.input("token").as<int32_t>();
  Token[1] = 10;
  EXPECT_EQ(C.tryRun(), DLC_BAD_INDEX);
  EXPECT_EQ(C.error().row, 1);
  EXPECT_EQ(C.error().limit, 10);
  EXPECT_THROW(C.run(), CallError);
  Token[1] = 9;
  EXPECT_EQ(C.tryRun(), DLC_OK);
}
TEST_F(Prepared, SettingsReachTheModel) {
  Call C = M.prepare("probe0", P);
  C.setSeed(5), C.setStep(6), C.setRow(7), C.setScalar("lr", 0.75), C.setExtent(3);
  C.run();
  for (int64_t I = 0; I < 4; ++I)
    EXPECT_EQ(C.output("numbers").at(I), std::vector<double>({5, 6, 7, 3})[size_t(I)]);
  EXPECT_EQ(C.output("scalars").at(0), 0.75);
  C.setScalar("lr", 0.5);
  C.run();
  EXPECT_EQ(C.output("scalars").at(0), 0.5);
}
TEST_F(Prepared, FollowsTheTraining) {
  Training T = M.newTraining(P, 9);
  Call C = T.prepare("probe0"), Step = T.prepare("train_step");
  Step.input("x"), Step.input("t");
  T.set("lr", 0.3);
  Step.run(), Step.run();
  C.run();
  EXPECT_EQ(C.output("numbers").at(0), 9);
  EXPECT_EQ(C.output("numbers").at(1), 3); // two updates done: this would be the third
  EXPECT_EQ(C.output("scalars").at(0), 0.3);
}
TEST_F(Prepared, ProfileHookSeesKernels) {
  struct Log {
    std::vector<std::pair<uint32_t, int32_t>> All;
  } L;
  Call C = M.prepare("predict", P);
  C.input("x");
  C.setProfile([](void *Context, uint32_t Kernel,
                  int32_t Begin) { static_cast<Log *>(Context)->All.emplace_back(Kernel, Begin); },
               &L);
  C.run();
  C.setProfile(nullptr, nullptr);
  C.run();
  EXPECT_EQ(L.All, (std::vector<std::pair<uint32_t, int32_t>>{{1, 1}, {1, 0}}));
}
TEST_F(Prepared, CountsAllocations) { // the count itself works
  if (!canCountAllocations())
    GTEST_SKIP();
  startCounting();
  void *volatile Some = std::malloc(1000); // volatile, or the compiler drops the pair
  std::free(Some);
  EXPECT_GE(stopCounting(), 1u);
  startCounting();
  P.get("w"); // within the runtime's library
  EXPECT_GE(stopCounting(), 1u);
}
TEST_F(Prepared, RunAllocatesNothing) {
  if (!canCountAllocations())
    GTEST_SKIP();
  for (unsigned Threads : {1u, 3u}) {
    ModelOptions Options;
    Options.Threads = Threads;
    Model Mine = fakeModel(Options);
    Training T = Mine.newTraining(Mine.newParameters(1));
    Call Step = T.prepare("train_step"), Columns = T.prepare("columns"), Wide = T.prepare("wide");
    Step.input("x"), Step.input("t"), Columns.input("x"), Wide.input("factor");
    std::vector<float> X(6), Target(4);
    T.set("lr", 0.1); // the first setting of a name notes it
    startCounting();
    for (int I = 0; I < 100; ++I) {
      Step.setExtent(I % 4 + 1);
      Step.run();
      Columns.setExtent(I % 4 + 1);
      Columns.run();
      Wide.run();
    }
    Step.bindInput(0, X);
    Step.bindInput(1, Target);
    Step.run();
    T.set("lr", 0.2);
    Step.run();
    uint64_t Count = stopCounting();
    EXPECT_EQ(Count, 0u) << Threads << " threads";
  }
}
