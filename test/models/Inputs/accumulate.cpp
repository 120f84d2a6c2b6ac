// accumulate.cpp - steps that divide their batch, beside steps that do not.
// SPDX-License-Identifier: Apache-2.0
//
//   accumulate PARTS.so WHOLE.so      both in f64; three parts of 4 rows, a batch of 12
#include "Program.h"

namespace {
constexpr int64_t parts = 3;

dlc::Tensor tokens(int64_t rows, int32_t limit, uint64_t seed) {
  dlc::Tensor flat = labels(rows * 6, limit, seed), shaped(dlc::DType::I32, {rows, 6});
  std::copy_n(flat.as<int32_t>().begin(), rows * 6, shaped.as<int32_t>().begin());
  return shaped;
}
/// Some labels do not count, and of the last parts none does.
dlc::Tensor targets(int64_t rows, uint64_t seed, int64_t empty) {
  dlc::Tensor t = tokens(rows, 12, seed);
  int64_t begins = rows / parts * (parts - empty) * 6, i = 0;
  for (int32_t &x : t.as<int32_t>())
    if (--x; i++ >= begins)
      x = -1;
  return t;
}
/// The largest deviation of two tensors, relative to the largest element.
double deviation(const dlc::Tensor &a, const dlc::Tensor &b) {
  if (a.shape() != b.shape())
    return INFINITY;
  double largest = 1e-300, off = 0;
  for (int64_t i = 0; i < a.elements(); ++i) {
    largest = std::max(largest, std::fabs(b.at(i)));
    off = std::max(off, std::isfinite(a.at(i)) ? std::fabs(a.at(i) - b.at(i)) : INFINITY);
  }
  return off / largest;
}

/// Results, gradients, weights and slots of steps on the same rows.
void sameSteps(const dlc::Model &a, const dlc::Model &b, const std::string &step, int64_t rows, int64_t empty) {
  dlc::Training cut = a.newTraining(a.newParameters(5), 6), whole = b.newTraining(b.newParameters(5), 6);
  for (uint64_t i = 0; i < 3; ++i) {
    dlc::Tensor x = tokens(rows, 11, 20 + i), y = targets(rows, 30 + i, empty);
    for (const std::string &entry : {step + ".gradients", step}) {
      auto mine = cut.call(entry, {x, y}), expected = whole.call(entry, {x, y});
      for (const auto &one : expected)
        CHECK(deviation(mine[one.name], one.value) < 1e-11, "%ld rows, %s, step %d: %s is off by %g", long(rows),
              entry.c_str(), int(i), one.name.c_str(), deviation(mine[one.name], one.value));
    }
  }
  for (const dlc::TensorInfo &info : a.tensors()) {
    std::string name(info.name);
    bool isSlot = info.kind == DLC_SLOT;
    double off = isSlot ? deviation(cut.slot("optimizer." + name), whole.slot("optimizer." + name))
                        : deviation(cut.parameters().get(name), whole.parameters().get(name));
    CHECK(off < 1e-10, "%ld rows: %s is off by %g", long(rows), name.c_str(), off);
  }
}

/// Sums are added up; statistics go on from part to part, as of batches one after the other.
void statistics(const dlc::Model &a) {
  dlc::Training once = a.newTraining(a.newParameters(1), 1), each = a.newTraining(a.newParameters(1), 1);
  dlc::Tensor x = tokens(12, 11, 3), y = tokens(12, 11, 4);
  auto all = once.call("batches", {x, y});
  CHECK(all["count"].at(0) == 72 && all["steps"].at(0) == 7, "%g, %g", all["count"].at(0), all["steps"].at(0));
  dlc::Tensor mean = once.parameters().get("normalized.running_mean"), w = each.parameters().get("normalized.table");
  // By hand: of each part the mean, and of them the running one.
  std::vector<double> running(4, 0.0);
  for (int64_t part = 0; part < parts; ++part)
    for (int64_t j = 0; j < 4; ++j) {
      double sum = 0;
      for (int64_t i = part * 24; i < part * 24 + 24; ++i)
        sum += w.at(x.as<int32_t>()[size_t(i)] * 4 + j);
      running[size_t(j)] = 0.9 * running[size_t(j)] + 0.1 * sum / 24;
    }
  for (int64_t j = 0; j < 4; ++j)
    CHECK(std::fabs(mean.at(j) - running[size_t(j)]) < 1e-12, "%g, expected %g", mean.at(j), running[size_t(j)]);
  CHECK(once.parameters().get("normalized.num_batches_tracked").at(0) == 3, "batches");
}

void refused(const dlc::Model &a) {
  dlc::Training training = a.newTraining(a.newParameters(1), 1);
  auto says = [&](int64_t rows, const char *text) {
    std::string found = messageOf([&] { training.call("step", {tokens(rows, 11, 1), targets(rows, 2, 0)}); });
    CHECK(found.find(text) != std::string::npos, "%s", found.c_str());
  };
  says(7, "refused a call of 7 rows; it takes a multiple of 3, up to 12, since it works through 3 equal parts of them");
  says(15, "15 rows");
  // A label out of range is told by its row in the whole batch, and nothing has changed.
  dlc::Tensor before = training.parameters().get("mix.weight"), y = targets(12, 2, 0);
  y.as<int32_t>()[10 * 6 + 2] = 11;
  std::string found = messageOf([&] { training.call("step", {tokens(12, 11, 1), y}); });
  CHECK(found.find("the index 11 in row 10 is out of range") != std::string::npos, "%s", found.c_str());
  CHECK(deviation(training.parameters().get("mix.weight"), before) == 0, "changed");
}
} // namespace

int main(int, char **argv) {
  dlc::Model cut = dlc::Model::open(argv[1]), whole = dlc::Model::open(argv[2]);
  CHECK(cut.entry("step").parts == 3 && cut.entry("step").capacity == 12 && whole.entry("step").parts == 1, "parts");
  for (int64_t rows : {12, 6, 3})
    for (int64_t empty : {0, 1, 3})
      sameSteps(cut, whole, "step", rows, empty);
  for (int64_t rows : {12, 6, 3})
    sameSteps(cut, whole, "either", rows, 0);
  statistics(cut);
  refused(cut);
  std::printf(failures ? "accumulate: %d wrong\n" : "accumulate: all right\n", failures);
  return failures != 0;
}
