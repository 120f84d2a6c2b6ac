// threads.cpp - one model, several pools: the same bits, and the work really was split.
// SPDX-License-Identifier: Apache-2.0
//
//   threads MODEL.so
#include "Program.h"

#include <atomic>

namespace {
struct Outcome {
  std::string Outputs, Parameters, Slots;
};

/// A table of services that passes on to a pool, and counts the loops that had more than one part.
struct Counted {
  explicit Counted(unsigned Threads) : Pool(Threads), Table(*Pool.services()) {
    Table.struct_size = sizeof Table;
    Table.pool = this;
    Table.parallel_for = [](void *Self, dlc_body Body, void *Context, int64_t Count, int64_t Grain) {
      auto *C = static_cast<Counted *>(Self);
      C->Split += dlc::ThreadPool::partCount(Count, Grain) > 1;
      C->Pool.parallelFor(Body, Context, Count, Grain);
    };
  }
  dlc::ThreadPool Pool;
  dlc_services Table;
  std::atomic<int> Split{0};
};

Outcome outcome(const std::string &Path, unsigned Threads) {
  Counted Services(Threads);
  dlc::ModelOptions Options;
  Options.Services = &Services.Table;
  dlc::Model M = dlc::Model::open(Path, Options);
  dlc::Parameters P = M.newParameters(7);
  dlc::Training T = M.newTraining(P, 8);
  const int64_t Rows = M.entry("step").Capacity;
  Outcome Found;
  for (int Step = 0; Step < 4; ++Step) { // the third batch is a short one
    int64_t Count = Step == 2 ? Rows - 27 : Rows;
    Found.Outputs += bitsOf(T.call("step", {reals({Count, 512}, Step), labels(Count, 40, Step)}));
    if (Step == 0 && Threads > 1)
      CHECK(Services.Split >= 3, "of the train step's loops %d were split", Services.Split.load());
  }
  Services.Split = 0;
  Found.Outputs += bitsOf(T.call("step.gradients", {reals({Rows, 512}, 20), labels(Rows, 40, 21)}));
  Found.Outputs += bitsOf(M.call("predict", P, {reals({Rows, 512}, 22)}));
  if (Threads > 1) {
    CHECK(Services.Split >= 3, "of the loops of gradients and prediction %d were split", Services.Split.load());
    CHECK(Services.Pool.jobs() > 0, "no loop ran on several threads");
  } else {
    CHECK(Services.Split == 0, "one thread was asked to share work");
  }
  Found.Parameters = bitsOf(P);
  Found.Slots = slotBits(M, T);
  return Found;
}
} // namespace

int main(int, char **Arguments) try {
  const Outcome One = outcome(Arguments[1], 1);
  CHECK(One.Parameters.size() == 4u * 1617960, "parameters are of %zu bytes", One.Parameters.size());
  CHECK(One.Slots.size() == 8u * 1617960, "slots are of %zu bytes", One.Slots.size());
  for (unsigned Threads : {2u, 3u, 8u}) {
    const Outcome Several = outcome(Arguments[1], Threads);
    CHECK(One.Outputs == Several.Outputs, "outputs differ with %u threads", Threads);
    CHECK(One.Parameters == Several.Parameters, "parameters differ with %u threads", Threads);
    CHECK(One.Slots == Several.Slots, "slots differ with %u threads", Threads);
  }
  return result("threads");
} catch (const dlc::Error &E) {
  std::printf("error: %s\n", E.what());
  return 1;
}
