//===- ThreadPoolTest.cpp - the thread pool -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "runtime/ThreadPool.h"
#include "Support.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <thread>

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xmmintrin.h>

using namespace dlc;

namespace {
struct Marks {
  std::vector<std::atomic<int>> Seen;
  explicit Marks(size_t Count) : Seen(Count) {}
  static void body(void *Self, int64_t First, int64_t Last) {
    for (int64_t I = First; I < Last; ++I)
      ++static_cast<Marks *>(Self)->Seen[static_cast<size_t>(I)];
  }
};
} // namespace

TEST(ThreadPool, EveryUnitRunsOnce) {
  for (unsigned Threads : {1u, 2u, 3u, 8u}) {
    ThreadPool Pool(Threads);
    EXPECT_EQ(Pool.threads(), Threads);
    for (int64_t Count : {0, 1, 7, 255, 256, 257, 10000})
      for (int64_t Grain : {0, 1, 3, 100, 100000}) {
        Marks M(static_cast<size_t>(Count));
        Pool.parallelFor(Marks::body, &M, Count, Grain);
        for (auto &Seen : M.Seen)
          ASSERT_EQ(Seen, 1) << Threads << " threads, " << Count << " by " << Grain;
      }
  }
}

TEST(ThreadPool, ManyShortJobs) {
  ThreadPool Pool(3);
  Marks M(64);
  for (int I = 0; I < 20000; ++I)
    Pool.parallelFor(Marks::body, &M, 64, 16);
  for (auto &Seen : M.Seen)
    ASSERT_EQ(Seen, 20000);
}

TEST(ThreadPool, JobsAfterTheWorkersSlept) {
  ThreadPool Pool(4);
  Marks M(100);
  for (int I = 0; I < 50; ++I) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    Pool.parallelFor(Marks::body, &M, 100, 1);
  }
  for (auto &Seen : M.Seen)
    ASSERT_EQ(Seen, 50);
}

TEST(ThreadPool, PartsFollowFromCountAndGrain) {
  EXPECT_EQ(ThreadPool::partCount(100, 10), 10);
  EXPECT_EQ(ThreadPool::partCount(5, 10), 1);
  EXPECT_EQ(ThreadPool::partCount(1 << 30, 1), 256);
  using Bounds = std::vector<std::pair<int64_t, int64_t>>;
  auto BoundsOf = [](unsigned Threads) {
    struct Log {
      std::mutex Lock;
      Bounds All;
    } L;
    ThreadPool Pool(Threads);
    Pool.parallelFor(
        [](void *Self, int64_t First, int64_t Last) {
          auto *L = static_cast<Log *>(Self);
          std::lock_guard<std::mutex> Guard(L->Lock);
          L->All.emplace_back(First, Last);
        },
        &L, 1003, 17);
    std::sort(L.All.begin(), L.All.end());
    return L.All;
  };
  Bounds One = BoundsOf(1);
  EXPECT_EQ(One.size(), 59u);
  EXPECT_EQ(One.back().second, 1003);
  for (auto [First, Last] : One)
    EXPECT_GE(Last - First, 17);
  for (unsigned Threads : {2u, 3u, 8u})
    EXPECT_EQ(BoundsOf(Threads), One);
}

TEST(ThreadPool, WorkIsShared) {
  ThreadPool Pool(2);
  for (int I = 0; I < 100 && Pool.jobs() == 0; ++I)
    Pool.parallelFor([](void *, int64_t, int64_t) { std::this_thread::sleep_for(std::chrono::milliseconds(1)); },
                     nullptr, 8, 1);
  EXPECT_GT(Pool.jobs(), 0u);
}

TEST(ThreadPool, NestedCallsRunInline) {
  ThreadPool Pool(3);
  struct Nest {
    ThreadPool &Pool;
    Marks M{400};
  } N{Pool};
  Pool.parallelFor(
      [](void *Self, int64_t First, int64_t Last) {
        auto *N = static_cast<Nest *>(Self);
        struct Inner {
          Nest *N;
          int64_t Base;
        };
        for (int64_t I = First; I < Last; ++I) {
          Inner In{N, I * 100};
          N->Pool.parallelFor(
              [](void *Self, int64_t First, int64_t Last) {
                auto *In = static_cast<Inner *>(Self);
                for (int64_t I = First; I < Last; ++I)
                  ++In->N->M.Seen[static_cast<size_t>(In->Base + I)];
              },
              &In, 100, 10);
        }
      },
      &N, 4, 1);
  for (auto &Seen : N.M.Seen)
    ASSERT_EQ(Seen, 1);
}

