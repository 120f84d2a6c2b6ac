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

inline int failures = 0;

/// Says so and counts where a condition does not hold.
#define CHECK(condition, ...) \
  do { \
    if (!(condition)) { \
      std::printf("%s:%d: " #condition ": ", __FILE__, __LINE__); \
      std::printf(__VA_ARGS__); \
      std::printf("\n"); \
      ++failures; \
    } \
  } while (0)

/// The message of the Error that a function throws; empty if it throws none.
template <class Fn> std::string messageOf(Fn function) {
  try {
    function();
  } catch (const dlc::Error &e) {
    return e.what();
  }
  return {};
}

/// The same numbers on every machine: a linear congruential generator, between -1 and 1.
class Numbers {
public:
  explicit Numbers(uint64_t seed) : state(seed * 2654435761u + 12345) {}
  uint32_t next() {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return uint32_t(state >> 33);
  }
  float real() { return float(next()) / float(1u << 30) - 1.0f; }

private:
  uint64_t state;
};
inline dlc::Tensor reals(const dlc::Shape &dims, uint64_t seed) {
  dlc::Tensor t(dlc::DType::F32, dims);
  Numbers from(seed);
  for (float &x : t.as<float>())
    x = from.real();
  return t;
}
inline dlc::Tensor labels(int64_t count, int32_t classes, uint64_t seed) {
  dlc::Tensor t(dlc::DType::I32, {count});
  Numbers from(seed);
  for (int32_t &x : t.as<int32_t>())
    x = int32_t(from.next() % uint32_t(classes));
  return t;
}

/// Bytes of tensors, one after the other.
inline void append(std::string &bits, const dlc::Tensor &t) {
  bits.append(static_cast<const char *>(t.data()), size_t(t.bytes()));
}
inline std::string bitsOf(const dlc::Results &values) {
  std::string bits;
  for (const dlc::NamedTensor &v : values)
    append(bits, v.value);
  return bits;
}
inline std::string bitsOf(const dlc::Parameters &values) {
  std::string bits;
  for (const dlc::NamedTensor &v : values.all())
    append(bits, v.value);
  return bits;
}
inline std::string slotBits(const dlc::Model &m, const dlc::Training &t) {
  std::string bits;
  for (const dlc::TensorInfo &info : m.tensors())
    if (info.kind == DLC_SLOT)
      append(bits, t.slot(info.name.data()));
  return bits;
}

/// Largest |a - b| / max(1, |b|).
inline double distance(dlc::TensorView a, dlc::TensorView b) {
  double worst = a.elements() == b.elements() ? 0 : INFINITY;
  for (int64_t i = 0; i < a.elements() && i < b.elements(); ++i) {
    double off = std::fabs(a.at(i) - b.at(i)) / std::fmax(1, std::fabs(b.at(i)));
    worst = std::isnan(off) ? INFINITY : std::fmax(worst, off);
  }
  return worst;
}

inline int result(const char *what) {
  std::printf(failures ? "%s: %d failures\n" : "%s: all right\n", what, failures);
  return failures != 0;
}

#endif // DLC_TEST_PROGRAM_H
