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
constexpr int64_t rows = 32;

bool holds(const std::string &text, const char *part) { return text.find(part) != std::string::npos; }

void badLabels(dlc::Model &m) {
  dlc::Parameters p = m.newParameters(1);
  dlc::Training t = m.newTraining(p, 2);
  dlc::Tensor x = reals({rows, 512}, 1), good = labels(rows, 40, 2);
  t.call("step", {x, good});
  const std::string before = bitsOf(p), slotsBefore = slotBits(m, t);
  struct Bad {
    int64_t row;
    int32_t value;
  };
  for (Bad b : {Bad{0, 40}, Bad{7, -1}, Bad{31, 2147483647}, Bad{16, -2147483647 - 1}})
    for (const char *name : {"loss", "step", "step.gradients"}) {
      dlc::Tensor label = good;
      label.as<int32_t>()[size_t(b.row)] = b.value;
      try {
        t.call(name, {x, label});
        CHECK(false, "%s takes the label %d", name, b.value);
      } catch (const dlc::CallError &e) {
        std::string text = e.what();
        CHECK(e.code == DLC_BAD_INDEX && e.row == b.row && e.value == b.value && e.limit == 40, "%s: %s", name,
              e.what());
        CHECK(holds(text, "wide.mlir") && holds(text, "cross_entropy") && holds(text, std::to_string(b.row).c_str()) &&
                  holds(text, std::to_string(b.value).c_str()),
              "%s: %s", name, e.what());
      }
      CHECK(bitsOf(p) == before && slotBits(m, t) == slotsBefore && t.step() == 1, "%s wrote before it refused", name);
    }
  t.call("step", {x, good});
  CHECK(bitsOf(p) != before, "a good step writes nothing");
}

void wrongShapes(dlc::Model &m) {
  dlc::Parameters p = m.newParameters(1);
  dlc::Training t = m.newTraining(p);
  const std::string before = bitsOf(p);
  dlc::Tensor x = reals({rows, 512}, 1), label = labels(rows, 40, 2);
  auto refused = [&](const char *part, std::initializer_list<dlc::Input> inputs) {
    std::string text = messageOf([&] { t.call("step", inputs); });
    CHECK(holds(text, part) && holds(text, "step"), "'%s' without '%s'", text.c_str(), part);
  };
  refused("f32[32, 511]", {reals({rows, 511}, 1), label});
  refused("f32[512]", {reals({512}, 1), label});
  refused("i64", {x, label.to(dlc::DType::I64)});
  refused("f64", {x.to(dlc::DType::F64), label});
  refused("31", {x, labels(31, 40, 2)});
  refused("label", {x});
  refused("'lable'", {{"x", x}, {"lable", label}});
  CHECK(bitsOf(p) == before && t.step() == 0, "a refused call wrote");
}

int refused = 0; ///< calls that are wrong, and were refused in the right words

/// A call's right arguments, with one thing wrong, drawn from a seed.
class WrongCall {
public:
  WrongCall(uint64_t seed, int64_t capacity) : from(seed) {
    entry = std::vector{"loss", "step", "step.gradients"}[from.next() % 3];
    int64_t given = 1 + from.next() % capacity;
    dlc::Tensor x = reals({given, 512}, seed), label = labels(given, 40, seed);
    auto any = [&](std::initializer_list<int64_t> of) { return of.begin()[from.next() % of.size()]; };
    switch (from.next() % 9) {
    case 0:
      x = reals({given, 512 + any({-512, -511, -1, 1, 512})}, seed);
      break;
    case 1:
      x = reals(from.next() % 2 ? dlc::Shape{given, 512, 1} : dlc::Shape{given * 512}, seed);
      break;
    case 2:
      x = x.to(from.next() % 2 ? dlc::DType::F64 : dlc::DType::I32);
      break;
    case 3:
      label = label.to(static_cast<dlc::DType>(any({int(dlc::DType::I64), int(dlc::DType::U8), int(dlc::DType::F32)})));
      break;
    case 4:
      label = labels(given + any({1, 7, 1000}), 40, seed);
      break;
    case 5:
      label.as<int32_t>()[from.next() % given] = int32_t(any({-1, 40, 41, 1 << 30, INT32_MIN, INT32_MAX}));
      break;
    case 6:
      options.extent = given + any({-given, -1, 1, INT32_MAX});
      break;
    case 7:
      options.scalars.emplace_back("l r", 0.1);
      break;
    case 8:
      names = std::vector<std::vector<const char *>>{{"x", "x"},          {"x"}, {"label"}, {"y", "label"},
                                                     {"x", "label", "x"}, {}}[from.next() % 6];
      break;
    }
    values = {std::move(x), std::move(label)};
  }
  std::string run(dlc::Training &t) const {
    std::vector<dlc::Input> inputs;
    for (std::string_view name : names)
      inputs.emplace_back(name, values[name == "label"]);
    return messageOf([&] { t.call(entry, inputs, options); });
  }
  const char *entry;

private:
  Numbers from;
  std::vector<dlc::Tensor> values;
  std::vector<const char *> names{"x", "label"};
  dlc::CallOptions options;
};

