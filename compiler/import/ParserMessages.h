// ParserMessages.h - what MLIR's parser says, in the words of the model language.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_IMPORT_PARSERMESSAGES_H
#define DLC_COMPILER_IMPORT_PARSERMESSAGES_H
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dlc {
/// Visits each character of a model's text that stands in no comment and no string (but for the quote before it), until `visit` returns false.
void forEachCharacter(llvm::StringRef text, llvm::function_ref<bool(size_t)> visit);

/// The place of what a message speaks of: where an op should stand, MLIR's parser points behind what stands before, perhaps on a
/// line above. That place is kept where the op is missing behind a `=`.
size_t placeOfMessage(llvm::StringRef message, llvm::StringRef text, size_t offset);
/// A message about the place `offset` of `text`: what was found, what was expected, what to do. Messages of our own
/// ops gain what was found, where they came while `parsing`.
std::string inOurWords(llvm::StringRef message, llvm::StringRef text, size_t offset, bool parsing,
                       mlir::MLIRContext &context);
/// The same of a note; empty where it would help nobody.
std::string noteInOurWords(llvm::StringRef note);
} // namespace dlc
#endif
