// DLAugment.cpp - ops that draw random numbers: what each becomes where its function is inlined.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Rewritten.h"
#include "dialects/dl/Windows.h"
#include <cmath>

using namespace mlir;
using namespace dlc;
using Values = SmallVector<Value>;

static double realOr(std::optional<APFloat> value, double otherwise) {
  return value ? value->convertToDouble() : otherwise;
}
/// The picture that an op changes, with the channels last.
template <typename Op> static Value pictureOf(Ops &b, Op op) {
  return channelsLast(b, op.getInput(), op.getChannelsFirst());
}
/// What becomes of it, with the channels where they were.
template <typename Op> static Values resultOf(Ops &b, Op op, Value picture) {
  return {channelsFirst(b, picture, op.getChannelsFirst())};
}
static double numberOr(std::optional<Attribute> value, double otherwise) { return value ? realOf(*value) : otherwise; }
static Type element(Value value) { return typeOf(value).getElementType(); }
/// One number for each row: [batch, 1, ...].
static Value forEachRow(const Draws &draws, Value x) {
  SmallVector<Dim> dims(dimsOf(x).size(), Dim(1));
  if (!dims.empty())
    dims[0] = dimsOf(x)[0];
  return draws.uniform(dims, element(x));
}
/// low + u * (high - low)
static Value between(Ops &b, Value u, double low, double high) {
  Value wide = high - low == 1 ? u : b.mul(u, high - low);
  return low == 0 ? wide : b.add(wide, low);
}
static Value limited(Ops &b, Value x, double min, double max) {
  return b
      .create<ClampOp>({x}, {b.set("min", numberAttr(b.builder.getContext(), {true, (int64_t)min, min})),
                             b.set("max", numberAttr(b.builder.getContext(), {true, (int64_t)max, max}))})
      .getResult();
}
/// 0 <= u < 1 as one of the whole numbers below `count`.
static Value wholeBelow(Ops &b, Value u, Value count) { return b.cast(b.mul(u, count), b.builder.getI32Type()); }
static Value is(Ops &b, StringRef comparison, Value x, Value y) { return b.binary(comparison, x, y); }

//===--- Numbers ----------------------------------------------------------------------------------------===//

Values RandomUniformOp::expand(Ops &b, const Draws &draws) {
  Value u = draws.uniform(dimsOf(getLike()), element(getLike()));
  return {between(b, u, numberOr(getMin(), 0), numberOr(getMax(), 1))};
}
Values RandomNormalOp::expand(Ops &b, const Draws &draws) {
  SmallVector<Dim> dims = dimsOf(getLike());
  Value u = draws.uniform(dims, element(getLike())), v = draws.uniform(dims, element(getLike()));
  Value length = b.unary("sqrt", b.mul(b.log(b.sub(1, u)), -2));
  Value normal = b.mul(length, b.unary("cos", b.mul(v, 2 * M_PI)));
  double mean = numberOr(getMean(), 0), deviation = numberOr(getDeviation(), 1);
  normal = deviation == 1 ? normal : b.mul(normal, deviation);
  return {mean == 0 ? normal : b.add(normal, mean)};
}
Values RandomBernoulliOp::expand(Ops &b, const Draws &draws) {
  Value u = draws.uniform(dimsOf(getLike()), element(getLike()));
  return {b.cast(is(b, "lt", u, b.number(getRate().convertToDouble(), u)), element(getLike()))};
}

/// Scores below a threshold are never drawn. NaN is below none.
static Value atLeast(Ops &b, Value scores, Value least) {
  return b.where(is(b, "lt", scores, least), b.number(-INFINITY, scores), scores);
}
Values SampleOp::expand(Ops &b, const Draws &draws) {
  Value z = getScores();
  int64_t last = typeOf(z).getRank() - 1;
  auto along = b.size("axis", last);
  if (double t = realOr(getTemperature(), 1); t != 1)
    z = b.mul(z, 1 / t);
  if (SizeAttr k = getTopKAttr(); k && Dim(k.number()) != dimsOf(z)[last])
    z = atLeast(b, z, b.slice(b.create<TopkOp>({z}, {b.set("k", k), along}).getResult(), last, k.number() - 1, 1));
  if (double p = realOr(getTopP(), 1); p < 1) {
    Value sorted = b.create<SortOp>({z}, {along, b.flag("descending")}).getResult();
    Value share = b.create<SoftmaxOp>({sorted}, {along}).getResult();
    Value before = b.create<CumsumOp>({share}, {along, b.flag("exclusive")}).getResult();
    Value kept = b.where(is(b, "lt", before, b.number(p, before)), sorted, b.number(INFINITY, sorted));
    z = atLeast(b, z, b.reduce("amin", kept, {last}, /*keepdim=*/true));
  }
  Value u = draws.uniform(dimsOf(z), element(z));
  u = b.binary("max", u, b.number(0x1p-25, u)); // u is a multiple of 2^-24
  Value gumbel = b.neg(b.log(b.neg(b.log(u))));
  return {b.cast(b.create<ArgmaxOp>({b.add(z, gumbel)}, {along}).getResult(), b.builder.getI32Type())};
}

