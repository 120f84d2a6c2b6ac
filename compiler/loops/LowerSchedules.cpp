// LowerSchedules.cpp - level `loops`: kernels become functions over flat buffers, entry points a schedule of their runs.
// SPDX-License-Identifier: Apache-2.0
//
//   entry train @t(%x: f32[batch, 4] {input = "x"}, ...)     dl.schedule @t {
//                                                              %x = buffer argument[0] : memref<128xf32>
//     %z = launch @k0(%x, %w)                            =>    %z = buffer temporary : memref<64xf32>
//                                                              run @k0(%x, %w) -> (%z) parts batch by 8
//
// What is stored is updated in place where no one still reads the old value, else by a copy at the end. Each value keeps a
// number, and each step says which values it reads and writes (`dl.values`): VerifySchedules.cpp checks that they are
// there. Each kernel is a module of its own, which is lowered and compiled apart from all others.
#include "compiler/Passes.h"
#include "compiler/Types.h"
#include "compiler/graph/Extents.h"
#include "compiler/graph/Stored.h"
#include "compiler/kernels/Places.h"
#include "compiler/loops/LowerKernels.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace dlc;

namespace {
class ScheduleLowering {
public:
  ScheduleLowering(ModelOp model, ModuleOp module, const CompileOptions &options)
      : model(model), module(module), options(options), target(*findTarget(options.target)), at(module.getBodyRegion()),
        symbols(model) {
    at.setInsertionPointToEnd(module.getBody());
  }
  void run();

private:
  void entry(EntryOp entry, const Extents &capacity, bool isFirst);
  void steps(Block &block);
  void launch(LaunchOp launch);
  void repeat(RepeatOp op);
  void copy(Location loc, Value value, Value to);
  void run(Location loc, LoweredKernel &lowered, ArrayRef<Value> reads, ArrayRef<Value> writes,
           ArrayRef<int64_t> values, DictionaryAttr check = {});
  BufferOp buffer(Location loc, Type type, StringRef role, std::optional<int64_t> index = {},
                  std::optional<int64_t> value = {});
  void replaceAtEnd(Value value, Value old, Value place, SmallVectorImpl<std::pair<Value, Value>> &copies);
  LoweredKernel &kernel(StringRef name);
  std::string suffix(const Extents &capacity) const;
  std::string variant(StringRef name, StringRef suffix);
  KernelOp copyKernel(RankedTensorType type);
  void describe(ModuleOp home, LoweredKernel &lowered, KernelOp op);
  bool mayOverwrite(LaunchOp launch, unsigned result, Value old);
  bool isCheck(Operation *op);
  bool needsReport(Block &block);
  const Domain &domainOf(KernelOp kernel);
  Value takenOver(LaunchOp launch, unsigned result);
  BlockArgument takenOver(RepeatOp loop, OpResult result, Value made);
  bool areReadFrom(LaunchOp launch, ArrayRef<Value> parts);
  void notePlaces(Block &block);
  Value joinedBuffer(Value joined);
  Value partBuffer(Value part);

  ModelOp model;
  ModuleOp module;
  const CompileOptions &options;
  TargetDescription target;
  OpBuilder at;
  std::map<std::pair<std::string, std::string>, LoweredKernel> kernels; ///< by name, and suffix of the capacity
  SymbolTable symbols;                                                  ///< of the model
  std::map<Operation *, Domain> domains;
  llvm::StringSet<> taken; ///< names in the module

  // Of the entry point at hand.
  Extents capacity;
  DenseMap<Value, Value> buffers;
  DenseMap<Value, Value> destination; ///< where a value must go: to the caller, to what is stored, to a slot
  /// What a `pad` or `concat` joins, where the parts lie in their place of the result: that, and how far from its first element.
  DenseMap<Value, std::pair<Value, SmallVector<Dim>>> partOf;
  DenseMap<Value, SmallVector<Value>> partsOf; ///< of such a result: all that it is joined of
  DenseMap<Value, Value> places;               ///< buffers of such results, and of their parts
  DenseMap<Value, int64_t> numbers;            ///< of values; a view has that of what it views
  int64_t nextNumber = 0;
  Value report;
};
} // namespace

/// What tells one of several capacities from the others; empty where there is one.
std::string ScheduleLowering::suffix(const Extents &capacity) const {
  std::string text;
  for (auto [name, number] : capacity.list()) {
    auto given = options.open.find(name.str());
    bool isBatch = name == "batch";
    if (isBatch ? options.batch.size() > 1 : given != options.open.end() && given->second.size() > 1)
      text += "." + (isBatch ? "b" : name.str()) + std::to_string(number);
  }
  return text;
}
/// What one of several is called. Entry points keep their names, whatever these are.
std::string ScheduleLowering::variant(StringRef name, StringRef suffix) {
  std::string own = (name + suffix).str();
  while (symbols.lookup(own) || taken.contains(own))
    own += "_";
  return own;
}

