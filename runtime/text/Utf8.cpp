// Utf8.cpp - where a text is not UTF-8, and how long its characters are.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/text/Utf8.h"
#include "runtime/Error.h"
#include "runtime/Text.h"

#include <algorithm>
#include <cstdio>

namespace dlc::text {
using detail::cat;

size_t characterLength(std::string_view text) {
  auto byte = [&](size_t i) { return i < text.size() ? uint8_t(text[i]) : 0; };
  auto follows = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  if (text.empty())
    return 0;
  uint8_t first = byte(0), second = byte(1);
  if (first < 0x80)
    return 1;
  if (first < 0xC2) // a byte that only follows, or an overlong form
    return 0;
  if (first < 0xE0)
    return follows(1) ? 2 : 0;
  if (first < 0xF0) {
    bool overlong = first == 0xE0 && second < 0xA0, surrogate = first == 0xED && second >= 0xA0;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  bool overlong = first == 0xF0 && second < 0x90, beyond = first > 0xF4 || (first == 0xF4 && second >= 0x90);
  return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
}

std::optional<size_t> findNoUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    size_t length = characterLength(text.substr(at, 4));
    if (length == 0)
      return at;
    at += length;
  }
  return std::nullopt;
}

int64_t lineOf(std::string_view text, size_t offset) {
  return 1 + std::count(text.begin(), text.begin() + std::ptrdiff_t(offset), '\n');
}

static std::string hexByte(uint8_t byte) {
  char digits[8];
  std::snprintf(digits, sizeof digits, "%02X", byte);
  return digits;
}

void checkUtf8(std::string_view text, const std::string &file) {
  std::optional<size_t> at = findNoUtf8(text);
  if (!at)
    return;
  bool isWide = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  size_t start = *at == 0 ? 0 : text.rfind('\n', *at - 1) + 1; // npos + 1 is 0
  throw Error(cat(file, ":", lineOf(text, *at), ": byte 0x", hexByte(uint8_t(text[*at])), " at place ", *at - start + 1,
                  " of the line (byte ", *at,
                  " of the file, from 0) is not UTF-8. Convert the file, e.g. with `iconv -f ",
                  isWide ? "UTF-16" : "LATIN1", " -t UTF-8`."));
}

void takeUtf8(std::string &content, const std::string &file) {
  checkUtf8(content, file);
  if (content.starts_with("\xEF\xBB\xBF"))
    content.erase(0, 3);
}

std::string wellFormed(std::string_view text) {
  std::string result;
  for (size_t at = 0, length; at < text.size(); at += std::max<size_t>(length, 1)) {
    length = characterLength(text.substr(at, 4));
    result += length ? text.substr(at, length) : "\uFFFD";
  }
  return result;
}

std::string shown(std::string_view text) {
  std::string result = "'";
  int count = 0;
  for (size_t at = 0; at < text.size(); ++count) {
    if (count == 40)
      return result + "...'";
    size_t length = characterLength(text.substr(at));
    uint8_t byte = uint8_t(text[at]);
    if (byte == '\n')
      result += "\\n";
    else if (length == 0 || byte < 0x20 || byte == 0x7F)
      result += "\\x" + hexByte(byte);
    else if (length == 2 && byte == 0xC2 && uint8_t(text[at + 1]) < 0xA0) // control characters as well
      result += "\\x" + hexByte(byte) + "\\x" + hexByte(uint8_t(text[at + 1]));
    else
      result += text.substr(at, length);
    at += std::max<size_t>(length, 1);
  }
  return result + "'";
}

} // namespace dlc::text
