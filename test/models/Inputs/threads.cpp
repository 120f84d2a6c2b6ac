// threads.cpp - one model, several pools: the same bits, and the work really was split.
// SPDX-License-Identifier: Apache-2.0
//
//   threads MODEL.so
#include "Program.h"

#include <atomic>

namespace {
struct Outcome {
  std::string outputs, parameters, slots;
};

/// A table of services that passes on to a pool, and counts the loops that had more than one part.
struct Counted {
  explicit Counted(unsigned threads) : pool(threads), table(*pool.services()) {
    table.struct_size = sizeof table;
    table.pool = this;
    table.parallel_for = [](void *self, dlc_body body, void *context, int64_t count, int64_t grain) {
      auto *c = static_cast<Counted *>(self);
      c->split += dlc::ThreadPool::partCount(count, grain) > 1;
      c->pool.parallelFor(body, context, count, grain);
    };
  }
  dlc::ThreadPool pool;
  dlc_services table;
  std::atomic<int> split{0};
};

Outcome outcome(const std::string &path, unsigned threads) {
  Counted services(threads);
  dlc::ModelOptions options;
  options.services = &services.table;
  dlc::Model m = dlc::Model::open(path, options);
  dlc::Parameters p = m.newParameters(7);
  dlc::Training t = m.newTraining(p, 8);
  const int64_t rows = m.entry("step").capacity;
  Outcome found;
  for (int step = 0; step < 4; ++step) { // the third batch is a short one
    int64_t count = step == 2 ? rows - 27 : rows;
    found.outputs += bitsOf(t.call("step", {reals({count, 512}, step), labels(count, 40, step)}));
    if (step == 0 && threads > 1)
      CHECK(services.split >= 3, "of the train step's loops %d were split", services.split.load());
  }
  services.split = 0;
  found.outputs += bitsOf(t.call("step.gradients", {reals({rows, 512}, 20), labels(rows, 40, 21)}));
  found.outputs += bitsOf(m.call("predict", p, {reals({rows, 512}, 22)}));
  if (threads > 1) {
    CHECK(services.split >= 3, "of the loops of gradients and prediction %d were split", services.split.load());
    CHECK(services.pool.jobs() > 0, "no loop ran on several threads");
  } else {
    CHECK(services.split == 0, "one thread was asked to share work");
  }
  found.parameters = bitsOf(p);
  found.slots = slotBits(m, t);
  return found;
}
} // namespace

int main(int, char **arguments) try {
  const Outcome one = outcome(arguments[1], 1);
  CHECK(one.parameters.size() == 4u * 1617960, "parameters are of %zu bytes", one.parameters.size());
  CHECK(one.slots.size() == 8u * 1617960, "slots are of %zu bytes", one.slots.size());
  for (unsigned threads : {2u, 3u, 8u}) {
    const Outcome several = outcome(arguments[1], threads);
    CHECK(one.outputs == several.outputs, "outputs differ with %u threads", threads);
    CHECK(one.parameters == several.parameters, "parameters differ with %u threads", threads);
    CHECK(one.slots == several.slots, "slots differ with %u threads", threads);
  }
  return result("threads");
} catch (const dlc::Error &e) {
  std::printf("error: %s\n", e.what());
  return 1;
}
