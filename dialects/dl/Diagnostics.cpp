// Diagnostics.cpp - logs which message was given.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Diagnostics.h"
#include "mlir/IR/Builders.h"
#include <cstdio>
#include <cstdlib>

void dlc::logDiagnostic(Place place) {
  static const char *path = std::getenv("DLC_DIAGNOSTIC_LOG");
  if (!path)
    return;
  if (FILE *file = std::fopen(path, "a")) {
    std::fprintf(file, "%s:%u\n", place.file_name(), (unsigned)place.line());
    std::fclose(file);
  }
}

mlir::InFlightDiagnostic dlc::complain(mlir::OpAsmParser &parser, mlir::OperationState &result, llvm::SMLoc loc,
                                       Place place) {
  logDiagnostic(place);
  result.attributes.set("dl.wrong", parser.getBuilder().getUnitAttr());
  return mlir::emitError(parser.getEncodedSourceLoc(loc));
}
