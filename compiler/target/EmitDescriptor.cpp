// EmitDescriptor.cpp - the read-only description of a model (runtime/abi.h), and the C function of each entry point.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/Passes.h"
#include "runtime/abi.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace dlc;

namespace {
/// Fields of dlc_call, in order.
enum CallFields { CallSize, CallFlags, CallInputs, CallOutputs, CallArenas, CallScalars, CallExtent, CallSeed, CallStep,
                  CallRow, CallServices, CallError };
enum ServiceFields { ServiceSize, ServiceThreads, ServicePool, ServiceParallelFor, ServiceProfile, ServiceProfileContext };

/// Builds constant globals.
class Globals {
public:
  explicit Globals(ModuleOp module)
      : b(module.getLoc(), module.getBodyRegion()), i8(b.getI8Type()), i32(b.getI32Type()), i64(b.getI64Type()),
        f64(b.getF64Type()), pointer(LLVM::LLVMPointerType::get(b.getContext())) {
    b.setInsertionPointToEnd(module.getBody());
    body = module.getBody();
  }
  ImplicitLocOpBuilder b;
  Block *body;
  Type i8, i32, i64, f64, pointer;

  Type structOf(ArrayRef<Type> fields) { return LLVM::LLVMStructType::getLiteral(b.getContext(), fields); }
  std::string fresh(StringRef stem) { return ("dlc." + stem + "." + Twine(counter++)).str(); }
  LLVM::GlobalOp constant(Type type, Attribute value, StringRef stem) {
    return LLVM::GlobalOp::create(b, type, /*isConstant=*/true, LLVM::Linkage::Internal, fresh(stem), value);
  }
  LLVM::GlobalOp string(StringRef text) {
    LLVM::GlobalOp &known = strings[text];
    if (!known) {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToEnd(body);
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
  /// A string made before; null for none.
  Value text(StringRef value) { return value.empty() ? null() : address(strings.lookup(value)); }
  Value null() { return LLVM::ZeroOp::create(b, pointer); }
  Value number(Type type, int64_t value) { return LLVM::ConstantOp::create(b, type, b.getIntegerAttr(type, value)); }
  Value real(double value) { return LLVM::ConstantOp::create(b, f64, b.getF64FloatAttr(value)); }
  Value aggregate(Type type, ArrayRef<Value> fields) {
    Value all = LLVM::UndefOp::create(b, type);
    for (auto [i, field] : llvm::enumerate(fields))
      all = LLVM::InsertValueOp::create(b, all, field, ArrayRef<int64_t>{(int64_t)i});
    return all;
  }
  /// A table of rows; null if there are none. `make` runs inside the initialiser: what it refers to exists already.
  LLVM::GlobalOp table(Type row, size_t count, llvm::function_ref<Value(size_t)> make) {
    if (!count)
      return {};
    Type type = LLVM::LLVMArrayType::get(row, count);
    return computed(type, LLVM::Linkage::Internal, fresh("table"), [&] {
      Value all = LLVM::UndefOp::create(b, type);
      for (size_t i = 0; i < count; ++i)
        all = LLVM::InsertValueOp::create(b, all, make(i), ArrayRef<int64_t>{(int64_t)i});
      return all;
    });
  }
  Value addressOrNull(LLVM::GlobalOp global) { return global ? address(global) : null(); }

private:
  unsigned counter = 0;
  llvm::StringMap<LLVM::GlobalOp> strings;
};

struct StoredTensor {
  std::string name, parameter, slot, group;
  RankedTensorType type;
  InitAttr init;
  uint32_t kind, arena;
  bool swapped;
  SmallVector<int64_t> strides = {};
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
      : module(module), target(*findTarget(options.target)), g(module) {}
  void run();

private:
  void collectTensors();
  void emitDispatch(LLVM::LLVMFuncOp kernel, unsigned index);
  LLVM::LLVMFuncOp emitScan(bool isDouble);
  void trap(LLVM::LLVMFuncOp kernel, Value call, ArrayRef<Value> arguments);
  std::string sourceOf(Operation *op, bool withColumn);
  LLVM::LLVMFuncOp emitEntry(LLVM::LLVMFuncOp inner, DictionaryAttr about);
  LLVM::GlobalOp portTable(DictionaryAttr about, StringRef attrs, StringRef types, StringRef kind, size_t &count);
  uint32_t flagsOf(DictionaryAttr about, uint32_t &arenas);
  std::string signatureOf(DictionaryAttr about);
  void emitModel(ArrayRef<LLVM::LLVMFuncOp> inner, ArrayRef<LLVM::LLVMFuncOp> outer);
  uint64_t hash();
  Value callField(Value call, int index) { return fieldAt(callType, call, index); }
  Value fieldAt(Type type, Value base, int index) {
    return LLVM::GEPOp::create(g.b, g.pointer, type, base, ArrayRef<LLVM::GEPArg>{0, index});
  }
  Value load(Type type, Value from) { return LLVM::LoadOp::create(g.b, type, from); }
  /// Code that runs where the condition holds, and leaves the function.
  void leaveIf(Value condition, llvm::function_ref<void()> body);
  void fail(Value call, int32_t code, Value op, Value row, Value value, Value limit);

  ModuleOp module;
  TargetDescription target;
  Globals g;
  Type callType, servicesType, errorType;
  std::vector<StoredTensor> tensors;
  llvm::StringMap<size_t> tensorOf;
  std::array<int64_t, DLC_ARENA_COUNT> arenaBytes{};
  SmallVector<LLVM::LLVMFuncOp> kernels;
  std::array<LLVM::LLVMFuncOp, 2> scans; ///< for f32, for f64; made when first needed
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
        bool swapped = attrs.contains("layout"); // the axes of a matrix lie the other way round
        if (swapped)
          tensor = RankedTensorType::get({tensor.getDimSize(1), tensor.getDimSize(0)}, tensor.getElementType());
        if (auto name = attrs.getAs<StringAttr>("parameter"); name && !slots)
          add({name.str(), "", "", "", tensor, attrs.getAs<InitAttr>("init"), DLC_PARAMETER, DLC_PARAMS, swapped});
        if (auto name = attrs.getAs<StringAttr>("slot"); name && slots) {
          std::string of = attrs.getAs<StringAttr>("of").str(), group = attrs.getAs<StringAttr>("group").str();
          add({name.str(), of, attrs.getAs<StringAttr>("name").str(), group, tensor, attrs.getAs<InitAttr>("init"),
               DLC_SLOT, DLC_TRAINING, swapped});
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
    if (one.swapped)
      one.strides = {1, one.type.getDimSize(0)};
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
  Value error = callField(call, CallError);
  LLVM::StoreOp::create(g.b, g.number(g.i32, code), fieldAt(errorType, error, 0));
  LLVM::StoreOp::create(g.b, op, fieldAt(errorType, error, 2));
  LLVM::StoreOp::create(g.b, row, fieldAt(errorType, error, 3));
  LLVM::StoreOp::create(g.b, value, fieldAt(errorType, error, 4));
  LLVM::StoreOp::create(g.b, limit, fieldAt(errorType, error, 5));
  LLVM::ReturnOp::create(g.b, g.number(g.i32, code));
}

//===--- Kernels: one thread or many, and the profile ---------------------------------------------------===//

/// Below this predicted time (µs) waking other threads does not pay: where the machine is busy, it costs tens of µs.
static constexpr double worthSplitting = 150;
static double predictedTime(LLVM::LLVMFuncOp kernel) {
  double flops = kernel->getAttrOfType<FloatAttr>("dl.flops").getValueAsDouble();
  double bytes = kernel->getAttrOfType<FloatAttr>("dl.bytes").getValueAsDouble();
  return std::max(flops / 80e3, bytes / 30e3);
}

/// Calls of a kernel go through `NAME.run(call, arguments...)`, which splits it where that pays and tells the profile.
void DescriptorEmitter::emitDispatch(LLVM::LLVMFuncOp kernel, unsigned index) {
  ImplicitLocOpBuilder &b = g.b;
  SmallVector<Type> own(kernel.getArgumentTypes());
  Type yields = kernel.getFunctionType().getReturnType();
  bool checks = !isa<LLVM::LLVMVoidType>(yields);
  size_t count = own.size();
  SmallVector<Type> types{g.pointer};
  types.append(own);
  std::string name = kernel.getName().str();
  auto run = LLVM::LLVMFuncOp::create(b, name + ".run",
                                      LLVM::LLVMFunctionType::get(yields, types),
                                      LLVM::Linkage::Internal);
  LLVM::LLVMFuncOp body;
  Type context = g.structOf(ArrayRef<Type>(own).drop_back(2));
  if (!checks && predictedTime(kernel) >= worthSplitting) {
    body = LLVM::LLVMFuncOp::create(b, name + ".part",
                                    LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                                                {g.pointer, g.i64, g.i64}),
                                    LLVM::Linkage::Internal);
    OpBuilder::InsertionGuard guard(b);
    Block *block = body.addEntryBlock(b);
    b.setInsertionPointToStart(block);
    SmallVector<Value> arguments;
    for (size_t i = 0; i + 2 < count; ++i)
      arguments.push_back(load(own[i], fieldAt(context, block->getArgument(0), i)));
    arguments.append({block->getArgument(1), block->getArgument(2)});
    LLVM::CallOp::create(b, kernel, arguments);
    LLVM::ReturnOp::create(b, ValueRange());
  }
  OpBuilder::InsertionGuard guard(b);
  Block *block = run.addEntryBlock(b);
  b.setInsertionPointToStart(block);
  SmallVector<Value> arguments(block->getArguments().drop_front());
  Value call = block->getArgument(0);
  if (!checks) { // nothing more is computed once a bad value was found
    Value code = load(g.i32, fieldAt(errorType, callField(call, CallError), 0));
    leaveIf(LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::ne, code, g.number(g.i32, DLC_OK)),
            [&] { LLVM::ReturnOp::create(b, ValueRange()); });
  }
  Value services = load(g.pointer, callField(call, CallServices));
  Value isAlone = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::eq, services, g.null());
  leaveIf(isAlone, [&] {
    auto result = LLVM::CallOp::create(b, kernel, arguments);
    if (!checks)
      trap(kernel, call, arguments);
    LLVM::ReturnOp::create(b, result.getResults());
  });
  Value hook = load(g.pointer, fieldAt(servicesType, services, ServiceProfile));
  auto profile = [&](int begin) {
    Value wanted = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::ne, hook, g.null());
    Block *tell = new Block(), *go = new Block();
    run.getBody().push_back(tell);
    run.getBody().push_back(go);
    LLVM::CondBrOp::create(b, wanted, tell, go);
    b.setInsertionPointToEnd(tell);
    Value context_ = load(g.pointer, fieldAt(servicesType, services, ServiceProfileContext));
    auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()), {g.pointer, g.i32, g.i32});
    LLVM::CallOp::create(b, type, ValueRange{hook, context_, g.number(g.i32, index), g.number(g.i32, begin)});
    LLVM::BrOp::create(b, ValueRange(), go);
    b.setInsertionPointToEnd(go);
  };
  profile(1);
  if (!body) {
    auto result = LLVM::CallOp::create(b, kernel, arguments);
    profile(0);
    if (!checks)
      trap(kernel, call, arguments);
    LLVM::ReturnOp::create(b, result.getResults());
    return;
  }
  Block *together = new Block(), *single = new Block(), *done = new Block();
  for (Block *one : {together, single, done})
    run.getBody().push_back(one);
  Value threads = load(g.i32, fieldAt(servicesType, services, ServiceThreads));
  Value several = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::ugt, threads, g.number(g.i32, 1));
  Value parts = arguments.back();
  Value enough = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::sgt, parts, g.number(g.i64, 1));
  LLVM::CondBrOp::create(b, LLVM::AndOp::create(b, several, enough), together, single);
  b.setInsertionPointToEnd(together);
  Value packed = LLVM::AllocaOp::create(b, g.pointer, context, g.number(g.i64, 1));
  for (size_t i = 0; i + 2 < count; ++i)
    LLVM::StoreOp::create(b, arguments[i], fieldAt(context, packed, i));
  Value pool = load(g.pointer, fieldAt(servicesType, services, ServicePool));
  Value function = load(g.pointer, fieldAt(servicesType, services, ServiceParallelFor));
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                          {g.pointer, g.pointer, g.pointer, g.i64, g.i64});
  LLVM::CallOp::create(b, type, ValueRange{function, pool, LLVM::AddressOfOp::create(b, body), packed, parts,
                                           g.number(g.i64, 1)});
  LLVM::BrOp::create(b, ValueRange(), done);
  b.setInsertionPointToEnd(single);
  LLVM::CallOp::create(b, kernel, arguments);
  LLVM::BrOp::create(b, ValueRange(), done);
  b.setInsertionPointToEnd(done);
  profile(0);
  trap(kernel, call, arguments);
  LLVM::ReturnOp::create(b, ValueRange());
}

