// Evaluate.cpp - runs an entry point op by op.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/evaluate/Evaluate.h"

using namespace mlir;
using namespace dlc;

std::vector<int64_t> dlc::shapeOf(Value value, const Extents &extents) {
  std::vector<int64_t> shape;
  for (Dim dim : dimsOf(value))
    shape.push_back(dim.at(extents));
  return shape;
}
int64_t dlc::offsetIn(ArrayRef<int64_t> shape, ArrayRef<int64_t> at) {
  int64_t offset = 0;
  at = at.take_back(shape.size());
  for (auto [size, index] : llvm::zip(shape, at))
    offset = offset * size + (size == 1 ? 0 : index);
  return offset;
}
LogicalResult dlc::checkRange(Operation *op, int64_t place, int64_t index, int64_t limit) {
  if (index >= 0 && index < limit)
    return success();
  return complain(op) << op->getName().stripDialect() << ": index " << index << " at place " << place
                      << " is out of range; expected 0 to " << limit - 1;
}
int64_t dlc::numberOf(SizeAttr size, int64_t otherwise, const Extents &extents) {
  return size ? size.evaluate().at(extents) : otherwise;
}
int64_t dlc::axisOf(SizeAttr axis, int64_t otherwise, size_t rank) {
  int64_t i = axis ? axis.number() : otherwise;
  return i < 0 ? i + (int64_t)rank : i;
}

Array dlc::zerosFor(Value value, const Extents &extents) {
  return Array::make(dtypeOf(typeOf(value).getElementType()), shapeOf(value, extents));
}

/// The tensor with an axis moved to another place.
static Array moved(const Array &in, size_t from, size_t to) {
  auto move = [&](auto indices) {
    auto one = indices[from];
    indices.erase(indices.begin() + from);
    indices.insert(indices.begin() + to, one);
    return indices;
  };
  Array out = Array::make(in.type, move(in.shape));
  Odometer at(in.shape);
  for (int64_t i = 0, n = in.size(); i < n; ++i, at.next()) {
    int64_t there = offsetIn(out.shape, move(SmallVector<int64_t>(*at)));
    if (in.isFloat())
      out.reals[there] = in.reals[i];
    else
      out.integers[there] = in.integers[i];
  }
  return out;
}
Array dlc::channelsLast(const Array &in) { return moved(in, 1, in.shape.size() - 1); }
Array dlc::channelsFirst(const Array &in) { return moved(in, in.shape.size() - 1, 1); }

static LogicalResult evaluateChannelsLast(Operation &op, Operands in, MutableArrayRef<Array> out,
                                          const Extents &extents) {
  if (Evaluated done = evaluateElementwise(&op, in, out))
    return *done;
  if (Evaluated done = evaluateStructure(&op, in, out, extents))
    return *done;
  if (Evaluated done = evaluateOrder(&op, in, out))
    return *done;
  if (Evaluated done = evaluateResample(&op, in, out))
    return *done;
  if (Evaluated done = evaluateNetwork(&op, in, out, extents))
    return *done;
  return complain(&op) << "'" << op.getName()
                       << "' cannot be evaluated; expected plain ops, as from level `autodiff` on";
}

LogicalResult dlc::evaluateOp(Operation &op, Operands in, MutableArrayRef<Array> out, const Extents &extents) {
  if (!op.getAttr("channels_first"))
    return evaluateChannelsLast(op, in, out, extents);
  Array input = channelsLast(*in[0]), result = channelsLast(out[0]);
  SmallVector<const Array *> operands(in);
  operands[0] = &input;
  LogicalResult done = evaluateChannelsLast(op, operands, result, extents);
  out[0] = channelsFirst(result);
  return done;
}

namespace {
/// Values of the blocks around an op: those that its own block does not know.
struct Environment {
  DenseMap<Value, Array> values;
  const Environment *outer = nullptr;

  const Array *find(Value value) const {
    auto it = values.find(value);
    return it != values.end() ? &it->second : outer ? outer->find(value) : nullptr;
  }
};
} // namespace

