//===- DescriptorTest.cpp - descriptions that are wrong -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "FakeModel.h"
#include "Support.h"

using namespace dlc;
using namespace dlc::test;

namespace {
/// A copy of the fake's description that a test may spoil.
struct Copy {
  dlc_model M = *fake_dlc_model_query(DLC_ABI_VERSION);
  std::vector<dlc_tensor> Tensors{M.tensors, M.tensors + M.tensor_count};
  std::vector<dlc_entry> Entries{M.entries, M.entries + M.entry_count};
  static inline const dlc_model *Current = nullptr;

  Model open() {
    M.tensors = Tensors.data();
    M.entries = Entries.data();
    Current = &M;
    return Model::fromQuery([](uint32_t) { return Current; });
  }
  std::string error() {
    return errorOf([&] { open(); });
  }
};
} // namespace

#define EXPECT_PART(Text, Part) EXPECT_NE((Text).find(Part), std::string::npos) << (Text)

TEST(Descriptor, CopyIsFine) { EXPECT_EQ(Copy().open().name(), "fake"); }
TEST(Descriptor, NullQuery) { EXPECT_ERROR(Model::fromQuery(nullptr), "is NULL"); }
TEST(Descriptor, VersionNotServed) {
  EXPECT_ERROR(Model::fromQuery([](uint32_t) -> const dlc_model * { return nullptr; }),
               "The linked model cannot serve version 3 of the interface");
}
TEST(Descriptor, Magic) {
  Copy C;
  C.M.magic = 1;
  EXPECT_PART(C.error(), "its magic number is wrong");
}
TEST(Descriptor, Version) {
  Copy C;
  C.M.abi_version = 7;
  EXPECT_PART(C.error(), "has version 7 of the interface; this runtime speaks version 3");
}
TEST(Descriptor, ShorterStructures) {
  Copy C;
  C.M.entry_size = offsetof(dlc_entry, scratch_bytes) - 8; // what stood behind it in the first version is needed
  EXPECT_PART(C.error(), "shorter");
}
TEST(Descriptor, LongerStructuresAreSteppedOver) {
  struct Longer {
    dlc_tensor T;
    char More[24];
  };
  Copy C;
  std::vector<Longer> Table;
  for (const dlc_tensor &T : C.Tensors)
    Table.push_back({T, {}});
  C.open();
  C.M.tensors = &Table[0].T;
  C.M.tensor_size = sizeof(Longer);
  Copy::Current = &C.M;
  Model M = Model::fromQuery([](uint32_t) { return Copy::Current; });
  EXPECT_EQ(M.tensors()[3].Name, "running");
}
TEST(Descriptor, ProcessorThatLacksAFeature) {
  Copy C;
  C.M.cpu_features = "sse2,avx999";
  C.M.target = "x86-64-v9";
  std::string Text = C.error();
  EXPECT_PART(Text, "was compiled for x86-64-v9, and this processor has only " + cpuLevel() + " (missing: avx999).");
  EXPECT_PART(Text, cpuLevel() == "x86-64-v3" ? "--target v3" : "ompile");
}
TEST(Descriptor, TensorOutsideItsArena) {
  Copy C;
  C.Tensors[0].offset = 1 << 20;
  EXPECT_PART(C.error(), "'w' does not lie within its arena");
}
TEST(Descriptor, TensorLargerThanItsMemory) {
  Copy C;
  static const int64_t Strides[] = {1, 100};
  C.Tensors[0].strides = Strides;
  EXPECT_PART(C.error(), "'w' does not fit the memory");
}
TEST(Descriptor, TensorInAForeignArena) {
  Copy C;
  C.Tensors[0].arena = DLC_BUFFERS;
  EXPECT_PART(C.error(), "not its kind's");
}
TEST(Descriptor, UnknownNumbers) {
  for (auto Spoil : std::vector<void (*)(Copy &)>{
           [](Copy &C) { C.Tensors[0].dtype = 99; }, [](Copy &C) { C.Tensors[0].kind = 9; },
           [](Copy &C) { C.Tensors[0].init = 99; }, [](Copy &C) { C.Tensors[0].rank = 9; },
           [](Copy &C) { C.Tensors[0].name = nullptr; }, [](Copy &C) { C.Tensors[4].parameter = nullptr; },
           [](Copy &C) { C.Entries[0].kind = 9; }, [](Copy &C) { C.Entries[0].function = nullptr; },
           [](Copy &C) { C.Entries[0].capacity = 0; }, [](Copy &C) { C.Entries[0].name = ""; },
           [](Copy &C) { C.Entries[0].inputs = nullptr; }, [](Copy &C) { C.Entries[0].workspace_bytes = 1 << 30; },
           [](Copy &C) { C.M.name = nullptr; }}) {
    Copy C;
    Spoil(C);
    EXPECT_PART(C.error(), "has a broken description");
  }
}
TEST(Descriptor, TwoTensorsOfOneName) {
  Copy C;
  C.Tensors[1].name = "w";
  EXPECT_PART(C.error(), "two tensors are called 'w' in a checkpoint");
  Copy Taken; // the slot's name in a file
  Taken.Tensors[1].name = "optimizer.w.m";
  EXPECT_PART(Taken.error(), "two tensors are called 'optimizer.w.m' in a checkpoint");
}
TEST(Descriptor, PortThatDoesNotFollowTheCapacity) {
  Copy C;
  C.Entries[0].capacity = 5;
  EXPECT_PART(C.error(), "'x' has the shape [4, 3] at the capacity 5");
}
TEST(Descriptor, IncompleteServices) {
  dlc_services S{};
  ModelOptions Options;
  Options.Services = &S;
  EXPECT_ERROR(fakeModel(Options), "services given for a model are incomplete");
}

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

