// Error.cpp - errors and the text they are made of.
// SPDX-License-Identifier: Apache-2.0
//
// Destructors stand here so that each class has one home for its type information.
#include "runtime/Error.h"
#include "runtime/Text.h"

#include <charconv>

namespace dlc {

Error::Error(const std::string &message) : std::runtime_error(message) {}
Error::~Error() = default;

CallError::CallError(const std::string &message, int32_t code, std::string op, int64_t row, int64_t value,
                     int64_t limit)
    : Error(message), code(code), op(std::move(op)), row(row), value(value), limit(limit) {}
CallError::~CallError() = default;

std::string detail::numberText(double value) {
  char buffer[32];
  auto [end, code] = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, end);
}

std::string detail::hexText(uint64_t value) {
  std::string text(16, '0');
  for (int i = 15; i >= 0; --i, value >>= 4)
    text[i] = "0123456789abcdef"[value & 15];
  return text;
}

bool detail::isUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    unsigned lead = byte(at);
    size_t more = lead < 0x80 ? 0 : lead >= 0xC2 && lead < 0xE0 ? 1 : (lead & 0xF0) == 0xE0 ? 2 : 3;
    if (lead > 0xF4 || (lead >= 0x80 && lead < 0xC2))
      return false;
    for (size_t i = 1; i <= more; ++i)
      if ((byte(at + i) & 0xC0) != 0x80)
        return false;
    unsigned second = byte(at + 1);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second > 0x8F))
      return false;
    at += more + 1;
  }
  return true;
}

} // namespace dlc
