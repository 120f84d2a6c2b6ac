//===- FuzzTest.cpp - files of every format, changed at random ---------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// A reader reads a changed file or refuses it with an Error; anything else (another exception, a signal, memory out of
// proportion) is a fault. Changes come from a seed. DLC_FUZZ=N makes N times as many, from other seeds: for hours, and in
// a build with sanitizers. What is printed stands in docs/reliability.md.
//
//===----------------------------------------------------------------------===//
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
  Scratch() : File(::memfd_create("fuzz", MFD_CLOEXEC)), Path("/proc/self/fd/" + std::to_string(File)) {}
  ~Scratch() { ::close(File); }
  const std::string &write(const Bytes &Content) {
    EXPECT_EQ(::ftruncate(File, 0), 0);
    EXPECT_EQ(::pwrite(File, Content.data(), Content.size(), 0), ssize_t(Content.size()));
    return Path;
  }

private:
  int File;
  std::string Path;
};

class Mutator {
public:
  explicit Mutator(uint64_t Seed) : Random(Seed) {}

  Bytes mutate(const std::vector<Bytes> &Seeds) {
    Bytes Content = Seeds[below(Seeds.size())];
    for (size_t Changes = 1 + below(4); Changes--;)
      change(Content, Seeds);
    return Content;
  }

private:
  uint64_t below(uint64_t Limit) { return Random() % std::max<uint64_t>(Limit, 1); }
  /// A number that readers get wrong, if any.
  uint64_t edge() {
    static constexpr uint64_t Edges[] = {0,          1,          2,          7,           8,        0x7f,
                                         0x80,       0xff,       0x7fff,     0x8000,      0xffff,   0x7fffffff,
                                         0x80000000, 0xffffffff, 1ull << 32, ~0ull >> 1,  ~0ull,    1ull << 63,
                                         46,         1032,       1ull << 58, 0x100000000, ~0ull - 7};
    return Edges[below(std::size(Edges))];
  }
  void change(Bytes &Content, const std::vector<Bytes> &Seeds) {
    size_t At = below(Content.size() + 1), Length = 1 + below(below(2) ? 8 : 200);
    size_t End = std::min(Content.size(), At + Length);
    auto Begin = Content.begin() + ptrdiff_t(At);
    switch (below(8)) {
    case 0: // a bit
      if (At < Content.size())
        Content[At] ^= uint8_t(1 << below(8));
      break;
    case 1: // a byte
      if (At < Content.size())
        Content[At] = uint8_t(below(2) ? edge() : below(256));
      break;
    case 2: { // a number of 2, 4 or 8 bytes, in either order
      uint64_t Value = edge();
      size_t Width = size_t(2) << below(3);
      bool Big = below(2);
      for (size_t I = 0; I < Width && At + I < Content.size(); ++I)
        Content[At + I] = uint8_t(Value >> (8 * (Big ? Width - 1 - I : I)));
      break;
    }
    case 3: // something is lost
      Content.erase(Begin, Content.begin() + ptrdiff_t(End));
      break;
    case 4: { // something is there twice
      Bytes Piece(Begin, Content.begin() + ptrdiff_t(End));
      Content.insert(Content.begin() + ptrdiff_t(below(Content.size() + 1)), Piece.begin(), Piece.end());
      break;
    }
    case 5: { // a piece of another file
      const Bytes &Other = Seeds[below(Seeds.size())];
      size_t From = below(Other.size()), Count = std::min<size_t>(Other.size() - From, Length);
      Content.insert(Begin, Other.begin() + ptrdiff_t(From), Other.begin() + ptrdiff_t(From + Count));
      break;
    }
    case 6: // cut off
      if (below(4) == 0)
        Content.resize(At);
      break;
    default: // a digit of a text
      for (size_t I = At; I < Content.size(); ++I)
        if (Content[I] >= '0' && Content[I] <= '9') {
          Content[I] = uint8_t('0' + below(10));
          break;
        }
    }
  }
  std::mt19937_64 Random;
};

