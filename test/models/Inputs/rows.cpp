// rows.cpp - every entry point, called with fewer and with more rows, against a library compiled for that many.
// SPDX-License-Identifier: Apache-2.0
//
//   rows BIG.so SMALL.so...
// The big one is called with as many rows as the capacity of each small one; each small one with as many as the capacity
// of the big one, which cuts the call where rows are independent.
#include "Program.h"

namespace {
/// Reals, and integers below five, for a call of this many rows.
dlc::Tensor drawn(const dlc::Port &p, int64_t rows, uint64_t seed) {
  if (p.type == dlc::DType::F32)
    return reals(p.shape(rows), seed);
  dlc::Tensor t(p.type, p.shape(rows));
  Numbers from(seed);
  auto fill = [&](auto zero) {
    for (auto &x : t.as<decltype(zero)>())
      x = decltype(zero)(from.next() % 5);
  };
  if (p.type == dlc::DType::I32)
    fill(int32_t(0));
  else if (p.type == dlc::DType::I64)
    fill(int64_t(0));
  else
    fill(uint8_t(0));
  return t;
}

struct Side {
  dlc::Model model;
  dlc::Parameters params;
  dlc::Training training;
  explicit Side(const std::string &path)
      : model(dlc::Model::open(path)), params(model.newParameters(3)), training(model.newTraining(params, 4)) {}
  dlc::Results call(const dlc::Entry &e, const std::vector<dlc::Input> &inputs) {
    if (e.kind == DLC_FUNCTION)
      return model.call(e.name, params, inputs, {.seed = 5, .step = 2});
    return training.call(e.name, inputs);
  }
};

/// The first is the library under test, the second was compiled for this many rows. Numbers that were gathered from
/// pieces of a call are rounded otherwise.
int compare(const dlc::Entry &e, int64_t rows, const dlc::Results &a, const dlc::Results &b, bool isCut) {
  // Products of at most eight rows, both of whose operands lie along what is summed, are summed in another order.
  const bool exact = !e.name.starts_with("dots");
  CHECK(a.size() == b.size() && a.size() == e.outputs.size(), "%s", e.name.data());
  for (size_t i = 0; i < a.size(); ++i) {
    const dlc::TensorView x = a[i], y = b[i];
    CHECK(x.shape() == y.shape() && x.shape() == e.outputs[i].shape(rows), "%s, %s: shapes %s and %s", e.name.data(),
          e.outputs[i].name.data(), x.shape().str().c_str(), y.shape().str().c_str());
    const bool same = x.bytes() == y.bytes() && !std::memcmp(x.data(), y.data(), x.bytes());
    const bool gathered = isCut && e.outputs[i].combine != DLC_COMBINE_UNKNOWN;
    CHECK(exact && !gathered ? same : distance(x, y) <= 1e-5, "%s, %s of %lld rows: off by %g", e.name.data(),
          e.outputs[i].name.data(), (long long)rows, distance(x, y));
  }
  return int(a.size());
}

int compared = 0, cut = 0, refused = 0;

void compare(const std::string &bigPath, const std::string &smallPath) {
  Side big(bigPath), small(smallPath);
  for (const dlc::Entry &e : big.model.entries()) {
    if (!e.hasBatch())
      continue;
    const dlc::Entry &less = small.model.entry(e.name);
    const int64_t rows = less.capacity;
    CHECK(rows < e.capacity, "%s: capacities %lld and %lld", e.name.data(), (long long)rows, (long long)e.capacity);
    // What an earlier, longer call left in the workspace must not be seen.
    std::vector<dlc::Tensor> memory;
    std::vector<dlc::Input> full, few;
    for (const dlc::Port &p : e.inputs)
      memory.push_back(drawn(p, e.capacity, 11 + memory.size()));
    for (const dlc::Port &p : e.inputs)
      memory.push_back(drawn(p, rows, 37 + memory.size()));
    for (size_t i = 0; i < e.inputs.size(); ++i) {
      full.emplace_back(e.inputs[i].name, memory[i]);
      few.emplace_back(e.inputs[i].name, memory[e.inputs.size() + i]);
    }
    if (e.kind == DLC_FUNCTION) {
      dlc::Results whole = big.call(e, full);
      std::string refusal = messageOf([&] {
        dlc::Results pieces = small.call(e, full);
        compared += compare(e, e.capacity, pieces, whole, true);
        ++cut;
      });
      CHECK(refusal.empty() == less.rowsIndependent(), "%s of %lld rows: %s", e.name.data(), (long long)e.capacity,
            refusal.c_str());
      CHECK(refusal.empty() || refusal.find("cannot be cut") != std::string::npos, "%s: %s", e.name.data(),
            refusal.c_str());
      refused += !refusal.empty();
    }
    compared += compare(e, rows, big.call(e, few), small.call(e, few), false);
  }
  CHECK(bitsOf(big.params) == bitsOf(small.params), "parameters differ after a step of %s", smallPath.c_str());
}
} // namespace

int main(int count, char **arguments) try {
  for (int i = 2; i < count; ++i)
    compare(arguments[1], arguments[i]);
  std::printf("%d outputs compared, %d calls cut, %d refused\n", compared, cut, refused);
  return result("rows");
} catch (const dlc::Error &e) {
  std::printf("error: %s\n", e.what());
  return 1;
}
