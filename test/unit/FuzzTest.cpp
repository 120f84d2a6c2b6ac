// FuzzTest.cpp - files of every format, changed at random.
// SPDX-License-Identifier: Apache-2.0
//
// A reader reads a changed file or refuses it with an Error; anything else (another exception, a signal, memory out of
// proportion) is a fault. Changes come from a seed. DLC_FUZZ=N makes N times as many, from other seeds: for hours, and in
// a build with sanitizers. What is printed stands in docs/reliability.md.
#include "Support.h"
#include "runtime/Checkpoint.h"
#include "runtime/File.h"
#include "runtime/Idx.h"
#include "runtime/Npy.h"
#include "runtime/Safetensors.h"

#include <cstring>
#include <functional>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

using namespace dlc;
using namespace dlc::test;

using Bytes = std::vector<uint8_t>;

namespace {

/// Files under one name that are rewritten thousands of times: in memory.
class Scratch {
public:
  Scratch() : file(::memfd_create("fuzz", MFD_CLOEXEC)), path("/proc/self/fd/" + std::to_string(file)) {}
  ~Scratch() { ::close(file); }
  const std::string &write(const Bytes &content) {
    EXPECT_EQ(::ftruncate(file, 0), 0);
    EXPECT_EQ(::pwrite(file, content.data(), content.size(), 0), ssize_t(content.size()));
    return path;
  }

private:
  int file;
  std::string path;
};

class Mutator {
public:
  explicit Mutator(uint64_t seed) : random(seed) {}

  Bytes mutate(const std::vector<Bytes> &seeds) {
    Bytes content = seeds[below(seeds.size())];
    for (size_t changes = 1 + below(4); changes--;)
      change(content, seeds);
    return content;
  }

private:
  uint64_t below(uint64_t limit) { return random() % std::max<uint64_t>(limit, 1); }
  /// A number that readers get wrong, if any.
  uint64_t edge() {
    static constexpr uint64_t edges[] = {0,          1,          2,          7,           8,        0x7f,
                                         0x80,       0xff,       0x7fff,     0x8000,      0xffff,   0x7fffffff,
                                         0x80000000, 0xffffffff, 1ull << 32, ~0ull >> 1,  ~0ull,    1ull << 63,
                                         46,         1032,       1ull << 58, 0x100000000, ~0ull - 7};
    return edges[below(std::size(edges))];
  }
  void change(Bytes &content, const std::vector<Bytes> &seeds) {
    size_t at = below(content.size() + 1), length = 1 + below(below(2) ? 8 : 200);
    size_t end = std::min(content.size(), at + length);
    auto begin = content.begin() + ptrdiff_t(at);
    switch (below(8)) {
    case 0: // a bit
      if (at < content.size())
        content[at] ^= uint8_t(1 << below(8));
      break;
    case 1: // a byte
      if (at < content.size())
        content[at] = uint8_t(below(2) ? edge() : below(256));
      break;
    case 2: { // a number of 2, 4 or 8 bytes, in either order
      uint64_t value = edge();
      size_t width = size_t(2) << below(3);
      bool big = below(2);
      for (size_t i = 0; i < width && at + i < content.size(); ++i)
        content[at + i] = uint8_t(value >> (8 * (big ? width - 1 - i : i)));
      break;
    }
    case 3: // something is lost
      content.erase(begin, content.begin() + ptrdiff_t(end));
      break;
    case 4: { // something is there twice
      Bytes piece(begin, content.begin() + ptrdiff_t(end));
      content.insert(content.begin() + ptrdiff_t(below(content.size() + 1)), piece.begin(), piece.end());
      break;
    }
    case 5: { // a piece of another file
      const Bytes &other = seeds[below(seeds.size())];
      size_t from = below(other.size()), count = std::min<size_t>(other.size() - from, length);
      content.insert(begin, other.begin() + ptrdiff_t(from), other.begin() + ptrdiff_t(from + count));
      break;
    }
    case 6: // cut off
      if (below(4) == 0)
        content.resize(at);
      break;
    default: // a digit of a text
      for (size_t i = at; i < content.size(); ++i)
        if (content[i] >= '0' && content[i] <= '9') {
          content[i] = uint8_t('0' + below(10));
          break;
        }
    }
  }
  std::mt19937_64 random;
};

/// `count` changed files of a kind through a reader.
void fuzz(const char *kind, int count, const std::vector<Bytes> &seeds,
          const std::function<void(const Bytes &)> &read) {
  const char *times = std::getenv("DLC_FUZZ");
  int64_t runs = count * std::max<int64_t>(times ? std::atoll(times) : 1, 1);
  size_t largest = 0;
  for (const Bytes &seed : seeds) {
    EXPECT_NO_THROW(read(seed)) << kind << ": a file that nobody changed";
    largest = std::max(largest, seed.size());
  }
  int64_t refused = 0;
  for (int64_t run = 0; run < runs; ++run) {
    Bytes content = Mutator(uint64_t(run) + 1).mutate(seeds);
    startCounting();
    try {
      read(content);
    } catch (const Error &e) {
      ++refused;
      if (*e.what() == 0)
        ADD_FAILURE() << kind << ", run " << run << ": an error without a word";
    } catch (const std::exception &e) {
      ADD_FAILURE() << kind << ", run " << run << ": " << e.what();
    }
    stopCounting();
    // A few hundred bytes of deflate can stand for some hundred kilobytes, and no more.
    if (largestAllocation() > (2u << 20) + 1100 * largest)
      ADD_FAILURE() << kind << ", run " << run << ": " << largestAllocation() << " bytes at once";
  }
  std::printf("reliability: %s: %lld tried, %d lost\n", kind, static_cast<long long>(runs),
              int(::testing::Test::HasFailure()));
  EXPECT_GT(refused, runs / 4);
}

Bytes npyOf(TensorView value) {
  TemporaryFolder folder;
  writeNpy(folder / "x.npy", value);
  return bytesOf(folder / "x.npy");
}
const Bytes images = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60};
const Bytes reals = {0, 0, 13, 1, 0, 0, 0, 2, 0x3f, 0xc0, 0, 0, 0x40, 0, 0, 0};

} // namespace

