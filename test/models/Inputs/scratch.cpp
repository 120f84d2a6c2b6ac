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
template <class Fn> static void onSmallStack(Fn Function) {
  pthread_attr_t Attributes;
  pthread_attr_init(&Attributes);
  pthread_attr_setstacksize(&Attributes, 128 << 10);
  pthread_t Thread;
  CHECK(pthread_create(
            &Thread, &Attributes, [](void *F) -> void * { return (*static_cast<Fn *>(F))(), nullptr; }, &Function) == 0,
        "no thread");
  pthread_join(Thread, nullptr);
  pthread_attr_destroy(&Attributes);
}

/// 40 softmaxes of a row that is 0 but for log(3) at one place, times 0, 1/4, 2/4, ...
static void softmaxes(const char *Path) {
  constexpr int64_t Columns = 60000;
  auto M = Model::open(Path, {.Threads = 1});
  auto P = M.newParameters();
  Tensor X(DType::F32, {2, Columns});
  X.as<float>()[7] = X.as<float>()[Columns + 59999] = std::log(3.0f);
  double Rest = 0, There = 0;
  for (int I = 0; I < 40; ++I) {
    double E = std::pow(3.0, I / 4.0);
    Rest += 1 / (Columns - 1 + E), There += E / (Columns - 1 + E);
  }
  onSmallStack([&] {
    Results R = M.call("f", P, {X});
    auto Y = R["y"].as<float>();
    for (int64_t I = 0; I < 2 * Columns; ++I) {
      double Expected = I == 7 || I == Columns + 59999 ? There : Rest;
      CHECK(std::fabs(Y[size_t(I)] - Expected) < 1e-5 * Expected, "element %ld is %g, expected %g", long(I),
            double(Y[size_t(I)]), Expected);
      if (Failures > 5)
        return;
    }
  });
}

/// All units at once, each on a thread of its own.
static void parallelFor(void *, dlc_body Body, void *Context, int64_t Count, int64_t) {
  std::vector<std::thread> Threads;
  for (int64_t I = 0; I < Count; ++I)
    Threads.emplace_back(Body, Context, I, I + 1);
  for (std::thread &T : Threads)
    T.join();
}

static void product(const char *Path) {
  Tensor X = reals({600, 2000}, 1), W = reals({300, 2000}, 2);
  auto One = Model::open(Path, {.Threads = 1});
  auto P = One.newParameters();
  std::string Bits = bitsOf(One.call("f", P, {X, W}));
  double Sum = 0, Size = 0;
  for (size_t I = 0; I < 2000; ++I) {
    double Term = double(X.as<float>()[599 * 2000 + I]) * double(W.as<float>()[299 * 2000 + I]);
    Sum += Term, Size += std::fabs(Term);
  }
  float Last;
  std::memcpy(&Last, Bits.data() + Bits.size() - 4, 4);
  CHECK(std::fabs(double(Last) - Sum) < 1e-5 * Size, "found %g, expected %g", double(Last), Sum);
  for (unsigned Threads : {2u, 5u}) {
    auto M = Model::open(Path, {.Threads = Threads});
    auto Own = M.newParameters();
    CHECK(bitsOf(M.call("f", Own, {X, W})) == Bits, "%u threads", Threads);
    onSmallStack([&] { CHECK(bitsOf(M.call("f", Own, {X, W})) == Bits, "%u threads, small stack", Threads); });
  }

  // By hand: a workspace as large as the entry says, with nothing said of it; then with room for three threads.
  const dlc_entry &E = One.descriptor().entries[0];
  CHECK(E.scratch_bytes > 0, "the product needs no scratch memory");
  dlc_services Services{};
  Services.struct_size = sizeof(Services);
  Services.threads = 4;
  Services.parallel_for = parallelFor;
  for (uint64_t Further : {0, 2}) {
    uint64_t Bytes = E.workspace_bytes + Further * E.scratch_bytes, Guard = 4096;
    std::unique_ptr<char[], void (*)(void *)> Workspace(
        static_cast<char *>(std::aligned_alloc(64, (Bytes + Guard + 63) / 64 * 64)), std::free);
    std::memset(Workspace.get(), 0x5a, Bytes + Guard);
    Tensor Y(DType::F32, {600, 300});
    const void *Inputs[] = {X.data(), W.data()};
    void *Outputs[] = {Y.data()};
    dlc_call Call{};
    Call.struct_size = sizeof(Call);
    Call.inputs = Inputs, Call.outputs = Outputs, Call.extent = 1, Call.services = &Services;
    Call.arenas[DLC_WORKSPACE] = Workspace.get();
    Call.workspace_bytes = Further ? Bytes : 0;
    std::memset(Y.data(), 0, size_t(Y.bytes()));
    CHECK(E.function(&Call) == DLC_OK, "by hand");
    std::string Own;
    append(Own, Y);
    CHECK(Own == Bits, "by hand, room for %d threads", int(Further) + 1);
    CHECK(std::all_of(Workspace.get() + Bytes, Workspace.get() + Bytes + Guard, [](char C) { return C == 0x5a; }),
          "written behind the workspace, with room for %d threads", int(Further) + 1);
    Call.struct_size -= 8;
    CHECK(E.function(&Call) == DLC_BAD_STRUCT, "a struct that ends too early");
  }
}

int main(int Count, char **Arguments) {
  if (Count != 3)
    return 2;
  softmaxes(Arguments[1]);
  product(Arguments[2]);
  return result("scratch");
}
