// ProfileRoof.cpp - what this machine can do at most.
// SPDX-License-Identifier: Apache-2.0
//
// See ProfileRoof.h.
#include "tools/dlc-run/ProfileRoof.h"
#include "runtime/Model.h"
#include "tools/dlc-run/Progress.h"
#include "tools/dlc-run/Text.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <immintrin.h>
#include <limits>
#include <memory>
#include <thread>

namespace dlc::run {

namespace {

constexpr double seconds = 0.02; ///< of each measurement; the best of many short ones counts
constexpr int chains = 12; ///< of multiply-adds that wait for nobody: latency 4 to 5 times 2 a cycle, and some more
constexpr int64_t lineBytes = 64;

using Work = double (*)(int64_t); ///< does `repeats` of it and returns what nobody must optimise away

__attribute__((target("avx512f"))) double multiplyAdds16(int64_t repeats) {
  __m512 a[chains], b = _mm512_set1_ps(0.999f), c = _mm512_set1_ps(0.001f);
  for (int i = 0; i < chains; ++i)
    a[i] = _mm512_set1_ps(float(i));
  for (int64_t r = 0; r < repeats; ++r) {
    for (int i = 0; i < chains; ++i)
      a[i] = _mm512_fmadd_ps(a[i], b, c);
    asm volatile("" : "+v"(b), "+v"(c)); // no chain is known to have come to rest
  }
  for (int i = 1; i < chains; ++i)
    a[0] = _mm512_add_ps(a[0], a[i]);
  return _mm512_cvtss_f32(a[0]);
}

__attribute__((target("avx2,fma"))) double multiplyAdds8(int64_t repeats) {
  __m256 a[chains], b = _mm256_set1_ps(0.999f), c = _mm256_set1_ps(0.001f);
  for (int i = 0; i < chains; ++i)
    a[i] = _mm256_set1_ps(float(i));
  for (int64_t r = 0; r < repeats; ++r) {
    for (int i = 0; i < chains; ++i)
      a[i] = _mm256_fmadd_ps(a[i], b, c);
    asm volatile("" : "+x"(b), "+x"(c)); // no chain is known to have come to rest
  }
  for (int i = 1; i < chains; ++i)
    a[0] = _mm256_add_ps(a[0], a[i]);
  return _mm256_cvtss_f32(a[0]);
}

__attribute__((target("avx512f"))) double read16(const char *memory, int64_t bytes) {
  __m512 sums[4] = {};
  for (int64_t at = 0; at < bytes; at += 4 * lineBytes)
    for (int i = 0; i < 4; ++i)
      sums[i] = _mm512_add_ps(sums[i], _mm512_load_ps(memory + at + i * lineBytes));
  return _mm512_cvtss_f32(_mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3])));
}

__attribute__((target("avx2"))) double read8(const char *memory, int64_t bytes) {
  __m256 sums[8] = {};
  for (int64_t at = 0; at < bytes; at += 4 * lineBytes)
    for (int i = 0; i < 8; ++i)
      sums[i] = _mm256_add_ps(sums[i], _mm256_load_ps(reinterpret_cast<const float *>(memory + at) + 8 * i));
  for (int i = 1; i < 8; ++i)
    sums[0] = _mm256_add_ps(sums[0], sums[i]);
  return _mm256_cvtss_f32(sums[0]);
}

/// The most units a second that `work(count)` reaches, each call doing `count` of them.
double most(const std::function<double(int64_t)> &work, int64_t count) {
  double best = 0;
  volatile double kept = 0;
  for (double end = now() + seconds; now() < end || best == 0;) {
    double start = now();
    kept = kept + work(count);
    best = std::max(best, double(count) / std::max(now() - start, 1e-9));
  }
  return best;
}

/// The sum of what `threads` threads reach at once.
double together(unsigned threads, const std::function<double()> &measure) {
  std::vector<double> results(threads);
  std::vector<std::thread> others;
  for (unsigned t = 1; t < threads; ++t)
    others.emplace_back([&, t] { results[t] = measure(); });
  results[0] = measure();
  double sum = results[0];
  for (unsigned t = 1; t < threads; ++t) {
    others[t - 1].join();
    sum += results[t];
  }
  return sum;
}

