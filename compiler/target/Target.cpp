// Target.cpp - the processors that code is generated for.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/target/Target.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/TargetParser/Host.h"

using namespace dlc;

static const TargetDescription v3{"x86-64-v3", "+avx2,+fma,+bmi,+bmi2,+f16c,+lzcnt,+movbe", 3, 32, 512 << 10};
static const TargetDescription v4{
    "x86-64-v4", "+avx2,+fma,+bmi,+bmi2,+f16c,+lzcnt,+movbe,+avx512f,+avx512bw,+avx512cd,+avx512dq,+avx512vl", 4, 64,
    1 << 20};

static std::string nativeTarget() {
  llvm::StringMap<bool> has = llvm::sys::getHostCPUFeatures();
  auto all = [&](std::initializer_list<llvm::StringRef> names) {
    return llvm::all_of(names, [&](llvm::StringRef name) { return has.lookup(name); });
  };
  if (!all({"avx2", "fma", "bmi", "bmi2"}))
    return "";
  return all({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}) ? "v4" : "v3";
}

std::optional<TargetDescription> dlc::findTarget(llvm::StringRef name) {
  std::string own = name == "native" ? nativeTarget() : name.str();
  if (own == "v3" || own == v3.name)
    return v3;
  if (own == "v4" || own == v4.name)
    return v4;
  return std::nullopt;
}
