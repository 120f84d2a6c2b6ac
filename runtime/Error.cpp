//===- Error.cpp - errors and the text they are made of ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Destructors stand here so that each class has one home for its type information.
//
//===----------------------------------------------------------------------===//
#include "runtime/Error.h"
#include "runtime/Text.h"

#include <charconv>

namespace dlc {

Error::Error(const std::string &Message) : std::runtime_error(Message) {}
Error::~Error() = default;

CallError::CallError(const std::string &Message, int32_t Code, std::string Op, int64_t Row, int64_t Value,
                     int64_t Limit)
    : Error(Message), Code(Code), Op(std::move(Op)), Row(Row), Value(Value), Limit(Limit) {}
CallError::~CallError() = default;

std::string detail::numberText(double Value) {
  char Buffer[32];
  auto [End, Code] = std::to_chars(Buffer, Buffer + sizeof(Buffer), Value);
  return std::string(Buffer, End);
}

std::string detail::hexText(uint64_t Value) {
  std::string Text(16, '0');
  for (int I = 15; I >= 0; --I, Value >>= 4)
    Text[I] = "0123456789abcdef"[Value & 15];
  return Text;
}

bool detail::isUtf8(std::string_view Text) {
  for (size_t At = 0; At < Text.size();) {
    auto Byte = [&](size_t I) { return I < Text.size() ? static_cast<unsigned char>(Text[I]) : 0u; };
    unsigned Lead = Byte(At);
    size_t More = Lead < 0x80 ? 0 : Lead >= 0xC2 && Lead < 0xE0 ? 1 : (Lead & 0xF0) == 0xE0 ? 2 : 3;
    if (Lead > 0xF4 || (Lead >= 0x80 && Lead < 0xC2))
      return false;
    for (size_t I = 1; I <= More; ++I)
      if ((Byte(At + I) & 0xC0) != 0x80)
        return false;
    unsigned Second = Byte(At + 1);
    if ((Lead == 0xE0 && Second < 0xA0) || (Lead == 0xED && Second > 0x9F) || (Lead == 0xF0 && Second < 0x90) ||
        (Lead == 0xF4 && Second > 0x8F))
      return false;
    At += More + 1;
  }
  return true;
}

} // namespace dlc
