// limits.cpp - what the machine can do: multiply-adds a second, and the bandwidth of each level of memory.
// SPDX-License-Identifier: Apache-2.0
//
//   limits THREADS SECONDS
// Prints JSON: {"flops": FLOP/s, "levels": [{"name", "bytes", "read", "write", "copy"}]}, bytes a second of all threads
// together. A level's working set is half its size, and DRAM's eight times the last cache's; each thread has its own share
// of a cache that is shared.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

#if defined(__AVX512F__)
constexpr int lanes = 16;
#else
constexpr int lanes = 8;
#endif
typedef float Vector __attribute__((vector_size(4 * lanes), aligned(64)));
typedef float Line __attribute__((vector_size(64), aligned(64)));

/// Twelve chains of multiply-adds: as many as the latency times the width of today's processors.
double multiplyAdds(double seconds) {
  Vector a[12];
  for (int i = 0; i < 12; ++i)
    a[i] = Vector{} + float(i);
  Vector b = Vector{} + 0.999f, c = Vector{} + 0.001f;
  double best = 0;
  for (double end = now() + seconds; now() < end;) {
    constexpr int64_t repeats = 200000;
    double start = now();
    for (int64_t r = 0; r < repeats; ++r) {
      for (int i = 0; i < 12; ++i)
        a[i] = a[i] * b + c;
      asm volatile("" : "+x"(b), "+x"(c));
    }
    best = std::max(best, 2.0 * 12 * lanes * double(repeats) / (now() - start));
    for (int i = 0; i < 12; ++i)
      asm volatile("" : "+x"(a[i]));
  }
  return best;
}

enum Kind { Read, Write, Copy };

/// Bytes a second of passes over `count` lines.
double bandwidth(Kind kind, Line *from, Line *to, int64_t count, double seconds) {
  double best = 0;
  for (double end = now() + seconds; now() < end;) {
    int64_t passes = std::max<int64_t>(1, (int64_t(4) << 20) / (count * 64));
    double start = now();
    for (int64_t p = 0; p < passes; ++p) {
      if (kind == Read) {
        Line s0{}, s1{}, s2{}, s3{};
        for (int64_t i = 0; i + 3 < count; i += 4)
          s0 += from[i], s1 += from[i + 1], s2 += from[i + 2], s3 += from[i + 3];
        s0 += s1 + s2 + s3;
        asm volatile("" : : "m"(s0) : "memory");
      } else if (kind == Write) {
        Line value = Line{} + float(p);
        for (int64_t i = 0; i < count; ++i)
          to[i] = value;
        asm volatile("" : : "r"(to) : "memory");
      } else {
        for (int64_t i = 0; i < count; ++i)
          to[i] = from[i] + 1.0f;
        asm volatile("" : : "r"(to) : "memory");
      }
    }
    double bytes = 64.0 * double(count) * double(passes) * (kind == Copy ? 2 : 1);
    best = std::max(best, bytes / (now() - start));
  }
  return best;
}

/// The sum of what `threads` threads reach at once.
template <class Measure> double together(int threads, Measure &&measure) {
  std::vector<double> results(size_t(threads), 0.0);
  std::atomic<int> waiting{threads};
  std::vector<std::thread> pool;
  for (int t = 0; t < threads; ++t)
    pool.emplace_back([&, t] {
      --waiting;
      while (waiting > 0)
        std::this_thread::yield();
      results[size_t(t)] = measure();
    });
  double sum = 0;
  for (int t = 0; t < threads; ++t)
    pool[size_t(t)].join(), sum += results[size_t(t)];
  return sum;
}

struct Level {
  std::string name;
  int64_t bytes;
  bool shared;
};

/// The data caches of this processor, smallest first, as the kernel tells them.
std::vector<Level> caches() {
  std::vector<Level> levels;
  for (int index = 0; index < 8; ++index) {
    std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    auto word = [&](const char *file) {
      std::string text;
      std::ifstream(folder + file) >> text;
      return text;
    };
    std::string type = word("type"), size = word("size"), cpus = word("shared_cpu_list");
    if (type.empty() || type == "Instruction" || size.empty())
      continue;
    int64_t bytes = std::strtoll(size.c_str(), nullptr, 10) * (size.back() == 'M' ? 1 << 20 : 1 << 10);
    levels.push_back({"L" + word("level"), bytes, cpus.find_first_of(",-") != std::string::npos});
  }
  if (levels.empty())
    levels = {{"L1", 32 << 10, false}, {"L2", 512 << 10, false}, {"L3", 8 << 20, true}};
  std::sort(levels.begin(), levels.end(), [](const Level &a, const Level &b) { return a.bytes < b.bytes; });
  return levels;
}

Line *allocate(int64_t lines) {
  void *memory = std::aligned_alloc(64, size_t(lines) * 64);
  if (!memory)
    std::exit(std::fprintf(stderr, "there is not enough memory\n"));
  std::memset(memory, 0, size_t(lines) * 64);
  return static_cast<Line *>(memory);
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 3)
    return std::fprintf(stderr, "usage: limits THREADS SECONDS\n"), 1;
  int threads = std::atoi(argv[1]);
  double seconds = std::atof(argv[2]);
  std::printf("{\"flops\": %.6g, \"levels\": [", together(threads, [&] { return multiplyAdds(seconds); }));
  std::vector<Level> levels = caches();
  int64_t last = levels.back().bytes;
  levels.push_back({"DRAM", std::min<int64_t>(last * 16, int64_t(512) << 20), true});
  for (size_t i = 0; i < levels.size(); ++i) {
    const Level &level = levels[i];
    int64_t lines = level.bytes / 2 / 64 / (level.shared ? threads : 1) / 4 * 4;
    auto rate = [&](Kind kind) {
      return together(threads, [&] {
        int64_t mine = kind == Copy ? lines / 2 : lines;
        Line *from = allocate(mine), *to = kind == Read ? from : allocate(mine);
        double best = bandwidth(kind, from, to, mine, seconds);
        if (to != from)
          std::free(to);
        std::free(from);
        return best;
      });
    };
    double read = rate(Read), write = rate(Write), copy = rate(Copy);
    std::printf("%s{\"name\": \"%s\", \"bytes\": %lld, \"read\": %.6g, \"write\": %.6g, \"copy\": %.6g}", i ? ", " : "",
                level.name.c_str(), (long long)(i + 1 == levels.size() ? INT64_MAX : level.bytes), read, write, copy);
  }
  std::printf("]}\n");
}