namespace {
void nothing(void *const *, const int64_t *, void *, int64_t, int64_t) {}

/// A library whose first entry point runs one kernel in a loop: it reads three numbers of a row of `x` and writes two in
/// the workspace, four times.
struct Scheduled : Copy {
  dlc_kernel_operand Wanted[2] = {{12, 0, DLC_F32, 3, 0, 0, 0}, {8, DLC_WRITTEN, DLC_F32, 2, 0, 0, 0}};
  dlc_kernel Kernel{"k", "", 0, 0, "k", nothing, Wanted, 2, 0, 0};
  dlc_step Steps[3] = {
      {DLC_LOOP, 0, 2, 0, 4, 0, 0, 0}, {DLC_RUN, 0, 0, 0, 1, 1, 0, 0}, {DLC_END_LOOP, 0, 0, 0, 0, 0, 0, 0}};
  dlc_operand Operands[2] = {{DLC_IN_INPUT, 0, 0, 1, 0}, {DLC_WORKSPACE, 0, 128, 0, 0}};
  int64_t LoopSteps[DLC_MAX_LOOPS] = {12};
  dlc_check Checks[1] = {{"check", 3, 1}};

  Scheduled() {
    M.kernels = &Kernel;
    M.kernel_count = 1;
    M.arena_bytes[DLC_WORKSPACE] = std::max<uint64_t>(M.arena_bytes[DLC_WORKSPACE], 192);
    dlc_entry &E = Entries[0];
    E.arenas |= 1 << DLC_WORKSPACE;
    E.workspace_bytes = 192;
    E.scratch_bytes = 0;
    E.steps = Steps, E.step_count = 3;
    E.operands = Operands, E.operand_count = 2;
    E.loop_steps = LoopSteps, E.loop_step_count = DLC_MAX_LOOPS;
    E.checks = Checks, E.check_count = 1;
  }
};
} // namespace