LoweredKernel &ScheduleLowering::kernel(StringRef name) {
  std::string end = suffix(capacity);
  auto [it, isNew] = kernels.try_emplace({name.str(), end});
  if (!isNew)
    return it->second;
  auto op = symbols.lookup<KernelOp>(name);
  OpBuilder::InsertionGuard guard(at);
  at.setInsertionPointToEnd(module.getBody());
  std::string own = end.empty() ? name.str() : variant(name, end);
  taken.insert(own);
  auto home = ModuleOp::create(at, op.getLoc(), own);
  at.setInsertionPointToEnd(home.getBody());
  it->second = lowerKernel(op, own, at, {capacity, target, options.optimize > 0});
  describe(home, it->second, op);
  return it->second;
}

/// What the runtime is told of a kernel stands on its module. Of each operand: its bytes at full capacity, whether it is
/// written, the type of its elements, how many there are, and how many make a row of the batch (0 where rows do not lie one
/// after the other).
void ScheduleLowering::describe(ModuleOp home, LoweredKernel &lowered, KernelOp op) {
  SmallVector<Attribute> operands;
  auto describe = [&](int64_t bytes, bool isWritten, int64_t dtype, Dim elements, Dim rowElements) {
    MLIRContext *context = op.getContext();
    operands.push_back(at.getDictionaryAttr({at.getNamedAttr("bytes", at.getI64IntegerAttr(bytes)),
                                             at.getNamedAttr("written", at.getBoolAttr(isWritten)),
                                             at.getNamedAttr("dtype", at.getI64IntegerAttr(dtype)),
                                             at.getNamedAttr("elements", OpenAttr::get(context, elements)),
                                             at.getNamedAttr("row_elements", OpenAttr::get(context, rowElements))}));
  };
  auto add = [&](RankedTensorType tensor, bool isWritten) {
    MemRefType buffer = bufferType(tensor, capacity);
    Dim count = isPlaced(tensor) ? Dim(0) : elementsOf(tensor); // there are others between its elements
    bool areRows = count.power("batch") == 1 && dimOf(tensor, 0).hasRows();
    describe(buffer.getNumElements() * bytesOf(buffer.getElementType()), isWritten, dtypeOf(tensor.getElementType()),
             count, areRows ? withoutRows(count) : Dim(0));
  };
  bool isCheck = lowered.function.getNumResults();
  for (BlockArgument argument : op.getBody().getArguments())
    add(typeOf(argument), false);
  for (Type type : op.getResultTypes().getAsValueRange<TypeAttr>())
    if (isCheck)
      describe(16, true, DLC_I64, 2, 0); // its report
    else
      add(cast<RankedTensorType>(type), true);
  auto scratch = lowered.function->removeAttr("dl.scratch");
  home->setAttr("dl.inputs", at.getI64IntegerAttr(op.getBody().getNumArguments())); // the others it writes
  home->setAttr("dl.operands", at.getArrayAttr(operands));
  home->setAttr("dl.scratch", scratch ? scratch : at.getI64IntegerAttr(0));
  home->setAttr("dl.flops", at.getF64FloatAttr(lowered.flops));
  home->setAttr("dl.bytes", at.getF64FloatAttr(lowered.bytes));
}

/// The kernel that copies a tensor of this type.
KernelOp ScheduleLowering::copyKernel(RankedTensorType type) {
  for (KernelOp kernel : model.getBody().getOps<KernelOp>())
    if (kernel->hasAttr("dl.copy") && kernel.getBody().getArgument(0).getType() == type)
      return kernel;
  OpBuilder b = OpBuilder::atBlockEnd(&model.getBody().front());
  OperationState state(model.getLoc(), KernelOp::getOperationName());
  state.addAttribute("sym_name", b.getStringAttr(variant("copy", ".b" + std::to_string(elementsOf(type).value))));
  state.addAttribute("result_types", b.getTypeArrayAttr({type}));
  state.addAttribute("dl.copy", b.getUnitAttr());
  Region *body = state.addRegion();
  Block &block = body->emplaceBlock();
  Value from = block.addArgument(type, model.getLoc());
  auto kernel = cast<KernelOp>(b.create(state));
  b.setInsertionPointToEnd(&block);
  Value copied = CastOp::create(b, model.getLoc(), type, from, TypeAttr::get(type.getElementType()));
  ReturnOp::create(b, model.getLoc(), ValueRange{copied});
  symbols.insert(kernel);
  return kernel;
}

