// extents.cpp - a call of few rows gives what a library compiled for that many gives.
// SPDX-License-Identifier: Apache-2.0
//
//   extents BIG.so SMALL.so BOTH.so: compiled for 32 rows, for 5, and for 1 and 32.
#include "Program.h"

namespace {
struct Trained {
  dlc::Model model;
  dlc::Parameters params;
  dlc::Training training;
  explicit Trained(const std::string &path)
      : model(dlc::Model::open(path)), params(model.newParameters(3)), training(model.newTraining(params, 4)) {}
};

void compare(const char *what, const dlc::Results &a, const dlc::Results &b, double tolerance) {
  CHECK(a.size() == b.size(), "%s", what);
  for (size_t i = 0; i < a.size(); ++i) {
    double off = distance(a[i], b[i]);
    CHECK(off <= tolerance, "%s, output %zu: off by %g", what, i, off);
  }
}

void shorter(const std::string &big, const std::string &small) {
  Trained a(big), b(small);
  CHECK(a.model.entry("loss").capacity == 32 && b.model.entry("loss").capacity == 5, "capacities");
  CHECK(bitsOf(a.params) == bitsOf(b.params), "the same seed gives the same parameters");
  dlc::Tensor x = reals({5, 20}, 1), label = labels(5, 7, 2);
  CHECK(bitsOf(a.model.call("predict", a.params, {x})) == bitsOf(b.model.call("predict", b.params, {x})),
        "independent rows differ");
  CHECK(bitsOf(a.model.call("numbered", a.params, {x})) == bitsOf(b.model.call("numbered", b.params, {x})),
        "row numbers differ");
  compare("centred", a.model.call("centred", a.params, {x}), b.model.call("centred", b.params, {x}), 1e-6);
  compare("loss", a.model.call("loss", a.params, {x, label}), b.model.call("loss", b.params, {x, label}), 1e-6);
  compare("step.gradients", a.training.call("step.gradients", {x, label}),
          b.training.call("step.gradients", {x, label}), 1e-6);
  for (int step = 0; step < 3; ++step)
    for (int64_t rows : {5, 3, 1})
      compare("step", a.training.call("step", {x.rows(0, rows), label.rows(0, rows)}),
              b.training.call("step", {x.rows(0, rows), label.rows(0, rows)}), 1e-6);
  for (const dlc::TensorInfo &info : a.model.tensors()) {
    std::string name(info.name);
    bool slot = info.kind == DLC_SLOT;
    double off = slot ? distance(a.training.slot(name), b.training.slot(name))
                      : distance(a.params.get(name), b.params.get(name));
    CHECK(off <= 2e-6, "%s after 9 steps: off by %g", name.c_str(), off);
  }

  // What lies behind the rows of a call is not read: it may be anything.
  dlc::Call whole = a.training.prepare("step.gradients"), part = a.training.prepare("step.gradients");
  for (dlc::Call *c : {&whole, &part}) {
    for (float &value : c->input("x").as<float>())
      value = c == &part ? NAN : 0;
    for (int32_t &value : c->input("label").as<int32_t>())
      value = c == &part ? -1 : 0;
    std::memcpy(c->input("x").data(), x.data(), x.bytes());
    std::memcpy(c->input("label").data(), label.data(), label.bytes());
    c->setExtent(5);
    c->run();
  }
  for (size_t i = 0; i < whole.entry().outputs.size(); ++i) {
    dlc::TensorView w = whole.output(i), p = part.output(i);
    CHECK(!std::memcmp(w.data(), p.data(), w.bytes()), "output %zu reads rows that are not there", i);
  }
}

void longer(const std::string &big) {
  Trained a(big);
  dlc::Tensor x = reals({75, 20}, 5), label = labels(75, 7, 6);
  dlc::Results cut = a.model.call("predict", a.params, {x});
  CHECK(cut["p"].shape() == (dlc::Shape{75, 7}), "shape %s", cut["p"].shape().str().c_str());
  std::string rows, all = bitsOf(cut);
  for (int64_t i = 0; i < 75; ++i)
    append(rows, a.model.call("predict", a.params, {x.rows(i, i + 1)})["p"]);
  CHECK(all.substr(0, rows.size()) == rows, "a long call is not the same as one for each row");
  for (const char *name : {"centred", "numbered", "step", "step.gradients"}) {
    std::string text = messageOf([&] {
      if (a.model.entry(name).inputs.size() == 1)
        a.model.call(name, a.params, {x});
      else
        a.training.call(name, {x, label});
    });
    CHECK(text.find("75") != std::string::npos && text.find("32") != std::string::npos, "%s: '%s'", name, text.c_str());
  }
  CHECK(a.training.step() == 0, "a step that was refused counts");
  // A mean over rows is gathered: 32, 32 and 11 rows weigh as much as they are.
  dlc::Results whole = a.training.call("loss", {x, label});
  double loss = 0;
  for (int64_t i : {0, 32, 64}) {
    const int64_t end = i == 64 ? 75 : i + 32;
    loss += double(end - i) * a.training.call("loss", {x.rows(i, end), label.rows(i, end)})["loss"].at(0);
  }
  CHECK(std::fabs(whole["loss"].at(0) - loss / 75) < 1e-6, "%g and %g", whole["loss"].at(0), loss / 75);

  // Through the C ABI too, where nobody has looked at the shapes.
  for (int64_t extent : {int64_t(0), int64_t(-1), int64_t(-5000000000), int64_t(33), int64_t(5000000000)})
    for (const dlc::Entry &e : a.model.entries()) {
      if (!e.hasBatch())
        continue;
      std::vector<dlc::Tensor> memory;
      std::vector<const void *> in;
      std::vector<void *> out;
      for (const dlc::Port &p : e.inputs)
        in.push_back(memory.emplace_back(p.type, p.dims).data());
      for (const dlc::Port &p : e.outputs)
        out.push_back(memory.emplace_back(p.type, p.dims).data());
      dlc_call call{};
      call.struct_size = sizeof call;
      call.inputs = in.data();
      call.outputs = out.data();
      for (int i = 0; i < DLC_ARENA_COUNT; ++i)
        call.arenas[i] =
            memory.emplace_back(dlc::DType::U8, dlc::Shape{int64_t(a.model.arenaBytes(dlc_arena(i))) + 64}).data();
      call.extents[0] = extent;
      call.step = 1;
      int32_t status = e.function(&call);
      CHECK(status == DLC_BAD_EXTENT && call.error.value == extent && call.error.limit == 32,
            "%s with %lld rows: status %d", e.name.data(), (long long)extent, status);
    }
  for (int64_t extent : {0, -3})
    CHECK(!messageOf([&] { a.model.prepare("predict", a.params).setExtent(extent); }).empty(), "%lld rows",
          (long long)extent);
  std::string empty = messageOf([&] { a.model.call("predict", a.params, {dlc::Tensor(dlc::DType::F32, {0, 20})}); });
  CHECK(!empty.empty(), "a call without rows");
}

void variants(const std::string &both) {
  Trained a(both);
  CHECK(a.model.entry("predict", 1).capacity == 1 && a.model.entry("predict", 2).capacity == 32,
        "one of two capacities");
  dlc::Tensor x = reals({9, 20}, 7), label = labels(9, 7, 8);
  std::string rows, all = bitsOf(a.model.call("predict", a.params, {x}));
  for (int64_t i = 0; i < 9; ++i)
    append(rows, a.model.call("predict", a.params, {x.rows(i, i + 1)})["p"]);
  CHECK(all.substr(0, rows.size()) == rows, "the variant for one row gives other bits");
  // A prepared call says which one it wants; the numbers agree.
  dlc::Call small = a.model.prepare("loss", a.params, 1), large = a.model.prepare("loss", a.params, 32);
  CHECK(small.entry().capacity == 1 && large.entry().capacity == 32, "prepared for another capacity");
  for (dlc::Call *c : {&small, &large}) {
    c->bindInput("x", x.rows(0, 1));
    c->bindInput("label", label.rows(0, 1));
    c->run();
  }
  CHECK(distance(small.output("loss"), large.output("loss")) <= 1e-6, "the losses of the variants differ");
}
} // namespace

int main(int, char **arguments) try {
  shorter(arguments[1], arguments[2]);
  longer(arguments[1]);
  variants(arguments[3]);
  return result("extents");
} catch (const dlc::Error &e) {
  std::printf("error: %s\n", e.what());
  return 1;
}
