// targets.cpp - the bits of everything that a model gives, or how far two compilations of it are apart.
// SPDX-License-Identifier: Apache-2.0
//
//   targets bits MODEL.so: a digest of outputs, gradients, parameters and slots
//   targets distance MODEL.so OTHER.so: the largest difference, relative where numbers are above 1
#include "Program.h"

#include <cinttypes>

namespace {
struct Run {
  std::vector<dlc::NamedTensor> Seen;
  void add(const std::string &What, const dlc::Results &Values) {
    for (const dlc::NamedTensor &V : Values)
      Seen.push_back({What + " " + V.Name, V.Value});
  }
};

Run everything(const std::string &Path) {
  dlc::Model M = dlc::Model::open(Path);
  dlc::Parameters P = M.newParameters(3);
  dlc::Training T = M.newTraining(P, 4);
  Run Found;
  const dlc::Entry &Loss = M.entry(M.hasEntry("train_step") ? "train_step" : "step");
  const int64_t Features = Loss.Inputs[0].Dims[1], Classes = M.entry("predict").Outputs[0].Dims[1];
  for (int64_t Rows : {32, 17, 1}) {
    dlc::Tensor X = reals({Rows, Features}, uint64_t(Rows)), Label = labels(Rows, int32_t(Classes), uint64_t(Rows));
    Found.add("predict", M.call("predict", P, {X}));
    Found.add("gradients", T.call(M.hasEntry("train_step") ? "train_step.gradients" : "step.gradients", {X, Label}));
    Found.add("step", T.call(M.hasEntry("train_step") ? "train_step" : "step", {X, Label}));
  }
  if (M.hasEntry("products"))
    Found.add("products", M.call("products", P, {reals({4, 5, 7, 33}, 7), reals({4, 5, 33, 19}, 8)}));
  for (const dlc::NamedTensor &V : P.all())
    Found.Seen.push_back(V);
  for (const dlc::TensorInfo &Info : M.tensors())
    if (Info.Kind == DLC_SLOT)
      Found.Seen.push_back({std::string(Info.Name), T.slot(std::string(Info.Name))});
  return Found;
}

uint64_t digest(const std::string &Bits) { // FNV-1a
  uint64_t Hash = 14695981039346656037u;
  for (unsigned char Byte : Bits)
    Hash = (Hash ^ Byte) * 1099511628211u;
  return Hash;
}
} // namespace

int main(int Count, char **Arguments) try {
  Run One = everything(Arguments[2]);
  if (Count == 3) {
    for (const dlc::NamedTensor &V : One.Seen) {
      std::string Bits;
      append(Bits, V.Value);
      std::printf("%s %016" PRIx64 "\n", V.Name.c_str(), digest(Bits));
    }
    return 0;
  }
  Run Two = everything(Arguments[3]);
  double Worst = One.Seen.size() == Two.Seen.size() ? 0 : INFINITY;
  for (size_t I = 0; I < One.Seen.size() && I < Two.Seen.size(); ++I) {
    double Off = distance(One.Seen[I].Value, Two.Seen[I].Value);
    if (Off > 1e-3)
      std::printf("%s: off by %g\n", One.Seen[I].Name.c_str(), Off);
    Worst = std::fmax(Worst, Off);
  }
  std::printf("%zu tensors, off by %s (%g)\n", One.Seen.size(),
              Worst == 0     ? "nothing"
              : Worst < 1e-3 ? "rounding"
                             : "more",
              Worst);
  return !(Worst < 1e-3);
} catch (const dlc::Error &E) {
  std::printf("error: %s\n", E.what());
  return 1;
}
