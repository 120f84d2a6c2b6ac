// cache.cpp - a session that keeps what it has seen, beside the whole sequence.
// SPDX-License-Identifier: Apache-2.0
//
//   cache MODEL.so
#include "Program.h"
#include <thread>

namespace {
constexpr int64_t context = 12, width = 4, batch = 2;

/// Places [first, first + count).
dlc::Tensor places(const dlc::Tensor &x, int64_t first, int64_t count) {
  dlc::Tensor part(dlc::DType::F32, {batch, count, width});
  for (int64_t row = 0; row < batch; ++row)
    std::copy_n(x.as<float>().begin() + (row * context + first) * width, count * width,
                part.as<float>().begin() + row * count * width);
  return part;
}
struct Stream {
  dlc::Tensor x, y;
  dlc::Session session;
  Stream(const dlc::Model &model, const dlc::Parameters &params, uint64_t seed)
      : x(reals({batch, context, width}, seed)), y(model.call("whole", params, {x})["y"]),
        session(model.newSession(params)) {}
  double next(const char *entry, int64_t at, int64_t count) {
    dlc::Tensor found = session.call(entry, {places(x, at, count), int32_t(at)})["y"], expected = places(y, at, count);
    double off = 0;
    for (int64_t i = 0; i < found.elements(); ++i)
      off = std::max(off, std::isfinite(found.at(i)) ? std::fabs(found.at(i) - expected.at(i)) : INFINITY);
    return off;
  }
};
} // namespace

int main(int, char **argv) {
  dlc::Model model = dlc::Model::open(argv[1]);
  dlc::Parameters params = model.newParameters(1);
  Stream a(model, params, 2), b(model, params, 3);
  for (int64_t at = 0; at < context; ++at) {
    double first = a.next("next", at, 1), second = at % 4 ? 0 : b.next("four", at, 4);
    CHECK(first < 1e-5 && second < 1e-5, "at %ld: %g, %g", long(at), first, second);
  }
  // A place past the context, and before it, costs nothing.
  for (int64_t at : {context, int64_t(-1)}) {
    std::string text = messageOf([&] { a.session.call("next", {places(a.x, 0, 1), int32_t(at)}); });
    CHECK(text.find("write: the index " + std::to_string(at) +
                    " is out of range: it must be at least 0 and less than 12") != std::string::npos,
          "%s", text.c_str());
  }
  CHECK(a.next("next", context - 1, 1) < 1e-5, "after a wrong call");
  a.session.reset();
  CHECK(a.next("four", 0, 4) < 1e-5, "set back");
  // Two streams on two threads.
  Stream c(model, params, 4), d(model, params, 5);
  double worst[2] = {0, 0};
  auto walk = [&](Stream &s, double &off) {
    for (int64_t at = 0; at < context; ++at)
      off = std::max(off, s.next("next", at, 1));
  };
  std::thread one([&] { walk(c, worst[0]); }), two([&] { walk(d, worst[1]); });
  one.join();
  two.join();
  CHECK(worst[0] < 1e-5 && worst[1] < 1e-5, "%g, %g", worst[0], worst[1]);
  std::printf(failures ? "cache: %d wrong\n" : "cache: all right\n", failures);
  return failures != 0;
}
