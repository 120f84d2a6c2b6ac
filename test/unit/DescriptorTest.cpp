// DescriptorTest.cpp - descriptions that are wrong.
// SPDX-License-Identifier: Apache-2.0
#include "FakeModel.h"
#include "Support.h"

using namespace dlc;
using namespace dlc::test;

namespace {
/// A copy of the fake's description that a test may spoil.
struct Copy {
  dlc_model model = *fake_dlc_model_query(DLC_ABI_VERSION);
  std::vector<dlc_tensor> tensors{model.tensors, model.tensors + model.tensor_count};
  std::vector<dlc_entry> entries{model.entries, model.entries + model.entry_count};
  dlc_extent size = entries[0].extents[0]; ///< of the first entry point
  static inline const dlc_model *current = nullptr;

  Copy() { entries[0].extents = &size; }
  Model open() {
    model.tensors = tensors.data();
    model.entries = entries.data();
    current = &model;
    return Model::fromQuery([](uint32_t) { return current; });
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
               "The linked model cannot serve version 8 of the interface");
}
TEST(Descriptor, Magic) {
  Copy c;
  c.model.magic = 1;
  EXPECT_PART(c.error(), "its magic number is wrong");
}
TEST(Descriptor, Version) {
  Copy c;
  c.model.abi_version = 9;
  EXPECT_PART(c.error(), "has version 9 of the interface; this runtime speaks version 8");
}
TEST(Descriptor, ShorterStructures) {
  Copy c;
  c.model.entry_size = offsetof(dlc_entry, scratch_bytes) - 8; // what stood behind it in the first version is needed
  EXPECT_PART(c.error(), "shorter");
}
TEST(Descriptor, LongerStructuresAreSteppedOver) {
  struct Longer {
    dlc_tensor tensor;
    char more[24];
  };
  Copy c;
  std::vector<Longer> table;
  for (const dlc_tensor &t : c.tensors)
    table.push_back({t, {}});
  c.open();
  c.model.tensors = &table[0].tensor;
  c.model.tensor_size = sizeof(Longer);
  Copy::current = &c.model;
  Model m = Model::fromQuery([](uint32_t) { return Copy::current; });
  EXPECT_EQ(m.tensors()[3].name, "running");
}
TEST(Descriptor, ProcessorThatLacksAFeature) {
  Copy c;
  c.model.cpu_features = "sse2,avx999";
  c.model.target = "x86-64-v9";
  std::string text = c.error();
  EXPECT_PART(text, "was compiled for x86-64-v9, and this processor has only " + cpuLevel() + " (missing: avx999).");
  EXPECT_PART(text, cpuLevel() == "x86-64-v3" ? "--target v3" : "ompile");
}
TEST(Descriptor, TensorOutsideItsArena) {
  Copy c;
  c.tensors[0].offset = 1 << 20;
  EXPECT_PART(c.error(), "'w' does not lie within its arena");
}
TEST(Descriptor, TensorLargerThanItsMemory) {
  Copy c;
  static const int64_t strides[] = {1, 100};
  c.tensors[0].strides = strides;
  EXPECT_PART(c.error(), "'w' does not fit the memory");
}
TEST(Descriptor, BlocksThatDoNotFit) {
  auto split = [](Copy &c) -> dlc_tensor & {
    dlc_tensor &t = c.tensors[0];
    t.split = t.shape[0], t.split_stride = t.shape[0], t.split_axis = 0; // one block
    return t;
  };
  Copy whole;
  split(whole);
  EXPECT_EQ(whole.open().name(), "fake");
  for (auto spoil : std::vector<void (*)(dlc_tensor &)>{
           [](dlc_tensor &t) { t.split += 1; }, [](dlc_tensor &t) { t.split = -1; },
           [](dlc_tensor &t) { t.split_axis = t.rank; }, [](dlc_tensor &t) { t.split_stride = -1; }}) {
    Copy c;
    spoil(split(c));
    EXPECT_PART(c.error(), "'w' is split into blocks that do not fit it");
  }
  Copy large;
  split(large).split = 1;
  large.tensors[0].split_stride = 1 << 20;
  EXPECT_PART(large.error(), "'w' does not fit the memory");
}
TEST(Descriptor, TensorInAForeignArena) {
  Copy c;
  c.tensors[0].arena = DLC_BUFFERS;
  EXPECT_PART(c.error(), "not its kind's");
}
TEST(Descriptor, UnknownNumbers) {
  for (auto spoil : std::vector<void (*)(Copy &)>{
           [](Copy &c) { c.tensors[0].dtype = 99; }, [](Copy &c) { c.tensors[0].kind = 9; },
           [](Copy &c) { c.tensors[0].init = 99; }, [](Copy &c) { c.tensors[0].rank = 9; },
           [](Copy &c) { c.tensors[0].name = nullptr; }, [](Copy &c) { c.tensors[4].parameter = nullptr; },
           [](Copy &c) { c.entries[0].kind = 9; }, [](Copy &c) { c.entries[0].function = nullptr; },
           [](Copy &c) { c.entries[0].extent_count = 0; },
           [](Copy &c) { c.entries[0].extent_count = DLC_MAX_EXTENTS + 1; },
           [](Copy &c) { c.entries[0].extents = nullptr; }, [](Copy &c) { c.size.capacity = -1; },
           [](Copy &c) { c.size.name = nullptr; }, [](Copy &c) { c.entries[0].name = ""; },
           [](Copy &c) { c.entries[0].inputs = nullptr; }, [](Copy &c) { c.entries[0].workspace_bytes = 1 << 30; },
           [](Copy &c) { c.model.name = nullptr; }}) {
    Copy c;
    spoil(c);
    EXPECT_PART(c.error(), "has a broken description");
  }
}
TEST(Descriptor, TwoTensorsOfOneName) {
  Copy c;
  c.tensors[1].name = "w";
  EXPECT_PART(c.error(), "two tensors are called 'w' in a checkpoint");
  Copy taken; // the slot's name in a file
  taken.tensors[1].name = "optimizer.w.m";
  EXPECT_PART(taken.error(), "two tensors are called 'optimizer.w.m' in a checkpoint");
}
TEST(Descriptor, PortThatDoesNotFollowTheCapacity) {
  Copy c;
  c.size.capacity = 5;
  EXPECT_PART(c.error(), "'x' has the shape [4, 3] at the capacity 5");
}
TEST(Descriptor, IncompleteServices) {
  dlc_services s{};
  ModelOptions options;
  options.services = &s;
  EXPECT_ERROR(fakeModel(options), "services given for a model are incomplete");
}

//===--- Schedules -------------------------------------------------------------------------------------===//

namespace {
void nothing(void *const *, const int64_t *, void *, int64_t, int64_t) {}

/// A library whose first entry point runs one kernel in a loop: it reads three numbers of a row of `x` and writes two in
/// the workspace, four times.
struct Scheduled : Copy {
  dlc_kernel_operand wanted[2] = {{12, 0, DLC_F32, 3, 0, 0, 0}, {8, DLC_WRITTEN, DLC_F32, 2, 0, 0, 0}};
  dlc_kernel kernel{"k", "", 0, 0, "k", nothing, wanted, 2, 0, 0};
  dlc_step steps[3] = {
      {DLC_LOOP, 0, 2, 0, 4, 1, 0, 0}, {DLC_RUN, 0, 0, 0, 1, 1, 0, 0}, {DLC_END_LOOP, 0, 0, 0, 0, 0, 0, 0}};
  dlc_operand operands[2] = {{DLC_IN_INPUT, 0, 0, 1, 0}, {DLC_WORKSPACE, 0, 128, 0, 0}};
  dlc_move moves[1 + DLC_MAX_LOOPS] = {{0, 0, 0}, {12, 0, 0}};
  int64_t numbers[4] = {};
  dlc_check checks[1] = {{"check", 3, 1, 0, 0}};

