// char-lstm.cpp - trains char-lstm.mlir on a text, and lets it write: `dlc-run train` and `generate` as a program of one's own.
// SPDX-License-Identifier: Apache-2.0
//
//   char-lstm MODEL.so TEXT[.gz] [EPOCHS [CHARACTERS]]
//
// The last tenth of the text is for validation. The rest is cut into as many streams as a step has rows; each step goes on
// where the one before ended. EPOCHS: 5 unless given. CHARACTERS: so many of the text at most. The weights go to
// char-lstm.safetensors, in place of what was there.
#include "runtime/Model.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>
#include <zlib.h>

namespace {

std::string readText(const char *path) {
  gzFile file = gzopen(path, "rb");
  if (!file)
    throw dlc::Error(std::string("cannot open '") + path + "'");
  std::string text;
  char part[1 << 16];
  int got;
  while ((got = gzread(file, part, sizeof part)) > 0)
    text.append(part, size_t(got));
  bool isWhole = gzclose(file) == Z_OK && got == 0; // what is cut off shows at the end
  if (!isWhole || text.empty())
    throw dlc::Error(std::string("'") + path + "' is empty or damaged");
  return text;
}

/// Part of a text as streams that are read side by side.
struct Streams {
  const std::vector<int32_t> &tokens;
  int64_t first, rows, length, windows;

  Streams(const std::vector<int32_t> &tokens, int64_t first, int64_t last, int64_t rows, int64_t length)
      : tokens(tokens), first(first), rows(rows), length(length), windows(((last - first - 1) / rows) / length) {
    if (windows < 1)
      throw dlc::Error("the text is too short for one window a row");
  }
  /// Window `number` of each stream, `ahead` characters further on.
  dlc::Tensor window(int64_t number, int64_t ahead) const {
    dlc::Tensor result(dlc::DType::I32, {rows, length});
    auto out = result.as<int32_t>().begin();
    for (int64_t row = 0; row < rows; ++row) {
      auto from = tokens.begin() + first + (row * windows + number) * length + ahead;
      out = std::copy(from, from + length, out);
    }
    return result;
  }
};

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

} // namespace

int main(int argc, char **argv) try {
  if (argc < 3)
    return std::fprintf(stderr, "usage: %s MODEL.so TEXT[.gz] [EPOCHS [CHARACTERS]]\n", argv[0]), 1;
  auto model = dlc::Model::open(argv[1]);
  std::string text = readText(argv[2]);
  int epochs = argc > 3 ? std::atoi(argv[3]) : 5;
  if (argc > 4)
    text.resize(std::min<size_t>(text.size(), size_t(std::atoll(argv[4]))));

  // A token is a character's place among those that the text has.
  std::string characters = text;
  std::sort(characters.begin(), characters.end());
  characters.erase(std::unique(characters.begin(), characters.end()), characters.end());
  const dlc::Entry &next = model.entry("next"), &step = model.entry("step");
  int64_t vocabulary = next.outputs[0].dims[2], length = step.inputs[0].dims[1], rows = 1;
  for (const dlc::Entry &entry : model.entries()) // one for each capacity
    rows = std::max(rows, entry.capacity);
  if (int64_t(characters.size()) > vocabulary)
    throw dlc::Error("the text has more different characters than the model knows; compile it with --size vocabulary=" +
                     std::to_string(characters.size()));
  std::vector<int32_t> tokens;
  for (char c : text)
    tokens.push_back(int32_t(std::lower_bound(characters.begin(), characters.end(), c) - characters.begin()));
  int64_t count = int64_t(tokens.size()), split = count - count / 10;
  Streams trained(tokens, 0, split, rows, length), held(tokens, split, count, rows, length);

  auto params = model.newParameters(/*seed=*/42);
  auto training = model.newTraining(params);
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    double begin = now(), sum = 0, heldSum = 0;
    training.session().reset(); // back to where the text begins
    for (int64_t i = 0; i < trained.windows; ++i)
      sum += double(training.call("step", {trained.window(i, 0), trained.window(i, 1)})["loss"]);
    auto reader = model.newSession(params);
    for (int64_t i = 0; i < held.windows; ++i)
      heldSum += double(reader.call("loss", {held.window(i, 0), held.window(i, 1)})["loss"]);
    std::printf("epoch %d: %.4f nats a character, validation %.4f, %.1f s\n", epoch, sum / double(trained.windows),
                heldSum / double(held.windows), now() - begin);
    std::fflush(stdout);
    params.save("char-lstm.safetensors");
  }

  // One character a call, drawn with temperature 0.8.
  auto writer = model.newSession(params);
  dlc::Tensor token(dlc::DType::I32, {1, 1});
  std::mt19937 random(7);
  char c = std::find(characters.begin(), characters.end(), '\n') != characters.end() ? '\n' : characters[0];
  for (int i = 0; i < 500; ++i) {
    token.as<int32_t>()[0] = int32_t(characters.find(c));
    dlc::Tensor score = writer.call("next", {token})["score"];
    std::vector<double> weight;
    for (size_t k = 0; k < characters.size(); ++k)
      weight.push_back(std::exp(double(score.as<float>()[k]) / 0.8));
    c = characters[size_t(std::discrete_distribution<int>(weight.begin(), weight.end())(random))];
    std::putchar(c);
  }
  std::putchar('\n');
} catch (const dlc::Error &error) {
  return std::fprintf(stderr, "error: %s\n", error.what()), 1;
}
