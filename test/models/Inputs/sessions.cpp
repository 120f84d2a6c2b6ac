// sessions.cpp - streams of calls.
// SPDX-License-Identifier: Apache-2.0
//
//   sessions MODEL.so OTHER.so
#include "Program.h"
#include <atomic>
#include <thread>

namespace {
/// Steps [first, first + count) of x [rows, time, 3].
dlc::Tensor steps(const dlc::Tensor &x, int64_t first, int64_t count) {
  int64_t rows = x.shape()[0], time = x.shape()[1];
  dlc::Tensor part(dlc::DType::F32, {rows, count, 3});
  for (int64_t row = 0; row < rows; ++row)
    std::copy_n(x.as<float>().begin() + (row * time + first) * 3, count * 3,
                part.as<float>().begin() + row * count * 3);
  return part;
}
bool same(dlc::TensorView a, dlc::TensorView b) {
  return a.shape() == b.shape() && std::memcmp(a.data(), b.data(), a.bytes()) == 0;
}
/// A sequence, and what the network makes of it as a whole.
struct Sequence {
  dlc::Tensor x, y;
  Sequence(const dlc::Model &model, const dlc::Parameters &params, int64_t rows, uint64_t seed)
      : x(reals({rows, 12, 3}, seed)), y(model.call("whole", params, {x})["y"]) {}
  bool agrees(dlc::Session &session, const char *entry, int64_t first, int64_t count) const {
    dlc::Tensor found = session.call(entry, {steps(x, first, count)})["y"], expected = steps(y, first, count);
    return same(found, expected);
  }
};

void streams(const dlc::Model &model, const dlc::Parameters &params) {
  Sequence a(model, params, 4, 1), b(model, params, 4, 2), c(model, params, 1, 3);
  dlc::Session first = model.newSession(params), second = model.newSession(params), third = model.newSession(params);
  for (int64_t at = 0; at < 12; at += 3) {
    CHECK(a.agrees(first, "part", at, 3), "at %ld", long(at));
    CHECK(b.agrees(second, "part", at, 3), "at %ld", long(at));
    for (int64_t i = 0; i < 3; ++i)
      CHECK(c.agrees(third, "one", at + i, 1), "at %ld", long(at + i));
  }
  // Fewer rows leave the others as they are; the entry points of a model share a state.
  first.reset();
  first.call("part", {steps(a.x, 0, 3)});
  dlc::Tensor next = steps(a.x, 3, 3);
  dlc::TensorView row = next.rows(0, 1);
  dlc::Tensor found = first.call("part", {row})["y"], expected = steps(a.y, 3, 3);
  CHECK(same(found, expected.rows(0, 1)), "one row");
  first.set("gru.hidden_l0", first.get("session.gru.hidden_l0"));
  second.reset();
  for (int64_t at = 0; at < 6; ++at)
    CHECK(a.agrees(second, "one", at, 1), "at %ld", long(at));
  dlc::Tensor hidden = first.get("lstm.hidden_l0"), other = second.get("lstm.hidden_l0");
  CHECK(same(hidden.rows(0, 1), other.rows(0, 1)), "%g %g", hidden.at(0), other.at(0));
  CHECK(!same(hidden.rows(1, 2), other.rows(1, 2)), "%g %g", hidden.at(8), other.at(8));
}

void files(const dlc::Model &model, const dlc::Parameters &params, const std::string &otherPath) {
  Sequence a(model, params, 4, 5);
  dlc::Session session = model.newSession(params), copy = model.newSession(params);
  session.call("part", {steps(a.x, 0, 3)});
  session.save("stream.safetensors");
  session.reset();
  CHECK(a.agrees(session, "part", 0, 3), "set back");
  copy.load("stream.safetensors");
  CHECK(a.agrees(copy, "part", 3, 3), "restored");
  dlc::Model other = dlc::Model::open(otherPath);
  dlc::Parameters foreign = other.newParameters(1);
  CHECK(messageOf([&] { model.newSession(foreign); }).find("were given to the model 'sessions'") != std::string::npos,
        "foreign");
  foreign.save("foreign.safetensors");
  CHECK(messageOf([&] { copy.load("foreign.safetensors"); }).find("Nothing was changed") != std::string::npos, "file");
  CHECK(a.agrees(copy, "part", 6, 3), "a file that is refused changes nothing");
  CHECK(messageOf([&] { copy.get("h"); }).find("has no session state 'h'; it has 'lstm.hidden_l0'") !=
            std::string::npos,
        "name");
  CHECK(messageOf([&] { model.call("part", params, {steps(a.x, 0, 3)}); }).find("Model::newSession") !=
            std::string::npos,
        "none");
  CHECK(messageOf([&] { session.call("part", {reals({5, 3, 3}, 1)}); }).find("each row goes on from its own state") !=
            std::string::npos,
        "rows");
}

/// Each thread has a session of its own; then two have one.
void threads(const dlc::Model &model, const dlc::Parameters &params) {
  std::atomic<int> wrong = 0, refused = 0, done = 0;
  std::vector<std::thread> all;
  for (uint64_t i = 0; i < 2; ++i)
    all.emplace_back([&, i] {
      Sequence mine(model, params, 4, 10 + i);
      dlc::Session session = model.newSession(params);
      for (int round = 0; round < 50; ++round, session.reset())
        for (int64_t at = 0; at < 12; at += 3)
          wrong += !mine.agrees(session, "part", at, 3);
    });
  for (std::thread &one : all)
    one.join();
  CHECK(wrong == 0, "%d calls", int(wrong));
  dlc::Session shared = model.newSession(params);
  std::atomic<bool> go = false;
  all.clear();
  for (int i = 0; i < 2; ++i)
    all.emplace_back([&] {
      auto call = shared.prepare("part");
      call.input("x");
      while (!go) {
      }
      for (int k = 0; k < 100000 && !refused; ++k) {
        int32_t code = call.tryRun();
        (code == DLC_OK ? done : refused) += 1;
        wrong += code != DLC_OK && code != DLC_BUSY;
      }
    });
  go = true;
  for (std::thread &one : all)
    one.join();
  CHECK(wrong == 0 && done > 0, "%d, %d", int(wrong), int(done));
  auto call = shared.prepare("part");
  call.input("x");
  CHECK(call.tryRun() == DLC_OK, "the session goes on");
}

/// A step begins with the state where the one before ended.
void training(const dlc::Model &model) {
  auto params = model.newParameters(7), again = model.newParameters(7);
  auto one = model.newTraining(params, 3), two = model.newTraining(again, 3);
  dlc::Tensor x = reals({4, 12, 3}, 20), t = reals({4, 12, 3}, 21);
  auto step = [&](dlc::Training &training, int64_t at) {
    return double(training.call("step", {steps(x, at, 3), steps(t, at, 3)})["loss"]);
  };
  one.set("lr", 0);
  // With nothing learned and without dropout the state is that of a session.
  dlc::Tensor begin = one.session().get("gru.hidden_l0");
  CHECK(begin.at(0) == 0, "at first");
  double first = step(one, 0), second = step(one, 0);
  CHECK(first != second, "the second step goes on from the first");
  one.set("lr", 0.001);
  one.reset(); // slots and step, too
  for (int64_t at = 0; at < 6; at += 3)
    CHECK(step(one, at) == step(two, at), "at %ld", long(at));
  two.save("middle.safetensors");
  auto fresh = model.newParameters(1);
  auto resumed = model.newTraining(fresh, 1);
  resumed.load("middle.safetensors");
  for (int64_t at = 6; at < 12; at += 3)
    CHECK(step(two, at) == step(resumed, at), "resumed at %ld", long(at));
  CHECK(bitsOf(again) == bitsOf(fresh), "parameters after a resume");
  fresh.load("middle.safetensors"); // the weights of a checkpoint, without its state
}
} // namespace

int main(int, char **argv) {
  dlc::Model model = dlc::Model::open(argv[1]);
  dlc::Parameters params = model.newParameters(3);
  streams(model, params);
  files(model, params, argv[2]);
  threads(model, params);
  training(model);
  std::printf(failures ? "sessions: %d wrong\n" : "sessions: all right\n", failures);
  return failures != 0;
}
