// Descriptor.h - what the two halves of the description of a model share: its tables, and the code of its
// entry points. SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_TARGET_DESCRIPTOR_H
#define DLC_COMPILER_TARGET_DESCRIPTOR_H
#include "compiler/Passes.h"
#include "compiler/graph/Stored.h"
#include "compiler/target/Target.h"
#include "dialects/dl/DL.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "runtime/abi.h"

namespace dlc::descriptor {
/// Fields of dlc_call, in order.
enum CallFields {
  CallSize,
  CallFlags,
  CallInputs,
  CallOutputs,
  CallArenas,
  CallScalars,
  CallExtent,
  CallSeed,
  CallStep,
  CallRow,
  CallServices,
  CallError,
  CallWorkspaceBytes
};
enum ServiceFields {
  ServiceSize,
  ServiceThreads,
  ServicePool,
  ServiceParallelFor,
  ServiceProfile,
  ServiceProfileContext
};

/// Builds constant globals.
class Globals {
public:
  explicit Globals(mlir::ModuleOp module)
      : b(module.getLoc(), module.getBodyRegion()), i8(b.getI8Type()), i32(b.getI32Type()),
        i64(b.getI64Type()), f64(b.getF64Type()), pointer(mlir::LLVM::LLVMPointerType::get(b.getContext())) {
    b.setInsertionPointToEnd(module.getBody());
    body = module.getBody();
  }
  mlir::ImplicitLocOpBuilder b;
  mlir::Block *body;
  mlir::Type i8, i32, i64, f64, pointer;