/// int64_t scan(values, count): the place of the first that is NaN or infinite; -1.
LLVM::LLVMFuncOp DescriptorEmitter::emitScan(bool isDouble) {
  LLVM::LLVMFuncOp &scan = scans[isDouble];
  if (scan)
    return scan;
  ImplicitLocOpBuilder &b = g.b;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(module.getBody());
  scan = LLVM::LLVMFuncOp::create(b, isDouble ? "dlc.scan.f64" : "dlc.scan.f32",
                                  LLVM::LLVMFunctionType::get(g.i64, {g.pointer, g.i64}), LLVM::Linkage::Internal);
  Block *entry = scan.addEntryBlock(b), *head = new Block(), *body = new Block(), *found = new Block(),
        *none = new Block();
  for (Block *block : {head, body, found, none})
    scan.getBody().push_back(block);
  Type word = isDouble ? g.i64 : g.i32;
  int64_t exponent = isDouble ? 0x7ff0000000000000 : 0x7f800000;
  b.setInsertionPointToStart(entry);
  LLVM::BrOp::create(b, ValueRange{g.number(g.i64, 0)}, head);
  Value at = head->addArgument(g.i64, b.getLoc());
  b.setInsertionPointToEnd(head);
  LLVM::CondBrOp::create(b, LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::slt, at, scan.getArgument(1)), body, none);
  b.setInsertionPointToEnd(body);
  Value bits = load(word, LLVM::GEPOp::create(b, g.pointer, word, scan.getArgument(0), ValueRange{at}));
  Value all = LLVM::AndOp::create(b, bits, g.number(word, exponent));
  Value next = LLVM::AddOp::create(b, at, g.number(g.i64, 1));
  LLVM::CondBrOp::create(b, LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::eq, all, g.number(word, exponent)), found,
                         ValueRange(), head, ValueRange{next});
  b.setInsertionPointToEnd(found);
  LLVM::ReturnOp::create(b, at);
  b.setInsertionPointToEnd(none);
  LLVM::ReturnOp::create(b, g.number(g.i64, -1));
  return scan;
}

