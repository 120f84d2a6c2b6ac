//===- Initialise.cpp - values that follow from a seed ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Fills tensors as their initialisers say, with the streams of Philox.h. A program's first result waits for
// this, so it is compiled for speed and runs on all threads.
//
//===----------------------------------------------------------------------===//
#include "runtime/Internal.h"
#include "runtime/Philox.h"

#include <cmath>

namespace dlc {
using namespace detail;

namespace {

/// Fills a dense tensor of one element type; parts of it at once, as every element knows its own draw.
template <class T> struct Filler {
  PhiloxStream Stream;
  T *Data;
  bool Normal;
  double Low, High; ///< of a uniform; mean and standard deviation of a normal

  static void run(void *Context, int64_t First, int64_t Last) {
    auto &F = *static_cast<Filler *>(Context);
    if (F.Normal) {
      for (int64_t I = First; I < Last; ++I)
        F.Data[I] = static_cast<T>(F.Low + F.High * F.Stream.normal(static_cast<uint64_t>(I)));
    } else if constexpr (std::is_same_v<T, float>) {
      // A block serves four draws: made once.
      std::array<uint32_t, 4> Words{};
      for (int64_t I = First; I < Last; ++I) {
        auto Draw = static_cast<uint64_t>(I);
        if (I == First || Draw % 4 == 0)
          Words = F.Stream.block(Draw / 4);
        F.Data[I] = F.within(Words[Draw % 4]);
      }
    } else {
      for (int64_t I = First; I < Last; ++I)
        F.Data[I] = F.Low + (F.High - F.Low) * F.Stream.uniform64(static_cast<uint64_t>(I));
    }
  }

  float within(uint32_t Word) const {
    auto X = static_cast<float>(Low + (High - Low) * static_cast<double>(PhiloxStream::toUniform32(Word)));
    return X >= static_cast<float>(High) && Low < High ? std::nextafter(static_cast<float>(High), -INFINITY) : X;
  }
};

template <class T>
void fill(const TensorInfo &Info, Tensor &To, uint64_t Seed, ThreadPool *Pool, bool Normal, double Low, double High) {
  Filler<T> F{PhiloxStream(Seed, Info.fileName()), To.as<T>().data(), Normal, Low, High};
  if (Pool)
    Pool->parallelFor(Filler<T>::run, &F, To.elements(), 4096);
  else
    Filler<T>::run(&F, 0, To.elements());
}

} // namespace

static Tensor constantTensor(const TensorInfo &Info, double Value) {
  Tensor Result(DType::F64, Info.Dims);
  for (double &Element : Result.as<double>())
    Element = Value;
  return Result.to(Info.Type);
}

void detail::initialiseTensor(const TensorInfo &Info, char *Arena, uint64_t Seed, ThreadPool *Pool) {
  FloatEnvironment Mode; // initial values do not depend on the caller's
  auto FanIn = static_cast<double>(std::max<int64_t>(Info.FanIn, 1));
  auto Fans = static_cast<double>(std::max<int64_t>(Info.FanIn + Info.FanOut, 1));
  bool Normal = false;
  double Low = 0, High = 0;
  auto Bound = [&](double B) { Low = -B, High = B; };
  auto Deviation = [&](double D) { Normal = true, Low = 0, High = D; };
  switch (Info.Init) {
  case DLC_INIT_ZEROS:
    return writeTensor(Info, Arena, Tensor(Info.Type, Info.Dims));
  case DLC_INIT_ONES:
    return writeTensor(Info, Arena, constantTensor(Info, 1));
  case DLC_INIT_CONSTANT:
    return writeTensor(Info, Arena, constantTensor(Info, Info.Values[0]));
  case DLC_INIT_NORMAL:
    Deviation(Info.Values[0]);
    break;
  case DLC_INIT_UNIFORM:
    Low = Info.Values[0], High = Info.Values[1];
    break;
  case DLC_INIT_KAIMING_UNIFORM:
    Bound(std::sqrt(6 / ((1 + Info.Values[0]) * FanIn)));
    break;
  case DLC_INIT_FAN_IN_UNIFORM:
    Bound(1 / std::sqrt(FanIn));
    break;
  case DLC_INIT_XAVIER_UNIFORM:
    Bound(std::sqrt(6 / Fans));
    break;
  case DLC_INIT_XAVIER_NORMAL:
    Deviation(std::sqrt(2 / Fans));
    break;
  case DLC_INIT_KAIMING_NORMAL:
    Deviation(std::sqrt(2 / FanIn));
    break;
  }
  // Other element types have no random initialiser of their own: they take the f64 values, converted.
  bool Single = Info.Type == DType::F32;
  Tensor Values(Single ? DType::F32 : DType::F64, Info.Dims);
  if (Single)
    fill<float>(Info, Values, Seed, Pool, Normal, Low, High);
  else
    fill<double>(Info, Values, Seed, Pool, Normal, Low, High);
  writeTensor(Info, Arena, Values.dtype() == Info.Type ? Values : Values.to(Info.Type));
}

} // namespace dlc
