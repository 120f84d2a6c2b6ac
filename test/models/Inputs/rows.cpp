// rows.cpp - every entry point, called with fewer and with more rows, against a library compiled for that many.
// SPDX-License-Identifier: Apache-2.0
//
//   rows BIG.so SMALL.so...
// The big one is called with as many rows as the capacity of each small one; each small one with as many as the capacity
// of the big one, which cuts the call where rows are independent.
#include "Program.h"

namespace {
/// Reals, and integers below five, for a call of this many rows.
dlc::Tensor drawn(const dlc::Port &P, int64_t Rows, uint64_t Seed) {
  if (P.Type == dlc::DType::F32)
    return reals(P.shape(Rows), Seed);
  dlc::Tensor T(P.Type, P.shape(Rows));
  Numbers From(Seed);
  auto fill = [&](auto Zero) {
    for (auto &X : T.as<decltype(Zero)>())
      X = decltype(Zero)(From.next() % 5);
  };
  if (P.Type == dlc::DType::I32)
    fill(int32_t(0));
  else if (P.Type == dlc::DType::I64)
    fill(int64_t(0));
  else
    fill(uint8_t(0));
  return T;
}

struct Side {
  dlc::Model M;
  dlc::Parameters P;
  dlc::Training T;
  explicit Side(const std::string &Path) : M(dlc::Model::open(Path)), P(M.newParameters(3)), T(M.newTraining(P, 4)) {}
  dlc::Results call(const dlc::Entry &E, const std::vector<dlc::Input> &Inputs) {
    if (E.Kind == DLC_FUNCTION)
      return M.call(E.Name, P, Inputs, {.Seed = 5, .Step = 2});
    return T.call(E.Name, Inputs);
  }
};

/// The first is the library under test, the second was compiled for this many rows. Numbers that were gathered from
/// pieces of a call are rounded otherwise.
int compare(const dlc::Entry &E, int64_t Rows, const dlc::Results &A, const dlc::Results &B, bool IsCut) {
  // Products of at most eight rows, both of whose operands lie along what is summed, are summed in another order.
  const bool Exact = !E.Name.starts_with("dots");
  CHECK(A.size() == B.size() && A.size() == E.Outputs.size(), "%s", E.Name.data());
  for (size_t I = 0; I < A.size(); ++I) {
    const dlc::TensorView X = A[I], Y = B[I];
    CHECK(X.shape() == Y.shape() && X.shape() == E.Outputs[I].shape(Rows), "%s, %s: shapes %s and %s", E.Name.data(),
          E.Outputs[I].Name.data(), X.shape().str().c_str(), Y.shape().str().c_str());
    const bool Same = X.bytes() == Y.bytes() && !std::memcmp(X.data(), Y.data(), X.bytes());
    const bool Gathered = IsCut && E.Outputs[I].Combine != DLC_COMBINE_UNKNOWN;
    CHECK(Exact && !Gathered ? Same : distance(X, Y) <= 1e-5, "%s, %s of %lld rows: off by %g", E.Name.data(),
          E.Outputs[I].Name.data(), (long long)Rows, distance(X, Y));
  }
  return int(A.size());
}

int Compared = 0, Cut = 0, Refused = 0;

void compare(const std::string &BigPath, const std::string &SmallPath) {
  Side Big(BigPath), Small(SmallPath);
  for (const dlc::Entry &E : Big.M.entries()) {
    if (!E.hasBatch())
      continue;
    const dlc::Entry &Less = Small.M.entry(E.Name);
    const int64_t Rows = Less.Capacity;
    CHECK(Rows < E.Capacity, "%s: capacities %lld and %lld", E.Name.data(), (long long)Rows, (long long)E.Capacity);
    // What an earlier, longer call left in the workspace must not be seen.
    std::vector<dlc::Tensor> Memory;
    std::vector<dlc::Input> Full, Few;
    for (const dlc::Port &P : E.Inputs)
      Memory.push_back(drawn(P, E.Capacity, 11 + Memory.size()));
    for (const dlc::Port &P : E.Inputs)
      Memory.push_back(drawn(P, Rows, 37 + Memory.size()));
    for (size_t I = 0; I < E.Inputs.size(); ++I) {
      Full.emplace_back(E.Inputs[I].Name, Memory[I]);
      Few.emplace_back(E.Inputs[I].Name, Memory[E.Inputs.size() + I]);
    }
    if (E.Kind == DLC_FUNCTION) {
      dlc::Results Whole = Big.call(E, Full);
      std::string Refusal = messageOf([&] {
        dlc::Results Pieces = Small.call(E, Full);
        Compared += compare(E, E.Capacity, Pieces, Whole, true);
        ++Cut;
      });
      CHECK(Refusal.empty() == Less.rowsIndependent(), "%s of %lld rows: %s", E.Name.data(), (long long)E.Capacity,
            Refusal.c_str());
      CHECK(Refusal.empty() || Refusal.find("cannot be cut") != std::string::npos, "%s: %s", E.Name.data(),
            Refusal.c_str());
      Refused += !Refusal.empty();
    }
    Compared += compare(E, Rows, Big.call(E, Few), Small.call(E, Few), false);
  }
  CHECK(bitsOf(Big.P) == bitsOf(Small.P), "parameters differ after a step of %s", SmallPath.c_str());
}
} // namespace

int main(int Count, char **Arguments) try {
  for (int I = 2; I < Count; ++I)
    compare(Arguments[1], Arguments[I]);
  std::printf("%d outputs compared, %d calls cut, %d refused\n", Compared, Cut, Refused);
  return result("rows");
} catch (const dlc::Error &E) {
  std::printf("error: %s\n", E.what());
  return 1;
}