TEST(Fuzz, Npy) {
  Bytes wide = npyOf(Tensor({2, 3}, std::vector<double>(6, 1.5))), version2 = wide;
  version2[6] = 2;
  version2.insert(version2.begin() + 10, {0, 0});
  fuzz("NPY files", 6000, {npyOf(Tensor({4}, std::vector<uint8_t>{1, 2, 3, 4})), wide, version2},
       [](const Bytes &content) { parseNpy(content, "x.npy"); });
}
TEST(Fuzz, Npz) {
  TemporaryFolder folder;
  Tensor a({2}, std::vector<float>{1, 2}), b({3, 1}, std::vector<int64_t>{3, 4, 5});
  std::vector<NamedView> members = {{"a", a}, {"deep/b", b}};
  writeNpz(folder / "x.npz", members);
  Bytes plain = npyOf(Tensor({20, 30}, std::vector<float>(600, 2.0f)));
  Scratch file;
  fuzz("NPZ files", 6000, {bytesOf(folder / "x.npz"), deflated(plain, uint32_t(plain.size()))},
       [&](const Bytes &content) { readNpz(file.write(content)); });
}
TEST(Fuzz, Idx) {
  Scratch file;
  fuzz("IDX files", 3000, {images, reals}, [&](const Bytes &content) { readIdx(file.write(content)); });
}
TEST(Fuzz, IdxInGzip) {
  Bytes large = {0, 0, 8, 2, 0, 0, 0, 50, 0, 0, 0, 40};
  large.resize(large.size() + 2000, 9);
  Bytes two = gzip(Bytes(images.begin(), images.begin() + 9)), second = gzip(Bytes(images.begin() + 9, images.end()));
  two.insert(two.end(), second.begin(), second.end());
  Scratch file;
  fuzz("IDX files in gzip", 3000, {gzip(images), gzip(large), two},
       [&](const Bytes &content) { readIdx(file.write(content)); });
}
TEST(Fuzz, Safetensors) {
  TemporaryFolder folder;
  Model m = fakeModel();
  Training t = m.newTraining(m.newParameters(1), 2);
  CheckpointInfo info;
  info.values["run"] = "{\"epochs\": 3}";
  t.save(folder / "checkpoint", info);
  t.parameters().save(folder / "weights");
  Scratch file;
  fuzz("safetensors files and checkpoints", 6000, {bytesOf(folder / "checkpoint"), bytesOf(folder / "weights")},
       [&](const Bytes &content) {
         const std::string &path = file.write(content);
         SafetensorsFile read(path);
         for (const SafetensorsFile::Entry &e : read.entries())
           read.read(e.name);
         readCheckpointInfo(path);
         m.newParameters(1).load(path);
       });
}
