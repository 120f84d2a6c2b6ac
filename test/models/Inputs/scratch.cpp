// scratch.cpp - calls that want much scratch memory, on a thread with a small stack and by hand through abi.h.
// SPDX-License-Identifier: Apache-2.0
//
//   scratch SOFTMAXES.so PRODUCT.so
#include "Program.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <pthread.h>
#include <thread>

using namespace dlc;

/// Runs a function on a thread whose stack has 128 KB.
template <class Fn> static void onSmallStack(Fn function) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 128 << 10);
  pthread_t thread;
  CHECK(pthread_create(
            &thread, &attributes, [](void *f) -> void * { return (*static_cast<Fn *>(f))(), nullptr; }, &function) == 0,
        "no thread");
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

/// 40 softmaxes of a row that is 0 but for log(3) at one place, times 0, 1/4, 2/4, ...
static void softmaxes(const char *path) {
  constexpr int64_t columns = 60000;
  auto m = Model::open(path, {.threads = 1});
  auto p = m.newParameters();
  Tensor x(DType::F32, {2, columns});
  x.as<float>()[7] = x.as<float>()[columns + 59999] = std::log(3.0f);
  double rest = 0, there = 0;
  for (int i = 0; i < 40; ++i) {
    double e = std::pow(3.0, i / 4.0);
    rest += 1 / (columns - 1 + e), there += e / (columns - 1 + e);
  }
  onSmallStack([&] {
    Results r = m.call("f", p, {x});
    auto y = r["y"].as<float>();
    for (int64_t i = 0; i < 2 * columns; ++i) {
      double expected = i == 7 || i == columns + 59999 ? there : rest;
      CHECK(std::fabs(y[size_t(i)] - expected) < 1e-5 * expected, "element %ld is %g, expected %g", long(i),
            double(y[size_t(i)]), expected);
      if (failures > 5)
        return;
    }
  });
}

/// All units at once, each on a thread of its own.
static void parallelFor(void *, dlc_body body, void *context, int64_t count, int64_t) {
  std::vector<std::thread> threads;
  for (int64_t i = 0; i < count; ++i)
    threads.emplace_back(body, context, i, i + 1);
  for (std::thread &t : threads)
    t.join();
}

static void product(const char *path) {
  Tensor x = reals({600, 2000}, 1), w = reals({300, 2000}, 2);
  auto one = Model::open(path, {.threads = 1});
  auto p = one.newParameters();
  std::string bits = bitsOf(one.call("f", p, {x, w}));
  double sum = 0, size = 0;
  for (size_t i = 0; i < 2000; ++i) {
    double term = double(x.as<float>()[599 * 2000 + i]) * double(w.as<float>()[299 * 2000 + i]);
    sum += term, size += std::fabs(term);
  }
  float last;
  std::memcpy(&last, bits.data() + bits.size() - 4, 4);
  CHECK(std::fabs(double(last) - sum) < 1e-5 * size, "found %g, expected %g", double(last), sum);
  for (unsigned threads : {2u, 5u}) {
    auto m = Model::open(path, {.threads = threads});
    auto own = m.newParameters();
    CHECK(bitsOf(m.call("f", own, {x, w})) == bits, "%u threads", threads);
    onSmallStack([&] { CHECK(bitsOf(m.call("f", own, {x, w})) == bits, "%u threads, small stack", threads); });
  }

  // By hand: a workspace as large as the entry says, with nothing said of it; then with room for three threads.
  const dlc_entry &e = one.descriptor().entries[0];
  CHECK(e.scratch_bytes > 0, "the product needs no scratch memory");
  dlc_services services{};
  services.struct_size = sizeof(services);
  services.threads = 4;
  services.parallel_for = parallelFor;
  for (uint64_t further : {0, 2}) {
    uint64_t bytes = e.workspace_bytes + further * e.scratch_bytes, guard = 4096;
    std::unique_ptr<char[], void (*)(void *)> workspace(
        static_cast<char *>(std::aligned_alloc(64, (bytes + guard + 63) / 64 * 64)), std::free);
    std::memset(workspace.get(), 0x5a, bytes + guard);
    Tensor y(DType::F32, {600, 300});
    const void *inputs[] = {x.data(), w.data()};
    void *outputs[] = {y.data()};
    dlc_call call{};
    call.struct_size = sizeof(call);
    call.inputs = inputs, call.outputs = outputs, call.extents[0] = 1, call.services = &services;
    call.arenas[DLC_WORKSPACE] = workspace.get();
    call.workspace_bytes = further ? bytes : 0;
    std::memset(y.data(), 0, size_t(y.bytes()));
    CHECK(e.function(&call) == DLC_OK, "by hand");
    std::string own;
    append(own, y);
    CHECK(own == bits, "by hand, room for %d threads", int(further) + 1);
    CHECK(std::all_of(workspace.get() + bytes, workspace.get() + bytes + guard, [](char c) { return c == 0x5a; }),
          "written behind the workspace, with room for %d threads", int(further) + 1);
    call.struct_size -= 8;
    CHECK(e.function(&call) == DLC_BAD_STRUCT, "a struct that ends too early");
  }
}

int main(int count, char **arguments) {
  if (count != 3)
    return 2;
  softmaxes(arguments[1]);
  product(arguments[2]);
  return result("scratch");
}
