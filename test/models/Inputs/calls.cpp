// calls.cpp - what a compiled model leaves as it was: parameters after a call that is refused, the processor's modes, and
// that a step is the sum of its parts.
// SPDX-License-Identifier: Apache-2.0
//
//   calls MODEL.so [CHECKPOINT]
#include "Program.h"

#include <atomic>
#include <cstddef>
#include <thread>
#include <xmmintrin.h>

namespace {
constexpr int64_t Rows = 32;

bool holds(const std::string &Text, const char *Part) { return Text.find(Part) != std::string::npos; }

void badLabels(dlc::Model &M) {
  dlc::Parameters P = M.newParameters(1);
  dlc::Training T = M.newTraining(P, 2);
  dlc::Tensor X = reals({Rows, 512}, 1), Good = labels(Rows, 40, 2);
  T.call("step", {X, Good});
  const std::string Before = bitsOf(P), SlotsBefore = slotBits(M, T);
  struct Bad {
    int64_t Row;
    int32_t Value;
  };
  for (Bad B : {Bad{0, 40}, Bad{7, -1}, Bad{31, 2147483647}, Bad{16, -2147483647 - 1}})
    for (const char *Name : {"loss", "step", "step.gradients"}) {
      dlc::Tensor Label = Good;
      Label.as<int32_t>()[size_t(B.Row)] = B.Value;
      try {
        T.call(Name, {X, Label});
        CHECK(false, "%s takes the label %d", Name, B.Value);
      } catch (const dlc::CallError &E) {
        std::string Text = E.what();
        CHECK(E.Code == DLC_BAD_INDEX && E.Row == B.Row && E.Value == B.Value && E.Limit == 40, "%s: %s", Name,
              E.what());
        CHECK(holds(Text, "wide.mlir") && holds(Text, "cross_entropy") && holds(Text, std::to_string(B.Row).c_str()) &&
                  holds(Text, std::to_string(B.Value).c_str()),
              "%s: %s", Name, E.what());
      }
      CHECK(bitsOf(P) == Before && slotBits(M, T) == SlotsBefore && T.step() == 1, "%s wrote before it refused", Name);
    }
  T.call("step", {X, Good});
  CHECK(bitsOf(P) != Before, "a good step writes nothing");
}

void wrongShapes(dlc::Model &M) {
  dlc::Parameters P = M.newParameters(1);
  dlc::Training T = M.newTraining(P);
  const std::string Before = bitsOf(P);
  dlc::Tensor X = reals({Rows, 512}, 1), Label = labels(Rows, 40, 2);
  auto refused = [&](const char *Part, std::initializer_list<dlc::Input> Inputs) {
    std::string Text = messageOf([&] { T.call("step", Inputs); });
    CHECK(holds(Text, Part) && holds(Text, "step"), "'%s' without '%s'", Text.c_str(), Part);
  };
  refused("f32[32, 511]", {reals({Rows, 511}, 1), Label});
  refused("f32[512]", {reals({512}, 1), Label});
  refused("i64", {X, Label.to(dlc::DType::I64)});
  refused("f64", {X.to(dlc::DType::F64), Label});
  refused("31", {X, labels(31, 40, 2)});
  refused("label", {X});
  refused("'lable'", {{"x", X}, {"lable", Label}});
  CHECK(bitsOf(P) == Before && T.step() == 0, "a refused call wrote");
}

int Refused = 0; ///< calls that are wrong, and were refused in the right words

/// A call's right arguments, with one thing wrong, drawn from a seed.
class WrongCall {
public:
  WrongCall(uint64_t Seed, int64_t Capacity) : From(Seed) {
    Entry = std::vector{"loss", "step", "step.gradients"}[From.next() % 3];
    int64_t Given = 1 + From.next() % Capacity;
    dlc::Tensor X = reals({Given, 512}, Seed), Label = labels(Given, 40, Seed);
    auto any = [&](std::initializer_list<int64_t> Of) { return Of.begin()[From.next() % Of.size()]; };
    switch (From.next() % 9) {
    case 0:
      X = reals({Given, 512 + any({-512, -511, -1, 1, 512})}, Seed);
      break;
    case 1:
      X = reals(From.next() % 2 ? dlc::Shape{Given, 512, 1} : dlc::Shape{Given * 512}, Seed);
      break;
    case 2:
      X = X.to(From.next() % 2 ? dlc::DType::F64 : dlc::DType::I32);
      break;
    case 3:
      Label = Label.to(static_cast<dlc::DType>(any({int(dlc::DType::I64), int(dlc::DType::U8), int(dlc::DType::F32)})));
      break;
    case 4:
      Label = labels(Given + any({1, 7, 1000}), 40, Seed);
      break;
    case 5:
      Label.as<int32_t>()[From.next() % Given] = int32_t(any({-1, 40, 41, 1 << 30, INT32_MIN, INT32_MAX}));
      break;
    case 6:
      Options.Extent = Given + any({-Given, -1, 1, INT32_MAX});
      break;
    case 7:
      Options.Scalars.emplace_back("l r", 0.1);
      break;
    case 8:
      Names = std::vector<std::vector<const char *>>{{"x", "x"},          {"x"}, {"label"}, {"y", "label"},
                                                     {"x", "label", "x"}, {}}[From.next() % 6];
      break;
    }
    Values = {std::move(X), std::move(Label)};
  }
  std::string run(dlc::Training &T) const {
    std::vector<dlc::Input> Inputs;
    for (std::string_view Name : Names)
      Inputs.emplace_back(Name, Values[Name == "label"]);
    return messageOf([&] { T.call(Entry, Inputs, Options); });
  }
  const char *Entry;

private:
  Numbers From;
  std::vector<dlc::Tensor> Values;
  std::vector<const char *> Names{"x", "label"};
  dlc::CallOptions Options;
};

void wrongArguments(dlc::Model &M, uint64_t First, uint64_t Count) {
  dlc::Parameters P = M.newParameters(1);
  dlc::Training T = M.newTraining(P, 2);
  const std::string Before = bitsOf(P), SlotsBefore = slotBits(M, T);
  for (uint64_t Seed = First; Seed < First + Count; ++Seed) {
    WrongCall Call(Seed, Rows);
    std::string Text = Call.run(T);
    // A label's message names the place in the model, all others the entry point.
    bool Named = holds(Text, Call.Entry) || holds(Text, "cross_entropy");
    CHECK(Named && T.step() == 0, "wrong call %llu of %s: '%s'", (unsigned long long)Seed, Call.Entry, Text.c_str());
    Refused += Named;
  }
  CHECK(bitsOf(P) == Before && slotBits(M, T) == SlotsBefore, "a refused call wrote");
}

/// The same through abi.h alone: a struct that is too short, an extent that is none, memory that is missing.
void wrongStructs(const dlc_model &M, uint64_t Count) {
  for (uint64_t Seed = 1; Seed <= Count; ++Seed) {
    Numbers From(Seed);
    const dlc_entry &E = M.entries[From.next() % M.entry_count];
    std::vector<std::vector<char>> Memory;
    dlc_call C{};
    for (int I = 0; I < DLC_ARENA_COUNT; ++I)
      C.arenas[I] = Memory.emplace_back(64, char(I)).data();
    std::vector<const void *> Inputs(E.input_count, Memory[0].data());
    std::vector<void *> Outputs(E.output_count, Memory[0].data());
    C.struct_size = sizeof C, C.inputs = Inputs.data(), C.outputs = Outputs.data(), C.extent = 1, C.step = 1;
    const auto Whole = Memory;
    int32_t Expected = DLC_BAD_STRUCT;
    int Arena = int(From.next() % DLC_ARENA_COUNT);
    switch (From.next() % 3) {
    case 0:
      C.struct_size = From.next() % offsetof(dlc_call, workspace_bytes);
      break;
    case 1:
      if (E.flags & DLC_HAS_BATCH) {
        C.extent = std::vector<int64_t>{0, -1, INT64_MIN, INT64_MAX, E.capacity + 1}[From.next() % 5];
        Expected = DLC_BAD_EXTENT;
        break;
      }
      [[fallthrough]];
    case 2:
      for (Expected = DLC_MISSING_ARENA; !(E.arenas >> Arena & 1);)
        Arena = (Arena + 1) % DLC_ARENA_COUNT;
      C.arenas[Arena] = nullptr;
      break;
    }
    int32_t Status = E.function(&C);
    CHECK(Status == Expected && Memory == Whole, "struct %llu, %s: status %d", (unsigned long long)Seed, E.name,
          Status);
    Refused += Status == Expected;
  }
}

void parts(dlc::Model &M) {
  dlc::Parameters A = M.newParameters(5), B = M.newParameters(5);
  dlc::Training Whole = M.newTraining(A, 6), Split = M.newTraining(B, 6);
  for (int Step = 0; Step < 3; ++Step) {
    dlc::Tensor X = reals({Rows, 512}, 10 + Step), Label = labels(Rows, 40, 20 + Step);
    dlc::Results One = Whole.call("step", {X, Label}), Two = Split.call("step.gradients", {X, Label});
    CHECK(One["loss"].item() == Two["loss"].item(), "the losses of step %d differ", Step);
    std::vector<dlc::Input> Gradients;
    for (const dlc::NamedTensor &T : Two)
      if (T.Name.starts_with("gradient."))
        Gradients.emplace_back(std::string_view(T.Name), T.Value);
    CHECK(Gradients.size() == 8, "%zu gradients", Gradients.size());
    Split.call("step.apply", Gradients);
  }
  CHECK(Whole.step() == 3 && Split.step() == 3, "%lld and %lld steps", (long long)Whole.step(),
        (long long)Split.step());
  for (const dlc::NamedTensor &T : A.all()) {
    double Off = distance(T.Value, B.get(T.Name));
    CHECK(Off <= 1e-6, "%s: off by %g", T.Name.c_str(), Off);
  }
}

unsigned ModeInside = 0;

void modes(dlc::Model &M) {
  constexpr unsigned FlushToZero = 0x8000, DenormalsAreZero = 0x0040;
  dlc::Parameters P = M.newParameters(1);
  dlc::Training T = M.newTraining(P);
  dlc::Tensor X = reals({Rows, 512}, 1), Label = labels(Rows, 40, 2);
  auto look = [](void *, uint32_t, int32_t) { ModeInside = _mm_getcsr(); };
  const unsigned Before = _mm_getcsr() & 0xFFC0; // without the flags that record exceptions
  CHECK(!(Before & (FlushToZero | DenormalsAreZero)), "the program starts with %x", Before);
  for (const char *Name : {"step", "loss"}) {
    dlc::Call C = T.prepare(Name);
    C.bindInput("x", X);
    C.bindInput("label", Label);
    C.setProfile(look, nullptr);
    ModeInside = 0;
    C.run();
    CHECK((ModeInside & FlushToZero) && (ModeInside & DenormalsAreZero), "inside a call of %s: %x", Name, ModeInside);
    CHECK((_mm_getcsr() & 0xFFC0) == Before, "after a call of %s: %x", Name, _mm_getcsr());
    // After a call that fails, and another rounding mode of the caller's.
    dlc::Tensor Bad = Label;
    Bad.as<int32_t>()[3] = 99;
    C.bindInput("label", Bad);
    _mm_setcsr((_mm_getcsr() & ~0x6000u) | 0x4000);
    CHECK(C.tryRun() == DLC_BAD_INDEX, "the label 99");
    CHECK((_mm_getcsr() & 0xFFC0) == ((Before & ~0x6000u) | 0x4000), "after a failed call: %x", _mm_getcsr());
    _mm_setcsr(Before);
  }
  // Denormal inputs count as zero: all logits are those of zeros.
  dlc::Tensor Tiny(dlc::DType::F32, {4, 512}), Zero(dlc::DType::F32, {4, 512});
  for (float &Value : Tiny.as<float>())
    Value = 1e-40f;
  CHECK(bitsOf(M.call("predict", P, {Tiny})) == bitsOf(M.call("predict", P, {Zero})), "denormals are not zero");
}

//===--- The host's floating-point environment -----------------------------------------------------------===//

/// What a host may have set: each rounding, every exception a trap, flushing and exceptions recorded.
constexpr unsigned HostModes[] = {0x3f80, 0x5f80, 0x7f80, 0x0000, 0xffff};

/// A host's own threads, which have a mode of their own.
struct HostThreads {
  explicit HostThreads(unsigned Mode) : Mode(Mode) {
    Table.struct_size = sizeof Table;
    Table.threads = 3;
    Table.pool = this;
    Table.parallel_for = [](void *Self, dlc_body Body, void *Context, int64_t Count, int64_t) {
      std::vector<std::thread> All;
      for (int64_t I = 0; I < 3; ++I)
        All.emplace_back([=] {
          auto *Host = static_cast<HostThreads *>(Self);
          _mm_setcsr(Host->Mode);
          Body(Context, Count * I / 3, Count * (I + 1) / 3);
          Host->Changed += _mm_getcsr() != Host->Mode;
          _mm_setcsr(0x1f80);
        });
      for (std::thread &One : All)
        One.join();
      static_cast<HostThreads *>(Self)->Loops += 1;
    };
  }
  unsigned Mode;
  dlc_services Table{};
  std::atomic<int> Loops{0}, Changed{0};
};

/// The bits of initial weights, of two steps and of a prediction, where every call is made in this mode.
std::string outcome(dlc::Model &M, unsigned Mode) {
  dlc::Tensor X = reals({Rows, 512}, 1), Label = labels(Rows, 40, 2);
  dlc::Parameters P = M.newParameters(1);
  dlc::Training T = M.newTraining(P, 3);
  std::string Bits;
  auto call = [&](auto Function) {
    _mm_setcsr(Mode);
    Function();
    unsigned After = _mm_getcsr();
    _mm_setcsr(0x1f80);
    CHECK(After == Mode, "the mode %x came back as %x", Mode, After);
  };
  call([&] { P.initialise(7); });
  Bits += bitsOf(P);
  dlc::Call Step = T.prepare("step"), Predict = M.prepare("predict", P);
  Step.bindInput("x", X);
  Step.bindInput("label", Label);
  Predict.bindInput("x", X);
  T.set("lr", 1.0 / 300); // no f32
  for (int I = 0; I < 2; ++I)
    call([&] { Step.run(); });
  call([&] { Predict.run(); });
  append(Bits, dlc::Tensor(Predict.output("p")));
  return Bits + bitsOf(P) + slotBits(M, T);
}

/// The same through abi.h alone, as a C program does it: no runtime between.
std::string bare(const dlc_model &M, unsigned Mode) {
  const dlc_entry *Predict = M.entries;
  while (std::strcmp(Predict->name, "predict") != 0)
    ++Predict;
  dlc_call C{};
  std::vector<dlc::Tensor> Arenas;
  for (int I = 0; I < DLC_ARENA_COUNT; ++I) {
    Arenas.push_back(reals({int64_t(M.arena_bytes[I] / 4 + 1)}, uint64_t(I)));
    C.arenas[I] = Arenas.back().data();
  }
  dlc::Tensor X = reals({Rows, 512}, 1), Y(dlc::DType::F32, {Rows, 40});
  const void *Inputs[] = {X.data()};
  void *Outputs[] = {Y.data()};
  C.struct_size = sizeof C, C.inputs = Inputs, C.outputs = Outputs, C.extent = Rows, C.step = 1;
  _mm_setcsr(Mode);
  int32_t Status = Predict->function(&C);
  unsigned After = _mm_getcsr();
  _mm_setcsr(0x1f80);
  CHECK(Status == DLC_OK && After == Mode, "status %d, the mode %x came back as %x", Status, Mode, After);
  std::string Bits;
  append(Bits, Y);
  return Bits;
}

void hostModes(const char *Path, dlc::Model &M) {
  const std::string Expected = outcome(M, 0x1f80), Bare = bare(M.descriptor(), 0x1f80);
  for (unsigned Mode : HostModes) {
    CHECK(outcome(M, Mode) == Expected, "the mode %x changes results", Mode);
    CHECK(bare(M.descriptor(), Mode) == Bare, "the mode %x changes results of a C caller", Mode);
    HostThreads Host(Mode);
    dlc::ModelOptions Options;
    Options.Services = &Host.Table;
    dlc::Model Mine = dlc::Model::open(Path, Options);
    CHECK(outcome(Mine, 0x1f80) == Expected, "the mode %x of the host's threads changes results", Mode);
    CHECK(Host.Loops > 0 && Host.Changed == 0, "%d loops, %d threads were left in another mode", Host.Loops.load(),
          Host.Changed.load());
  }
}
} // namespace

int main(int Count, char **Arguments) try {
  if (Count > 2) { // only a checkpoint is wanted
    dlc::Model M = dlc::Model::open(Arguments[1]);
    M.newTraining(M.newParameters(1)).save(Arguments[2]);
    return 0;
  }
  for (unsigned Threads : {1u, 2u}) {
    dlc::ModelOptions Options;
    Options.Threads = Threads;
    dlc::Model M = dlc::Model::open(Arguments[1], Options);
    badLabels(M);
    wrongShapes(M);
    wrongArguments(M, 1000 * Threads, 400);
    parts(M);
    modes(M);
    if (Threads > 1)
      hostModes(Arguments[1], M);
  }
  wrongStructs(dlc::Model::open(Arguments[1]).descriptor(), 200);
  std::printf("reliability: calls with wrong arguments: %d tried, %d lost\n", Refused, Failures);
  return result("calls");
} catch (const dlc::Error &E) {
  std::printf("error: %s\n", E.what());
  return 1;
}
