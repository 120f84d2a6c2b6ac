// EmitEntries.cpp - the C function of each entry point, and how it runs its kernels: on one thread or many.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/target/Descriptor.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::descriptor;

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

/// What `body` makes computes in one floating-point environment, whatever the caller's or the thread's is, and the old one
/// comes back behind it: to nearest, denormals are zero, exceptions neither trap nor are recorded.
static void inOwnFloatEnvironment(Globals &g, llvm::function_ref<void()> body) {
  constexpr int64_t mode = 0x9fc0; // MXCSR: FTZ, DAZ, all exceptions masked
  ImplicitLocOpBuilder &b = g.b;
  auto call = [&](StringRef intrinsic, Value place) {
    LLVM::CallIntrinsicOp::create(b, b.getStringAttr(intrinsic), ValueRange{place});
  };
  Value theirs = LLVM::AllocaOp::create(b, g.pointer, g.i32, g.number(g.i64, 1));
  Value ours = LLVM::AllocaOp::create(b, g.pointer, g.i32, g.number(g.i64, 1));
  call("llvm.x86.sse.stmxcsr", theirs);
  LLVM::StoreOp::create(b, g.number(g.i32, mode), ours);
  call("llvm.x86.sse.ldmxcsr", ours);
  body();
  call("llvm.x86.sse.ldmxcsr", theirs);
}

/// Of two numbers without sign.
Value DescriptorEmitter::smaller(Value x, Value y) {
  return LLVM::SelectOp::create(g.b, LLVM::ICmpOp::create(g.b, LLVM::ICmpPredicate::ult, x, y), x, y);
}

//===--- Kernels: one thread or many, and the profile ---------------------------------------------------===//

/// Below this predicted time (µs) waking other threads does not pay: where the machine is busy, it costs tens of µs.
static constexpr double worthSplitting = 150;
/// Into so many pieces at most a kernel is cut: small enough that all threads end together.
static constexpr int64_t mostPieces = 256;
static double predictedTime(LLVM::LLVMFuncOp kernel) {
  double flops = kernel->getAttrOfType<FloatAttr>("dl.flops").getValueAsDouble();
  double bytes = kernel->getAttrOfType<FloatAttr>("dl.bytes").getValueAsDouble();
  return std::max(flops / 80e3, bytes / 30e3);
}

/// void NAME.part(context, first, last): those parts of the kernel.
LLVM::LLVMFuncOp DescriptorEmitter::emitPart(LLVM::LLVMFuncOp kernel, Type context) {
  ImplicitLocOpBuilder &b = g.b;
  LLVM::LLVMFuncOp part = startBody(kernel);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&part.getBody().front());
  SmallVector<Value> arguments = unpack(kernel, context, part.getArgument(0));
  arguments.append({part.getArgument(1), part.getArgument(2)});
  inOwnFloatEnvironment(g, [&] { LLVM::CallOp::create(b, kernel, arguments); });
  LLVM::ReturnOp::create(b, ValueRange());
  return part;
}

/// The same where threads need scratch memory: unit i is a thread's whole share. It has the scratch memory of number i,
/// and takes pieces of the work until none is left.
LLVM::LLVMFuncOp DescriptorEmitter::emitWorker(LLVM::LLVMFuncOp kernel, Type context) {
  ImplicitLocOpBuilder &b = g.b;
  LLVM::LLVMFuncOp worker = startBody(kernel);
  OpBuilder::InsertionGuard guard(b);
  Block *entry = &worker.getBody().front(), *units = new Block(), *unit = new Block(), *take = new Block(),
        *piece = new Block(), *next = new Block(), *done = new Block();
  for (Block *block : {units, unit, take, piece, next, done})
    worker.getBody().push_back(block);
  Value packed = worker.getArgument(0);
  b.setInsertionPointToStart(entry);
  inOwnFloatEnvironment(g, [&] {
    SmallVector<Value> arguments = unpack(kernel, context, packed);
    size_t field = arguments.size();
    Value &scratch = arguments[field - 2], allScratch = scratch; // behind it the extent
    Value parts = load(g.i64, fieldAt(context, packed, field));
    Value pieces = load(g.i64, fieldAt(context, packed, field + 1)), counter = fieldAt(context, packed, field + 2);
    LLVM::BrOp::create(b, ValueRange{worker.getArgument(1)}, units);
    Value number = units->addArgument(g.i64, b.getLoc());
    b.setInsertionPointToEnd(units);
    Value isOurs = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::slt, number, worker.getArgument(2));
    LLVM::CondBrOp::create(b, isOurs, unit, done);
    b.setInsertionPointToEnd(unit);
    Value offset = LLVM::MulOp::create(b, number, g.number(g.i64, scratchOf(kernel)));
    scratch = LLVM::GEPOp::create(b, g.pointer, g.i8, allScratch, ValueRange{offset});
    LLVM::BrOp::create(b, ValueRange(), take);
    b.setInsertionPointToEnd(take);
    Value taken = LLVM::AtomicRMWOp::create(b, LLVM::AtomicBinOp::add, counter, g.number(g.i64, 1),
                                            LLVM::AtomicOrdering::monotonic);
    LLVM::CondBrOp::create(b, LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::slt, taken, pieces), piece, next);
    b.setInsertionPointToEnd(piece);
    auto start = [&](Value i) { return LLVM::UDivOp::create(b, LLVM::MulOp::create(b, parts, i), pieces); };
    arguments.append({start(taken), start(LLVM::AddOp::create(b, taken, g.number(g.i64, 1)))});
    LLVM::CallOp::create(b, kernel, arguments);
    LLVM::BrOp::create(b, ValueRange(), take);
    b.setInsertionPointToEnd(next);
    LLVM::BrOp::create(b, ValueRange{LLVM::AddOp::create(b, number, g.number(g.i64, 1))}, units);
    b.setInsertionPointToEnd(done);
  });
  LLVM::ReturnOp::create(b, ValueRange());
  return worker;
}