void wrongArguments(dlc::Model &m, uint64_t first, uint64_t count) {
  dlc::Parameters p = m.newParameters(1);
  dlc::Training t = m.newTraining(p, 2);
  const std::string before = bitsOf(p), slotsBefore = slotBits(m, t);
  for (uint64_t seed = first; seed < first + count; ++seed) {
    WrongCall call(seed, rows);
    std::string text = call.run(t);
    // A label's message names the place in the model, all others the entry point.
    bool named = holds(text, call.entry) || holds(text, "cross_entropy");
    CHECK(named && t.step() == 0, "wrong call %llu of %s: '%s'", (unsigned long long)seed, call.entry, text.c_str());
    refused += named;
  }
  CHECK(bitsOf(p) == before && slotBits(m, t) == slotsBefore, "a refused call wrote");
}

/// The same through abi.h alone: a struct that is too short, an extent that is none, memory that is missing.
void wrongStructs(const dlc_model &m, uint64_t count) {
  for (uint64_t seed = 1; seed <= count; ++seed) {
    Numbers from(seed);
    const dlc_entry &e = m.entries[from.next() % m.entry_count];
    std::vector<std::vector<char>> memory;
    dlc_call c{};
    for (int i = 0; i < DLC_ARENA_COUNT; ++i)
      c.arenas[i] = memory.emplace_back(64, char(i)).data();
    std::vector<const void *> inputs(e.input_count, memory[0].data());
    std::vector<void *> outputs(e.output_count, memory[0].data());
    c.struct_size = sizeof c, c.inputs = inputs.data(), c.outputs = outputs.data(), c.extents[0] = 1, c.step = 1;
    const auto whole = memory;
    int32_t expected = DLC_BAD_STRUCT;
    int arena = int(from.next() % DLC_ARENA_COUNT);
    switch (from.next() % 3) {
    case 0:
      c.struct_size = from.next() % offsetof(dlc_call, workspace_bytes);
      break;
    case 1:
      if (e.extents[0].capacity) {
        c.extents[0] = std::vector<int64_t>{0, -1, INT64_MIN, INT64_MAX, e.extents[0].capacity + 1}[from.next() % 5];
        expected = DLC_BAD_EXTENT;
        break;
      }
      [[fallthrough]];
    case 2:
      for (expected = DLC_MISSING_ARENA; !(e.arenas >> arena & 1);)
        arena = (arena + 1) % DLC_ARENA_COUNT;
      c.arenas[arena] = nullptr;
      break;
    }
    int32_t status = e.function(&c);
    CHECK(status == expected && memory == whole, "struct %llu, %s: status %d", (unsigned long long)seed, e.name,
          status);
    refused += status == expected;
  }
}

