// Builder.cpp - builds `dl` ops the way a formula is written.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/DL.h"

using namespace mlir;
using namespace dlc;

SmallVector<Dim> dlc::dimsOf(Value value) { return dimsOf(typeOf(value)); }

static ArrayAttr sizeArray(MLIRContext *context, ArrayRef<Dim> dims) {
  return ArrayAttr::get(context,
                        llvm::map_to_vector(dims, [&](Dim dim) -> Attribute { return SizeAttr::get(context, dim); }));
}
NamedAttribute Ops::sizes(StringRef name, ArrayRef<int64_t> values) const {
  return sizes(name, SmallVector<Dim>(values.begin(), values.end()));
}
NamedAttribute Ops::sizes(StringRef name, ArrayRef<Dim> values) const {
  return set(name, sizeArray(builder.getContext(), values));
}

static Value createNamed(const Ops &ops, StringRef name, ValueRange operands) {
  OperationState state(ops.loc, ("dl." + name).str());
  state.addOperands(operands);
  return createInferred(ops.builder, state)->getResult(0);
}
Value Ops::unary(StringRef name, Value x) const { return createNamed(*this, name, x); }
Value Ops::binary(StringRef name, Value a, Value b) const { return createNamed(*this, name, {a, b}); }
Value Ops::where(Value condition, Value a, Value b) const { return createNamed(*this, "where", {condition, a, b}); }
Value Ops::cast(Value x, Type elementType) const {
  if (cast_or_null<TensorType>(x.getType()).getElementType() == elementType)
    return x;
  return create<CastOp>({x}, {set("type", TypeAttr::get(elementType))}).getResult();
}

Value Ops::splat(Attribute number, RankedTensorType type) const {
  bool isWhole = isa<IntegerType>(type.getElementType());
  Attribute value =
      isWhole ? Attribute(builder.getI64IntegerAttr(*wholeOf(number))) : builder.getF64FloatAttr(realOf(number));
  return ConstantOp::create(builder, loc, type, ShapeAttr::get(type), value);
}
Value Ops::values(ArrayRef<double> numbers, RankedTensorType type) const {
  return ConstantOp::create(builder, loc, type, ShapeAttr::get(type), builder.getDenseF64ArrayAttr(numbers));
}

Value Ops::reduce(StringRef name, Value x, ArrayRef<int64_t> axes, bool keepdim) const {
  OperationState state(loc, ("dl." + name).str());
  state.addOperands(x);
  state.addAttributes({sizes("axes", axes)});
  if (keepdim)
    state.addAttributes({flag("keepdim")});
  return createInferred(builder, state)->getResult(0);
}
Value Ops::count(Value like, ArrayRef<int64_t> axes, Type type) const {
  type = type ? type : typeOf(like).getElementType();
  return create<CountOp>({like}, {set("type", TypeAttr::get(type)), sizes("axes", axes)}).getResult();
}
Value Ops::reshape(Value x, ArrayRef<Dim> dims) const {
  if (dimsOf(x) == SmallVector<Dim>(dims))
    return x;
  return create<ReshapeOp>({x}, {sizes("shape", dims)}).getResult();
}
Value Ops::transpose(Value x, ArrayRef<int64_t> permutation) const {
  return create<TransposeOp>({x}, {sizes("permutation", permutation)}).getResult();
}
Value Ops::broadcast(Value x, ArrayRef<Dim> dims) const {
  if (dimsOf(x) == SmallVector<Dim>(dims))
    return x;
  return create<BroadcastOp>({x}, {sizes("shape", dims)}).getResult();
}
Value Ops::slice(Value x, int64_t axis, Dim start, Dim size_) const {
  return create<SliceOp>({x}, {size("axis", axis), set("start", SizeAttr::get(builder.getContext(), start)),
                               set("size", SizeAttr::get(builder.getContext(), size_))})
      .getResult();
}
Value Ops::matmul(Value a, Value b, bool transposeA, bool transposeB) const {
  SmallVector<NamedAttribute, 2> flags;
  if (transposeA)
    flags.push_back(flag("transpose_a"));
  if (transposeB)
    flags.push_back(flag("transpose_b"));
  return create<MatmulOp>({a, b}, flags).getResult();
}
Value Ops::iota(Value like, int64_t axis) const {
  SmallVector<NamedAttribute, 2> options{size("axis", axis)};
  if (!holds(builder.getI32Type(), dimsOf(like)[axis].at(Extents(largestBatch))))
    options.push_back(set("type", TypeAttr::get(builder.getI64Type())));
  return create<IotaOp>({like}, options).getResult();
}
Value Ops::unsqueeze(Value x, int64_t axis) const {
  SmallVector<Dim> dims = dimsOf(x);
  dims.insert(dims.begin() + axis, Dim(1));
  return reshape(x, dims);
}
Value Ops::sumTo(Value x, RankedTensorType type) const {
  SmallVector<Dim> from = dimsOf(x), to = dimsOf(type);
  SmallVector<int64_t> axes;
  size_t missing = from.size() - to.size();
  for (size_t i = 0; i < from.size(); ++i)
    if (i < missing || from[i] != to[i - missing])
      axes.push_back(i);
  if (!axes.empty())
    x = sum(x, axes);
  return reshape(x, to);
}