//===--- Rows -------------------------------------------------------------------------------------------===//

static Value flipped(Ops &b, Value x, int64_t axis) {
  return b.create<FlipOp>({x}, {b.sizes("axes", ArrayRef<int64_t>{axis})}).getResult();
}
Values RandomFlipOp::expand(Ops &b, const Draws &draws) {
  Value x = getInput();
  if (!draws.training)
    return {x};
  int64_t axis = getAxisAttr() ? getAxisAttr().number() : -2;
  Value u = forEachRow(draws, x);
  Value flips = is(b, "lt", u, b.number(realOr(getRate(), 0.5), u));
  return {b.where(flips, flipped(b, x, axis < 0 ? axis + typeOf(x).getRank() : axis), x)};
}
static Value factorOf(Ops &b, const Draws &draws, Value x, double strength) {
  return between(b, forEachRow(draws, x), std::max(1 - strength, 0.0), 1 + strength);
}
Values RandomBrightnessOp::expand(Ops &b, const Draws &draws) {
  return {draws.training ? b.mul(getInput(), factorOf(b, draws, getInput(), getStrength().convertToDouble()))
                         : getInput()};
}
Values RandomContrastOp::expand(Ops &b, const Draws &draws) {
  Value x = getInput();
  if (!draws.training)
    return {x};
  Value factor = factorOf(b, draws, x, getStrength().convertToDouble());
  Value mean = b.reduce("mean", x, llvm::to_vector(llvm::seq<int64_t>(1, typeOf(x).getRank())), /*keepdim=*/true);
  return {b.add(b.mul(b.sub(x, mean), factor), mean)};
}

/// Jöhnk's shares of a row: from x = u^(1 / alpha) and y = v^(1 / alpha) with x + y <= 1, x / (x + y). Logarithms keep what
/// would be 0.
static Value betaShare(Ops &b, const Draws &draws, Value x, double alpha) {
  constexpr int64_t draw = 16;
  Dim rows = dimsOf(x)[0];
  if (alpha == 1)
    return draws.uniform({rows, Dim(1)}, element(x));
  auto logarithm = [&] { return b.mul(b.log(b.sub(1, draws.uniform({rows, Dim(draw)}, element(x)))), 1 / alpha); };
  Value first = logarithm(), second = logarithm(), one = b.number(1, first);
  Value share = b.unary("sigmoid", b.sub(first, second)),
        accepts = is(b, "le", b.add(b.exp(first), b.exp(second)), one);
  Value place = b.iota(share, 1), none = b.number(draw, place);
  Value chosen = b.reduce("amin", b.where(accepts, place, none), {1}, /*keepdim=*/true);
  Value taken = b.sum(b.where(is(b, "eq", place, chosen), share, b.number(0, share)), {1}, /*keepdim=*/true);
  return b.where(is(b, "eq", chosen, none), b.number(0.5, taken), taken);
}
Values MixupOp::expand(Ops &b, const Draws &draws) {
  if (!draws.training)
    return {getInput(), getLabel()};
  Value share = betaShare(b, draws, getInput(), realOr(getAlpha(), 1)), rest = b.sub(1, share);
  auto mixed = [&](Value x) {
    SmallVector<Dim> dims(typeOf(x).getRank(), Dim(1));
    dims[0] = dimsOf(x)[0];
    auto own = [&](Value one) { return b.cast(b.reshape(one, dims), element(x)); };
    return b.add(b.mul(own(share), x), b.mul(own(rest), flipped(b, x, 0)));
  };
  return {mixed(getInput()), mixed(getLabel())};
}

//===--- Places of pictures -----------------------------------------------------------------------------===//

namespace {
/// Places that are read along an axis of a picture: numbers that may be beyond it.
struct Along {
  Value places;  ///< i32, [batch, rows, 1, 1] or [batch, 1, columns, 1]
  Value nearest; ///< within the axis
  Value isInside;

  Along(Ops &b, Value places, int64_t size)
      : places(places), nearest(limited(b, places, 0, size - 1)), isInside(is(b, "eq", places, nearest)) {}
};
} // namespace

