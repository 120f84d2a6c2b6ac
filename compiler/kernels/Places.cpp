// Places.cpp - tensors that lie within larger ones: what `pad` and `concat` make is written by the kernels that make its parts.
// SPDX-License-Identifier: Apache-2.0
//
//   %y = launch @conv(%x) : f32[8, 8, 64]            %y = launch @conv_placed(%x) : 8 x 8 x 64, with the strides of 10 x 10 x 64
//   %p = launch @pad(%y) : f32[10, 10, 64]      =>   %p = launch @pad_placed(%y) : f32[10, 10, 64]     fills the border alone
//   %z = launch @relu(%y)                            %z = launch @relu_placed(%y)                      reads where %y lies
//
// Where a tensor lies is part of its type; of which operands lie in their place, the op that joins them has a list. Level
// `loops` gives such a tensor a slot of the larger one's buffer.
#include "compiler/kernels/Places.h"
#include "compiler/CostModel.h"
#include "compiler/kernels/Domain.h"
#include "compiler/kernels/OperandView.h"

using namespace mlir;
using namespace dlc;

bool dlc::liesInPlace(Operation *op, unsigned operand) {
  auto placed = op->getAttrOfType<DenseI64ArrayAttr>(placedName);
  return placed && llvm::is_contained(placed.asArrayRef(), (int64_t)operand);
}
bool dlc::liesInPlace(BlockArgument argument) {
  return llvm::any_of(argument.getUses(),
                      [](OpOperand &use) { return liesInPlace(use.getOwner(), use.getOperandNumber()); });
}
SmallVector<Dim> dlc::offsetsIn(Operation *op, unsigned operand, RankedTensorType whole) {
  SmallVector<Dim> strides = stridesOf(whole), places(strides.size(), 0);
  if (auto pad = dyn_cast<PadOp>(op)) {
    for (auto [place, low] :
         llvm::zip(places, pad.getLowAttr() ? pad.getLowAttr().getAsRange<SizeAttr>()
                                            : ArrayAttr::get(op->getContext(), {}).getAsRange<SizeAttr>()))
      place = low.number();
  } else {
    unsigned axis = cast<ConcatOp>(op).getAlong();
    for (Value before : op->getOperands().take_front(operand))
      places[axis] = places[axis] + dimOf(typeOf(before), axis);
  }
  // Numbers first, then what open sizes make of it.
  Dim number = 0, open = 0;
  for (auto [place, stride] : llvm::zip(places, strides)) {
    Dim part = place == Dim(0) ? place : place * stride;
    (part.isNumber() ? number : open) = (part.isNumber() ? number : open) + part;
  }
  SmallVector<Dim> all{number};
  if (open != Dim(0))
    all.push_back(open);
  return all;
}

/// The `pad` or `concat` that a kernel is; null if it is none.
static Operation *joinerOf(KernelOp kernel) {
  for (Operation &op : kernel.getBody().front())
    if (isa<PadOp, ConcatOp>(op))
      return &op;
  return nullptr;
}
static bool isSingle(Operation *op) { return !isa<FusibleOpInterface, ReturnOp>(op); }
static bool isProduct(Operation *op) {
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  return fusible && fusible.getIterationKind() == IterationKind::Contraction;
}
/// Of a product with one column lanes run along rows, which may count through several dimensions.
static bool hasOneColumn(KernelOp kernel) {
  return llvm::any_of(kernel.getBody().front(), [](Operation &op) {
    SmallVector<Dim> dims = isProduct(&op) ? dimsOf(op.getResult(0)) : SmallVector<Dim>(1, 0);
    return dims.empty() || dims.back() == Dim(1);
  });
}
bool dlc::canReadPlaced(KernelOp kernel, unsigned argument) {
  if (joinerOf(kernel))
    return true;
  if (hasOneColumn(kernel))
    return false;
  return llvm::all_of(kernel.getBody().getArgument(argument).getUses(), [](OpOperand &use) {
    auto fusible = dyn_cast<FusibleOpInterface>(use.getOwner());
    // Of a table rows are looked up, wherever they lie.
    return fusible &&
           (fusible.getIterationKind() != IterationKind::Gather || fusible.getAccessMaps()[use.getOperandNumber()]);
  });
}
bool dlc::canStorePlaced(KernelOp kernel, unsigned result) {
  if (joinerOf(kernel))
    return true;
  return !hasOneColumn(kernel) && llvm::none_of(kernel.getBody().front(), [](Operation &op) { return isSingle(&op); });
}

