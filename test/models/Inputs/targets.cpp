// targets.cpp - the bits of everything that a model gives, or how far two compilations of it are apart.
// SPDX-License-Identifier: Apache-2.0
//
//   targets bits MODEL.so: a digest of outputs, gradients, parameters and slots
//   targets distance MODEL.so OTHER.so: the largest difference, relative where numbers are above 1
#include "Program.h"

#include <cinttypes>

namespace {
struct Run {
  std::vector<dlc::NamedTensor> seen;
  void add(const std::string &what, const dlc::Results &values) {
    for (const dlc::NamedTensor &v : values)
      seen.push_back({what + " " + v.name, v.value});
  }
};

Run everything(const std::string &path) {
  dlc::Model m = dlc::Model::open(path);
  dlc::Parameters p = m.newParameters(3);
  dlc::Training t = m.newTraining(p, 4);
  Run found;
  const dlc::Entry &loss = m.entry(m.hasEntry("train_step") ? "train_step" : "step");
  const int64_t features = loss.inputs[0].dims[1], classes = m.entry("predict").outputs[0].dims[1];
  for (int64_t rows : {32, 17, 1}) {
    dlc::Tensor x = reals({rows, features}, uint64_t(rows)), label = labels(rows, int32_t(classes), uint64_t(rows));
    found.add("predict", m.call("predict", p, {x}));
    found.add("gradients", t.call(m.hasEntry("train_step") ? "train_step.gradients" : "step.gradients", {x, label}));
    found.add("step", t.call(m.hasEntry("train_step") ? "train_step" : "step", {x, label}));
  }
  if (m.hasEntry("products"))
    found.add("products", m.call("products", p, {reals({4, 5, 7, 33}, 7), reals({4, 5, 33, 19}, 8)}));
  for (const dlc::NamedTensor &v : p.all())
    found.seen.push_back(v);
  for (const dlc::TensorInfo &info : m.tensors())
    if (info.kind == DLC_SLOT)
      found.seen.push_back({std::string(info.name), t.slot(std::string(info.name))});
  return found;
}

uint64_t digest(const std::string &bits) { // FNV-1a
  uint64_t hash = 14695981039346656037u;
  for (unsigned char byte : bits)
    hash = (hash ^ byte) * 1099511628211u;
  return hash;
}
} // namespace

int main(int count, char **arguments) try {
  Run one = everything(arguments[2]);
  if (count == 3) {
    for (const dlc::NamedTensor &v : one.seen) {
      std::string bits;
      append(bits, v.value);
      std::printf("%s %016" PRIx64 "\n", v.name.c_str(), digest(bits));
    }
    return 0;
  }
  Run two = everything(arguments[3]);
  double worst = one.seen.size() == two.seen.size() ? 0 : INFINITY;
  for (size_t i = 0; i < one.seen.size() && i < two.seen.size(); ++i) {
    double off = distance(one.seen[i].value, two.seen[i].value);
    if (off > 1e-3)
      std::printf("%s: off by %g\n", one.seen[i].name.c_str(), off);
    worst = std::fmax(worst, off);
  }
  std::printf("%zu tensors, off by %s (%g)\n", one.seen.size(),
              worst == 0     ? "nothing"
              : worst < 1e-3 ? "rounding"
                             : "more",
              worst);
  return !(worst < 1e-3);
} catch (const dlc::Error &e) {
  std::printf("error: %s\n", e.what());
  return 1;
}
