// TrainingTest.cpp - training through the runtime.
// SPDX-License-Identifier: Apache-2.0
#include "FakeModel.h"
#include "Support.h"

#include <cmath>
#include <cstring>

using namespace dlc;
using namespace dlc::test;

namespace {
struct Experiment {
  Model model = fakeModel();
  Parameters params = model.newParameters(1);
  Training training = model.newTraining(params, 4);
  Tensor x{{4, 3}, std::vector<float>{1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}};
  Tensor target{{4, 2}, std::vector<float>{1, 2, 3, 4, 5, 6, 9, 12}};
  double step() { return training.call("train_step", {x, target})["loss"]; }
};
} // namespace

TEST(TrainingRuns, LossFalls) {
  Experiment r;
  double first = r.step();
  for (int i = 0; i < 300; ++i)
    r.step();
  EXPECT_LT(r.step(), 1e-3 * first);
  EXPECT_EQ(r.training.step(), 302);
  EXPECT_EQ(r.params.get("running").at(0), 303); // the parameters are updated in place
}
TEST(TrainingRuns, OneStepByHand) {
  Experiment r;
  r.params.set("w", Tensor(DType::F32, {3, 2}));
  r.training.call("train_step", {r.x.rows(0, 1), r.target.rows(0, 1)}); // error (-1, -2), x (1, 0, 0)
  EXPECT_FLOAT_EQ(float(r.params.get("w").at(0)), 0.1f);
  EXPECT_FLOAT_EQ(float(r.params.get("w").at(1)), 0.2f);
  EXPECT_FLOAT_EQ(float(r.params.get("b").at(1)), 0.2f);
  EXPECT_EQ(r.training.slot("w.m").at(1), -2);
}
TEST(TrainingRuns, GradientsAndApplyAreTheStep) {
  Experiment a, b;
  for (int i = 0; i < 3; ++i) {
    a.step();
    Results g = b.training.call("t.gradients", {b.x, b.target});
    EXPECT_EQ(b.training.step(), i); // gradients are no update
    b.training.call("t.apply", {{"gradient.w", g["gradient.w"]}, {"gradient.b", g["gradient.b"]}});
  }
  EXPECT_EQ(std::memcmp(a.params.arena(DLC_PARAMS), b.params.arena(DLC_PARAMS), a.model.arenaBytes(DLC_PARAMS)), 0);
  EXPECT_EQ(b.training.step(), 3);
}
TEST(TrainingRuns, LearningRateOfAllGroups) {
  Experiment r;
  EXPECT_EQ(r.training.scalar("lr"), 0.1);
  r.training.set("lr", 0);
  EXPECT_EQ(r.training.scalar("bias.lr"), 0);
  Tensor w = r.params.get("w");
  r.step();
  EXPECT_EQ(r.params.get("b").at(0), 0);
  EXPECT_EQ(r.params.get("w").at(0), w.at(0));
}
TEST(TrainingRuns, LearningRateOfOneGroup) {
  Experiment r;
  r.training.set("bias.lr", 0);
  r.training.set("lr", 0.2); // the group keeps its own
  Tensor w = r.params.get("w");
  r.step();
  EXPECT_EQ(r.params.get("b").at(0), 0);
  EXPECT_NE(r.params.get("w").at(0), w.at(0));
}
TEST(TrainingRuns, LearningRateOfOneCall) {
  Experiment r;
  CallOptions options;
  options.scalars = {{"lr", 0.0}};
  r.training.call("train_step", {r.x, r.target}, options);
  EXPECT_EQ(r.params.get("b").at(0), 0);
  r.step();
  EXPECT_NE(r.params.get("b").at(0), 0);
}
TEST(TrainingRuns, UnknownScalarListsAll) {
  Experiment r;
  EXPECT_ERROR(r.training.set("momentum", std::numeric_limits<double>::quiet_NaN()),
               "'momentum' must be a number; found nan.");
  EXPECT_ERROR(r.training.set("rate", 1), "has no scalar 'rate'; it has 'lr', 'momentum' and 'bias.lr'.");
  EXPECT_ERROR(r.training.scalar("rate"), "has no scalar 'rate'");
}
TEST(TrainingRuns, FailedCallIsNoUpdate) {
  Experiment r;
  EXPECT_ERROR(r.training.call("train_step", {Tensor(DType::F32, {5, 3}), Tensor(DType::F32, {5, 2})}),
               "compiled for at most 4");
  EXPECT_EQ(r.training.step(), 0);
}
TEST(TrainingRuns, TrapNotFinite) {
  Experiment r;
  r.x.as<float>()[0] = NAN;
  CallOptions options;
  options.trapNotFinite = true;
  EXPECT_ERROR(r.training.call("train_step", {r.x, r.target}, options),
               "Entry 'train_step', fake.mlir:9:5: mse_loss: a value is not finite (NaN or infinite).");
  EXPECT_EQ(r.training.step(), 0);
  r.training.call("train_step", {r.x, r.target});
  EXPECT_EQ(r.training.step(), 1);
}
TEST(TrainingRuns, SlotsAndReset) {
  Experiment r;
  r.step();
  EXPECT_NE(r.training.slot("b.m").at(0), 0);
  r.training.setSlot("b.m", std::vector<float>{7, 8});
  EXPECT_EQ(r.training.slot("b.m").at(1), 8);
  EXPECT_ERROR(r.training.slot("w"), "has no optimizer slot 'w'; it has 'w.m' and 'b.m'.");
  r.training.reset();
  EXPECT_EQ(r.training.slot("b.m").at(1), 0);
  EXPECT_EQ(r.training.step(), 0);
  EXPECT_ERROR(r.training.setStep(-1), "cannot be negative");
}
TEST(TrainingRuns, SessionStateInTraining) {
  Experiment r;
  r.training.call("accumulate", {std::vector<float>{1, 2}});
  EXPECT_EQ(r.training.call("accumulate", {std::vector<float>{1, 2}})["h"].at(0), 2);
}
TEST(TrainingRuns, HandlesShare) {
  Experiment r;
  Training same = r.training;
  r.step();
  EXPECT_EQ(same.step(), 1);
  EXPECT_EQ(same.seed(), 4u);
  EXPECT_EQ(same.parameters().get("b").at(0), r.params.get("b").at(0));
}