/// What `parallel_for` is given.
LLVM::LLVMFuncOp DescriptorEmitter::startBody(LLVM::LLVMFuncOp kernel) {
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(g.b.getContext()), {g.pointer, g.i64, g.i64});
  auto body = LLVM::LLVMFuncOp::create(g.b, kernel.getName().str() + ".part", type, LLVM::Linkage::Internal);
  OpBuilder::InsertionGuard guard(g.b);
  body.addEntryBlock(g.b);
  return body;
}
/// The kernel's arguments, but for the first part and the last.
SmallVector<Value> DescriptorEmitter::unpack(LLVM::LLVMFuncOp kernel, Type context, Value packed) {
  SmallVector<Value> arguments;
  for (auto [i, type] : llvm::enumerate(ArrayRef<Type>(kernel.getArgumentTypes()).drop_back(2)))
    arguments.push_back(load(type, fieldAt(context, packed, i)));
  return arguments;
}

/// Calls of a kernel go through `NAME.run(call, arguments...)`, which splits it where that pays and tells the profile.
void DescriptorEmitter::emitDispatch(LLVM::LLVMFuncOp kernel, unsigned index) {
  ImplicitLocOpBuilder &b = g.b;
  SmallVector<Type> own(kernel.getArgumentTypes());
  Type yields = kernel.getFunctionType().getReturnType();
  bool checks = !isa<LLVM::LLVMVoidType>(yields);
  size_t count = own.size();
  int64_t scratchBytes = scratchOf(kernel);
  SmallVector<Type> types{g.pointer};
  types.append(own);
  std::string name = kernel.getName().str();
  auto run = LLVM::LLVMFuncOp::create(b, name + ".run",
                                      LLVM::LLVMFunctionType::get(yields, types),
                                      LLVM::Linkage::Internal);
  LLVM::LLVMFuncOp body;
  SmallVector<Type> fields(ArrayRef<Type>(own).drop_back(2));
  fields.append(scratchBytes ? 3 : 0, g.i64); // parts, pieces of them, the next piece
  Type context = g.structOf(fields);
  if (!checks && predictedTime(kernel) >= worthSplitting)
    body = scratchBytes ? emitWorker(kernel, context) : emitPart(kernel, context);
  OpBuilder::InsertionGuard guard(b);
  Block *block = run.addEntryBlock(b);
  b.setInsertionPointToStart(block);
  SmallVector<Value> arguments(block->getArguments().drop_front());
  Value call = block->getArgument(0), threadsWithScratch;
  if (scratchBytes) { // a line that says how many threads have some comes before it
    Value &scratch = arguments[count - 4];
    threadsWithScratch = load(g.i64, scratch);
    scratch = LLVM::GEPOp::create(b, g.pointer, g.i8, scratch, ArrayRef<LLVM::GEPArg>{(int32_t)DLC_ALIGNMENT});
  }
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
  Value threads = LLVM::ZExtOp::create(b, g.i64, load(g.i32, fieldAt(servicesType, services, ServiceThreads)));
  if (scratchBytes)
    threads = smaller(threads, threadsWithScratch);
  Value several = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::ugt, threads, g.number(g.i64, 1));
  Value parts = arguments.back(), units = parts;
  Value enough = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::sgt, parts, g.number(g.i64, 1));
  LLVM::CondBrOp::create(b, LLVM::AndOp::create(b, several, enough), together, single);
  b.setInsertionPointToEnd(together);
  Value packed = LLVM::AllocaOp::create(b, g.pointer, context, g.number(g.i64, 1));
  for (size_t i = 0; i + 2 < count; ++i)
    LLVM::StoreOp::create(b, arguments[i], fieldAt(context, packed, i));
  if (scratchBytes) {
    units = threads;
    Value pieces = smaller(parts, g.number(g.i64, mostPieces));
    for (auto [i, value] : llvm::enumerate(ArrayRef<Value>{parts, pieces, g.number(g.i64, 0)}))
      LLVM::StoreOp::create(b, value, fieldAt(context, packed, count - 2 + i));
  }
  Value pool = load(g.pointer, fieldAt(servicesType, services, ServicePool));
  Value function = load(g.pointer, fieldAt(servicesType, services, ServiceParallelFor));
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                          {g.pointer, g.pointer, g.pointer, g.i64, g.i64});
  LLVM::CallOp::create(b, type, ValueRange{function, pool, LLVM::AddressOfOp::create(b, body), packed, units,
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

/// How many threads the workspace of a call has scratch memory for.
Value DescriptorEmitter::threadsWithScratch(Value call, Value callSize, int64_t workspaceBytes, int64_t scratchBytes) {
  ImplicitLocOpBuilder &b = g.b;
  Value isSaid = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::uge, callSize, g.number(g.i32, sizeof(dlc_call)));
  Region *region = b.getBlock()->getParent();
  Block *said = new Block(), *go = new Block();
  region->push_back(said);
  region->push_back(go);
  Value needed = g.number(g.i64, workspaceBytes);
  Value bytes = go->addArgument(g.i64, b.getLoc());
  LLVM::CondBrOp::create(b, isSaid, said, ValueRange(), go, ValueRange{needed});
  b.setInsertionPointToEnd(said);
  LLVM::BrOp::create(b, ValueRange{load(g.i64, callField(call, CallWorkspaceBytes))}, go);
  b.setInsertionPointToEnd(go);
  Value more = LLVM::SubOp::create(b, bytes, smaller(bytes, needed));
  Value others = LLVM::UDivOp::create(b, more, g.number(g.i64, scratchBytes));
  return LLVM::AddOp::create(b, others, g.number(g.i64, 1));
}

/// int32_t enter.NAME(dlc_call *): what the library shows of an entry point.
LLVM::LLVMFuncOp DescriptorEmitter::emitEntry(LLVM::LLVMFuncOp inner, DictionaryAttr about) {
  LLVM::LLVMFuncOp call = emitCall(inner, about);
  // Apart from it: what it computes with scalars must not be moved to before the environment is set.
  call.setNoInline(true);
  ImplicitLocOpBuilder &b = g.b;
  auto enter = LLVM::LLVMFuncOp::create(b, ("enter." + inner.getName().drop_front(StringRef("entry.").size())).str(),
                                        call.getFunctionType(), LLVM::Linkage::Internal);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(enter.addEntryBlock(b));
  Value result;
  inOwnFloatEnvironment(g, [&] { result = LLVM::CallOp::create(b, call, enter.getArguments()).getResult(); });
  LLVM::ReturnOp::create(b, result);
  return enter;
}

/// int32_t call.NAME(dlc_call *): checks the call, finds every buffer, and runs the schedule.
LLVM::LLVMFuncOp DescriptorEmitter::emitCall(LLVM::LLVMFuncOp inner, DictionaryAttr about) {
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
  leaveIf(compare(LLVM::ICmpPredicate::ult, size, g.number(g.i32, offsetof(dlc_call, workspace_bytes))),
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
  int64_t workspaceBytes = workspaceOf(inner), scratchBytes = scratchOf(inner);
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
    return LLVM::AllocaOp::create(b, g.pointer, type, g.number(g.i64, count), 8);
  };
  SmallVector<Value> arguments{call};
  int64_t nextInput = 0, nextScalar = 0, nextOutput = 0;
  for (auto [attrs, type] : llvm::zip(about.getAs<ArrayAttr>("arg_attrs").getAsRange<DictionaryAttr>(),
                                      about.getAs<ArrayAttr>("arg_types").getAsValueRange<TypeAttr>())) {
    Type real = cast<RankedTensorType>(type).getElementType();
    if (attrs.get("input")) {
      arguments.push_back(load(g.pointer, element(g.pointer, inputs, nextInput++)));
    } else if (attrs.get("parameter") || attrs.get("slot")) {
      const StoredTensor &stored = tensors[tensorOf.at(storedKey(attrs))];
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
  arguments.append({report, extent});
  if (scratchBytes) { // behind the buffers; before it, for how many threads there is some
    int64_t buffers = inner->getAttrOfType<IntegerAttr>("dl.workspace").getInt();
    Value scratch = LLVM::GEPOp::create(b, g.pointer, g.i8, arena[DLC_WORKSPACE], ValueRange{g.number(g.i64, buffers)});
    LLVM::StoreOp::create(b, threadsWithScratch(call, size, workspaceBytes, scratchBytes), scratch);
    arguments.push_back(scratch);
  }
  arguments.push_back(arena[DLC_WORKSPACE]);
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
