// CheckpointTest.cpp - checkpoints and resuming.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/Checkpoint.h"
#include "FakeModel.h"
#include "Support.h"
#include "runtime/Safetensors.h"

#include <csignal>
#include <cstring>
#include <sys/resource.h>

using namespace dlc;
using namespace dlc::test;

namespace {
struct Experiment {
  Model model = fakeModel();
  Parameters params;
  Training training;
  Tensor x{{4, 3}, std::vector<float>{1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}};
  Tensor target{{4, 2}, std::vector<float>{1, 2, 3, 4, 5, 6, 9, 12}};
  explicit Experiment(uint64_t seed = 1)
      : params(model.newParameters(seed)), training(model.newTraining(params, seed)) {}
  void steps(int count) {
    for (int i = 0; i < count; ++i)
      training.call("train_step", {x, target});
  }
};
void expectSame(Experiment &a, Experiment &b) {
  for (dlc_arena arena : {DLC_PARAMS, DLC_BUFFERS})
    EXPECT_EQ(std::memcmp(a.params.arena(arena), b.params.arena(arena), a.model.arenaBytes(arena)), 0);
  for (const char *slot : {"w.m", "b.m"})
    EXPECT_EQ(std::memcmp(a.training.slot(slot).data(), b.training.slot(slot).data(), a.training.slot(slot).bytes()),
              0);
  EXPECT_EQ(a.training.step(), b.training.step());
  EXPECT_EQ(a.training.seed(), b.training.seed());
}
} // namespace

