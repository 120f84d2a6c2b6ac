//===- ThreadPool.cpp - the threads that kernels share -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// One job at a time. A job is open while its caller works on it; a worker enters (counts itself active),
// looks whether a job is open, takes parts until none is left, and leaves. The caller closes the job when the
// parts are used up and waits for the active count to reach zero. Entering and closing are sequentially
// consistent: either the worker sees that the job is closed, or the caller sees that the worker is active, so
// that the job's fields are never written while a worker may read them.
//
//===----------------------------------------------------------------------===//
#include "runtime/ThreadPool.h"

#include <algorithm>
#include <atomic>
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
static constexpr unsigned ModelMode = 0x9fc0;
static constexpr int64_t MostParts = 256;
static constexpr unsigned MostThreads = 1024;

FloatEnvironment::FloatEnvironment() noexcept : Saved(_mm_getcsr()) { _mm_setcsr(ModelMode); }
FloatEnvironment::~FloatEnvironment() { _mm_setcsr(Saved); }

static void futexWait(std::atomic<uint32_t> &Word, uint32_t Expected) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&Word), FUTEX_WAIT_PRIVATE, Expected, nullptr, nullptr, 0);
}
static void futexWake(std::atomic<uint32_t> &Word, int Count) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&Word), FUTEX_WAKE_PRIVATE, Count, nullptr, nullptr, 0);
}

struct ThreadPool::Impl {
  dlc_services Services{};
  unsigned Threads = 1;
  int Spins = 0; ///< looks at a word before sleeping on it; none where threads outnumber processors
  std::vector<std::thread> Workers;

  // The job: written only while it is closed and no worker is active.
  dlc_body Body = nullptr;
  void *Context = nullptr;
  int64_t Count = 0, Parts = 0;

  alignas(64) std::atomic<int64_t> Next{0};
  alignas(64) std::atomic<uint32_t> Active{0};
  std::atomic<uint32_t> CallerWaits{0};
  std::atomic<bool> Joined{false}; ///< a worker took a part of this job
  std::atomic<uint64_t> Jobs{0};
  alignas(64) std::atomic<uint32_t> Epoch{0}; ///< counts jobs: what idle workers watch
  std::atomic<uint32_t> Sleepers{0};
  std::atomic<bool> Open{false}, Stop{false};
  std::atomic_flag Busy = ATOMIC_FLAG_INIT;

  static void runPart(dlc_body Body, void *Context, int64_t Count, int64_t Parts, int64_t Part) {
    int64_t Size = Count / Parts, Larger = Count % Parts;
    int64_t First = Part * Size + std::min(Part, Larger);
    Body(Context, First, First + Size + (Part < Larger));
  }

  /// Takes parts until none is left; how many it took.
  int64_t takeParts() {
    int64_t Taken = 0;
    for (int64_t Part; (Part = Next.fetch_add(1, std::memory_order_relaxed)) < Parts; ++Taken)
      runPart(Body, Context, Count, Parts, Part);
    return Taken;
  }

  void work() {
    FloatEnvironment Mode;
    uint32_t Seen = 0;
    while (true) {
      for (int I = 0; I < Spins && Epoch.load(std::memory_order_acquire) == Seen; ++I)
        _mm_pause();
      if (Epoch.load(std::memory_order_seq_cst) == Seen) {
        Sleepers.fetch_add(1, std::memory_order_seq_cst);
        futexWait(Epoch, Seen);
        Sleepers.fetch_sub(1, std::memory_order_relaxed);
      }
      Seen = Epoch.load(std::memory_order_seq_cst);
      if (Stop.load(std::memory_order_acquire))
        return;
      Active.fetch_add(1, std::memory_order_seq_cst);
      if (Open.load(std::memory_order_seq_cst) && takeParts() > 0)
        Joined.store(true, std::memory_order_relaxed);
      if (Active.fetch_sub(1, std::memory_order_seq_cst) == 1 && CallerWaits.load(std::memory_order_seq_cst))
        futexWake(Active, 1);
    }
  }

  void waitForWorkers() {
    for (int I = 0; I < Spins * 4; ++I) {
      if (Active.load(std::memory_order_acquire) == 0)
        return;
      _mm_pause();
    }
    CallerWaits.store(1, std::memory_order_seq_cst);
    while (uint32_t Left = Active.load(std::memory_order_seq_cst))
      futexWait(Active, Left);
    CallerWaits.store(0, std::memory_order_relaxed);
  }
};

//===----------------------------------------------------------------------===//
// How many threads
//===----------------------------------------------------------------------===//

/// The quota of one control group in processors; 0 if it has none.
static double quotaOf(const std::string &Directory) {
  std::FILE *File = std::fopen((Directory + "/cpu.max").c_str(), "re");
  if (!File)
    return 0;
  char Quota[32] = "";
  double Period = 0;
  int Found = std::fscanf(File, "%31s %lf", Quota, &Period);
  std::fclose(File);
  double Amount = std::strtod(Quota, nullptr); // "max" reads as 0
  return Found == 2 && Period > 0 && Amount > 0 ? Amount / Period : 0;
}