/// A launch that yields what it is given, in the same buffer, if nothing is wrong with it.
bool ScheduleLowering::isCheck(Operation *op) {
  auto launch = dyn_cast_if_present<LaunchOp>(op);
  auto kernel = launch ? symbols.lookup<KernelOp>(launch.getKernel()) : KernelOp();
  return kernel && !kernel.getBody().getOps<CheckIndexOp>().empty();
}

/// The points that a kernel runs over.
const Domain &ScheduleLowering::domainOf(KernelOp kernel) {
  auto [it, isNew] = domains.try_emplace(kernel);
  if (isNew)
    it->second.build(kernel);
  return it->second;
}

/// True if the kernel stores each element of an output after all that it reads at the element's place: at a point all values
/// are known before one is stored, and a value that a row has once is stored after all passes over the row.
static bool storesLast(const Domain &domain, Value output) {
  switch (domain.kind) {
  case Domain::Kind::Map:
  case Domain::Kind::Contraction:
    return true;
  case Domain::Kind::Rows:
    return llvm::all_of(domain.axes.lookup(output), [&](int dim) { return dim < 0 || domain.isRow[dim]; });
  case Domain::Kind::Single:
    return false;
  }
}

/// An element-wise op reads each element once, at the point at which that of `written` is made.
static bool isReadWhere(const Domain &domain, OpOperand &use, Value written) {
  if (!hasKind(use.getOwner(), IterationKind::Elementwise))
    return false;
  AffineMap map = cast<FusibleOpInterface>(use.getOwner()).getAccessMaps()[use.getOperandNumber()];
  auto dims = domain.dimsOf.find(use.getOwner());
  SmallVector<int> axes = domain.axes.lookup(written);
  if (!map || dims == domain.dimsOf.end() || map.getNumResults() != axes.size() || map.getNumDims() != axes.size())
    return false;
  if (isNumber(typeOf(use.get()))) // it is read where the kernel begins
    return map.isIdentity() && domain.axes.lookup(use.get()) == axes;
  auto isOne = [&](int dim) { return dim < 0 || domain.sizes[dim] == Dim(1); };
  // What is spread along an axis is read at each of its points, in a later pass maybe.
  for (auto [i, dim] : llvm::enumerate(dims->second))
    if (!isOne(dim) && !llvm::is_contained(map.getResults(), getAffineDimExpr(i, map.getContext())))
      return false;
  return llvm::all_of(llvm::zip(map.getResults(), axes), [&](auto both) {
    auto [place, there] = both;
    auto dim = dyn_cast<AffineDimExpr>(place);
    if (!dim && place != getAffineConstantExpr(0, map.getContext()))
      return false;
    int here = dim ? dims->second[dim.getPosition()] : -1;
    return here == there || (isOne(here) && isOne(there));
  });
}

/// Of a product with one column the tile is stored as vectors that have one lane each, and other values as numbers.
static bool storesOneLane(const Domain &domain, Value written) {
  Operation *op = written.getDefiningOp();
  bool isTile = hasKind(op, IterationKind::Contraction) || isa_and_nonnull<TransposeOp>(op);
  return domain.kind == Domain::Kind::Contraction && isTile &&
         llvm::any_of(dimsOf(written), [](Dim size) { return size == Dim(1); });
}

/// The kernel writes a new value where an old one lies: right if it reads each old element only where it writes the new
/// one, and no later kernel reads the old.
bool ScheduleLowering::mayOverwrite(LaunchOp launch, unsigned result, Value old) {
  SmallVector<Value> aliases{old};
  for (size_t i = 0; i < aliases.size(); ++i)
    for (Operation *user : aliases[i].getUsers())
      if (isa<ReshapeOp>(user) || isCheck(user))
        aliases.push_back(user->getResult(0));
  for (Value alias : aliases)
    for (Operation *user : alias.getUsers())
      if (!isa<ReshapeOp>(user) && user != launch && launch->isBeforeInBlock(user))
        return false;
  auto op = symbols.lookup<KernelOp>(launch.getKernel());
  const Domain &domain = domainOf(op);
  Value written = op.getBody().front().getTerminator()->getOperand(result);
  // Along axes in another order than the points are in, elements are read and written one by one, each way by itself.
  if (domain.kind == Domain::Kind::Map && !llvm::is_sorted(domain.axes.lookup(written)))
    return false;
  for (auto [argument, given] : llvm::zip(op.getBody().getArguments(), launch.getArgs())) {
    if (!llvm::is_contained(aliases, given))
      continue;
    // A place of a tensor is written to: what lies there else is as it was.
    if (auto write = written.getDefiningOp<WriteOp>();
        write && given == old && argument == write.getInput() && argument.hasOneUse())
      continue;
    if (given != old || !storesLast(domain, written) || storesOneLane(domain, written))
      return false;
    if (!llvm::all_of(argument.getUses(), [&](OpOperand &use) { return isReadWhere(domain, use, written); }))
      return false;
  }
  return true;
}