  Scheduled() {
    model.kernels = &kernel;
    model.kernel_count = 1;
    model.arena_bytes[DLC_WORKSPACE] = std::max<uint64_t>(model.arena_bytes[DLC_WORKSPACE], 192);
    dlc_entry &e = entries[0];
    e.arenas |= 1 << DLC_WORKSPACE;
    e.workspace_bytes = 192;
    e.scratch_bytes = 0;
    e.steps = steps, e.step_count = 3;
    e.operands = operands, e.operand_count = 2;
    e.moves = moves, e.move_count = 1 + DLC_MAX_LOOPS;
    e.checks = checks, e.check_count = 1;
  }
};
} // namespace

TEST(Descriptor, ScheduleThatFits) { EXPECT_EQ(Scheduled().open().name(), "fake"); }
TEST(Descriptor, ScheduleThatWasTamperedWith) {
  for (auto spoil : std::vector<void (*)(Scheduled &)>{
           // operands
           [](Scheduled &s) { s.operands[0].offset = -4; }, [](Scheduled &s) { s.operands[0].offset = 4; },
           [](Scheduled &s) { s.operands[0].index = 7; },
           [](Scheduled &s) { s.operands[0].base = DLC_IN_CONSTANTS + 1; },
           [](Scheduled &s) { s.operands[0].base = DLC_IN_CONSTANTS; }, // there are none
           [](Scheduled &s) {                                           // written
             s.entries[0].constants = s.numbers, s.entries[0].constant_count = 4;
             s.operands[1] = {DLC_IN_CONSTANTS, 0, 0, 0, 0};
           },
           [](Scheduled &s) { s.operands[0].base = DLC_SESSION; },
           [](Scheduled &s) { s.operands[0].moves = DLC_MAX_LOOPS + 1; },
           [](Scheduled &s) { s.operands[1].offset = 188; }, [](Scheduled &s) { s.operands[1].offset = INT64_MAX; },
           [](Scheduled &s) { s.operands[1].offset = 0; }, // where the numbers of the call lie
           [](Scheduled &s) { s.moves[1].bytes = 16; }, [](Scheduled &s) { s.moves[1].bytes = -12; },
           [](Scheduled &s) { s.moves[1].bytes = INT64_MAX; }, [](Scheduled &s) { s.moves[0].bytes = -12; },
           [](Scheduled &s) { s.moves[0].bytes = 12; }, [](Scheduled &s) { s.moves[1].factors = 1; },
           [](Scheduled &s) { s.moves[1].factors = 0x10; }, [](Scheduled &s) { s.moves[0] = {INT64_MIN, 8, 0}; },
           [](Scheduled &s) { s.wanted[0].bytes = UINT64_MAX; }, [](Scheduled &s) { s.wanted[1].elements = 3; },
           [](Scheduled &s) { s.wanted[1].row_elements = -1; }, [](Scheduled &s) { s.wanted[1].factors = 1; },
           [](Scheduled &s) { s.wanted[1].factors = 0x10; },
           [](Scheduled &s) { s.wanted[1].elements = INT64_MAX, s.wanted[1].factors = 8; },
           [](Scheduled &s) { s.wanted[1].dtype = 99; }, [](Scheduled &s) { s.entries[0].operand_count = 1; },
           // loops
           [](Scheduled &s) { s.steps[0].count = 5; }, [](Scheduled &s) { s.steps[0].count = -1; },
           [](Scheduled &s) { s.steps[0].operand = 0; }, [](Scheduled &s) { s.steps[0].operand = 3; },
           [](Scheduled &s) { s.steps[0].operand = 1; }, [](Scheduled &s) { s.steps[0].kind = DLC_END_LOOP; },
           [](Scheduled &s) { s.steps[2].kind = 9; }, [](Scheduled &s) { s.steps[0].factors = 0x10; },
           [](Scheduled &s) { s.steps[0].unit = 0; },
           [](Scheduled &s) { s.steps[0].count = INT64_MAX, s.steps[0].factors = 2; },
           // runs
           [](Scheduled &s) { s.steps[1].kernel = 1; }, [](Scheduled &s) { s.steps[1].unit = 0; },
           [](Scheduled &s) { s.steps[1].operand = 1; }, [](Scheduled &s) { s.steps[1].operand = UINT32_MAX; },
           [](Scheduled &s) { s.steps[1].check = 2; },
           [](Scheduled &s) { s.steps[1].check = 1; }, // no room for a report
           [](Scheduled &s) { s.steps[1].count = -1; }, [](Scheduled &s) { s.kernel.function = nullptr; },
           [](Scheduled &s) { s.kernel.operands = nullptr; }, [](Scheduled &s) { s.kernel.operand_count = 3; },
           [](Scheduled &s) { s.kernel.scratch_bytes = 64; }, [](Scheduled &s) { s.checks[0].row_size = -1; },
           [](Scheduled &s) { s.checks[0].row_factors = 0x10; }, [](Scheduled &s) { s.wanted[1].row_factors = 0x10; },
           // memory
           [](Scheduled &s) { s.entries[0].workspace_bytes = 40; },
           [](Scheduled &s) { s.entries[0].scratch_bytes = 256; }, [](Scheduled &s) { s.entries[0].steps = nullptr; },
           [](Scheduled &s) { s.entries[0].operands = nullptr; }, [](Scheduled &s) { s.entries[0].moves = nullptr; },
           [](Scheduled &s) { s.entries[0].checks = nullptr; }}) {
    Scheduled s;
    spoil(s);
    EXPECT_PART(s.error(), "has a broken description: the schedule of entry '");
  }
}

namespace {
/// The kernel reads one whole input of six a round: of four rounds those from number 1 on.
struct Stepping : Scheduled {
  dlc_port ports[6];
  const int64_t fewer[2] = {2, 3};
  const dlc_factors noFactors[2] = {0, 0};

