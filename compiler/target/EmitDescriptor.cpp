// EmitDescriptor.cpp - the read-only description of a model (runtime/abi.h), and the C function of each entry point.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/Passes.h"
#include "runtime/abi.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace dlc;

namespace {
/// Builds constant globals.
class Globals {
public:
  explicit Globals(ModuleOp module)
      : b(module.getLoc(), module.getBodyRegion()), i8(b.getI8Type()), i32(b.getI32Type()), i64(b.getI64Type()),
        f64(b.getF64Type()), pointer(LLVM::LLVMPointerType::get(b.getContext())) {
    b.setInsertionPointToEnd(module.getBody());
  }
  ImplicitLocOpBuilder b;
  Type i8, i32, i64, f64, pointer;

  Type structOf(ArrayRef<Type> fields) { return LLVM::LLVMStructType::getLiteral(b.getContext(), fields); }
  std::string fresh(StringRef stem) { return ("dlc." + stem + "." + Twine(counter++)).str(); }
  LLVM::GlobalOp constant(Type type, Attribute value, StringRef stem) {
    return LLVM::GlobalOp::create(b, type, /*isConstant=*/true, LLVM::Linkage::Internal, fresh(stem), value);
  }
  LLVM::GlobalOp string(StringRef text) {
    LLVM::GlobalOp &known = strings[text];
    if (!known) {
      std::string data(text.str() + '\0');
      data.resize(text.size() + 1);
      known = constant(LLVM::LLVMArrayType::get(i8, data.size()), b.getStringAttr(StringRef(data.data(), data.size())),
                       "string");
    }
    return known;
  }
  LLVM::GlobalOp numbers(ArrayRef<int64_t> values) {
    SmallVector<int64_t> some(values);
    if (some.empty())
      some.push_back(0); // a pointer to something
    auto type = RankedTensorType::get({(int64_t)some.size()}, i64);
    return constant(LLVM::LLVMArrayType::get(i64, some.size()), DenseElementsAttr::get(type, ArrayRef<int64_t>(some)),
                    "numbers");
  }
  LLVM::GlobalOp computed(Type type, LLVM::Linkage linkage, StringRef name, llvm::function_ref<Value()> init) {
    auto global = LLVM::GlobalOp::create(b, type, /*isConstant=*/true, linkage, name, Attribute());
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&global.getInitializerRegion());
    LLVM::ReturnOp::create(b, init());
    return global;
  }
  Value address(LLVM::GlobalOp global) { return LLVM::AddressOfOp::create(b, global); }
  Value text(StringRef value) { return value.empty() ? null() : address(string(value)); }
  Value null() { return LLVM::ZeroOp::create(b, pointer); }
  Value number(Type type, int64_t value) { return LLVM::ConstantOp::create(b, type, b.getIntegerAttr(type, value)); }
  Value real(double value) { return LLVM::ConstantOp::create(b, f64, b.getF64FloatAttr(value)); }
  Value aggregate(Type type, ArrayRef<Value> fields) {
    Value all = LLVM::UndefOp::create(b, type);
    for (auto [i, field] : llvm::enumerate(fields))
      all = LLVM::InsertValueOp::create(b, all, field, ArrayRef<int64_t>{(int64_t)i});
    return all;
  }
  /// A table of rows; null if there are none.
  Value table(Type row, size_t count, llvm::function_ref<Value(size_t)> make) {
    if (!count)
      return null();
    Type type = LLVM::LLVMArrayType::get(row, count);
    // Strings and number lists must be made outside of the initialiser: make() may create globals first.
    auto global = LLVM::GlobalOp::create(b, type, true, LLVM::Linkage::Internal, fresh("table"), Attribute());
    {
      OpBuilder::InsertionGuard guard(b);
      Block *block = b.createBlock(&global.getInitializerRegion());
      Value all = LLVM::UndefOp::create(b, type);
      for (size_t i = 0; i < count; ++i)
        all = LLVM::InsertValueOp::create(b, all, make(i), ArrayRef<int64_t>{(int64_t)i});
      LLVM::ReturnOp::create(b, all);
      (void)block;
    }
    return address(global);
  }

private:
  unsigned counter = 0;
  llvm::StringMap<LLVM::GlobalOp> strings;
};

struct StoredTensor {
  std::string name, parameter, slot, group;
  RankedTensorType type;
  InitAttr init;
  uint32_t kind, arena;
  SmallVector<int64_t> strides;
  int64_t offset = 0, bytes = 0;
};

uint32_t dtypeOf(Type type) {
  return type.isF32()                  ? DLC_F32
         : type.isF64()                ? DLC_F64
         : type.isInteger(32)          ? DLC_I32
         : type.isInteger(64)          ? DLC_I64
         : type.isUnsignedInteger(8)   ? DLC_UI8
                                       : DLC_I1;
}
int64_t bytesOf(Type type) {
  return type.isF64() || type.isInteger(64) ? 8 : type.isF32() || type.isInteger(32) ? 4 : 1;
}