/// Elements of each picture at [batch, rows, columns] places.
static Value pixelsAt(Ops &b, Value x, Value row, Value column) {
  SmallVector<Dim> dims = dimsOf(x);
  int64_t height = dims[1].value, width = dims[2].value;
  Value place = b.add(b.mul(row, b.number(width, row)), column);
  place = limited(b, place, 0, height * width - 1); // known to be within: nothing need be checked
  Value pixels = b.reshape(x, {dims[0], Dim(height * width), dims[3]});
  SmallVector<Dim> shape = dimsOf(place);
  shape.pop_back();
  return b.create<GatherOp>({pixels, b.reshape(place, shape)}, {b.size("batch_dims", 1)}).getResult();
}
/// 0, 1, ... along axis 1 or 2 of a picture.
static Value counted(Ops &b, Dim size, int64_t axis) {
  SmallVector<Dim> dims(4 - axis, Dim(1));
  dims[0] = size;
  return b.iota(b.splat(0, makeTensor(dims, b.builder.getI32Type())), 0);
}
static Value zeroOutside(Ops &b, const Along &row, const Along &column, Value x) {
  Value none = b.number(0, x);
  return b.where(row.isInside, b.where(column.isInside, x, none), none);
}
/// A piece of each picture, which begins at a place of its own of the picture with its padding.
static Value pieces(Ops &b, const Draws &draws, Value x, ArrayRef<Dim> size, ArrayRef<Dim> padding) {
  SmallVector<Along, 2> along;
  for (int64_t axis : {1, 2}) {
    int64_t own = dimsOf(x)[axis].value, pad = padding[axis - 1].value;
    Value u = forEachRow(draws, x), starts = b.number(own + 2 * pad - size[axis - 1].value + 1, u);
    Value places = b.add(wholeBelow(b, u, starts), counted(b, size[axis - 1], axis));
    along.emplace_back(b, pad ? b.sub(places, b.number(pad, places)) : places, own);
  }
  Value found = pixelsAt(b, x, along[0].nearest, along[1].nearest);
  bool isPadded = padding[0] != Dim(0) || padding[1] != Dim(0);
  return isPadded ? zeroOutside(b, along[0], along[1], found) : found;
}
static Value middle(Ops &b, Value x, ArrayRef<Dim> size, ArrayRef<Dim> padding) {
  SmallVector<int64_t> width(4, 0);
  for (int64_t axis : {1, 2})
    width[axis] = padding[axis - 1].value;
  if (width[1] || width[2])
    x = b.create<PadOp>({x}, {b.sizes("low", width), b.sizes("high", width)}).getResult();
  for (int64_t axis : {1, 2})
    if (Dim own = dimsOf(x)[axis]; own != size[axis - 1])
      x = b.slice(x, axis, (own.value - size[axis - 1].value) / 2, size[axis - 1]);
  return x;
}
Values RandomCropOp::expand(Ops &b, const Draws &draws) {
  SmallVector<Dim> size = eachOf(getOutputSize(), 2, 0), padding = eachOf(getPaddingAttr(), 2, 0);
  Value x = pictureOf(b, *this);
  return resultOf(b, *this, draws.training ? pieces(b, draws, x, size, padding) : middle(b, x, size, padding));
}
Values RandomShiftOp::expand(Ops &b, const Draws &draws) {
  if (!draws.training)
    return {getInput()};
  Value x = pictureOf(b, *this);
  SmallVector<Dim> dims = dimsOf(x);
  return resultOf(b, *this, pieces(b, draws, x, {dims[1], dims[2]}, eachOf(getMost(), 2, 0)));
}

Values RandomEraseOp::expand(Ops &b, const Draws &draws) {
  constexpr double leastArea = 0.02, leastRatio = 0.3, mostRatio = 3.3;
  if (!draws.training)
    return {getInput()};
  Value x = pictureOf(b, *this);
  SmallVector<Dim> dims = dimsOf(x);
  double all = double(dims[1].value) * double(dims[2].value);
  Value chance = forEachRow(draws, x);
  Value area = between(b, forEachRow(draws, x), leastArea * all, realOr(getArea(), 0.33) * all);
  Value ratio = b.exp(between(b, forEachRow(draws, x), std::log(leastRatio), std::log(mostRatio)));
  Value erases = is(b, "lt", chance, b.number(realOr(getRate(), 0.5), chance));
  for (int64_t axis : {1, 2}) {
    int64_t size = dims[axis].value;
    Value length = b.unary("sqrt", axis == 1 ? b.mul(area, ratio) : b.div(area, ratio));
    length = limited(b, b.cast(b.add(length, 0.5), b.builder.getI32Type()), 0, size);
    Value starts = b.cast(b.sub(b.number(size + 1, length), length), element(x));
    Value start = wholeBelow(b, forEachRow(draws, x), starts), place = counted(b, dims[axis], axis);
    Value from = is(b, "ge", place, start), no = b.splat(0, RankedTensorType::get({}, element(from)));
    erases = b.where(erases, b.where(from, is(b, "lt", place, b.add(start, length)), no), no);
  }
  return resultOf(b, *this, b.where(erases, b.number(numberOr(getValue(), 0), x), x));
}

