// DLShapesPicture.cpp - the shape rules of windows over pictures and signals.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/ShapeRules.h"

using namespace mlir;
using llvm::Twine;

namespace dlc {
std::optional<SmallVector<Dim>> Shapes::windowed(Value input, ArrayRef<Dim> kernel, const WindowOptions &options,
                                                 const char *what) const {
  SmallVector<Dim> dims = dimsOf(input);
  if (llvm::is_contained(dims, Dim(0))) {
    rule.fail(Twine(what) + ": there is nothing in " + show(input));
    return std::nullopt;
  }
  std::optional<SmallVector<Window>> windows;
  std::string problem;
  if (!readWindows(ArrayRef<Dim>(dims).drop_front().drop_back(), kernel, options, windows, problem)) {
    rule.fail(Twine(what) + ": " + problem);
    return std::nullopt;
  }
  for (size_t i = 0; i < kernel.size(); ++i)
    dims[i + 1] = windows ? Dim((*windows)[i].places(dims[i + 1].value)) : Dim();
  return dims;
}
static constexpr StringRef pictureAxes[] = {"length", "height, width", "depth, height, width"};
bool Shapes::isPicture(Value input, int64_t axes, const char *what) const {
  if ((*this)[input].getRank() == axes + 2)
    return floats(input, what);
  rule.fail(Twine(what) + ": expected an input [batch, " + pictureAxes[axes - 1] + ", channels], found " + show(input));
  return false;
}

template <typename Op> static void convolution(typename Op::Adaptor op, int64_t axes, const char *what, Shapes s) {
  if (!s.isPicture(op.getInput(), axes, what))
    return;
  if (s[op.getWeight()].getRank() != axes + 2)
    return s.rule.fail(Twine(what) + ": expected filters [features, channels / groups, " + pictureAxes[axes - 1] +
                       "], found " + show(op.getWeight()));
  if (!s.sameElements(op.getInput(), op.getWeight()) || !s.fixed(op.getGroupsAttr(), "groups"))
    return;
  SmallVector<Dim> filters = s.dims(op.getWeight());
  Dim channels = s.dims(op.getInput()).back(), features = filters[0], own = filters[1];
  int64_t groups = number(op.getGroupsAttr(), 1);
  if (groups < 1 && !ShapedType::isDynamic(groups))
    return s.rule.fail(Twine(what) + ": groups: expected a number of at least 1, found " + Twine(groups));
  if (channels.isBatch() || features.isBatch() || own.isBatch())
    return s.rule.fail(Twine(what) + ": channels and features cannot depend on the batch");
  if (features == Dim(0))
    return s.rule.fail(Twine(what) + ": there are no filters in " + show(op.getWeight()));
  if (channels.isNumber() && own.isNumber() && !ShapedType::isDynamic(groups)) {
    if (channels.value % groups)
      return s.rule.fail(Twine(what) + ": " + Twine(channels.value) + " channels cannot be parted into " +
                         Twine(groups) + " groups");
    if (own.value != channels.value / groups)
      return s.rule.fail(Twine(what) + ": " + show(op.getInput()) + " has " + Twine(channels.value) + " channels" +
                         (groups == 1 ? "" : " in " + std::to_string(groups) + " groups") + ", but " +
                         show(op.getWeight()) + " reads " + Twine(own.value) + "; expected filters [features, " +
                         Twine(channels.value / groups) + ", ...]");
  }
  if (features.isNumber() && !ShapedType::isDynamic(groups) && features.value % groups)
    return s.rule.fail(Twine(what) + ": " + Twine(features.value) + " features cannot be parted into " + Twine(groups) +
                       " groups");
  auto dims = s.windowed(op.getInput(), ArrayRef<Dim>(filters).drop_front(2),
                         {op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr()}, what);
  if (!dims)
    return;
  dims->back() = features;
  s.set(*dims, s.element(op.getInput()));
}
static void shape(Conv1dOp::Adaptor op, Shapes s) { convolution<Conv1dOp>(op, 1, "conv1d", s); }
static void shape(Conv2dOp::Adaptor op, Shapes s) { convolution<Conv2dOp>(op, 2, "conv2d", s); }
static void shape(Conv3dOp::Adaptor op, Shapes s) { convolution<Conv3dOp>(op, 3, "conv3d", s); }

static void pool(Value input, Attribute kernel, WindowOptions options, const char *what, Shapes s) {
  int64_t axes = s[input].getRank() - 2;
  if (axes < 1 || axes > 3)
    return s.rule.fail(Twine(what) +
                       ": expected an input [batch, ..., channels] with one to three axes between, found " +
                       show(input));
  if (!s.floats(input, what))
    return;
  SmallVector<Dim> each = eachOf(kernel, axes, 1);
  if (each.empty())
    return s.rule.fail(Twine(what) + ": kernel: expected a number, or one for each of " + Twine(axes) +
                       (axes == 1 ? " axis" : " axes"));
  if (!options.stride)
    options.stride = kernel;
  auto dims = s.windowed(input, each, options, what);
  if (!dims)
    return;
  std::optional<SmallVector<Window>> windows;
  std::string problem;
  (void)readWindows(ArrayRef<Dim>(s.dims(input)).drop_front().drop_back(), each, options, windows, problem);
  for (const Window &window : windows.value_or(SmallVector<Window>()))
    if (std::max(window.low, options.ceil ? 0 : window.high) > window.span() / 2)
      return s.rule.fail(Twine(what) + ": padding: expected at most half of a window of " + Twine(window.span()) +
                         ", found " + Twine(std::max(window.low, window.high)));
  s.set(*dims, s.element(input));
}
static void shape(MaxPoolOp::Adaptor op, Shapes s) {
  pool(op.getInput(), op.getKernel(), {op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr(), op.getCeilMode()},
       "max_pool", s);
}
static void shape(AvgPoolOp::Adaptor op, Shapes s) {
  pool(op.getInput(), op.getKernel(), {op.getStrideAttr(), op.getPaddingAttr(), {}}, "avg_pool", s);
}
static void shape(FlattenOp::Adaptor op, Shapes s) {
  int64_t axis = s.axis(op.getInput(), op.getAxisAttr(), 1);
  if (axis < 0)
    return;
  SmallVector<Dim> dims = s.dims(op.getInput());
  Dim all = 1;
  for (Dim dim : ArrayRef<Dim>(dims).drop_front(axis))
    all = all * dim;
  if (all.power > 1)
    return s.rule.fail("flatten: " + show(op.getInput()) + " has more than one axis that depends on the batch");
  dims.resize(axis);
  dims.push_back(all);
  s.set(dims, s.element(op.getInput()));
}

RULE(Conv1dOp)
RULE(Conv2dOp)
RULE(Conv3dOp)
RULE(MaxPoolOp)
RULE(AvgPoolOp)
RULE(FlattenOp)
} // namespace dlc
