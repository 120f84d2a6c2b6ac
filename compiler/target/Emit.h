// Emit.h - from the LLVM dialect to an object file and a library, in this process.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_TARGET_EMIT_H
#define DLC_COMPILER_TARGET_EMIT_H
#include "compiler/Options.h"
#include "compiler/Timing.h"
#include "compiler/target/Target.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace dlc {
using Objects = std::vector<llvm::SmallVector<char, 0>>;
/// The function by which a program finds a model: in a library of its own, or (isStatic) among those that are linked into one
/// program.
std::string querySymbol(mlir::ModuleOp module, bool isStatic);
/// ELF objects: one a kernel, and one that describes the model, which `query` yields. `assembly`: text instead.
llvm::Error emitObjects(mlir::ModuleOp module, const CompileOptions &options, llvm::StringRef query, Objects &objects,
                        bool assembly = false);
/// The description of a model whose kernels are in other modules; `query` is the name of the function that yields it.
void emitDescriptor(mlir::ModuleOp module, const CompileOptions &options, llvm::StringRef query, llvm::Module &code);
/// The symbol of a kernel's function among the objects.
std::string symbolOf(mlir::ModuleOp kernel);
/// What compiled models bring along, as bytes in this program.
enum class Part { Support, Schedule, Rows, Chooser };
/// A shared library, exporting `dlc_model_query` alone, with the checksum of its content as build ID
/// (runtime/Checksum.h).
llvm::Error linkShared(const Objects &objects, llvm::ArrayRef<Part> parts, llvm::SmallVectorImpl<char> &library);
/// One relocatable object for static linking, in which `query` alone can be seen.
llvm::Error linkObject(const Objects &objects, llvm::ArrayRef<Part> parts, llvm::StringRef query,
                       llvm::SmallVectorImpl<char> &object);

/// An object whose function `query` yields what the function `query`.LEVEL of the best target yields that the processor runs;
/// of the lowest where it runs none. `targets`: the lowest first.
llvm::Error emitChooser(llvm::StringRef query, llvm::ArrayRef<TargetDescription> targets,
                        llvm::SmallVectorImpl<char> &object);
/// The name by which `emitChooser` looks for a target's model.
std::string queryOfTarget(llvm::StringRef query, const TargetDescription &target);

/// A model at level `llvm`, for one target.
struct Lowered {
  mlir::ModuleOp module;
  CompileOptions options;
};
/// The shared library of a model, or (isStatic) its object; of several targets, the best that the processor runs is chosen when
/// the library is opened.
llvm::Error emitModel(llvm::ArrayRef<Lowered> targets, bool isStatic, llvm::SmallVectorImpl<char> &result,
                      Timing *timing = nullptr);
/// A name of the model's as an identifier of C.
std::string toIdentifier(llvm::StringRef name);
/// A C header that names what the model offers.
std::string emitHeader(mlir::ModuleOp module);
} // namespace dlc
#endif
