// Evaluate.cpp - runs an entry point op by op.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/evaluate/Evaluate.h"

using namespace mlir;
using namespace dlc;

std::vector<int64_t> dlc::shapeOf(Value value, int64_t batch) {
  std::vector<int64_t> shape;
  for (Dim dim : dimsOf(value))
    shape.push_back(dim.at(batch));
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
int64_t dlc::numberOf(SizeAttr size, int64_t otherwise, int64_t batch) {
  return size ? size.evaluate().at(batch) : otherwise;
}
int64_t dlc::axisOf(SizeAttr axis, int64_t otherwise, size_t rank) {
  int64_t i = axis ? axis.number() : otherwise;
  return i < 0 ? i + (int64_t)rank : i;
}

Array dlc::zerosFor(Value value, int64_t batch) {
  return Array::make(dtypeOf(typeOf(value).getElementType()), shapeOf(value, batch));
}

LogicalResult dlc::evaluateOp(Operation &op, Operands in, MutableArrayRef<Array> out, int64_t batch) {
  if (Evaluated done = evaluateElementwise(&op, in, out))
    return *done;
  if (Evaluated done = evaluateStructure(&op, in, out, batch))
    return *done;
  if (Evaluated done = evaluateNetwork(&op, in, out, batch))
    return *done;
  return complain(&op) << "'" << op.getName()
                       << "' cannot be evaluated; expected plain ops, as from level `autodiff` on";
}

FailureOr<std::vector<Array>> dlc::evaluate(EntryOp entry, ArrayRef<Array> arguments, int64_t batch,
                                            const Observer &observer) {
  Block &block = entry.getBody().front();
  DenseMap<Value, Array> values;
  for (auto [argument, array] : llvm::zip(block.getArguments(), arguments))
    values[argument] = array;
  // A value is let go after its last reader.
  DenseMap<Value, Operation *> last;
  for (Operation &op : block)
    for (Value operand : op.getOperands())
      last[operand] = &op;
  for (Operation &op : block.without_terminator()) {
    std::vector<Array> out;
    for (Value result : op.getResults())
      out.push_back(zerosFor(result, batch));
    auto in = llvm::map_to_vector(op.getOperands(), [&](Value value) { return (const Array *)&values[value]; });
    if (failed(evaluateOp(op, in, out, batch)))
      return failure();
    if (observer)
      for (auto [result, array] : llvm::zip(op.getResults(), out))
        observer(result, in, array);
    for (Value operand : op.getOperands())
      if (last.lookup(operand) == &op)
        values.erase(operand);
    for (auto [result, array] : llvm::zip(op.getResults(), out))
      values[result] = std::move(array);
  }
  std::vector<Array> results;
  for (Value value : block.getTerminator()->getOperands())
    results.push_back(values[value]);
  return results;
}
