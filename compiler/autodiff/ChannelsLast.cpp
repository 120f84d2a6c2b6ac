// ChannelsLast.cpp - level `autodiff`, first: ops that were written with `channels_first` run with channels last.
// SPDX-License-Identifier: Apache-2.0
//
//   %a = conv2d %x, %w, channels_first   =>   %0 = transpose %x, [0, 2, 3, 1]
//   %b = relu %a                              %1 = conv2d %0, %w
//   %c = max_pool %b, 2, channels_first       %2 = relu %1
//                                             %3 = max_pool %2, 2
//                                             %c = transpose %3, [0, 3, 1, 2]
//
// A transpose is written before and behind each such op. Those behind sink through ops that do not care where the channels
// are, until they meet one that stands before another op, and both vanish. So no level that follows knows of the option, and
// gradients are those of the ops with channels last.
#include "compiler/Passes.h"
#include "compiler/Permutation.h"
#include "dialects/dl/Windows.h"

using namespace mlir;
using namespace dlc;

/// [batch, channels, ...] to [batch, ..., channels], or back.
static bool movesChannels(TransposeOp op, bool toFirst) {
  SmallVector<int64_t> order = permutationOf(op), wanted = llvm::to_vector(llvm::seq<int64_t>(0, order.size()));
  if (order.size() < 3)
    return false;
  std::rotate(wanted.begin() + 1, toFirst ? wanted.end() - 1 : wanted.begin() + 2, wanted.end());
  return order == wanted;
}

/// The op without the option, between two transposes.
static void putChannelsLast(Operation *op) {
  OpBuilder builder(op);
  Ops ops(builder, unnamed(op->getLoc()));
  OperationState state(op->getLoc(), op->getName());
  state.operands.assign(op->operand_begin(), op->operand_end());
  state.operands[0] = channelsLast(ops, op->getOperand(0));
  for (NamedAttribute attribute : op->getAttrs())
    if (attribute.getName() != "channels_first" && attribute.getName() != statement)
      state.attributes.push_back(attribute);
  Value result = createInferred(builder, state)->getResult(0);
  op->getResult(0).replaceAllUsesWith(channelsFirst(ops, result));
  op->erase();
}

namespace {
/// Takes transposes that put channels first behind the ops of a block that read them.
class Sinker {
public:
  explicit Sinker(Operation *op) : op(op), builder(op), ops(builder, op->getLoc()) {}
  /// The op on tensors with the channels last, if it can be had so.
  void run();

private:
  Value turned(Value operand, int64_t rank);
  bool turnOperands(int64_t rank);
  bool mapAxes();
  void replace(bool keepsOrder);

  int64_t lastOf(int64_t axis) const { return axis == 0 ? 0 : axis == 1 ? rank - 1 : axis - 1; }
  Attribute lastOf(SizeAttr axis) const {
    int64_t number = axis.number();
    return SizeAttr::get(op->getContext(), lastOf(number < 0 ? number + rank : number));
  }

  Operation *op;
  OpBuilder builder;
  Ops ops;
  int64_t rank = 0; ///< of what is transposed
  SmallVector<Value> operands;
  NamedAttrList attributes;
};
} // namespace

/// What a transpose that puts channels first reads.
static Value behind(Value value) {
  auto turn = value.getDefiningOp<TransposeOp>();
  return turn && movesChannels(turn, /*toFirst=*/true) ? turn.getInput() : Value();
}

/// Made of numbers and their places alone: in another order it is made just so, wherever it is read. Random numbers stay those
/// of the places as they were written.
static bool isGenerated(Value value) {
  SmallVector<Value> left{value};
  DenseSet<Value> seen;
  while (!left.empty()) {
    Operation *op = left.pop_back_val().getDefiningOp();
    if (!op || !(op->hasTrait<Generator>() || op->hasTrait<Pointwise>()))
      return false;
    if (op->hasTrait<Pointwise>())
      for (Value operand : op->getOperands())
        if (seen.insert(operand).second)
          left.push_back(operand);
  }
  return true;
}

/// An operand with the channels last; null where that would take a transpose of its own.
Value Sinker::turned(Value operand, int64_t rank) {
  SmallVector<Dim> dims = dimsOf(operand);
  if (dims.empty())
    return operand;
  if (Value value = behind(operand))
    return (int64_t)dims.size() == rank ? value : Value();
  dims.insert(dims.begin(), rank - dims.size(), Dim(1));
  SmallVector<Dim> last(dims);
  std::rotate(last.begin() + 1, last.begin() + 2, last.end());
  if (auto constant = operand.getDefiningOp<ConstantOp>(); constant && constant.getSplat()) {
    RankedTensorType type = makeTensor(last, typeOf(operand).getElementType());
    return isa<IntegerType>(type.getElementType()) ? ops.splat(constant.getWhole(0), type)
                                                   : ops.splat(constant.getReal(0), type);
  }
  if (llvm::count_if(dims, [](Dim dim) { return dim != Dim(1); }) <= 1) // numbers for each channel
    return ops.reshape(operand, last);
  if (typeOf(operand).getRank() < rank && typeOf(operand).hasStaticShape()) // the same for all rows
    return channelsLast(ops, ops.reshape(operand, dims));
  for (Operation *user : operand.getUsers())
    if (auto turn = dyn_cast<TransposeOp>(user);
        turn && turn->getBlock() == op->getBlock() && turn->isBeforeInBlock(op) && movesChannels(turn, false))
      return turn;
  return typeOf(operand).getRank() == rank && isGenerated(operand) ? channelsLast(ops, operand) : Value();
}
bool Sinker::turnOperands(int64_t rank) {
  for (Value operand : op->getOperands())
    if (operands.push_back(turned(operand, rank)); !operands.back())
      return false;
  return true;
}