/// The least quota from this process's group up to the root, in processors; 0 if there is none.
static double cgroupQuota() {
  std::string Group = "/";
  if (std::FILE *File = std::fopen("/proc/self/cgroup", "re")) {
    char Line[4096];
    while (std::fgets(Line, sizeof(Line), File))
      if (std::strncmp(Line, "0::", 3) == 0) {
        Group = Line + 3;
        while (!Group.empty() && Group.back() == '\n')
          Group.pop_back();
      }
    std::fclose(File);
  }
  double Least = 0;
  while (true) {
    double Quota = quotaOf("/sys/fs/cgroup" + Group);
    if (Quota > 0 && (Least == 0 || Quota < Least))
      Least = Quota;
    if (Group.size() <= 1)
      return Least;
    size_t Slash = Group.rfind('/');
    Group.resize(Slash == std::string::npos || Slash == 0 ? 1 : Slash);
  }
}

static unsigned countProcessors() {
  unsigned Count = 0;
  // The kernel refuses a set smaller than its own: try larger ones.
  for (int Processors = 1024; Processors <= 1 << 16 && !Count; Processors *= 4) {
    cpu_set_t *Set = CPU_ALLOC(Processors);
    size_t Bytes = CPU_ALLOC_SIZE(Processors);
    if (Set && sched_getaffinity(0, Bytes, Set) == 0)
      Count = static_cast<unsigned>(CPU_COUNT_S(Bytes, Set));
    CPU_FREE(Set);
  }
  if (!Count)
    Count = std::max(1u, std::thread::hardware_concurrency());
  if (double Quota = cgroupQuota(); Quota > 0)
    Count = std::min(Count, std::max(1u, static_cast<unsigned>(std::ceil(std::min(Quota, 65536.0)))));
  return Count;
}

//===----------------------------------------------------------------------===//
// The pool
//===----------------------------------------------------------------------===//

static void poolParallelFor(void *Pool, dlc_body Body, void *Context, int64_t Count, int64_t Grain) {
  static_cast<ThreadPool *>(Pool)->parallelFor(Body, Context, Count, Grain);
}

ThreadPool::ThreadPool(unsigned Threads) : I(std::make_unique<Impl>()) {
  I->Threads = std::min(Threads ? Threads : defaultThreads(), MostThreads);
  // About 20 microseconds: longer than the gap between two kernels of a step, shorter than anyone notices.
  I->Spins = I->Threads <= countProcessors() ? 500 : 0;
  try {
    for (unsigned N = 1; N < I->Threads; ++N)
      I->Workers.emplace_back([Pool = I.get()] { Pool->work(); });
  } catch (const std::exception &) {
    // The system has no more threads to give: go on with those that started.
    I->Threads = 1 + static_cast<unsigned>(I->Workers.size());
  }
  I->Services.struct_size = sizeof(dlc_services);
  I->Services.threads = I->Threads;
  I->Services.pool = this;
  I->Services.parallel_for = poolParallelFor;
}

ThreadPool::~ThreadPool() {
  I->Stop.store(true, std::memory_order_release);
  I->Epoch.fetch_add(1, std::memory_order_seq_cst);
  futexWake(I->Epoch, INT32_MAX);
  for (std::thread &Worker : I->Workers)
    Worker.join();
}

unsigned ThreadPool::threads() const { return I->Threads; }
const dlc_services *ThreadPool::services() const { return &I->Services; }

int64_t ThreadPool::partCount(int64_t Count, int64_t Grain) {
  return std::clamp<int64_t>(Count / std::max<int64_t>(Grain, 1), 1, MostParts);
}

void ThreadPool::parallelFor(dlc_body Body, void *Context, int64_t Count, int64_t Grain) noexcept {
  if (Count <= 0)
    return;
  FloatEnvironment Mode;
  int64_t Parts = partCount(Count, Grain);
  if (Parts == 1 || I->Threads == 1 || I->Busy.test_and_set(std::memory_order_acquire)) {
    for (int64_t Part = 0; Part < Parts; ++Part)
      Impl::runPart(Body, Context, Count, Parts, Part);
    return;
  }
  I->Body = Body;
  I->Context = Context;
  I->Count = Count;
  I->Parts = Parts;
  I->Next.store(0, std::memory_order_relaxed);
  I->Open.store(true, std::memory_order_seq_cst);
  I->Epoch.fetch_add(1, std::memory_order_seq_cst);
  if (I->Sleepers.load(std::memory_order_seq_cst))
    futexWake(I->Epoch, static_cast<int>(std::min<int64_t>(Parts - 1, I->Threads - 1)));
  I->takeParts();
  I->Open.store(false, std::memory_order_seq_cst);
  I->waitForWorkers();
  if (I->Joined.exchange(false, std::memory_order_relaxed))
    I->Jobs.fetch_add(1, std::memory_order_relaxed);
  I->Busy.clear(std::memory_order_release);
}

unsigned ThreadPool::defaultThreads() {
  if (const char *Wish = std::getenv("DLC_THREADS")) {
    char *End = nullptr;
    long Value = std::strtol(Wish, &End, 10);
    if (End != Wish && *End == 0 && Value >= 1)
      return static_cast<unsigned>(std::min<long>(Value, MostThreads));
  }
  return countProcessors();
}

std::shared_ptr<ThreadPool> ThreadPool::shared() {
  // Never destroyed: at exit its workers sleep, and joining them would hang in a forked child.
  static auto *Pool = new std::shared_ptr<ThreadPool>(std::make_shared<ThreadPool>());
  return *Pool;
}

uint64_t ThreadPool::jobs() const { return I->Jobs.load(std::memory_order_relaxed); }

} // namespace dlc
