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
#include <zlib.h>

static std::atomic<bool> Counting{false};
static std::atomic<uint64_t> Allocations{0}, Largest{0};

#ifndef DLC_TEST_SANITIZED
static void count(size_t Bytes) {
  if (!Counting.load(std::memory_order_relaxed))
    return;
  Allocations.fetch_add(1, std::memory_order_relaxed);
  uint64_t Old = Largest.load(std::memory_order_relaxed);
  while (Old < Bytes && !Largest.compare_exchange_weak(Old, Bytes, std::memory_order_relaxed)) {
  }
}

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

void *malloc(size_t Bytes) {
  count(Bytes);
  return __libc_malloc(Bytes);
}
void *calloc(size_t Count, size_t Bytes) {
  count(Count * Bytes);
  return __libc_calloc(Count, Bytes);
}
void *realloc(void *Old, size_t Bytes) {
  count(Bytes);
  return __libc_realloc(Old, Bytes);
}
void *memalign(size_t Alignment, size_t Bytes) {
  count(Bytes);
  return __libc_memalign(Alignment, Bytes);
}
void *aligned_alloc(size_t Alignment, size_t Bytes) {
  count(Bytes);
  return __libc_memalign(Alignment, Bytes);
}
int posix_memalign(void **Result, size_t Alignment, size_t Bytes) {
  count(Bytes);
  *Result = __libc_memalign(Alignment, Bytes);
  return *Result ? 0 : ENOMEM;
}
void *mmap(void *Where, size_t Bytes, int Protection, int Flags, int File, off_t Offset) noexcept {
  count(Bytes);
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

Model fakeModel(const ModelOptions &Options) { return Model::fromQuery(fake_dlc_model_query, Options); }

bool canCountAllocations() {
#ifdef DLC_TEST_SANITIZED
  return false;
#else
  return true;
#endif
}
void startCounting() {
  Allocations = 0;
  Largest = 0;
  Counting = true;
}
uint64_t stopCounting() {
  Counting = false;
  return Allocations;
}

uint64_t largestAllocation() { return Largest; }

/// By zlib: `Bits` is 15 + 16 for gzip, -15 for bare data.
static std::vector<uint8_t> compressed(const std::vector<uint8_t> &Plain, int Bits) {
  std::vector<uint8_t> Packed(compressBound(Plain.size()) + 64);
  z_stream Stream{};
  deflateInit2(&Stream, 6, Z_DEFLATED, Bits, 8, Z_DEFAULT_STRATEGY);
  Stream.next_in = const_cast<Bytef *>(Plain.data());
  Stream.avail_in = static_cast<uInt>(Plain.size());
  Stream.next_out = Packed.data();
  Stream.avail_out = static_cast<uInt>(Packed.size());
  deflate(&Stream, Z_FINISH);
  Packed.resize(Stream.total_out);
  deflateEnd(&Stream);
  return Packed;
}
std::vector<uint8_t> gzip(const std::vector<uint8_t> &Plain) { return compressed(Plain, 15 + 16); }
std::vector<uint8_t> deflated(const std::vector<uint8_t> &Plain, uint32_t Claim, uint16_t Method, uint16_t Flags) {
  std::vector<uint8_t> Packed = compressed(Plain, -15), Out;
  auto Put = [&](uint64_t Value, int Count) {
    for (int I = 0; I < Count; ++I)
      Out.push_back(uint8_t(Value >> (8 * I)));
  };
  auto PutName = [&] {
    for (char C : std::string("a.npy"))
      Out.push_back(uint8_t(C));
  };
  auto Common = [&] {
    Put(20, 2), Put(Flags, 2), Put(Method, 2), Put(0, 4), Put(crc32(0, Plain.data(), uInt(Plain.size())), 4);
    Put(Packed.size(), 4), Put(Claim, 4), Put(5, 2), Put(0, 2);
  };
  Put(0x04034b50, 4), Common();
  PutName();
  Out.insert(Out.end(), Packed.begin(), Packed.end());
  size_t Directory = Out.size();
  Put(0x02014b50, 4), Put(20, 2), Common(), Put(0, 2), Put(0, 2), Put(0, 2), Put(0, 4), Put(0, 4);
  PutName();
  size_t End = Out.size();
  Put(0x06054b50, 4), Put(0, 4), Put(1, 2), Put(1, 2), Put(End - Directory, 4), Put(Directory, 4), Put(0, 2);
  return Out;
}

} // namespace dlc::test
