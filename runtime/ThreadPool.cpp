// ThreadPool.cpp - the threads that kernels share.
// SPDX-License-Identifier: Apache-2.0
//
// One job at a time. A job is open while its caller works on it; a worker enters (counts itself active),
// looks whether a job is open, takes parts until none is left, and leaves. The caller closes the job when the
// parts are used up and waits for the active count to reach zero. Entering and closing are sequentially
// consistent: either the worker sees that the job is closed, or the caller sees that the worker is active, so
// that the job's fields are never written while a worker may read them.
#include "runtime/ThreadPool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xmmintrin.h>

namespace dlc {

/// MXCSR: flush to zero, denormals are zero, all exceptions masked. The same as in compiled entry points.
static constexpr unsigned modelMode = 0x9fc0;
static constexpr int64_t mostParts = 256;
static constexpr unsigned mostThreads = 1024;

FloatEnvironment::FloatEnvironment() noexcept : saved(_mm_getcsr()) { _mm_setcsr(modelMode); }
FloatEnvironment::~FloatEnvironment() { _mm_setcsr(saved); }

static void futexWait(std::atomic<uint32_t> &word, uint32_t expected) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
}
static void futexWake(std::atomic<uint32_t> &word, int count) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

struct ThreadPool::Impl {
  dlc_services services{};
  unsigned threads = 1;
  /// How long a thread looks at a word before it sleeps on it; not at all where threads outnumber processors.
  std::chrono::microseconds patience{0};
  std::vector<std::thread> workers;

  // The job: written only while it is closed and no worker is active.
  dlc_body body = nullptr;
  void *context = nullptr;
  int64_t count = 0, parts = 0;

  alignas(64) std::atomic<int64_t> next{0};
  alignas(64) std::atomic<uint32_t> active{0};
  std::atomic<uint32_t> callerWaits{0};
  std::atomic<bool> joined{false}; ///< a worker took a part of this job
  std::atomic<uint64_t> jobs{0};
  alignas(64) std::atomic<uint32_t> epoch{0}; ///< counts jobs: what idle workers watch
  std::atomic<uint32_t> sleepers{0};
  std::atomic<bool> open{false}, stop{false};
  std::atomic_flag busy = ATOMIC_FLAG_INIT;

  static void runPart(dlc_body body, void *context, int64_t count, int64_t parts, int64_t part) {
    int64_t size = count / parts, larger = count % parts;
    int64_t first = part * size + std::min(part, larger);
    body(context, first, first + size + (part < larger));
  }

  /// Takes parts until none is left; how many it took.
  int64_t takeParts() {
    int64_t taken = 0;
    for (int64_t part; (part = next.fetch_add(1, std::memory_order_relaxed)) < parts; ++taken)
      runPart(body, context, count, parts, part);
    return taken;
  }

  /// Looks until that holds, `times` as long as a thread has patience; whether it does.
  template <class Condition> bool look(int times, Condition holds) const {
    if (holds())
      return true;
    if (patience.count() == 0)
      return false;
    for (auto end = std::chrono::steady_clock::now() + times * patience; std::chrono::steady_clock::now() < end;)
      for (int i = 0; i < 16; ++i) {
        _mm_pause();
        if (holds())
          return true;
      }
    return false;
  }

  void work() {
    FloatEnvironment mode;
    uint32_t seen = 0;
    while (true) {
      look(1, [&] { return epoch.load(std::memory_order_acquire) != seen; });
      if (epoch.load(std::memory_order_seq_cst) == seen) {
        sleepers.fetch_add(1, std::memory_order_seq_cst);
        futexWait(epoch, seen);
        sleepers.fetch_sub(1, std::memory_order_relaxed);
      }
      seen = epoch.load(std::memory_order_seq_cst);
      if (stop.load(std::memory_order_acquire))
        return;
      active.fetch_add(1, std::memory_order_seq_cst);
      if (open.load(std::memory_order_seq_cst) && takeParts() > 0)
        joined.store(true, std::memory_order_relaxed);
      if (active.fetch_sub(1, std::memory_order_seq_cst) == 1 && callerWaits.load(std::memory_order_seq_cst))
        futexWake(active, 1);
    }
  }

  void waitForWorkers() {
    if (look(4, [&] { return active.load(std::memory_order_acquire) == 0; }))
      return;
    callerWaits.store(1, std::memory_order_seq_cst);
    while (uint32_t left = active.load(std::memory_order_seq_cst))
      futexWait(active, left);
    callerWaits.store(0, std::memory_order_relaxed);
  }
};

//===--- How many threads ------------------------------------------------------------------------------===//

/// The quota of one control group in processors; 0 if it has none.
static double quotaOf(const std::string &directory) {
  std::FILE *file = std::fopen((directory + "/cpu.max").c_str(), "re");
  if (!file)
    return 0;
  char quota[32] = "";
  double period = 0;
  int found = std::fscanf(file, "%31s %lf", quota, &period);
  std::fclose(file);
  double amount = std::strtod(quota, nullptr); // "max" reads as 0
  return found == 2 && period > 0 && amount > 0 ? amount / period : 0;
}

