// Tokens.h - the numbers of a long text's tokens, in as few bytes each as its vocabulary needs.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_RUN_TOKENS_H
#define DLC_RUN_TOKENS_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dlc::run {

class Tokens {
public:
  /// Of numbers below `size`, `most` of them at the most. Memory is taken as they come.
  Tokens(int64_t size, size_t most) : width_(size <= 1 << 8 ? 1 : size <= 1 << 16 ? 2 : 4) {
    bytes_.reserve(most * width_);
  }
  void add(int32_t number) {
    for (size_t i = 0; i < width_; ++i)
      bytes_.push_back(uint8_t(uint32_t(number) >> (8 * i)));
  }
  int64_t size() const { return int64_t(bytes_.size() / width_); }
  /// Copies `count` of them, from `first` on, as numbers of type T.
  template <class T> void copy(int64_t first, int64_t count, T *to) const {
    const uint8_t *from = bytes_.data() + size_t(first) * width_;
    for (int64_t i = 0; i < count; ++i) {
      uint32_t number = 0;
      for (size_t k = 0; k < width_; ++k)
        number |= uint32_t(*from++) << (8 * k);
      to[i] = T(number);
    }
  }

private:
  size_t width_;
  std::vector<uint8_t> bytes_;
};

} // namespace dlc::run

#endif // DLC_RUN_TOKENS_H