/// The options that name axes, for the tensor with the channels last; false for an op that is not one of these.
bool Sinker::mapAxes() {
  attributes.assign(op->getAttrs());
  auto mapEach = [&](StringRef name) {
    if (auto axes = dyn_cast_if_present<ArrayAttr>(attributes.get(name))) {
      auto mapped = llvm::map_to_vector(axes.getAsRange<SizeAttr>(), [&](SizeAttr axis) { return lastOf(axis); });
      attributes.set(name, builder.getArrayAttr(mapped));
    }
  };
  if (op->hasTrait<Reduction>() || isa<FlipOp>(op)) {
    mapEach("axes");
    return true;
  }
  if (auto lines = dyn_cast<AlongAxisOpInterface>(op); lines && !op->hasTrait<Generator>()) {
    attributes.set("axis", SizeAttr::get(op->getContext(), lastOf(lines.getAlong())));
    return true;
  }
  if (isa<PadOp>(op)) {
    for (StringRef name : {"low", "high"})
      if (auto widths = dyn_cast_if_present<ArrayAttr>(attributes.get(name))) {
        SmallVector<Attribute> moved(widths.begin(), widths.end());
        std::rotate(moved.begin() + 1, moved.begin() + 2, moved.end());
        attributes.set(name, builder.getArrayAttr(moved));
      }
    return true;
  }
  return op->hasTrait<Pointwise>();
}

/// `keepsOrder`: the result has the axes that are left in their order, whichever way the operand lies.
void Sinker::replace(bool keepsOrder) {
  OperationState state(op->getLoc(), op->getName());
  state.operands.assign(operands.begin(), operands.end());
  state.attributes = attributes;
  state.attributes.erase(statement);
  Value result = createInferred(builder, state)->getResult(0);
  op->getResult(0).replaceAllUsesWith(keepsOrder ? result : channelsFirst(Ops(builder, unnamed(op->getLoc())), result));
  op->erase();
}

void Sinker::run() {
  if (auto turn = dyn_cast<TransposeOp>(op)) {
    if (Value value = behind(turn.getInput()); value && movesChannels(turn, /*toFirst=*/false))
      turn.replaceAllUsesWith(value);
    return;
  }
  auto first = llvm::find_if(op->getOperands(), [](Value operand) { return bool(behind(operand)); });
  if (first == op->operand_end() || op->getNumResults() != 1 || op->getNumRegions())
    return;
  rank = typeOf(*first).getRank();
  bool drops = op->hasTrait<Reduction>() && !op->getAttr("keepdim");
  if (drops) { // the places go, or the channels with all of them
    auto axes = op->getAttrOfType<ArrayAttr>("axes");
    auto has = [&](int64_t axis) {
      return !axes || llvm::any_of(axes.getAsRange<SizeAttr>(),
                                   [&](SizeAttr one) { return one.number() == axis || one.number() == axis - rank; });
    };
    bool places = llvm::all_of(llvm::seq<int64_t>(2, rank), has);
    if (!places && !has(1))
      return;
  } else if (typeOf(op->getResult(0)).getRank() != rank) {
    return;
  }
  if (mapAxes() && turnOperands(rank))
    replace(drops);
}

/// An axis of one element may stand anywhere: what moves no other is a view.
static void viewUnits(TransposeOp turn) {
  SmallVector<Dim> dims = dimsOf(turn.getInput());
  SmallVector<int64_t> order = permutationOf(turn);
  llvm::erase_if(order, [&](int64_t axis) { return dims[axis] == Dim(1); });
  if (!llvm::is_sorted(order))
    return;
  OpBuilder builder(turn);
  turn.replaceAllUsesWith(Ops(builder, turn.getLoc()).reshape(turn.getInput(), dimsOf(turn.getResult())));
  turn.erase();
}

/// All ops of an entry point and of the loops in it, in their order.
static SmallVector<Operation *> opsOf(EntryOp entry) {
  SmallVector<Operation *> all;
  entry.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op != entry.getOperation())
      all.push_back(op);
  });
  return all;
}
void dlc::putChannelsLast(EntryOp entry, bool sink) {
  bool isAny = false;
  for (Operation *op : opsOf(entry))
    if (op->getAttr("channels_first"))
      ::putChannelsLast(op);
  if (!sink)
    return;
  for (Operation *op : opsOf(entry))
    if (auto turn = dyn_cast<TransposeOp>(op))
      isAny |= movesChannels(turn, /*toFirst=*/true);
  if (!isAny)
    return;
  for (Operation *op : opsOf(entry))
    Sinker(op).run();
  SmallVector<Operation *> all = opsOf(entry);
  for (Operation *op : llvm::reverse(all)) {
    auto turn = dyn_cast<TransposeOp>(op);
    if (turn && turn->use_empty())
      turn.erase();
    else if (turn && (movesChannels(turn, true) || movesChannels(turn, false)))
      viewUnits(turn);
  }
}
