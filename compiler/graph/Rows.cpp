// Rows.cpp - whether a row of the outputs depends on that row of the inputs alone.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph/Rows.h"

using namespace mlir;
using namespace dlc;

static bool depends(Value value) {
  return llvm::any_of(dimsOf(value), [](Dim dim) { return dim.hasRows(); });
}
static bool hasOneRowAxis(Value value) {
  return llvm::count_if(dimsOf(value), [](Dim dim) { return dim.hasRows(); }) <= 1;
}
/// The axis that is the batch, of a value that has one at most; -1 if it has none. Time may come first.
static int64_t rowAxis(Value value) {
  SmallVector<Dim> dims = dimsOf(value);
  auto batch = llvm::find_if(dims, [](Dim dim) { return dim.hasRows(); });
  return batch == dims.end() ? -1 : batch - dims.begin();
}
/// The batch is the first axis, and no other.
static bool isLeading(Value value) { return hasOneRowAxis(value) && rowAxis(value) <= 0; }

/// A table for each row, of which the same row of the result is made.
static bool isOwnTable(Operation *op, Value operand) {
  auto lookup = dyn_cast<GatherOp>(op);
  return lookup && tableAxes(lookup) && operand == lookup.getTable() && rowAxis(operand) == 0 &&
         rowAxis(lookup.getResult()) == 0;
}
/// What an op reads and writes at each point, as its access maps and its iteration sizes tell: the rows of the result
/// are made of the same rows of the operands, whatever the op computes.
static bool staysInItsRow(FusibleOpInterface op) {
  SmallVector<Dim> sizes = op.getIterationSizes();
  SmallVector<AffineMap> maps = op.getAccessMaps();
  std::optional<unsigned> row; // the dimension that is the batch
  for (auto [i, size] : llvm::enumerate(sizes)) {
    if (size.hasRows() && row)
      return false; // each row meets each other
    if (size.hasRows())
      row = i;
  }
  // What depends on the batch is touched at the point's own row, along that axis; nothing else knows the row.
  auto isTouchedAtRow = [&](Value value, AffineMap map) {
    if (map.getNumSymbols()) // a place that depends on the batch
      return false;
    for (auto [axis, at] : llvm::enumerate(map.getResults())) {
      bool isRow = (int64_t)axis == rowAxis(value);
      if (isRow && !(row && at == getAffineDimExpr(*row, op.getContext()) && dimsOf(value)[axis] == sizes[*row]))
        return false;
      if (!isRow && row && at.isFunctionOfDim(*row))
        return false;
    }
    return true;
  };
  for (auto [operand, map] : llvm::zip(op->getOperands(), maps)) {
    if (map && !isTouchedAtRow(operand, map))
      return false;
    if (!map && depends(operand) && !operand.getDefiningOp<ConstantOp>() && !isOwnTable(op, operand)) // read anywhere
      return false;
  }
  for (auto [result, map] : llvm::zip(op->getResults(), ArrayRef<AffineMap>(maps).take_back(op->getNumResults())))
    if ((row && !depends(result)) || !isTouchedAtRow(result, map)) // summed over the batch, for one
      return false;
  return true;
}

namespace {
/// The proof for one entry point. An op that nothing is known of depends on all rows.
struct RowProof {
  Value random; ///< seed, step, and the number of the call's first row

  bool holds(Operation *op);
  bool holdsForGenerator(Operation *op);
  bool holdsForMover(Operation *op);
  bool holdsForLoop(RepeatOp op);
};
} // namespace

