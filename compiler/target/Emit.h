// Emit.h - from the LLVM dialect to an object file and a library, in this process.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_TARGET_EMIT_H
#define DLC_COMPILER_TARGET_EMIT_H
#include "compiler/Options.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace dlc {
using Objects = std::vector<llvm::SmallVector<char, 0>>;
/// ELF objects: one a kernel, and one that describes the model. `assembly`: text instead.
llvm::Error emitObjects(mlir::ModuleOp module, const CompileOptions &options, Objects &objects, bool assembly = false);
/// The description of a model whose kernels are in other modules; `query` is the name of the function that yields it.
void emitDescriptor(mlir::ModuleOp module, const CompileOptions &options, llvm::StringRef query, llvm::Module &code);
/// The symbol of a kernel's function among the objects.
std::string symbolOf(mlir::ModuleOp kernel);
/// A shared library, exporting `dlc_model_query` alone, with the checksum of its content as build ID
/// (runtime/Checksum.h).
llvm::Error linkShared(const Objects &objects, llvm::SmallVectorImpl<char> &library);
/// One relocatable object for static linking, in which NAME_dlc_model_query alone can be seen.
llvm::Error linkObject(const Objects &objects, llvm::SmallVectorImpl<char> &object);
/// A name of the model's as an identifier of C.
std::string toIdentifier(llvm::StringRef name);
/// A C header that names what the model offers.
std::string emitHeader(mlir::ModuleOp module);
} // namespace dlc
#endif