TEST(ThreadPool, SeveralCallersAtOnce) {
  ThreadPool Pool(3);
  Marks M(1000);
  std::vector<std::thread> Callers;
  for (int T = 0; T < 4; ++T)
    Callers.emplace_back([&] {
      for (int I = 0; I < 500; ++I)
        Pool.parallelFor(Marks::body, &M, 1000, 50);
    });
  for (auto &Caller : Callers)
    Caller.join();
  for (auto &Seen : M.Seen)
    ASSERT_EQ(Seen, 2000);
}

TEST(ThreadPool, IdleWorkersUseNoProcessor) {
  ThreadPool Pool(8);
  Marks M(100);
  Pool.parallelFor(Marks::body, &M, 100, 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  auto Used = [] {
    rusage R;
    getrusage(RUSAGE_SELF, &R);
    return double(R.ru_utime.tv_sec + R.ru_stime.tv_sec) + 1e-6 * double(R.ru_utime.tv_usec + R.ru_stime.tv_usec);
  };
  double Before = Used();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_LT(Used() - Before, 0.05);
}

TEST(ThreadPool, BodiesRunInTheModelsFloatEnvironment) {
  // Whatever the caller's is: rounding down, every exception a trap, one of them recorded.
  const unsigned Before = _mm_getcsr(), Host = 0x2000 | 0x01;
  for (unsigned Threads : {1u, 3u}) {
    ThreadPool Pool(Threads);
    std::atomic<int> Wrong{0};
    auto Body = [](void *Self, int64_t, int64_t) {
      if ((_mm_getcsr() & ~0x3fu) != 0x9fc0) // without the flags that record exceptions
        ++*static_cast<std::atomic<int> *>(Self);
    };
    _mm_setcsr(Host);
    Pool.parallelFor(Body, &Wrong, 64, 1);
    unsigned After = _mm_getcsr();
    _mm_setcsr(Before);
    EXPECT_EQ(Wrong, 0);
    EXPECT_EQ(After, Host);
  }
}

TEST(ThreadPool, ServicesCallThePool) {
  ThreadPool Pool(2);
  const dlc_services *S = Pool.services();
  EXPECT_EQ(S->struct_size, sizeof(dlc_services));
  EXPECT_EQ(S->threads, 2u);
  Marks M(50);
  S->parallel_for(S->pool, Marks::body, &M, 50, 5);
  for (auto &Seen : M.Seen)
    ASSERT_EQ(Seen, 1);
}

TEST(ThreadPool, EnvironmentSetsTheDefault) {
  setenv("DLC_THREADS", "3", 1);
  EXPECT_EQ(ThreadPool::defaultThreads(), 3u);
  setenv("DLC_THREADS", "many", 1);
  unsigned Default = ThreadPool::defaultThreads();
  unsetenv("DLC_THREADS");
  EXPECT_EQ(Default, ThreadPool::defaultThreads());
  EXPECT_GE(Default, 1u);
}

TEST(ThreadPool, DefaultFollowsTheAffinityMask) {
  cpu_set_t Old, One;
  ASSERT_EQ(sched_getaffinity(0, sizeof(Old), &Old), 0);
  CPU_ZERO(&One);
  for (int I = 0; I < CPU_SETSIZE; ++I)
    if (CPU_ISSET(I, &Old)) {
      CPU_SET(I, &One);
      break;
    }
  ASSERT_EQ(sched_setaffinity(0, sizeof(One), &One), 0);
  unsigned Threads = ThreadPool::defaultThreads();
  sched_setaffinity(0, sizeof(Old), &Old);
  EXPECT_EQ(Threads, 1u);
}

TEST(ThreadPool, AForkedChildWorksAlone) {
  auto Pool = ThreadPool::shared();
  pid_t Child = fork();
  if (Child == 0) {
    Marks M(1000);
    Pool->parallelFor(Marks::body, &M, 1000, 10);
    _exit(M.Seen[999] == 1 ? 0 : 1);
  }
  int Status = 0;
  ASSERT_EQ(waitpid(Child, &Status, 0), Child);
  EXPECT_EQ(Status, 0);
}
