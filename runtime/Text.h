//===- Text.h - putting messages together (internal) -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Concatenation of strings and numbers, without streams or a formatting library, which would be a large part
// of a small runtime.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_TEXT_H
#define DLC_RUNTIME_TEXT_H

#include "runtime/Export.h"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace dlc::detail {

/// "%.*g" with the fewest digits that give the number back.
std::string numberText(double Value);
/// 16 hexadecimal digits.
std::string hexText(uint64_t Value);

inline void append(std::string &To, std::string_view Text) { To.append(Text); }
inline void append(std::string &To, char C) { To.push_back(C); }
inline void append(std::string &To, double Value) { To.append(numberText(Value)); }
template <std::integral T> void append(std::string &To, T Value) { To.append(std::to_string(Value)); }

template <class... Parts> std::string cat(const Parts &...All) {
  std::string Text;
  (append(Text, All), ...);
  return Text;
}

/// True if a text is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
DLC_API bool isUtf8(std::string_view Text);

/// "1 row", "20 rows".
inline std::string plural(int64_t Count, std::string_view Noun) { return cat(Count, " ", Noun, Count == 1 ? "" : "s"); }

/// "a, b and c" of a range, each through `Show`; "none" if it is empty.
template <class Range, class Fn> std::string listed(const Range &All, Fn Show) {
  std::string Text;
  size_t Left = 0;
  for (auto It = All.begin(); It != All.end(); ++It)
    ++Left;
  if (!Left)
    return "none";
  for (const auto &Each : All) {
    append(Text, Show(Each));
    --Left;
    if (Left)
      append(Text, Left == 1 ? " and " : ", ");
  }
  return Text;
}

} // namespace dlc::detail

#endif // DLC_RUNTIME_TEXT_H
