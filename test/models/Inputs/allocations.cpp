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

static std::atomic<bool> Counting{false};
static std::atomic<int> Allocations{0};
static void count() {
  if (Counting.load(std::memory_order_relaxed))
    Allocations.fetch_add(1, std::memory_order_relaxed);
}

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

void *malloc(size_t Bytes) {
  count();
  return __libc_malloc(Bytes);
}
void *calloc(size_t Count, size_t Bytes) {
  count();
  return __libc_calloc(Count, Bytes);
}
void *realloc(void *Old, size_t Bytes) {
  count();
  return __libc_realloc(Old, Bytes);
}
void *reallocarray(void *Old, size_t Count, size_t Bytes) {
  count();
  return __libc_realloc(Old, Count * Bytes);
}
void free(void *Old) {
  if (Old)
    count(); // giving memory back takes time as well
  __libc_free(Old);
}
void *memalign(size_t Alignment, size_t Bytes) {
  count();
  return __libc_memalign(Alignment, Bytes);
}
void *aligned_alloc(size_t Alignment, size_t Bytes) {
  count();
  return __libc_memalign(Alignment, Bytes);
}
void *valloc(size_t Bytes) {
  count();
  return __libc_memalign(4096, Bytes);
}
int posix_memalign(void **Result, size_t Alignment, size_t Bytes) {
  count();
  *Result = __libc_memalign(Alignment, Bytes);
  return *Result ? 0 : ENOMEM;
}
void *mmap(void *Where, size_t Bytes, int Protection, int Flags, int File, off_t Offset) noexcept {
  count();
  return reinterpret_cast<void *>(syscall(SYS_mmap, Where, Bytes, Protection, Flags, File, Offset));
}
void *mmap64(void *Where, size_t Bytes, int Protection, int Flags, int File, off64_t Offset) noexcept {
  count();
  return reinterpret_cast<void *>(syscall(SYS_mmap, Where, Bytes, Protection, Flags, File, Offset));
}
void *mremap(void *Old, size_t OldBytes, size_t Bytes, int Flags, ...) noexcept {
  count();
  va_list Rest;
  va_start(Rest, Flags);
  void *Where = Flags & MREMAP_FIXED ? va_arg(Rest, void *) : nullptr;
  va_end(Rest);
  return reinterpret_cast<void *>(syscall(SYS_mremap, Old, OldBytes, Bytes, Flags, Where));
}
int munmap(void *Where, size_t Bytes) noexcept {
  count();
  return int(syscall(SYS_munmap, Where, Bytes));
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

int main(int, char **Arguments) try {
  // The count works, on another thread too.
  Counting = true;
  std::thread([] {
    void *volatile Some = std::malloc(10);
    std::free(Some);
  }).join();
  Counting = false;
  CHECK(Allocations >= 2, "only %d counted", Allocations.load());

  for (unsigned Threads : {1u, 3u}) {
    dlc::ModelOptions Options;
    Options.Threads = Threads;
    dlc::Model M = dlc::Model::open(Arguments[1], Options);
    dlc::Parameters P = M.newParameters(1);
    dlc::Training T = M.newTraining(P);
    const int64_t Rows = M.entry("step").Capacity;
    dlc::Tensor X = reals({Rows, 512}, 1), Label = labels(Rows, 40, 2), Short = reals({5, 512}, 3);
    dlc::Call Step = T.prepare("step"), Gradients = T.prepare("step.gradients"), Predict = M.prepare("predict", P);
    for (dlc::Call *C : {&Step, &Gradients}) {
      C->bindInput("x", X);
      C->bindInput("label", Label);
    }
    Predict.bindInput("x", Short);
    T.set("lr", 1e-3); // a name is noted the first time

    Allocations = 0;
    Counting = true; // the first call of all included
    for (int I = 0; I < 3; ++I) {
      Step.run();
      Gradients.run();
      Predict.run();
      T.set("lr", 1e-3 / (I + 1)); // a schedule
    }
    Counting = false;
    CHECK(Allocations == 0, "%d with %u threads", Allocations.load(), Threads);
    CHECK(std::isfinite(Step.output("loss").at(0)) && T.step() == 3, "the steps did not count");
  }
  return result("allocations");
} catch (const dlc::Error &E) {
  std::printf("error: %s\n", E.what());
  return 1;
}