/// With DLC_TRAP_NOT_FINITE: what the kernel wrote is looked through; the first bad value goes into the call's error.
void DescriptorEmitter::trap(LLVM::LLVMFuncOp kernel, Value call, ArrayRef<Value> arguments) {
  ImplicitLocOpBuilder &b = g.b;
  Region *region = b.getBlock()->getParent();
  Block *look = new Block(), *done = new Block();
  region->push_back(look);
  region->push_back(done);
  Value flags = load(g.i32, callField(call, CallFlags));
  Value wanted = LLVM::AndOp::create(b, flags, g.number(g.i32, DLC_TRAP_NOT_FINITE));
  LLVM::CondBrOp::create(b, LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::ne, wanted, g.number(g.i32, 0)), look, done);
  b.setInsertionPointToEnd(look);
  Value extent = arguments[arguments.size() - 3], error = callField(call, CallError);
  for (auto written : kernel->getAttrOfType<ArrayAttr>("dl.written").getAsRange<DenseI64ArrayAttr>()) {
    ArrayRef<int64_t> about = written.asArrayRef(); // argument, elements, elements a row, f64
    Value count = about[2] ? Value(LLVM::MulOp::create(b, extent, g.number(g.i64, about[2]))) : g.number(g.i64, about[1]);
    Value at = LLVM::CallOp::create(b, emitScan(about[3]), ValueRange{arguments[about[0]], count}).getResult();
    Block *bad = new Block(), *good = new Block();
    region->push_back(bad);
    region->push_back(good);
    LLVM::CondBrOp::create(b, LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::sge, at, g.number(g.i64, 0)), bad, good);
    b.setInsertionPointToEnd(bad);
    Value row = about[2] ? Value(LLVM::UDivOp::create(b, at, g.number(g.i64, about[2]))) : g.number(g.i64, -1);
    LLVM::StoreOp::create(b, g.number(g.i32, DLC_NOT_FINITE), fieldAt(errorType, error, 0));
    LLVM::StoreOp::create(b, g.address(g.string(sourceOf(kernel, true))), fieldAt(errorType, error, 2));
    LLVM::StoreOp::create(b, row, fieldAt(errorType, error, 3));
    LLVM::StoreOp::create(b, at, fieldAt(errorType, error, 4));
    LLVM::StoreOp::create(b, g.number(g.i64, -1), fieldAt(errorType, error, 5));
    LLVM::BrOp::create(b, ValueRange(), done);
    b.setInsertionPointToEnd(good);
  }
  LLVM::BrOp::create(b, ValueRange(), done);
  b.setInsertionPointToEnd(done);
}

