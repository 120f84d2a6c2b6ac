// Initialise.cpp - values that follow from a seed.
// SPDX-License-Identifier: Apache-2.0
//
// Fills tensors as their initialisers say, with the streams of Philox.h. A program's first result waits for
// this, so it is compiled for speed and runs on all threads.
#include "runtime/Internal.h"
#include "runtime/Philox.h"

#include <cmath>

namespace dlc {
using namespace detail;

namespace {

/// Fills a dense tensor of one element type; parts of it at once, as every element knows its own draw.
template <class T> struct Filler {
  PhiloxStream stream;
  T *data;
  bool normal;
  double low, high; ///< of a uniform; mean and standard deviation of a normal

  static void run(void *context, int64_t first, int64_t last) {
    auto &f = *static_cast<Filler *>(context);
    if (f.normal) {
      for (int64_t i = first; i < last; ++i)
        f.data[i] = static_cast<T>(f.low + f.high * f.stream.normal(static_cast<uint64_t>(i)));
    } else if constexpr (std::is_same_v<T, float>) {
      // A block serves four draws: made once.
      std::array<uint32_t, 4> words{};
      for (int64_t i = first; i < last; ++i) {
        auto draw = static_cast<uint64_t>(i);
        if (i == first || draw % 4 == 0)
          words = f.stream.block(draw / 4);
        f.data[i] = f.within(words[draw % 4]);
      }
    } else {
      for (int64_t i = first; i < last; ++i)
        f.data[i] = f.low + (f.high - f.low) * f.stream.uniform64(static_cast<uint64_t>(i));
    }
  }

  float within(uint32_t word) const {
    auto x = static_cast<float>(low + (high - low) * static_cast<double>(PhiloxStream::toUniform32(word)));
    return x >= static_cast<float>(high) && low < high ? std::nextafter(static_cast<float>(high), -INFINITY) : x;
  }
};

template <class T>
void fill(const TensorInfo &info, Tensor &to, uint64_t seed, ThreadPool *pool, bool normal, double low, double high) {
  Filler<T> f{PhiloxStream(seed, info.fileName()), to.as<T>().data(), normal, low, high};
  if (pool)
    pool->parallelFor(Filler<T>::run, &f, to.elements(), 4096);
  else
    Filler<T>::run(&f, 0, to.elements());
}

} // namespace

static Tensor constantTensor(const TensorInfo &info, double value) {
  Tensor result(DType::F64, info.dims);
  for (double &element : result.as<double>())
    element = value;
  return result.to(info.type);
}

void detail::initialiseTensor(const TensorInfo &info, char *arena, uint64_t seed, ThreadPool *pool) {
  FloatEnvironment mode; // initial values do not depend on the caller's
  auto fanIn = static_cast<double>(std::max<int64_t>(info.fanIn, 1));
  auto fans = static_cast<double>(std::max<int64_t>(info.fanIn + info.fanOut, 1));
  bool normal = false;
  double low = 0, high = 0;
  auto bound = [&](double b) { low = -b, high = b; };
  auto deviation = [&](double d) { normal = true, low = 0, high = d; };
  switch (info.init) {
  case DLC_INIT_ZEROS:
    return writeTensor(info, arena, Tensor(info.type, info.dims));
  case DLC_INIT_ONES:
    return writeTensor(info, arena, constantTensor(info, 1));
  case DLC_INIT_CONSTANT:
    return writeTensor(info, arena, constantTensor(info, info.values[0]));
  case DLC_INIT_NORMAL:
    deviation(info.values[0]);
    break;
  case DLC_INIT_UNIFORM:
    low = info.values[0], high = info.values[1];
    break;
  case DLC_INIT_KAIMING_UNIFORM:
    bound(std::sqrt(6 / ((1 + info.values[0]) * fanIn)));
    break;
  case DLC_INIT_FAN_IN_UNIFORM:
    bound(1 / std::sqrt(fanIn));
    break;
  case DLC_INIT_XAVIER_UNIFORM:
    bound(std::sqrt(6 / fans));
    break;
  case DLC_INIT_XAVIER_NORMAL:
    deviation(std::sqrt(2 / fans));
    break;
  case DLC_INIT_KAIMING_NORMAL:
    deviation(std::sqrt(2 / fanIn));
    break;
  }
  // Other element types have no random initialiser of their own: they take the f64 values, converted.
  bool single = info.type == DType::F32;
  Tensor values(single ? DType::F32 : DType::F64, info.dims);
  if (single)
    fill<float>(info, values, seed, pool, normal, low, high);
  else
    fill<double>(info, values, seed, pool, normal, low, high);
  writeTensor(info, arena, values.dtype() == info.type ? values : values.to(info.type));
}

} // namespace dlc
