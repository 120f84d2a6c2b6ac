// NNLayers.cpp - what each layer stands for: parameters and `dl` ops.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Windows.h"
#include "dialects/nn/NN.h"
#include <cmath>

using namespace mlir;
using namespace dlc;
using namespace dlc::nn;

#include "dialects/nn/NNDialect.cpp.inc"
#include "dialects/nn/NNInterfaces.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/nn/NNLayers.cpp.inc"

void NNDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/nn/NNLayers.cpp.inc"
      >();
}

InitAttr Expansion::init(StringRef kind, ArrayRef<double> values) const {
  OpBuilder &b = ops.builder;
  return InitAttr::get(
      b.getContext(), b.getStringAttr(kind),
      b.getArrayAttr(llvm::map_to_vector(values, [&](double value) -> Attribute { return b.getF64FloatAttr(value); })));
}
static int64_t width(Value value) { return typeOf(value).getShape().back(); }
static Type element(Value value) { return typeOf(value).getElementType(); }
/// The input of a layer of pictures, with the channels last.
template <typename Layer> static Value pictureOf(Expansion &e, Layer layer) {
  return channelsLast(e.ops, layer.getInput(), layer.getChannelsFirst());
}
/// Its result, with the channels where they are in its input.
template <typename Layer> static SmallVector<Value> resultOf(Expansion &e, Layer layer, Value picture) {
  return {channelsFirst(e.ops, picture, layer.getChannelsFirst())};
}

SmallVector<Value> nn::LinearOp::expand(Expansion &e) {
  int64_t in = width(getInput()), out = getFeatures().number();
  bool inOut = getWeight() == "in_out";
  Type type = element(getInput());
  // PyTorch's default, kaiming_uniform_(a = sqrt(5)), is uniform within 1 / sqrt(inputs); so is the bias's.
  double limit = 1 / std::sqrt((double)in);
  InitAttr uniform = e.init("uniform", {-limit, limit}), init = getInitAttr() ? getInitAttr() : uniform;
  Value weight = e.param("weight", inOut ? ArrayRef<int64_t>{in, out} : ArrayRef<int64_t>{out, in}, type, init);
  // One vector is a matrix of one row.
  bool vector = typeOf(getInput()).getRank() == 1;
  Value x = vector ? e.ops.unsqueeze(getInput(), 0) : getInput();
  Value y = e.ops.matmul(x, weight, false, !inOut);
  if (vector)
    y = e.ops.reshape(y, {Dim(out)});
  if (getBias().value_or(true))
    y = e.ops.add(y, e.param("bias", {out}, type, getInitAttr() ? e.init("zeros") : uniform));
  return {y};
}

/// Filters [first, second, kernel...]; PyTorch takes second * kernel as what an element is made of. `own`: the option that
/// not all convolutions have.
template <typename Function, typename Layer>
static SmallVector<Value> convolution(Expansion &e, Layer layer, Value x, int64_t first, int64_t second,
                                      std::pair<StringRef, Attribute> own) {
  SmallVector<int64_t> shape{first, second};
  int64_t elements = second;
  for (Dim dim : eachOf(layer.getKernelAttr(), typeOf(x).getRank() - 2, 1)) {
    shape.push_back(dim.value);
    elements *= dim.value;
  }
  Type type = element(x);
  double limit = 1 / std::sqrt((double)elements);
  InitAttr uniform = e.init("uniform", {-limit, limit}), init = layer.getInitAttr() ? layer.getInitAttr() : uniform;
  SmallVector<NamedAttribute> options;
  for (auto [name, value] : {std::pair<StringRef, Attribute>("stride", layer.getStrideAttr()),
                             {"padding", layer.getPaddingAttr()},
                             own,
                             {"dilation", layer.getDilationAttr()},
                             {"groups", layer.getGroupsAttr()}})
    if (value)
      options.push_back(e.ops.set(name, value));
  Value weight = e.param("weight", shape, type, init);
  Value y = e.ops.create<Function>({x, weight}, options).getResult();
  if (layer.getBias().value_or(true))
    y = e.ops.add(
        y, e.param("bias", {layer.getFeatures().number()}, type, layer.getInitAttr() ? e.init("zeros") : uniform));
  return resultOf(e, layer, y);
}
template <typename Layer> static int64_t groups(Layer layer) {
  return layer.getGroupsAttr() ? layer.getGroupsAttr().number() : 1;
}
#define CONVOLUTION(Op) \
  SmallVector<Value> nn::Op::expand(Expansion &e) { \
    Value x = pictureOf(e, *this); \
    return convolution<dlc::Op>(e, *this, x, getFeatures().number(), width(x) / groups(*this), \
                                {"padding_mode", getPaddingModeAttr()}); \
  }
#define TRANSPOSED(Op) \
  SmallVector<Value> nn::Op::expand(Expansion &e) { \
    Value x = pictureOf(e, *this); \
    return convolution<dlc::Op>(e, *this, x, width(x), getFeatures().number() / groups(*this), \
                                {"output_padding", getOutputPaddingAttr()}); \
  }
CONVOLUTION(Conv1dOp)
CONVOLUTION(Conv2dOp)
TRANSPOSED(Conv1dTransposeOp)
TRANSPOSED(Conv2dTransposeOp)

SmallVector<Value> nn::EmbeddingOp::expand(Expansion &e) {
  Type type = getTypeAttr() ? getTypeAttr().getValue() : e.ops.builder.getF32Type();
  Value table = e.param("weight", {getCount().number(), getFeatures().number()}, type,
                        getInitAttr() ? getInitAttr() : e.init("normal", {1.0}));
  return {e.ops.create<GatherOp>({table, getInput()}).getResult()};
}