TEST(Descriptor, ScheduleThatFits) { EXPECT_EQ(Scheduled().open().name(), "fake"); }
TEST(Descriptor, ScheduleThatWasTamperedWith) {
  for (auto Spoil : std::vector<void (*)(Scheduled &)>{
           // operands
           [](Scheduled &S) { S.Operands[0].offset = -4; }, [](Scheduled &S) { S.Operands[0].offset = 4; },
           [](Scheduled &S) { S.Operands[0].index = 7; }, [](Scheduled &S) { S.Operands[0].base = DLC_IN_OUTPUT + 1; },
           [](Scheduled &S) { S.Operands[0].base = DLC_SESSION; },
           [](Scheduled &S) { S.Operands[0].steps = DLC_MAX_LOOPS + 1; },
           [](Scheduled &S) { S.Operands[1].offset = 188; }, [](Scheduled &S) { S.Operands[1].offset = INT64_MAX; },
           [](Scheduled &S) { S.Operands[1].offset = 0; }, // where the numbers of the call lie
           [](Scheduled &S) { S.LoopSteps[0] = 16; }, [](Scheduled &S) { S.LoopSteps[0] = -12; },
           [](Scheduled &S) { S.LoopSteps[0] = INT64_MAX; }, [](Scheduled &S) { S.Wanted[0].bytes = UINT64_MAX; },
           [](Scheduled &S) { S.Wanted[1].elements = 3; }, [](Scheduled &S) { S.Wanted[1].row_elements = -1; },
           [](Scheduled &S) { S.Wanted[1].extents = 1; }, [](Scheduled &S) { S.Wanted[1].extents = 9; },
           [](Scheduled &S) { S.Wanted[1].elements = INT64_MAX, S.Wanted[1].extents = 8; },
           [](Scheduled &S) { S.Wanted[1].dtype = 99; }, [](Scheduled &S) { S.Entries[0].operand_count = 1; },
           // loops
           [](Scheduled &S) { S.Steps[0].count = 5; }, [](Scheduled &S) { S.Steps[0].count = -1; },
           [](Scheduled &S) { S.Steps[0].operand = 0; }, [](Scheduled &S) { S.Steps[0].operand = 3; },
           [](Scheduled &S) { S.Steps[0].operand = 1; }, [](Scheduled &S) { S.Steps[0].kind = DLC_END_LOOP; },
           [](Scheduled &S) { S.Steps[2].kind = 9; }, [](Scheduled &S) { S.Steps[0].extents = 9; },
           [](Scheduled &S) { S.Steps[0].count = INT64_MAX, S.Steps[0].extents = 2; },
           // runs
           [](Scheduled &S) { S.Steps[1].kernel = 1; }, [](Scheduled &S) { S.Steps[1].unit = 0; },
           [](Scheduled &S) { S.Steps[1].operand = 1; }, [](Scheduled &S) { S.Steps[1].operand = UINT32_MAX; },
           [](Scheduled &S) { S.Steps[1].check = 2; },
           [](Scheduled &S) { S.Steps[1].check = 1; }, // no room for a report
           [](Scheduled &S) { S.Steps[1].count = -1; }, [](Scheduled &S) { S.Kernel.function = nullptr; },
           [](Scheduled &S) { S.Kernel.operands = nullptr; }, [](Scheduled &S) { S.Kernel.operand_count = 3; },
           [](Scheduled &S) { S.Kernel.scratch_bytes = 64; }, [](Scheduled &S) { S.Checks[0].row_size = -1; },
           // memory
           [](Scheduled &S) { S.Entries[0].workspace_bytes = 40; },
           [](Scheduled &S) { S.Entries[0].scratch_bytes = 256; }, [](Scheduled &S) { S.Entries[0].steps = nullptr; },
           [](Scheduled &S) { S.Entries[0].operands = nullptr; },
           [](Scheduled &S) { S.Entries[0].loop_steps = nullptr; },
           [](Scheduled &S) { S.Entries[0].checks = nullptr; }}) {
    Scheduled S;
    Spoil(S);
    EXPECT_PART(S.error(), "has a broken description: the schedule of entry '");
  }
}
