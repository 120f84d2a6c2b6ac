// Profile.cpp - dlc-run profile: where the time of a call goes.
// SPDX-License-Identifier: Apache-2.0
//
// Each kernel's time is the median over calls of what it took in a call; what a call takes beside its kernels is the
// remainder. The share of the roof is the least time that the machine allows the kernel's work (ProfileRoof.h), over its
// time. What a kernel computes and moves is what the compiler predicted for a full call, in proportion to the rows.
#include "tools/dlc-run/Profile.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Invocation.h"
#include "tools/dlc-run/ProfileRoof.h"
#include "tools/dlc-run/Progress.h"
#include "tools/dlc-run/Random.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <optional>

namespace dlc::run {

void KernelTimes::hook(void *context, uint32_t kernel, int32_t begin) {
  auto &times = *static_cast<KernelTimes *>(context);
  if (kernel >= times.calls_.size())
    return;
  if (begin) {
    times.events_.push_back({kernel, now(), 0});
  } else if (!times.events_.empty()) {
    times.events_.back().end = now();
    ++times.calls_[kernel];
  }
}

std::string timeText(double seconds) {
  if (seconds < 1e-3)
    return fmt::format("{:.4g} us", 1e6 * seconds);
  return seconds < 1 ? fmt::format("{:.4g} ms", 1e3 * seconds) : fmt::format("{:.4g} s", seconds);
}

namespace {

constexpr int64_t traceCalls = 10;       ///< in a trace: enough to tell the usual from the odd one
constexpr int64_t mostSamples = 4000000; ///< times that are kept, of all kernels and calls: 32 MB

struct ProfileOptions {
  ModelArguments model;
  std::vector<std::string> entries;
  std::string weights, trace;
  RandomInputs inputs;
  int64_t batch = 0;
  double seconds = 1, peak = 0, bandwidth = 0;
  bool json = false;
};

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  auto middle = values.begin() + ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// What one kernel does in a call of the entry point.
struct Row {
  size_t kernel;
  double runs, seconds, flops, bytes; ///< of all its runs in one call
  Roof::Limit limit;                  ///< of all of them together

  double share() const { return seconds > 0 ? limit.seconds / seconds : 0; }
};

struct EntryProfile {
  int64_t rows = 0, calls = 0;
  double seconds = 0, remainder = 0; ///< of a call: median, with the hook at work
  std::vector<Row> kernels;          ///< those that take most time first

  Row total() const {
    Row sum{0, 0, 0, 0, 0, {0, ""}};
    for (const Row &row : kernels) {
      sum.runs += row.runs;
      sum.seconds += row.seconds;
      sum.flops += row.flops;
      sum.bytes += row.bytes;
      sum.limit.seconds += row.limit.seconds;
    }
    return sum;
  }
};

/// Calls of one entry point under the hook.
class Profiler {
public:
  Profiler(const ProfileOptions &options, const Model &model, const Entry &entry)
      : options_(options), model_(model), entry_(entry),
        rows_(options.batch ? options.batch : std::max<int64_t>(1, entry.capacity)),
        share_(entry.hasBatch() && entry.capacity ? double(rows_) / double(entry.capacity) : 1),
        values_(options.inputs.make(entry, rows_)),
        invocation_(model, entry, options.weights, options.inputs.seed, /*onlyReads=*/true),
        call_(invocation_.prepare()), times_(model.kernels().size()) {
    for (size_t i = 0; i < values_.size(); ++i)
      call_.bindInput(i, values_[i]);
    if (entry.hasBatch())
      call_.setExtent(rows_);
    for (double end = now() + options.seconds / 4; now() < end;)
      call_.run();
    call_.setProfile(KernelTimes::hook, &times_);
  }

