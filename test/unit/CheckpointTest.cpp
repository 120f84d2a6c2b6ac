//===- CheckpointTest.cpp - checkpoints and resuming -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
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
  Model M = fakeModel();
  Parameters P;
  Training T;
  Tensor X{{4, 3}, std::vector<float>{1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}};
  Tensor Target{{4, 2}, std::vector<float>{1, 2, 3, 4, 5, 6, 9, 12}};
  explicit Experiment(uint64_t Seed = 1) : P(M.newParameters(Seed)), T(M.newTraining(P, Seed)) {}
  void steps(int Count) {
    for (int I = 0; I < Count; ++I)
      T.call("train_step", {X, Target});
  }
};
void expectSame(Experiment &A, Experiment &B) {
  for (dlc_arena Arena : {DLC_PARAMS, DLC_BUFFERS})
    EXPECT_EQ(std::memcmp(A.P.arena(Arena), B.P.arena(Arena), A.M.arenaBytes(Arena)), 0);
  for (const char *Slot : {"w.m", "b.m"})
    EXPECT_EQ(std::memcmp(A.T.slot(Slot).data(), B.T.slot(Slot).data(), A.T.slot(Slot).bytes()), 0);
  EXPECT_EQ(A.T.step(), B.T.step());
  EXPECT_EQ(A.T.seed(), B.T.seed());
}
} // namespace

