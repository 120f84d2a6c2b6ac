// Utf8.h - where a text is not UTF-8, and how long its characters are.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_RUNTIME_TEXT_UTF8_H
#define DLC_RUNTIME_TEXT_UTF8_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dlc::text {

/// Bytes of the character (Unicode scalar value) that `text` begins with: 1 to 4; 0 where it begins with none.
size_t characterLength(std::string_view text);

/// The number of the first byte that belongs to no character.
std::optional<size_t> findNoUtf8(std::string_view text);

/// The line that a byte is in, from 1.
int64_t lineOf(std::string_view text, size_t offset);

/// Throws Error, which tells line and byte, where a file's content is not UTF-8.
void checkUtf8(std::string_view text, const std::string &file);

/// Throws Error where a file's content is not UTF-8, and takes away the mark (EF BB BF) that some programs begin a file with.
void takeUtf8(std::string &content, const std::string &file);

/// The text with U+FFFD in place of each byte that belongs to no character.
std::string wellFormed(std::string_view text);

/// A piece of text to be shown in a message: quoted, cut off after some 40 characters, with escapes for what a terminal
/// would not show.
std::string shown(std::string_view text);

} // namespace dlc::text

#endif // DLC_RUNTIME_TEXT_UTF8_H