/// Does one of these parts of a tensor, or of their parts, have a reader from the launch on?
bool ScheduleLowering::areReadFrom(LaunchOp launch, ArrayRef<Value> parts) {
  return llvm::any_of(parts, [&](Value part) {
    return llvm::any_of(part.getUsers(), [&](Operation *user) { return !user->isBeforeInBlock(launch); }) ||
           areReadFrom(launch, partsOf.lookup(part));
  });
}
/// Notes which values of a block lie in the place that they have in a joined tensor.
void ScheduleLowering::notePlaces(Block &block) {
  for (auto launch : block.getOps<LaunchOp>())
    for (Operation &op : symbols.lookup<KernelOp>(launch.getKernel()).getBody().front())
      for (OpOperand &use : op.getOpOperands())
        if (liesInPlace(&op, use.getOperandNumber())) {
          Value whole = launch.getResult(0), part = launch.getArgs()[cast<BlockArgument>(use.get()).getArgNumber()];
          partOf[part] = {whole, offsetsIn(&op, use.getOperandNumber(), typeOf(whole))};
          partsOf[whole].push_back(part);
        }
}
/// The buffer of a joined tensor, from before the first of its parts is made.
Value ScheduleLowering::joinedBuffer(Value joined) {
  if (partOf.contains(joined))
    return partBuffer(joined);
  Value &place = places[joined];
  if (!place)
    place = buffer(joined.getLoc(), bufferType(typeOf(joined), capacity), "temporary");
  return place;
}
Value ScheduleLowering::partBuffer(Value part) {
  if (Value known = places.lookup(part))
    return known;
  auto [whole, offsets] = partOf.lookup(part);
  Value place = joinedBuffer(whole);
  MemRefType type = bufferType(typeOf(part), capacity);
  for (Dim offset : offsets) {
    place =
        SlotOp::create(at, part.getLoc(), type, place, at.getI64IntegerAttr(offset.value), at.getDenseI64ArrayAttr({}),
                       ValueRange(), SizeAttr::get(at.getContext(), Dim(1, offset.open)));
  }
  place.getDefiningOp()->setAttr("dl.part", at.getUnitAttr());
  return places[part] = place;
}

/// The buffer of an operand that dies here, where the result may lie as well; null if there is none.
Value ScheduleLowering::takenOver(LaunchOp launch, unsigned result) {
  for (Value given : launch.getArgs()) {
    auto maker = given.getDefiningOp<LaunchOp>(); // what views it or passes it on would have to be followed back
    auto buffer = maker && !isCheck(maker) ? buffers.lookup(given).getDefiningOp<BufferOp>() : BufferOp();
    if (buffer && !areReadFrom(launch, partsOf.lookup(given)) && buffer.getRole() == "temporary" &&
        typeOf(given) == typeOf(launch.getResult(result)) && mayOverwrite(launch, result, given))
      return buffer;
  }
  return {};
}

/// The tensor along which the loop runs, and that nothing reads any more, where a result that it stacks up may lie as well: it
/// is written after all that a round reads of its slice. Returns the argument that is the slice; null if there is none.
BlockArgument ScheduleLowering::takenOver(RepeatOp loop, OpResult result, Value made) {
  auto launch = made.getDefiningOp<LaunchOp>();
  if (!launch)
    return {};
  auto body = symbols.lookup<EntryOp>(loop.getCallee());
  for (OpOperand &use : loop->getOpOperands()) {
    Value given = use.get();
    BlockArgument slice = body.getBody().getArgument(use.getOperandNumber());
    Operation *maker = given.getDefiningOp();
    bool isScanned = cast<DictionaryAttr>(body.getArgAttrs()[use.getOperandNumber()]).contains("scanned");
    bool isOwn = isa_and_nonnull<LaunchOp, RepeatOp>(maker) && !isCheck(maker) && !partOf.contains(given) &&
                 !partsOf.contains(given);
    auto buffer = isScanned && isOwn ? buffers.lookup(given).getDefiningOp<BufferOp>() : BufferOp();
    auto isReadElse = [&](Operation *user) {
      return isa<ReshapeOp>(user) || isCheck(user) || (user != loop && !user->isBeforeInBlock(loop));
    };
    if (buffer && buffer.getRole() == "temporary" && given.getType() == result.getType() &&
        llvm::none_of(given.getUsers(), isReadElse) && llvm::count(loop.getArgs(), given) == 1 &&
        mayOverwrite(launch, cast<OpResult>(made).getResultNumber(), slice))
      return slice;
  }
  return {};
}

