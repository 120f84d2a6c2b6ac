// DLShapesRandom.cpp - the shape rules of ops that draw random numbers.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/ShapeRules.h"
#include <cmath>

using namespace mlir;
using llvm::Twine;

namespace dlc {
//===--- Words ------------------------------------------------------------------------------------------===//

static bool rateIsGood(double rate, const char *what, Shapes s, Place place = Place::current()) {
  if (rate >= 0 && rate < 1)
    return true;
  s.rule.fail(Twine(what) + ": the rate must be in [0, 1), found " + show(rate), place);
  return false;
}
static void shape(DropoutOp::Adaptor op, Shapes s) {
  if (rateIsGood(op.getRate().convertToDouble(), "dropout", s))
    sameFloats<DropoutOp>(op, s);
}
/// Where the words come from: one stream of a call.
template <typename Op> static bool hasSource(typename Op::Adaptor op, const char *what, Shapes s) {
  RankedTensorType random = s[op.getRandom()];
  if (random.getRank() != 1 || random.getDimSize(0) != 3 || !random.getElementType().isInteger(64))
    return s.rule.fail(Twine(what) + ": expected i64[3] (seed, step, row), found " + show(op.getRandom())), false;
  if (bool(op.getKey()) == bool(op.getStream()))
    return s.rule.fail(Twine(what) + ": expected either a stream or a key"), false;
  if (op.getKey() && (s[op.getKey()].getRank() || !s[op.getKey()].getElementType().isInteger(64)))
    return s.rule.fail(Twine(what) + ": expected an i64 number as key, found " + show(op.getKey())), false;
  return true;
}
static void shape(DropoutMaskOp::Adaptor op, Shapes s) {
  if (hasSource<DropoutMaskOp>(op, "dropout_mask", s) && rateIsGood(op.getRate().convertToDouble(), "dropout_mask", s))
    s.rule.results = {op.getLike().getType()};
}
static void shape(DrawOp::Adaptor op, Shapes s) {
  if (hasSource<DrawOp>(op, "draw", s) && s.floats(op.getLike(), "draw"))
    s.rule.results = {op.getLike().getType()};
}

//===--- Numbers ----------------------------------------------------------------------------------------===//

/// An option between two limits, if it is given.
static bool isWithin(FloatAttr option, double low, double high, const Twine &what, Shapes s) {
  double value = option ? option.getValueAsDouble() : low;
  if (value >= low && value <= high)
    return true;
  auto text = [](double one) { return one == std::floor(one) ? std::to_string((int64_t)one) : show(one); };
  s.rule.fail(what + ": expected a number from " + text(low) + " to " + text(high) + ", found " + show(value));
  return false;
}
static void shape(SampleOp::Adaptor op, Shapes s) {
  Value scores = op.getScores();
  if (!s.floats(scores, "sample") || !s.hasAxis(scores, "sample") || !s.fixed(op.getTopKAttr(), "sample: top_k"))
    return;
  SmallVector<Dim> dims = s.dims(scores);
  Dim classes = dims.pop_back_val();
  if (classes.isOpen() || (classes.isNumber() && classes.value < 1))
    return s.rule.fail("sample: expected scores [..., classes] with at least one class, found " + show(scores));
  if (int64_t k = number(op.getTopKAttr(), 1);
      !ShapedType::isDynamic(k) && (k < 1 || (classes.isNumber() && k > classes.value)))
    return s.rule.fail("sample: top_k: expected 1 to " + show(classes) + ", found " + Twine(k));
  if (FloatAttr t = op.getTemperatureAttr();
      t && !(t.getValueAsDouble() >= 1e-30 && std::isfinite(t.getValueAsDouble())))
    return s.rule.fail("sample: temperature: expected a number of at least 1.0e-30, found " +
                       show(t.getValueAsDouble()));
  if (FloatAttr p = op.getTopPAttr(); p && !(p.getValueAsDouble() > 0 && p.getValueAsDouble() <= 1))
    return s.rule.fail("sample: top_p: expected a number above 0, and at most 1, found " + show(p.getValueAsDouble()));
  s.set(dims, IntegerType::get(scores.getContext(), 32));
}
static void shape(RandomUniformOp::Adaptor op, Shapes s) {
  if (!s.floats(op.getLike(), "random_uniform") || !s.held(op.getMinAttr(), op.getLike(), "random_uniform: min") ||
      !s.held(op.getMaxAttr(), op.getLike(), "random_uniform: max"))
    return;
  double min = op.getMinAttr() ? realOf(op.getMinAttr()) : 0, max = op.getMaxAttr() ? realOf(op.getMaxAttr()) : 1;
  if (!(min < max))
    return s.rule.fail("random_uniform: expected min below max, found " + show(min) + " and " + show(max));
  s.rule.results = {op.getLike().getType()};
}
static void shape(RandomNormalOp::Adaptor op, Shapes s) {
  if (!s.floats(op.getLike(), "random_normal"))
    return;
  for (auto [name, option] : {std::pair("mean", op.getMeanAttr()), std::pair("deviation", op.getDeviationAttr())})
    if (option && (!isa<FloatAttr>(option) || !holds(s.element(op.getLike()), option)))
      return s.rule.fail(Twine("random_normal: ") + name + ": expected a number of " + show(s.element(op.getLike())));
  if (Attribute deviation = op.getDeviationAttr(); deviation && !(realOf(deviation) >= 0))
    return s.rule.fail("random_normal: deviation: expected a number of at least 0, found " + show(realOf(deviation)));
  s.rule.results = {op.getLike().getType()};
}
static void shape(RandomBernoulliOp::Adaptor op, Shapes s) {
  if (s.floats(op.getLike(), "random_bernoulli") && isWithin(op.getRateAttr(), 0, 1, "random_bernoulli: rate", s))
    s.rule.results = {op.getLike().getType()};
}

//===--- Rows -------------------------------------------------------------------------------------------===//

/// Rows of several elements.
static bool hasRows(Value x, const char *what, Shapes s) {
  if (s[x].getRank() >= 2)
    return s.floats(x, what);
  s.rule.fail(Twine(what) + ": expected rows [batch, ...] of at least two axes, found " + show(x));
  return false;
}
static void shape(RandomFlipOp::Adaptor op, Shapes s) {
  Value x = op.getInput();
  if (!hasRows(x, "random_flip", s) || !isWithin(op.getRateAttr(), 0, 1, "random_flip: rate", s))
    return;
  int64_t axis = s.axis(x, op.getAxisAttr(), -2);
  if (axis == 0)
    return s.rule.fail("random_flip: along axis 0 of " + show(x) +
                       " lie the rows, each of which is flipped or not; expected an axis behind it");
  if (axis > 0)
    same<RandomFlipOp>(op, s);
}
/// No less than 0.
static bool isStrength(FloatAttr option, const char *what, Shapes s) {
  if (option.getValueAsDouble() >= 0 && option.getValueAsDouble() < HUGE_VAL)
    return true;
  s.rule.fail(Twine(what) + ": expected a strength of at least 0, found " + show(option.getValueAsDouble()));
  return false;
}
static void shape(RandomBrightnessOp::Adaptor op, Shapes s) {
  if (s.hasAxis(op.getInput(), "random_brightness") && isStrength(op.getStrengthAttr(), "random_brightness", s))
    sameFloats<RandomBrightnessOp>(op, s);
}
static void shape(RandomContrastOp::Adaptor op, Shapes s) {
  if (hasRows(op.getInput(), "random_contrast", s) && isStrength(op.getStrengthAttr(), "random_contrast", s))
    same<RandomContrastOp>(op, s);
}
static void shape(MixupOp::Adaptor op, Shapes s) {
  Value x = op.getInput(), label = op.getLabel();
  if (!s.hasAxis(x, "mixup") || !s.hasAxis(label, "mixup") || !s.floats(x, "mixup"))
    return;
  if (!isFloat(s.element(label)))
    return s.rule.fail("mixup: expected labels as floats, found " + show(label) + "; `one_hot` makes them");
  if (!s.dims(x)[0].agrees(s.dims(label)[0]))
    return s.rule.fail("mixup: expected as many labels as rows, found " + show(x) + " and " + show(label));
  double alpha = op.getAlphaAttr() ? op.getAlphaAttr().getValueAsDouble() : 1;
  if (!(alpha > 0 && alpha <= 1))
    return s.rule.fail("mixup: alpha: expected a number above 0 and up to 1, found " + show(alpha));
  s.rule.results = {x.getType(), label.getType()};
}

//===--- Pictures ---------------------------------------------------------------------------------------===//

static bool isOfPictures(Value x, const char *what, Shapes s) {
  if (!s.isPicture(x, 2, what) || !s.hasChannels(x, 1, what))
    return false;
  if (!llvm::is_contained(s.picture(x), Dim(0)))
    return true;
  s.rule.fail(Twine(what) + ": there is nothing in " + show(x));
  return false;
}
/// Numbers for height and width, no less than `least`.
static SmallVector<Dim> forBoth(Attribute option, int64_t least, const Twine &what, Shapes s) {
  SmallVector<Dim> each = eachOf(option, 2, 0);
  auto isGood = [&](Dim dim) {
    return !dim.isOpen() && (!dim.isNumber() || (dim.value >= least && dim.value <= largestBatch));
  };
  if (!each.empty() && llvm::all_of(each, isGood))
    return each;
  s.rule.fail(what + ": expected a number of at least " + Twine(least) + ", or a list with one for height and width");
  return {};
}
static void shape(RandomCropOp::Adaptor op, Shapes s) {
  Value x = op.getInput();
  if (!isOfPictures(x, "random_crop", s))
    return;
  SmallVector<Dim> size = forBoth(op.getOutputSize(), 1, "random_crop: output_size", s), dims = s.picture(x);
  if (size.empty())
    return;
  SmallVector<Dim> padding = forBoth(op.getPaddingAttr(), 0, "random_crop: padding", s);
  if (padding.empty())
    return;
  for (int i : {0, 1}) {
    Dim &own = dims[i + 1];
    if (own.isNumber() && padding[i].isNumber() && size[i].isNumber() &&
        size[i].value > own.value + 2 * padding[i].value)
      return s.rule.fail("random_crop: a piece of " + show(size[0]) + " x " + show(size[1]) + " is larger than " +
                         show(x) + " with a padding of " + show(padding[0]) + " x " + show(padding[1]));
    own = size[i];
  }
  s.setPicture(dims, s.element(x));
}
static void shape(RandomShiftOp::Adaptor op, Shapes s) {
  if (isOfPictures(op.getInput(), "random_shift", s) && !forBoth(op.getMost(), 0, "random_shift", s).empty())
    same<RandomShiftOp>(op, s);
}
static void shape(RandomAffineOp::Adaptor op, Shapes s) {
  if (isOfPictures(op.getInput(), "random_affine", s) &&
      isWithin(op.getRotationAttr(), 0, 180, "random_affine: rotation", s) &&
      isWithin(op.getScaleAttr(), 0, 0.99, "random_affine: scale", s) &&
      isWithin(op.getShearAttr(), 0, 89, "random_affine: shear", s) &&
      isWithin(op.getTranslationAttr(), 0, 1, "random_affine: translation", s))
    same<RandomAffineOp>(op, s);
}
static void shape(RandomEraseOp::Adaptor op, Shapes s) {
  FloatAttr area = op.getAreaAttr();
  if (isOfPictures(op.getInput(), "random_erase", s) && isWithin(op.getRateAttr(), 0, 1, "random_erase: rate", s) &&
      (!area || isWithin(area, 0.02, 1, "random_erase: area", s)) &&
      s.held(op.getValueAttr(), op.getInput(), "random_erase: value"))
    same<RandomEraseOp>(op, s);
}

RULE(DropoutOp)
RULE(DropoutMaskOp)
RULE(DrawOp)
RULE(SampleOp)
RULE(RandomUniformOp)
RULE(RandomNormalOp)
RULE(RandomBernoulliOp)
RULE(RandomFlipOp)
RULE(RandomBrightnessOp)
RULE(RandomContrastOp)
RULE(MixupOp)
RULE(RandomCropOp)
RULE(RandomShiftOp)
RULE(RandomAffineOp)
RULE(RandomEraseOp)
} // namespace dlc
