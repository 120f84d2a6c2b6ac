//===- Cpu.cpp - what the processor can do -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Asks the processor itself (cpuid) and the system (xgetbv: does it save the wide registers), so that a model
// is refused with a sentence instead of dying of an illegal instruction.
//
//===----------------------------------------------------------------------===//
#include "runtime/Model.h"

#include <cpuid.h>

namespace dlc {

namespace {
struct Processor {
  unsigned Leaf1C = 0, Leaf1D = 0, Leaf7B = 0, Leaf7C = 0, Leaf7D = 0, Leaf7A1 = 0, ExtendedC = 0;
  bool Wide256 = false, Wide512 = false; ///< the system saves these registers

  Processor() {
    unsigned A, B, C, D;
    if (__get_cpuid(1, &A, &B, &C, &D))
      Leaf1C = C, Leaf1D = D;
    if (__get_cpuid_count(7, 0, &A, &B, &C, &D))
      Leaf7B = B, Leaf7C = C, Leaf7D = D;
    if (__get_cpuid_count(7, 1, &A, &B, &C, &D))
      Leaf7A1 = A;
    if (__get_cpuid(0x80000001, &A, &B, &C, &D))
      ExtendedC = C;
    if (Leaf1C >> 27 & 1) { // OSXSAVE
      unsigned Low, High;
      __asm__ volatile("xgetbv" : "=a"(Low), "=d"(High) : "c"(0));
      Wide256 = (Low & 0x06) == 0x06;
      Wide512 = (Low & 0xE6) == 0xE6;
    }
  }
};

enum Register { C1, D1, B7, C7, D7, A71, CX };
enum Width { Any, W256, W512 };
struct Feature {
  const char *Name; ///< as LLVM spells it
  Register Where;
  int Bit;
  Width Needs;
};
} // namespace

static constexpr Feature Features[] = {{"sse", D1, 25, Any},
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

static bool has(const Processor &P, const Feature &F) {
  unsigned Words[] = {P.Leaf1C, P.Leaf1D, P.Leaf7B, P.Leaf7C, P.Leaf7D, P.Leaf7A1, P.ExtendedC};
  bool Saved = F.Needs == Any || (F.Needs == W256 ? P.Wide256 : P.Wide512);
  return Saved && (Words[F.Where] >> F.Bit & 1);
}

static bool hasAll(std::initializer_list<std::string_view> Names) {
  for (std::string_view Name : Names)
    if (!missingCpuFeatures(Name).empty())
      return false;
  return true;
}

std::string missingCpuFeatures(std::string_view Required) {
  static const Processor P;
  std::string Missing;
  while (!Required.empty()) {
    size_t Comma = Required.find(',');
    std::string_view Name = Required.substr(0, Comma);
    Required = Comma == std::string_view::npos ? std::string_view() : Required.substr(Comma + 1);
    while (!Name.empty() && (Name.front() == ' ' || Name.front() == '+'))
      Name.remove_prefix(1);
    while (!Name.empty() && Name.back() == ' ')
      Name.remove_suffix(1);
    if (Name.empty())
      continue;
    bool Found = false;
    for (const Feature &F : Features)
      Found |= Name == F.Name && has(P, F);
    if (!Found) {
      Missing += Missing.empty() ? "" : ", ";
      Missing += Name;
    }
  }
  return Missing;
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