/// What is wrong where a check finds something.
static DictionaryAttr checkOf(KernelOp kernel) {
  auto check = *kernel.getBody().getOps<CheckIndexOp>().begin();
  Builder b(kernel.getContext());
  SmallVector<Dim> dims = dimsOf(check.getInput());
  Dim rowSize = !dims.empty(); // a number is that of no row
  for (Dim dim : llvm::drop_begin(dims, !dims.empty()))
    rowSize = rowSize * (dim.hasRows() ? Dim(0) : dim); // rows do not lie one after the other
  return b.getDictionaryAttr(
      {b.getNamedAttr("op", check.getOpAttr() ? check.getOpAttr() : b.getStringAttr("check_index")),
       b.getNamedAttr("limit", b.getI64IntegerAttr(check.getLimit().number())),
       b.getNamedAttr("row_size", OpenAttr::get(kernel.getContext(), rowSize))});
}

/// Some kernel of the block, or of a loop in it, is a check.
bool ScheduleLowering::needsReport(Block &block) {
  return llvm::any_of(block, [&](Operation &op) {
    auto repeat = dyn_cast<RepeatOp>(op);
    return isCheck(&op) || (repeat && needsReport(symbols.lookup<EntryOp>(repeat.getCallee()).getBody().front()));
  });
}

BufferOp ScheduleLowering::buffer(Location loc, Type type, StringRef role, std::optional<int64_t> index,
                                  std::optional<int64_t> value) {
  return BufferOp::create(at, loc, type, at.getStringAttr(role), index ? at.getI64IntegerAttr(*index) : IntegerAttr(),
                          value ? at.getI64IntegerAttr(*value) : IntegerAttr());
}
void ScheduleLowering::run(Location loc, LoweredKernel &lowered, ArrayRef<Value> reads, ArrayRef<Value> writes,
                           ArrayRef<int64_t> values, DictionaryAttr check) {
  Dim count = 1;
  for (Dim part : lowered.parts)
    count = count * part;
  RunOp step = RunOp::create(at, loc, lowered.function.getSymName(), reads, writes,
                             SizeAttr::get(at.getContext(), count), lowered.partSize, check);
  step->setAttr("dl.values", at.getDenseI64ArrayAttr(values));
}
void ScheduleLowering::copy(Location loc, Value value, Value to) {
  run(loc, kernel(copyKernel(typeOf(value)).getSymName()), buffers.lookup(value), to,
      {numbers.lookup(value), numbers.lookup(value)});
}

static Value rootOf(Value value) {
  while (auto view = value.getDefiningOp<ReshapeOp>())
    value = view.getInput();
  return value;
}

/// `value` is what `place` is to hold in the end, where `old` lies: the kernel writes it there, or it is copied.
void ScheduleLowering::replaceAtEnd(Value value, Value old, Value place,
                                    SmallVectorImpl<std::pair<Value, Value>> &copies) {
  Value made = rootOf(value);
  auto launch = made.getDefiningOp<LaunchOp>();
  if (launch && made == value && mayOverwrite(launch, cast<OpResult>(made).getResultNumber(), old))
    destination[made] = place;
  else
    copies.push_back({made, place});
}

void ScheduleLowering::launch(LaunchOp launch) {
  LoweredKernel &lowered = kernel(launch.getKernel());
  bool checks = isCheck(launch);
  SmallVector<Value> reads, writes;
  SmallVector<int64_t> values;
  for (Value argument : launch.getArgs()) {
    reads.push_back(buffers.lookup(argument));
    values.push_back(numbers.lookup(argument));
  }
  for (OpResult result : launch->getResults()) {
    if (partOf.contains(result) || partsOf.contains(result)) {
      values.push_back(numbers[result] = nextNumber++);
      writes.push_back(buffers[result] = joinedBuffer(result));
      continue;
    }
    if (checks) { // yields what it is given
      buffers[result] = buffers.lookup(launch.getArgs()[0]);
      numbers[result] = numbers.lookup(launch.getArgs()[0]);
      writes.push_back(report);
      values.push_back(-1);
      continue;
    }
    values.push_back(numbers[result] = nextNumber++);
    Value own = destination.lookup(result);
    if (!own) {
      own = takenOver(launch, result.getResultNumber());
      if (llvm::is_contained(writes, own))
        own = {};
    }
    if (!own)
      own = buffer(launch.getLoc(), bufferType(typeOf(result), capacity), "temporary");
    buffers[result] = own;
    writes.push_back(own);
  }
  run(launch.getLoc(), lowered, reads, writes, values,
      checks ? checkOf(symbols.lookup<KernelOp>(launch.getKernel())) : DictionaryAttr());
}

