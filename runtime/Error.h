// Error.h - how the runtime reports failure.
// SPDX-License-Identifier: Apache-2.0
//
// The C++ API reports every failure in one way: it throws dlc::Error, whose what() is one or more complete
// sentences saying what was found, what was expected and, where there is one, a remedy. No exception crosses
// the C ABI: compiled models return a status, and the runtime turns it into an Error on this side.
#ifndef DLC_RUNTIME_ERROR_H
#define DLC_RUNTIME_ERROR_H

#include "runtime/Export.h"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace dlc {

/// A failure that a caller can tell to a person: `what()` is complete sentences, without a trailing newline.
class DLC_API Error : public std::runtime_error {
public:
  explicit Error(const std::string &message);
  ~Error() override;
};

/// A call that a compiled model refused: a label out of range, a value that is not finite.
class DLC_API CallError : public Error {
public:
  CallError(const std::string &message, int32_t code, std::string op, int64_t row, int64_t value, int64_t limit);
  ~CallError() override;

  int32_t code;   ///< a dlc_status of abi.h
  std::string op; ///< "mnist.mlir:17:10: cross_entropy", or empty
  int64_t row;    ///< row of the batch, counted over all parts of a call that was cut; -1: unknown
  int64_t value;  ///< what was found
  int64_t limit;  ///< what it must be below
};

} // namespace dlc

#endif // DLC_RUNTIME_ERROR_H
