// Timing.cpp - how long each step of a compilation takes: `dlc --timing`.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/Timing.h"
#include "llvm/Support/Format.h"
#include <sys/resource.h>

using namespace dlc;

static rusage usage() {
  rusage result{};
  getrusage(RUSAGE_SELF, &result);
  return result;
}

double Timing::processorSeconds() {
  rusage now = usage();
  auto seconds = [](timeval time) { return time.tv_sec + 1e-6 * time.tv_usec; };
  return seconds(now.ru_utime) + seconds(now.ru_stime);
}

void Timing::add(llvm::StringRef level, llvm::StringRef step, double seconds, double processor, mlir::ModuleOp module) {
  int64_t ops = module ? 0 : -1;
  if (module)
    module.walk([&](mlir::Operation *) { ++ops; });
  rows.push_back({level.str(), step.str(), seconds, processor, ops});
}

void Timing::print(llvm::raw_ostream &os) const {
  os << llvm::format("%-10s%-20s%10s%15s%10s\n", "level", "step", "ms", "processor ms", "ops");
  Row total{"total", "", 0, 0, -1};
  auto print = [&](const Row &row) {
    os << llvm::format("%-10s%-20s%10.1f%15.1f", row.level.c_str(), row.step.c_str(), 1e3 * row.seconds,
                       1e3 * row.processor);
    if (row.ops >= 0)
      os << llvm::format("%10lld", (long long)row.ops);
    os << '\n';
  };
  for (const Row &row : rows) {
    print(row);
    total.seconds += row.seconds;
    total.processor += row.processor;
  }
  print(total);
  os << llvm::format("peak memory %.1f MiB\n", usage().ru_maxrss / 1024.0);
}
