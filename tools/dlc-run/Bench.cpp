// Bench.cpp - dlc-run bench: how fast entry points are.
// SPDX-License-Identifier: Apache-2.0
//
// Calls are timed one by one after a warm-up; the median is the figure, the least and the spread beside it
// say how far to trust it. Where the time goes, `profile` tells.
#include "runtime/Model.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Invocation.h"
#include "tools/dlc-run/Profile.h"
#include "tools/dlc-run/Progress.h"
#include "tools/dlc-run/Random.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace dlc::run {

namespace {

struct BenchOptions {
  ModelArguments model;
  std::string entry, weights;
  RandomInputs inputs;
  int64_t batch = 0;
  double seconds = 2;
  bool json = false;
};

struct Times {
  double median, least, low, high; ///< seconds; low and high hold the middle 80 %
  int64_t calls;
};

Times measure(Call &call, double seconds) {
  for (double end = now() + std::min(0.3, seconds / 4); now() < end;)
    call.run();
  std::vector<double> times;
  times.reserve(1 << 16);
  double end = now() + seconds;
  for (double at = now(); at < end || times.size() < 3;) {
    call.run();
    double after = now();
    times.push_back(after - at);
    at = after;
  }
  std::sort(times.begin(), times.end());
  auto part = [&](double p) { return times[size_t(p * double(times.size() - 1) + 0.5)]; };
  return {part(0.5), times[0], part(0.1), part(0.9), int64_t(times.size())};
}

void benchEntry(const BenchOptions &options, const Model &model, const Entry &entry) {
  int64_t rows = options.batch ? options.batch : std::max<int64_t>(1, entry.capacity);
  std::vector<Tensor> values = options.inputs.make(entry, rows);
  Invocation invocation(model, entry, options.weights, options.inputs.seed, /*onlyReads=*/true);
  Call call = invocation.prepare();
  for (size_t i = 0; i < values.size(); ++i)
    call.bindInput(i, values[i]);
  if (entry.hasBatch())
    call.setExtent(rows);
  Times times = measure(call, options.seconds);

  // Which kernels the entry point calls, and how often, the profile hook tells.
  KernelTimes kernels(model.kernels().size());
  call.setProfile(KernelTimes::hook, &kernels);
  call.run();
  call.setProfile(nullptr, nullptr);
  double share = entry.hasBatch() && entry.capacity ? double(rows) / double(entry.capacity) : 1;
  double flops = 0;
  for (size_t i = 0; i < kernels.calls().size(); ++i)
    flops += model.kernels()[i].flops * share * double(kernels.calls()[i]);

  if (options.json) {
    Json object = {{"event", "bench"},
                   {"entry", entry.name},
                   {"capacity", entry.capacity},
                   {"rows", rows},
                   {"threads", model.threads()},
                   {"target", model.target()},
                   {"calls", times.calls},
                   {"median_seconds", times.median},
                   {"least_seconds", times.least},
                   {"p10_seconds", times.low},
                   {"p90_seconds", times.high},
                   {"calls_per_second", 1 / times.median},
                   {"rows_per_second", double(rows) / times.median},
                   {"gflops", flops / times.median / 1e9}};
    Progress(true).event(object);
    return;
  }
  fmt::print("{} ({} row{}, {} thread{}): median {}, least {}, middle 80 % {} to {}, {} calls\n", entry.name, rows,
             rows == 1 ? "" : "s", model.threads(), model.threads() == 1 ? "" : "s", timeText(times.median),
             timeText(times.least), timeText(times.low), timeText(times.high), countText(times.calls));
  fmt::print("    {} calls/s, {} rows/s", countText(int64_t(1 / times.median)),
             countText(int64_t(double(rows) / times.median)));
  if (flops > 0)
    fmt::print(", {:.2f} GFLOP/s", flops / times.median / 1e9);
  fmt::print("\n");
}

void bench(const BenchOptions &options) {
  Model model = options.model.open();
  std::vector<std::string> names;
  if (!options.entry.empty()) {
    names.emplace_back(findEntry(model, options.entry).name);
  } else {
    names = wholeEntries(model);
  }
  std::vector<const Entry *> entries;
  for (const std::string &name : names)
    entries.push_back(&model.entry(name));
  options.inputs.check(entries);
  for (const std::string &name : names) {
    const Entry &entry = model.entry(name, options.batch ? options.batch : std::numeric_limits<int64_t>::max());
    checkBatch(entry, options.batch);
    benchEntry(options, model, entry);
  }
  if (options.json)
    Progress(true).event({{"event", "end"}});
}

} // namespace

void addBench(CLI::App &app) {
  CLI::App &command = addSubcommand(app, "bench", "Measure how fast entry points are, on random inputs",
                                    "dlc-run bench mnist.so train_step --threads 1 --range label=10");
  auto options = std::make_shared<BenchOptions>();
  options->model.addTo(command);
  command.add_option("ENTRY", options->entry, "Entry point (default: every function and train step)")->option_text(" ");
  addWhole(command, "--batch", options->batch, "Rows of a call (default: as many as it is compiled for)");
  addReal(command, "--seconds", options->seconds, "How long to measure each (default 2)",
          {0.001, 86400, "a number of seconds from 0.001 to 86400"}, "S");
  options->inputs.addTo(command);
  addSeed(command, options->inputs.seed, "Of weights and inputs (default 0)");
  command.add_option("--weights", options->weights, "Checkpoint or weights (default: initial ones)")
      ->option_text("FILE");
  command.add_flag("--json", options->json, "Print one JSON object a line");
  command.callback([options] { bench(*options); });
}

} // namespace dlc::run