void parts(dlc::Model &m) {
  dlc::Parameters a = m.newParameters(5), b = m.newParameters(5);
  dlc::Training whole = m.newTraining(a, 6), split = m.newTraining(b, 6);
  for (int step = 0; step < 3; ++step) {
    dlc::Tensor x = reals({rows, 512}, 10 + step), label = labels(rows, 40, 20 + step);
    dlc::Results one = whole.call("step", {x, label}), two = split.call("step.gradients", {x, label});
    CHECK(one["loss"].item() == two["loss"].item(), "the losses of step %d differ", step);
    std::vector<dlc::Input> gradients;
    for (const dlc::NamedTensor &t : two)
      if (t.name.starts_with("gradient."))
        gradients.emplace_back(std::string_view(t.name), t.value);
    CHECK(gradients.size() == 8, "%zu gradients", gradients.size());
    split.call("step.apply", gradients);
  }
  CHECK(whole.step() == 3 && split.step() == 3, "%lld and %lld steps", (long long)whole.step(),
        (long long)split.step());
  for (const dlc::NamedTensor &t : a.all()) {
    double off = distance(t.value, b.get(t.name));
    CHECK(off <= 1e-6, "%s: off by %g", t.name.c_str(), off);
  }
}

unsigned modeInside = 0;

void modes(dlc::Model &m) {
  constexpr unsigned flushToZero = 0x8000, denormalsAreZero = 0x0040;
  dlc::Parameters p = m.newParameters(1);
  dlc::Training t = m.newTraining(p);
  dlc::Tensor x = reals({rows, 512}, 1), label = labels(rows, 40, 2);
  auto look = [](void *, uint32_t, int32_t) { modeInside = _mm_getcsr(); };
  const unsigned before = _mm_getcsr() & 0xFFC0; // without the flags that record exceptions
  CHECK(!(before & (flushToZero | denormalsAreZero)), "the program starts with %x", before);
  for (const char *name : {"step", "loss"}) {
    dlc::Call c = t.prepare(name);
    c.bindInput("x", x);
    c.bindInput("label", label);
    c.setProfile(look, nullptr);
    modeInside = 0;
    c.run();
    CHECK((modeInside & flushToZero) && (modeInside & denormalsAreZero), "inside a call of %s: %x", name, modeInside);
    CHECK((_mm_getcsr() & 0xFFC0) == before, "after a call of %s: %x", name, _mm_getcsr());
    // After a call that fails, and another rounding mode of the caller's.
    dlc::Tensor bad = label;
    bad.as<int32_t>()[3] = 99;
    c.bindInput("label", bad);
    _mm_setcsr((_mm_getcsr() & ~0x6000u) | 0x4000);
    CHECK(c.tryRun() == DLC_BAD_INDEX, "the label 99");
    CHECK((_mm_getcsr() & 0xFFC0) == ((before & ~0x6000u) | 0x4000), "after a failed call: %x", _mm_getcsr());
    _mm_setcsr(before);
  }
  // Denormal inputs count as zero: all logits are those of zeros.
  dlc::Tensor tiny(dlc::DType::F32, {4, 512}), zero(dlc::DType::F32, {4, 512});
  for (float &value : tiny.as<float>())
    value = 1e-40f;
  CHECK(bitsOf(m.call("predict", p, {tiny})) == bitsOf(m.call("predict", p, {zero})), "denormals are not zero");
}

//===--- The host's floating-point environment ---------------------------------------------------------===//

/// What a host may have set: each rounding, every exception a trap, flushing and exceptions recorded.
constexpr unsigned modesOfHosts[] = {0x3f80, 0x5f80, 0x7f80, 0x0000, 0xffff};

/// A host's own threads, which have a mode of their own.
struct HostThreads {
  explicit HostThreads(unsigned mode) : mode(mode) {
    table.struct_size = sizeof table;
    table.threads = 3;
    table.pool = this;
    table.parallel_for = [](void *self, dlc_body body, void *context, int64_t count, int64_t) {
      std::vector<std::thread> all;
      for (int64_t i = 0; i < 3; ++i)
        all.emplace_back([=] {
          auto *host = static_cast<HostThreads *>(self);
          _mm_setcsr(host->mode);
          body(context, count * i / 3, count * (i + 1) / 3);
          host->changed += _mm_getcsr() != host->mode;
          _mm_setcsr(0x1f80);
        });
      for (std::thread &one : all)
        one.join();
      static_cast<HostThreads *>(self)->loops += 1;
    };
  }
  unsigned mode;
  dlc_services table{};
  std::atomic<int> loops{0}, changed{0};
};

