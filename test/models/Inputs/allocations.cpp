// allocations.cpp - a prepared call asks for no memory, on any thread.
// SPDX-License-Identifier: Apache-2.0
//
//   allocations MODEL.so
//
// Replaces the C library's ways to get memory by versions that count, over glibc's own, for the program and for all
// libraries that it loads.
#include "Program.h"

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

static std::atomic<bool> counting{false};
static std::atomic<int> allocations{0};
static void count() {
  if (counting.load(std::memory_order_relaxed))
    allocations.fetch_add(1, std::memory_order_relaxed);
}

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

void *malloc(size_t bytes) {
  count();
  return __libc_malloc(bytes);
}
void *calloc(size_t many, size_t bytes) {
  count();
  return __libc_calloc(many, bytes);
}
void *realloc(void *old, size_t bytes) {
  count();
  return __libc_realloc(old, bytes);
}
void *reallocarray(void *old, size_t many, size_t bytes) {
  count();
  return __libc_realloc(old, many * bytes);
}
void free(void *old) {
  if (old)
    count(); // giving memory back takes time as well
  __libc_free(old);
}
void *memalign(size_t alignment, size_t bytes) {
  count();
  return __libc_memalign(alignment, bytes);
}
void *aligned_alloc(size_t alignment, size_t bytes) {
  count();
  return __libc_memalign(alignment, bytes);
}
void *valloc(size_t bytes) {
  count();
  return __libc_memalign(4096, bytes);
}
int posix_memalign(void **result, size_t alignment, size_t bytes) {
  count();
  *result = __libc_memalign(alignment, bytes);
  return *result ? 0 : ENOMEM;
}
void *mmap(void *where, size_t bytes, int protection, int flags, int file, off_t offset) noexcept {
  count();
  return reinterpret_cast<void *>(syscall(SYS_mmap, where, bytes, protection, flags, file, offset));
}
void *mmap64(void *where, size_t bytes, int protection, int flags, int file, off64_t offset) noexcept {
  count();
  return reinterpret_cast<void *>(syscall(SYS_mmap, where, bytes, protection, flags, file, offset));
}
void *mremap(void *old, size_t oldBytes, size_t bytes, int flags, ...) noexcept {
  count();
  va_list rest;
  va_start(rest, flags);
  void *where = flags & MREMAP_FIXED ? va_arg(rest, void *) : nullptr;
  va_end(rest);
  return reinterpret_cast<void *>(syscall(SYS_mremap, old, oldBytes, bytes, flags, where));
}
int munmap(void *where, size_t bytes) noexcept {
  count();
  return int(syscall(SYS_munmap, where, bytes));
}
int brk(void *) noexcept {
  count();
  errno = ENOMEM;
  return -1;
}
void *sbrk(intptr_t) noexcept {
  count();
  errno = ENOMEM;
  return reinterpret_cast<void *>(-1);
}
}

int main(int, char **arguments) try {
  // The count works, on another thread too.
  counting = true;
  std::thread([] {
    void *volatile some = std::malloc(10);
    std::free(some);
  }).join();
  counting = false;
  CHECK(allocations >= 2, "only %d counted", allocations.load());

  for (unsigned threads : {1u, 3u}) {
    dlc::ModelOptions options;
    options.threads = threads;
    dlc::Model m = dlc::Model::open(arguments[1], options);
    dlc::Parameters p = m.newParameters(1);
    dlc::Training t = m.newTraining(p);
    const int64_t rows = m.entry("step").capacity;
    dlc::Tensor x = reals({rows, 512}, 1), label = labels(rows, 40, 2), shorter = reals({5, 512}, 3);
    dlc::Call step = t.prepare("step"), gradients = t.prepare("step.gradients"), predict = m.prepare("predict", p);
    for (dlc::Call *c : {&step, &gradients}) {
      c->bindInput("x", x);
      c->bindInput("label", label);
    }
    predict.bindInput("x", shorter);
    t.set("lr", 1e-3); // a name is noted the first time

    allocations = 0;
    counting = true; // the first call of all included
    for (int i = 0; i < 3; ++i) {
      step.run();
      gradients.run();
      predict.run();
      t.set("lr", 1e-3 / (i + 1)); // a schedule
    }
    counting = false;
    CHECK(allocations == 0, "%d with %u threads", allocations.load(), threads);
    CHECK(std::isfinite(step.output("loss").at(0)) && t.step() == 3, "the steps did not count");
  }
  return result("allocations");
} catch (const dlc::Error &e) {
  std::printf("error: %s\n", e.what());
  return 1;
}