static bool countsBatch(Value like, ArrayAttr axes) {
  SmallVector<Dim> dims = dimsOf(like);
  if (!axes)
    return depends(like);
  return llvm::any_of(axes.getAsRange<SizeAttr>(), [&](SizeAttr axis) {
    return dims[axis.number() < 0 ? axis.number() + dims.size() : axis.number()].hasRows();
  });
}
/// A generator knows where it stands, or how many rows there are.
bool RowProof::holdsForGenerator(Operation *op) {
  if (isa<ConstantOp>(op)) // one number
    return true;
  if (auto count = dyn_cast<CountOp>(op)) // a piece has fewer rows than the whole
    return !countsBatch(count.getLike(), count.getAxesAttr());
  if (auto iota = dyn_cast<IotaOp>(op)) // a row has another number in a piece
    return iota.getAlong() != rowAxis(iota.getLike());
  if (auto draws =
          dyn_cast<RandomOpInterface>(op)) // counts from the first row of the whole call, as the runtime tells it
    return draws.getRandom() == random && isLeading(op->getResult(0));
  return false;
}
/// What moves whole tensors, and has no access maps.
bool RowProof::holdsForMover(Operation *op) {
  // The elements of a row lie in one piece, before and after; or in pieces that are as many and as far apart.
  if (isa<ReshapeOp>(op)) {
    SmallVector<Dim> in = dimsOf(op->getOperand(0)), out = dimsOf(op->getResult(0));
    auto piecesOf = [](ArrayRef<Dim> dims) {
      Dim count = 1;
      for (Dim dim : dims)
        count = count * dim;
      return count;
    };
    int64_t from = rowAxis(op->getOperand(0)), to = rowAxis(op->getResult(0));
    bool isInPieces = from > 0 || to > 0;
    return from >= 0 && to >= 0 &&
           (!isInPieces ||
            (in[from] == out[to] && piecesOf(ArrayRef(in).take_front(from)) == piecesOf(ArrayRef(out).take_front(to))));
  }
  if (auto scatter = dyn_cast<ScatterAddOp>(op)) // a row adds up in a table of its own
    return tableAxes(scatter) && rowAxis(scatter.getIndex()) == 0;
  if (isa<PadOp>(op)) // an axis of the batch is not padded
    return true;
  if (isa<CheckIndexOp>(op)) // each element for itself; the runtime counts the row of a bad one from the first of all
    return true;
  if (auto lines = dyn_cast<AlongAxisOpInterface>(op))
    return lines.getAlong() != rowAxis(op->getOperand(0));
  return isa<ReturnOp>(op);
}
/// Each round keeps rows apart; its slices are not along the batch.
bool RowProof::holdsForLoop(RepeatOp op) {
  auto body = SymbolTable::lookupNearestSymbolFrom<EntryOp>(op, op.getCalleeAttr());
  RowProof proof{nullptr}; // what is random is drawn before the loop
  Block &block = body.getBody().front();
  auto isRandom = [&](Value given) { return random && given == random; };
  return llvm::none_of(op.getArgs(), isRandom) && llvm::all_of(block.getArguments(), hasOneRowAxis) &&
         llvm::all_of(block, [&](Operation &line) { return proof.holds(&line); });
}
bool RowProof::holds(Operation *op) {
  if (random && llvm::is_contained(op->getOperands(), random) && !isa<RandomOpInterface>(op))
    return false; // the first row is another one in each piece
  auto values = llvm::concat<Value>(op->getOperands(), llvm::to_vector_of<Value>(op->getResults()));
  if (llvm::none_of(values, depends))
    return true; // the same in each piece
  if (!llvm::all_of(values, hasOneRowAxis))
    return false;
  if (auto loop = dyn_cast<RepeatOp>(op))
    return holdsForLoop(loop);
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  if (!fusible)
    return holdsForMover(op);
  if (!staysInItsRow(fusible))
    return false;
  return !op->hasTrait<Generator>() || holdsForGenerator(op);
}

bool dlc::hasBatch(EntryOp entry) {
  return llvm::any_of(entry.getBody().getArguments(), depends) ||
         llvm::any_of(entry.getBody().front().getTerminator()->getOperands(), depends);
}
bool dlc::keepsRows(Operation *op, Value random) { return RowProof{random}.holds(op); }
Value dlc::randomOf(EntryOp entry) {
  for (auto [argument, attributes] :
       llvm::zip(entry.getBody().getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>()))
    if (attributes.contains("random"))
      return argument;
  return nullptr;
}
bool dlc::lieInRows(Value value) { return isLeading(value); }
bool dlc::inputsLieInRows(EntryOp entry) { return llvm::all_of(entry.getBody().getArguments(), isLeading); }
bool dlc::rowsAreIndependent(EntryOp entry) {
  Block &block = entry.getBody().front();
  if (!hasBatch(entry) || entry.getKind() != "function" || !inputsLieInRows(entry))
    return false;
  RowProof proof{randomOf(entry)};
  for (Value value : block.getTerminator()->getOperands())
    if (!depends(value) || !isLeading(value))
      return false;
  return llvm::all_of(block, [&](Operation &op) { return proof.holds(&op); });
}