/// The bits of initial weights, of two steps and of a prediction, where every call is made in this mode.
std::string outcome(dlc::Model &m, unsigned mode) {
  dlc::Tensor x = reals({rows, 512}, 1), label = labels(rows, 40, 2);
  dlc::Parameters p = m.newParameters(1);
  dlc::Training t = m.newTraining(p, 3);
  std::string bits;
  auto call = [&](auto function) {
    _mm_setcsr(mode);
    function();
    unsigned after = _mm_getcsr();
    _mm_setcsr(0x1f80);
    CHECK(after == mode, "the mode %x came back as %x", mode, after);
  };
  call([&] { p.initialise(7); });
  bits += bitsOf(p);
  dlc::Call step = t.prepare("step"), predict = m.prepare("predict", p);
  step.bindInput("x", x);
  step.bindInput("label", label);
  predict.bindInput("x", x);
  t.set("lr", 1.0 / 300); // no f32
  for (int i = 0; i < 2; ++i)
    call([&] { step.run(); });
  call([&] { predict.run(); });
  append(bits, dlc::Tensor(predict.output("p")));
  return bits + bitsOf(p) + slotBits(m, t);
}

/// The same through abi.h alone, as a C program does it: no runtime between.
std::string bare(const dlc_model &m, unsigned mode) {
  const dlc_entry *predict = m.entries;
  while (std::strcmp(predict->name, "predict") != 0)
    ++predict;
  dlc_call c{};
  std::vector<dlc::Tensor> arenas;
  for (int i = 0; i < DLC_ARENA_COUNT; ++i) {
    arenas.push_back(reals({int64_t(m.arena_bytes[i] / 4 + 1)}, uint64_t(i)));
    c.arenas[i] = arenas.back().data();
  }
  dlc::Tensor x = reals({rows, 512}, 1), y(dlc::DType::F32, {rows, 40});
  const void *inputs[] = {x.data()};
  void *outputs[] = {y.data()};
  c.struct_size = sizeof c, c.inputs = inputs, c.outputs = outputs, c.extents[0] = rows, c.step = 1;
  _mm_setcsr(mode);
  int32_t status = predict->function(&c);
  unsigned after = _mm_getcsr();
  _mm_setcsr(0x1f80);
  CHECK(status == DLC_OK && after == mode, "status %d, the mode %x came back as %x", status, mode, after);
  std::string bits;
  append(bits, y);
  return bits;
}

void hostModes(const char *path, dlc::Model &m) {
  const std::string expected = outcome(m, 0x1f80), plain = bare(m.descriptor(), 0x1f80);
  for (unsigned mode : modesOfHosts) {
    CHECK(outcome(m, mode) == expected, "the mode %x changes results", mode);
    CHECK(bare(m.descriptor(), mode) == plain, "the mode %x changes results of a C caller", mode);
    HostThreads host(mode);
    dlc::ModelOptions options;
    options.services = &host.table;
    dlc::Model mine = dlc::Model::open(path, options);
    CHECK(outcome(mine, 0x1f80) == expected, "the mode %x of the host's threads changes results", mode);
    CHECK(host.loops > 0 && host.changed == 0, "%d loops, %d threads were left in another mode", host.loops.load(),
          host.changed.load());
  }
}
} // namespace

int main(int count, char **arguments) try {
  if (count > 2) { // only a checkpoint is wanted
    dlc::Model m = dlc::Model::open(arguments[1]);
    m.newTraining(m.newParameters(1)).save(arguments[2]);
    return 0;
  }
  for (unsigned threads : {1u, 2u}) {
    dlc::ModelOptions options;
    options.threads = threads;
    dlc::Model m = dlc::Model::open(arguments[1], options);
    badLabels(m);
    wrongShapes(m);
    wrongArguments(m, 1000 * threads, 400);
    parts(m);
    modes(m);
    if (threads > 1)
      hostModes(arguments[1], m);
  }
  wrongStructs(dlc::Model::open(arguments[1]).descriptor(), 200);
  std::printf("reliability: calls with wrong arguments: %d tried, %d lost\n", refused, failures);
  return result("calls");
} catch (const dlc::Error &e) {
  std::printf("error: %s\n", e.what());
  return 1;
}