namespace {
/// Decides for one entry point.
class PlacePlanner {
public:
  PlacePlanner(EntryOp entry, SymbolTable &symbols) : entry(entry), symbols(symbols) {}
  void decide();
  /// A kernel as some launch needs it: the kernel, the types of its arguments and results, what lies in place.
  using Variant = std::vector<intptr_t>;
  void rewrite(std::map<Variant, KernelOp> &variants);

private:
  KernelOp kernelOf(LaunchOp launch) { return symbols.lookup<KernelOp>(launch.getKernel()); }
  RankedTensorType typeIn(Value value) {
    auto it = types.find(value);
    return it == types.end() ? typeOf(value) : it->second;
  }
  bool isReturned(Value value);
  bool mayPlace(LaunchOp joiner, Operation *op, unsigned operand, RankedTensorType within);

  EntryOp entry;
  SymbolTable &symbols;
  DenseMap<Value, RankedTensorType> types; ///< of what lies in the place of a part
  DenseMap<Operation *, std::vector<int64_t>> placed;
};
} // namespace

/// Where rows and windows lie evenly, all that differs is how far apart neighbours of the last axis but one are.
static bool areRowsEven(RankedTensorType type) {
  SmallVector<Dim> own = stridesOf(unplaced(type)), within = stridesOf(type);
  for (size_t i = 0; i + 2 < own.size(); ++i)
    if (own[i] * within[own.size() - 2] != within[i] * own[own.size() - 2])
      return false;
  return true;
}
/// A product reads this argument, itself or by views, and not only with its result's elements.
static bool isFactor(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) { return (isProduct(user) || isProductView(user)); });
}

bool PlacePlanner::isReturned(Value value) {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    return isa<ReturnOp>(user) || (isa<ReshapeOp>(user) && isReturned(user->getResult(0)));
  });
}

/// True if the kernel that makes an operand of a `pad` or `concat` is to write it into its place, and all that read it are to
/// read it there.
bool PlacePlanner::mayPlace(LaunchOp joiner, Operation *op, unsigned operand, RankedTensorType within) {
  auto argument = dyn_cast<BlockArgument>(op->getOperand(operand));
  if (!argument || !argument.hasOneUse())
    return false;
  Value value = joiner.getArgs()[argument.getArgNumber()];
  auto maker = value.getDefiningOp<LaunchOp>();
  if (!maker || types.contains(value) || !canStorePlaced(kernelOf(maker), cast<OpResult>(value).getResultNumber()))
    return false;
  Dim run = dimsOf(value).empty() ? Dim(1) : dimsOf(value).back();
  if (isPlaced(within) && (!run.isNumber() || run.value < CostModel::leastPlacedRun))
    return false;
  return llvm::all_of(value.getUses(), [&](OpOperand &use) {
    auto reader = dyn_cast<LaunchOp>(use.getOwner());
    if (!reader)
      return false;
    KernelOp kernel = kernelOf(reader);
    BlockArgument read = kernel.getBody().getArgument(use.getOperandNumber());
    return canReadPlaced(kernel, use.getOperandNumber()) && (areRowsEven(within) || !isFactor(read));
  });
}

/// The last ones first: so of several that want a value the last gets it, and what is joined again lies in the place of the whole.
void PlacePlanner::decide() {
  for (Operation &line : llvm::reverse(entry.getBody().front())) {
    auto launch = dyn_cast<LaunchOp>(line);
    Operation *op = launch ? joinerOf(kernelOf(launch)) : nullptr;
    if (!op || isReturned(launch.getResult(0)))
      continue;
    RankedTensorType whole = typeIn(launch.getResult(0));
    for (unsigned i = 0; i < op->getNumOperands(); ++i) {
      RankedTensorType within = placedIn(typeOf(op->getOperand(i)), whole);
      bool isKnown = llvm::none_of(offsetsIn(op, i, whole), [](Dim offset) { return offset.isUnknown(); });
      if (!isKnown || !mayPlace(launch, op, i, within))
        continue;
      types[launch.getArgs()[cast<BlockArgument>(op->getOperand(i)).getArgNumber()]] = within;
      placed[launch].push_back(i);
    }
  }
}

