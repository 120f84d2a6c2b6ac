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

} // namespace dlc