//===--- Entry points -----------------------------------------------------------------------------------===//

/// int32_t NAME.call(dlc_call *): checks the call, finds every buffer, and runs the schedule.
LLVM::LLVMFuncOp DescriptorEmitter::emitEntry(LLVM::LLVMFuncOp inner, DictionaryAttr about) {
  ImplicitLocOpBuilder &b = g.b;
  // The table of checks: op, limit, elements a row.
  auto checks = about.getAs<ArrayAttr>("checks");
  Type checkType = g.structOf({g.pointer, g.i64, g.i64});
  SmallVector<std::string> places;
  for (auto check : checks.getAsRange<DictionaryAttr>()) {
    std::string place;
    check.getAs<LocationAttr>("loc").walk([&](Location loc) {
      auto file = dyn_cast<FileLineColLoc>(loc);
      if (file && place.empty())
        place = (file.getFilename().getValue() + ":" + Twine(file.getLine()) + ":" + Twine(file.getColumn()) + ": ").str();
      return WalkResult::advance();
    });
    places.push_back(place + check.getAs<StringAttr>("op").str());
    g.string(places.back());
  }
  LLVM::GlobalOp checkTable = g.table(checkType, checks.size(), [&](size_t i) {
    auto check = cast<DictionaryAttr>(checks[i]);
    return g.aggregate(checkType, {g.text(places[i]), g.number(g.i64, check.getAs<IntegerAttr>("limit").getInt()),
                                   g.number(g.i64, check.getAs<IntegerAttr>("row_size").getInt())});
  });

  auto outer = LLVM::LLVMFuncOp::create(b, ("call." + inner.getName().drop_front(StringRef("entry.").size())).str(),
                                        LLVM::LLVMFunctionType::get(g.i32, {g.pointer}), LLVM::Linkage::Internal);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(outer.addEntryBlock(b));
  Value call = outer.getArgument(0), none = g.number(g.i64, -1);
  auto compare = [&](LLVM::ICmpPredicate predicate, Value x, Value y) { return LLVM::ICmpOp::create(b, predicate, x, y); };
  Value size = load(g.i32, callField(call, CallSize));
  leaveIf(compare(LLVM::ICmpPredicate::ult, size, g.number(g.i32, sizeof(dlc_call))),
          [&] { LLVM::ReturnOp::create(b, g.number(g.i32, DLC_BAD_STRUCT)); });
  LLVM::StoreOp::create(b, g.number(g.i32, DLC_OK), fieldAt(errorType, callField(call, CallError), 0));
  int64_t capacity = about.getAs<IntegerAttr>("capacity").getInt();
  Value extent = g.number(g.i64, 1);
  if (about.getAs<BoolAttr>("has_batch").getValue()) {
    extent = load(g.i64, callField(call, CallExtent));
    // Below 1 or above the capacity: one comparison without sign.
    Value less = LLVM::SubOp::create(b, extent, g.number(g.i64, 1));
    leaveIf(compare(LLVM::ICmpPredicate::uge, less, g.number(g.i64, capacity)),
            [&] { fail(call, DLC_BAD_EXTENT, g.null(), none, extent, g.number(g.i64, capacity)); });
  }
  uint32_t arenas;
  flagsOf(about, arenas);
  int64_t workspaceBytes = inner->getAttrOfType<IntegerAttr>("dl.workspace").getInt();
  Value arenaFields = callField(call, CallArenas);
  Type arenaArray = LLVM::LLVMArrayType::get(g.pointer, DLC_ARENA_COUNT);
  std::array<Value, DLC_ARENA_COUNT> arena;
  for (int i = 0; i < DLC_ARENA_COUNT; ++i) {
    if (!(arenas >> i & 1) && i != DLC_WORKSPACE)
      continue;
    arena[i] = load(g.pointer, fieldAt(arenaArray, arenaFields, i));
    if (i != DLC_WORKSPACE || workspaceBytes)
      leaveIf(compare(LLVM::ICmpPredicate::eq, arena[i], g.null()),
              [&] { fail(call, DLC_MISSING_ARENA, g.null(), none, g.number(g.i64, i), none); });
  }
  Value inputs = load(g.pointer, callField(call, CallInputs)), outputs = load(g.pointer, callField(call, CallOutputs));
  Value scalars = load(g.pointer, callField(call, CallScalars));
  auto element = [&](Type type, Value base, int64_t i) {
    return LLVM::GEPOp::create(b, g.pointer, type, base, ArrayRef<LLVM::GEPArg>{(int32_t)i});
  };
  auto slot = [&](Type type, int64_t count) {
    return LLVM::AllocaOp::create(b, g.pointer, type, g.number(g.i64, count), 64);
  };
  SmallVector<Value> arguments{call};
  int64_t nextInput = 0, nextScalar = 0, nextOutput = 0;
  for (auto [attrs, type] : llvm::zip(about.getAs<ArrayAttr>("arg_attrs").getAsRange<DictionaryAttr>(),
                                      about.getAs<ArrayAttr>("arg_types").getAsValueRange<TypeAttr>())) {
    Type real = cast<RankedTensorType>(type).getElementType();
    if (attrs.get("input")) {
      arguments.push_back(load(g.pointer, element(g.pointer, inputs, nextInput++)));
    } else if (attrs.get("parameter") || attrs.get("slot")) {
      auto name = cast<StringAttr>(attrs.get("parameter") ? attrs.get("parameter") : attrs.get("slot"));
      const StoredTensor &stored = tensors[tensorOf.lookup(name)];
      arguments.push_back(LLVM::GEPOp::create(b, g.pointer, g.i8, arena[stored.arena],
                                              ValueRange{g.number(g.i64, stored.offset)}));
    } else if (attrs.get("random")) {
      Value random = slot(g.i64, 3);
      const int fields[] = {CallSeed, CallStep, CallRow};
      for (auto [i, field] : llvm::enumerate(fields))
        LLVM::StoreOp::create(b, load(g.i64, callField(call, field)), element(g.i64, random, i));
      arguments.push_back(random);
    } else {
      Value number;
      if (attrs.get("step")) {
        number = LLVM::SIToFPOp::create(b, g.f64, load(g.i64, callField(call, CallStep)));
      } else {
        double value = cast<FloatAttr>(attrs.get("value")).getValueAsDouble();
        auto defaults = g.real(value);
        Block *given = new Block(), *go = new Block();
        go->addArgument(g.f64, b.getLoc());
        outer.getBody().push_back(given);
        outer.getBody().push_back(go);
        LLVM::CondBrOp::create(b, compare(LLVM::ICmpPredicate::ne, scalars, g.null()), given, ValueRange(), go,
                               ValueRange{defaults});
        b.setInsertionPointToEnd(given);
        LLVM::BrOp::create(b, ValueRange{load(g.f64, element(g.f64, scalars, nextScalar++))}, go);
        b.setInsertionPointToEnd(go);
        number = go->getArgument(0);
      }
      Value place = slot(real, 1);
      LLVM::StoreOp::create(b, real.isF64() ? number : Value(LLVM::FPTruncOp::create(b, real, number)), place);
      arguments.push_back(place);
    }
  }
  for (auto attrs : about.getAs<ArrayAttr>("res_attrs").getAsRange<DictionaryAttr>())
    if (attrs.get("output"))
      arguments.push_back(load(g.pointer, element(g.pointer, outputs, nextOutput++)));
  Value report = slot(g.i64, 2);
  arguments.append({report, extent, arena[DLC_WORKSPACE]});
  Value result = LLVM::CallOp::create(b, inner, arguments).getResult();
  leaveIf(compare(LLVM::ICmpPredicate::eq, result, g.number(g.i32, -1)), [&] {
    LLVM::ReturnOp::create(b, load(g.i32, fieldAt(errorType, callField(call, CallError), 0)));
  });
  if (!checkTable) {
    LLVM::ReturnOp::create(b, g.number(g.i32, DLC_OK));
    return outer;
  }
  Value wide = LLVM::SExtOp::create(b, g.i64, result);
  Value row = LLVM::GEPOp::create(b, g.pointer, checkType, g.address(checkTable), ValueRange{wide});
  Value place = load(g.i64, element(g.i64, report, 0)), value = load(g.i64, element(g.i64, report, 1));
  Value rowSize = load(g.i64, fieldAt(checkType, row, 2));
  fail(call, DLC_BAD_INDEX, load(g.pointer, fieldAt(checkType, row, 0)),
       LLVM::UDivOp::create(b, place, rowSize), value, load(g.i64, fieldAt(checkType, row, 1)));
  return outer;
}

