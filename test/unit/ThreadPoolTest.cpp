// ThreadPoolTest.cpp - the thread pool.
// SPDX-License-Identifier: Apache-2.0
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
  std::vector<std::atomic<int>> seen;
  explicit Marks(size_t count) : seen(count) {}
  static void body(void *self, int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i)
      ++static_cast<Marks *>(self)->seen[static_cast<size_t>(i)];
  }
};
} // namespace

TEST(ThreadPool, EveryUnitRunsOnce) {
  for (unsigned threads : {1u, 2u, 3u, 8u}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (int64_t count : {0, 1, 7, 255, 256, 257, 10000})
      for (int64_t grain : {0, 1, 3, 100, 100000}) {
        Marks m(static_cast<size_t>(count));
        pool.parallelFor(Marks::body, &m, count, grain);
        for (auto &seen : m.seen)
          ASSERT_EQ(seen, 1) << threads << " threads, " << count << " by " << grain;
      }
  }
}

TEST(ThreadPool, ManyShortJobs) {
  ThreadPool pool(3);
  Marks m(64);
  for (int i = 0; i < 20000; ++i)
    pool.parallelFor(Marks::body, &m, 64, 16);
  for (auto &seen : m.seen)
    ASSERT_EQ(seen, 20000);
}

TEST(ThreadPool, JobsAfterTheWorkersSlept) {
  ThreadPool pool(4);
  Marks m(100);
  for (int i = 0; i < 50; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    pool.parallelFor(Marks::body, &m, 100, 1);
  }
  for (auto &seen : m.seen)
    ASSERT_EQ(seen, 50);
}

TEST(ThreadPool, PartsFollowFromCountAndGrain) {
  EXPECT_EQ(ThreadPool::partCount(100, 10), 10);
  EXPECT_EQ(ThreadPool::partCount(5, 10), 1);
  EXPECT_EQ(ThreadPool::partCount(1 << 30, 1), 256);
  using Bounds = std::vector<std::pair<int64_t, int64_t>>;
  auto boundsOf = [](unsigned threads) {
    struct Log {
      std::mutex lock;
      Bounds all;
    } l;
    ThreadPool pool(threads);
    pool.parallelFor(
        [](void *self, int64_t first, int64_t last) {
          auto *l = static_cast<Log *>(self);
          std::lock_guard<std::mutex> guard(l->lock);
          l->all.emplace_back(first, last);
        },
        &l, 1003, 17);
    std::sort(l.all.begin(), l.all.end());
    return l.all;
  };
  Bounds one = boundsOf(1);
  EXPECT_EQ(one.size(), 59u);
  EXPECT_EQ(one.back().second, 1003);
  for (auto [first, last] : one)
    EXPECT_GE(last - first, 17);
  for (unsigned threads : {2u, 3u, 8u})
    EXPECT_EQ(boundsOf(threads), one);
}

TEST(ThreadPool, WorkIsShared) {
  ThreadPool pool(2);
  for (int i = 0; i < 100 && pool.jobs() == 0; ++i)
    pool.parallelFor([](void *, int64_t, int64_t) { std::this_thread::sleep_for(std::chrono::milliseconds(1)); },
                     nullptr, 8, 1);
  EXPECT_GT(pool.jobs(), 0u);
}

TEST(ThreadPool, NestedCallsRunInline) {
  ThreadPool pool(3);
  struct Nest {
    ThreadPool &pool;
    Marks marks{400};
  } n{pool};
  pool.parallelFor(
      [](void *self, int64_t first, int64_t last) {
        auto *n = static_cast<Nest *>(self);
        struct Inner {
          Nest *nest;
          int64_t base;
        };
        for (int64_t i = first; i < last; ++i) {
          Inner in{n, i * 100};
          n->pool.parallelFor(
              [](void *self, int64_t first, int64_t last) {
                auto *in = static_cast<Inner *>(self);
                for (int64_t i = first; i < last; ++i)
                  ++in->nest->marks.seen[static_cast<size_t>(in->base + i)];
              },
              &in, 100, 10);
        }
      },
      &n, 4, 1);
  for (auto &seen : n.marks.seen)
    ASSERT_EQ(seen, 1);
}

TEST(ThreadPool, SeveralCallersAtOnce) {
  ThreadPool pool(3);
  Marks m(1000);
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&] {
      for (int i = 0; i < 500; ++i)
        pool.parallelFor(Marks::body, &m, 1000, 50);
    });
  for (auto &caller : callers)
    caller.join();
  for (auto &seen : m.seen)
    ASSERT_EQ(seen, 2000);
}

TEST(ThreadPool, IdleWorkersUseNoProcessor) {
  ThreadPool pool(8);
  Marks m(100);
  pool.parallelFor(Marks::body, &m, 100, 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  auto used = [] {
    rusage r;
    getrusage(RUSAGE_SELF, &r);
    return double(r.ru_utime.tv_sec + r.ru_stime.tv_sec) + 1e-6 * double(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
  };
  double before = used();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_LT(used() - before, 0.05);
}

TEST(ThreadPool, BodiesRunInTheModelsFloatEnvironment) {
  // Whatever the caller's is: rounding down, every exception a trap, one of them recorded.
  const unsigned before = _mm_getcsr(), host = 0x2000 | 0x01;
  for (unsigned threads : {1u, 3u}) {
    ThreadPool pool(threads);
    std::atomic<int> wrong{0};
    auto body = [](void *self, int64_t, int64_t) {
      if ((_mm_getcsr() & ~0x3fu) != 0x9fc0) // without the flags that record exceptions
        ++*static_cast<std::atomic<int> *>(self);
    };
    _mm_setcsr(host);
    pool.parallelFor(body, &wrong, 64, 1);
    unsigned after = _mm_getcsr();
    _mm_setcsr(before);
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(after, host);
  }
}

TEST(ThreadPool, ServicesCallThePool) {
  ThreadPool pool(2);
  const dlc_services *s = pool.services();
  EXPECT_EQ(s->struct_size, sizeof(dlc_services));
  EXPECT_EQ(s->threads, 2u);
  Marks m(50);
  s->parallel_for(s->pool, Marks::body, &m, 50, 5);
  for (auto &seen : m.seen)
    ASSERT_EQ(seen, 1);
}

TEST(ThreadPool, EnvironmentSetsTheDefault) {
  setenv("DLC_THREADS", "3", 1);
  EXPECT_EQ(ThreadPool::defaultThreads(), 3u);
  setenv("DLC_THREADS", "many", 1);
  unsigned usual = ThreadPool::defaultThreads();
  unsetenv("DLC_THREADS");
  EXPECT_EQ(usual, ThreadPool::defaultThreads());
  EXPECT_GE(usual, 1u);
}

TEST(ThreadPool, DefaultFollowsTheAffinityMask) {
  cpu_set_t old, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof(old), &old), 0);
  CPU_ZERO(&one);
  for (int i = 0; i < CPU_SETSIZE; ++i)
    if (CPU_ISSET(i, &old)) {
      CPU_SET(i, &one);
      break;
    }
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  unsigned threads = ThreadPool::defaultThreads();
  sched_setaffinity(0, sizeof(old), &old);
  EXPECT_EQ(threads, 1u);
}

TEST(ThreadPool, AForkedChildWorksAlone) {
  auto pool = ThreadPool::shared();
  pid_t child = fork();
  if (child == 0) {
    Marks m(1000);
    pool->parallelFor(Marks::body, &m, 1000, 10);
    _exit(m.seen[999] == 1 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}