SmallVector<Value> nn::PreluOp::expand(Expansion &e) {
  int64_t count = getNumParametersAttr() ? getNumParametersAttr().number() : 1;
  Value weight =
      e.param("weight", {count}, element(getInput()), getInitAttr() ? getInitAttr() : e.init("constant", {0.25}));
  return resultOf(e, *this, e.ops.create<dlc::PreluOp>({pictureOf(e, *this), weight}).getResult());
}

/// One parameter for each channel.
static Value channels(Expansion &e, StringRef name, Value input, StringRef init) {
  return e.param(name, {width(input)}, element(input), e.init(init));
}
static SmallVector<NamedAttribute, 2> epsilon(Expansion &e, FloatAttr value) {
  return value ? SmallVector<NamedAttribute, 2>{e.ops.set("epsilon", value)} : SmallVector<NamedAttribute, 2>();
}
SmallVector<Value> nn::LayerNormOp::expand(Expansion &e) {
  Value x = getInput(), weight = channels(e, "weight", x, "ones"), bias = channels(e, "bias", x, "zeros");
  return {e.ops.create<dlc::LayerNormOp>({x, weight, bias}, epsilon(e, getEpsilonAttr())).getResult()};
}
SmallVector<Value> nn::RmsNormOp::expand(Expansion &e) {
  Value weight = channels(e, "weight", getInput(), "ones");
  return {e.ops.create<dlc::RmsNormOp>({getInput(), weight}, epsilon(e, getEpsilonAttr())).getResult()};
}
SmallVector<Value> nn::GroupNormOp::expand(Expansion &e) {
  Value x = pictureOf(e, *this), weight = channels(e, "weight", x, "ones"), bias = channels(e, "bias", x, "zeros");
  SmallVector<NamedAttribute, 2> options = epsilon(e, getEpsilonAttr());
  options.push_back(e.ops.set("groups", getGroups()));
  return resultOf(e, *this, e.ops.create<dlc::GroupNormOp>({x, weight, bias}, options).getResult());
}
SmallVector<Value> nn::InstanceNormOp::expand(Expansion &e) {
  Value x = pictureOf(e, *this);
  Value y = e.ops.create<dlc::InstanceNormOp>({x}, epsilon(e, getEpsilonAttr())).getResult();
  if (getAffine())
    y = e.ops.add(e.ops.mul(y, channels(e, "weight", x, "ones")), channels(e, "bias", x, "zeros"));
  return resultOf(e, *this, y);
}

/// In inference: by what training remembers.
static Value scaledByStates(Expansion &e, Value x, Value mean, Value variance, double epsilon) {
  Value scale = e.ops.unary("rsqrt", e.ops.add(variance, epsilon));
  return e.ops.mul(e.ops.sub(x, mean), scale);
}
SmallVector<Value> nn::CacheOp::expand(Expansion &e) {
  if (!e.inSession)
    return {getInput()};
  SmallVector<Dim> dims = dimsOf(getInput());
  int64_t axis = getAxisAttr() ? getAxisAttr().number() : 1;
  axis = axis < 0 ? axis + (int64_t)dims.size() : axis;
  dims[axis] = getContext().evaluate();
  Value before = e.sessionState("cache", makeTensor(dims, element(getInput())), e.init("zeros"));
  Value after = e.ops.create<WriteOp>({before, getInput(), getAt()}, {e.ops.size("axis", axis)}).getResult();
  e.update("cache", after);
  return {after};
}
SmallVector<Value> nn::BatchNormOp::expand(Expansion &e) {
  Value x = pictureOf(e, *this);
  int64_t size = width(x);
  Type type = element(x), i64 = e.ops.builder.getI64Type();
  double epsilon = getEpsilonAttr() ? getEpsilonAttr().getValueAsDouble() : 1e-5,
         momentum = getMomentumAttr() ? getMomentumAttr().getValueAsDouble() : 0.1;
  Value mean = e.state("running_mean", {size}, type, e.init("zeros")),
        variance = e.state("running_var", {size}, type, e.init("ones")),
        count = e.state("num_batches_tracked", {}, i64, e.init("zeros"));
  Value y;
  if (e.training) {
    SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, typeOf(x).getRank() - 1));
    auto normal =
        e.ops.create<NormalizeOp>({x}, {e.ops.sizes("axes", ArrayRef<int64_t>(axes)), e.ops.real("epsilon", epsilon)});
    y = normal.getResult();
    Value n = e.ops.count(x, axes), square = e.ops.mul(normal.getScale(), normal.getScale());
    Value own = e.ops.reshape(e.ops.sub(e.ops.div(1.0, square), epsilon), {Dim(size)});
    Value unbiased = e.ops.mul(own, e.ops.div(n, e.ops.binary("max", e.ops.sub(n, 1.0), e.ops.number(1, n))));
    auto goOn = [&](Value state, Value now) {
      return e.ops.add(e.ops.mul(state, 1 - momentum), e.ops.mul(now, momentum));
    };
    e.update("running_mean", goOn(mean, e.ops.reduce("mean", x, axes)));
    e.update("running_var", goOn(variance, unbiased));
    e.update("num_batches_tracked", e.ops.add(count, e.ops.number(1, count)));
  } else {
    y = scaledByStates(e, x, mean, variance, epsilon);
  }
  Value weight = e.param("weight", {size}, type, e.init("ones")), bias = e.param("bias", {size}, type, e.init("zeros"));
  return resultOf(e, *this, e.ops.add(e.ops.mul(y, weight), bias));
}