  Stepping() {
    std::fill(std::begin(ports), std::end(ports), entries[0].inputs[0]);
    entries[0].inputs = ports, entries[0].input_count = 6;
    wanted[0].bytes = 48, wanted[0].elements = 12;
    operands[0].index = 1;
    moves[1] = {0, 0, 1};
  }
  /// An input that is too short.
  void shorten(int number) {
    ports[number].shape = ports[number].sizes = fewer;
    ports[number].factors = noFactors;
  }
};
/// The same in two loops of two rounds, one in the other.
struct SteppingTwice : Stepping {
  dlc_step more[5] = {{DLC_LOOP, 0, 4, 0, 2, 1, 0, 0},
                      {DLC_LOOP, 0, 3, 0, 2, 1, 0, 0},
                      {DLC_RUN, 0, 0, 0, 1, 1, 0, 0},
                      {DLC_END_LOOP, 0, 0, 0, 0, 0, 0, 0},
                      {DLC_END_LOOP, 0, 0, 0, 0, 0, 0, 0}};

  SteppingTwice(int32_t outer, int32_t inner, int shortOne = -1) {
    entries[0].steps = more, entries[0].step_count = 5;
    moves[1] = {0, 0, outer}, moves[2] = {0, 0, inner};
    if (shortOne >= 0)
      shorten(shortOne);
  }
};
} // namespace

TEST(Descriptor, PortsThatAreSteppedThrough) {
  for (auto change : std::vector<void (*)(Stepping &)>{
           [](Stepping &) {},
           [](Stepping &s) { s.operands[0].index = 2; },
           [](Stepping &s) { s.operands[0].index = 5, s.moves[1].ports = -1; },
           [](Stepping &s) { s.steps[0].unit = -1; }, // from the last round to the first: the same inputs
           [](Stepping &s) { s.moves[1].ports = 2, s.steps[0].count = 3; },
           [](Stepping &s) { s.moves[1].ports = INT32_MAX, s.steps[0].count = 1; },
           [](Stepping &s) { s.shorten(0), s.shorten(5); },                                             // not come to
           [](Stepping &s) { s.moves[1].ports = 2, s.steps[0].count = 3, s.shorten(2), s.shorten(4); }, // nor these
       }) {
    Stepping s;
    change(s);
    EXPECT_EQ(s.open().name(), "fake");
  }
  for (auto spoil : std::vector<void (*)(Stepping &)>{
           [](Stepping &s) { s.operands[0].index = 3; }, [](Stepping &s) { s.operands[0].index = UINT32_MAX; },
           [](Stepping &s) { s.moves[1].ports = -1; }, [](Stepping &s) { s.moves[1].ports = 2; },
           [](Stepping &s) { s.moves[1].ports = INT32_MAX; }, [](Stepping &s) { s.moves[1].ports = INT32_MIN; },
           [](Stepping &s) { s.steps[0].count = 6; }, [](Stepping &s) { s.steps[0].count = INT64_MAX - 1; },
           [](Stepping &s) { s.operands[0].offset = 4; }, [](Stepping &s) { s.moves[1].bytes = 4; },
           [](Stepping &s) { s.shorten(1); }, [](Stepping &s) { s.shorten(3); }, [](Stepping &s) { s.shorten(4); },
           [](Stepping &s) { s.entries[0].input_count = 4; }}) {
    Stepping s;
    spoil(s);
    EXPECT_PART(s.error(), "step 1: an operand lies outside of its memory");
  }
}
TEST(Descriptor, PortsThatAreSteppedThroughInTwoLoops) {
  constexpr const char *outside = "step 2: an operand lies outside of its memory";
  for (int notMet : {-1, 0, 3})
    EXPECT_EQ(SteppingTwice(3, 1, notMet).open().name(), "fake"); // 1, 2, 4, 5
  for (int met : {1, 2, 4, 5})
    EXPECT_PART(SteppingTwice(3, 1, met).error(), outside);
  EXPECT_EQ(SteppingTwice(3, -1, 2).open().name(), "fake"); // 1, 0, 4, 3
  EXPECT_PART(SteppingTwice(3, -2).error(), outside);
  EXPECT_PART(SteppingTwice(4, 1).error(), outside);
}
