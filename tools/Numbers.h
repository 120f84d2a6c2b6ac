// Numbers.h - numbers of a command line, as every program reads them and says what it expects.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_TOOLS_NUMBERS_H
#define DLC_TOOLS_NUMBERS_H

#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace dlc {

/// The most rows, steps or epochs that an option takes: no run comes to so many, and a product of two of them that
/// are in use still fits 64 bits.
inline constexpr int64_t largestCount = int64_t(1) << 40;

/// Reads all of `text` as one number in decimal digits; false if it is none, or none that the type can hold.
template <class Number> bool parseAll(std::string_view text, Number &number) {
  const char *first = text.data(), *last = first + text.size();
  if (text.size() > 1 && text[0] == '+' && text[1] != '-')
    ++first;
  auto [end, error] = std::from_chars(first, last, number);
  return first != last && error == std::errc() && end == last;
}

/// Reads a whole number from `least` to `most`: "", or what was expected where `text` is none.
template <class Number> std::string readWhole(std::string_view text, Number least, Number most, Number &number) {
  if (parseAll(text, number) && number >= least && number <= most)
    return "";
  return "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}

/// A range of real numbers, and how it is called. Neither NaN nor an infinite number is in one.
struct Reals {
  double least, most;
  const char *name;
};
inline constexpr Reals positiveNumbers{std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max(),
                                       "a number above 0, such as 1e-4"};
inline constexpr Reals properFractions{0, 1 - std::numeric_limits<double>::epsilon() / 2,
                                       "a number from 0 to below 1, such as 0.1"};

/// Reads a number of a range: "", or what was expected where `text` is none.
inline std::string readReal(std::string_view text, const Reals &range, double &number) {
  if (parseAll(text, number) && number >= range.least && number <= range.most)
    return "";
  return std::string("expected ") + range.name;
}

/// Reads a size of memory, such as 4096, 64K, 16M or 2G: "", or what was expected where `text` is none.
inline std::string readBytes(std::string_view text, int64_t &bytes) {
  static constexpr std::string_view units = "KMG";
  size_t unit = text.empty() ? std::string_view::npos : units.find(text.back());
  int shift = unit == std::string_view::npos ? 0 : 10 * int(unit + 1);
  if (shift)
    text.remove_suffix(1);
  int64_t number = 0;
  if (!parseAll(text, number) || number < 1 || number > (int64_t(1) << 50) >> shift)
    return "expected bytes, such as 4096, 64K, 16M or 2G";
  bytes = number << shift;
  return "";
}

} // namespace dlc

#endif // DLC_TOOLS_NUMBERS_H
