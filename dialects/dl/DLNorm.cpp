// DLNorm.cpp - what normalisations become, and the gradient of the one that most of them become.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/DL.h"
#include "dialects/dl/Rewritten.h"

using namespace mlir;
using namespace dlc;
using Values = SmallVector<Value>;

static SmallVector<int64_t> axesOf(NormalizeOp op) {
  int64_t rank = typeOf(op.getInput()).getRank();
  if (!op.getAxesAttr())
    return {rank - 1};
  return llvm::map_to_vector(op.getAxesAttr().getAsRange<SizeAttr>(),
                             [&](SizeAttr axis) { return axis.number() < 0 ? axis.number() + rank : axis.number(); });
}
static double epsilonOf(std::optional<APFloat> epsilon, double otherwise = 1e-5) {
  return epsilon ? epsilon->convertToDouble() : otherwise;
}

Values NormalizeOp::decompose(Ops &b) {
  Value x = getInput();
  SmallVector<int64_t> axes = axesOf(*this);
  Value count = b.count(x, axes);
  auto mean = [&](Value v) { return b.div(b.sum(v, axes, true), count); };
  // A mean is rounded. Of large numbers that are all but equal, what it is off by is as large as what they differ by;
  // it shows in the differences, which are exact then, and is made good: equal numbers become 0, and so does their
  // variance. In the same pass as the squares, that costs little.
  Value d = b.sub(x, mean(x)), rest = mean(d);
  Value variance = b.binary("max", b.sub(mean(b.mul(d, d)), b.mul(rest, rest)), b.number(0, x));
  Value scale = b.unary("rsqrt", b.add(variance, epsilonOf(getEpsilon())));
  return {b.mul(b.sub(d, rest), scale), scale};
}
Values NormalizeOp::vjp(Ops &b, ValueRange cotangents) {
  Value y = getResult(), scale = getScale();
  SmallVector<int64_t> axes = axesOf(*this);
  Value count = b.count(y, axes), dx;
  if (Value c = cotangents[0]) {
    Value mean = b.div(b.sum(c, axes, true), count), slope = b.div(b.sum(b.mul(c, y), axes, true), count);
    dx = b.mul(scale, b.sub(b.sub(c, mean), b.mul(y, slope)));
  }
  if (Value c = cotangents[1]) { // d scale / d x = -scale^2 y / count
    Value through = b.mul(b.neg(b.div(b.mul(c, b.mul(scale, scale)), count)), y);
    dx = dx ? b.add(dx, through) : through;
  }
  return {dx};
}

static Value normalized(Ops &b, Value x, std::optional<APFloat> epsilon, ArrayRef<int64_t> axes) {
  SmallVector<NamedAttribute, 2> options{b.sizes("axes", axes)};
  if (epsilon)
    options.push_back(b.real("epsilon", epsilon->convertToDouble()));
  return b.create<NormalizeOp>({x}, options).getResult();
}
static Value affine(Ops &b, Value normal, Value weight, Value bias) { return b.add(b.mul(normal, weight), bias); }

Values LayerNormOp::augment(Ops &b) {
  Value normal = normalized(b, getInput(), getEpsilon(), {typeOf(getInput()).getRank() - 1});
  return {affine(b, normal, getWeight(), getBias())};
}
Values RmsNormOp::augment(Ops &b) {
  Value x = getInput();
  Value mean = b.reduce("mean", b.mul(x, x), {typeOf(x).getRank() - 1}, /*keepdim=*/true);
  double step = typeOf(x).getElementType().isF64() ? 0x1p-52 : 0x1p-23;
  return {b.mul(b.mul(x, b.unary("rsqrt", b.add(mean, epsilonOf(getEpsilon(), step)))), getWeight())};
}
/// The sizes between batch and channels as few axes: neighbours are one, but that an axis has each open size once.
static SmallVector<Dim> placesOf(ArrayRef<Dim> dims) {
  SmallVector<Dim> all{1};
  for (Dim dim : dims.drop_front().drop_back()) {
    Dim both = all.back() * dim;
    if (both.fitsAxis())
      all.back() = both;
    else
      all.push_back(dim);
  }
  return all;
}
/// As [batch, places, groups, channels of a group], without axes of size 1; neighbours that are both normalised are one.
Values GroupNormOp::augment(Ops &b) {
  SmallVector<Dim> dims = dimsOf(getInput()), sizes{dims[0]};
  int64_t groups = getGroups().number(), own = dims.back().value / groups;
  SmallVector<int64_t> axes;
  auto add = [&](Dim size, bool isNormalized) {
    if (isNormalized)
      axes.push_back(sizes.size());
    sizes.push_back(size);
  };
  SmallVector<Dim> places = placesOf(dims);
  if (groups == 1)
    places.back() = places.back() * Dim(own);
  for (Dim size : places)
    if (groups == 1 || size != Dim(1))
      add(size, true);
  if (groups != 1) {
    add(groups, false);
    if (own != 1 || axes.empty())
      add(own, true);
  }
  Value normal = normalized(b, b.reshape(getInput(), sizes), getEpsilon(), axes);
  return {affine(b, b.reshape(normal, dims), getWeight(), getBias())};
}
Values InstanceNormOp::augment(Ops &b) {
  SmallVector<Dim> dims = dimsOf(getInput()), sizes = placesOf(dims);
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(1, sizes.size() + 1));
  sizes.insert(sizes.begin(), dims[0]);
  sizes.push_back(dims.back());
  return {b.reshape(normalized(b, b.reshape(getInput(), sizes), getEpsilon(), axes), dims)};
}
REWRITTEN(LayerNormOp)
REWRITTEN(RmsNormOp)
REWRITTEN(GroupNormOp)
REWRITTEN(InstanceNormOp)

//===--- Neighbouring channels --------------------------------------------------------------------------===//

static double realOr(std::optional<APFloat> value, double otherwise) {
  return value ? value->convertToDouble() : otherwise;
}
/// Channels are places of a signal of one channel, whose windows have the mean: what is padded counts as zeros.
Values LocalResponseNormOp::augment(Ops &b) {
  Value x = getInput();
  SmallVector<Dim> dims = dimsOf(x);
  Dim rows = 1;
  for (Dim dim : ArrayRef<Dim>(dims).drop_back())
    rows = rows * dim;
  int64_t size = getSize().number();
  Value squares = b.reshape(b.mul(x, x), {rows, dims.back(), Dim(1)});
  NamedAttribute around = b.sizes("padding", ArrayRef<int64_t>{size / 2, (size - 1) / 2});
  Value means = b.create<AvgPoolOp>({squares}, {b.size("kernel", size), b.size("stride", 1),
                                                b.set("padding", b.builder.getArrayAttr(around.getValue()))})
                    .getResult();
  Value scale = b.add(b.mul(b.reshape(means, dims), realOr(getAlpha(), 1e-4)), realOr(getOffset(), 1));
  return {b.div(x, b.binary("pow", scale, b.number(realOr(getBeta(), 0.75), scale)))};
}
REWRITTEN(LocalResponseNormOp)
