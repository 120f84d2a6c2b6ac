// Text.h - putting messages together (internal).
// SPDX-License-Identifier: Apache-2.0
//
// Concatenation of strings and numbers, without streams or a formatting library, which would be a large part
// of a small runtime.
#ifndef DLC_RUNTIME_TEXT_H
#define DLC_RUNTIME_TEXT_H

#include "runtime/Export.h"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace dlc::detail {

/// "%.*g" with the fewest digits that give the number back.
std::string numberText(double value);
/// 16 hexadecimal digits.
std::string hexText(uint64_t value);

inline void append(std::string &to, std::string_view text) { to.append(text); }
inline void append(std::string &to, char c) { to.push_back(c); }
inline void append(std::string &to, double value) { to.append(numberText(value)); }
template <std::integral T> void append(std::string &to, T value) { to.append(std::to_string(value)); }

template <class... Parts> std::string cat(const Parts &...all) {
  std::string text;
  (append(text, all), ...);
  return text;
}

/// True if a text is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
DLC_API bool isUtf8(std::string_view text);

/// "1 row", "20 rows".
inline std::string plural(int64_t count, std::string_view noun) { return cat(count, " ", noun, count == 1 ? "" : "s"); }

/// "a, b and c" of a range, each through `show`; "none" if it is empty.
template <class Range, class Fn> std::string listed(const Range &all, Fn show) {
  std::string text;
  size_t left = 0;
  for (auto it = all.begin(); it != all.end(); ++it)
    ++left;
  if (!left)
    return "none";
  for (const auto &each : all) {
    append(text, show(each));
    --left;
    if (left)
      append(text, left == 1 ? " and " : ", ");
  }
  return text;
}

} // namespace dlc::detail

#endif // DLC_RUNTIME_TEXT_H
