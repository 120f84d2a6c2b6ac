// stream.cpp - trains stream.mlir on signals as they come, then forecasts new ones, one value a call.
// SPDX-License-Identifier: Apache-2.0
//
//   stream MODEL.so [STEPS]
//
// STEPS of training: 4000 unless given. A signal is two waves of random length and phase, with noise: nothing is stored, and no
// signal is seen twice. Two signals are forecast at once, each by a session on a thread of its own, with the same weights.
#include "runtime/Model.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

namespace {

constexpr double noise = 0.05; // the standard deviation of what nobody can foresee

class Signal {
public:
  explicit Signal(unsigned seed) : random(seed) {
    std::uniform_real_distribution<double> part(0, 1);
    for (Wave &wave : waves)
      wave = {2 * M_PI / (8 + 24 * part(random)), 2 * M_PI * part(random), 0.3 + 0.5 * part(random)};
  }
  float next() {
    double value = std::normal_distribution<double>(0, noise)(random);
    for (Wave &wave : waves)
      value += wave.height * std::sin(wave.phase += wave.speed);
    return float(value);
  }

private:
  struct Wave {
    double speed, phase, height;
  };
  std::mt19937 random;
  Wave waves[2];
};

/// How far forecasts are off, as the root of the mean square.
struct Error {
  double sum = 0;
  int count = 0;
  void add(double off) {
    sum += off * off;
    ++count;
  }
  double value() const { return std::sqrt(sum / count); }
};

struct Forecast {
  Error own, last; ///< of the network, and of what expects the last value again
  double seconds = 0;
};

Forecast forecast(dlc::Session session, unsigned seed, int count) {
  Signal signal(seed);
  Forecast result;
  auto call = session.prepare("forecast", 1); // run() allocates nothing
  float &in = call.input("x").as<float>()[0], now = signal.next();
  for (int i = 0; i < count; ++i) {
    auto begin = std::chrono::steady_clock::now();
    in = now;
    call.run();
    double expected = call.output("next").at(0);
    result.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    float next = signal.next();
    if (i >= 100) { // it has to get to know the signal
      result.own.add(expected - next);
      result.last.add(now - next);
    }
    now = next;
  }
  return result;
}

} // namespace

int main(int argc, char **argv) try {
  if (argc < 2)
    return std::fprintf(stderr, "usage: %s MODEL.so [STEPS]\n", argv[0]), 1;
  dlc::ModelOptions options;
  options.threads = 1; // the calls are short, and there are two streams
  auto model = dlc::Model::open(argv[1], options);
  int steps = argc > 2 ? std::atoi(argv[2]) : 4000;
  auto params = model.newParameters(/*seed=*/1);
  auto training = model.newTraining(params);
  const dlc::Entry &step = model.entry("step", INT64_MAX);
  int64_t rows = step.capacity, length = step.inputs[0].dims[1];

  std::vector<Signal> signals;
  std::vector<float> now;
  for (int64_t row = 0; row < rows; ++row) {
    signals.emplace_back(1000 + unsigned(row));
    now.push_back(signals.back().next());
  }
  dlc::Tensor x(dlc::DType::F32, {rows, length, 1}), next(dlc::DType::F32, {rows, length, 1});
  double sum = 0;
  for (int i = 1; i <= steps; ++i) {
    size_t fresh = size_t(i) % (4 * signals.size()); // each signal gives way to another after a while
    if (fresh < signals.size())
      signals[fresh] = Signal(2000 + unsigned(i));
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t t = 0; t < length; ++t) {
        x.as<float>()[size_t(row * length + t)] = now[size_t(row)];
        next.as<float>()[size_t(row * length + t)] = now[size_t(row)] = signals[size_t(row)].next();
      }
    sum += double(training.call("step", {x, next})["loss"]);
    if (i % 500 == 0) {
      std::printf("step %d: off by %.3f\n", i, std::sqrt(sum / 500));
      sum = 0;
    }
  }

  Forecast results[2];
  std::thread other([&] { results[1] = forecast(model.newSession(params), 2, 2000); });
  results[0] = forecast(model.newSession(params), 1, 2000);
  other.join();
  for (const Forecast &one : results)
    std::printf("forecast: off by %.3f; the last value again: %.3f; noise: %.3f; %.1f us a call\n", one.own.value(),
                one.last.value(), noise, one.seconds / 2000 * 1e6);
} catch (const dlc::Error &error) {
  return std::fprintf(stderr, "error: %s\n", error.what()), 1;
}