void ScheduleLowering::steps(Block &block) {
  notePlaces(block);
  for (Operation &op : block.without_terminator()) {
    if (auto view = dyn_cast<ReshapeOp>(op)) {
      buffers[view.getResult()] = buffers.lookup(view.getInput());
      numbers[view.getResult()] = numbers.lookup(view.getInput());
    } else if (auto lifted = dyn_cast<LiftedOp>(op)) {
      BufferOp own = buffer(op.getLoc(), bufferType(typeOf(lifted.getResult()), capacity), "constant", {},
                            (int64_t)lifted.getValue());
      buffers[lifted.getResult()] = own;
      own->setAttr("dl.values", at.getDenseI64ArrayAttr(numbers[lifted.getResult()] = nextNumber++));
    } else if (auto repeated = dyn_cast<RepeatOp>(op)) {
      repeat(repeated);
    } else {
      launch(cast<LaunchOp>(op));
    }
  }
}

/// A loop: the body's arguments and results are slots of buffers that hold those of all rounds. What is carried from round to
/// round, and stacked up as well, is a history: slot i holds what round i begins with, and round i writes slot i + 1. Else it
/// is one buffer, updated in place or by a copy at the end of each round. What is stacked up lies where slices lay that are
/// not read any more, if there are any of its size.
void ScheduleLowering::repeat(RepeatOp op) {
  Location loc = op.getLoc();
  auto body = symbols.lookup<EntryOp>(op.getCallee());
  Block &block = body.getBody().front();
  Dim count = op.getCount().evaluate();
  auto attrOf = [](ArrayAttr all, size_t i, StringRef name) {
    auto number = cast<DictionaryAttr>(all[i]).getAs<IntegerAttr>(name);
    return number ? std::optional(number.getInt()) : std::nullopt;
  };
  struct Carried {
    BlockArgument argument;
    Value initial, buffer;
    OpResult last;
    std::optional<int64_t> before, after; ///< stacked results that are its history
    int64_t number = -1;                  ///< of what its buffer holds behind the loop
    bool isHistory() const { return before || after; }
  };
  SmallVector<Carried> carried;
  for (auto [i, argument] : llvm::enumerate(block.getArguments()))
    if (attrOf(body.getArgAttrs(), i, "carried"))
      carried.push_back({argument, op.getArgs()[i], {}, {}, attrOf(body.getArgAttrs(), i, "before"), {}});
  size_t stacked = op.getNumResults() - carried.size();
  ValueRange returned = block.getTerminator()->getOperands();
  for (size_t i = 0; i < returned.size(); ++i)
    if (auto next = attrOf(body.getResAttrs(), i, "next"))
      carried[*next].after = attrOf(body.getResAttrs(), i, "stacked");

  // Before the loop.
  // Slot `first`, or that many further on as the index says.
  auto slot = [&](Value whole, Dim first, Value index, RankedTensorType one, MemRefType type,
                  ArrayRef<int64_t> values) -> Value {
    SmallVector<int64_t, 1> moves(index ? 1 : 0, 1);
    auto size = SizeAttr::get(at.getContext(), elementsOf(one) * Dim(1, first.open));
    auto made = SlotOp::create(at, loc, type, whole, at.getI64IntegerAttr(first.value), at.getDenseI64ArrayAttr(moves),
                               index ? ValueRange(index) : ValueRange(), size);
    if (!values.empty())
      made->setAttr("dl.values", at.getDenseI64ArrayAttr(values));
    return made;
  };
  for (auto [j, one] : llvm::enumerate(carried)) {
    RankedTensorType type = typeOf(one.argument);
    one.last = op->getResult(stacked + j);
    one.number = nextNumber++;
    MemRefType own = bufferType(type, capacity);
    one.buffer =
        buffer(loc, one.isHistory() ? bufferType(stackOf(count.at(capacity) + 1, type), capacity) : own, "temporary");
    Value first = one.isHistory() ? slot(one.buffer, op.getReverse() ? count : Dim(0), {}, type, own, {}) : one.buffer;
    copy(loc, one.initial, first);
  }
  SmallVector<Value> wholes(stacked);
  SmallVector<BlockArgument> slices(stacked); // that a result takes the places of
  for (size_t i = 0; i < returned.size(); ++i)
    if (auto m = attrOf(body.getResAttrs(), i, "stacked"); m && !attrOf(body.getResAttrs(), i, "next")) {
      BlockArgument slice = takenOver(op, op->getResult(*m), rootOf(returned[i]));
      if (slice && !llvm::is_contained(slices, slice)) {
        slices[*m] = slice;
        wholes[*m] = buffers.lookup(op.getArgs()[slice.getArgNumber()]);
      } else {
        wholes[*m] = buffer(loc, bufferType(typeOf(op->getResult(*m)), capacity), "temporary");
      }
    }

  auto loop = LoopOp::create(at, loc, op.getCountAttr(), op.getReverseAttr());
  {
    OpBuilder::InsertionGuard guard(at);
    Block &round = loop.getBody().emplaceBlock();
    Value index = round.addArgument(at.getIndexType(), loc);
    at.setInsertionPointToEnd(&round);
    for (auto [i, argument] : llvm::enumerate(block.getArguments())) {
      Value given = op.getArgs()[i];
      RankedTensorType type = typeOf(argument);
      if (attrOf(body.getArgAttrs(), i, "carried")) {
        numbers[argument] = nextNumber++; // below
      } else if (cast<DictionaryAttr>(body.getArgAttrs()[i]).contains("scanned")) {
        int64_t number = numbers[argument] = nextNumber++;
        buffers[argument] = slot(buffers.lookup(given), 0, index, type, bufferType(type, capacity),
                                 {number, -1, numbers.lookup(given), -1});
      } else {
        buffers[argument] = buffers.lookup(given);
        numbers[argument] = numbers.lookup(given);
      }
    }
    for (Carried &one : carried) {
      RankedTensorType type = typeOf(one.argument);
      MemRefType own = bufferType(type, capacity);
      SmallVector<int64_t> values{numbers.lookup(one.argument), -1, numbers.lookup(one.initial), -1};
      buffers[one.argument] = one.isHistory() ? slot(one.buffer, op.getReverse() ? 1 : 0, index, type, own, values)
                                              : slot(one.buffer, 0, {}, type, own, values);
    }
    SmallVector<std::pair<Value, Value>> copies;
    SmallVector<std::pair<Value, SlotOp>> ends; // what each slot holds when a round ends
    for (auto [i, value] : llvm::enumerate(returned)) {
      RankedTensorType type = typeOf(value);
      MemRefType own = bufferType(type, capacity);
      auto m = attrOf(body.getResAttrs(), i, "stacked"), j = attrOf(body.getResAttrs(), i, "next");
      Value place;
      if (j && !carried[*j].isHistory()) {
        Carried &one = carried[*j];
        place = buffers.lookup(one.argument);
        replaceAtEnd(value, one.argument, place, copies);
      } else if (m && slices[*m]) {
        place = destination[rootOf(value)] = buffers.lookup(slices[*m]);
      } else {
        Value whole = j ? carried[*j].buffer : wholes[*m];
        place = slot(whole, j && !op.getReverse() ? 1 : 0, index, type, own, {-1, -1, -1, -1});
        destination[rootOf(value)] = place;
      }
      ends.push_back({rootOf(value), place.getDefiningOp<SlotOp>()});
    }
    steps(block);
    for (auto [value, to] : copies)
      copy(loc, value, to);
    for (auto [i, end] : llvm::enumerate(ends)) {
      auto m = attrOf(body.getResAttrs(), i, "stacked"), j = attrOf(body.getResAttrs(), i, "next");
      auto values = llvm::to_vector(end.second->getAttrOfType<DenseI64ArrayAttr>("dl.values").asArrayRef());
      values[1] = numbers.lookup(end.first);
      values[3] = j ? carried[*j].number : (numbers[op->getResult(*m)] = nextNumber++);
      end.second->setAttr("dl.values", at.getDenseI64ArrayAttr(values));
    }
  }
  // Behind it.
  for (size_t m = 0; m < stacked; ++m)
    if (wholes[m])
      buffers[op->getResult(m)] = wholes[m];
  for (const Carried &one : carried) {
    RankedTensorType type = typeOf(one.argument);
    auto part = [&](Value result, Dim first) {
      buffers[result] = slot(one.buffer, first, {}, type, bufferType(typeOf(result), capacity), {});
      numbers[result] = one.number;
    };
    if (!one.isHistory()) {
      buffers[one.last] = one.buffer;
      numbers[one.last] = one.number;
      continue;
    }
    part(one.last, op.getReverse() ? Dim(0) : count);
    if (one.before)
      part(op->getResult(*one.before), op.getReverse() ? 1 : 0);
    if (one.after)
      part(op->getResult(*one.after), op.getReverse() ? 0 : 1);
  }
}