uint32_t DescriptorEmitter::flagsOf(DictionaryAttr about, uint32_t &arenas) {
  uint32_t flags = 0;
  arenas = 0;
  for (auto attrs : about.getAs<ArrayAttr>("arg_attrs").getAsRange<DictionaryAttr>()) {
    if (attrs.get("parameter"))
      arenas |= 1 << DLC_PARAMS;
    if (attrs.get("slot"))
      arenas |= 1 << DLC_TRAINING;
    if (attrs.get("random"))
      flags |= DLC_USES_RANDOM;
    if (attrs.get("step"))
      flags |= DLC_USES_STEP;
  }
  for (auto attrs : about.getAs<ArrayAttr>("res_attrs").getAsRange<DictionaryAttr>())
    if (auto name = attrs.getAs<StringAttr>("update"))
      flags |= tensors[tensorOf.lookup(name)].kind == DLC_SLOT ? DLC_WRITES_TRAINING : DLC_WRITES_PARAMS;
  if (about.getAs<BoolAttr>("has_batch").getValue())
    flags |= DLC_HAS_BATCH;
  if (about.getAs<BoolAttr>("rows_independent").getValue())
    flags |= DLC_ROWS_INDEPENDENT;
  return flags;
}

//===--- The tables -------------------------------------------------------------------------------------===//