TEST(Checkpoints, ResumeAtAnyStepGivesTheSameBits) {
  TemporaryFolder Folder;
  Experiment Whole;
  Whole.steps(6);
  for (int At = 0; At <= 6; ++At) {
    Experiment First;
    First.steps(At);
    First.T.save(Folder / "c");
    Experiment Second(99);
    Second.T.load(Folder / "c");
    Second.steps(6 - At);
    expectSame(Whole, Second);
  }
}
TEST(Checkpoints, HoldTheWholeRecord) {
  TemporaryFolder Folder;
  Experiment R(7);
  R.steps(3);
  CheckpointInfo Info;
  Info.Examples = 640, Info.Values = {{"best", "0.975"}, {"note", "\"x\""}};
  R.T.save(Folder / "c", Info);
  CheckpointInfo Read = *readCheckpointInfo(Folder / "c");
  EXPECT_EQ(Read.Version, CheckpointVersion);
  EXPECT_EQ(Read.Model, "fake");
  EXPECT_EQ(Read.Hash, 0xfedcba9876543210u);
  EXPECT_EQ(Read.Step, 3);
  EXPECT_EQ(Read.Seed, 7u);
  EXPECT_EQ(Read.Examples, 640);
  EXPECT_EQ(Read.Values, Info.Values);
}
TEST(Checkpoints, OfFormat1SayEpochAndRow) {
  TemporaryFolder Folder;
  auto Record = checkpointMetadata({});
  Record.erase("dlc.examples");
  Record["dlc.checkpoint"] = "1", Record["dlc.epoch"] = "2", Record["dlc.cursor"] = "640";
  writeSafetensors(Folder / "c", {}, Record);
  CheckpointInfo Read = *readCheckpointInfo(Folder / "c");
  EXPECT_EQ(Read.Version, 1);
  EXPECT_EQ(Read.Epoch, 2);
  EXPECT_EQ(Read.Cursor, 640);
}
TEST(Checkpoints, NamesAndMetadataAreAsDocumented) {
  TemporaryFolder Folder;
  Experiment R;
  R.T.save(Folder / "c");
  SafetensorsFile File(Folder / "c");
  for (const char *Name : {"w", "b", "table", "running", "optimizer.w.m", "optimizer.b.m", "session.h"})
    EXPECT_NE(File.find(Name), nullptr) << Name;
  EXPECT_EQ(File.entries().size(), 7u);
  EXPECT_EQ(File.metadata().at("dlc.hash"), "fedcba9876543210");
  EXPECT_EQ(File.metadata().at("dlc.checkpoint"), "2");
}
TEST(Checkpoints, SessionStateGoesAlong) {
  TemporaryFolder Folder;
  Experiment R, S;
  R.T.call("accumulate", {std::vector<float>{3, 4}});
  R.T.save(Folder / "c");
  S.T.load(Folder / "c");
  EXPECT_EQ(S.T.call("accumulate", {std::vector<float>{0, 0}})["h"].at(1), 4);
}
TEST(Checkpoints, WeightsAreReadFromThem) {
  TemporaryFolder Folder;
  Experiment R;
  R.steps(2);
  R.T.save(Folder / "c");
  Parameters P = R.M.loadParameters(Folder / "c");
  EXPECT_EQ(std::memcmp(P.arena(DLC_PARAMS), R.P.arena(DLC_PARAMS), R.M.arenaBytes(DLC_PARAMS)), 0);
}
TEST(Checkpoints, PlainWeightsAreNone) {
  TemporaryFolder Folder;
  Experiment R;
  R.P.save(Folder / "w");
  EXPECT_FALSE(readCheckpointInfo(Folder / "w"));
  EXPECT_ERROR(R.T.load(Folder / "w"), "is not a checkpoint");
}
TEST(Checkpoints, OfAnotherModel) {
  TemporaryFolder Folder;
  Model Other = Model::open(OTHER_LIBRARY);
  Other.newTraining(Other.newParameters()).save(Folder / "c");
  Experiment R, Before;
  EXPECT_EQ(errorOf([&] { R.T.load(Folder / "c"); }),
            "'" + (Folder / "c") +
                "' does not fit the model 'fake': it is a checkpoint of the model 'other'; missing: "
                "'b', 'optimizer.b.m' and 'session.h'; unexpected: 'bias'. Nothing was changed.");
  expectSame(R, Before);
  EXPECT_ERROR(R.P.load(Folder / "c"), "missing: 'b'; unexpected: 'bias'");
}
TEST(Checkpoints, Truncated) {
  TemporaryFolder Folder;
  Experiment R;
  R.T.save(Folder / "c");
  auto Bytes = bytesOf(Folder / "c");
  for (size_t Cut : {size_t(1), size_t(50), Bytes.size() / 2, Bytes.size() - 4}) {
    writeBytes(Folder / "d", std::vector<uint8_t>(Bytes.begin(), Bytes.end() - ptrdiff_t(Cut)));
    EXPECT_ERROR(R.T.load(Folder / "d"), Folder / "d");
  }
}
TEST(Checkpoints, DamagedRecords) {
  TemporaryFolder Folder;
  Experiment R;
  auto Load = [&](const char *Key, const char *Value) {
    auto Record = checkpointMetadata({});
    if (Value)
      Record[Key] = Value;
    else
      Record.erase(Key);
    writeSafetensors(Folder / "c", {}, Record);
    return errorOf([&] { R.T.load(Folder / "c"); });
  };
  EXPECT_NE(Load("dlc.step", nullptr).find("it has no 'dlc.step'"), std::string::npos);
  EXPECT_NE(Load("dlc.step", "many").find("a whole number was expected"), std::string::npos);
  EXPECT_NE(Load("dlc.step", "-3").find("its step is -3"), std::string::npos);
  EXPECT_NE(Load("dlc.seed", "12x").find("'12x'"), std::string::npos);
  EXPECT_NE(Load("dlc.examples", "-1").find("its number of examples is -1"), std::string::npos);
  EXPECT_NE(Load("dlc.checkpoint", "3").find("reads formats up to 2"), std::string::npos);
}
TEST(Checkpoints, FullDiskKeepsTheOldOne) {
  TemporaryFolder Folder;
  Experiment R;
  R.T.save(Folder / "c");
  auto Old = bytesOf(Folder / "c");
  R.steps(1);
  signal(SIGXFSZ, SIG_IGN);
  rlimit Before, Small{200, RLIM_INFINITY};
  getrlimit(RLIMIT_FSIZE, &Before);
  Small.rlim_max = Before.rlim_max;
  setrlimit(RLIMIT_FSIZE, &Small);
  std::string Message = errorOf([&] { R.T.save(Folder / "c"); });
  setrlimit(RLIMIT_FSIZE, &Before);
  EXPECT_NE(Message.find("The file that was there is unchanged."), std::string::npos);
  EXPECT_EQ(bytesOf(Folder / "c"), Old);
  EXPECT_EQ(Folder.files(), 1u);
}
TEST(Checkpoints, EqualStatesGiveEqualBytes) {
  TemporaryFolder Folder;
  Experiment A, B;
  A.steps(3), B.steps(3);
  A.T.save(Folder / "a"), B.T.save(Folder / "b");
  EXPECT_EQ(bytesOf(Folder / "a"), bytesOf(Folder / "b"));
}
