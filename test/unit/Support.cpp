// Support.cpp - what the runtime's tests share.
// SPDX-License-Identifier: Apache-2.0
//
// Replaces malloc and mmap by versions that count, over glibc's own.
#include "Support.h"
#include "FakeModel.h"

#include <atomic>
#include <cerrno>
#include <deque>
#include <fstream>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zlib.h>

static std::atomic<bool> counting{false};
static std::atomic<uint64_t> allocations{0}, largest{0};

#ifndef DLC_TEST_SANITIZED
static void count(size_t bytes) {
  if (!counting.load(std::memory_order_relaxed))
    return;
  allocations.fetch_add(1, std::memory_order_relaxed);
  uint64_t old = largest.load(std::memory_order_relaxed);
  while (old < bytes && !largest.compare_exchange_weak(old, bytes, std::memory_order_relaxed)) {
  }
}

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

void *malloc(size_t bytes) {
  count(bytes);
  return __libc_malloc(bytes);
}
void *calloc(size_t many, size_t bytes) {
  count(many * bytes);
  return __libc_calloc(many, bytes);
}
void *realloc(void *old, size_t bytes) {
  count(bytes);
  return __libc_realloc(old, bytes);
}
void *memalign(size_t alignment, size_t bytes) {
  count(bytes);
  return __libc_memalign(alignment, bytes);
}
void *aligned_alloc(size_t alignment, size_t bytes) {
  count(bytes);
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void **result, size_t alignment, size_t bytes) {
  count(bytes);
  *result = __libc_memalign(alignment, bytes);
  return *result ? 0 : ENOMEM;
}
void *mmap(void *where, size_t bytes, int protection, int flags, int file, off_t offset) noexcept {
  count(bytes);
  return reinterpret_cast<void *>(syscall(SYS_mmap, where, bytes, protection, flags, file, offset));
}
}
#endif

namespace dlc::test {

TemporaryFolder::TemporaryFolder() {
  // mkdtemp puts letters of its own in place of the last six.
  std::string name = (std::filesystem::temp_directory_path() / "dlc-test-XXXXXX").string();
  if (!::mkdtemp(name.data()))
    throw std::runtime_error("no temporary folder");
  path = name;
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}
size_t TemporaryFolder::files() const {
  size_t count = 0;
  for (auto it = std::filesystem::directory_iterator(path); it != std::filesystem::directory_iterator(); ++it)
    ++count;
  return count;
}

std::vector<uint8_t> bytesOf(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {});
}
void writeBytes(const std::string &path, const std::vector<uint8_t> &bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}
void writeText(const std::string &path, const std::string &text) {
  writeBytes(path, std::vector<uint8_t>(text.begin(), text.end()));
}

Model fakeModel(const ModelOptions &options) { return Model::fromQuery(fake_dlc_model_query, options); }
dlc_tensor parameterOf(uint32_t type, std::span<const int64_t> dims, std::span<const int64_t> strides, uint64_t bytes) {
  dlc_tensor t{};
  t.name = "p", t.dtype = type, t.kind = DLC_PARAMETER, t.arena = DLC_PARAMS;
  t.rank = uint32_t(dims.size()), t.shape = dims.data(), t.strides = strides.data(), t.bytes = bytes;
  return t;
}
Model modelOf(const dlc_tensor &tensor) {
  static std::deque<std::pair<dlc_tensor, dlc_model>> all; // a model reads its description as long as it lives
  static const dlc_model *current;
  auto &[own, model] = all.emplace_back(tensor, *fake_dlc_model_query(DLC_ABI_VERSION));
  model.tensor_count = 1, model.tensors = &own, model.entry_count = 0;
  model.arena_bytes[DLC_PARAMS] = tensor.offset + tensor.bytes;
  current = &model;
  return Model::fromQuery([](uint32_t) { return current; });
}

bool canCountAllocations() {
#ifdef DLC_TEST_SANITIZED
  return false;
#else
  return true;
#endif
}
void startCounting() {
  allocations = 0;
  largest = 0;
  counting = true;
}
uint64_t stopCounting() {
  counting = false;
  return allocations;
}

uint64_t largestAllocation() { return largest; }

/// By zlib: `bits` is 15 + 16 for gzip, -15 for bare data.
static std::vector<uint8_t> compressed(const std::vector<uint8_t> &plain, int bits) {
  std::vector<uint8_t> packed(compressBound(plain.size()) + 64);
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = const_cast<Bytef *>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}
std::vector<uint8_t> gzip(const std::vector<uint8_t> &plain) { return compressed(plain, 15 + 16); }
std::vector<uint8_t> deflated(const std::vector<uint8_t> &plain, uint32_t claim, uint16_t method, uint16_t flags) {
  std::vector<uint8_t> packed = compressed(plain, -15), out;
  auto put = [&](uint64_t value, int count) {
    for (int i = 0; i < count; ++i)
      out.push_back(uint8_t(value >> (8 * i)));
  };
  auto putName = [&] {
    for (char c : std::string("a.npy"))
      out.push_back(uint8_t(c));
  };
  auto common = [&] {
    put(20, 2), put(flags, 2), put(method, 2), put(0, 4), put(crc32(0, plain.data(), uInt(plain.size())), 4);
    put(packed.size(), 4), put(claim, 4), put(5, 2), put(0, 2);
  };
  put(0x04034b50, 4), common();
  putName();
  out.insert(out.end(), packed.begin(), packed.end());
  size_t directory = out.size();
  put(0x02014b50, 4), put(20, 2), common(), put(0, 2), put(0, 2), put(0, 2), put(0, 4), put(0, 4);
  putName();
  size_t end = out.size();
  put(0x06054b50, 4), put(0, 4), put(1, 2), put(1, 2), put(end - directory, 4), put(directory, 4), put(0, 2);
  return out;
}

} // namespace dlc::test