LLVM::GlobalOp DescriptorEmitter::portTable(DictionaryAttr about, StringRef attrs, StringRef types, StringRef kind,
                                            size_t &count) {
  struct Port {
    std::string name;
    RankedTensorType type;
    LLVM::GlobalOp shape, batch;
  };
  std::vector<Port> ports;
  int64_t capacity = about.getAs<IntegerAttr>("capacity").getInt();
  for (auto [one, type] : llvm::zip(about.getAs<ArrayAttr>(attrs).getAsRange<DictionaryAttr>(),
                                    about.getAs<ArrayAttr>(types).getAsValueRange<TypeAttr>())) {
    auto name = one.getAs<StringAttr>(kind);
    if (!name)
      continue;
    auto tensor = cast<RankedTensorType>(type);
    SmallVector<int64_t> shape, batch;
    for (Dim dim : dimsOf(tensor)) {
      shape.push_back(dim.at(capacity));
      batch.push_back(dim.factor);
    }
    g.string(name);
    ports.push_back({name.str(), tensor, g.numbers(shape), g.numbers(batch)});
  }
  count = ports.size();
  Type row = g.structOf({g.pointer, g.i32, g.i32, g.pointer, g.pointer});
  return g.table(row, count, [&](size_t i) {
    Port &port = ports[i];
    return g.aggregate(row, {g.text(port.name), g.number(g.i32, dtypeOf(port.type.getElementType())),
                             g.number(g.i32, port.type.getRank()), g.address(port.shape), g.address(port.batch)});
  });
}

/// The lines of the model file that an op comes from; with columns, the first place and the kernel's name.
std::string DescriptorEmitter::sourceOf(Operation *op, bool withColumn) {
  std::string text;
  llvm::StringSet<> seen;
  op->getLoc()->walk([&](Location loc) {
    auto file = dyn_cast<FileLineColLoc>(loc);
    if (!file || file.getFilename() == "-" || (withColumn && !text.empty()))
      return WalkResult::advance();
    std::string one = (file.getFilename().getValue() + ":" + Twine(file.getLine())).str();
    if (withColumn)
      one += ":" + std::to_string(file.getColumn()) + ": " + cast<LLVM::LLVMFuncOp>(op).getName().str();
    if (seen.insert(one).second)
      text += (text.empty() ? "" : " ") + one;
    return WalkResult::advance();
  });
  return text.empty() && withColumn ? cast<LLVM::LLVMFuncOp>(op).getName().str() : text;
}

std::string DescriptorEmitter::signatureOf(DictionaryAttr about) {
  auto list = [&](StringRef attrs, StringRef types, StringRef kind) {
    std::string text;
    for (auto [one, type] : llvm::zip(about.getAs<ArrayAttr>(attrs).getAsRange<DictionaryAttr>(),
                                      about.getAs<ArrayAttr>(types).getAsValueRange<TypeAttr>()))
      if (auto name = one.getAs<StringAttr>(kind))
        text += (text.empty() ? "" : ", ") + name.str() + ": " + show(type);
    return text;
  };
  return "(" + list("arg_attrs", "arg_types", "input") + ") -> (" + list("res_attrs", "res_types", "output") + ")";
}

uint64_t DescriptorEmitter::hash() {
  uint64_t value = 0xcbf29ce484222325u;
  auto mix = [&](StringRef text) {
    for (unsigned char c : text)
      value = (value ^ c) * 0x100000001b3u;
    value = (value ^ 0xff) * 0x100000001b3u;
  };
  for (const StoredTensor &one : tensors) {
    mix(one.name);
    mix(show(one.type));
    mix(std::to_string(one.kind));
  }
  return value;
}

static std::tuple<uint32_t, double, double> initOf(InitAttr init) {
  SmallVector<double, 2> values;
  for (FloatAttr value : init.getValues().getAsRange<FloatAttr>())
    values.push_back(value.getValueAsDouble());
  values.resize(2, 0);
  static const llvm::StringMap<uint32_t> kinds = {
      {"zeros", DLC_INIT_ZEROS},           {"ones", DLC_INIT_ONES},
      {"constant", DLC_INIT_CONSTANT},     {"normal", DLC_INIT_NORMAL},
      {"uniform", DLC_INIT_UNIFORM},       {"kaiming_uniform", DLC_INIT_KAIMING_UNIFORM},
      {"fan_in_uniform", DLC_INIT_FAN_IN_UNIFORM}, {"xavier_uniform", DLC_INIT_XAVIER_UNIFORM},
      {"xavier_normal", DLC_INIT_XAVIER_NORMAL},   {"kaiming_normal", DLC_INIT_KAIMING_NORMAL}};
  return {kinds.lookup(init.getKind().getValue()), values[0], values[1]};
}