/// Runs the ops of a block on the values in `known`; leaves there what its terminator reads.
static LogicalResult evaluateBlock(Block &block, Environment &known, const Extents &extents, const Observer &observer) {
  // A value is let go after its last reader.
  DenseMap<Value, Operation *> last;
  for (Operation &op : block)
    for (Value operand : readBy(&op))
      last[operand] = &op;
  for (Operation &op : block.without_terminator()) {
    std::vector<Array> out;
    for (Value result : op.getResults())
      out.push_back(zerosFor(result, extents));
    SmallVector<Value> read = readBy(&op);
    auto in = llvm::map_to_vector(read, [&](Value value) { return known.find(value); });
    if (auto scan = dyn_cast<ScanOp>(op);
        scan ? failed(evaluateScan(scan, in, out, extents, observer)) : failed(evaluateOp(op, in, out, extents)))
      return failure();
    if (observer)
      for (auto [result, array] : llvm::zip(op.getResults(), out))
        observer(result, in, array);
    for (Value operand : read)
      if (last.lookup(operand) == &op)
        known.values.erase(operand);
    for (auto [result, array] : llvm::zip(op.getResults(), out))
      known.values[result] = std::move(array);
  }
  return success();
}

/// Element `from` on of one, to element `to` on of another.
static void copyElements(const Array &one, int64_t from, Array &other, int64_t to, int64_t count) {
  if (one.isFloat())
    std::copy_n(one.reals.begin() + from, count, other.reals.begin() + to);
  else
    std::copy_n(one.integers.begin() + from, count, other.integers.begin() + to);
}

/// The body, round by round. `in`: the operands, then what is captured.
LogicalResult dlc::evaluateScan(ScanOp scan, Operands in, MutableArrayRef<Array> out, const Extents &extents,
                                const Observer &observer) {
  Block &body = scan.getBody().front();
  Environment captured;
  for (auto [value, array] : llvm::zip(scan.getCaptured(), in.drop_front(scan.getNumOperands())))
    captured.values[value] = *array;
  scan.getBody().walk([&](Operation *op) { // constants from outside are not among them
    for (Value operand : op->getOperands())
      if (auto constant = operand.getDefiningOp<ConstantOp>(); constant && !captured.values.contains(operand)) {
        Array array = zerosFor(operand, extents);
        (void)evaluateOp(*constant, {}, array, extents);
        captured.values[operand] = std::move(array);
      }
  });
  size_t scanned = scan.getScanned().size(), stacked = scan.getStackedResults().size();
  std::vector<Array> carried;
  for (const Array *one : in.slice(scanned, scan.getInitial().size()))
    carried.push_back(*one);
  int64_t rounds = scan.getRounds().at(extents);
  for (int64_t i = 0; i < rounds; ++i) {
    int64_t at = scan.getReverse() ? rounds - 1 - i : i;
    Environment own;
    own.outer = &captured;
    for (auto [argument, whole] : llvm::zip(scan.getScannedArguments(), in)) {
      Array slice = zerosFor(argument, extents);
      copyElements(*whole, at * slice.size(), slice, 0, slice.size());
      own.values[argument] = std::move(slice);
    }
    for (auto [argument, array] : llvm::zip(scan.getCarriedArguments(), carried))
      own.values[argument] = array;
    if (failed(evaluateBlock(body, own, extents, observer)))
      return failure();
    for (auto [value, whole] : llvm::zip(scan.getYield().getStacked(), out)) {
      const Array &one = *own.find(value);
      copyElements(one, 0, whole, at * one.size(), one.size());
    }
    for (auto [value, array] : llvm::zip(scan.getYield().getCarried(), carried))
      array = *own.find(value);
  }
  std::move(carried.begin(), carried.end(), out.begin() + stacked);
  return success();
}

FailureOr<std::vector<Array>> dlc::evaluate(EntryOp entry, ArrayRef<Array> arguments, const Extents &extents,
                                            const Observer &observer) {
  Block &block = entry.getBody().front();
  Environment known;
  for (auto [argument, array] : llvm::zip(block.getArguments(), arguments))
    known.values[argument] = array;
  if (failed(evaluateBlock(block, known, extents, observer)))
    return failure();
  std::vector<Array> results;
  for (Value value : block.getTerminator()->getOperands())
    results.push_back(*known.find(value));
  return results;
}
