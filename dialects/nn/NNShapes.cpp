// NNShapes.cpp - the shape rules of layers.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/ShapeRules.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using llvm::Twine;

namespace dlc {
static void lastAxis(Value input, Dim size, Shapes s, const char *what) {
  if (!s.hasAxis(input, what) || !s.floats(input, what))
    return;
  SmallVector<Dim> dims = s.dims(input);
  dims.back() = size;
  s.set(dims, s.element(input));
}
static void shape(nn::LinearOp::Adaptor op, Shapes s) {
  if (StringAttr order = op.getWeightAttr(); order && order != "in_out" && order != "out_in")
    s.rule.fail("linear: weight is in_out or out_in, found " + order.getValue());
  lastAxis(op.getInput(), op.getFeatures().evaluate(), s, "linear");
}
/// The filters are those of the layer: what is wrong with groups and windows, the op says of them.
template <typename Layer, typename Windowed>
static void layer(typename Layer::Adaptor op, int64_t axes, const char *what, Shapes s, Windowed windowed) {
  if (!s.isPicture(op.getInput(), axes, what) || !s.fixed(op.getGroupsAttr(), "groups"))
    return;
  SmallVector<Dim> kernel = eachOf(op.getKernelAttr(), axes, 1);
  if (!op.getKernelAttr() || kernel.empty())
    return s.rule.fail(Twine(what) + ": expected `kernel = ` with a number, or one for each of " + Twine(axes) +
                       (axes == 1 ? " axis" : " axes"));
  int64_t groups = number(op.getGroupsAttr(), 1);
  Dim channels = s.picture(op.getInput()).back(), features = op.getFeatures().evaluate();
  if (features.isOpen() || (features.isNumber() && features.value < 1))
    return s.rule.fail(Twine(what) + ": features: expected a number of at least 1, found " + show(features));
  if (groups < 1 && !ShapedType::isDynamic(groups))
    return s.rule.fail(Twine(what) + ": groups: expected a number of at least 1, found " + Twine(groups));
  for (Dim dim : {channels, features})
    if (dim.isNumber() && !ShapedType::isDynamic(groups) && dim.value % groups)
      return s.rule.fail(Twine(what) + ": " + show(channels) + " channels and " + show(features) +
                         " features cannot be parted into " + Twine(groups) + " groups");
  WindowOptions options{op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr()};
  if constexpr (requires { op.getPaddingModeAttr(); })
    options.mode = op.getPaddingModeAttr();
  auto dims = windowed(kernel, options);
  if (!dims)
    return;
  dims->back() = features;
  s.setPicture(*dims, s.element(op.getInput()));
}
template <typename Layer>
static void convolution(typename Layer::Adaptor op, int64_t axes, const char *what, Shapes s) {
  layer<Layer>(op, axes, what, s, [&](ArrayRef<Dim> kernel, const WindowOptions &options) {
    return s.windowed(op.getInput(), kernel, options, what);
  });
}
template <typename Layer> static void transposed(typename Layer::Adaptor op, int64_t axes, const char *what, Shapes s) {
  layer<Layer>(op, axes, what, s, [&](ArrayRef<Dim> kernel, const WindowOptions &options) {
    return s.transposed(op.getInput(), kernel, options, op.getOutputPaddingAttr(), what);
  });
}
static void shape(nn::Conv1dOp::Adaptor op, Shapes s) { convolution<nn::Conv1dOp>(op, 1, "conv1d", s); }
static void shape(nn::Conv2dOp::Adaptor op, Shapes s) { convolution<nn::Conv2dOp>(op, 2, "conv2d", s); }
static void shape(nn::Conv1dTransposeOp::Adaptor op, Shapes s) {
  transposed<nn::Conv1dTransposeOp>(op, 1, "conv1d_transpose", s);
}
static void shape(nn::Conv2dTransposeOp::Adaptor op, Shapes s) {
  transposed<nn::Conv2dTransposeOp>(op, 2, "conv2d_transpose", s);
}
static void shape(nn::EmbeddingOp::Adaptor op, Shapes s) {
  if (!s.integers(op.getInput(), "embedding"))
    return;
  Type element = op.getTypeAttr() ? op.getTypeAttr().getValue() : Float32Type::get(op.getInput().getContext());
  if (!isFloat(element))
    return s.rule.fail("embedding: type must be f32 or f64, found " + show(element));
  SmallVector<Dim> dims = s.dims(op.getInput());
  dims.push_back(op.getFeatures().evaluate());
  s.set(dims, element);
}
static void shape(nn::LayerNormOp::Adaptor op, Shapes s) {
  if (s.hasAxis(op.getInput(), "layer_norm") && s.isEpsilon(op.getEpsilonAttr(), op.getInput(), "layer_norm"))
    sameFloats<nn::LayerNormOp>(op, s);
}
static void shape(nn::RmsNormOp::Adaptor op, Shapes s) {
  if (s.hasAxis(op.getInput(), "rms_norm") && s.isEpsilon(op.getEpsilonAttr(), op.getInput(), "rms_norm"))
    sameFloats<nn::RmsNormOp>(op, s);
}
static void shape(nn::GroupNormOp::Adaptor op, Shapes s) {
  if (s.hasChannels(op.getInput(), 0, "group_norm", /*openBetween=*/true) &&
      s.areParted(op.getInput(), op.getGroups(), "group_norm") &&
      s.isEpsilon(op.getEpsilonAttr(), op.getInput(), "group_norm"))
    same<nn::GroupNormOp>(op, s);
}
static void shape(nn::InstanceNormOp::Adaptor op, Shapes s) {
  if (s.hasChannels(op.getInput(), 1, "instance_norm", /*openBetween=*/true) &&
      s.isEpsilon(op.getEpsilonAttr(), op.getInput(), "instance_norm"))
    same<nn::InstanceNormOp>(op, s);
}
static void shape(nn::PreluOp::Adaptor op, Shapes s) {
  if (!s.hasAxis(op.getInput(), "prelu") || !s.fixed(op.getNumParametersAttr(), "prelu: num_parameters") ||
      !s.isLaidOut(op.getInput(), "prelu"))
    return;
  Dim count = number(op.getNumParametersAttr(), 1), channels = s.picture(op.getInput()).back();
  if (count != Dim(1) && (channels.isOpen() || !count.agrees(channels)))
    return s.rule.fail("prelu: num_parameters: expected 1, or the number of channels of " + show(op.getInput()) +
                       ", found " + show(count));
  sameFloats<nn::PreluOp>(op, s);
}
static void shape(nn::BatchNormOp::Adaptor op, Shapes s) {
  if (!s.hasAxis(op.getInput(), "batch_norm") || s.dims(op.getInput()).size() < 2)
    return s.rule.fail("batch_norm: expected " + s.layout("...") + ", found " + show(op.getInput()));
  if (FloatAttr momentum = op.getMomentumAttr();
      momentum && !(momentum.getValueAsDouble() >= 0 && momentum.getValueAsDouble() <= 1))
    return s.rule.fail("batch_norm: momentum: expected a number in [0, 1], found " + show(momentum.getValueAsDouble()));
  if (s.isEpsilon(op.getEpsilonAttr(), op.getInput(), "batch_norm"))
    sameFloats<nn::BatchNormOp>(op, s);
}
/// In a session the result has `context` places along the axis, elsewhere as many as the input.
static void shape(nn::CacheOp::Adaptor op, Shapes s) {
  SmallVector<Dim> dims = s.dims(op.getInput());
  int64_t axis =
      dims.size() < 2
          ? -1
          : s.axis(op.getInput(), op.getAxisAttr() ? op.getAxisAttr() : SizeAttr::get(op.getInput().getContext(), 1));
  if (dims.size() < 2 || axis == 0 || (axis > 0 && dims[axis].isOpen()))
    return s.rule.fail("cache: expected [batch, ..., places, ...], and an axis other than that of the batch, found " +
                       show(op.getInput()));
  if (axis < 0 || !s.fixed(op.getContextAttr(), "cache: context"))
    return;
  int64_t context = op.getContext().number();
  if (!ShapedType::isDynamic(context) && (context < 1 || (dims[axis].isNumber() && context < dims[axis].value)))
    return s.rule.fail("cache: expected a context of at least the " + show(dims[axis]) +
                       " places that are written, found " + Twine(context));
  if (!op.getAt() || s[op.getAt()].getRank() != 0 || !s.element(op.getAt()).isIntOrIndex() ||
      s.element(op.getAt()).isInteger(1))
    return s.rule.fail("cache: expected at = %place, one integer, found " +
                       (op.getAt() ? show(op.getAt()) : std::string("none")));
  dims[axis] = Dim();
  s.set(dims, s.element(op.getInput()));
}
/// What rnn, gru and lstm share. `initial`: what is carried at first, by name, where it is given.
template <typename Op>
static void recurrent(typename Op::Adaptor op, ArrayRef<std::pair<Value, const char *>> initial, size_t carried,
                      const char *what, Shapes s) {
  if (!s.rank(op.getInput(), 3, what) || !s.floats(op.getInput(), what) || !s.fixed(op.getLayersAttr(), "layers") ||
      !s.fixed(op.getFeaturesAttr(), "features"))
    return;
  SmallVector<Dim> dims = s.dims(op.getInput());
  Dim features = op.getFeatures().evaluate();
  int64_t layers = number(op.getLayersAttr(), 1);
  constexpr int64_t mostLayers = 1 << 10; // each becomes a loop
  if ((layers < 1 || layers > mostLayers) && !ShapedType::isDynamic(layers))
    return s.rule.fail(Twine(what) + ": layers: expected 1 to " + Twine(mostLayers) + ", found " + Twine(layers));
  if (dims[1].hasRows()) // steps may be open, but not as many as rows
    return s.rule.fail(Twine(what) + ": expected [batch, time, inputs], found " + show(op.getInput()));
  if (FloatAttr rate = op.getDropoutAttr(); rate && !(rate.getValueAsDouble() >= 0 && rate.getValueAsDouble() < 1))
    return s.rule.fail(Twine(what) + ": dropout: expected a rate in [0, 1), found " + show(rate.getValueAsDouble()));
  Dim directions = op.getBidirectional() ? 2 : 1,
      all = ShapedType::isDynamic(layers) ? Dim() : Dim(layers) * directions;
  if (op.getStateful() && op.getBidirectional())
    return s.rule.fail(Twine(what) +
                       ": what runs from the end cannot go on where the last call ended; leave out `stateful` " +
                       "or `bidirectional`");
  for (auto [value, name] : initial)
    if (value && op.getStateful())
      return s.rule.fail(Twine(what) + ": " + name +
                         " is what the last call left, with `stateful`; leave out one of the two");
  SmallVector<Dim> state{all, dims[0], features};
  for (auto [value, name] : initial)
    if (value && !mayFit(makeTensor(state, s.element(op.getInput())), value.getType()))
      return s.rule.fail(Twine(what) + ": " + name + ": expected [layers * directions, batch, features], here " +
                         show(makeTensor(state, s.element(op.getInput()))) + ", found " + show(value));
  if (Value mask = op.getMask()) {
    SmallVector<Dim> own = s.dims(mask);
    if (own.size() != 2 || !own[0].agrees(dims[0]) || !own[1].agrees(dims[1]))
      return s.rule.fail(Twine(what) + ": mask: expected [batch, time], here [" + show(dims[0]) + ", " + show(dims[1]) +
                         "], found " + show(mask));
  }
  SmallVector<Dim> out = dims;
  out[2] = directions * features;
  s.set(out, s.element(op.getInput()));
  if (op.getStates())
    s.rule.results.append(carried, makeTensor(state, s.element(op.getInput())));
}
static void shape(nn::RnnOp::Adaptor op, Shapes s) {
  if (StringAttr word = op.getActivationAttr(); word && word != "tanh" && word != "relu")
    return s.rule.fail("rnn: activation is tanh or relu, found " + word.getValue());
  recurrent<nn::RnnOp>(op, {{op.getHidden(), "hidden"}}, 1, "rnn", s);
}
static void shape(nn::GruOp::Adaptor op, Shapes s) {
  recurrent<nn::GruOp>(op, {{op.getHidden(), "hidden"}}, 1, "gru", s);
}
static void shape(nn::LstmOp::Adaptor op, Shapes s) {
  recurrent<nn::LstmOp>(op, {{op.getHidden(), "hidden"}, {op.getCell(), "cell"}}, 2, "lstm", s);
}

RULE(nn::BatchNormOp)
RULE(nn::CacheOp)
RULE(nn::RnnOp)
RULE(nn::GruOp)
RULE(nn::LstmOp)
RULE(nn::LinearOp)
RULE(nn::Conv1dOp)
RULE(nn::Conv2dOp)
RULE(nn::Conv1dTransposeOp)
RULE(nn::Conv2dTransposeOp)
RULE(nn::EmbeddingOp)
RULE(nn::LayerNormOp)
RULE(nn::RmsNormOp)
RULE(nn::GroupNormOp)
RULE(nn::InstanceNormOp)
RULE(nn::PreluOp)
} // namespace dlc