void DescriptorEmitter::emitModel(ArrayRef<LLVM::LLVMFuncOp> inner, ArrayRef<LLVM::LLVMFuncOp> outer) {
  ImplicitLocOpBuilder &b = g.b;
  Type values = LLVM::LLVMArrayType::get(g.f64, 2);
  Type tensorType = g.structOf({g.pointer, g.i32, g.i32, g.i32, g.i32, g.pointer, g.pointer, g.i64, g.i64, g.i32,
                                g.i32, values, g.i64, g.i64, g.pointer, g.pointer, g.pointer});
  std::vector<std::pair<LLVM::GlobalOp, LLVM::GlobalOp>> shapes;
  for (const StoredTensor &one : tensors) {
    for (StringRef text : {StringRef(one.name), StringRef(one.parameter), StringRef(one.slot), StringRef(one.group)})
      g.string(text);
    shapes.push_back({g.numbers(one.type.getShape()), g.numbers(one.strides)});
  }
  LLVM::GlobalOp tensorTable = g.table(tensorType, tensors.size(), [&](size_t i) {
    const StoredTensor &one = tensors[i];
    auto [init, v0, v1] = initOf(one.init);
    // PyTorch's fans: the weight is [out, in, ...].
    ArrayRef<int64_t> shape = one.type.getShape();
    int64_t field = 1;
    for (int64_t size : shape.drop_front(std::min<size_t>(2, shape.size())))
      field *= size;
    int64_t fanIn = shape.size() > 1 ? shape[1] * field : shape.empty() ? 1 : shape[0];
    int64_t fanOut = shape.empty() ? 1 : shape[0] * field;
    Value initial = g.aggregate(values, {g.real(v0), g.real(v1)});
    return g.aggregate(tensorType,
                       {g.text(one.name), g.number(g.i32, dtypeOf(one.type.getElementType())),
                        g.number(g.i32, one.kind), g.number(g.i32, one.arena), g.number(g.i32, one.type.getRank()),
                        g.address(shapes[i].first), g.address(shapes[i].second), g.number(g.i64, one.offset),
                        g.number(g.i64, one.bytes), g.number(g.i32, init), g.number(g.i32, 0), initial,
                        g.number(g.i64, fanIn), g.number(g.i64, fanOut), g.text(one.parameter), g.text(one.slot),
                        g.text(one.group)});
  });

  Type scalarType = g.structOf({g.pointer, g.f64});
  Type entryType = g.structOf({g.pointer, g.pointer, g.i32, g.i32, g.i32, g.i32, g.i32, g.i32, g.i64, g.i64, g.pointer,
                               g.pointer, g.pointer, g.pointer});
  struct Row {
    DictionaryAttr about;
    std::string name, signature;
    size_t inputs, outputs, scalars;
    LLVM::GlobalOp inputTable, outputTable, scalarTable;
  };
  std::vector<Row> rows;
  int64_t workspace = 0;
  for (LLVM::LLVMFuncOp function : inner) {
    Row row;
    row.about = function->getAttrOfType<DictionaryAttr>("dl.entry");
    row.name = row.about.getAs<StringAttr>("name").str();
    row.signature = signatureOf(row.about);
    g.string(row.name);
    g.string(row.signature);
    row.inputTable = portTable(row.about, "arg_attrs", "arg_types", "input", row.inputs);
    row.outputTable = portTable(row.about, "res_attrs", "res_types", "output", row.outputs);
    SmallVector<std::pair<StringRef, double>> scalars;
    for (auto attrs : row.about.getAs<ArrayAttr>("arg_attrs").getAsRange<DictionaryAttr>())
      if (auto name = attrs.getAs<StringAttr>("scalar")) {
        g.string(name);
        scalars.push_back({name.getValue(), cast<FloatAttr>(attrs.get("value")).getValueAsDouble()});
      }
    row.scalars = scalars.size();
    row.scalarTable = g.table(scalarType, scalars.size(), [&](size_t i) {
      return g.aggregate(scalarType, {g.text(scalars[i].first), g.real(scalars[i].second)});
    });
    workspace = std::max(workspace, function->getAttrOfType<IntegerAttr>("dl.workspace").getInt());
    rows.push_back(row);
  }
  arenaBytes[DLC_WORKSPACE] = workspace;
  LLVM::GlobalOp entryTable = g.table(entryType, rows.size(), [&](size_t i) {
    Row &row = rows[i];
    uint32_t arenas, flags = flagsOf(row.about, arenas);
    int64_t own = const_cast<LLVM::LLVMFuncOp &>(inner[i])->getAttrOfType<IntegerAttr>("dl.workspace").getInt();
    if (own)
      arenas |= 1 << DLC_WORKSPACE;
    StringRef kind = row.about.getAs<StringAttr>("kind").getValue();
    uint32_t number = kind == "train"       ? DLC_TRAIN
                      : kind == "gradients" ? DLC_GRADIENTS
                      : kind == "apply"     ? DLC_APPLY
                                            : DLC_FUNCTION;
    return g.aggregate(entryType, {g.text(row.name), g.text(row.signature), g.number(g.i32, number),
                                   g.number(g.i32, flags), g.number(g.i32, row.inputs), g.number(g.i32, row.outputs),
                                   g.number(g.i32, row.scalars), g.number(g.i32, arenas),
                                   g.number(g.i64, row.about.getAs<IntegerAttr>("capacity").getInt()),
                                   g.number(g.i64, own), g.addressOrNull(row.inputTable),
                                   g.addressOrNull(row.outputTable), g.addressOrNull(row.scalarTable),
                                   LLVM::AddressOfOp::create(b, const_cast<LLVM::LLVMFuncOp &>(outer[i]))});
  });

  Type kernelType = g.structOf({g.pointer, g.pointer, g.f64, g.f64});
  SmallVector<std::string> places;
  for (LLVM::LLVMFuncOp kernel : kernels) {
    std::string place = sourceOf(kernel, false);
    places.push_back(place);
    g.string(place);
    g.string(kernel.getName());
  }
  LLVM::GlobalOp kernelTable = g.table(kernelType, kernels.size(), [&](size_t i) {
    return g.aggregate(kernelType,
                       {g.text(kernels[i].getName()), g.text(places[i]),
                        g.real(kernels[i]->getAttrOfType<FloatAttr>("dl.flops").getValueAsDouble()),
                        g.real(kernels[i]->getAttrOfType<FloatAttr>("dl.bytes").getValueAsDouble())});
  });

  StringRef name = module->getAttrOfType<StringAttr>("dl.model").getValue();
  std::string features;
  for (char c : target.features)
    if (c != '+')
      features += c;
  for (StringRef text : {name, StringRef("dlc 0.1.0"), StringRef("1"), StringRef(target.name), StringRef(features)})
    g.string(text);
  Type arenaType = LLVM::LLVMArrayType::get(g.i64, DLC_ARENA_COUNT);
  SmallVector<Type> fields(8, g.i32);
  fields.append(5, g.pointer);
  fields.push_back(g.i64);
  fields.append(4, g.i32);
  fields.append(3, g.pointer);
  fields.push_back(arenaType);
  Type modelType = g.structOf(fields);
  auto model = g.computed(modelType, LLVM::Linkage::Internal, "dlc.model", [&] {
    SmallVector<Value> sizes;
    for (int64_t bytes : arenaBytes)
      sizes.push_back(g.number(g.i64, bytes));
    return g.aggregate(
        modelType,
        {g.number(g.i32, DLC_MAGIC), g.number(g.i32, DLC_ABI_VERSION), g.number(g.i32, sizeof(dlc_model)),
         g.number(g.i32, sizeof(dlc_tensor)), g.number(g.i32, sizeof(dlc_port)), g.number(g.i32, sizeof(dlc_scalar)),
         g.number(g.i32, sizeof(dlc_entry)), g.number(g.i32, sizeof(dlc_kernel)), g.text(name), g.text("dlc 0.1.0"),
         g.text("1"), g.text(target.name), g.text(features), g.number(g.i64, (int64_t)hash()),
         g.number(g.i32, tensors.size()), g.number(g.i32, rows.size()), g.number(g.i32, kernels.size()),
         g.number(g.i32, 0), g.addressOrNull(tensorTable), g.addressOrNull(entryTable), g.addressOrNull(kernelTable),
         g.aggregate(arenaType, sizes)});
  });
  auto query = LLVM::LLVMFuncOp::create(b, DLC_QUERY_SYMBOL, LLVM::LLVMFunctionType::get(g.pointer, {g.i32}));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(query.addEntryBlock(b));
  Value fits = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::eq, query.getArgument(0), g.number(g.i32, DLC_ABI_VERSION));
  LLVM::ReturnOp::create(b, LLVM::SelectOp::create(b, fits, g.address(model), g.null()));
}

