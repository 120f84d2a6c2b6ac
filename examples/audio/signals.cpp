// signals.cpp - makes sounds to train on and to test with, as NPY files.
// SPDX-License-Identifier: Apache-2.0
//
//   signals FOLDER [TRAIN TEST [SEED]]
//
// TRAIN sounds are to train on (8000 unless given), TEST to test with (2000): train-signal.npy, train-label.npy, test-signal.npy,
// test-label.npy, and the names of the classes in classes.txt. Each is 1,024 samples, an eighth of a second at 8,000 a second,
// of random pitch, phase and loudness, in noise. The same SEED (1) makes the same sounds; those of the test are others.
#include "runtime/Npy.h"
#include "runtime/Philox.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>

namespace {

constexpr int64_t length = 1024;
constexpr double rate = 8000; // samples a second

enum Kind : int32_t { Sine, Square, Saw, Chirp, Burst, kinds };
constexpr const char *names[kinds] = {"sine", "square", "saw", "chirp", "burst"};

class Random {
public:
  Random(uint64_t seed, std::string_view name) : stream(seed, name) {}
  double uniform(double low, double high) { return low + (high - low) * stream.uniform64(next++); }
  /// As likely to be in one octave as in another.
  double octaves(double low, double high) { return std::exp2(uniform(std::log2(low), std::log2(high))); }
  double normal() { return stream.normal(next++); }

private:
  dlc::PhiloxStream stream;
  uint64_t next = 0;
};

/// A wave of harmonics, each as strong as its number is low, up to what the rate allows: with corners, but without the false
/// tones that cutting corners at whole samples would make.
double harmonics(double phase, double hertz, int step) {
  double sum = 0;
  for (int k = 1; k * hertz < rate / 2; k += step)
    sum += std::sin(k * phase) / k;
  return sum;
}

void makeSound(Kind kind, Random &random, std::span<float> sound) {
  const double pitch = random.octaves(80, 1000), end = random.uniform(0, 1) < 0.5 ? pitch / 2 : pitch * 2;
  const double middle = random.uniform(0.2, 0.8), width = random.uniform(0.05, 0.15);
  double phase = random.uniform(0, 2 * M_PI), power = 0;
  for (size_t t = 0; t < sound.size(); ++t) {
    double part = double(t) / double(sound.size());
    double hertz = kind == Chirp ? pitch * std::pow(end / pitch, part) : pitch;
    double value = 0;
    if (kind == Sine || kind == Chirp)
      value = std::sin(phase);
    else if (kind == Square || kind == Saw)
      value = harmonics(phase, hertz, kind == Square ? 2 : 1);
    else
      value = random.normal() * std::exp(-0.5 * std::pow((part - middle) / width, 2));
    phase += 2 * M_PI * hertz / rate;
    power += value * value / double(sound.size());
    sound[t] = float(value);
  }
  // From as loud as the noise is to ten times as loud.
  const double loudness = random.octaves(0.05, 0.5), noise = loudness / random.octaves(1, 10);
  for (float &value : sound)
    value = float(value * loudness / std::sqrt(power) + noise * random.normal());
}

void makeSet(const std::filesystem::path &folder, const std::string &name, uint64_t seed, int64_t count) {
  dlc::Tensor signal(dlc::DType::F32, {count, length, 1}), label(dlc::DType::I32, {count});
  Random random(seed, name);
  for (int64_t i = 0; i < count; ++i) {
    auto kind = Kind(i % kinds);
    label.as<int32_t>()[size_t(i)] = kind;
    makeSound(kind, random, signal.as<float>().subspan(size_t(i * length), size_t(length)));
  }
  dlc::writeNpy(folder / (name + "-signal.npy"), signal);
  dlc::writeNpy(folder / (name + "-label.npy"), label);
}

} // namespace

int main(int argc, char **argv) try {
  int64_t train = argc > 2 ? std::atoll(argv[2]) : 8000, test = argc > 3 ? std::atoll(argv[3]) : 2000;
  const bool help = argc == 2 && std::string(argv[1]) == "--help";
  if (help || argc < 2 || argv[1][0] == '-' || train < 1 || test < 1)
    return std::fprintf(help ? stdout : stderr, "usage: %s FOLDER [TRAIN TEST [SEED]]\n", argv[0]), help ? 0 : 1;
  const uint64_t seed = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1;
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  makeSet(folder, "train", seed, train);
  makeSet(folder, "test", seed, test);
  std::FILE *classes = std::fopen((folder / "classes.txt").c_str(), "w");
  if (!classes)
    return std::fprintf(stderr, "error: cannot write %s\n", (folder / "classes.txt").c_str()), 1;
  for (const char *name : names)
    std::fprintf(classes, "%s\n", name);
  std::fclose(classes);
  std::printf("%lld and %lld sounds in %s\n", static_cast<long long>(train), static_cast<long long>(test), argv[1]);
} catch (const std::exception &error) {
  return std::fprintf(stderr, "error: %s\n", error.what()), 1;
}
