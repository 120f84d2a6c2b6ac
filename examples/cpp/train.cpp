// train.cpp - trains a compiled model on IDX files and predicts, with a C++ compiler and the runtime alone.
// SPDX-License-Identifier: Apache-2.0
//
//   dlc mnist.mlir -o mnist.so
//   c++ -std=c++20 -O2 -I. examples/cpp/train.cpp -o train
//       -Lbuild/release/lib -ldlc_runtime -Wl,-rpath,$PWD/build/release/lib
//   ./train mnist.so train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz [epochs]
#include "runtime/Idx.h"
#include "runtime/Model.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char **argv) try {
  if (argc < 4)
    return std::fprintf(stderr, "usage: %s MODEL.so IMAGES LABELS [EPOCHS]\n", argv[0]), 1;
  auto model = dlc::Model::open(argv[1]);
  auto params = model.newParameters(/*seed=*/42);
  auto train = model.newTraining(params);

  dlc::Tensor images = dlc::readIdx(argv[2]).to(dlc::DType::F32); // [count, 28, 28], 0 to 255
  dlc::Tensor labels = dlc::readIdx(argv[3]).to(dlc::DType::I32); // [count]
  int64_t count = labels.elements();
  images.reshape({count, images.elements() / count});
  for (float &pixel : images.as<float>())
    pixel /= 255;

  const int64_t batch = model.entry("train_step").capacity;
  for (int epoch = 1, epochs = argc > 4 ? std::atoi(argv[4]) : 2; epoch <= epochs; ++epoch) {
    double sum = 0;
    for (int64_t first = 0; first < count; first += batch) { // in the file's order; the last batch may be short
      int64_t last = std::min(first + batch, count);
      double loss = train.call("train_step", {images.rows(first, last), labels.rows(first, last)})["loss"];
      sum += loss * double(last - first);
    }
    std::printf("epoch %d: loss %.4f\n", epoch, sum / double(count));
  }

  dlc::Tensor probability = model.call("predict", params, {images.rows(0, 1)})["probability"];
  auto p = probability.as<float>();
  auto best = std::max_element(p.begin(), p.end()) - p.begin();
  std::printf("the first digit is %d: predicted %td\n", int(labels.at(0)), best);
  params.save("weights.safetensors");
} catch (const dlc::Error &error) {
  return std::fprintf(stderr, "error: %s\n", error.what()), 1;
}
