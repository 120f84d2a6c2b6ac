// Program.h - what the small programs of these tests share: numbers to feed, bits to compare, checks that count.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_TEST_PROGRAM_H
#define DLC_TEST_PROGRAM_H

#include "runtime/Model.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

inline int Failures = 0;

/// Says so and counts where a condition does not hold.
#define CHECK(Condition, ...) \
  do { \
    if (!(Condition)) { \
      std::printf("%s:%d: " #Condition ": ", __FILE__, __LINE__); \
      std::printf(__VA_ARGS__); \
      std::printf("\n"); \
      ++Failures; \
    } \
  } while (0)

/// The message of the Error that a function throws; empty if it throws none.
template <class Fn> std::string messageOf(Fn Function) {
  try {
    Function();
  } catch (const dlc::Error &E) {
    return E.what();
  }
  return {};
}

/// The same numbers on every machine: a linear congruential generator, between -1 and 1.
class Numbers {
public:
  explicit Numbers(uint64_t Seed) : State(Seed * 2654435761u + 12345) {}
  uint32_t next() {
    State = State * 6364136223846793005u + 1442695040888963407u;
    return uint32_t(State >> 33);
  }
  float real() { return float(next()) / float(1u << 30) - 1.0f; }

private:
  uint64_t State;
};
inline dlc::Tensor reals(const dlc::Shape &Dims, uint64_t Seed) {
  dlc::Tensor T(dlc::DType::F32, Dims);
  Numbers From(Seed);
  for (float &X : T.as<float>())
    X = From.real();
  return T;
}
inline dlc::Tensor labels(int64_t Count, int32_t Classes, uint64_t Seed) {
  dlc::Tensor T(dlc::DType::I32, {Count});
  Numbers From(Seed);
  for (int32_t &X : T.as<int32_t>())
    X = int32_t(From.next() % uint32_t(Classes));
  return T;
}

/// Bytes of tensors, one after the other.
inline void append(std::string &Bits, const dlc::Tensor &T) {
  Bits.append(static_cast<const char *>(T.data()), size_t(T.bytes()));
}
inline std::string bitsOf(const dlc::Results &Values) {
  std::string Bits;
  for (const dlc::NamedTensor &V : Values)
    append(Bits, V.Value);
  return Bits;
}
inline std::string bitsOf(const dlc::Parameters &Values) {
  std::string Bits;
  for (const dlc::NamedTensor &V : Values.all())
    append(Bits, V.Value);
  return Bits;
}
inline std::string slotBits(const dlc::Model &M, const dlc::Training &T) {
  std::string Bits;
  for (const dlc::TensorInfo &Info : M.tensors())
    if (Info.Kind == DLC_SLOT)
      append(Bits, T.slot(Info.Name.data()));
  return Bits;
}

/// Largest |a - b| / max(1, |b|).
inline double distance(dlc::TensorView A, dlc::TensorView B) {
  double Worst = A.elements() == B.elements() ? 0 : INFINITY;
  for (int64_t I = 0; I < A.elements() && I < B.elements(); ++I) {
    double Off = std::fabs(A.at(I) - B.at(I)) / std::fmax(1, std::fabs(B.at(I)));
    Worst = std::isnan(Off) ? INFINITY : std::fmax(Worst, Off);
  }
  return Worst;
}

inline int result(const char *What) {
  std::printf(Failures ? "%s: %d failures\n" : "%s: all right\n", What, Failures);
  return Failures != 0;
}

#endif // DLC_TEST_PROGRAM_H