  EntryProfile measure(const Roof &roof) {
    size_t kernels = model_.kernels().size();
    std::vector<std::vector<double>> taken(kernels); // of each kernel in each call
    std::vector<double> whole, rest, mine(kernels);
    int64_t most = std::max<int64_t>(3, mostSamples / std::max<int64_t>(1, int64_t(kernels)));
    for (double last = now() + options_.seconds; (now() < last && int64_t(whole.size()) < most) || whole.size() < 3;) {
      auto [begin, end] = run();
      double seconds = end - begin;
      std::fill(mine.begin(), mine.end(), 0);
      double inside = 0;
      for (const KernelTimes::Event &event : times_.events()) {
        mine[event.kernel] += event.end - event.begin;
        inside += event.end - event.begin;
      }
      whole.push_back(seconds);
      rest.push_back(seconds - inside);
      for (size_t k = 0; k < kernels; ++k)
        if (times_.calls()[k])
          taken[k].push_back(mine[k]);
    }
    EntryProfile profile{rows_, int64_t(whole.size()), median(whole), median(rest), {}};
    for (size_t k = 0; k < kernels; ++k) {
      if (!times_.calls()[k])
        continue;
      const KernelInfo &kernel = model_.kernels()[k];
      double runs = double(times_.calls()[k]) / double(whole.size());
      Roof::Limit limit = roof.limit(kernel.flops * share_, kernel.bytes * share_);
      limit.seconds *= runs;
      profile.kernels.push_back(
          {k, runs, median(taken[k]), kernel.flops * share_ * runs, kernel.bytes * share_ * runs, limit});
    }
    std::stable_sort(profile.kernels.begin(), profile.kernels.end(),
                     [](const Row &a, const Row &b) { return a.seconds > b.seconds; });
    return profile;
  }

  /// Some calls more, as events of Chrome's trace format (times in microseconds).
  void trace(Json &events, double start) {
    auto event = [&](std::string_view name, const char *category, double begin, double end) {
      return Json{{"name", name},
                  {"cat", category},
                  {"ph", "X"},
                  {"pid", 1},
                  {"tid", 1},
                  {"ts", 1e6 * (begin - start)},
                  {"dur", 1e6 * (end - begin)}};
    };
    for (int64_t i = 0; i < traceCalls; ++i) {
      auto [begin, end] = run();
      Json whole = event(entry_.name, "entry point", begin, end);
      whole["args"] = {{"rows", rows_}};
      events.push_back(whole);
      for (const KernelTimes::Event &ran : times_.events()) {
        const KernelInfo &kernel = model_.kernels()[ran.kernel];
        Json one = event(kernel.name, "kernel", ran.begin, ran.end);
        one["args"] = {{"source", kernel.source}, {"flops", kernel.flops * share_}, {"bytes", kernel.bytes * share_}};
        events.push_back(one);
      }
    }
  }

private:
  /// One call: from when to when.
  std::pair<double, double> run() {
    times_.beginCall();
    double begin = now();
    call_.run();
    return {begin, now()};
  }

