// Buffers.cpp - how tensors lie in memory and in registers.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/loops/Buffers.h"

using namespace mlir;
using namespace dlc;

Type dlc::memoryType(Type element) {
  if (element.isInteger(1) || element.isUnsignedInteger(8))
    return IntegerType::get(element.getContext(), 8);
  return element;
}
Type dlc::registerType(Type element) {
  return element.isUnsignedInteger(8) ? IntegerType::get(element.getContext(), 8) : element;
}
MemRefType dlc::bufferType(RankedTensorType type, const Extents &capacity) {
  int64_t elements = elementsOf(type).at(capacity);
  if (isPlaced(type) && elements) { // from the first element to the last
    elements = 1;
    for (auto [dim, stride] : llvm::zip(dimsOf(type), stridesOf(type)))
      elements += (dim.at(capacity) - 1) * stride.at(capacity);
  }
  return MemRefType::get({elements}, memoryType(type.getElementType()));
}
int64_t dlc::bytesOf(MemRefType buffer) { return buffer.getNumElements() * buffer.getElementTypeBitWidth() / 8; }
bool dlc::isNumber(RankedTensorType type) {
  return llvm::all_of(dimsOf(type), [](Dim dim) { return dim == Dim(1); });
}