/// `Count` changed files of a kind through a reader.
void fuzz(const char *Kind, int Count, const std::vector<Bytes> &Seeds,
          const std::function<void(const Bytes &)> &Read) {
  const char *Times = std::getenv("DLC_FUZZ");
  int64_t Runs = Count * std::max<int64_t>(Times ? std::atoll(Times) : 1, 1);
  size_t Largest = 0;
  for (const Bytes &Seed : Seeds) {
    EXPECT_NO_THROW(Read(Seed)) << Kind << ": a file that nobody changed";
    Largest = std::max(Largest, Seed.size());
  }
  int64_t Refused = 0;
  for (int64_t Run = 0; Run < Runs; ++Run) {
    Bytes Content = Mutator(uint64_t(Run) + 1).mutate(Seeds);
    startCounting();
    try {
      Read(Content);
    } catch (const Error &E) {
      ++Refused;
      if (*E.what() == 0)
        ADD_FAILURE() << Kind << ", run " << Run << ": an error without a word";
    } catch (const std::exception &E) {
      ADD_FAILURE() << Kind << ", run " << Run << ": " << E.what();
    }
    stopCounting();
    // A few hundred bytes of deflate can stand for some hundred kilobytes, and no more.
    if (largestAllocation() > (2u << 20) + 1100 * Largest)
      ADD_FAILURE() << Kind << ", run " << Run << ": " << largestAllocation() << " bytes at once";
  }
  std::printf("reliability: %s: %lld tried, %d lost\n", Kind, static_cast<long long>(Runs),
              int(::testing::Test::HasFailure()));
  EXPECT_GT(Refused, Runs / 4);
}

Bytes npyOf(TensorView Value) {
  TemporaryFolder Folder;
  writeNpy(Folder / "x.npy", Value);
  return bytesOf(Folder / "x.npy");
}
const Bytes Images = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60};
const Bytes Reals = {0, 0, 13, 1, 0, 0, 0, 2, 0x3f, 0xc0, 0, 0, 0x40, 0, 0, 0};

} // namespace

TEST(Fuzz, Npy) {
  Bytes Wide = npyOf(Tensor({2, 3}, std::vector<double>(6, 1.5))), Version2 = Wide;
  Version2[6] = 2;
  Version2.insert(Version2.begin() + 10, {0, 0});
  fuzz("NPY files", 6000, {npyOf(Tensor({4}, std::vector<uint8_t>{1, 2, 3, 4})), Wide, Version2},
       [](const Bytes &Content) { parseNpy(Content, "x.npy"); });
}
TEST(Fuzz, Npz) {
  TemporaryFolder Folder;
  Tensor A({2}, std::vector<float>{1, 2}), B({3, 1}, std::vector<int64_t>{3, 4, 5});
  std::vector<NamedView> Members = {{"a", A}, {"deep/b", B}};
  writeNpz(Folder / "x.npz", Members);
  Bytes Plain = npyOf(Tensor({20, 30}, std::vector<float>(600, 2.0f)));
  Scratch File;
  fuzz("NPZ files", 6000, {bytesOf(Folder / "x.npz"), deflated(Plain, uint32_t(Plain.size()))},
       [&](const Bytes &Content) { readNpz(File.write(Content)); });
}
TEST(Fuzz, Idx) {
  Scratch File;
  fuzz("IDX files", 3000, {Images, Reals}, [&](const Bytes &Content) { readIdx(File.write(Content)); });
}
TEST(Fuzz, IdxInGzip) {
  Bytes Large = {0, 0, 8, 2, 0, 0, 0, 50, 0, 0, 0, 40};
  Large.resize(Large.size() + 2000, 9);
  Bytes Two = gzip(Bytes(Images.begin(), Images.begin() + 9)), Second = gzip(Bytes(Images.begin() + 9, Images.end()));
  Two.insert(Two.end(), Second.begin(), Second.end());
  Scratch File;
  fuzz("IDX files in gzip", 3000, {gzip(Images), gzip(Large), Two},
       [&](const Bytes &Content) { readIdx(File.write(Content)); });
}
TEST(Fuzz, Safetensors) {
  TemporaryFolder Folder;
  Model M = fakeModel();
  Training T = M.newTraining(M.newParameters(1), 2);
  CheckpointInfo Info;
  Info.Values["run"] = "{\"epochs\": 3}";
  T.save(Folder / "checkpoint", Info);
  T.parameters().save(Folder / "weights");
  Scratch File;
  fuzz("safetensors files and checkpoints", 6000, {bytesOf(Folder / "checkpoint"), bytesOf(Folder / "weights")},
       [&](const Bytes &Content) {
         const std::string &Path = File.write(Content);
         SafetensorsFile Read(Path);
         for (const SafetensorsFile::Entry &E : Read.entries())
           Read.read(E.Name);
         readCheckpointInfo(Path);
         M.newParameters(1).load(Path);
       });
}