void PlacePlanner::rewrite(std::map<Variant, KernelOp> &variants) {
  for (LaunchOp launch : llvm::to_vector(entry.getBody().getOps<LaunchOp>())) {
    std::vector<Type> reads, makes;
    for (Value argument : launch.getArgs())
      reads.push_back(typeIn(argument));
    for (Value result : launch.getResults())
      makes.push_back(typeIn(result));
    std::vector<int64_t> own = placed.lookup(launch);
    KernelOp kernel = kernelOf(launch);
    if (own.empty() && llvm::equal(reads, kernel.getBody().getArgumentTypes()) &&
        llvm::equal(makes, kernel.getResultTypes().getAsValueRange<TypeAttr>()))
      continue;
    Variant key{(intptr_t)kernel.getOperation()};
    for (Type type : llvm::concat<Type>(reads, makes))
      key.push_back((intptr_t)type.getAsOpaquePointer());
    llvm::append_range(key, own);
    KernelOp &variant = variants[key];
    if (!variant) {
      variant = kernel.clone();
      variant->setAttr(SymbolTable::getSymbolAttrName(),
                       StringAttr::get(entry.getContext(), (kernel.getSymName() + "_placed").str()));
      symbols.insert(variant, std::next(Block::iterator(kernel)));
      for (auto [argument, type] : llvm::zip(variant.getBody().getArguments(), reads))
        argument.setType(type);
      Builder b(entry.getContext());
      variant.setResultTypesAttr(b.getTypeArrayAttr(makes));
      if (!own.empty())
        joinerOf(variant)->setAttr(placedName, b.getDenseI64ArrayAttr(own));
    }
    launch.setKernelAttr(FlatSymbolRefAttr::get(entry.getContext(), variant.getSymName()));
  }
  for (auto [value, type] : types)
    value.setType(type);
}