  const ProfileOptions &options_;
  const Model &model_;
  const Entry &entry_;
  int64_t rows_;
  double share_; ///< of a full call, whose work the compiler predicted
  std::vector<Tensor> values_;
  Invocation invocation_;
  Call call_;
  KernelTimes times_;
};

void printTable(const Model &model, const Entry &entry, const EntryProfile &profile, const Roof &roof, bool given) {
  fmt::print("{} ({} row{}, {} thread{}): median {} of {} calls\n", entry.name, profile.rows,
             profile.rows == 1 ? "" : "s", model.threads(), model.threads() == 1 ? "" : "s", timeText(profile.seconds),
             countText(profile.calls));
  fmt::print("    the roof{}: {}\n", given ? " as given" : "", roof.text());
  size_t width = 9;
  for (const Row &row : profile.kernels)
    width = std::max(width, model.kernels()[row.kernel].name.size());
  fmt::print("    {:<{}} {:>6} {:>10} {:>7} {:>9} {:>8} {:>7} {:<5} {}\n", "KERNEL", width, "CALLS", "TIME", "SHARE",
             "GFLOP/s", "GB/s", "OF ROOF", "LIMIT", "SOURCE");
  auto print = [&](std::string_view name, const Row &row, std::string_view source) {
    std::string line =
        fmt::format("    {:<{}} {:>6.4g} {:>10} {:>5.1f} % {:>9.2f} {:>8.2f} {:>5.0f} % {:<5} {}", name, width,
                    row.runs, timeText(row.seconds), 100 * row.seconds / profile.seconds, row.flops / row.seconds / 1e9,
                    row.bytes / row.seconds / 1e9, 100 * row.share(), row.limit.name, source);
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  };
  for (const Row &row : profile.kernels)
    print(model.kernels()[row.kernel].name, row, placesText(model.kernels()[row.kernel].source));
  if (!profile.kernels.empty())
    print("kernels", profile.total(), "");
  fmt::print("    {:<{}} {:>6} {:>10} {:>5.1f} %\n", "remainder", width, "", timeText(profile.remainder),
             100 * profile.remainder / profile.seconds);
}

void printJson(const Model &model, const Entry &entry, const EntryProfile &profile, const Roof &roof) {
  Json object = {{"event", "profile"},
                 {"entry", entry.name},
                 {"rows", profile.rows},
                 {"threads", model.threads()},
                 {"calls", profile.calls},
                 {"median_seconds", profile.seconds},
                 {"kernel_seconds", profile.total().seconds},
                 {"remainder_seconds", profile.remainder},
                 {"peak_flops", roof.peak},
                 {"levels", Json::array()},
                 {"kernels", Json::array()}};
  for (const Roof::Level &level : roof.levels)
    object["levels"].push_back(
        {{"name", level.name}, {"bytes", jsonNumber(level.bytes)}, {"bandwidth", level.bandwidth}});
  for (const Row &row : profile.kernels)
    object["kernels"].push_back({{"name", model.kernels()[row.kernel].name},
                                 {"source", model.kernels()[row.kernel].source},
                                 {"calls", row.runs},
                                 {"seconds", row.seconds},
                                 {"flops", row.flops},
                                 {"bytes", row.bytes},
                                 {"roof_share", row.share()},
                                 {"limit", row.limit.name}});
  Progress(true).event(object);
}

void profile(const ProfileOptions &options) {
  checkOutputs({{"--trace", options.trace}}, {{"the library", options.model.library}, {"--weights", options.weights}});
  Model model = options.model.open();
  std::vector<std::string> names;
  for (const std::string &name : options.entries)
    names.emplace_back(findEntry(model, name).name);
  if (names.empty())
    names = wholeEntries(model);
  std::vector<const Entry *> entries;
  for (const std::string &name : names) {
    const Entry &entry = model.entry(name, options.batch ? options.batch : std::numeric_limits<int64_t>::max());
    checkBatch(entry, options.batch);
    entries.push_back(&entry);
  }
  options.inputs.check(entries);
  std::optional<AtomicFile> trace; // what prevents it from being written is told before anything is measured
  if (!options.trace.empty())
    trace.emplace(options.trace);

  Roof roof;
  if (!options.peak || !options.bandwidth)
    roof = measureRoof(model.threads());
  if (options.peak)
    roof.peak = 1e9 * options.peak;
  if (options.bandwidth)
    roof.levels = {{"memory", std::numeric_limits<double>::infinity(), 1e9 * options.bandwidth}};

  Json events = Json::array();
  events.push_back({{"name", "process_name"}, {"ph", "M"}, {"pid", 1}, {"tid", 1}, {"args", {{"name", model.name()}}}});
  double start = now();
  for (const Entry *entry : entries) {
    Profiler profiler(options, model, *entry);
    EntryProfile found = profiler.measure(roof);
    if (options.json)
      printJson(model, *entry, found, roof);
    else
      printTable(model, *entry, found, roof, options.peak && options.bandwidth);
    if (trace)
      profiler.trace(events, start);
  }
  if (trace) {
    trace->write(Json{{"traceEvents", events}, {"displayTimeUnit", "ns"}}.dump() + "\n");
    trace->commit();
  }
  if (options.json)
    Progress(true).event({{"event", "end"}});
}

} // namespace

void addProfile(CLI::App &app) {
  CLI::App &command = addSubcommand(
      app, "profile", "Show where the time of a call goes, kernel by kernel, and what the machine would allow",
      "dlc-run profile mnist.so train_step --threads 1 --range label=10 --trace trace.json");
  auto options = std::make_shared<ProfileOptions>();
  options->model.addTo(command);
  command.add_option("ENTRY", options->entries, "Entry points (default: every function and train step)")
      ->option_text(" ");
  addWhole(command, "--batch", options->batch, "Rows of a call (default: as many as it is compiled for)");
  addReal(command, "--seconds", options->seconds, "How long to measure each (default 1)",
          {0.001, 86400, "a number of seconds from 0.001 to 86400"}, "S");
  addReal(command, "--peak", options->peak, "GFLOP/s of the machine (default: measured now)");
  addReal(command, "--bandwidth", options->bandwidth,
          "GB/s of its memory, whatever the size (default: measured now, for each cache and DRAM)");
  command.add_option("--trace", options->trace, "Write some calls as a trace that Perfetto and Chrome open")
      ->option_text("FILE.json");
  options->inputs.addTo(command);
  addSeed(command, options->inputs.seed, "Of weights and inputs (default 0)");
  command.add_option("--weights", options->weights, "Checkpoint or weights (default: initial ones)")
      ->option_text("FILE");
  command.add_flag("--json", options->json, "Print one JSON object a line");
  command.callback([options] { profile(*options); });
}

} // namespace dlc::run
