// extents.cpp - a call of few rows gives what a library compiled for that many gives.
// SPDX-License-Identifier: Apache-2.0
//
//   extents BIG.so SMALL.so BOTH.so: compiled for 32 rows, for 5, and for 1 and 32.
#include "Program.h"

namespace {
struct Trained {
  dlc::Model M;
  dlc::Parameters P;
  dlc::Training T;
  explicit Trained(const std::string &Path)
      : M(dlc::Model::open(Path)), P(M.newParameters(3)), T(M.newTraining(P, 4)) {}
};

void compare(const char *What, const dlc::Results &A, const dlc::Results &B, double Tolerance) {
  CHECK(A.size() == B.size(), "%s", What);
  for (size_t I = 0; I < A.size(); ++I) {
    double Off = distance(A[I], B[I]);
    CHECK(Off <= Tolerance, "%s, output %zu: off by %g", What, I, Off);
  }
}

void shorter(const std::string &Big, const std::string &Small) {
  Trained A(Big), B(Small);
  CHECK(A.M.entry("loss").Capacity == 32 && B.M.entry("loss").Capacity == 5, "capacities");
  CHECK(bitsOf(A.P) == bitsOf(B.P), "the same seed gives the same parameters");
  dlc::Tensor X = reals({5, 20}, 1), Label = labels(5, 7, 2);
  CHECK(bitsOf(A.M.call("predict", A.P, {X})) == bitsOf(B.M.call("predict", B.P, {X})), "independent rows differ");
  CHECK(bitsOf(A.M.call("numbered", A.P, {X})) == bitsOf(B.M.call("numbered", B.P, {X})), "row numbers differ");
  compare("centred", A.M.call("centred", A.P, {X}), B.M.call("centred", B.P, {X}), 1e-6);
  compare("loss", A.M.call("loss", A.P, {X, Label}), B.M.call("loss", B.P, {X, Label}), 1e-6);
  compare("step.gradients", A.T.call("step.gradients", {X, Label}), B.T.call("step.gradients", {X, Label}), 1e-6);
  for (int Step = 0; Step < 3; ++Step)
    for (int64_t Rows : {5, 3, 1})
      compare("step", A.T.call("step", {X.rows(0, Rows), Label.rows(0, Rows)}),
              B.T.call("step", {X.rows(0, Rows), Label.rows(0, Rows)}), 1e-6);
  for (const dlc::TensorInfo &Info : A.M.tensors()) {
    std::string Name(Info.Name);
    bool Slot = Info.Kind == DLC_SLOT;
    double Off = Slot ? distance(A.T.slot(Name), B.T.slot(Name)) : distance(A.P.get(Name), B.P.get(Name));
    CHECK(Off <= 2e-6, "%s after 9 steps: off by %g", Name.c_str(), Off);
  }

  // What lies behind the rows of a call is not read: it may be anything.
  dlc::Call Whole = A.T.prepare("step.gradients"), Part = A.T.prepare("step.gradients");
  for (dlc::Call *C : {&Whole, &Part}) {
    for (float &Value : C->input("x").as<float>())
      Value = C == &Part ? NAN : 0;
    for (int32_t &Value : C->input("label").as<int32_t>())
      Value = C == &Part ? -1 : 0;
    std::memcpy(C->input("x").data(), X.data(), X.bytes());
    std::memcpy(C->input("label").data(), Label.data(), Label.bytes());
    C->setExtent(5);
    C->run();
  }
  for (size_t I = 0; I < Whole.entry().Outputs.size(); ++I) {
    dlc::TensorView W = Whole.output(I), P = Part.output(I);
    CHECK(!std::memcmp(W.data(), P.data(), W.bytes()), "output %zu reads rows that are not there", I);
  }
}

void longer(const std::string &Big) {
  Trained A(Big);
  dlc::Tensor X = reals({75, 20}, 5), Label = labels(75, 7, 6);
  dlc::Results Cut = A.M.call("predict", A.P, {X});
  CHECK(Cut["p"].shape() == (dlc::Shape{75, 7}), "shape %s", Cut["p"].shape().str().c_str());
  std::string Rows, All = bitsOf(Cut);
  for (int64_t I = 0; I < 75; ++I)
    append(Rows, A.M.call("predict", A.P, {X.rows(I, I + 1)})["p"]);
  CHECK(All.substr(0, Rows.size()) == Rows, "a long call is not the same as one for each row");
  for (const char *Name : {"centred", "numbered", "step", "step.gradients"}) {
    std::string Text = messageOf([&] {
      if (A.M.entry(Name).Inputs.size() == 1)
        A.M.call(Name, A.P, {X});
      else
        A.T.call(Name, {X, Label});
    });
    CHECK(Text.find("75") != std::string::npos && Text.find("32") != std::string::npos, "%s: '%s'", Name, Text.c_str());
  }
  CHECK(A.T.step() == 0, "a step that was refused counts");
  // A mean over rows is gathered: 32, 32 and 11 rows weigh as much as they are.
  dlc::Results Whole = A.T.call("loss", {X, Label});
  double Loss = 0;
  for (int64_t I : {0, 32, 64}) {
    const int64_t End = I == 64 ? 75 : I + 32;
    Loss += double(End - I) * A.T.call("loss", {X.rows(I, End), Label.rows(I, End)})["loss"].at(0);
  }
  CHECK(std::fabs(Whole["loss"].at(0) - Loss / 75) < 1e-6, "%g and %g", Whole["loss"].at(0), Loss / 75);

  // Through the C ABI too, where nobody has looked at the shapes.
  for (int64_t Extent : {int64_t(0), int64_t(-1), int64_t(-5000000000), int64_t(33), int64_t(5000000000)})
    for (const dlc::Entry &E : A.M.entries()) {
      if (!E.hasBatch())
        continue;
      std::vector<dlc::Tensor> Memory;
      std::vector<const void *> In;
      std::vector<void *> Out;
      for (const dlc::Port &P : E.Inputs)
        In.push_back(Memory.emplace_back(P.Type, P.Dims).data());
      for (const dlc::Port &P : E.Outputs)
        Out.push_back(Memory.emplace_back(P.Type, P.Dims).data());
      dlc_call Call{};
      Call.struct_size = sizeof Call;
      Call.inputs = In.data();
      Call.outputs = Out.data();
      for (int I = 0; I < DLC_ARENA_COUNT; ++I)
        Call.arenas[I] =
            Memory.emplace_back(dlc::DType::U8, dlc::Shape{int64_t(A.M.arenaBytes(dlc_arena(I))) + 64}).data();
      Call.extent = Extent;
      Call.step = 1;
      int32_t Status = E.Function(&Call);
      CHECK(Status == DLC_BAD_EXTENT && Call.error.value == Extent && Call.error.limit == 32,
            "%s with %lld rows: status %d", E.Name.data(), (long long)Extent, Status);
    }
  for (int64_t Extent : {0, -3})
    CHECK(!messageOf([&] { A.M.prepare("predict", A.P).setExtent(Extent); }).empty(), "%lld rows", (long long)Extent);
  std::string Empty = messageOf([&] { A.M.call("predict", A.P, {dlc::Tensor(dlc::DType::F32, {0, 20})}); });
  CHECK(!Empty.empty(), "a call without rows");
}

void variants(const std::string &Both) {
  Trained A(Both);
  CHECK(A.M.entry("predict", 1).Capacity == 1 && A.M.entry("predict", 2).Capacity == 32, "one of two capacities");
  dlc::Tensor X = reals({9, 20}, 7), Label = labels(9, 7, 8);
  std::string Rows, All = bitsOf(A.M.call("predict", A.P, {X}));
  for (int64_t I = 0; I < 9; ++I)
    append(Rows, A.M.call("predict", A.P, {X.rows(I, I + 1)})["p"]);
  CHECK(All.substr(0, Rows.size()) == Rows, "the variant for one row gives other bits");
  // A prepared call says which one it wants; the numbers agree.
  dlc::Call Small = A.M.prepare("loss", A.P, 1), Large = A.M.prepare("loss", A.P, 32);
  CHECK(Small.entry().Capacity == 1 && Large.entry().Capacity == 32, "prepared for another capacity");
  for (dlc::Call *C : {&Small, &Large}) {
    C->bindInput("x", X.rows(0, 1));
    C->bindInput("label", Label.rows(0, 1));
    C->run();
  }
  CHECK(distance(Small.output("loss"), Large.output("loss")) <= 1e-6, "the losses of the variants differ");
}
} // namespace

int main(int, char **Arguments) try {
  shorter(Arguments[1], Arguments[2]);
  longer(Arguments[1]);
  variants(Arguments[3]);
  return result("extents");
} catch (const dlc::Error &E) {
  std::printf("error: %s\n", E.what());
  return 1;
}
