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
static SmallVector<int64_t> shapeAt(RankedTensorType type, int64_t batch) {
  return llvm::map_to_vector(dimsOf(type), [&](Dim dim) { return dim.at(batch); });
}
MemRefType dlc::bufferType(RankedTensorType type, int64_t batch) {
  int64_t count = 1;
  for (int64_t size : shapeAt(type, batch))
    count *= size;
  return MemRefType::get({count}, memoryType(type.getElementType()));
}
SmallVector<int64_t> dlc::stridesOf(RankedTensorType type, int64_t batch) {
  SmallVector<int64_t> shape = shapeAt(type, batch), strides(shape.size());
  int64_t stride = 1;
  for (int i = (int)shape.size() - 1; i >= 0; --i) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}
int64_t dlc::bytesOf(MemRefType buffer) { return buffer.getNumElements() * buffer.getElementTypeBitWidth() / 8; }
bool dlc::isNumber(RankedTensorType type) {
  return llvm::all_of(dimsOf(type), [](Dim dim) { return dim == Dim(1); });
}