void ScheduleLowering::entry(EntryOp entry, const Extents &most, bool isFirst) {
  Block &block = entry.getBody().front();
  Operation *done = block.getTerminator();
  Location loc = entry.getLoc();
  OpBuilder::InsertionGuard guard(at);
  at.setInsertionPointToEnd(module.getBody());
  std::string name = isFirst ? entry.getSymName().str() : variant(entry.getSymName(), suffix(most));
  taken.insert(name);
  auto schedule = ScheduleOp::create(at, loc, name);
  at.setInsertionPointToEnd(&schedule.getBody().emplaceBlock());
  capacity = most;
  buffers.clear();
  destination.clear();
  numbers.clear();
  partOf.clear();
  partsOf.clear();
  places.clear();
  nextNumber = block.getNumArguments();
  report = {};

  SmallVector<int64_t> given, left; // for each argument and output: the value there at the beginning, and at the end
  for (BlockArgument argument : block.getArguments()) {
    buffers[argument] = buffer(loc, bufferType(typeOf(argument), capacity), "argument", argument.getArgNumber());
    numbers[argument] = argument.getArgNumber();
    given.push_back(argument.getArgNumber());
  }

  // Where each returned value goes: an output of the caller's, or what is stored.
  SmallVector<std::pair<Value, size_t>> ends;  // all of them: value, the place of where it goes among `given`
  SmallVector<std::pair<Value, Value>> copies; // at the end: value, where it goes
  DenseMap<StoredKey, BlockArgument> storedArguments;
  for (auto [argument, about] : llvm::zip(block.getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>()))
    if (StoredKey key = storedKey(about); key.second)
      storedArguments[key] = argument;
  int64_t outputs = 0;
  for (auto [value, attrs] : llvm::zip(done->getOperands(), entry.getResAttrs().getAsRange<DictionaryAttr>())) {
    Value made = rootOf(value);
    if (attrs.contains("output")) {
      ends.push_back({made, given.size()});
      given.push_back(-1);
      destination[made] = buffer(loc, bufferType(typeOf(value), capacity), "output", outputs++);
      continue;
    }
    BlockArgument stored = storedArguments.lookup(storedKey(attrs));
    ends.push_back({made, stored.getArgNumber()});
    replaceAtEnd(value, stored, buffers.lookup(stored), copies);
  }
  schedule->setAttr("dl.values", at.getDenseI64ArrayAttr(given));
  if (needsReport(block))
    report = buffer(loc, MemRefType::get({2}, at.getI64Type()), "report");
  steps(block);
  for (auto [value, to] : copies)
    copy(loc, value, to);
  left = given;
  for (auto [value, place] : ends)
    left[place] = numbers.lookup(value);
  EndOp::create(at, loc)->setAttr("dl.values", at.getDenseI64ArrayAttr(left));
  SmallVector<Attribute> argTypes, resTypes;
  for (BlockArgument argument : block.getArguments())
    argTypes.push_back(TypeAttr::get(argument.getType()));
  for (Value value : done->getOperands())
    resTypes.push_back(TypeAttr::get(value.getType()));
  auto parts = entry->getAttrOfType<IntegerAttr>("dl.parts");
  schedule->setAttr("dl.entry", at.getDictionaryAttr({
                                    at.getNamedAttr("name", at.getStringAttr(entry.getSymName())),
                                    at.getNamedAttr("kind", entry.getKindAttr()),
                                    at.getNamedAttr("extents", describeExtents(entry, capacity)),
                                    at.getNamedAttr("parts", parts ? parts : at.getI64IntegerAttr(1)),
                                    at.getNamedAttr("rows_independent", entry->getAttr("dl.rows_independent")
                                                                            ? entry->getAttr("dl.rows_independent")
                                                                            : at.getBoolAttr(false)),
                                    at.getNamedAttr("arg_attrs", entry.getArgAttrs()),
                                    at.getNamedAttr("arg_types", at.getArrayAttr(argTypes)),
                                    at.getNamedAttr("res_attrs", entry.getResAttrs()),
                                    at.getNamedAttr("res_types", at.getArrayAttr(resTypes)),
                                }));
}

void ScheduleLowering::run() {
  for (EntryOp op : model.getBody().getOps<EntryOp>()) {
    if (op.getKind() == "loop")
      continue; // is part of those that repeat it
    bool isFirst = true;
    for (const Extents &one : capacitiesOf(op, options)) {
      entry(op, one, isFirst);
      isFirst = false;
    }
  }
  module->setAttr("dl.model", model.getSymNameAttr());
  model.erase();
}

llvm::StringMap<ModuleOp> dlc::kernelsOf(ModuleOp module) {
  llvm::StringMap<ModuleOp> kernels;
  for (auto home : module.getOps<ModuleOp>())
    if (auto name = home.getSymName())
      kernels[*name] = home;
  return kernels;
}

void dlc::lowerSchedules(ModuleOp module, const CompileOptions &options) {
  ScheduleLowering(*module.getOps<ModelOp>().begin(), module, options).run();
}
