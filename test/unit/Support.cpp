//===- Support.cpp - what the runtime's tests share --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Replaces malloc and mmap by versions that count, over glibc's own.
//
//===----------------------------------------------------------------------===//
#include "Support.h"
#include "FakeModel.h"

#include <atomic>
#include <cerrno>
#include <fstream>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static std::atomic<bool> Counting{false};
static std::atomic<uint64_t> Allocations{0};

#ifndef DLC_TEST_SANITIZED
static void count() {
  if (Counting.load(std::memory_order_relaxed))
    Allocations.fetch_add(1, std::memory_order_relaxed);
}

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

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
void *memalign(size_t Alignment, size_t Bytes) {
  count();
  return __libc_memalign(Alignment, Bytes);
}
void *aligned_alloc(size_t Alignment, size_t Bytes) {
  count();
  return __libc_memalign(Alignment, Bytes);
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
}
#endif

namespace dlc::test {

TemporaryFolder::TemporaryFolder() {
  std::string Name = (std::filesystem::temp_directory_path() / "dlc-test-XXXXXX").string();
  if (!::mkdtemp(Name.data()))
    throw std::runtime_error("no temporary folder");
  Path = Name;
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code Ignored;
  std::filesystem::remove_all(Path, Ignored);
}
size_t TemporaryFolder::files() const {
  size_t Count = 0;
  for (auto It = std::filesystem::directory_iterator(Path); It != std::filesystem::directory_iterator(); ++It)
    ++Count;
  return Count;
}

std::vector<uint8_t> bytesOf(const std::string &Path) {
  std::ifstream File(Path, std::ios::binary);
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(File), {});
}
void writeBytes(const std::string &Path, const std::vector<uint8_t> &Bytes) {
  std::ofstream(Path, std::ios::binary)
      .write(reinterpret_cast<const char *>(Bytes.data()), static_cast<std::streamsize>(Bytes.size()));
}
void writeText(const std::string &Path, const std::string &Text) {
  writeBytes(Path, std::vector<uint8_t>(Text.begin(), Text.end()));
}

Model fakeModel(const ModelOptions &Options) {
  return Model::fromQuery(fake_dlc_model_query, Options);
}

bool canCountAllocations() {
#ifdef DLC_TEST_SANITIZED
  return false;
#else
  return true;
#endif
}
void startCounting() {
  Allocations = 0;
  Counting = true;
}
uint64_t stopCounting() {
  Counting = false;
  return Allocations;
}

} // namespace dlc::test