std::string firstWord(const std::string &path) {
  std::string word;
  std::ifstream(path) >> word;
  return word;
}

struct Cache {
  std::string name;
  int64_t bytes;
  bool shared; ///< by several processors
};

/// The data caches of the first processor, as the kernel tells them; usual ones where it does not.
std::vector<Cache> caches() {
  std::vector<Cache> found;
  for (int index = 0; index < 8; ++index) {
    std::string folder = fmt::format("/sys/devices/system/cpu/cpu0/cache/index{}/", index);
    std::string type = firstWord(folder + "type"), size = firstWord(folder + "size");
    int64_t bytes = std::strtoll(size.c_str(), nullptr, 10) * (size.ends_with("M") ? 1 << 20 : 1 << 10);
    if (bytes > 0 && type != "Instruction")
      found.push_back({"L" + firstWord(folder + "level"), bytes,
                       firstWord(folder + "shared_cpu_list").find_first_of(",-") != std::string::npos});
  }
  if (found.empty())
    found = {{"L1", 32 << 10, false}, {"L2", 512 << 10, false}, {"L3", 8 << 20, true}};
  std::sort(found.begin(), found.end(), [](const Cache &a, const Cache &b) { return a.bytes < b.bytes; });
  return found;
}

/// Bytes a second that `threads` threads read of `bytes` each.
double readBandwidth(unsigned threads, int64_t bytes, bool wide) {
  return together(threads, [&]() -> double {
    std::unique_ptr<char, decltype(&std::free)> memory(
        static_cast<char *>(std::aligned_alloc(size_t(lineBytes), size_t(bytes))), std::free);
    if (!memory)
      return 0;
    std::memset(memory.get(), 0, size_t(bytes)); // pages of its own, and not the system's page of zeros
    auto passes = [&](int64_t count) {
      double sum = 0;
      for (int64_t i = 0; i < count; ++i) {
        asm volatile("" ::: "memory"); // what was read may be another now: every pass reads
        sum += wide ? read16(memory.get(), bytes) : read8(memory.get(), bytes);
      }
      return sum;
    };
    return double(bytes) * most(passes, std::max<int64_t>(1, (int64_t(1) << 20) / bytes));
  });
}

} // namespace

Roof::Limit Roof::limit(double flops, double bytes) const {
  Limit limit{peak > 0 ? flops / peak : 0, "peak"};
  for (const Level &level : levels) {
    if (bytes > level.bytes)
      continue;
    if (level.bandwidth > 0 && bytes / level.bandwidth > limit.seconds)
      limit = {bytes / level.bandwidth, level.name};
    break;
  }
  return limit;
}

std::string Roof::text() const {
  std::vector<std::string> parts{fmt::format("{:.4g} GFLOP/s", peak / 1e9)};
  for (const Level &level : levels)
    parts.push_back(fmt::format("{} {:.3g} GB/s", level.name, level.bandwidth / 1e9));
  return join(parts);
}

Roof measureRoof(unsigned threads) {
  bool wide = missingCpuFeatures("avx512f").empty();
  Roof roof;
  Work work = wide ? multiplyAdds16 : multiplyAdds8;
  double each = 2.0 * chains * (wide ? 16 : 8);
  roof.peak = each * together(threads, [&] { return most(work, 20000); });

  std::vector<Cache> found = caches();
  for (const Cache &cache : found) {
    // Half of it, so that what else is in it stays; of a shared one, each thread's share of the half.
    int64_t mine = cache.bytes / 2 / (cache.shared ? int64_t(threads) : 1) / (4 * lineBytes) * (4 * lineBytes);
    roof.levels.push_back(
        {cache.name, double(cache.bytes), readBandwidth(threads, std::max(mine, 4 * lineBytes), wide)});
  }
  // Four times the last cache is memory, whatever stays of it in there.
  int64_t memory = std::min<int64_t>(4 * found.back().bytes, int64_t(256) << 20) / int64_t(threads);
  roof.levels.push_back(
      {"DRAM", std::numeric_limits<double>::infinity(),
       readBandwidth(threads, std::max(memory / (4 * lineBytes), int64_t(1)) * (4 * lineBytes), wide)});
  return roof;
}

} // namespace dlc::run
