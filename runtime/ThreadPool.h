// ThreadPool.h - the threads that kernels share.
// SPDX-License-Identifier: Apache-2.0
//
// A small pool behind dlc_services::parallel_for. Workers spin for a few microseconds after a job and then
// sleep, so that an idle program uses no processor. How work is cut depends on count and grain alone, never
// on the number of threads; a kernel whose parts are independent thus gives the same bits for any number.
#ifndef DLC_RUNTIME_THREADPOOL_H
#define DLC_RUNTIME_THREADPOOL_H

#include "runtime/Export.h"
#include "runtime/abi.h"

#include <cstdint>
#include <memory>

namespace dlc {

class DLC_API ThreadPool {
public:
  /// `threads` run a body at once, the calling thread included; 0: defaultThreads(). One thread starts none.
  explicit ThreadPool(unsigned threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  unsigned threads() const;

  /// Runs `body` over [0, count) in parts of at least `grain` units and returns when all are done. Allocates
  /// nothing. Bodies run in the FloatEnvironment, and the caller's own is back on return. Where the
  /// pool is busy with another caller's job, or called from inside a body, the caller runs all parts itself.
  /// A body must not throw.
  void parallelFor(dlc_body body, void *context, int64_t count, int64_t grain) noexcept;

  /// How many parts a range is cut into: min(Count / Grain, 256), at least 1. Their sizes differ by at most
  /// one, the larger ones first.
  static int64_t partCount(int64_t count, int64_t grain);

  /// How many jobs ran on more than one thread since the pool was made: for tests that must know.
  uint64_t jobs() const;

  /// The table to put into dlc_call::services. Valid as long as the pool.
  const dlc_services *services() const;

  /// Processors that this process may use: the least of its affinity mask and of the cgroup's CPU quota
  /// (rounded up), at least 1. The environment variable DLC_THREADS overrides it.
  static unsigned defaultThreads();

  /// One pool of defaultThreads() for the process, made when first asked for.
  static std::shared_ptr<ThreadPool> shared();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

/// While it lives, the current thread computes in the floating-point environment of compiled models: to nearest,
/// denormals are zero, exceptions neither trap nor are recorded. The thread's own comes back after that.
class DLC_API FloatEnvironment {
public:
  FloatEnvironment() noexcept;
  ~FloatEnvironment();
  FloatEnvironment(const FloatEnvironment &) = delete;
  FloatEnvironment &operator=(const FloatEnvironment &) = delete;

private:
  unsigned saved;
};

} // namespace dlc

#endif // DLC_RUNTIME_THREADPOOL_H