TEST(Checkpoints, ResumeAtAnyStepGivesTheSameBits) {
  TemporaryFolder folder;
  Experiment whole;
  whole.steps(6);
  for (int at = 0; at <= 6; ++at) {
    Experiment first;
    first.steps(at);
    first.training.save(folder / "c");
    Experiment second(99);
    second.training.load(folder / "c");
    second.steps(6 - at);
    expectSame(whole, second);
  }
}
TEST(Checkpoints, HoldTheWholeRecord) {
  TemporaryFolder folder;
  Experiment r(7);
  r.steps(3);
  CheckpointInfo info;
  info.examples = 640, info.values = {{"best", "0.975"}, {"note", "\"x\""}};
  r.training.save(folder / "c", info);
  CheckpointInfo read = *readCheckpointInfo(folder / "c");
  EXPECT_EQ(read.version, checkpointVersion);
  EXPECT_EQ(read.model, "fake");
  EXPECT_EQ(read.hash, 0xfedcba9876543210u);
  EXPECT_EQ(read.step, 3);
  EXPECT_EQ(read.seed, 7u);
  EXPECT_EQ(read.examples, 640);
  EXPECT_EQ(read.values, info.values);
}
TEST(Checkpoints, OfFormat1SayEpochAndRow) {
  TemporaryFolder folder;
  auto record = checkpointMetadata({});
  record.erase("dlc.examples");
  record["dlc.checkpoint"] = "1", record["dlc.epoch"] = "2", record["dlc.cursor"] = "640";
  writeSafetensors(folder / "c", {}, record);
  CheckpointInfo read = *readCheckpointInfo(folder / "c");
  EXPECT_EQ(read.version, 1);
  EXPECT_EQ(read.epoch, 2);
  EXPECT_EQ(read.cursor, 640);
}
TEST(Checkpoints, NamesAndMetadataAreAsDocumented) {
  TemporaryFolder folder;
  Experiment r;
  r.training.save(folder / "c");
  SafetensorsFile file(folder / "c");
  for (const char *name : {"w", "b", "table", "running", "optimizer.w.m", "optimizer.b.m", "session.h"})
    EXPECT_NE(file.find(name), nullptr) << name;
  EXPECT_EQ(file.entries().size(), 7u);
  EXPECT_EQ(file.metadata().at("dlc.hash"), "fedcba9876543210");
  EXPECT_EQ(file.metadata().at("dlc.checkpoint"), "2");
}
TEST(Checkpoints, SessionStateGoesAlong) {
  TemporaryFolder folder;
  Experiment r, s;
  r.training.call("accumulate", {std::vector<float>{3, 4}});
  r.training.save(folder / "c");
  s.training.load(folder / "c");
  EXPECT_EQ(s.training.call("accumulate", {std::vector<float>{0, 0}})["h"].at(1), 4);
}
TEST(Checkpoints, WeightsAreReadFromThem) {
  TemporaryFolder folder;
  Experiment r;
  r.steps(2);
  r.training.save(folder / "c");
  Parameters p = r.model.loadParameters(folder / "c");
  EXPECT_EQ(std::memcmp(p.arena(DLC_PARAMS), r.params.arena(DLC_PARAMS), r.model.arenaBytes(DLC_PARAMS)), 0);
}
TEST(Checkpoints, PlainWeightsAreNone) {
  TemporaryFolder folder;
  Experiment r;
  r.params.save(folder / "w");
  EXPECT_FALSE(readCheckpointInfo(folder / "w"));
  EXPECT_ERROR(r.training.load(folder / "w"), "is not a checkpoint");
}
TEST(Checkpoints, OfAnotherModel) {
  TemporaryFolder folder;
  Model other = Model::open(OTHER_LIBRARY);
  other.newTraining(other.newParameters()).save(folder / "c");
  Experiment r, before;
  EXPECT_EQ(errorOf([&] { r.training.load(folder / "c"); }),
            "'" + (folder / "c") +
                "' does not fit the model 'fake': it is a checkpoint of the model 'other'; missing: "
                "'b', 'optimizer.b.m' and 'session.h'; unexpected: 'bias'. Nothing was changed.");
  expectSame(r, before);
  EXPECT_ERROR(r.params.load(folder / "c"), "missing: 'b'; unexpected: 'bias'");
}
TEST(Checkpoints, Truncated) {
  TemporaryFolder folder;
  Experiment r;
  r.training.save(folder / "c");
  auto bytes = bytesOf(folder / "c");
  for (size_t cut : {size_t(1), size_t(50), bytes.size() / 2, bytes.size() - 4}) {
    writeBytes(folder / "d", std::vector<uint8_t>(bytes.begin(), bytes.end() - ptrdiff_t(cut)));
    EXPECT_ERROR(r.training.load(folder / "d"), folder / "d");
  }
}
TEST(Checkpoints, DamagedRecords) {
  TemporaryFolder folder;
  Experiment r;
  auto load = [&](const char *key, const char *value) {
    auto record = checkpointMetadata({});
    if (value)
      record[key] = value;
    else
      record.erase(key);
    writeSafetensors(folder / "c", {}, record);
    return errorOf([&] { r.training.load(folder / "c"); });
  };
  EXPECT_NE(load("dlc.step", nullptr).find("it has no 'dlc.step'"), std::string::npos);
  EXPECT_NE(load("dlc.step", "many").find("a whole number was expected"), std::string::npos);
  EXPECT_NE(load("dlc.step", "-3").find("its step is -3"), std::string::npos);
  EXPECT_NE(load("dlc.seed", "12x").find("'12x'"), std::string::npos);
  EXPECT_NE(load("dlc.examples", "-1").find("its number of examples is -1"), std::string::npos);
  EXPECT_NE(load("dlc.checkpoint", "3").find("reads formats up to 2"), std::string::npos);
}
TEST(Checkpoints, FullDiskKeepsTheOldOne) {
  TemporaryFolder folder;
  Experiment r;
  r.training.save(folder / "c");
  auto old = bytesOf(folder / "c");
  r.steps(1);
  signal(SIGXFSZ, SIG_IGN);
  rlimit before, small{200, RLIM_INFINITY};
  getrlimit(RLIMIT_FSIZE, &before);
  small.rlim_max = before.rlim_max;
  setrlimit(RLIMIT_FSIZE, &small);
  std::string message = errorOf([&] { r.training.save(folder / "c"); });
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_NE(message.find("The file that was there is unchanged."), std::string::npos);
  EXPECT_EQ(bytesOf(folder / "c"), old);
  EXPECT_EQ(folder.files(), 1u);
}
TEST(Checkpoints, EqualStatesGiveEqualBytes) {
  TemporaryFolder folder;
  Experiment a, b;
  a.steps(3), b.steps(3);
  a.training.save(folder / "a"), b.training.save(folder / "b");
  EXPECT_EQ(bytesOf(folder / "a"), bytesOf(folder / "b"));
}
