//===- TrainingTest.cpp - training through the runtime -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "FakeModel.h"
#include "Support.h"

#include <cmath>
#include <cstring>

using namespace dlc;
using namespace dlc::test;

namespace {
struct Experiment {
  Model M = fakeModel();
  Parameters P = M.newParameters(1);
  Training T = M.newTraining(P, 4);
  Tensor X{{4, 3}, std::vector<float>{1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}};
  Tensor Target{{4, 2}, std::vector<float>{1, 2, 3, 4, 5, 6, 9, 12}};
  double step() { return T.call("train_step", {X, Target})["loss"]; }
};
} // namespace

TEST(TrainingRuns, LossFalls) {
  Experiment R;
  double First = R.step();
  for (int I = 0; I < 300; ++I)
    R.step();
  EXPECT_LT(R.step(), 1e-3 * First);
  EXPECT_EQ(R.T.step(), 302);
  EXPECT_EQ(R.P.get("running").at(0), 303); // the parameters are updated in place
}
TEST(TrainingRuns, OneStepByHand) {
  Experiment R;
  R.P.set("w", Tensor(DType::F32, {3, 2}));
  R.T.call("train_step", {R.X.rows(0, 1), R.Target.rows(0, 1)}); // error (-1, -2), x (1, 0, 0)
  EXPECT_FLOAT_EQ(float(R.P.get("w").at(0)), 0.1f);
  EXPECT_FLOAT_EQ(float(R.P.get("w").at(1)), 0.2f);
  EXPECT_FLOAT_EQ(float(R.P.get("b").at(1)), 0.2f);
  EXPECT_EQ(R.T.slot("w.m").at(1), -2);
}
TEST(TrainingRuns, GradientsAndApplyAreTheStep) {
  Experiment A, B;
  for (int I = 0; I < 3; ++I) {
    A.step();
    Results G = B.T.call("t.gradients", {B.X, B.Target});
    EXPECT_EQ(B.T.step(), I); // gradients are no update
    B.T.call("t.apply", {{"gradient.w", G["gradient.w"]}, {"gradient.b", G["gradient.b"]}});
  }
  EXPECT_EQ(std::memcmp(A.P.arena(DLC_PARAMS), B.P.arena(DLC_PARAMS), A.M.arenaBytes(DLC_PARAMS)), 0);
  EXPECT_EQ(B.T.step(), 3);
}
TEST(TrainingRuns, LearningRateOfAllGroups) {
  Experiment R;
  EXPECT_EQ(R.T.scalar("lr"), 0.1);
  R.T.set("lr", 0);
  EXPECT_EQ(R.T.scalar("bias.lr"), 0);
  Tensor W = R.P.get("w");
  R.step();
  EXPECT_EQ(R.P.get("b").at(0), 0);
  EXPECT_EQ(R.P.get("w").at(0), W.at(0));
}
TEST(TrainingRuns, LearningRateOfOneGroup) {
  Experiment R;
  R.T.set("bias.lr", 0);
  R.T.set("lr", 0.2); // the group keeps its own
  Tensor W = R.P.get("w");
  R.step();
  EXPECT_EQ(R.P.get("b").at(0), 0);
  EXPECT_NE(R.P.get("w").at(0), W.at(0));
}
TEST(TrainingRuns, LearningRateOfOneCall) {
  Experiment R;
  CallOptions Options;
  Options.Scalars = {{"lr", 0.0}};
  R.T.call("train_step", {R.X, R.Target}, Options);
  EXPECT_EQ(R.P.get("b").at(0), 0);
  R.step();
  EXPECT_NE(R.P.get("b").at(0), 0);
}
TEST(TrainingRuns, UnknownScalarListsAll) {
  Experiment R;
  EXPECT_ERROR(R.T.set("momentum", std::numeric_limits<double>::quiet_NaN()),
               "'momentum' must be a number; found nan.");
  EXPECT_ERROR(R.T.set("rate", 1), "has no scalar 'rate'; it has 'lr', 'momentum' and 'bias.lr'.");
  EXPECT_ERROR(R.T.scalar("rate"), "has no scalar 'rate'");
}
TEST(TrainingRuns, FailedCallIsNoUpdate) {
  Experiment R;
  EXPECT_ERROR(R.T.call("train_step", {Tensor(DType::F32, {5, 3}), Tensor(DType::F32, {5, 2})}),
               "compiled for at most 4");
  EXPECT_EQ(R.T.step(), 0);
}
TEST(TrainingRuns, TrapNotFinite) {
  Experiment R;
  R.X.as<float>()[0] = NAN;
  CallOptions Options;
  Options.TrapNotFinite = true;
  EXPECT_ERROR(R.T.call("train_step", {R.X, R.Target}, Options),
               "Entry 'train_step', fake.mlir:9:5: mse_loss: a value is not finite (NaN or infinite).");
  EXPECT_EQ(R.T.step(), 0);
  R.T.call("train_step", {R.X, R.Target});
  EXPECT_EQ(R.T.step(), 1);
}
TEST(TrainingRuns, SlotsAndReset) {
  Experiment R;
  R.step();
  EXPECT_NE(R.T.slot("b.m").at(0), 0);
  R.T.setSlot("b.m", std::vector<float>{7, 8});
  EXPECT_EQ(R.T.slot("b.m").at(1), 8);
  EXPECT_ERROR(R.T.slot("w"), "has no optimizer slot 'w'; it has 'w.m' and 'b.m'.");
  R.T.reset();
  EXPECT_EQ(R.T.slot("b.m").at(1), 0);
  EXPECT_EQ(R.T.step(), 0);
  EXPECT_ERROR(R.T.setStep(-1), "cannot be negative");
}
TEST(TrainingRuns, SessionStateInTraining) {
  Experiment R;
  R.T.call("accumulate", {std::vector<float>{1, 2}});
  EXPECT_EQ(R.T.call("accumulate", {std::vector<float>{1, 2}})["h"].at(0), 2);
}
TEST(TrainingRuns, HandlesShare) {
  Experiment R;
  Training Same = R.T;
  R.step();
  EXPECT_EQ(Same.step(), 1);
  EXPECT_EQ(Same.seed(), 4u);
  EXPECT_EQ(Same.parameters().get("b").at(0), R.P.get("b").at(0));
}