//===--- Turned and scaled ------------------------------------------------------------------------------===//

namespace {
/// Two neighbours along an axis, and how much of each there is.
struct Neighbours {
  Value place[2], share[2];

  /// Of places between -1 and size: what is beyond the axis has no share.
  Neighbours(Ops &b, Value at, int64_t size) {
    at = limited(b, at, -1, size);
    Value low = b.cast(b.add(at, 1), b.builder.getI32Type()); // cut off, so that it is the one below
    low = b.sub(low, b.number(1, low));
    Value rest = b.sub(at, b.cast(low, element(at)));
    Value shares[2] = {b.sub(1, rest), rest};
    for (int i : {0, 1}) {
      Along one(b, i ? b.add(low, b.number(1, low)) : low, size);
      place[i] = one.nearest;
      share[i] = b.where(one.isInside, shares[i], b.number(0, rest));
    }
  }
};
} // namespace
Values RandomAffineOp::expand(Ops &b, const Draws &draws) {
  double rotation = realOr(getRotation(), 0) * M_PI / 180, scale = realOr(getScale(), 0),
         shear = realOr(getShear(), 0) * M_PI / 180, translation = realOr(getTranslation(), 0);
  if (!draws.training)
    return {getInput()};
  Value x = pictureOf(b, *this);
  SmallVector<Dim> dims = dimsOf(x);
  int64_t height = dims[1].value, width = dims[2].value;
  auto upTo = [&](double most) { return between(b, forEachRow(draws, x), -most, most); };
  Value angle = upTo(rotation), zoom = b.add(upTo(scale), 1), slant = upTo(shear);
  // From the middle, where it comes from: (x, y) = 1 / zoom * [[d, -b], [-c, a]] * (column, row), as torchvision has it.
  auto fromMiddle = [&](int64_t axis, int64_t size) {
    Value place = b.cast(counted(b, dims[axis], axis), element(x));
    return b.sub(place, b.add(upTo(translation * double(size)), double(size - 1) / 2));
  };
  Value row = fromMiddle(1, height), column = fromMiddle(2, width);
  Value cosine = b.unary("cos", angle), sine = b.unary("sin", angle);
  Value tangent = b.div(b.unary("sin", slant), b.unary("cos", slant));
  Value left = b.sub(cosine, b.mul(sine, tangent)), up = b.add(b.mul(cosine, tangent), sine); // d, -b
  Value fromColumn = b.div(b.add(b.mul(left, column), b.mul(up, row)), zoom);
  Value fromRow = b.div(b.sub(b.mul(cosine, row), b.mul(sine, column)), zoom);
  Neighbours rows(b, b.add(fromRow, double(height - 1) / 2), height);
  Neighbours columns(b, b.add(fromColumn, double(width - 1) / 2), width);
  Value sum;
  for (int i : {0, 1})
    for (int j : {0, 1}) {
      Value share = b.mul(rows.share[i], columns.share[j]);
      Value part = b.mul(pixelsAt(b, x, rows.place[i], columns.place[j]), share);
      sum = sum ? b.add(sum, part) : part;
    }
  return resultOf(b, *this, sum);
}

//===--- Constants --------------------------------------------------------------------------------------===//

/// A number, or one for each channel.
static Value constants(Ops &b, Attribute option, Value x) {
  auto list = dyn_cast<ArrayAttr>(option);
  if (!list)
    return b.number(realOf(option), x);
  return b.values(
      llvm::map_to_vector(list.getAsRange<FloatAttr>(), [](FloatAttr one) { return one.getValueAsDouble(); }),
      RankedTensorType::get({(int64_t)list.size()}, element(x)));
}
Values StandardizeOp::augment(Ops &b) {
  Value x = getInput();
  if (getMeanAttr())
    x = b.sub(x, constants(b, getMeanAttr(), x));
  return {getDeviationAttr() ? b.div(x, constants(b, getDeviationAttr(), x)) : x};
}
REWRITTEN(StandardizeOp)