class DescriptorEmitter {
public:
  DescriptorEmitter(ModuleOp module, const CompileOptions &options)
      : module(module), options(options), target(*findTarget(options.target)), g(module) {}
  void run();

private:
  void collectTensors();
  void emitDispatch(LLVM::LLVMFuncOp kernel, unsigned index);
  LLVM::LLVMFuncOp emitEntry(LLVM::LLVMFuncOp inner, DictionaryAttr about);
  Value entryRow(LLVM::LLVMFuncOp inner, LLVM::LLVMFuncOp outer, DictionaryAttr about);
  Value portTable(ArrayRef<std::pair<StringRef, RankedTensorType>> ports, int64_t capacity);
  Value callField(Value call, int index) { return fieldAt(callType, call, index); }
  Value fieldAt(Type type, Value base, int index) {
    return LLVM::GEPOp::create(g.b, g.pointer, type, base, ArrayRef<LLVM::GEPArg>{0, index});
  }
  Value load(Type type, Value from) { return LLVM::LoadOp::create(g.b, type, from); }
  /// Code that runs where the condition holds, and leaves the function.
  void leaveIf(Value condition, llvm::function_ref<void()> body);
  void fail(Value call, int32_t code, Value op, Value row, Value value, Value limit);

  ModuleOp module;
  const CompileOptions &options;
  TargetDescription target;
  Globals g;
  Type callType, servicesType, errorType;
  std::vector<StoredTensor> tensors;
  llvm::StringMap<size_t> tensorOf;
  std::array<int64_t, DLC_ARENA_COUNT> arenaBytes{};
  SmallVector<LLVM::LLVMFuncOp> kernels;
};
} // namespace

/// Every stored tensor of every entry point, each once, with a place in its arena.
void DescriptorEmitter::collectTensors() {
  auto add = [&](StoredTensor one) {
    if (auto [it, isNew] = tensorOf.try_emplace(one.name, tensors.size()); isNew)
      tensors.push_back(one);
  };
  auto functions = llvm::to_vector(module.getOps<LLVM::LLVMFuncOp>());
  for (bool slots : {false, true})
    for (auto function : functions) {
      auto about = function->getAttrOfType<DictionaryAttr>("dl.entry");
      if (!about)
        continue;
      for (auto [attrs, type] : llvm::zip(about.getAs<ArrayAttr>("arg_attrs").getAsRange<DictionaryAttr>(),
                                          about.getAs<ArrayAttr>("arg_types").getAsValueRange<TypeAttr>())) {
        auto tensor = cast<RankedTensorType>(type);
        if (auto name = attrs.getAs<StringAttr>("parameter"); name && !slots)
          add({name.str(), "", "", "", tensor, attrs.getAs<InitAttr>("init"), DLC_PARAMETER, DLC_PARAMS, {}});
        if (auto name = attrs.getAs<StringAttr>("slot"); name && slots) {
          std::string of = attrs.getAs<StringAttr>("of").str(), group = attrs.getAs<StringAttr>("group").str();
          add({name.str(), of, attrs.getAs<StringAttr>("name").str(), group, tensor, attrs.getAs<InitAttr>("init"),
               DLC_SLOT, DLC_TRAINING, {}});
          tensors[tensorOf.lookup(of)].group = group;
        }
      }
    }
  for (StoredTensor &one : tensors) {
    int64_t count = one.type.getNumElements();
    one.bytes = llvm::alignTo(std::max<int64_t>(count, 1) * bytesOf(one.type.getElementType()), DLC_ALIGNMENT);
    one.offset = arenaBytes[one.arena];
    arenaBytes[one.arena] += one.bytes;
    int64_t stride = 1;
    one.strides.resize(one.type.getRank());
    for (int i = one.type.getRank() - 1; i >= 0; --i) {
      one.strides[i] = stride;
      stride *= one.type.getDimSize(i);
    }
  }
}

void DescriptorEmitter::leaveIf(Value condition, llvm::function_ref<void()> body) {
  Block *current = g.b.getBlock();
  Region *region = current->getParent();
  Block *leave = new Block(), *go = new Block();
  region->push_back(leave);
  region->push_back(go);
  LLVM::CondBrOp::create(g.b, condition, leave, go);
  g.b.setInsertionPointToEnd(leave);
  body();
  g.b.setInsertionPointToEnd(go);
}
void DescriptorEmitter::fail(Value call, int32_t code, Value op, Value row, Value value, Value limit) {
  Value error = callField(call, offsetof_error);
  LLVM::StoreOp::create(g.b, g.number(g.i32, code), fieldAt(errorType, error, 0));
  LLVM::StoreOp::create(g.b, op, fieldAt(errorType, error, 2));
  LLVM::StoreOp::create(g.b, row, fieldAt(errorType, error, 3));
  LLVM::StoreOp::create(g.b, value, fieldAt(errorType, error, 4));
  LLVM::StoreOp::create(g.b, limit, fieldAt(errorType, error, 5));
  LLVM::ReturnOp::create(g.b, g.number(g.i32, code));
}
