// Diagnostics.h - the one way in which the compiler reports a user's mistake.
// SPDX-License-Identifier: Apache-2.0
//
// With DLC_DIAGNOSTIC_LOG=FILE in the environment, each report appends its place in the sources to FILE, so that a
// test can tell which messages no test has ever seen.
#ifndef DLC_DIALECTS_DL_DIAGNOSTICS_H
#define DLC_DIALECTS_DL_DIAGNOSTICS_H
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/StringExtras.h"
#include <source_location>

namespace dlc {
using Place = std::source_location;

/// Notes that the message at this place of the sources was given.
void logDiagnostic(Place place);

/// A number of bytes or things as people read it: `1,048,576`.
inline std::string withCommas(int64_t number) {
  std::string text = std::to_string(number);
  for (int64_t at = (int64_t)text.size() - 3; at > 0; at -= 3)
    text.insert(at, ",");
  return text;
}

/// An error at a place of the model file.
inline mlir::InFlightDiagnostic complain(mlir::Location loc, Place place = Place::current()) {
  logDiagnostic(place);
  return mlir::emitError(loc);
}
inline mlir::InFlightDiagnostic complain(mlir::Operation *op, Place place = Place::current()) {
  logDiagnostic(place);
  return mlir::emitError(op->getLoc());
}
/// What is probably not meant, but can be compiled.
inline mlir::InFlightDiagnostic warn(mlir::Location loc, Place place = Place::current()) {
  logDiagnostic(place);
  return mlir::emitWarning(loc);
}
/// An error that parsing steps over; verification fails later. (After `parser.emitError` MLIR gives up on the op,
/// whatever its parser returns.)
mlir::InFlightDiagnostic complain(mlir::OpAsmParser &parser, mlir::OperationState &result, llvm::SMLoc loc,
                                  Place place = Place::current());
/// An error after which the parser cannot go on within this line. (`parser.emitError` would put MLIR's words, such
/// as "custom op 'dl.relu'", before ours.)
inline mlir::InFlightDiagnostic stop(mlir::AsmParser &parser, llvm::SMLoc loc, Place place = Place::current()) {
  logDiagnostic(place);
  return mlir::emitError(parser.getEncodedSourceLoc(loc));
}
/// Where the parser stands; where a line has ended, its end.
inline llvm::SMLoc placeOf(mlir::AsmParser &parser) {
  const char *here = parser.getCurrentLocation().getPointer(), *end = here;
  while (llvm::isSpace(end[-1])) // there is an op's name before
    --end;
  bool isNextLine = llvm::StringRef(end, here - end).contains('\n');
  return llvm::SMLoc::getFromPointer(isNextLine ? end : here);
}
inline mlir::InFlightDiagnostic stop(mlir::AsmParser &parser, Place place = Place::current()) {
  return stop(parser, placeOf(parser), place);
}
} // namespace dlc
#endif
