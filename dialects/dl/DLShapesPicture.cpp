// DLShapesPicture.cpp - the shape rules of windows over pictures and signals.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/ShapeRules.h"
#include <cmath>

using namespace mlir;
using llvm::Twine;

namespace dlc {
std::optional<SmallVector<Dim>> Shapes::windowed(Value input, ArrayRef<Dim> kernel, const WindowOptions &options,
                                                 const char *what) const {
  SmallVector<Dim> dims = picture(input);
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
    dims[i + 1] = windows ? (*windows)[i].places(dims[i + 1]) : Dim();
  return dims;
}
static constexpr StringRef pictureAxes[] = {"length", "height, width", "depth, height, width"};
bool Shapes::isPicture(Value input, int64_t axes, const char *what) const {
  if ((*this)[input].getRank() == axes + 2)
    return floats(input, what);
  rule.fail(Twine(what) + ": expected an input " + layout(pictureAxes[axes - 1]) + ", found " + show(input));
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
  Dim channels = s.picture(op.getInput()).back(), features = filters[0], own = filters[1];
  int64_t groups = number(op.getGroupsAttr(), 1);
  if (groups < 1 && !ShapedType::isDynamic(groups))
    return s.rule.fail(Twine(what) + ": groups: expected a number of at least 1, found " + Twine(groups));
  for (Dim one : {channels, features, own})
    if (one.isOpen())
      return s.rule.fail(Twine(what) + ": channels and features cannot depend on " + openPart(one));
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
  auto dims =
      s.windowed(op.getInput(), ArrayRef<Dim>(filters).drop_front(2),
                 {op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr(), false, op.getPaddingModeAttr()}, what);
  if (!dims)
    return;
  dims->back() = features;
  s.setPicture(*dims, s.element(op.getInput()));
}
static void shape(Conv1dOp::Adaptor op, Shapes s) { convolution<Conv1dOp>(op, 1, "conv1d", s); }
static void shape(Conv2dOp::Adaptor op, Shapes s) { convolution<Conv2dOp>(op, 2, "conv2d", s); }
static void shape(Conv3dOp::Adaptor op, Shapes s) { convolution<Conv3dOp>(op, 3, "conv3d", s); }
/// The sizes of the result of a transposed convolution.
std::optional<SmallVector<Dim>> Shapes::transposed(Value input, ArrayRef<Dim> kernel, const WindowOptions &options,
                                                   Attribute extra, const char *what) const {
  SmallVector<Dim> dims = picture(input);
  if (llvm::is_contained(dims, Dim(0))) {
    rule.fail(Twine(what) + ": there is nothing in " + show(input));
    return std::nullopt;
  }
  std::optional<SmallVector<TransposedWindow>> windows;
  std::string problem;
  if (!readTransposed(ArrayRef<Dim>(dims).drop_front().drop_back(), kernel, options, extra, windows, problem)) {
    rule.fail(Twine(what) + ": " + problem);
    return std::nullopt;
  }
  for (size_t i = 0; i < kernel.size(); ++i) {
    const TransposedWindow *window = windows ? &(*windows)[i] : nullptr;
    dims[i + 1] = window ? Dim(window->whole(dims[i + 1].value) - window->low - window->high) : Dim();
  }
  return dims;
}
template <typename Op>
static void convolutionTranspose(typename Op::Adaptor op, int64_t axes, const char *what, Shapes s) {
  if (!s.isPicture(op.getInput(), axes, what))
    return;
  if (s[op.getWeight()].getRank() != axes + 2)
    return s.rule.fail(Twine(what) + ": expected filters [channels, features / groups, " + pictureAxes[axes - 1] +
                       "], found " + show(op.getWeight()));
  if (!s.sameElements(op.getInput(), op.getWeight()) || !s.areParted(op.getInput(), op.getGroupsAttr(), what))
    return;
  SmallVector<Dim> filters = s.dims(op.getWeight());
  Dim channels = s.picture(op.getInput()).back(), features = filters[1] * Dim(number(op.getGroupsAttr(), 1));
  for (Dim one : {channels, filters[0], filters[1]})
    if (one.isOpen())
      return s.rule.fail(Twine(what) + ": channels and features cannot depend on " + openPart(one));
  if (filters[1] == Dim(0))
    return s.rule.fail(Twine(what) + ": there are no filters in " + show(op.getWeight()));
  if (!channels.agrees(filters[0]))
    return s.rule.fail(Twine(what) + ": " + show(op.getInput()) + " has " + show(channels) + " channels, but " +
                       show(op.getWeight()) + " reads " + show(filters[0]) + "; expected filters [" + show(channels) +
                       ", features / groups, ...]");
  auto dims =
      s.transposed(op.getInput(), ArrayRef<Dim>(filters).drop_front(2),
                   {op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr()}, op.getOutputPaddingAttr(), what);
  if (!dims)
    return;
  dims->back() = features;
  s.setPicture(*dims, s.element(op.getInput()));
}
static void shape(Conv1dTransposeOp::Adaptor op, Shapes s) {
  convolutionTranspose<Conv1dTransposeOp>(op, 1, "conv1d_transpose", s);
}
static void shape(Conv2dTransposeOp::Adaptor op, Shapes s) {
  convolutionTranspose<Conv2dTransposeOp>(op, 2, "conv2d_transpose", s);
}

static void pool(Value input, Attribute kernel, WindowOptions options, const char *what, Shapes s) {
  int64_t axes = s[input].getRank() - 2;
  if (axes < 1 || axes > 3)
    return s.rule.fail(Twine(what) + ": expected an input " + s.layout("...") + " with one to three axes " +
                       s.between() + ", found " + show(input));
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
  (void)readWindows(ArrayRef<Dim>(s.picture(input)).drop_front().drop_back(), each, options, windows, problem);
  for (const Window &window : windows.value_or(SmallVector<Window>()))
    if (int64_t padding = std::max(window.low, window.high - window.beyond); padding > window.span() / 2)
      return s.rule.fail(Twine(what) + ": padding: expected at most half of a window of " + Twine(window.span()) +
                         ", found " + Twine(padding));
  s.setPicture(*dims, s.element(input));
}
static void shape(MaxPoolOp::Adaptor op, Shapes s) {
  pool(op.getInput(), op.getKernel(), {op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr(), op.getCeilMode()},
       "max_pool", s);
}
static void shape(AvgPoolOp::Adaptor op, Shapes s) {
  pool(op.getInput(), op.getKernel(), {op.getStrideAttr(), op.getPaddingAttr(), {}, op.getCeilMode()}, "avg_pool", s);
}
static void shape(LpPoolOp::Adaptor op, Shapes s) {
  double norm = op.getNormTypeAttr() ? op.getNormTypeAttr().getValueAsDouble() : 2;
  if (!(norm > 0 && norm < HUGE_VAL))
    return s.rule.fail("lp_pool: norm_type: expected a number above 0, found " + show(norm));
  pool(op.getInput(), op.getKernel(), {op.getStrideAttr(), {}, {}, op.getCeilMode()}, "lp_pool", s);
}

/// Numbers of at least 1 for the axes between batch and channels; empty, with a sentence, if they are none.
static SmallVector<Dim> eachPlace(Value input, Attribute option, const char *what, const char *name, Shapes s) {
  int64_t axes = s[input].getRank() - 2;
  SmallVector<Dim> each = eachOf(option, axes, 1);
  if (each.empty())
    s.rule.fail(Twine(what) + ": " + name + ": expected a number, or one for each of " + Twine(axes) +
                (axes == 1 ? " axis" : " axes"));
  for (Dim dim : each)
    if (dim.isOpen() || (dim.isNumber() && (dim.value < 1 || dim.value > largestBatch))) {
      s.rule.fail(Twine(what) + ": " + name + ": expected a number from 1 to " + Twine(largestBatch) + ", found " +
                  show(dim));
      return {};
    }
  return each;
}
static bool isResizable(Value input, const char *what, Shapes s) {
  if (!s.hasChannels(input, 1, what))
    return false;
  if (s[input].getRank() > 5)
    return s.rule.fail(Twine(what) + ": expected an input " + s.layout("...") + " with at most three axes " +
                       s.between() + ", found " + show(input)),
           false;
  if (llvm::is_contained(s.dims(input), Dim(0)))
    return s.rule.fail(Twine(what) + ": there is nothing in " + show(input)), false;
  return true;
}
static void shape(UpsampleOp::Adaptor op, Shapes s) {
  if (!isResizable(op.getInput(), "upsample", s))
    return;
  SmallVector<Dim> dims = s.picture(op.getInput());
  static constexpr StringRef modes[] = {"linear", "bilinear", "trilinear"};
  StringRef linear = modes[dims.size() - 3], mode = op.getMode().value_or("nearest");
  if (mode != "nearest" && mode != linear)
    return s.rule.fail("upsample: mode: expected nearest or " + linear + " for " + show(op.getInput()) + ", found " +
                       mode);
  if (op.getAlignCorners() && mode == "nearest")
    return s.rule.fail("upsample: align_corners needs mode = " + linear);
  if (bool(op.getScaleFactorAttr()) == bool(op.getOutputSizeAttr()))
    return s.rule.fail("upsample: say either scale_factor = ... or output_size = ...");
  bool isFactor = bool(op.getScaleFactorAttr());
  SmallVector<Dim> each = eachPlace(op.getInput(), isFactor ? op.getScaleFactorAttr() : op.getOutputSizeAttr(),
                                    "upsample", isFactor ? "scale_factor" : "output_size", s);
  if (each.empty())
    return;
  for (auto [i, dim] : llvm::enumerate(each))
    dims[i + 1] = isFactor ? dims[i + 1] * dim : dim;
  s.setPicture(dims, s.element(op.getInput()));
}
static void shape(AdaptiveAvgPoolOp::Adaptor op, Shapes s) {
  if (!isResizable(op.getInput(), "adaptive_avg_pool", s))
    return;
  SmallVector<Dim> each = eachPlace(op.getInput(), op.getOutputSize(), "adaptive_avg_pool", "output_size", s);
  SmallVector<Dim> dims = s.picture(op.getInput());
  if (each.empty())
    return;
  llvm::copy(each, dims.begin() + 1);
  s.setPicture(dims, s.element(op.getInput()));
}
static void shape(PixelShuffleOp::Adaptor op, Shapes s) {
  int64_t r = op.getUpscaleFactor().number();
  if (s[op.getInput()].getRank() != 4)
    return s.rule.fail("pixel_shuffle: expected an input " + s.layout("height, width") + ", found " +
                       show(op.getInput()));
  if (!s.fixed(op.getUpscaleFactor(), "pixel_shuffle: upscale_factor"))
    return;
  SmallVector<Dim> dims = s.picture(op.getInput());
  bool known = !ShapedType::isDynamic(r);
  if (known && (r < 1 || r > largestBatch))
    return s.rule.fail("pixel_shuffle: upscale_factor: expected a number from 1 to " + Twine(largestBatch) +
                       ", found " + Twine(r));
  if (dims[3].isOpen() || (known && dims[3].isNumber() && dims[3].value % (r * r)))
    return s.rule.fail("pixel_shuffle: expected a multiple of " + (known ? Twine(r * r) : Twine("r * r")) +
                       " channels, found " + show(op.getInput()));
  for (int64_t axis : {1, 2})
    dims[axis] = known ? dims[axis] * Dim(r) : Dim();
  dims[3] = known && dims[3].isNumber() ? Dim(dims[3].value / (r * r)) : Dim();
  s.setPicture(dims, s.element(op.getInput()));
}
static void shape(FlattenOp::Adaptor op, Shapes s) {
  int64_t axis = s.axis(op.getInput(), op.getAxisAttr(), 1);
  if (axis < 0)
    return;
  SmallVector<Dim> dims = s.dims(op.getInput());
  Dim all = 1;
  for (Dim dim : ArrayRef<Dim>(dims).drop_front(axis))
    all = all * dim;
  if (!all.fitsAxis())
    return s.rule.fail("flatten: " + show(op.getInput()) + " has more than one axis that depends on " +
                       openPart(s.dims(op.getInput())[axis]));
  dims.resize(axis);
  dims.push_back(all);
  s.set(dims, s.element(op.getInput()));
}

RULE(Conv1dOp)
RULE(Conv2dOp)
RULE(Conv3dOp)
RULE(Conv1dTransposeOp)
RULE(Conv2dTransposeOp)
RULE(MaxPoolOp)
RULE(AvgPoolOp)
RULE(LpPoolOp)
RULE(UpsampleOp)
RULE(AdaptiveAvgPoolOp)
RULE(PixelShuffleOp)
RULE(FlattenOp)
} // namespace dlc
