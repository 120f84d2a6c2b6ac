// Cpu.cpp - what the processor can do.
// SPDX-License-Identifier: Apache-2.0
//
// Asks the processor itself (cpuid) and the system (xgetbv: does it save the wide registers), so that a model
// is refused with a sentence instead of dying of an illegal instruction.
#include "runtime/Model.h"

#include <cpuid.h>

namespace dlc {

namespace {
struct Processor {
  unsigned leaf1C = 0, leaf1D = 0, leaf7B = 0, leaf7C = 0, leaf7D = 0, leaf7A1 = 0, extendedC = 0;
  bool wide256 = false, wide512 = false; ///< the system saves these registers

  Processor() {
    unsigned a, b, c, d;
    if (__get_cpuid(1, &a, &b, &c, &d))
      leaf1C = c, leaf1D = d;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
      leaf7B = b, leaf7C = c, leaf7D = d;
    if (__get_cpuid_count(7, 1, &a, &b, &c, &d))
      leaf7A1 = a;
    if (__get_cpuid(0x80000001, &a, &b, &c, &d))
      extendedC = c;
    if (leaf1C >> 27 & 1) { // OSXSAVE
      unsigned low, high;
      __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
      wide256 = (low & 0x06) == 0x06;
      wide512 = (low & 0xE6) == 0xE6;
    }
  }
};

enum Register { C1, D1, B7, C7, D7, A71, CX };
enum Width { Any, W256, W512 };
struct Feature {
  const char *name; ///< as LLVM spells it
  Register where;
  int bit;
  Width needs;
};
} // namespace

static constexpr Feature features[] = {{"sse", D1, 25, Any},
                                       {"sse2", D1, 26, Any},
                                       {"sse3", C1, 0, Any},
                                       {"ssse3", C1, 9, Any},
                                       {"sse4.1", C1, 19, Any},
                                       {"sse4.2", C1, 20, Any},
                                       {"cx16", C1, 13, Any},
                                       {"movbe", C1, 22, Any},
                                       {"popcnt", C1, 23, Any},
                                       {"xsave", C1, 26, Any},
                                       {"avx", C1, 28, W256},
                                       {"f16c", C1, 29, W256},
                                       {"fma", C1, 12, W256},
                                       {"bmi", B7, 3, Any},
                                       {"avx2", B7, 5, W256},
                                       {"bmi2", B7, 8, Any},
                                       {"lzcnt", CX, 5, Any},
                                       {"sahf", CX, 0, Any},
                                       {"avx512f", B7, 16, W512},
                                       {"avx512dq", B7, 17, W512},
                                       {"avx512cd", B7, 28, W512},
                                       {"avx512bw", B7, 30, W512},
                                       {"avx512vl", B7, 31, W512},
                                       {"avx512ifma", B7, 21, W512},
                                       {"avx512vbmi", C7, 1, W512},
                                       {"avx512vbmi2", C7, 6, W512},
                                       {"avx512vnni", C7, 11, W512},
                                       {"avx512bitalg", C7, 12, W512},
                                       {"avx512vpopcntdq", C7, 14, W512},
                                       {"avx512fp16", D7, 23, W512},
                                       {"avxvnni", A71, 4, W256},
                                       {"avx512bf16", A71, 5, W512},
                                       {"prfchw", CX, 8, Any},
                                       {"adx", B7, 19, Any},
                                       {"crc32", C1, 20, Any},
                                       {"cx8", D1, 8, Any},
                                       {"cmov", D1, 15, Any},
                                       {"mmx", D1, 23, Any},
                                       {"fxsr", D1, 24, Any}};

static bool has(const Processor &p, const Feature &f) {
  unsigned words[] = {p.leaf1C, p.leaf1D, p.leaf7B, p.leaf7C, p.leaf7D, p.leaf7A1, p.extendedC};
  bool saved = f.needs == Any || (f.needs == W256 ? p.wide256 : p.wide512);
  return saved && (words[f.where] >> f.bit & 1);
}

static bool hasAll(std::initializer_list<std::string_view> names) {
  for (std::string_view name : names)
    if (!missingCpuFeatures(name).empty())
      return false;
  return true;
}

std::string missingCpuFeatures(std::string_view required) {
  static const Processor p;
  std::string missing;
  while (!required.empty()) {
    size_t comma = required.find(',');
    std::string_view name = required.substr(0, comma);
    required = comma == std::string_view::npos ? std::string_view() : required.substr(comma + 1);
    while (!name.empty() && (name.front() == ' ' || name.front() == '+'))
      name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ')
      name.remove_suffix(1);
    if (name.empty())
      continue;
    bool found = false;
    for (const Feature &f : features)
      found |= name == f.name && has(p, f);
    if (!found) {
      missing += missing.empty() ? "" : ", ";
      missing += name;
    }
  }
  return missing;
}

std::string cpuLevel() {
  if (!hasAll({"sse3", "ssse3", "sse4.1", "sse4.2", "cx16", "popcnt", "sahf"}))
    return "x86-64";
  if (!hasAll({"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"}))
    return "x86-64-v2";
  if (!hasAll({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}))
    return "x86-64-v3";
  return "x86-64-v4";
}

} // namespace dlc