/// The least quota from this process's group up to the root, in processors; 0 if there is none.
static double cgroupQuota() {
  std::string group = "/";
  if (std::FILE *file = std::fopen("/proc/self/cgroup", "re")) {
    char line[4096];
    while (std::fgets(line, sizeof(line), file))
      if (std::strncmp(line, "0::", 3) == 0) {
        group = line + 3;
        while (!group.empty() && group.back() == '\n')
          group.pop_back();
      }
    std::fclose(file);
  }
  double least = 0;
  while (true) {
    double quota = quotaOf("/sys/fs/cgroup" + group);
    if (quota > 0 && (least == 0 || quota < least))
      least = quota;
    if (group.size() <= 1)
      return least;
    size_t slash = group.rfind('/');
    group.resize(slash == std::string::npos || slash == 0 ? 1 : slash);
  }
}

static unsigned countProcessors() {
  unsigned count = 0;
  // The kernel refuses a set smaller than its own: try larger ones.
  for (int processors = 1024; processors <= 1 << 16 && !count; processors *= 4) {
    cpu_set_t *set = CPU_ALLOC(processors);
    size_t bytes = CPU_ALLOC_SIZE(processors);
    if (set && sched_getaffinity(0, bytes, set) == 0)
      count = static_cast<unsigned>(CPU_COUNT_S(bytes, set));
    CPU_FREE(set);
  }
  if (!count)
    count = std::max(1u, std::thread::hardware_concurrency());
  if (double quota = cgroupQuota(); quota > 0)
    count = std::min(count, std::max(1u, static_cast<unsigned>(std::ceil(std::min(quota, 65536.0)))));
  return count;
}

//===--- The pool --------------------------------------------------------------------------------------===//

static void poolParallelFor(void *pool, dlc_body body, void *context, int64_t count, int64_t grain) {
  static_cast<ThreadPool *>(pool)->parallelFor(body, context, count, grain);
}

ThreadPool::ThreadPool(unsigned threads) : impl(std::make_unique<Impl>()) {
  impl->threads = std::min(threads ? threads : defaultThreads(), mostThreads);
  // Longer than the gap between most kernels of a call that are shared, shorter than anyone notices: to wake a thread takes
  // tens of microseconds.
  if (impl->threads <= countProcessors())
    impl->patience = std::chrono::microseconds(100);
  try {
    for (unsigned n = 1; n < impl->threads; ++n)
      impl->workers.emplace_back([pool = impl.get()] { pool->work(); });
  } catch (const std::exception &) {
    // The system has no more threads to give: go on with those that started.
    impl->threads = 1 + static_cast<unsigned>(impl->workers.size());
  }
  impl->services.struct_size = sizeof(dlc_services);
  impl->services.threads = impl->threads;
  impl->services.pool = this;
  impl->services.parallel_for = poolParallelFor;
}

ThreadPool::~ThreadPool() {
  impl->stop.store(true, std::memory_order_release);
  impl->epoch.fetch_add(1, std::memory_order_seq_cst);
  futexWake(impl->epoch, INT32_MAX);
  for (std::thread &worker : impl->workers)
    worker.join();
}

unsigned ThreadPool::threads() const { return impl->threads; }
const dlc_services *ThreadPool::services() const { return &impl->services; }

int64_t ThreadPool::partCount(int64_t count, int64_t grain) {
  return std::clamp<int64_t>(count / std::max<int64_t>(grain, 1), 1, mostParts);
}

void ThreadPool::parallelFor(dlc_body body, void *context, int64_t count, int64_t grain) noexcept {
  if (count <= 0)
    return;
  FloatEnvironment mode;
  int64_t parts = partCount(count, grain);
  if (parts == 1 || impl->threads == 1 || impl->busy.test_and_set(std::memory_order_acquire)) {
    for (int64_t part = 0; part < parts; ++part)
      Impl::runPart(body, context, count, parts, part);
    return;
  }
  impl->body = body;
  impl->context = context;
  impl->count = count;
  impl->parts = parts;
  impl->next.store(0, std::memory_order_relaxed);
  impl->open.store(true, std::memory_order_seq_cst);
  impl->epoch.fetch_add(1, std::memory_order_seq_cst);
  if (impl->sleepers.load(std::memory_order_seq_cst))
    futexWake(impl->epoch, static_cast<int>(std::min<int64_t>(parts - 1, impl->threads - 1)));
  impl->takeParts();
  impl->open.store(false, std::memory_order_seq_cst);
  impl->waitForWorkers();
  if (impl->joined.exchange(false, std::memory_order_relaxed))
    impl->jobs.fetch_add(1, std::memory_order_relaxed);
  impl->busy.clear(std::memory_order_release);
}

unsigned ThreadPool::defaultThreads() {
  if (const char *wish = std::getenv("DLC_THREADS")) {
    char *end = nullptr;
    long value = std::strtol(wish, &end, 10);
    if (end != wish && *end == 0 && value >= 1)
      return static_cast<unsigned>(std::min<long>(value, mostThreads));
  }
  return countProcessors();
}

std::shared_ptr<ThreadPool> ThreadPool::shared() {
  // Never destroyed: at exit its workers sleep, and joining them would hang in a forked child.
  static auto *pool = new std::shared_ptr<ThreadPool>(std::make_shared<ThreadPool>());
  return *pool;
}

uint64_t ThreadPool::jobs() const { return impl->jobs.load(std::memory_order_relaxed); }

} // namespace dlc
