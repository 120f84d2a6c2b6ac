// Words.h - the words of a text, by Unicode's rules (internal).
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_RUNTIME_TEXT_WORDS_H
#define DLC_RUNTIME_TEXT_WORDS_H

#include <cstddef>
#include <functional>
#include <string_view>

namespace dlc::text {

/// Tells each word of a text, with the number of its first byte, in order. Words are cut by UAX #29 in no language's own way,
/// brought to normal form C, and lower-cased; so "Cafe\u0301" and "CAF\u00C9" are one word. Each punctuation mark and symbol
/// is a word; white space and control characters are none. `text` is UTF-8.
void forEachWord(std::string_view text, const std::function<void(std::string_view word, size_t offset)> &tell);

} // namespace dlc::text

#endif // DLC_RUNTIME_TEXT_WORDS_H