/// The larger tensor is known, and no smaller along any axis.
static bool isWellPlaced(RankedTensorType type) {
  auto about = cast<PlacedAttr>(type.getEncoding());
  SmallVector<Dim> dims = dimsOf(type);
  if (about.getDims().size() != dims.size() || about.getWithin().size() != dims.size() || dims.empty())
    return false;
  for (auto [own, whole] : llvm::drop_begin(llvm::zip(dims, about.getWithin())))
    if (whole.isUnknown() || own.open != whole.open || own.value > whole.value || !whole.fitsAxis())
      return false;
  return about.getWithin()[0] == Dim(0);
}
/// The operands of this op that lie in their place do so by their type, and the kernel is given them.
static LogicalResult checkJoiner(KernelOp kernel, Operation &op) {
  Attribute list = op.getAttr(placedName);
  if (!list)
    return success();
  auto numbers = dyn_cast<DenseI64ArrayAttr>(list);
  bool isGood = numbers && &op == joinerOf(kernel) && kernel.getResultTypes().size() == 1;
  for (int64_t number : isGood ? numbers.asArrayRef() : ArrayRef<int64_t>()) {
    auto argument =
        number >= 0 && number < op.getNumOperands() ? dyn_cast<BlockArgument>(op.getOperand(number)) : BlockArgument();
    auto whole = cast<RankedTensorType>(cast<TypeAttr>(kernel.getResultTypes()[0]).getValue());
    isGood = isGood && argument && argument.hasOneUse() && placedIn(typeOf(argument), whole) == argument.getType() &&
             llvm::none_of(offsetsIn(&op, number, whole), [](Dim offset) { return offset.isUnknown(); });
  }
  return isGood
             ? success()
             : LogicalResult(complain(&op) << "dl.placed: expected numbers of operands of a `pad` or `concat`, each an "
                                              "argument that lies as the result of its kernel does");
}
/// What lies in the place of a part is made for it, and read by kernels alone.
static LogicalResult checkLaunches(EntryOp entry, SymbolTable &symbols) {
  DenseSet<Value> parts;
  auto isReturned = [](Value value) { return llvm::any_of(value.getUsers(), llvm::IsaPred<ReturnOp>); };
  for (auto launch : entry.getBody().getOps<LaunchOp>()) {
    Operation *op = joinerOf(symbols.lookup<KernelOp>(launch.getKernel()));
    for (unsigned i = 0; op && i < op->getNumOperands(); ++i) {
      if (!liesInPlace(op, i))
        continue;
      Value part = launch.getArgs()[cast<BlockArgument>(op->getOperand(i)).getArgNumber()];
      auto maker = part.getDefiningOp<LaunchOp>();
      bool isGood = maker && parts.insert(part).second && !isReturned(launch.getResult(0)) &&
                    canStorePlaced(symbols.lookup<KernelOp>(maker.getKernel()), 0) &&
                    llvm::all_of(part.getUsers(), llvm::IsaPred<LaunchOp>);
      if (!isGood)
        return complain(launch)
               << "what lies in its place of what @" << launch.getKernel()
               << " makes must be made by a launch, be read by launches alone, and have one place; and what "
                  "@"
               << launch.getKernel() << " makes is not returned";
    }
  }
  return success();
}
LogicalResult dlc::checkPlaces(ModuleOp module, StringRef level) {
  auto isIn = [](TypeRange types) {
    return llvm::any_of(types, [](Type type) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      return tensor && isPlaced(tensor);
    });
  };
  WalkResult found = module.walk([&](Operation *op) {
    bool isAny = isIn(op->getResultTypes()) || llvm::any_of(op->getRegions(), [&](Region &region) {
                   return llvm::any_of(region, [&](Block &block) { return isIn(block.getArgumentTypes()); });
                 });
    for (NamedAttribute attribute : op->getAttrs())
      attribute.getValue().walk([&](PlacedAttr) { isAny = true; });
    if (!isAny || (level == "kernels" && isa<LaunchOp, KernelOp>(op)))
      return WalkResult::advance();
    complain(op) << "only what a kernel of level `kernels` reads or makes can lie within a larger tensor";
    return WalkResult::interrupt();
  });
  return failure(found.wasInterrupted());
}
/// Of kernels whose ops run over one space of points.
LogicalResult dlc::checkPlacesOf(ModelOp model) {
  SymbolTable symbols(model);
  for (KernelOp kernel : model.getBody().getOps<KernelOp>()) {
    bool isGood = true;
    auto check = [&](Type type, bool can) {
      auto tensor = cast<RankedTensorType>(type);
      isGood &= !isPlaced(tensor) || (can && isWellPlaced(tensor));
    };
    for (BlockArgument argument : kernel.getBody().getArguments())
      check(argument.getType(), canReadPlaced(kernel, argument.getArgNumber()));
    for (auto [i, type] : llvm::enumerate(kernel.getResultTypes().getAsValueRange<TypeAttr>()))
      check(type, canStorePlaced(kernel, i));
    if (!isGood)
      return complain(kernel) << "kernel @" << kernel.getSymName()
                              << " cannot read or store a tensor where this type says that it lies";
    for (Operation &op : kernel.getBody().front())
      if (failed(checkJoiner(kernel, op)))
        return failure();
  }
  for (EntryOp entry : model.getBody().getOps<EntryOp>())
    if (failed(checkLaunches(entry, symbols)))
      return failure();
  return success();
}

void dlc::placeParts(ModelOp model) {
  SymbolTable symbols(model);
  std::map<PlacePlanner::Variant, KernelOp> variants;
  DenseSet<StringAttr> launched;
  for (EntryOp entry : model.getBody().getOps<EntryOp>()) {
    PlacePlanner planner(entry, symbols);
    planner.decide();
    planner.rewrite(variants);
    for (LaunchOp launch : entry.getBody().getOps<LaunchOp>())
      launched.insert(StringAttr::get(model.getContext(), launch.getKernel()));
  }
  for (KernelOp kernel : llvm::to_vector(model.getBody().getOps<KernelOp>()))
    if (!launched.contains(kernel.getSymNameAttr()))
      kernel.erase();
}