  mlir::Type structOf(llvm::ArrayRef<mlir::Type> fields) {
    return mlir::LLVM::LLVMStructType::getLiteral(b.getContext(), fields);
  }
  std::string fresh(llvm::StringRef stem) { return ("dlc." + stem + "." + llvm::Twine(counter++)).str(); }
  mlir::LLVM::GlobalOp constant(mlir::Type type, mlir::Attribute value, llvm::StringRef stem) {
    return mlir::LLVM::GlobalOp::create(b, type, /*isConstant=*/true, mlir::LLVM::Linkage::Internal,
                                        fresh(stem), value);
  }
  mlir::LLVM::GlobalOp string(llvm::StringRef text) {
    mlir::LLVM::GlobalOp &known = strings[text];
    if (!known) {
      mlir::OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToEnd(body);
      std::string data(text.str() + '\0');
      data.resize(text.size() + 1);
      known = constant(mlir::LLVM::LLVMArrayType::get(i8, data.size()),
                       b.getStringAttr(llvm::StringRef(data.data(), data.size())), "string");
    }
    return known;
  }
  mlir::LLVM::GlobalOp numbers(llvm::ArrayRef<int64_t> values) {
    llvm::SmallVector<int64_t> some(values);
    if (some.empty())
      some.push_back(0); // a pointer to something
    auto type = mlir::RankedTensorType::get({(int64_t)some.size()}, i64);
    return constant(mlir::LLVM::LLVMArrayType::get(i64, some.size()),
                    mlir::DenseElementsAttr::get(type, llvm::ArrayRef<int64_t>(some)), "numbers");
  }
  mlir::LLVM::GlobalOp computed(mlir::Type type, mlir::LLVM::Linkage linkage, llvm::StringRef name,
                                llvm::function_ref<mlir::Value()> init) {
    auto global =
        mlir::LLVM::GlobalOp::create(b, type, /*isConstant=*/true, linkage, name, mlir::Attribute());
    mlir::OpBuilder::InsertionGuard guard(b);
    b.createBlock(&global.getInitializerRegion());
    mlir::LLVM::ReturnOp::create(b, init());
    return global;
  }
  mlir::Value address(mlir::LLVM::GlobalOp global) { return mlir::LLVM::AddressOfOp::create(b, global); }
  /// A string made before; null for none.
  mlir::Value text(llvm::StringRef value) { return value.empty() ? null() : address(strings.lookup(value)); }
  mlir::Value null() { return mlir::LLVM::ZeroOp::create(b, pointer); }
  mlir::Value number(mlir::Type type, int64_t value) {
    return mlir::LLVM::ConstantOp::create(b, type, b.getIntegerAttr(type, value));
  }
  mlir::Value real(double value) { return mlir::LLVM::ConstantOp::create(b, f64, b.getF64FloatAttr(value)); }
  mlir::Value aggregate(mlir::Type type, llvm::ArrayRef<mlir::Value> fields) {
    mlir::Value all = mlir::LLVM::UndefOp::create(b, type);
    for (auto [i, field] : llvm::enumerate(fields))
      all = mlir::LLVM::InsertValueOp::create(b, all, field, llvm::ArrayRef<int64_t>{(int64_t)i});
    return all;
  }
  /// A table of rows; null if there are none. `make` runs inside the initialiser: what it refers to exists
  /// already.
  mlir::LLVM::GlobalOp table(mlir::Type row, size_t count, llvm::function_ref<mlir::Value(size_t)> make) {
    if (!count)
      return {};
    mlir::Type type = mlir::LLVM::LLVMArrayType::get(row, count);
    return computed(type, mlir::LLVM::Linkage::Internal, fresh("table"), [&] {
      mlir::Value all = mlir::LLVM::UndefOp::create(b, type);
      for (size_t i = 0; i < count; ++i)
        all = mlir::LLVM::InsertValueOp::create(b, all, make(i), llvm::ArrayRef<int64_t>{(int64_t)i});
      return all;
    });
  }
  mlir::Value addressOrNull(mlir::LLVM::GlobalOp global) { return global ? address(global) : null(); }

private:
  unsigned counter = 0;
  llvm::StringMap<mlir::LLVM::GlobalOp> strings;
};

/// A tensor that outlives a call: a parameter, a buffer, a slot of an optimizer.
struct StoredTensor {
  std::string name, parameter, slot, group;
  mlir::RankedTensorType type;
  InitAttr init;
  uint32_t kind, arena;
  bool swapped;
  llvm::SmallVector<int64_t> strides = {};
  int64_t offset = 0, bytes = 0;
};

inline uint32_t dtypeOf(mlir::Type type) {
  return type.isF32()                ? DLC_F32
         : type.isF64()              ? DLC_F64
         : type.isInteger(32)        ? DLC_I32
         : type.isInteger(64)        ? DLC_I64
         : type.isUnsignedInteger(8) ? DLC_UI8
                                     : DLC_I1;
}
inline int64_t bytesOf(mlir::Type type) {
  return type.isF64() || type.isInteger(64) ? 8 : type.isF32() || type.isInteger(32) ? 4 : 1;
}

/// Writes what the runtime needs to know of a model into its module, and the functions that it calls.
class DescriptorEmitter {
public:
  DescriptorEmitter(mlir::ModuleOp module, const CompileOptions &options)
      : module(module), target(*findTarget(options.target)), g(module) {}
  void run();

private:
  void collectTensors();
  void emitDispatch(mlir::LLVM::LLVMFuncOp kernel, unsigned index);
  mlir::LLVM::LLVMFuncOp emitPart(mlir::LLVM::LLVMFuncOp kernel, mlir::Type context);
  mlir::LLVM::LLVMFuncOp emitWorker(mlir::LLVM::LLVMFuncOp kernel, mlir::Type context);
  mlir::LLVM::LLVMFuncOp startBody(mlir::LLVM::LLVMFuncOp kernel);
  llvm::SmallVector<mlir::Value> unpack(mlir::LLVM::LLVMFuncOp kernel, mlir::Type context, mlir::Value packed);
  mlir::Value threadsWithScratch(mlir::Value call, mlir::Value callSize, int64_t workspaceBytes, int64_t scratchBytes);
  mlir::Value smaller(mlir::Value x, mlir::Value y);
  mlir::LLVM::LLVMFuncOp emitScan(bool isDouble);
  void trap(mlir::LLVM::LLVMFuncOp kernel, mlir::Value call, llvm::ArrayRef<mlir::Value> arguments);
  std::string sourceOf(mlir::Operation *op, bool withColumn);
  mlir::LLVM::LLVMFuncOp emitEntry(mlir::LLVM::LLVMFuncOp inner, mlir::DictionaryAttr about);
  mlir::LLVM::LLVMFuncOp emitCall(mlir::LLVM::LLVMFuncOp inner, mlir::DictionaryAttr about);
  mlir::LLVM::GlobalOp portTable(mlir::DictionaryAttr about, llvm::StringRef attrs, llvm::StringRef types,
                                 llvm::StringRef kind, size_t &count);
  uint32_t flagsOf(mlir::DictionaryAttr about, uint32_t &arenas);
  /// Scratch memory of an entry point for one thread, in bytes, and its whole workspace for one thread.
  static int64_t scratchOf(mlir::LLVM::LLVMFuncOp inner);
  static int64_t workspaceOf(mlir::LLVM::LLVMFuncOp inner);
  std::string signatureOf(mlir::DictionaryAttr about);
  void emitModel(llvm::ArrayRef<mlir::LLVM::LLVMFuncOp> inner, llvm::ArrayRef<mlir::LLVM::LLVMFuncOp> outer);
  uint64_t hash();
  mlir::Value callField(mlir::Value call, int index) { return fieldAt(callType, call, index); }
  mlir::Value fieldAt(mlir::Type type, mlir::Value base, int index) {
    return mlir::LLVM::GEPOp::create(g.b, g.pointer, type, base,
                                     llvm::ArrayRef<mlir::LLVM::GEPArg>{0, index});
  }
  mlir::Value load(mlir::Type type, mlir::Value from) { return mlir::LLVM::LoadOp::create(g.b, type, from); }
  /// Code that runs where the condition holds, and leaves the function.
  void leaveIf(mlir::Value condition, llvm::function_ref<void()> body);
  void fail(mlir::Value call, int32_t code, mlir::Value op, mlir::Value row, mlir::Value value,
            mlir::Value limit);

  mlir::ModuleOp module;
  TargetDescription target;
  Globals g;
  mlir::Type callType, servicesType, errorType;
  std::vector<StoredTensor> tensors;
  llvm::DenseMap<StoredKey, size_t> tensorOf;
  std::array<int64_t, DLC_ARENA_COUNT> arenaBytes{};
  llvm::SmallVector<mlir::LLVM::LLVMFuncOp> kernels;
  std::array<mlir::LLVM::LLVMFuncOp, 2> scans; ///< for f32, for f64; made when first needed
};
} // namespace dlc::descriptor
#endif
