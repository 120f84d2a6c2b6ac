// Emit.h - from the LLVM dialect to an object file and a library, in this process.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_TARGET_EMIT_H
#define DLC_COMPILER_TARGET_EMIT_H
#include "compiler/Options.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace dlc {
/// An ELF object. `assembly`: text instead.
llvm::Error emitObject(mlir::ModuleOp module, const CompileOptions &options, llvm::SmallVectorImpl<char> &object,
                       bool assembly = false);
/// A shared library at `path` (written beside it first, then renamed), exporting `dlc_model_query` alone, with the
/// checksum of its content as build ID (runtime/Checksum.h).
llvm::Error linkShared(llvm::ArrayRef<char> object, llvm::StringRef path);
/// A relocatable object for static linking, exporting NAME_dlc_model_query alone.
llvm::Error linkObject(llvm::ArrayRef<char> object, llvm::StringRef path);
/// Writes a file whole or not at all.
llvm::Error writeFile(llvm::StringRef path, llvm::StringRef content);
/// A name of the model's as an identifier of C.
std::string toIdentifier(llvm::StringRef name);
/// A C header that names what the model offers.
std::string emitHeader(mlir::ModuleOp module);
} // namespace dlc
#endif