void DescriptorEmitter::run() {
  errorType = g.structOf({g.i32, g.i32, g.pointer, g.i64, g.i64, g.i64});
  callType = g.structOf({g.i32, g.i32, g.pointer, g.pointer, LLVM::LLVMArrayType::get(g.pointer, DLC_ARENA_COUNT),
                         g.pointer, g.i64, g.i64, g.i64, g.i64, g.pointer, errorType});
  servicesType = g.structOf({g.i32, g.i32, g.pointer, g.pointer, g.pointer, g.pointer});
  collectTensors();
  SmallVector<LLVM::LLVMFuncOp> inner, outer;
  for (auto function : llvm::to_vector(module.getOps<LLVM::LLVMFuncOp>())) {
    function.setLinkage(LLVM::Linkage::Internal); // nothing but the query is exported
    if (function->hasAttr("dl.entry")) {
      // The author's names are kept apart from ours: an entry point may be called memcpy.
      function.setSymName(("entry." + function.getName()).str());
      inner.push_back(function);
    } else if (function->hasAttr("dl.kernel")) {
      kernels.push_back(function);
    }
  }
  for (auto [i, kernel] : llvm::enumerate(kernels)) {
    kernel.setNoInline(true); // once, not once a caller
    emitDispatch(kernel, i);
    std::string run = kernel.getName().str() + ".run";
    for (LLVM::LLVMFuncOp function : inner)
      function.walk([&](LLVM::CallOp call) {
        if (call.getCallee() != kernel.getName())
          return;
        SmallVector<Value> arguments{function.getArgument(0)};
        arguments.append(call.getArgOperands().begin(), call.getArgOperands().end());
        OpBuilder builder(call);
        auto dispatched = LLVM::CallOp::create(builder, call.getLoc(), call.getResultTypes(), run, arguments);
        call.replaceAllUsesWith(dispatched);
        call.erase();
      });
  }
  for (LLVM::LLVMFuncOp function : inner)
    outer.push_back(emitEntry(function, function->getAttrOfType<DictionaryAttr>("dl.entry")));
  emitModel(inner, outer);
  // What is ours must not reach LLVM; the module keeps its name, level and options, so that its print can be gone on from.
  module.walk([](Operation *op) {
    for (NamedAttribute attr : llvm::to_vector(op->getDiscardableAttrs()))
      if (attr.getName().getValue().starts_with("dl.") &&
          !(isa<ModuleOp>(op) && (attr.getName() == "dl.options" || attr.getName() == "dl.model")))
        op->removeDiscardableAttr(attr.getName());
  });
}

void dlc::emitDescriptor(ModuleOp module, const CompileOptions &options) { DescriptorEmitter(module, options).run(); }
